"""Changes of an edited report, and of the JSON API, as they are told: counted as people count, in the visitor's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from test_web_review_page import make_client

from digitise.api import ImportOutcome
from digitise.corrections import AddedNote, Edit, MoveEdit, NewSection, OrderEdit, SectionRef, Unmerged, WordingEdit, drop_consequences
from digitise.web.takeaway_view import tell_import

NEW, ADDED = SectionRef(id="own1", title="Money"), AddedNote(note_id="own2", text="Benches")
SECTIONS = ("s1", "s2")


def refs(*ids: str) -> tuple[SectionRef, ...]:
    return tuple(SectionRef(id=i) for i in ids)


@pytest.mark.parametrize(
    ("edits", "counted"),
    [
        # a bullet: the note, and where it stands
        ([MoveEdit(note_id="own2", section=SectionRef(id="s1")), ADDED], ["note"]),
        ([MoveEdit(note_id="n1", section=SectionRef(id="s1"))], ["move"]),
        # a heading: what stands below it now, and what order that is
        ([MoveEdit(note_id="n1", section=NEW), NewSection(section_id="own1", title="Money"), OrderEdit(sections=refs("s1", "own1", "s2"))],
         ["new section"]),
        ([NewSection(section_id="own1", title="Money"), OrderEdit(sections=refs("s2", "own1", "s1"))], ["new section", "order"]),
        ([OrderEdit(sections=refs("s1", "s2"))], ["order"]),
    ],
)  # fmt: skip
def test_what_follows_from_a_change_is_not_counted(edits: list[Edit], counted: list[str]) -> None:
    assert [e.what for e in drop_consequences(edits, sections=SECTIONS)] == counted


@pytest.mark.parametrize(
    ("language", "new", "gone", "lost"),
    [
        ("en", "words: “Bus” → “Train”", "moved to “Getting about”: “Lifts”", "Mine (beside: Lifts)"),
        ("cy", "geiriau: “Bus” → “Train”", "symud i “Getting about”: “Lifts”", "Mine (wrth ymyl: Lifts)"),
    ],
)
def test_what_an_edited_report_brings_is_told_in_the_visitors_language(language: str, new: str, gone: str, lost: str) -> None:
    outcome = ImportOutcome(
        document="a.docx",
        corrections="corrections.json",
        changes=(),
        new=(WordingEdit(note_id="n1", text="Train", base="Bus"),),
        edits=1,
        unmerged=(),
        lost=(Unmerged(id="own1", reason="conflict", where="Lifts", yours="Mine"),),
        remarks=(),
        gone=(MoveEdit(note_id="n2", section=SectionRef(id="s1")),),
        texts={"n2": "Lifts", "s1": "Getting about"},
    )
    assert tell_import(outcome, language) == ((new,), (gone,), (lost,))
    assert tell_import(ImportOutcome.model_validate_json(outcome.model_dump_json()), language) == ((new,), (gone,), (lost,))


def test_the_api_tells_changes_in_the_visitors_language(tmp_path: Path) -> None:
    make_event(tmp_path)
    client, here = make_client(tmp_path), f"/api/events/{EVENT_ID}"
    client.headers["Accept-Language"] = "cy"
    edit = {"do": "wording", "note_id": "n1-3", "text": "A car"}
    said = "geiriau: “Community car for the clinic” → “A car”"
    saved = client.post(f"{here}/edits", json={"seen": 0, "client": "ann", "edits": [edit]}).json()
    assert (saved["told"], saved["undo"]) == ([said], said)
    assert client.get(f"{here}/review?client=ann").json()["undo"] == said
    assert client.post(f"{here}/undo", json={"client": "ann"}).json()["told"] == [f"tynnwyd yn ôl: {said}"]
    assert client.post(f"{here}/redo", json={"client": "ann"}).json()["told"] == [said]
