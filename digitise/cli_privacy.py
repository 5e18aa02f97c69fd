"""`digitise privacy`: names, telephone numbers and addresses on an event's notes, for a person to decide about."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digitise import api
from digitise.errors import ExitCode

Existing = click.Path(path_type=Path)
HEADS = {"name": "Names", "phone": "Telephone numbers", "email": "E-mail addresses", "postcode": "Postcodes"}
MOST_WORDS = 12
"""Of a note that is shown beside what was found in it."""


@click.command()
@click.argument("event", type=Existing)
@click.option("--output", type=Existing, metavar="DIR", help="The report's folder, if it was given when the report was written.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Photos read at once, where some were not read yet.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def privacy(*, event: Path, output: Path | None, jobs: int | None, as_json: bool) -> ExitCode:
    """List the names, telephone numbers, e-mail addresses and postcodes on the notes of EVENT, and what becomes of them.

    Nothing is written but what reading the photos leaves in the output folder. What to do about them stands under [privacy] in event.toml.
    """
    found = api.list_personal_data(event, output=output, jobs=jobs)
    if as_json:
        click.echo(json.dumps([p.model_dump(mode="json") for p in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_chapter(kind, head, found) for kind, head in HEADS.items() if any(p.kind == kind for p in found)))
        printed = sum(not p.instead for p in found)
        click.echo(
            f"{len(found)} found, {printed} printed in the report. To change that: [privacy] in event.toml, see docs/privacy.md.", err=True
        )
    return ExitCode.OK


def _chapter(kind: str, head: str, found: tuple[api.Personal, ...]) -> str:
    return "\n".join([head, *(_line(p) for p in found if p.kind == kind)])


def _line(personal: api.Personal) -> str:
    fate = f"becomes {personal.instead}" if personal.instead else "printed" if personal.sure else "printed; possible only"
    if not personal.note_id:
        return f"  {personal.text}  ({fate})  {personal.reason}; name of the file {personal.photo}"
    words = personal.note.split()
    shown = " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
    place = f" at {personal.box[0]:.0f},{personal.box[1]:.0f}" if personal.box else ""
    return f"  {personal.text}  ({fate})  {personal.reason}; {personal.photo}{place}, note {personal.note_id}: {shown}"
