"""The command line: options become a call of api, its outcome becomes words on stderr, data on stdout and an exit code."""

from __future__ import annotations

import json
import logging
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from digitise import __version__, api, intake
from digitise.cli_batch import batch, prune, status, watch
from digitise.cli_check_report import SUFFIXES, check_report
from digitise.cli_import import import_report
from digitise.cli_models import models
from digitise.cli_options import engine_option, faces_option, languages_option, quiet_option
from digitise.cli_privacy import privacy
from digitise.cli_series import series
from digitise.cli_serve import serve
from digitise.cli_template import template as template_commands
from digitise.config import EngineName, Language
from digitise.counts import count_of
from digitise.errors import DigitiseError, ExitCode, NoInputError, UsageError
from digitise.model import PhotoResult, Problem

DEBUG_HINT = "Run the same command with --debug in front ('digitise --debug report …') for the details, and please report it."

Existing = click.Path(path_type=Path)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and end the process with one of the exit codes of docs/errors.md."""
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    intake.mute_pillow()
    try:
        code = commands.main(args=arguments, prog_name="digitise", standalone_mode=False)
    except click.exceptions.Abort:
        code = _say_interrupted()
    except KeyboardInterrupt:
        code = _say_interrupted()
    except click.ClickException as e:
        e.show()
        code = ExitCode.USAGE
    except DigitiseError as e:
        _say(f"Error: {e}")
        if debug:
            traceback.print_exc()
        code = e.exit_code
    except Exception as e:
        _say(f"Error: digitise failed ({type(e).__name__}: {e}). {DEBUG_HINT}")
        if debug:
            traceback.print_exc()
        code = ExitCode.INTERNAL
    sys.exit(int(code or 0))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitise")
@click.option("--debug", is_flag=True, help="Show where in the program an error arose.")
def commands(debug: bool) -> None:
    """Turn photos of flipcharts, sticky-note walls and whiteboards into an editable Word report, on this computer."""
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR)


_jobs_option = click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Photos read at once. Default: what cores and memory allow."
)
_template_option = click.option(
    "--template", type=Existing, metavar="FILE", help="Word template (.docx or .dotx) of your own, or a look: civic, warm."
)
_output_option = click.option("--output", type=Existing, metavar="DIR", help="Where the files go. Default: 'report' inside EVENT.")


@commands.command()
@click.argument("event", nargs=-1, required=True, type=Existing)
@_output_option
@_jobs_option
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout.")
@_template_option
@engine_option
@languages_option
@faces_option
def report(
    *,
    event: tuple[Path, ...],
    output: Path | None,
    jobs: int | None,
    quiet: bool,
    as_json: bool,
    template: Path | None,
    engine: EngineName | None,
    languages: tuple[Language, ...],
    keep_faces: bool,
) -> ExitCode:
    """Write a Word report from each EVENT, a folder of photos (or one ZIP or PDF of them)."""
    choices = api.Choices(template=template, engine=engine, languages=languages, keep_faces=keep_faces)
    warned: list[Problem] = []

    def warn(problem: Problem) -> None:
        warned.append(problem)
        _say_problems([problem], quiet=quiet)

    with _progress(quiet) as tell:
        outcomes = api.report_events(event, output=output, jobs=jobs, choices=choices, tell=tell, warn=warn)
    for outcome in outcomes:
        if isinstance(outcome, NoInputError):
            _say(f"Error: {outcome}")
        else:
            _say_problems([p for p in outcome.problems if p not in warned], quiet=quiet)
            _say_outcome(outcome, quiet=quiet)
    written = [o for o in outcomes if isinstance(o, api.Outcome)]
    if as_json:
        failed = [{"event": o.subject, "error": str(o)} for o in outcomes if isinstance(o, NoInputError)]
        click.echo(json.dumps({"events": [o.model_dump(mode="json") for o in written], "failed": failed}, ensure_ascii=False, indent=2))
    if not written:
        return ExitCode.NO_INPUT
    whole = len(written) == len(outcomes) and not any(o.failed for o in written)
    return ExitCode.OK if whole else ExitCode.PARTIAL


@commands.command()
@click.argument("photo", nargs=-1, required=True, type=Existing)
@_jobs_option
@quiet_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@engine_option
@languages_option
def read(
    *, photo: tuple[Path, ...], jobs: int | None, quiet: bool, as_json: bool, engine: EngineName | None, languages: tuple[Language, ...]
) -> ExitCode:
    """Print the notes of each PHOTO."""
    config = api.own_config(api.Choices(engine=engine, languages=languages))
    with _progress(quiet) as tell:
        results = api.read_photos(photo, config=config, jobs=jobs, tell=tell, warn=lambda problem: _say_problems([problem], quiet=quiet))
    good = [r for r in results if isinstance(r, PhotoResult)]
    problems = [r for r in results if isinstance(r, Problem)] + [p for r in good for p in r.problems]
    if as_json:
        data = {"photos": [r.model_dump(mode="json") for r in good], "problems": [p.model_dump(mode="json") for p in problems]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    elif good:
        click.echo("\n\n".join(_as_text(r) for r in good))
    _say_problems(problems, quiet=quiet)
    if not good:
        return ExitCode.NO_INPUT
    return ExitCode.PARTIAL if any(p.severity == "error" for p in problems) else ExitCode.OK


@commands.command()
@click.argument("event", required=False, type=Existing)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@_output_option
@_template_option
@engine_option
@languages_option
def check(
    *,
    event: Path | None,
    as_json: bool,
    output: Path | None,
    template: Path | None,
    engine: EngineName | None,
    languages: tuple[Language, ...],
) -> ExitCode:
    """Show what is installed and whether it is enough; with EVENT, for its settings. With a Word document: can everybody read it?"""
    if event is not None and event.suffix.lower() in SUFFIXES and not event.is_dir():
        return check_report(event, as_json=as_json)
    if event is not None and not event.is_dir():
        raise NoInputError(str(event), "is not a folder", "Name the folder with the photos.")
    findings = api.check_setup(event, output=output, choices=api.Choices(template=template, engine=engine, languages=languages))
    if as_json:
        click.echo(json.dumps([f.model_dump() for f in findings], ensure_ascii=False, indent=2))
    else:
        for f in findings:
            mark = "ok     " if f.ok else ("MISSING" if f.needed else "without")
            click.echo(f"{mark}  {f.name}: {f.detail}" + (f". {f.remedy}" if f.remedy and not f.ok else ""))
    return next((ExitCode(f.exit_code) for f in findings if f.needed and not f.ok), ExitCode.OK)


@commands.command()
@click.argument("event", type=Existing)
def init(event: Path) -> ExitCode:
    """Write a commented event.toml into EVENT, for its title, names, colours and more."""
    if event.is_file():
        raise UsageError(str(event), "is a file", "Name the folder with the photos.")
    _say(f"Wrote {api.init_event(event)}")
    return ExitCode.OK


for command in (batch, status, prune, watch):
    commands.add_command(command)
commands.add_command(models)
commands.add_command(privacy)
commands.add_command(series)
commands.add_command(serve)
commands.add_command(template_commands)
commands.add_command(import_report)


def _as_text(result: PhotoResult) -> str:
    notes = sorted(result.notes, key=lambda note: note.order)
    lines = [f"== {result.photo.file} =="] + [note.text or "(a note that could not be read)" for note in notes]
    return "\n\n".join(lines)


def _say_outcome(outcome: api.Outcome, *, quiet: bool) -> None:
    if quiet:
        return
    paths = [Path(outcome.output) / outcome.files[kind] for kind in ("report", "photo-report") if kind in outcome.files]
    a = outcome.accounting
    _say(f"{outcome.title}: {count_of(outcome.photos, 'photo')} ({outcome.read} read, {outcome.reused} reused, {outcome.failed} failed)")
    aside = f", {a.set_aside} set aside" if a.set_aside else ""
    _say(
        f"  {count_of(a.seen, 'note')}: {a.reported} in the report, {a.duplicates} said or seen twice, {a.unreadable} unreadable{aside}"
        f"; {count_of(outcome.actions, 'action')}; {count_of(outcome.words_to_check, 'word')} to check"
    )
    if outcome.edits:
        check = f"; {count_of(outcome.edits_to_check, 'edit')} to check, see the report's last chapter" if outcome.edits_to_check else ""
        _say(f"  {count_of(outcome.edits, 'edit')} of yours kept{check}")
    for name in outcome.files.values():
        if "-new" in name:
            old = name.split("-new")[0] + Path(name).suffix
            _say(f"  {old} may have been changed since it was written, so it was left alone; the new one is {name}")
    for path in paths or [Path(outcome.output)]:
        _say(f"  {path}")


def _say_problems(problems: Sequence[Problem], *, quiet: bool) -> None:
    """Quiet or not, nobody's pictures leave the machine without a word."""
    for p in problems:
        if p.severity == "error" or p.about == "distance" or not quiet:
            _say(f"{'Problem' if p.severity == 'error' else 'Note'}: {p.file}: {p.reason}. {p.remedy}")


def _say(message: str) -> None:
    click.echo(message, err=True)


def _say_interrupted() -> ExitCode:
    _say("Interrupted. Nothing is half-written; what was already done is kept for the next run.")
    return ExitCode.INTERRUPTED


def _interrupt(*_: Any) -> None:
    """A polite end from outside (SIGTERM) is an interruption too: the same cleaning up happens."""
    raise KeyboardInterrupt


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[api.Step], None]]:
    """A bar on a terminal; silence in a pipe, in a log file and with --quiet."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda step: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("looking at the photos", total=None)

        def tell(step: api.Step) -> None:
            name = f"{step.event}: {step.file}" if step.event else step.file
            bar.update(task, description=name, completed=step.done, total=step.total)

        yield tell


if __name__ == "__main__":
    main()
