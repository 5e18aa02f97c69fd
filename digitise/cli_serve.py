"""`digitise serve`: the web application, for people who do not use a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitise.errors import ExitCode, UsageError
from digitise.places import own_folder

if TYPE_CHECKING:
    from digitise.web.settings import WebLimits

PASSWORD_FILE_VARIABLE = "DIGITISE_PASSWORD_FILE"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 lets phones in the room in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any free one.")
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="Where events are kept. Default: your own data folder.")
@click.option("--public-url", default="", metavar="URL", help="Address under which a proxy serves it: https://example.org/workshops")
@click.option("--trust-proxy", multiple=True, metavar="ADDRESS", help="The proxy's address, if it is on another computer. Repeatable.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name under which it may be called. Repeatable.")
@click.option("--read-only", is_flag=True, help="Demonstration: everything can be seen, nothing changed.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes that read photos. Default: what cores and memory allow.")
@click.option("--retention-days", type=click.IntRange(0), default=0, metavar="N", help="Delete events that long after a change.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=N", help="Another limit, such as total_mib=20000; see docs/deploy.md.")
@click.option("--log-requests/--no-log-requests", default=None, help="One line of JSON for each request. Default: not on a terminal.")
@click.option("--set-password", is_flag=True, help="Ask for the password that people sign in with, keep it, and end.")
def serve(
    *,
    host: str,
    port: int,
    data: Path | None,
    public_url: str,
    trust_proxy: tuple[str, ...],
    allow_host: tuple[str, ...],
    read_only: bool,
    workers: int | None,
    retention_days: int,
    limits: tuple[str, ...],
    log_requests: bool | None,
    set_password: bool,
) -> ExitCode:
    """Open the web application: upload photos, check what was read, take the report away."""
    # only here: the other commands start faster without
    from digitise.web.security import passwords  # noqa: PLC0415
    from digitise.web.serving import Addresses, run_server  # noqa: PLC0415
    from digitise.web.settings import ServerSettings  # noqa: PLC0415

    named = os.environ.get(PASSWORD_FILE_VARIABLE, "")
    usual = ServerSettings(data=(data or _default_data()).absolute())
    settings = ServerSettings(
        data=usual.data,
        host=host,
        port=port,
        public_url=public_url.strip().rstrip("/"),
        trusted_proxies=(*usual.trusted_proxies, *trust_proxy),
        allowed_hosts=allow_host,
        read_only=read_only,
        workers=workers,
        retention_days=retention_days,
        limits=_parse_limits(limits, usual.limits),
        password_file=Path(named) if named else None,
    )
    if set_password:
        path = passwords.set_password(settings, _ask_password())
        _say(f"The password is set, and everybody is signed out. Its hash is in {path}")
        return ExitCode.OK

    def say_where(addresses: Addresses) -> None:
        _say(f"digitise is at {addresses.public or addresses.here}")
        if addresses.public:
            _say(f"  the proxy finds it at {addresses.here}")
        elif addresses.network:
            _say(f"  from phones in the same network: {addresses.network}")
            _say("  Without TLS others in that network could read along; docs/deploy.md says how to have it.")
        _say(f"Events are kept in {settings.data}")
        _say("Ctrl-C ends it. What is being read then goes on at the next start.")

    run_server(settings, log_requests=not sys.stderr.isatty() if log_requests is None else log_requests, ready=say_where)
    return ExitCode.OK


def _default_data() -> Path:
    """Raises UsageError where there is no home folder."""
    folder = own_folder("data")
    if folder is None:
        raise UsageError("--data", "there is no home folder to keep events in", "Name a folder: digitise serve --data /srv/digitise")
    return folder / "web"


def _parse_limits(pairs: tuple[str, ...], known: WebLimits) -> WebLimits:
    """'total_mib=20000' by name. Raises UsageError."""
    values = known.model_dump()
    for pair in pairs:
        name, _, number = pair.partition("=")
        if name not in values:
            raise UsageError("--limit", f"there is no limit '{name}'", f"Known: {', '.join(values)}.")
        try:
            values[name] = getattr(type(known).model_validate({name: number}), name)
        except ValueError:
            raise UsageError("--limit", f"'{pair}' is no good number", f"Write for example --limit {name}={values[name]:.0f}") from None
    return type(known)(**values)


def _ask_password() -> str:
    """Typed twice; from a pipe, its first line."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _say(message: str) -> None:
    click.echo(message, err=True)
