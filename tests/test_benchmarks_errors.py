"""benchmarks/errors.py: every class is found where it was planted, the losses add up to the scorer's, the page opens by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import draw_photo
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.classes import CLASSES, Error, count_lost, examine, find_errors
from benchmarks.errors import make_rows
from benchmarks.matching import count_figures, match_photo, note_words, score, split_words

ROOT = Path(__file__).parents[1]


def place(k: int) -> list[int]:
    """The k-th box of a column of boxes that do not touch."""
    return [100, 100 * k, 500, 100 * k + 60]


def truth_note(k: int, text: str, **other: Any) -> dict[str, Any]:
    note = {
        "id": k,
        "bbox": place(k),
        "text": text,
        "role": "note",
        "container": "none",
        "colour": "none",
        "legible": "full",
        "under": None,
    }
    return note | other


def read_note(k: int, text: str, **other: Any) -> dict[str, Any]:
    note = {
        "id": f"r{k}",
        "bbox": place(k),
        "text": text,
        "role": "note",
        "container": "none",
        "colour": "none",
        "doubtful": [],
        "under": None,
    }
    return note | other


def errors_of(truth: list[dict[str, Any]], read: list[dict[str, Any]], group: str) -> list[Error]:
    return [e for e in find_errors(match_photo("p", {"kind": "page", "notes": truth}, {"notes": read})) if e.group == group]


@pytest.mark.parametrize(
    ("written", "read", "expected"),
    [
        ("Open the hall", "Open the hall", []),
        ("Open the hall", "open THE hall.", []),
        ("Open the hall", "Open the ball", [("letters-1-2", "hall", "ball")]),
        ("Open the library", "Open the lihvavg", [("letters-more", "library", "lihvavg")]),
        ("Open it", "Open us", [("letters-more", "it", "us")]),
        ("Open the village hall", "Open the villagehall", [("joined", "village hall", "villagehall")]),
        ("Open the newspaper", "Open the news paper", [("split", "newspaper", "news paper")]),
        ("more infor-\nmation here", "more infor\nmation here", [("hyphen", "information", "infor mation")]),
        ("six o'clock bus", "six oclock bus", [("sign", "o'clock", "oclock")]),
        ("y tŷ gwyn", "y ty gwyn", [("sign", "tŷ", "ty")]),
        ("Open the hall", "Open hall", [("unread", "the", "")]),
        ("Open the hall", "", [("unread", w, "") for w in ("open", "the", "hall")]),
        ("Open the hall", "Open the hall XO", [("surplus", "", "xo")]),
        ("Open the ⟨?⟩", "Open the mill", [("guessed", "", "mill")]),
    ],
)
def test_a_word_falls_into_its_class(written: str, read: str, expected: list[tuple[str, str, str]]) -> None:
    found = errors_of([truth_note(1, written)], [read_note(1, read)], "words")
    assert [(e.name, e.truth, e.read) for e in found] == expected


def test_words_without_a_place_and_words_of_another_note() -> None:
    truth = [truth_note(1, "Open the hall"), truth_note(2, "on Sundays"), truth_note(3, "Tea")]
    read = [read_note(1, "Open the hall on Sundays", bbox=[100, 100, 500, 260]), read_note(7, "lamp")]
    found = errors_of(truth, read, "words")
    assert [(e.name, e.truth or e.read, e.truth_note, e.read_note) for e in found] == [
        ("elsewhere", "on", 1, 0),
        ("elsewhere", "sundays", 1, 0),
        ("undetected", "tea", 2, None),
        ("invented", "lamp", None, 1),
    ]
    assert count_lost(found) == Counter(truth=1, read=1), "a word in another note costs no word F1"


@pytest.mark.parametrize(
    ("truth", "read", "expected"),
    [
        (["Open the hall on Sundays"], {1: "Open the hall on Sundays"}, []),
        (["Open the hall on Sundays"], {}, ["undetected"]),
        (["Open the hall on Sundays"], {1: ""}, ["unread"]),
        (["Open the hall on Sundays"], {1: "Opm tle hull m Svndags"}, ["misread"]),
        (["Tea", "Open the hall"], {(1, 2): "Tea Open the hall"}, ["merged", "merged"]),
        (["Open the hall\non Sundays at six"], {1: "Open the hall", 1.2: "on Sundays at six"}, ["split"]),
        (["Open the hall"], {1: "Open the hall for everybody who comes"}, ["surplus"]),
    ],
)
def test_a_lost_note_falls_into_its_class(truth: list[str], read: dict[Any, str], expected: list[str]) -> None:
    notes = []
    for at, text in read.items():
        first, last = at if isinstance(at, tuple) else (at, at)
        notes.append(read_note(first, text, id=str(at), bbox=[100, 100 * first, 500, 100 * last + 40]))
    found = errors_of([truth_note(k, text) for k, text in enumerate(truth, 1)], notes, "notes")
    assert [e.name for e in found] == expected


def under_cases() -> list[Any]:
    """A heading and one note below it; what the reading makes of the heading, and under what the note stands."""
    heading, other = read_note(1, "Problems", role="heading"), read_note(3, "Wishes for us", role="heading")
    bus = "No bus after six"
    return [
        pytest.param([heading, read_note(2, bus, under="r1")], [], id="right"),
        pytest.param([heading, read_note(2, bus)], ["none-found"], id="none"),
        pytest.param([heading | {"role": "note"}, read_note(2, bus)], ["not-heading"], id="not a heading"),
        pytest.param([heading, read_note(2, bus, under="r3"), other], ["wrong-one"], id="wrong"),
        pytest.param(
            [heading | {"role": "note"}, read_note(2, bus, under="r3"), other], ["not-heading"], id="wrong, as the right one is none"
        ),
        pytest.param([read_note(2, bus)], ["heading-lost"], id="lost"),
        pytest.param(
            [read_note(2, bus), read_note(3, "Problems Wishes for us", bbox=[100, 100, 500, 360])], ["heading-mixed"], id="in another note"
        ),
    ]


@pytest.mark.parametrize(("read", "expected"), under_cases())
def test_a_wrong_heading_falls_into_its_class(read: list[dict[str, Any]], expected: list[str]) -> None:
    truth = [
        truth_note(1, "Problems", role="heading"),
        truth_note(2, "No bus after six", under=1),
        truth_note(3, "Wishes for us", role="heading"),
    ]
    assert [e.name for e in errors_of(truth, read, "under")] == expected


def test_headings_stickies_and_marks() -> None:
    truth = [
        truth_note(1, "Problems", role="title", container="sticky", colour="pink"),
        truth_note(2, "No bus after six", container="sticky", colour="blue"),
        truth_note(3, "Open the hall", container="sticky", colour="blue"),
    ]
    read = [
        read_note(1, "Problems", container="sticky", colour="orange"),
        read_note(2, "No bus aftor six", role="heading", container="sticky", colour="blue", doubtful=["bus"]),
        read_note(5, "", container="sticky", colour="blue"),
    ]
    assert [(e.name, e.truth_note) for e in errors_of(truth, read, "headings")] == [("missing", 0), ("false", 1)]
    stickies = errors_of(truth, read, "stickies")
    assert [(e.name, e.truth_note, e.read_note) for e in stickies] == [("colour", 0, 0), ("missed", 2, None), ("extra", None, 2)]
    assert [(e.name, e.read) for e in errors_of(truth, read, "marks")] == [("unmarked", "aftor"), ("needless", "bus")]


TEXTS = st.lists(st.text("abt '-\n⟨?⟩+.", max_size=14), max_size=4)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_the_losses_add_up_to_those_that_the_scorer_counts(written: list[str], read: list[str]) -> None:
    photo = match_photo(
        "p",
        {"kind": "page", "notes": [truth_note(k, t) for k, t in enumerate(written)]},
        {"notes": [read_note(k, t) for k, t in enumerate(read)]},
    )
    for text in (*written, *read):
        assert [w.key for w in note_words("read", 0, text)] == split_words(text)
    have, got = (Counter(w for t in texts for w in split_words(t)) for texts in (written, read))
    errors = find_errors(photo)
    lost = count_lost(e for e in errors if e.group == "words")
    assert (lost["truth"], lost["read"]) == ((have - got).total(), (got - have).total())
    counts = count_figures(photo)
    assert counts["words_right"] == (have & got).total()
    assert sum(e.group == "notes" for e in errors) == counts["notes"] - counts["found"]
    assert all(e.name in CLASSES[e.group] for e in errors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo with two lines, its truth, and a reading with one letter wrong and markup in it; a photo that was not read."""
    folder = tmp_path_factory.mktemp("errors")
    for name in ("one", "two"):
        draw_photo(folder / "photos" / f"{name}.jpg", ["Tea & cake", "Open the hall"])
    truth = {"photo": "one.jpg", "kind": "page", "size": [720, 340], "surfaces": [], "notes": []}
    truth["notes"] = [
        truth_note(1, "Tea & cake", bbox=[50, 40, 400, 90]),
        truth_note(2, "Open the\nhall", bbox=[50, 130, 400, 180]),
    ]
    read = {"photo": "one.jpg", "notes": [read_note(1, "Tea & cake", bbox=[50, 40, 400, 90], doubtful=["cake"])]}
    read["notes"].append(read_note(2, "Open the\n<b>all", bbox=[50, 130, 400, 180]))  # type: ignore[attr-defined]
    for name in ("truth", "read"):
        (folder / name).mkdir()
    (folder / "truth" / "one.json").write_text(json.dumps(truth))
    (folder / "truth" / "two.json").write_text(json.dumps(truth | {"photo": "two.jpg", "kind": "mural"}))
    (folder / "read" / "one.json").write_text(json.dumps(read))
    return folder


