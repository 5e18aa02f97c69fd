"""Where notes are and what they look like: notes that stand together on a sheet, of one colour or of one table, were often meant as one.

On 23 sheets and walls whose headings were taken away (18 drawn, 5 real), what people had put under one heading is found again from the
gaps between notes far better than from their words; see docs/arranging.md.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np

from digitise.arranging.context import Standing
from digitise.arranging.meaning import FloatArray
from digitise.arranging.sheets import SheetKey, sheet_of
from digitise.model import Note

TOGETHER = 1.0
"""Weight of standing in the same one of several islands of a sheet, beside a similarity of words that seldom passes 0.3."""
SAME_SHEET = 0.3
"""Weight of a sheet or of a table and round that notes share: where one question was put to every table, themes run across them."""
SAME_COLOUR = 0.05
"""Pads are passed round; a colour that event.toml explains says a kind and nothing of themes."""
ISLAND_GAP = 1.5
"""Notes stand together when the gap between them is no wider than so many times the gap that notes of their sheet usually leave. From 1.2
to 2.5 the same sheets are parted alike."""
LEAST_GAP = 0.25
"""Share of a note's shorter side below which gaps count as equal: notes that touch or overlap."""


def measure_setting(notes: Sequence[Note], standings: Mapping[str, Standing], *, kind_colours: Container[str] = ()) -> FloatArray:
    """How much the places and looks of every pair of notes say that they belong together: float64 (n, n), symmetric.

    Centred, so that what all notes have in common says nothing: 0 throughout for notes of one colour on one even wall.
    kind_colours: colours that event.toml explains.
    """
    islands = find_islands(notes)
    places = [(standings[n.id].round, standings[n.id].table) for n in notes]
    colours = [n.colour if n.colour != "none" and n.colour not in kind_colours else None for n in notes]
    near = TOGETHER * _centre(_share([islands.get(n.id) for n in notes]))
    near += SAME_SHEET * _centre(np.maximum(_share([sheet_of(n) for n in notes]), _share([p if any(p) else None for p in places])))
    return np.asarray(near + SAME_COLOUR * _centre(_share(colours)), float)


def find_islands(notes: Sequence[Note]) -> dict[str, tuple[SheetKey, int]]:
    """Note id -> its island, on sheets whose notes stand in several groups with wider gaps between them."""
    sheets: dict[SheetKey, list[Note]] = {}
    for note in notes:
        sheets.setdefault(sheet_of(note), []).append(note)
    found: dict[str, tuple[SheetKey, int]] = {}
    for key, on_sheet in sheets.items():
        numbers = _part(on_sheet)
        sizes = np.bincount(numbers)
        if np.count_nonzero(sizes > 1) > 1:
            found.update({n.id: (key, k) for n, k in zip(on_sheet, numbers, strict=True) if sizes[k] > 1})
    return found


def _part(notes: Sequence[Note]) -> list[int]:
    """The number of each note's island: chains of notes that stand together."""
    boxes = np.array([n.bbox for n in notes], float)
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    apart = np.maximum(0, np.maximum(low - high.transpose(1, 0, 2), low.transpose(1, 0, 2) - high))
    gaps = np.hypot(apart[..., 0], apart[..., 1])
    np.fill_diagonal(gaps, np.inf)
    sides = (boxes[:, 2:] - boxes[:, :2]).min(axis=1)
    usual = max(float(np.median(gaps.min(axis=1))), LEAST_GAP * float(np.median(sides))) if len(notes) > 1 else 0.0
    numbers = [-1] * len(notes)
    for start in range(len(notes)):
        waiting = [start] if numbers[start] < 0 else []
        number = max(numbers) + 1
        while waiting:
            here = waiting.pop()
            if numbers[here] < 0:
                numbers[here] = number
                waiting += [int(j) for j in np.flatnonzero(gaps[here] <= ISLAND_GAP * usual) if numbers[j] < 0]
    return numbers


def _share(values: Sequence[object]) -> FloatArray:
    """1.0 where two notes have the same value, 0.0 elsewhere and where it is None."""
    known: dict[object, int] = {}
    codes = np.array([-1 if v is None else known.setdefault(v, len(known)) for v in values], int)
    return np.asarray((codes[:, None] == codes[None, :]) & (codes[:, None] >= 0), float)


def _centre(shared: FloatArray) -> FloatArray:
    row = shared.mean(axis=1, keepdims=True)
    return np.asarray(shared - row - row.T + shared.mean(), float)
