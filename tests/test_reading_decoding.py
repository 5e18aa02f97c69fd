"""Decoding of character probabilities, on emissions made with known text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.reading.decoding import align, beam_search, decode_line, greedy_characters
from digitise.reading.lexicon import EventLexicon, alphabet
from digitise.reading.rapid import keep_alphabet
from digitise.reading.recognisers import is_latin_script
from digitise.reading.welsh_words import is_welsh

CHARACTERS = ("", *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&-.,?!'ŵŷ£@#:/自", " ")
COLUMN = {c: i for i, c in enumerate(CHARACTERS)}
LEXICON = EventLexicon(("en",))


def emissions(text: str, *, sure: float = 0.97, other: dict[int, tuple[str, float]] | None = None) -> np.ndarray:
    """One step per character and a blank after each; `other` gives the rival of the character at a place and its probability."""
    rows = []
    for i, char in enumerate(text):
        row = np.full(len(CHARACTERS), (1 - sure) / (len(CHARACTERS) - 1), np.float32)
        row[COLUMN[char]] = sure
        if other and i in other:
            rival, p = other[i]
            row[:] = 1e-4
            row[COLUMN[char]], row[COLUMN[rival]] = 1 - p, p
        rows.append(row / row.sum())
        blank = np.full(len(CHARACTERS), 1e-5, np.float32)
        blank[0] = 1
        rows.append(blank / blank.sum())
    return np.asarray(rows, np.float32)


@given(st.text(alphabet="abcdefghij klmnoprstuwy0123456789&", min_size=1, max_size=20).map(lambda s: " ".join(s.split())).filter(bool))
@settings(max_examples=60, deadline=None)
def test_sure_ink_is_read_as_it_is(text: str) -> None:
    decoded = decode_line(emissions(text, sure=0.9999), CHARACTERS, LEXICON)
    assert decoded.text == text
    assert decoded.raw == text
    assert decoded.confidence > 0.99


def test_word_model_mends_a_wavering_letter_and_keeps_the_raw_reading() -> None:
    decoded = decode_line(emissions("MEANINGFUL", other={9: ("C", 0.6)}), CHARACTERS, LEXICON)
    assert decoded.raw == "MEANINGFUC"
    assert [w.text for w in decoded.words] == ["MEANINGFUL"]
    assert decoded.words[0].raw == "MEANINGFUC"
    assert decoded.words[0].confidence < 0.97


def test_word_model_does_not_overrule_clear_ink() -> None:
    # a name that no word list holds, and a deliberate misspelling
    assert decode_line(emissions("Llanhraan suportive"), CHARACTERS, LEXICON).text == "Llanhraan suportive"


@pytest.mark.parametrize("languages", [("en",), ("cy", "en")])
def test_missing_space_is_restored(languages: tuple[str, ...]) -> None:
    text = "lackoftransport"
    p = emissions(text)
    for gap in (4, 6):
        p[2 * gap - 1] = 1e-5
        p[2 * gap - 1, [0, COLUMN[" "]]] = 0.8, 0.2
    decoded = decode_line(p, CHARACTERS, EventLexicon(languages))
    assert decoded.raw == "lackoftransport"
    assert decoded.text == "lack of transport"


def test_clear_spaces_stay_in_a_welsh_and_english_event() -> None:
    text = "nothing open in the evenings or at weekends"
    assert decode_line(emissions(text, sure=0.9), CHARACTERS, EventLexicon(("cy", "en"))).text == text


def test_glossary_tips_the_scales_for_a_local_name() -> None:
    p = emissions("Tonyfel", other={5: ("a", 0.3)})
    assert beam_search(p, CHARACTERS, EventLexicon(("en",))) == "Tonyfel"
    assert beam_search(p, CHARACTERS, EventLexicon(("en",), ("Tonyfal Hub",))) == "Tonyfal"


def test_a_trace_of_a_sign_opens_no_handle() -> None:
    # as a handle any spelling would do, so that '#vwlzwn' would be likelier than a word that no list holds
    assert beam_search(emissions("rvwlzwn", other={0: ("#", 0.05)}), CHARACTERS, LEXICON) == "rvwlzwn"
    assert beam_search(emissions("rvwlzwn", other={0: ("#", 0.6)}), CHARACTERS, LEXICON) == "#vwlzwn"


def test_nothing_and_blanks_give_no_words() -> None:
    assert decode_line(np.zeros((0, len(CHARACTERS)), np.float32), CHARACTERS, LEXICON).words == ()
    blank = np.zeros((5, len(CHARACTERS)), np.float32)
    blank[:, 0] = 1
    assert decode_line(blank, CHARACTERS, LEXICON).words == ()


def test_other_scripts_are_masked_before_decoding() -> None:
    p = emissions("care", other={1: ("自", 0.9)})
    kept, characters = keep_alphabet(p, CHARACTERS, alphabet(("en",)))
    assert "自" not in characters and "ŵ" not in characters
    assert np.allclose(kept.sum(axis=1), 1, atol=1e-4)
    assert decode_line(kept, characters, LEXICON).text == "care"
    assert "ŵ" in keep_alphabet(p, CHARACTERS, alphabet(("cy", "en")))[1]


def test_latin_script() -> None:
    assert all(is_latin_script(c) for c in "aZŵŷâ&£•→9")
    assert not any(is_latin_script(c) for c in ("自", "山", "ж", "ω", "", "ab", "\n"))


@given(st.text(alphabet="abc", min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_alignment_gives_each_letter_its_own_steps_in_order(text: str, random) -> None:  # type: ignore[no-untyped-def]
    rows, truth = [], []
    for char in text:
        start = len(rows)
        for _ in range(random.randint(1, 3)):
            rows.append(COLUMN[char])
        truth.append((start, len(rows) - 1))
        rows += [0] * random.randint(1, 2)
    p = np.full((len(rows), len(CHARACTERS)), 1e-4)
    p[np.arange(len(rows)), rows] = 1
    assert align(np.log(p), [COLUMN[c] for c in text]) == truth


def test_greedy_keeps_doubled_letters_apart_by_a_blank() -> None:
    assert "".join(c for c, _ in greedy_characters(emissions("call"), CHARACTERS)) == "call"


@pytest.mark.parametrize("word", ["cymorth", "iechyd", "gwirfoddolwyr", "dŵr", "tŷ"])
def test_welsh_words_are_known_when_the_event_is_welsh(word: str) -> None:
    assert is_welsh(word)
    unknown = EventLexicon(("en",)).log_probability("gwirfoddolwyr")
    assert EventLexicon(("cy", "en")).log_probability("gwirfoddolwyr") > unknown


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_start_is_at_least_as_likely_as_any_word_it_begins(word: str) -> None:
    # common words only: the index of beginnings leaves out words rarer than one in ten million
    if LEXICON.log_probability(word) > np.log(1e-7):
        for i in range(1, len(word) + 1):
            assert LEXICON.log_prefix(word[:i]) >= LEXICON.log_probability(word) - 1e-9


@pytest.mark.parametrize(
    "text",
    [
        "jo.evans@wcva.cymru",
        "£2.50",
        "10:30",
        "14/03",
        "TAF",
        "WCVA",
        "CU-ESIIL",
        "@cgreen",
        "#NoShows",
        "www.ymlaen.cymru",
        "01443 555012",
        "2nd",
    ],
)
@pytest.mark.parametrize("languages", [("en",), ("cy", "en")])
def test_addresses_numbers_dates_and_acronyms_are_left_alone(text: str, languages: tuple[str, ...]) -> None:
    assert decode_line(emissions(text), CHARACTERS, EventLexicon(languages)).text == text


def test_a_handle_keeps_its_letters_where_a_word_would_lose_them() -> None:
    # a gap that the network half sees, as in joined words
    def with_gap(text: str, gap: int) -> np.ndarray:
        p = emissions(text)
        p[2 * gap - 1] = 1e-5
        p[2 * gap - 1, [0, COLUMN[" "]]] = 0.93, 0.07
        return p

    assert decode_line(with_gap("cgreen", 1), CHARACTERS, LEXICON).text == "c green"
    assert decode_line(with_gap("@cgreen", 2), CHARACTERS, LEXICON).text == "@cgreen"


@pytest.mark.parametrize("text", ["i'r tŷ", "sy'n dda", "gyda'r nos", "gweithio'n", "o'r cwm", "a'i mam"])
def test_welsh_contractions_keep_their_apostrophe(text: str) -> None:
    # an apostrophe that a blank rivals: without it 'ir' and 'or' are words, too
    p = emissions(text)
    place = 2 * text.index("'")
    p[place] = 1e-5
    p[place, [0, COLUMN["'"]]] = 0.3, 0.7
    assert decode_line(p, CHARACTERS, EventLexicon(("cy", "en"))).text == text


def test_words_seen_elsewhere_tip_the_scales() -> None:
    p = emissions("fern", other={3: ("m", 0.4), 1: ("a", 0.4)})
    assert beam_search(p, CHARACTERS, LEXICON) != "fern"
    assert beam_search(p, CHARACTERS, LEXICON.with_seen(["fern"])) == "fern"
    clear = emissions("farm")
    assert beam_search(clear, CHARACTERS, LEXICON.with_seen(["fern"])) == "farm"


def test_glossary_words_are_known_without_their_marks() -> None:
    lexicon = EventLexicon(("cy", "en"), ("Tŷ Gobaith",))
    assert lexicon.is_known("tŷ") and lexicon.is_known("ty") and lexicon.is_known("gobaith")
    assert lexicon.log_probability("ty") > EventLexicon(("cy", "en")).log_probability("ty")


def test_a_clear_space_is_never_closed_and_a_clear_join_never_opened() -> None:
    for text in ("neges i dy", "over all", "overall", "in to", "into"):
        assert decode_line(emissions(text), CHARACTERS, EventLexicon(("cy", "en"))).text == text
