"""`digitise models`: what recognisers there are, and the only command that fetches anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from digitise import api
from digitise.cli_options import quiet_option
from digitise.errors import ExitCode


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_context
def models(context: click.Context, as_json: bool) -> ExitCode:
    """List the recognisers that can be chosen; fetch a larger one, or remove it."""
    if context.invoked_subcommand is None:
        states = api.list_models()
        if as_json:
            click.echo(json.dumps([state.model_dump() for state in states], indent=2))
        else:
            click.echo("\n".join(_as_text(state) for state in states))
    return ExitCode.OK


@models.command()
@click.argument("name")
@click.option("--from", "source", metavar="SOURCE", help="Another web address, or a copy on this computer (the file or its folder).")
@quiet_option
def get(*, name: str, source: str | None, quiet: bool) -> ExitCode:
    """Fetch the recogniser NAME (there is: medium), and check its SHA-256."""
    with _progress(quiet) as tell:
        path = api.get_model(name, source=source, tell=tell)
    if not quiet:
        _say(f"{path} is there and whole (its SHA-256 was checked). To use it, write under [reading]")
        _say(f"in event.toml{_or_own_settings()}:")
        _say(f'  recogniser = "{name}"')
    return ExitCode.OK


@models.command()
@click.argument("name")
def remove(*, name: str) -> ExitCode:
    """Remove the fetched recogniser NAME from this computer."""
    _say(f"Removed {api.remove_model(name)}")
    return ExitCode.OK


def _as_text(state: api.ModelState) -> str:
    size = f"{state.size_bytes / (1 << 20):.1f} MiB" if state.size_bytes is not None else f"about {state.about_mib} MiB"
    told = {
        "built in": state.path,
        "installed": f"{state.path}, SHA-256 as it must be",
        "damaged": f"{state.path}, its SHA-256 is not the model's: 'digitise models get {state.name}' fetches it again",
        "partly fetched": f"'digitise models get {state.name}' fetches the rest",
        "not installed": f"'digitise models get {state.name}' fetches it from {state.url}",
    }
    return f"{state.name:8}{state.state:16}{size:>14}  {told[state.state]}"


def _or_own_settings() -> str:
    path = api.settings_file()
    return f", or for all your events in {path}" if path else ""


def _say(message: str) -> None:
    click.echo(message, err=True)


@contextmanager
def _progress(quiet: bool) -> Iterator[api.TellProgress]:
    """What will be fetched, how much and from where, told before it begins; then a bar, on a terminal."""
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(binary_units=True), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        begun: list[object] = []

        def tell(step: api.Progress) -> None:
            if not begun:
                begun.append(bar.add_task("", total=step.total_bytes))
                if not quiet:
                    _say(_announce(step))
            bar.update(bar.task_ids[0], completed=step.done_bytes, total=step.total_bytes)

        yield tell


def _announce(step: api.Progress) -> str:
    size = f"{step.total_bytes / (1 << 20):.1f} MiB" if step.total_bytes is not None else "size not told"
    rest = f", of which {step.done_bytes / (1 << 20):.1f} MiB are here already" if step.done_bytes else ""
    return f"Fetching {step.path.name} ({size}{rest})\n  from {step.source}\n  to   {step.path}"
