"""The Connecting Communities sample, read from its photos: every problem, action, owner and date of the truth stands in its section.

Looked up in the report's own blocks, which all writers print. Slow: 11 photos.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from arranging_truth import find_note
from rapidfuzz import fuzz

from digitise import api
from digitise.arranging.headings import is_same_heading
from digitise.arranging.wording import fold
from digitise.events import Outcome
from digitise.model import Event
from digitise.report import compose_report
from digitise.report.blocks import Block, Bullet, Heading, Paragraph, Run, Span, Table, flatten, inline_text
from digitise.report.labels import ENGLISH

FOLDER = Path(__file__).parent.parent / "samples" / "connecting-communities"
TRUTH: dict[str, Any] = json.loads((FOLDER / "truth" / "event.json").read_text(encoding="utf-8"))
ONE_LETTER = 85
"""rapidfuzz ratio of two names that differ in one misread letter: 'Ti Gobaith' for 'Tŷ Gobaith'."""

pytestmark = pytest.mark.slow


class Place(NamedTuple):
    """Where the report prints a note."""

    section: str
    """The heading of level 2 above it."""
    part: str
    """The heading of level 3 above it, or ''."""
    block: Block


@pytest.fixture(scope="module")
def event(tmp_path_factory: pytest.TempPathFactory) -> Event:
    out = tmp_path_factory.mktemp("connecting")
    (outcome,) = api.report_events([FOLDER], output=out)
    assert isinstance(outcome, Outcome)
    return Event.model_validate_json((out / "notes.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def places(event: Event) -> dict[str, Place]:
    """Note id -> where the report prints it in a chapter."""
    found: dict[str, Place] = {}
    section = part = ""
    for block in flatten(compose_report(event)):
        if isinstance(block, Heading):
            section, part = {1: ("", ""), 2: (block.text, ""), 3: (section, block.text)}[block.level]
        for span in (i for i in getattr(block, "inlines", ()) if isinstance(i, Span) and i.anchor.startswith("n_")):
            found.setdefault(span.note_id, Place(section, part, block))
    return found


@pytest.fixture(scope="module")
def register(event: Event) -> dict[str, tuple[str, str]]:
    """Note id -> owner and date as the action register prints them."""
    found = {}
    for block in compose_report(event):
        if isinstance(block, Table) and {ENGLISH.owner, ENGLISH.due} <= {*block.header}:
            owner, due = block.header.index(ENGLISH.owner), block.header.index(ENGLISH.due)
            for row in block.rows:
                span = next(i for cell in row for i in cell if isinstance(i, Span))
                found[span.note_id] = (inline_text(row[owner]), inline_text(row[due]))
    return found


def printed(event: Event, item: dict[str, Any]) -> str:
    """Id of the note that the report prints for one of the truth."""
    note = find_note(event, item)
    assert note is not None, f"not read: {item['text']}"
    place = next(p for p in event.arrangement.placements if p.note_id == note.id)
    return place.duplicate_of or note.id


def items(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in TRUTH["sections"]:
        yield from ((section["heading"], i) for i in (*section["notes"], *section["actions"]) if i["kind"] == kind)


def is_named(owner: str, text: str) -> bool:
    """Whether an owner stands in a text, up to one misread letter."""
    return fuzz.partial_ratio(bare(owner), fold(text)) >= ONE_LETTER


def bare(name: str) -> str:
    return fold(name).removeprefix("the ").removeprefix("y ")


def test_every_problem_is_evidence_of_its_section(event: Event, places: dict[str, Place]) -> None:
    wanted = list(items("problem"))
    assert len(wanted) == 22
    for heading, item in wanted:
        place = places[printed(event, item)]
        assert is_same_heading(place.section, heading), f"{item['text']}: under {place.section!r}, not {heading!r}"
        assert isinstance(place.block, Paragraph | Bullet)
        assert place.part in ("", ENGLISH.problems), f"{item['text']}: among {place.part!r}"
        assert not (isinstance(place.block, Bullet) and place.block.kind == "action")


def test_every_action_is_an_action_of_its_section_with_owner_and_date(
    event: Event, places: dict[str, Place], register: dict[str, tuple[str, str]]
) -> None:
    wanted = list(items("action"))
    assert len(wanted) == 23
    for heading, item in wanted:
        note_id = printed(event, item)
        place = places[note_id]
        assert is_same_heading(place.section, heading), f"{item['text']}: under {place.section!r}, not {heading!r}"
        assert isinstance(place.block, Bullet)
        assert place.block.kind == "action", item["text"]
        text = inline_text(place.block.inlines)
        bold = " ".join(
            r.text for i in place.block.inlines for r in (i.runs if isinstance(i, Span) else [i]) if isinstance(r, Run) and r.bold
        )
        owner, due = register[note_id]
        for name in item["owners"]:
            assert is_named(name, bold), f"{item['text']}: {name} does not stand out in {text!r}"
            assert is_named(name, owner), f"{item['text']}: {name} is not the register's {owner!r}"
        if not item["owners"]:
            assert owner == ENGLISH.no_owner, item["text"]
        if item["due"]:
            assert fold(item["due"]).removeprefix("on ") in fold(text), f"{item['text']}: {item['due']} is not in {text!r}"
            assert fold(item["due"]).removeprefix("on ") in fold(due), f"{item['text']}: {item['due']} is not the register's {due!r}"
        else:
            assert due == ENGLISH.no_due, item["text"]


def test_nothing_else_is_an_action(event: Event) -> None:
    wanted = {printed(event, item) for _, item in items("action")}
    assert {a.note_id for a in event.arrangement.actions} == wanted
