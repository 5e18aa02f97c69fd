"""Layout's work grows with what is on the wall, not with its square: each outline and each piece of ink is looked at once."""

from __future__ import annotations

import cv2
import pytest
from layout_drawing import notes_of, paper, sticky, write

from digitise.layout import pieces


def test_outlines_are_built_once_and_ink_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb, lines, stickies = paper(), [], []
    for i in range(12):
        x, y = 100 + 400 * (i % 4), 100 + 300 * (i // 4)
        stickies.append(sticky(rgb, x, y, 300, 200))
        lines += [write(rgb, f"point {i} {row}", x + 20, y + 20 + 50 * row) for row in range(3)]
    lines.append(write(rgb, "outside of them all", 100, 1050))
    built = []
    apart = []
    polygon, taken = pieces.polygon, cv2.connectedComponentsWithStats
    monkeypatch.setattr(pieces, "polygon", lambda outline: built.append(1) or polygon(outline))  # type: ignore[func-returns-value]
    monkeypatch.setattr(cv2, "connectedComponentsWithStats", lambda *a, **k: apart.append(a[0].shape) or taken(*a, **k))  # type: ignore[func-returns-value]
    notes = notes_of(rgb, lines, stickies)
    assert [len(n.lines) for n in notes] == [3] * 12 + [1]
    assert len(built) <= 2 * len(stickies)
    assert apart.count(rgb.shape[:2]) == 3  # all ink, and twice what may be dashes: along and across
