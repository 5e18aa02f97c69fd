"""`digitise import`: a report that was edited in Word or LibreOffice comes back."""

from __future__ import annotations

from pathlib import Path

import click

from digitise import api
from digitise.cli_options import quiet_option
from digitise.counts import count_of
from digitise.errors import ExitCode

MOST_LISTED = 200
"""Lines of a plan; a report written all anew would fill the screen for minutes."""


@click.command("import")
@click.argument("event", type=click.Path(path_type=Path))
@click.argument("document", type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the report was written. Default: 'report' inside EVENT."
)
@click.option("--template", type=click.Path(path_type=Path), metavar="FILE", help="The Word template with which it was written.")
@click.option("--author", default="", metavar="NAME", help="Who made the edits; kept with them.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
@quiet_option
def import_report(
    *, event: Path, document: Path, output: Path | None, template: Path | None, author: str, dry_run: bool, as_json: bool, quiet: bool
) -> ExitCode:
    """Read the edited report DOCUMENT back into EVENT, so that the next report keeps what was changed."""
    outcome = api.import_report(event, document, output=output, template=template, author=author, dry_run=dry_run)
    if as_json:
        click.echo(outcome.model_dump_json(indent=2))
    if not quiet:
        _say(outcome)
    return ExitCode.PARTIAL if outcome.unmerged else ExitCode.OK


def _say(outcome: api.ImportOutcome) -> None:
    lines = [f"  {text}" for text in outcome.changes[:MOST_LISTED]]
    if len(outcome.changes) > MOST_LISTED:
        lines.append(f"  … and {len(outcome.changes) - MOST_LISTED} more")
    count = len(outcome.changes)
    verb = "would be" if outcome.dry_run else "is" if count == 1 else "are"
    head = f"{count_of(count, 'edit')} {verb} new" if count else "Nothing new"
    lines.insert(0, f"{head} in {outcome.document} ({outcome.edits} in all)")
    lines += [f"Note: {text}" for text in outcome.remarks]
    lines += [f"Taken back, as it is not in this document any more: {text}" for text in outcome.taken_back[:MOST_LISTED]]
    lines += [f"Not merged: {text}" for text in outcome.unmerged]
    if outcome.unmerged:
        lines.append("What could not be merged is listed in the next report's chapter 'Edits to check'.")
    if outcome.copy_name:
        lines.append(f"The edited report was kept as {outcome.copy_name}; the next report may take its place.")
    if not outcome.dry_run:
        lines.append(f"Kept in {outcome.corrections}. Now run: digitise report")
    click.echo("\n".join(lines), err=True)
