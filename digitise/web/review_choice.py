"""What somebody looks at on the review page: kept in its address, so that reload, back and a shared link show the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from digitise.model import Frozen

Show = Literal["sheet", "whole"]
Only = Literal["all", "check", "actions", "aside", "unreadable", "duplicates"]
MOST_LETTERS = 64
"""Longest id in an address; longer ones name nothing."""


class Choice(Frozen):
    """One state of the page."""

    show: Show = "sheet"
    """The notes of one sheet, or of the whole report."""
    only: Only = "all"
    sheet: str = ""
    """Id of the sheet, or of the joined wall, whose picture is shown; '' for the picked note's, else the first."""
    note: str = ""
    """Id of the note that is open for mending."""
    word: int | None = None
    """Place of the word to check in that note's words; None for its first one in doubt."""

    def query(self, **changes: Any) -> str:
        """As the query of an address, '?' first; '' for the page as it opens."""
        values = (self.model_dump() | changes).items()
        kept = {name: value for name, value in values if value not in ("", None) and value != Choice.model_fields[name].default}
        return f"?{urlencode(kept)}" if kept else ""


def read_choice(query: Mapping[str, str]) -> Choice:
    """From an address. What makes no sense there is left out: a link that was typed wrongly still opens the page."""
    word = query.get("word", "")
    values: dict[str, Any] = {name: query[name] for name in ("sheet", "note") if 0 < len(query.get(name, "")) <= MOST_LETTERS}
    if query.get("show") in get_args(Show):
        values["show"] = query["show"]
    if query.get("only") in get_args(Only):
        values["only"] = query["only"]
    if word.isascii() and word.isdigit() and len(word) < 6:
        values["word"] = int(word)
    return Choice(**values)
