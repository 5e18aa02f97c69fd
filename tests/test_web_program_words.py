"""What the library says to visitors of the web pages is there in Welsh, too: each sentence that stands in its source."""

from __future__ import annotations

import pytest
from said_sentences import collect_sentences

from digitise.config import Config
from digitise.errors import UsageError
from digitise.intake import refusing
from digitise.model import Line
from digitise.pipeline import warn_of_language
from digitise.web.program_words import HERE, Words, find_sentence, tell, tell_error
from digitise.web.wording import load_texts

TOLD = ("intake/*.py", "glances.py", "runs.py", "piecework.py", "events.py", "store.py", "corrections/*.py", "reviewing/*.py")
TOLD += ("importing.py", "report/docx_opening.py", "report/docx_package.py", "report/docx_dangers.py", "web/*.py", "web/pages/*.py")
"""Modules whose errors and problems come before visitors."""
TERMINAL_ONLY = ("digitise.web.serving:",)
BETWEEN = {
    # what the collector cannot see: said elsewhere than in an error, or a part of a sentence
    *("killed", "exit_code", "too_long", "none_usable_all", "ended_arranging", "fault_event", "million", "large", "pixels", "pages"),
    *("photos", "entries", "entries_many", "unpacked", "make_smaller", "make_picture_smaller", "split", "several_zips", "two_events"),
    *("do_folder_locked", "lines_welsh", "lines_english", "do_languages"),
}
SAID = {text: where for text, where in collect_sentences(*TOLD).items() if not where.startswith(TERMINAL_ONLY)}


def test_every_sentence_that_the_program_can_say_to_visitors_has_its_welsh() -> None:
    missing = [f"{where}: {text}" for text, where in SAID.items() if not text.startswith("7") and find_sentence(text) is None]
    assert not missing, "write them into wording/program.toml: " + "\n".join(missing)
    assert len(SAID) > 150


def test_nothing_stands_in_the_table_that_is_said_no_more() -> None:
    said = {find_sentence(text) for text in SAID}
    names = {name.partition(".")[2] for name in load_texts("en") if name.startswith("program.")}
    read_back = {name for name in names if name.startswith(("part_", "read_", "template_"))}
    here = {name for name in names if name.endswith(HERE)}
    assert not names - here - read_back - said - BETWEEN
    assert {name.removesuffix(HERE) for name in here} < names


@pytest.mark.parametrize(
    ("english", "welsh"),
    [
        ("The file is damaged. ", "Mae'r ffeil wedi'i difrodi."),
        (
            "It has 240 million pixels; 200 million is the most allowed. "
            "Make the picture smaller, or raise limits.megapixels in event.toml.",
            "Mae ganddo 240 miliwn picsel; 200 miliwn yw'r mwyaf a ganiateir. "
            "Gwnewch y llun yn llai, neu gofynnwch i bwy bynnag sy'n rhedeg y gweinydd hwn ganiatáu rhagor.",
        ),
        (
            "the process that read it ended (took longer than 300 s), perhaps for want of memory",
            "daeth y broses a oedd yn ei ddarllen i ben (cymerodd fwy na 300 eiliad), efallai oherwydd diffyg cof",
        ),
        (
            "The process that arranged the event ended (killed by signal 9). Try again; if it happens again, please report it.",
            "Daeth y broses a oedd yn rhoi trefn ar y digwyddiad i ben (fe'i lladdwyd gan signal 9). Rhowch gynnig arall arni; "
            "os bydd yn digwydd eto, rhowch wybod amdano.",
        ),
    ],
)
def test_sentences_are_told_in_welsh_with_their_gaps(english: str, welsh: str) -> None:
    assert " ".join(w.text for w in tell("cy", english.strip())) == welsh
    assert {w.language for w in tell("cy", english.strip())} == {"cy"}


def test_what_nobody_translated_stays_in_english_and_says_so() -> None:
    mixed = tell_error("cy", UsageError("x", "the file is empty", "Whistle three times."))
    assert mixed == [Words("Mae'r ffeil yn wag.", "cy"), Words("Whistle three times.", "en")]
    assert tell("cy", "{odd} (braces") == [Words("{odd} (braces", "en")] and tell("cy", "") == []


def test_english_is_left_alone() -> None:
    error = refusing.cut_off("a.jpg")
    assert tell_error("en", error) == [Words(f"The file is cut off. {error.remedy}", "en")]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("missing", ["en", "cy"])
def test_what_the_library_says_of_the_terminal_is_said_of_the_pages(language: str, missing: str) -> None:
    there = {"en": "cy", "cy": "en"}[missing]
    line = Line(raw="a", words=(), confidence=0.9, quad=((0, 0), (9, 0), (9, 9), (0, 9)), language=missing)
    (problem,) = warn_of_language([line] * 20, Config(languages=(there,)), "a.jpg")
    told = tell(language, f"{problem.reason}. {problem.remedy}")
    assert {words.language for words in told} == {language}
    assert not {"event.toml", "--languages"} & set(" ".join(words.text for words in told).replace(",", " ").split())


def test_an_english_sentence_for_the_terminal_keeps_what_stands_beside_it() -> None:
    much = "It has 240 million pixels; 200 million is the most allowed. Make the picture smaller, or"
    told = f"{much} ask whoever runs this server to allow more."
    assert tell("en", f"{much} raise limits.megapixels in event.toml.") == [Words(told, "en")]
