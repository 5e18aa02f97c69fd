"""The three sample events through the whole product: nothing is lost, the words are read, the files agree. Slow: 28 photos."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import docx
import pytest

from digitise import api
from digitise.events import Outcome
from digitise.model import Event
from digitise.report import check_document

SAMPLES = Path(__file__).parent.parent / "samples"
EVENTS = ("connecting-communities", "world-cafe", "sticky-wall")
LEAST_WORD_F1 = 0.95
"""The bar of the first milestone for drawn samples."""

pytestmark = pytest.mark.slow


def bag(text: str) -> Counter[str]:
    """Words without case and outer punctuation; a hyphen at a line's end joins."""
    text = re.sub(r"(\w)-\n(\w)", r"\1\2", text).casefold().replace("’", "'")
    return Counter(w for w in (re.sub(r"^\W+|\W+$", "", t) for t in re.split(r"[\s/&+]+", text)) if w)


@pytest.fixture(scope="module", params=EVENTS)
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Event]:
    """Event folder, output folder and the event read back from notes.json."""
    folder = SAMPLES / request.param
    out = tmp_path_factory.mktemp(request.param)
    (outcome,) = api.report_events([folder], output=out)
    assert isinstance(outcome, Outcome)
    return folder, out, Event.model_validate_json((out / "notes.json").read_text(encoding="utf-8"))


def test_every_note_seen_is_accounted_for(read: tuple[Path, Path, Event]) -> None:
    _, _, event = read
    assert event.accounting.balanced
    assert event.accounting.seen == len(event.notes)
    assert Counter(p.note_id for p in event.arrangement.placements) == Counter(n.id for n in event.notes)
    assert not event.problems


def test_words_are_read(read: tuple[Path, Path, Event]) -> None:
    folder, _, event = read
    photo_of = {p.file: p.id for p in event.photos}
    hits = written = found = 0
    for path in sorted((folder / "truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if "photo" not in truth:
            continue
        wanted: Counter[str] = sum((bag(n["text"]) for n in truth["notes"]), Counter())
        got: Counter[str] = sum((bag(n.text) for n in event.notes if n.photo_id == photo_of[truth["photo"]]), Counter())
        hits, written, found = hits + (wanted & got).total(), written + wanted.total(), found + got.total()
    assert 2 * hits / (written + found) >= LEAST_WORD_F1


def test_every_reported_word_is_in_the_word_document(read: tuple[Path, Path, Event]) -> None:
    _, out, event = read
    document = docx.Document(str(out / "report.docx"))
    printed = bag(
        "\n".join(
            "".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for p in document.element.body.iter() if p.tag.endswith("}p")
        )
    )
    fates = {p.note_id: p.fate for p in event.arrangement.placements}
    wanted: Counter[str] = sum((bag(n.text) for n in event.notes if fates[n.id] == "reported"), Counter())
    assert not set(wanted) - set(printed)


def test_no_owner_is_invented_and_the_files_agree(read: tuple[Path, Path, Event]) -> None:
    _, out, event = read
    words = {n.id: bag(n.text) for n in event.notes}
    for action in event.arrangement.actions:
        for owner in action.owners:
            assert not bag(owner) - words[action.note_id], f"{owner!r} does not stand in {action.text!r}"
    with (out / "actions.csv").open(encoding="utf-8-sig", newline="") as f:
        assert len(list(csv.reader(f))) == 1 + len(event.arrangement.actions)
    for surface in event.surfaces:
        assert (out / "pictures" / surface.picture).is_file()


def test_everybody_can_read_the_reports(read: tuple[Path, Path, Event]) -> None:
    _, out, _ = read
    for name in ("report.docx", "photo-report.docx"):
        assert [f for f in check_document(out / name).findings if f.check != "text size"] == []
