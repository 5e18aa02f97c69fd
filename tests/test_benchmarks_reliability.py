"""benchmarks/reliability.py: words judged as the scorer judges them, bins and calibration error of known cases, the diagram well-formed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks import accuracy
from benchmarks.matching import count_figures, match_photo
from benchmarks.reliability import Judged, calibration_error, judge_words, make_bins, make_figures, rank_quality, write_svg, write_table
from digitise.model import Line, Note, Quad, Word

QUAD: Quad = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def judge(truth: list[str], read: list[list[list[Any]]]) -> list[Judged]:
    t_notes = [{"id": k, "bbox": [0, 9 * k, 9, 9 * k + 5], "text": t, "legible": "full", "under": None} for k, t in enumerate(truth)]
    r_notes = [{"text": " ".join(w[0] for w in words), "words": words} for words in read]
    t_notes = [n | {"container": "none", "colour": "none", "role": "note"} for n in t_notes]
    return judge_words(match_photo("p", {"kind": "page", "notes": t_notes}, {"notes": r_notes}))


def test_words_are_judged_by_their_own_note_and_by_the_photo() -> None:
    judged = judge(
        ["Open the hall", "Tea & cake"], [[["Open", 0.9, False], ["tea", 0.4, True], ["hall", 0.8, False], ["hall.", 0.3, True]]]
    )
    assert judged == [
        Judged(0.9, False, True, True),
        Judged(0.4, True, False, True),  # stands in the photo, but not in this note
        Judged(0.8, False, True, True),
        Judged(0.3, True, False, False),  # stands there once only
    ]


def test_a_piece_of_several_words_counts_as_the_scorer_counts_it() -> None:
    judged = judge(["tea/cake and more"], [[["tea/coke", 0.5, True], ["and", 0.9, False], ["+", 0.2, True], ["more", 0.9, False]]])
    assert [(w.confidence, w.in_note) for w in judged] == [(0.5, True), (0.5, False), (0.9, True), (0.9, True)]


def test_notes_without_a_match_are_left_out_of_the_notes_figures() -> None:
    assert [w.in_note for w in judge(["Open"], [[["Open", 0.9, False]], [["xyz", 0.2, True]]])] == [True, None]


def test_predictions_without_confidences_are_refused() -> None:
    photo = match_photo("p", {"kind": "page", "notes": []}, {"notes": [{"text": "a"}]})
    with pytest.raises(ValueError, match="make the predictions again"):
        judge_words(photo)


def test_what_accuracy_writes_can_be_judged_and_does_not_change_the_score() -> None:
    words = (Word(text="Open", confidence=0.95, quad=QUAD), Word(text="hull", confidence=0.41239, quad=QUAD, doubtful=True))
    note = Note(id="n", photo_id="p", outline=QUAD, text="Open hull", lines=(Line(words=words, raw="", confidence=0.7, quad=QUAD),))
    written = accuracy._note(note)
    assert written["words"] == [["Open", 0.95, False], ["hull", 0.4124, True]]
    truth = {"id": 1, "bbox": [0, 0, 9, 9], "text": "Open hall", "legible": "full", "under": None, "container": "none", "colour": "none"}
    with_words, without = (
        match_photo("p", {"kind": "page", "notes": [truth | {"role": "note"}]}, {"notes": [n]})
        for n in (written, {k: v for k, v in written.items() if k != "words"})
    )
    assert count_figures(with_words) == count_figures(without)
    assert [w.in_note for w in judge_words(with_words)] == [True, False]


def test_calibration_error_and_auc_of_known_cases() -> None:
    confidence, right = [0.95] * 4 + [0.15] * 4, [True, True, True, False, True, False, False, False]
    bins = make_bins(confidence, right, [False] * 8)
    assert [b.words for b in bins] == [0, 4, 0, 0, 0, 0, 0, 0, 0, 4]
    assert (bins[9].right, bins[1].right) == (0.75, 0.25)
    assert calibration_error(bins) == pytest.approx((0.20 + 0.10) / 2)
    assert rank_quality(confidence, right) == pytest.approx((9 + 0.5 * 3 + 0.5 * 3) / 16)
    assert make_bins([0.3, 1.0, 0.9], [True] * 3, [True] * 3)[3].words == 1, "a border belongs to the upper bin"


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_every_word_lies_in_one_bin_and_the_error_is_a_share(words: list[tuple[float, bool]]) -> None:
    bins = make_bins([c for c, _ in words], [r for _, r in words], [False] * len(words))
    assert sum(b.words for b in bins) == len(words)
    assert all(k / 10 - 1e-6 <= b.confidence <= (k + 1) / 10 + 1e-6 for k, b in enumerate(bins) if b.words)
    assert 0 <= calibration_error(bins) <= 1


def test_the_diagram_is_well_formed_and_the_same_each_time() -> None:
    judged = [Judged(0.95, False, True, True), Judged(0.5, True, False, True), Judged(0.5, True, None, False)]
    svg = write_svg(judged)
    tree = ElementTree.fromstring(svg)
    assert svg == write_svg(judged) and len(svg) < 6000
    bars = [r for r in tree.iter("{http://www.w3.org/2000/svg}rect") if r.get("fill") == "#7aa6d6"]
    assert [float(b.get("height") or 0) for b in bars] == [0.0, 300.0]
    assert "| 0.5-0.6 | 1 | 0.500 | 0.000 | 0.500 | 1.000 |" in write_table(judged)
    assert make_figures(judged)["AUC in notes"] == 1.0
