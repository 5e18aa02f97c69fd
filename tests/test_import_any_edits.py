"""Whatever a person does to a report's paragraphs, it is read back without a crash, the next report balances, and a note is never lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from conftest import share
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from report_demo import demo_event

from digitise.config import Config
from digitise.corrections import Corrections, FateEdit, combine_edits
from digitise.edits_model import OwnRun
from digitise.pipeline import correct_event
from digitise.report import compose_report, docx_matching, write_docx
from digitise.report.blocks import Block, Bullet, Heading, Paragraph, Picture, Table, TitleBlock, flatten, inline_text
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_names import Base
from digitise.report.docx_reading import ReadBlock, Reading, read_docx

EVENT = demo_event()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    out = tmp_path_factory.mktemp("base") / "report.docx"
    write_docx(EVENT, pictures=out.parent, template=None, out=out)
    return make_base(read_docx(out), EVENT, Corrections())


def typed(block: ReadBlock, words: str) -> ReadBlock:
    return block.model_copy(update={"text": words, "runs": (OwnRun(text=words),), "marks": (), "links": ()})


def act(blocks: list[ReadBlock], what: str, at: int, to: int, words: str) -> None:
    """One thing that a person may do to a paragraph."""
    i, j = at % len(blocks), to % len(blocks)
    block = blocks[i]
    match what:
        case "delete":
            del blocks[i]
        case "move":
            blocks.insert(j, blocks.pop(i))
        case "copy":
            blocks.insert(j, block)
        case "type":
            blocks.insert(i, typed(block, words))
        case "overwrite":
            blocks[i] = typed(block, words)
        case "insert":
            middle = len(block.text) // 2
            text = f"{block.text[:middle]} {words} {block.text[middle:]}"
            marks = tuple(m.model_copy(update={"end": m.end + len(words) + 2}) for m in block.marks if m.start <= middle <= m.end)
            blocks[i] = block.model_copy(update={"text": text, "runs": (OwnRun(text=text),), "marks": marks, "links": ()})
        case "join":
            if i + 1 < len(blocks):
                below = blocks.pop(i + 1)
                shift = len(block.text) + 1
                moved = tuple(m.model_copy(update={"start": m.start + shift, "end": m.end + shift}) for m in below.marks)
                text = f"{block.text} {below.text}"
                blocks[i] = block.model_copy(update={"text": text, "runs": (OwnRun(text=text),), "marks": (*block.marks, *moved)})
        case "level":
            blocks[i] = block.model_copy(update={"level": to % 4, "listed": bool(at % 2), "table": -1})


acts = st.tuples(
    st.sampled_from(["delete", "move", "copy", "type", "overwrite", "insert", "join", "level"]),
    st.integers(0, 400),
    st.integers(0, 400),
    st.sampled_from(["Actions", "No bus", "[3]", "“", "Owner: (x", "(Owner: Interlink)", "a" * 300, "\u2002A1", "Ŵyl"]),
)


@settings(
    max_examples=share(25),
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(acts, max_size=15))
def test_any_edits_are_read_back(base: Base, done: list[tuple[str, int, int, str]]) -> None:
    blocks = list(base.reading.blocks)
    for what, at, to, words in done:
        act(blocks, what, at, to, words)
    edited = Reading(document_id=base.document_id, blocks=tuple(blocks))
    changes = find_changes(base, edited, origin="doc:report")
    assert find_changes(base, edited, origin="doc:report") == changes
    edits, lost = combine_edits(Corrections(), changes.edits, before=(), origin="doc:report")
    corrections = Corrections(edits=edits, notes=changes.remembered, unmerged=(*changes.unmerged, *lost))
    corrected = correct_event(EVENT, corrections, Config())  # raises where a note got lost
    assert [n.id for n in corrected.notes][: len(EVENT.notes)] == [n.id for n in EVENT.notes]
    assert compose_report(corrected)
    aside = {p.note_id for p in corrected.arrangement.placements if p.fate == "set aside"}
    for block in blocks:
        for mark in block.marks:
            note_id = mark.name[2:].replace("_", "-")
            kept = mark.name.startswith("n_") and not block.level and len(block.under(mark).split()) > 1
            assert not (kept and note_id in aside), "a point whose words stand there still is not set aside"


def test_a_point_that_was_not_looked_for_elsewhere_stays_and_is_listed(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = list(base.reading.blocks)
    at = next(k for k, block in enumerate(blocks) if block.listed and [m.name[0] for m in block.marks].count("n") == 1)
    moved = blocks.pop(at)
    blocks.append(typed(moved, f"{moved.text} x"))
    edited = Reading(document_id=base.document_id, blocks=tuple(blocks))
    (note_id,) = {mark.name[2:].replace("_", "-") for mark in moved.marks if mark.name.startswith("n_")}
    assert not [e for e in find_changes(base, edited, origin="doc:report").edits if isinstance(e, FateEdit)], "it is found by its words"
    monkeypatch.setattr(docx_matching, "_MOST_PASTED", 0)
    changes = find_changes(base, edited, origin="doc:report")
    assert not [e for e in changes.edits if isinstance(e, FateEdit)]
    assert any(entry.note_id == note_id and entry.yours.startswith("– ") for entry in changes.unmerged)


def said_by(blocks: Sequence[Block]) -> str:
    """All words of a report."""
    found: list[str] = []
    for block in flatten(list(blocks)):
        if isinstance(block, TitleBlock):
            found += [block.title, block.subtitle, block.organisers]
        elif isinstance(block, Table):
            found += [inline_text(cell) for row in block.rows for cell in row]
        elif isinstance(block, Picture):
            found.append(inline_text(block.caption))
        elif isinstance(block, Heading | Paragraph | Bullet):
            found.append(inline_text(block.inlines))
    return " ".join(found).casefold()


deeds = st.sampled_from(["type", "overwrite", "insert", "move", "delete", "copy", "join"])
numbered = st.tuples(deeds, st.integers(0, 400), st.integers(0, 400))


@settings(
    max_examples=share(25),
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(numbered, min_size=1, max_size=10))
@example([("insert", 60, 58), ("move", 60, 59)])  # a section's heading, out of the chapters of points
@example([("type", 239, 241), ("join", 238, 238), ("join", 237, 162)])  # a line typed in the photo record and joined to the one above
@example([("join", 312, 330), ("insert", 311, 310), ("join", 311, 313)])
@example([("insert", 225, 222), ("join", 223, 220)])  # a chapter's heading joined with the next one
def test_what_was_typed_is_in_the_next_report(base: Base, done: list[tuple[str, int, int]]) -> None:
    blocks = list(base.reading.blocks)
    for k, (what, at, to) in enumerate(done):
        act(blocks, what, at, to, f"Typed{k}x")
    edited = Reading(document_id=base.document_id, blocks=tuple(blocks))
    changes = find_changes(base, edited, origin="doc:report")
    corrections = Corrections(edits=changes.edits, notes=changes.remembered, unmerged=changes.unmerged)
    said = said_by(compose_report(correct_event(EVENT, corrections, Config())))
    typed_words = {w for b in blocks for w in re.findall(r"Typed\d+x", b.text)}
    assert {w for w in typed_words if w.casefold() not in said} == set()


def test_a_chapter_stays_where_only_its_heading_was_taken_out(base: Base) -> None:
    blocks = [block for block in base.reading.blocks if not (block.level == 1 and block.text == "Photo record")]
    assert len(blocks) == len(base.reading.blocks) - 1
    changes = find_changes(base, Reading(document_id=base.document_id, blocks=tuple(blocks)), origin="o")
    said = compose_report(correct_event(EVENT, Corrections(edits=changes.edits), Config()))
    headings = [inline_text(block.inlines) for block in said if isinstance(block, Heading)]
    assert "Photo record" not in headings and any(text.startswith("Photo 1") for text in headings)


def test_nothing_done_is_nothing_read(base: Base) -> None:
    changes = find_changes(base, base.reading, origin="o")
    assert (changes.edits, changes.unmerged) == ((), ())
