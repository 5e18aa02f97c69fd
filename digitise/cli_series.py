"""`digitise series`: several events in one report."""

from __future__ import annotations

from pathlib import Path

import click

from digitise import api
from digitise.cli_options import quiet_option
from digitise.counts import count_of
from digitise.errors import ExitCode, NoInputError
from digitise.model import Problem


@click.command()
@click.argument("event", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The report: series.docx, .html or .md; its tables: .xlsx; the action register alone: .csv.",
)
@click.option("--title", default="", metavar="TEXT", help="Its title. Default: what the events' titles share.")
@click.option("--template", type=click.Path(path_type=Path), metavar="FILE", help="Word template (.docx or .dotx) of your own.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Photos read at once, where an event has no report yet.")
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout.")
def series(
    *, event: tuple[Path, ...], output: Path, title: str, template: Path | None, jobs: int | None, quiet: bool, as_json: bool
) -> ExitCode:
    """Join several EVENTs in one report: their common problems, who raised what where, and one register of all actions.

    EVENT is the folder of an event, the folder of its report, or a notes.json. An event whose report is missing, or older than its
    photos or event.toml, gets a new one first.
    """

    def told(outcome: api.Outcome | NoInputError) -> None:
        if not quiet and isinstance(outcome, api.Outcome):
            _say(f"{outcome.title}: a new report was needed and is in {outcome.output}")

    def warn(problem: Problem) -> None:
        """Quiet or not: pictures are about to leave this machine."""
        _say(f"Note: {problem.file}: {problem.reason}. {problem.remedy}")

    choices = api.Choices(template=template)
    outcome = api.make_series(event, out=output, title=title, jobs=jobs, choices=choices, told=told, warn=warn)
    if as_json:
        click.echo(outcome.model_dump_json(indent=2))
    if not quiet:
        counts = (count_of(len(outcome.events), "event"), count_of(outcome.shared, "common problem"), count_of(outcome.actions, "action"))
        _say(f"{outcome.title}: {', '.join(counts)}")
        if Path(outcome.file).name != output.name:
            _say(f"  {output} has been changed since it was written, so it was left alone; the new one is {Path(outcome.file).name}")
        _say(f"  {outcome.file}")
    return ExitCode.OK


def _say(message: str) -> None:
    click.echo(message, err=True)
