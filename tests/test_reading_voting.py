"""One text from several looks: what all can live with wins, and each word's evidence says how far they agree."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.reading.alternatives import same_letters
from digitise.reading.doubt import MOST_LIKELIER, WEIGHTS, likelier_neighbour, right_probability, word_features
from digitise.reading.lexicon import EventLexicon
from digitise.reading.voting import Evidence, restore_spaces, weigh_texts

CHARACTERS = ("", *"abcdefghijklmnopqrstuvwxyz,() ")
LEXICON = EventLexicon(("en",))


def look(steps: Sequence[dict[str, float]]) -> npt.NDArray[np.float32]:
    """Emissions with a blank after each step; what a step leaves over goes to the blank."""
    rows = []
    for step in steps:
        row = np.full(len(CHARACTERS), 1e-6, np.float32)
        for char, share in step.items():
            row[CHARACTERS.index(char)] = share
        row[0] += max(0.0, 1 - row.sum())
        gap = np.full(len(CHARACTERS), 1e-6, np.float32)
        gap[0] = 1 - gap[1:].sum()
        rows += [row / row.sum(), gap]
    return np.array(rows, np.float32)


def spelled(word: str, sure: float = 0.97) -> list[dict[str, float]]:
    return [{c: sure} for c in word]


def test_a_line_read_once_is_read_as_it_stands() -> None:
    vote = weigh_texts([look(spelled("bus stop", 0.9999))], CHARACTERS, LEXICON)
    assert vote.decoded.text == "bus stop"
    assert [e.agreement for e in vote.evidence] == [e.raw for e in vote.evidence] == [1, 1]
    assert vote.alternatives == ((), ())


def test_what_all_looks_can_live_with_beats_what_two_of_three_read() -> None:
    # two looks are nearly undecided between 'land' and 'hand' and lean to the latter; one sees nothing but an 'l'
    wavering = look([{"h": 0.55, "l": 0.449}, *spelled("and")])
    assert weigh_texts([wavering], CHARACTERS, LEXICON).decoded.text == "hand"
    vote = weigh_texts([wavering, wavering, look(spelled("land", 0.99))], CHARACTERS, LEXICON)
    assert vote.decoded.text == "land"
    assert vote.evidence[0].raw == pytest.approx(1 / 3)
    assert "hand" in vote.alternatives[0]


def test_one_look_at_something_else_cannot_rule_a_text_out() -> None:
    vote = weigh_texts([look(spelled("transport")), look(spelled("transport")), look(spelled("zzz"))], CHARACTERS, LEXICON)
    assert vote.decoded.text == "transport"
    assert vote.evidence[0].agreement == pytest.approx(2 / 3)


def test_agreement_and_evidence_fall_with_the_ink() -> None:
    sure = weigh_texts([look(spelled("garden"))] * 3, CHARACTERS, LEXICON).evidence[0]
    faint = [{c: 0.5, other: 0.4} for c, other in zip("garden", "qonbcu", strict=True)]
    unsure = weigh_texts([look(faint)] * 3, CHARACTERS, LEXICON).evidence[0]
    assert sure.ink > unsure.ink and sure.posterior >= unsure.posterior
    assert right_probability("garden", sure, score=0.97, lexicon=LEXICON) > right_probability("garden", unsure, score=0.5, lexicon=LEXICON)


def test_an_empty_line_gives_no_words() -> None:
    vote = weigh_texts([look([{}, {}])], CHARACTERS, LEXICON)
    assert vote.decoded.words == () and vote.evidence == () and vote.alternatives == ()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.lists(st.floats(0.001, 1), min_size=len(CHARACTERS), max_size=len(CHARACTERS)), min_size=1, max_size=6),
        min_size=1,
        max_size=3,
    )
)
def test_any_emissions_give_evidence_within_bounds(raw: list[list[list[float]]]) -> None:
    looks = [np.asarray(rows, np.float32) / np.sum(rows, axis=1, keepdims=True).astype(np.float32) for rows in raw]
    vote = weigh_texts(looks, CHARACTERS, LEXICON)
    assert len(vote.evidence) == len(vote.alternatives) == len(vote.decoded.words)
    for word, e in zip(vote.decoded.words, vote.evidence, strict=True):
        assert e.ink <= 0 and all(0 <= share <= 1 + 1e-6 for share in e[1:])
        assert 0 < right_probability(word.text, e, score=0.5, lexicon=LEXICON) < 1


@pytest.mark.parametrize(
    ("joined", "parted"),
    [
        ("voices,we make", "voices, we make"),
        ("data(case-study)", "data (case-study)"),
        ("drought)across", "drought) across"),
        ("form(s)", "form(s)"),
        ("(re)use", "(re)use"),
        ("1,000 and a,b", "1,000 and a,b"),
        ("e.g.this", "e.g.this"),
    ],
)
def test_spaces_that_signs_ask_for_are_restored(joined: str, parted: str) -> None:
    assert restore_spaces(joined) == parted
    assert same_letters(joined, parted)


def test_calibration_knows_every_feature_and_doubts_what_nobody_knows() -> None:
    clear = Evidence(ink=math.log(0.97), posterior=0.95, agreement=1.0, raw=1.0, unlike=0.0)
    assert set(word_features("bus", clear, score=0.9, lexicon=LEXICON)) == set(WEIGHTS)
    known, unknown = (right_probability(w, clear, score=0.97, lexicon=LEXICON) for w in ("transport", "trxnsparl"))
    assert known > 0.95 > unknown
    changed = clear._replace(raw=0.0, unlike=0.5, agreement=0.5)
    assert right_probability("transport", changed, score=0.97, lexicon=LEXICON) < known


def test_an_outer_sign_that_only_the_ink_has_casts_no_doubt() -> None:
    # the comma is likely enough to be read by itself, and costs the word model too much
    (evidence,) = weigh_texts([look([*spelled("help", 0.999), {",": 0.6}])], CHARACTERS, LEXICON).evidence
    assert (evidence.agreement, evidence.raw, evidence.unlike) == (1, 1, 0)
    assert evidence.posterior == pytest.approx(1, abs=0.01)


def test_letters_that_the_word_model_changed_cast_doubt_by_their_share() -> None:
    blurred = [{"g": 0.5, "q": 0.5}, *spelled("arden", 0.999)]
    other = [*spelled("g", 0.999), *spelled("ar", 0.999), {"b": 0.6, "d": 0.4}, *spelled("en", 0.999)]
    (kept,) = weigh_texts([look(spelled("garden", 0.999))], CHARACTERS, LEXICON).evidence
    (mended,) = weigh_texts([look(other)], CHARACTERS, LEXICON).evidence
    assert kept.unlike == 0 and mended.unlike == pytest.approx(1 / 6)
    assert 0 <= weigh_texts([look(blurred)], CHARACTERS, LEXICON).evidence[0].unlike <= 1 / 6 + 1e-9
    sure = Evidence(ink=-0.01, posterior=0.99, agreement=1.0, raw=1.0, unlike=0.0)
    chances = [right_probability("garden", sure._replace(unlike=u), score=0.95, lexicon=LEXICON) for u in (0.0, 1 / 6, 0.5, 1.0)]
    assert chances == sorted(chances, reverse=True)


def test_a_rare_word_beside_a_common_one_is_doubted() -> None:
    assert likelier_neighbour("feld", LEXICON) > 4 and likelier_neighbour("medikal", LEXICON) > 4
    assert likelier_neighbour("technical", LEXICON) == 0, "no word beside it is likelier"
    assert likelier_neighbour("techincal", LEXICON) > 4, "two letters that changed places"
    assert likelier_neighbour("", LEXICON) <= MOST_LIKELIER
    clear = Evidence(ink=-0.01, posterior=0.99, agreement=1.0, raw=1.0, unlike=0.0)
    assert right_probability("feld", clear, score=0.97, lexicon=LEXICON) < right_probability("garden", clear, score=0.97, lexicon=LEXICON)


@settings(max_examples=30, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=9))
def test_a_neighbour_is_likelier_by_a_bounded_amount(word: str) -> None:
    assert 0 <= likelier_neighbour(word, LEXICON) <= MOST_LIKELIER
