"""`digitise template`: look at a house template before it is used, and start a new one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digitise import api
from digitise.errors import ExitCode

_path = click.Path(path_type=Path)


@click.group()
def template() -> None:
    """Check a Word template of your own, or start a new one."""


@template.command()
@click.argument("file", type=_path)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def check(*, file: Path, as_json: bool) -> ExitCode:
    """Say whether reports can be made on the template FILE, and what would make them better."""
    findings = api.look_at_template(file)
    if as_json:
        click.echo(json.dumps([f.model_dump() for f in findings], ensure_ascii=False, indent=2))
    else:
        for f in findings:
            click.echo(f"{f.level:6} {f.subject}: {f.detail}" + (f". {f.remedy}" if f.remedy else ""))
    return ExitCode.CONFIG if any(f.level == "error" for f in findings) else ExitCode.OK


@template.command()
@click.argument("file", type=_path)
@click.option(
    "--look",
    type=click.Choice(api.list_template_looks()),
    default=api.list_template_looks()[0],
    show_default=True,
    help="What to start from.",
)
@click.option(
    "--kind",
    type=click.Choice([api.EVENT_REPORT, api.PHOTO_REPORT]),
    default=api.EVENT_REPORT,
    show_default=True,
    help="For reports to read, or for large pictures.",
)
def new(*, file: Path, look: str, kind: str) -> ExitCode:
    """Write a template to FILE that you can edit in Word; it explains itself."""
    api.new_template(file, look=look, kind=kind)
    click.echo(f"Wrote {file}. Edit it in Word, then try: digitise template check {file}", err=True)
    return ExitCode.OK
