"""Composition: books that do not balance stop the run; what event.toml leaves out is filled in, never invented."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from digitise.config import Config, parse_config
from digitise.crops import MAX_SIDE_PX, cut_note, needs_crop
from digitise.defaults import describe_event, format_days, readable_title
from digitise.errors import DigitiseError, ExitCode
from digitise.model import Arrangement, Fate, Line, Note, Placement, Source, Word
from digitise.pipeline import build_event, count_notes, letter_height_px, vocabulary
from digitise.runs import Failure, Job, count_jobs, fingerprint_settings, read_sources
from digitise.workers import Died

SQUARE = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))


def note(name: str, **more: object) -> Note:
    return Note.model_validate({"id": name, "photo_id": "p", "outline": SQUARE, "text": name} | more)


def arrangement(**fates: Fate) -> Arrangement:
    return Arrangement(placements=tuple(Placement(note_id=n, fate=f) for n, f in fates.items()), sections=(), actions=())


def test_every_note_is_counted_once() -> None:
    books = count_notes([note(n) for n in "abcde"], arrangement(a="reported", b="reported", c="duplicate", d="unreadable", e="set aside"))
    assert (books.seen, books.reported, books.duplicates, books.unreadable, books.set_aside) == (5, 2, 1, 1, 1)
    assert books.balanced


@pytest.mark.parametrize("placed", ["a", "ac", "abb", "abc", ""])
def test_a_lost_or_invented_note_stops_the_run(placed: str) -> None:
    placements = tuple(Placement(note_id=n) for n in placed)
    with pytest.raises(DigitiseError, match="2 notes were seen") as caught:
        count_notes([note("a"), note("b")], Arrangement(placements=placements, sections=(), actions=()))
    assert caught.value.exit_code == ExitCode.INTERNAL


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("2026-03-14_health-and-isolation", "Health and isolation"),
        ("World_Café  Pontyclun", "World Café Pontyclun"),
        ("RCT-mural", "RCT mural"),
        ("20260314", "20260314"),
        ("2026-03-14", "2026 03 14"),
        ("", "Event"),
    ],
)
def test_titles_come_from_the_folder(folder: str, title: str) -> None:
    assert readable_title(folder) == title


@pytest.mark.parametrize(
    ("first", "last", "language", "words"),
    [
        (date(2026, 3, 14), date(2026, 3, 14), "en", "14 March 2026"),
        (date(2026, 3, 14), date(2026, 3, 15), "en", "14–15 March 2026"),
        (date(2026, 3, 30), date(2026, 4, 1), "cy", "30 Mawrth – 1 Ebrill 2026"),
        (date(2025, 12, 31), date(2026, 1, 1), "en", "31 December 2025 – 1 January 2026"),
    ],
)
def test_days_in_words(first: date, last: date, language: str, words: str) -> None:
    assert format_days(first, last, language) == words


def test_the_date_is_the_settings_then_the_photos_then_nothing() -> None:
    photos = [datetime(2026, 3, 14, 10), datetime(2026, 3, 14, 16)]
    assert describe_event(Config(), folder_name="x", taken=photos).date == "14 March 2026"
    assert describe_event(Config(date="spring 2026"), folder_name="x", taken=photos).date == "spring 2026"
    assert describe_event(Config(date=date(2026, 1, 2)), folder_name="x", taken=photos).date == "2 January 2026"
    assert describe_event(Config(), folder_name="x", taken=[]).date == ""
    both = Config(languages=("cy", "en"))
    assert describe_event(both, folder_name="x", taken=photos).date == "14 Mawrth / March 2026"
    assert describe_event(both, folder_name="x", taken=[datetime(2026, 3, 14), datetime(2026, 3, 15)]).date == "14–15 Mawrth / March 2026"
    over = describe_event(both, folder_name="x", taken=[datetime(2026, 3, 31), datetime(2026, 4, 1)]).date
    assert over == "31 Mawrth – 1 Ebrill 2026 / 31 March – 1 April 2026"
    for languages, words in ((("cy",), "14 Mawrth 2026"), (("en", "cy"), "14 March 2026")):
        assert describe_event(Config(languages=languages), folder_name="x", taken=photos).date == words
    assert describe_event(Config(), folder_name="x", taken=[*photos, datetime(2011, 1, 1)]).date == "", "one clock is wrong: which?"


def test_a_report_may_be_in_another_language_than_its_sheets() -> None:
    config = parse_config({"date": date(2026, 3, 14), "languages": ["en", "cy"], "report": {"languages": ["cy"]}}, subject="event.toml")
    info = describe_event(config, folder_name="x", taken=[])
    assert (info.languages, info.date, config.languages) == (("cy",), "14 Mawrth 2026", ("en", "cy"))


def test_the_title_is_not_among_the_words_to_know() -> None:
    config = Config(title="Health", glossary={"TAF": "Team"}, organisers=("Interlink", "TAF"))
    assert vocabulary(config) == ("TAF", "Interlink")


def test_a_crop_shows_the_note_upright() -> None:
    rgb = np.zeros((400, 600, 3), np.uint8)
    rgb[100:300, 200:260] = 255  # a note on its side
    rgb[100:150, 200:260] = (255, 0, 0)  # where its writing begins
    down = ((260.0, 100.0), (260.0, 300.0), (200.0, 300.0), (200.0, 100.0))
    word = Word(text="x", confidence=0.5, quad=down, doubtful=True)
    lying = note("a", outline=down, lines=(Line(words=(word,), raw="x", confidence=0.5, quad=down),))
    assert needs_crop(lying) and needs_crop(note("b", legible="no")) and not needs_crop(note("c"))
    crop = cut_note(rgb, lying)
    assert crop.shape[1] > 2 * crop.shape[0], "the long side lies down"
    left = crop[crop.shape[0] // 2, crop.shape[1] // 5]
    assert tuple(left) == (255, 0, 0), "the beginning is on the left"
    assert max(cut_note(np.zeros((3000, 4000, 3), np.uint8), note("d", outline=((0, 0), (4000, 0), (4000, 3000)))).shape) == MAX_SIDE_PX


def test_letter_height_is_that_of_most_lines() -> None:
    def line(height: float) -> Line:
        return Line(words=(), raw="", confidence=1, quad=((0, 0), (50, 0), (50, height), (0, height)))

    assert letter_height_px([line(10), line(12), line(90)]) == 12
    assert letter_height_px([]) is None


def test_processes_and_threads_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr("digitise.runs.free_memory_mib", lambda: 64_000)
    photos = [Source(path="x", file="x", sha256="0", megapixels=12.0)] * 100
    assert count_jobs(None, photos) == (8, 1)
    assert count_jobs(None, photos[:2]) == (2, 4)
    assert count_jobs(3, photos) == (3, 2)
    assert count_jobs(16, photos) == (16, 1)
    assert count_jobs(0, photos) == (0, 8)
    monkeypatch.setattr("digitise.runs.free_memory_mib", lambda: 4_000)
    assert count_jobs(None, photos) == (2, 4), "four gigabytes hold two processes"
    panorama = photos[0].model_copy(update={"megapixels": 150.0})
    assert count_jobs(None, [*photos, panorama]) == (2, 4), "one of them may read the panorama"
    assert count_jobs(None, [*photos, panorama, panorama]) == (1, 8), "but not both two"
    monkeypatch.setattr("digitise.runs.free_memory_mib", lambda: 100)
    assert count_jobs(None, photos) == (1, 8)
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    assert count_jobs(0, photos) == (0, 6), "macOS and Windows do not say which cores a process may use"


def test_an_event_without_a_note_is_built(tmp_path: object) -> None:
    event = build_event([], Config(), folder_name="empty-wall")
    assert event.accounting.seen == 0 and event.info.title == "Empty wall"


def test_a_photo_whose_process_died_is_listed() -> None:
    class DyingPool:
        def run(self, tasks: list[Job]) -> list[tuple[int, Died]]:
            return [(i, Died("killed by signal 9")) for i in range(len(tasks))]

    source = Source(path="/nowhere/a.jpg", file="a.jpg", sha256="0" * 64)
    ((place, outcome, reused),) = read_sources([Job(source, Config(), 1, None)], DyingPool())  # type: ignore[arg-type]
    assert (place, reused) == (0, False) and isinstance(outcome, Failure)
    assert outcome.problem.file == "a.jpg" and "signal 9" in outcome.problem.reason and "--jobs 1" in outcome.problem.remedy


@pytest.mark.parametrize(
    ("settings", "reads_again"),
    [
        ({"title": "New", "aims": ["x"], "date": "then", "colours": {"pink": "problem"}, "report": {"template": "x.docx"}}, False),
        ({"place": "Hall", "rounds": [{"name": "Round 1"}]}, False),
        ({"languages": ["en", "cy"]}, True),
        ({"glossary": {"TAF": ""}}, True),
        ({"organisers": ["Interlink"]}, True),
        ({"reading": {"doubtful_below": 0.5}}, True),
        ({"limits": {"megapixels": 1.0}}, True),
    ],
)
def test_what_makes_stored_results_stale(settings: dict[str, object], reads_again: bool) -> None:
    changed = fingerprint_settings(parse_config(settings, subject="test"))
    assert (changed != fingerprint_settings(Config())) is reads_again
