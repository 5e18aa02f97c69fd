"""What was written into each report, kept so that an edited one can be compared with it."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from digitise.corrections import Corrections
from digitise.model import Event
from digitise.report.docx_names import Base
from digitise.report.docx_reading import Reading, read_docx
from digitise.store import STORE_FOLDER, atomic_write

BASES = "bases"
ENDING = ".json.gz"
MOST_BASES = 30
"""Reports of one event whose edited copies can come back; each takes some ten KB, one with thousands of notes some hundred."""


def make_base(reading: Reading, event: Event, corrections: Corrections) -> Base:
    """All that a comparison needs; surfaces, and lines without words in doubt, are not part of it."""
    notes = tuple(note if note.doubtful else note.model_copy(update={"lines": ()}) for note in event.notes)
    slim = event.model_copy(update={"notes": notes, "surfaces": (), "walls": (), "overlaps": (), "problems": (), "photos": ()})
    return Base(document_id=reading.document_id, reading=reading, event=slim, corrections=corrections)


def save_base(output: Path, report: Path, event: Event, corrections: Corrections) -> None:
    """Remember what `report`, just written, says. Raises OutputError."""
    base = make_base(read_docx(report), event, corrections)
    folder = output / STORE_FOLDER / BASES
    with atomic_write(folder / f"{base.document_id}{ENDING}") as part:
        part.write_bytes(gzip.compress(base.model_dump_json().encode(), mtime=0))
    known = sorted(folder.glob(f"*{ENDING}"), key=lambda p: p.stat().st_mtime_ns)
    for old in known[:-MOST_BASES]:
        old.unlink(missing_ok=True)


def load_base(output: Path, document_id: str) -> Base | None:
    """What was written into a document; None when that is not known here, or its file is damaged."""
    if not document_id.isalnum():
        return None
    try:
        return Base.model_validate_json(gzip.decompress((output / STORE_FOLDER / BASES / f"{document_id}{ENDING}").read_bytes()))
    except (OSError, ValueError, EOFError, zlib.error):
        return None


def list_bases(output: Path) -> list[str]:
    """Ids of the documents that are known, the newest first."""
    found = (output / STORE_FOLDER / BASES).glob(f"*{ENDING}")
    return [path.name.removesuffix(ENDING) for path in sorted(found, key=lambda p: -p.stat().st_mtime_ns)]
