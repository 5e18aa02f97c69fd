"""Of lines that cannot all be there those stay that are read best together."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.reading.detection import TextBox
from digitise.reading.settling import evidence, find_rivals, settle


def box(x0: float, y0: float, x1: float, y1: float) -> TextBox:
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
    return TextBox(corners, 0.9, corners)


def test_a_whole_line_beats_its_fragment_and_well_read_halves_beat_a_tied_whole() -> None:
    whole, left, right = box(0, 0, 1000, 60), box(0, 5, 480, 45), box(500, 5, 1000, 45)
    assert settle([whole, left], [9.0, 4.0]) == [0]
    assert settle([whole, left, right], [6.0, 4.0, 3.5]) == [1, 2]


def test_lines_that_do_not_overlap_stay_whatever_they_were_read_as() -> None:
    assert settle([box(0, 0, 100, 20), box(0, 30, 100, 50)], [-3.0, 0.0]) == [0, 1]


def test_of_rivals_read_badly_one_stays_so_that_nothing_is_lost() -> None:
    assert settle([box(0, 0, 100, 20), box(5, 2, 104, 22)], [-2.0, -1.0]) == [1]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(5, 50), st.floats(-2, 9)), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_no_choice_without_conflicts_weighs_more(drawn: list[tuple[int, int, int, float]]) -> None:
    boxes, weights = [box(x, y, x + w, y + 12) for x, y, w, _ in drawn], [weight for *_, weight in drawn]
    rivals = find_rivals(boxes)
    kept = settle(boxes, weights)
    assert all(b not in rivals[a] for a, b in combinations(kept, 2))
    assert all(i in kept or rivals[i] for i in range(len(boxes)))
    most = max(
        sum(weights[i] for i in some)
        for n in range(len(boxes) + 1)
        for some in combinations(range(len(boxes)), n)
        if all(b not in rivals[a] for a, b in combinations(some, 2))
    )
    # a group in which all weigh less than nothing keeps one
    assert sum(max(0.0, weights[i]) for i in kept) == pytest.approx(most)


def test_evidence_counts_characters_once_and_doubt_against_them() -> None:
    sure = np.array([[0.0, 1.0, 0.0], [0.0, 0.9, 0.1], [1.0, 0.0, 0.0], [0.1, 0.0, 0.9]], np.float32)
    assert evidence(sure) == pytest.approx(0.5 + 0.4)
    assert evidence(np.array([[0.3, 0.4, 0.3]], np.float32)) == pytest.approx(-0.1)
    assert evidence(np.array([[1.0, 0.0, 0.0]], np.float32)) == 0.0
