"""notes.json: the whole event as data, and the schema that documents it."""

from __future__ import annotations

import json
from pathlib import Path

from digitise.model import Event
from digitise.store import atomic_write


def write_notes_json(event: Event, out: Path) -> None:
    """Write the event as JSON, UTF-8, one field per line. Raises OutputError."""
    with atomic_write(out) as part:
        part.write_text(event.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")


def render_schema() -> str:
    """docs/notes.schema.json: JSON Schema of notes.json. A test holds the file to this."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Event.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(out: Path) -> None:
    """Write the schema file; run by the maintainers after a change of the model."""
    with atomic_write(out) as part:
        part.write_text(render_schema(), encoding="utf-8", newline="\n")