def run(folder: Path, *more: str) -> str:
    command = [sys.executable, "benchmarks/errors.py", "--truth", folder / "truth", "--predictions", folder / "read", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_page_holds_everything_and_asks_for_nothing(folder: Path) -> None:
    run(folder, "--photos", str(folder / "photos"), "--out", str(folder / "errors.html"))
    page = (folder / "errors.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//\w|@import|url\(", re.sub(r"base64,[^\"]*", "", page)), "a page that is read offline"
    tree = ElementTree.fromstring(page)  # well-formed: raises otherwise
    cards = tree.findall(".//div[@data-classes]")
    assert [(c.get("id"), c.get("data-kind")) for c in cards] == [("p0t0", "page"), ("p0t1", "page"), ("p1t0", "mural"), ("p1t1", "mural")]
    assert "words:letters-1-2" in (cards[1].get("data-classes") or "").split()
    assert [s.text for s in cards[1].iter("span") if "letters-1-2" in (s.get("class") or "") and s.get("title")] == ["hall", "<b>all"]
    assert [s.text for s in cards[0].iter("span") if s.get("class") == "doubt"] == ["cake"]
    assert all((i.get("src") or "").startswith("data:image/jpeg;base64,") for i in tree.iter("img"))
    assert sum(1 for _ in tree.iter("img")) == len(cards)
    filters = {o.get("value") for o in tree.iter("option")}
    assert {row.get("data-filter") for row in tree.iter("tr") if row.get("data-filter")} <= filters


def test_the_text_names_every_error_once(folder: Path) -> None:
    lines = run(folder, "--text").splitlines()
    words = [line.split("\t") for line in lines if "\twords\t" in line]
    assert words[0] == ["one", "page", "words", "letters-1-2", "t2", "hall → b>all"]
    assert [w[3] for w in words[1:]] == ["undetected"] * 5, "a photo without a prediction counts as empty"
    assert lines[0].startswith("word_f1 ")


def test_the_tables_shares_and_points_add_up(folder: Path) -> None:
    photos = examine(folder / "truth", folder / "read")
    rows = make_rows("words", photos)
    assert sum(r.share for r in rows) == pytest.approx(1)
    total = sum((p.counts for p in photos), Counter())
    assert 1 - sum(r.points for r in rows) == pytest.approx(score(total)["word_f1"])
    assert {r.name: r.by_kind["mural"] for r in rows}["undetected"] == pytest.approx(1)
