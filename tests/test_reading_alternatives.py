"""Other readings of a line's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digitise.reading.alternatives import bare_word, other_readings, same_letters

TEXTS = st.lists(st.sampled_from(["drug", "on", "view", "vien", "by", "Drug"]), min_size=1, max_size=5).map(" ".join)


def test_words_are_matched_by_place_in_order_of_likelihood() -> None:
    assert other_readings("and dry facts", ["and drug facts", "and dng facts", "ant dry fact"]) == [("ant",), ("drug", "dng"), ("fact",)]


def test_one_word_may_be_two_but_two_are_not_one() -> None:
    assert other_readings("DRAGON info", ["DRUG ON info"]) == [("DRUG ON",), ()]
    assert other_readings("DRUG ON info", ["DRAGON info"]) == [(), (), ()]


def test_case_spaces_and_outer_signs_make_no_other_reading() -> None:
    assert other_readings("types of", ["Types of", "typesof"]) == [(), ()]
    assert other_readings("need help", ["need HELP.", "-need help", "need 'help,"]) == [(), ()]


def test_signs_inside_a_word_and_signs_alone_tell_readings_apart() -> None:
    assert other_readings("its here", ["it's here"]) == [("it's",), ()]
    assert bare_word("it’s") == bare_word("It's.") == "it's"
    assert bare_word("&") == "&" and not same_letters("&", "?")


def test_nothing_has_no_readings() -> None:
    assert other_readings("", ["a"]) == []


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_no_word_is_its_own_alternative(text: str, others: list[str]) -> None:
    readings = other_readings(text, [text, *others])
    assert len(readings) == len(text.split(" "))
    for word, offered in zip(text.split(" "), readings, strict=True):
        assert len(set(offered)) == len(offered)
        assert not any(same_letters(word, other) for other in offered)
