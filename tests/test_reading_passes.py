"""Likely words inform unsure lines; the language of a line."""

from __future__ import annotations

import pytest

from digitise.geometry import box_quad
from digitise.model import Line, Word
from digitise.reading.languages import language_of
from digitise.reading.lexicon import EventLexicon
from digitise.reading.passes import decode_lines, may_be_seen, seen_words

QUAD = box_quad((0, 0, 10, 10))
LEXICON = EventLexicon(("en",))


def word(text: str, *, confidence: float = 0.99, raw: str = "") -> Word:
    return Word(text=text, raw=raw, confidence=confidence, quad=QUAD, doubtful=confidence < 0.9)


def line(*words: Word) -> Line:
    return Line(words=words, raw=" ".join(w.raw or w.text for w in words), confidence=0.9, quad=QUAD)


def test_only_likely_words_of_some_length_that_are_words_are_seen() -> None:
    read = line(word("Device"), word("of"), word("Qzzfk"), word("vien"), word("drug", confidence=0.6), word("kid's", confidence=0.75))
    assert seen_words(read, LEXICON) == {"device", "kid's"}


def test_doubtful_lines_are_decoded_again_with_what_the_others_say() -> None:
    lines = {"a": line(word("DEVICE")), "b": line(word("DEVISE", confidence=0.5, raw="DEVIOE")), "c": line(word("map", confidence=0.5))}
    calls: list[tuple[str, bool]] = []

    def decode(look: str, lexicon: EventLexicon) -> Line | None:
        informed = lexicon.log_probability("device") > LEXICON.log_probability("device")
        calls.append((look, informed))
        return line(word("DEVICE", confidence=0.7, raw="DEVIOE")) if informed else lines.get(look)

    read = decode_lines(["a", "b", "c", "nothing"], decode, LEXICON)
    assert [r.text if r else None for r in read] == ["DEVICE", "DEVICE", "map", None]
    assert [look for look, informed in calls if informed] == ["b"]


def test_no_word_speaks_for_itself() -> None:
    lines = {"a": line(word("device", confidence=0.8), word("treatmnt", confidence=0.5)), "b": line(word("treatment"))}
    told: dict[str, tuple[bool, bool]] = {}

    def decode(look: str, lexicon: EventLexicon) -> Line | None:
        told[look] = tuple(lexicon.log_probability(w) > LEXICON.log_probability(w) for w in ("device", "treatment"))  # type: ignore[assignment]
        return lines[look]

    decode_lines(["a", "b"], decode, LEXICON)
    assert told["a"] == (False, True)
    lines["c"] = line(word("device"))
    decode_lines(["a", "b", "c"], decode, LEXICON)
    assert told["a"] == (True, True), "another line says it, too"


def test_nothing_likely_means_one_pass() -> None:
    calls = []

    def decode(look: str, lexicon: EventLexicon) -> Line | None:
        calls.append(look)
        return line(word("device", confidence=0.6))

    decode_lines(["a", "b"], decode, LEXICON)
    assert calls == ["a", "b"]


def test_a_sure_word_is_no_misreading() -> None:
    assert not may_be_seen(word("devise"), ["device"])
    assert may_be_seen(word("devise", confidence=0.6), ["device"])
    assert not may_be_seen(word("device", confidence=0.6), ["device"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Dim digon o weithgareddau Cymraeg", "cy"),
        ("Mae pobl hŷn yn gaeth i'r tŷ", "cy"),
        ("gyda'r nos", "cy"),
        ("nothing open in the evenings", "en"),
        ("the bus to the clinic", "en"),
        ("Who will drive?", "en"),
        ("Cwm Derwen Trust", None),
        ("14/03 10:30", None),
        ("£2.50", None),
        ("Zolpher Quibblewick", None),
        ("", None),
    ],
)
def test_language_of_a_line(text: str, language: str | None) -> None:
    assert language_of(text, ("cy", "en"), names={"cwm", "derwen", "trust"}) == language


def test_with_one_language_words_must_still_be_words() -> None:
    assert language_of("the bus", ("en",)) == "en"
    assert language_of("Zolpher Quibblewick", ("en",)) is None
