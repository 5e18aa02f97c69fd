"""`digitise batch`, `status`, `prune` and `watch`: archives of many events, unattended."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from digitise import api
from digitise.cli_options import engine_option, faces_option, languages_option, quiet_option
from digitise.counts import count_of
from digitise.errors import ExitCode

MOST_LISTED = 100
"""Failures on the screen; the log has all of them."""
Function = Callable[..., ExitCode]
_Folder = click.Path(path_type=Path)


class _PlaceType(click.ParamType[api.Place]):
    """A folder, or an address such as s3://bucket/folder."""

    name = "place"

    def convert(self, value: str | api.Place, param: click.Parameter | None, ctx: click.Context | None) -> api.Place:
        return api.parse_place(value) if isinstance(value, str) else value


_Place = _PlaceType()


def _shared_options(command: Function) -> Function:
    """What `batch` and `watch` both take."""
    options = (
        click.option("--output", required=True, type=_Place, metavar="DIR", help="Where the reports go, each in a folder of its own."),
        click.option("--workers", type=click.IntRange(1), metavar="N", help="Photos read at once. Default: what cores and memory allow."),
        click.option("--memory", type=click.IntRange(256), metavar="MIB", help="What all of them may use together. Default: what is free."),
        click.option("--timeout", type=click.FloatRange(1), metavar="SECONDS", default=900.0, help="Longest for one photo. Default: 900."),
        click.option("--retry", is_flag=True, help="Try again photos that hung or ended their process in an earlier run."),
        click.option("--by", type=click.Choice(get_args(api.By)), default="folder", help="What makes an event. Default: folder."),
        click.option("--gap", type=click.FloatRange(0.1), metavar="HOURS", default=6.0, help="By day: so long without a photo ends it."),
        click.option("--template", type=_Folder, metavar="FILE", help="Word template for all events, or a look: civic, warm."),
        engine_option,
        languages_option,
        faces_option,
        quiet_option,
        click.option("--json-lines", is_flag=True, help="Print what happens as JSON on stdout, a line for each."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("archive", type=_Place)
@_shared_options
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Dask scheduler whose workers read the photos: tcp://host:8786, tls://…, or local."
)
@click.option("--tls", type=_Folder, metavar="DIR", help="Folder with ca.pem, cert.pem and key.pem for a tls:// scheduler.")
@click.option("--dry-run", is_flag=True, help="Only list the events and what there is to do.")
def batch(
    *, archive: api.Place, output: api.Place, by: api.By, gap: float, dry_run: bool, quiet: bool, json_lines: bool, **rest: Any
) -> ExitCode:
    """Write the reports of all events below ARCHIVE, and an index of them. A second run does only what is missing.

    ARCHIVE and DIR are folders, or addresses such as s3://bucket/folder.
    """
    grouping, choices = api.Grouping(by=by, gap_h=gap), _choose(rest)
    if dry_run:
        _say_plan(api.plan_batch(archive, output, grouping=grouping, choices=choices), output, json_lines=json_lines)
        return ExitCode.OK
    with _telling(quiet, json_lines) as tell:
        outcome = api.run_batch(archive, output, grouping=grouping, choices=choices, tell=tell)
    _say_troubles(outcome.troubles)
    if not quiet:
        _say(_describe(outcome.standing))
        _say(f"  {api.join_place(output, 'index.html')}")
    return ExitCode.PARTIAL if outcome.troubles else ExitCode.OK


@click.command()
@click.argument("output", type=_Place, metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def status(*, output: api.Place, as_json: bool) -> ExitCode:
    """Show how far the batch is that writes into DIR, or how the last one ended."""
    standing = api.find_standing(output)
    if as_json:
        click.echo(standing.model_dump_json(indent=2))
        return ExitCode.OK
    words = {"running": "Running", "done": "Finished", "stopped": "Stopped before its end", "cut off": "Cut off before its end"}
    click.echo(f"{words[standing.state]} ({standing.updated})")
    click.echo(_describe(standing))
    for trouble in standing.troubles:
        click.echo(_as_line(trouble))
    if standing.state in ("stopped", "cut off"):
        click.echo("Run the same 'digitise batch' again: it goes on where this one ended.")
    return ExitCode.OK


@click.command()
@click.argument("output", type=_Place, metavar="DIR")
@click.option("--yes", is_flag=True, help="Do not ask.")
def prune(*, output: api.Place, yes: bool) -> ExitCode:
    """Remove what DIR's stores keep of events and photos that are gone from the archive. Reports stay."""

    def confirm(left: Sequence[api.Leftover]) -> bool:
        for leftover in left:
            what = f"the event is gone: its {leftover.folder.name}" if leftover.whole_event else f"a photo is gone: {leftover.file}"
            _say(f"{leftover.event}: {what.removesuffix(': ')} ({_size(leftover.size_bytes)})")
        return yes or click.confirm("Remove what was kept of them? Reports stay.", err=True)

    removed = api.prune_batch(output, confirm=confirm)
    _say(f"Removed {_size(sum(r.size_bytes for r in removed))}." if removed else "Nothing was removed.")
    return ExitCode.OK


@click.command()
@click.argument("inbox", type=_Place)
@_shared_options
@click.option("--settle", type=click.FloatRange(0.1), metavar="SECONDS", default=10.0, help="A file is whole when unchanged for so long.")
@click.option("--every", type=click.FloatRange(0.1), metavar="SECONDS", default=3.0, help="How often to look.")
def watch(
    *, inbox: api.Place, output: api.Place, by: api.By, gap: float, settle: float, every: float, quiet: bool, json_lines: bool, **rest: Any
) -> ExitCode:
    """Read photos as they arrive in INBOX, and keep the reports of its events up to date. Ends with Ctrl-C; photos stay where they are."""
    here, reports = api.require_folder_for(inbox, "watching"), api.require_folder_for(output, "watching")
    if not quiet:
        _say(f"Watching {inbox}; reports go to {output}. Ctrl-C ends it.")
    stop = threading.Event()
    with _telling(quiet, json_lines, announce=True) as tell:
        api.watch_inbox(
            here,
            reports,
            grouping=api.Grouping(by=by, gap_h=gap),
            choices=_choose(rest),
            settle_s=settle,
            poll_s=every,
            tell=tell,
            stop=stop.wait,
        )
    return ExitCode.OK


def _choose(rest: dict[str, Any]) -> api.BatchChoices:
    settings = api.Choices(template=rest["template"], engine=rest["engine"], languages=rest["languages"], keep_faces=rest["keep_faces"])
    return api.BatchChoices(
        workers=rest["workers"],
        memory_mib=rest["memory"],
        timeout_s=rest["timeout"],
        retry=rest["retry"],
        settings=settings,
        scheduler=rest.get("scheduler", ""),
        tls=rest.get("tls"),
    )


@contextmanager
def _telling(quiet: bool, json_lines: bool, *, announce: bool = False) -> Iterator[Callable[[api.News], None]]:
    """A bar on a terminal; JSON on stdout where asked for.

    announce: a line for each event and each thing that failed, for a run without an end.
    """
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    shown = not quiet and console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task("finding the events", total=None, pace="")

        def tell(news: api.News) -> None:
            if json_lines:
                click.echo(news.model_dump_json(exclude_none=True))
            if announce and not quiet and (news.trouble or news.what == "event"):
                _say(_as_line(news.trouble) if news.trouble else f"{news.event}: {news.word}")
            if news.standing is not None:
                name = escape(news.event) if news.event else None
                standing = news.standing
                bar.update(task, description=name, total=standing.photos, completed=standing.done, pace=_describe_pace(standing))

        yield tell


def _say_plan(plan: api.BatchPlan, output: api.Place, *, json_lines: bool) -> None:
    for planned in plan.events:
        spot, current = planned.spot, planned.record is not None
        if json_lines:
            told = {"name": spot.name, "folder": spot.place, "files": spot.count, "to_read": planned.unread, "up_to_date": current}
            click.echo(json.dumps(told, ensure_ascii=False))
            continue
        todo = "up to date" if current else f"{planned.unread} to read" if planned.unread else "all read, to be looked over"
        click.echo(f"{spot.name}: {count_of(spot.count, 'file')}, {todo}  <- {spot.place}")
    for problem in plan.archive.problems:
        _say(f"Problem: {problem.file}: {problem.reason}. {problem.remedy}")
    unread = sum(planned.unread for planned in plan.events)
    left_out = f"; {count_of(plan.archive.left_out, 'photo')} left out, without an event.toml" if plan.archive.left_out else ""
    _say(f"{count_of(len(plan.events), 'event')}, {count_of(unread, 'photo')} to read{left_out}. Nothing was written to {output}.")


def _describe(s: api.Standing) -> str:
    events = f"{s.events_written} written, {s.events_current} up to date, {s.events_failed} failed"
    photos = f"{s.read} read, {s.reused} known before, {s.failed} failed"
    pace = _describe_pace(s)
    told = f"{count_of(s.events, 'event')}: {events}\n{count_of(s.photos, 'photo')}: {photos}"
    return f"{told}\n{pace}" if s.state == "running" else told


def _describe_pace(s: api.Standing) -> str:
    parts = [f"{s.photos_per_minute:.1f} photos a minute"] if s.photos_per_minute is not None else []
    if s.state == "running" and s.seconds_left is not None:
        parts.append(f"about {_duration(s.seconds_left)} left")
    if s.failed:
        parts.append(f"{count_of(s.failed, 'photo')} failed")
    if s.events_failed:
        parts.append(f"{count_of(s.events_failed, 'event')} failed")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{round(seconds)} s" if seconds < 90 else f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _say_troubles(troubles: Sequence[api.Trouble]) -> None:
    for trouble in troubles[:MOST_LISTED]:
        _say(f"Problem: {_as_line(trouble)}")
    if len(troubles) > MOST_LISTED:
        _say(f"… and {len(troubles) - MOST_LISTED} more; all stand in batch.log")


def _as_line(trouble: api.Trouble) -> str:
    return f"{': '.join(part for part in (trouble.event, trouble.file) if part)}: {trouble.reason}. {trouble.remedy}"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.1f} MiB" if size_bytes >= 1 << 20 else f"{max(1, size_bytes >> 10)} KiB"


def _say(message: str) -> None:
    click.echo(message, err=True)
