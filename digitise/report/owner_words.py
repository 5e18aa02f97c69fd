"""How an action prints its owner: with the capital that the register gives it, and with both of the brackets round it."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.report.wording import bare_letters, capitalise

_ANYBODY_TEXT = "all anybody anyone everybody everyone pawb staff people pobl we ni us you chi i"
_ANYBODY = frozenset(_ANYBODY_TEXT.split())
"""Owners that are no name."""


def set_owner(tokens: Sequence[str], place: range | None, owner: str, ending: str) -> list[str]:
    """The tokens of an action with its owner's capital, and a bracket round it closed that only half was made out of.

    place: of the owner among the tokens. ending: the note's last words as they were made out at first; a bracket in them that was lost in
    reading is put back round an owner at the end. Who is many or anybody ('volunteers', 'everyone') is no name and keeps the small letter.
    """
    shown = list(tokens)
    if place is None:
        return shown
    first, last = place.start, place.stop - 1
    if bare_letters(owner) not in _ANYBODY and not bare_letters(shown[last]).endswith("s") and shown[first].islower():
        shown[first] = capitalise(shown[first])
    inside = "".join(shown[first : last + 1])
    if last < len(shown) - 1 or first == 0 or any(c in "()[]" for token in shown[:first] for c in token):
        return shown
    half = ("(" in inside) != (")" in inside) or (not set("()") & set(inside) and bool(set("()") & set(ending)))
    if half:
        shown[last] = shown[last].rstrip("),;") + ")"
        shown[first] = "(" + shown[first].lstrip("(")
    return shown
