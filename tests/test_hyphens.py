"""Words broken at line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitise.geometry import box_quad
from digitise.hyphens import join_hyphens
from digitise.model import Word
from digitise.report.wording import match_words


@pytest.mark.parametrize(
    ("written", "joined"),
    [
        ("pro-\ngramme for all", "programme for all"),
        ("TRANS-\nPORT", "TRANSPORT"),
        ("gwirfod-\ndolwyr ifanc", "gwirfoddolwyr ifanc"),
        ("co-\nproduced", "co-produced"),
        ("a drop-\n in", "a drop-in"),
        ("self-\nHelp", "self-\nHelp"),
        ("- bus\n- car", "- bus\n- car"),
        ("decision -\nmaking", "decision -\nmaking"),
        ("10-\nfold", "10-\nfold"),
        ("well-being", "well-being"),
    ],
)
def test_a_known_word_loses_its_hyphen_and_others_keep_it(written: str, joined: str) -> None:
    assert join_hyphens(written) == joined


@given(st.text(alphabet="abZ -\n", max_size=30))
def test_letters_stay_and_nothing_is_joined_twice(text: str) -> None:
    joined = join_hyphens(text)
    assert [c for c in joined if c.isalpha()] == [c for c in text if c.isalpha()]
    assert joined.count("\n") <= text.count("\n")


def test_a_joined_token_is_in_doubt_when_either_of_its_pieces_is() -> None:
    quad = box_quad((0, 0, 1, 1))

    def word(text: str, doubtful: bool = False) -> Word:
        return Word(text=text, confidence=0.5 if doubtful else 1.0, quad=quad, doubtful=doubtful)

    assert match_words(["the", "programme", "now"], [word("the"), word("pro-"), word("gramme", True), word("now")]) == [0, 2, 3]
    assert match_words(["co-produced", "it"], [word("co-", True), word("produced", True), word("it")]) == [0, 2]
    assert match_words(["-", "bus"], [word("-"), word("bus")]) == [0, 1]
