"""Figures: numbered pictures of sheets and walls, with an anchor to lead to and words for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.model import Note, Surface
from digitise.report.blocks import FIGURE, Inline, Picture
from digitise.report.draft import Draft, fate_of, shorten

_ALT_WORDS = 12
TEXT_WIDTH_CM = 16.0
"""Of the shipped template; the writer fits pictures to that of the template in use."""


def print_figure(
    draft: Draft, key: str, file: str, *, notes: Sequence[Note], caption: tuple[Inline, ...], size_cm: tuple[float, float]
) -> Picture:
    """The next figure. key: id of the surface or wall that it shows; later mentions lead to it. notes: what is written on it."""
    number = draft.next_figure()
    anchor = draft.take_anchor(f"{FIGURE}{number}")
    draft.figure_anchors[key] = (anchor, number)
    written = [n for n in notes if n.text and fate_of(draft, n.id) != "set aside"]
    words = shorten(" ".join(n.text for n in sorted(written, key=lambda n: n.order)), _ALT_WORDS)
    alt = draft.labels.sheet_alt.format(start=f"“{words}”" if words else draft.labels.no_writing)
    return Picture(file, alt, *size_cm, caption=caption, label=draft.labels.figure, number=number, anchor=anchor)


def print_surface(draft: Draft, surface: Surface, caption: tuple[Inline, ...], size_cm: tuple[float, float]) -> Picture:
    """The next figure: one sheet, cleaned."""
    notes = [n for n in draft.event.notes if n.surface_id == surface.id]
    return print_figure(draft, surface.id, surface.picture, notes=notes, caption=caption, size_cm=size_cm)
