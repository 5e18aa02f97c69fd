"""Spelling learnt from small word lists with known counts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.reading.lexicon import spelling_model
from digitise.reading.ngrams import CharacterModel


def test_probabilities_of_what_follows_sum_to_one() -> None:
    model = CharacterModel([("care", 2.0), ("carer", 1.0), ("cat", 1.0)])
    total = math.exp(model.log_word("car")) / math.exp(model.log_start("car"))
    letters = "abcdefghijklmnopqrstuvwxyz'âêîôûŵŷáéíóúàèìòùäëïöüçñỳẁẃẅýÿ"
    total += sum(math.exp(model.log_start("car" + c) - model.log_start("car")) for c in letters)
    total += math.exp(model.log_start("car9") - model.log_start("car"))  # any other character
    assert total == pytest.approx(1.0, abs=1e-9)


def test_counts_weigh_and_unseen_beginnings_fall_back() -> None:
    model = CharacterModel([("care", 3.0), ("cars", 1.0)])
    assert model.log_word("care") > model.log_word("cars") > model.log_word("carx")
    assert model.log_start("zz") < model.log_start("ca")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzŵŷé'", max_size=14))
@settings(max_examples=50, deadline=None)
def test_a_longer_start_is_never_likelier(word: str) -> None:
    model = spelling_model("en")
    for i in range(len(word)):
        assert model.log_start(word[: i + 1]) <= model.log_start(word[:i])
    assert model.log_word(word) <= model.log_start(word)


def test_names_are_likelier_than_words_run_together_with_letters_lost() -> None:
    model = spelling_model("en")
    for name, rubbish in (("llanhraan", "viernnumb"), ("pontcanna", "srvicpson"), ("tonyfel", "typsofr")):
        assert model.log_word(name) > model.log_word(rubbish)
