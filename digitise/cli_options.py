"""Options that several commands take: one meaning and one help text each."""

from __future__ import annotations

from typing import cast, get_args

import click

from digitise.config import EngineName, Language


def _languages(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[Language, ...]:
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    for name in names:
        if name not in get_args(Language):
            raise click.BadParameter(f"'{name}' is not one of {', '.join(get_args(Language))}.")
    return cast("tuple[Language, ...]", names)


engine_option = click.option("--engine", type=click.Choice(get_args(EngineName)), help="Which recogniser reads. Default: auto.")
languages_option = click.option("--languages", metavar="CODES", callback=_languages, help="Languages on the sheets, e.g. en,cy.")
faces_option = click.option("--keep-faces", is_flag=True, help="Do not blur people's faces in the pictures.")
quiet_option = click.option("--quiet", is_flag=True, help="Say nothing on stderr but errors.")
