"""Markdown, CSV and JSON say what the Word report says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from report_demo import demo_event, make_note, make_photo
from test_report_compose import small_event

from digitise.model import Action, Arrangement, Event
from digitise.report import compose_report, write_actions_csv, write_markdown, write_notes_json
from digitise.report.blocks import Bullet, Link, inline_text, spans
from digitise.report.csv_export import guard_cell
from digitise.report.json_export import render_schema
from digitise.report.markdown import escape, render_markdown

EVENT = demo_event()
REPO = Path(__file__).parents[1]


def test_csv_holds_all_actions_as_the_report_numbers_them(tmp_path: Path) -> None:
    write_actions_csv(EVENT, tmp_path / "actions.csv")
    data = (tmp_path / "actions.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    bullets = [b for b in compose_report(EVENT) if isinstance(b, Bullet) and b.kind == "action"]
    printed = {b.inlines[0].text: spans([b])[0] for b in bullets if isinstance(b.inlines[0], Link)}
    assert [r["No."] for r in rows] == list(printed)
    assert [(r["Action"], r["note_id"]) for r in rows] == [(s.text, s.note_id) for s in printed.values()]
    assert rows[0]["due_date"] == "2026-03-31"
    assert rows[9]["Theme"] == "Money and space for groups"


@pytest.mark.parametrize("text", ["=1+1", "+44 1443", "-5", "@SUM(A1)", " =x", "\t=x", "\uff1d1+1", "\uff20SUM(1)"])
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    assert guard_cell(text).startswith("'")


def test_csv_guards_what_participants_wrote(tmp_path: Path) -> None:
    photo = make_photo(1, "=a.jpg")
    note = make_note(photo.id, 0, '=HYPERLINK("http://x")')
    action = Action(number=1, note_id=note.id, text=note.text + "\nnext\x00 line", owners=("@me",))
    event = small_event(photos=(photo,), notes=(note,), arrangement=Arrangement(placements=(), sections=(), actions=(action,)))
    write_actions_csv(event, tmp_path / "a.csv")
    row = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))[1]
    assert row[1] == '\'=HYPERLINK("http://x") next line'
    assert row[2] == "'@me"
    assert row[6] == "'=a.jpg"


def test_markdown_holds_every_printed_word_and_its_links(tmp_path: Path) -> None:
    write_markdown(EVENT, tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text("utf-8")
    for block in compose_report(EVENT):
        if isinstance(block, Bullet) and block.kind == "point":
            assert escape(spans([block])[0].text if spans([block]) else inline_text(block.inlines)) in text
    for span in spans(compose_report(EVENT)):
        assert f'<a id="{span.anchor}"></a>' in text
    assert text.count("\n# ") + text.startswith("# ") == 1
    # pictures that are not there are not linked
    assert "![" not in text
    assert "![" in render_markdown(compose_report(EVENT))


def test_markdown_escapes_what_participants_wrote() -> None:
    photo = make_photo(1, "a_b*.jpg")
    event = small_event(photos=(photo,), notes=(make_note(photo.id, 0, "1. <script>*x*</script> [a](b) | c `d` #e"),))
    text = render_markdown(compose_report(event))
    assert "<script>" not in text
    assert r"\<script\>\*x\*\</script\> \[a\](b) \| c \`d\` \#e" in text


def test_notes_json_is_the_event(tmp_path: Path) -> None:
    write_notes_json(EVENT, tmp_path / "notes.json")
    data = (tmp_path / "notes.json").read_text("utf-8")
    assert Event.model_validate_json(data) == EVENT
    assert json.loads(data)["schema_version"] == EVENT.schema_version


def test_the_schema_file_is_the_models() -> None:
    assert (REPO / "docs" / "notes.schema.json").read_text("utf-8") == render_schema(), "write it anew with digitise.report.write_schema"


def test_the_schema_page_names_every_model() -> None:
    page = (REPO / "docs" / "notes-json.md").read_text("utf-8")
    for name in json.loads(render_schema())["$defs"]:
        assert f"`{name}`" in page, name
    for field in Event.model_fields:
        assert f"`{field}`" in page, field
