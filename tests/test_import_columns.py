"""A point moved in Word between the columns of a plan: it comes back in the column and at the place where it was put."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_demo import demo_event

from digitise.corrections import Corrections, Duties, KindEdit, apply_corrections
from digitise.model import Event, Kind, Part
from digitise.report import write_docx
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_reading import ReadBlock, Reading, read_docx

EVENT = demo_event()
FIRST = EVENT.arrangement.sections[0]
A, B, C, D = FIRST.note_ids[:4]
HEADS = tuple(s.title_note_id or "" for s in EVENT.arrangement.sections if s.title_note_id and s.id != FIRST.id)[:2]
KINDS: dict[str, Kind] = {A: "problem", B: "strength", C: "idea", D: "idea"}


def plan() -> Event:
    """The demo event, its first section a plan of two columns with two points each."""
    columns = (Part(title_note_id=HEADS[0], note_ids=(A, B)), Part(title_note_id=HEADS[1], note_ids=(C, D)))
    sections = tuple(
        s.model_copy(update={"parts": columns, "note_ids": (A, B, C, D, *(i for i in s.note_ids if i not in KINDS))})
        if s.id == FIRST.id
        else s
        for s in EVENT.arrangement.sections
    )
    placements = tuple(p.model_copy(update={"kind": KINDS.get(p.note_id, p.kind)}) for p in EVENT.arrangement.placements)
    actions = tuple(a for a in EVENT.arrangement.actions if a.note_id not in KINDS)
    update = {"sections": sections, "placements": placements, "actions": actions}
    return EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update=update)})


def find_point(blocks: list[ReadBlock], note_id: str) -> int:
    mark = "n_" + note_id.replace("-", "_")
    return next(k for k, b in enumerate(blocks) if b.table < 0 and any(m.name == mark for m in b.marks))


@pytest.mark.parametrize(
    ("moved", "before", "wanted"),
    [
        (B, C, ((A,), (B, C, D))),
        (A, C, ((B,), (A, C, D))),
        (A, D, ((B,), (C, A, D))),
        (D, A, ((D, A, B), (C,))),
        (D, B, ((A, D, B), (C,))),
        (B, A, ((B, A), (C, D))),
        (D, C, ((A, B), (D, C))),
    ],
)
def test_a_point_moved_to_another_column_comes_back_there(
    moved: str, before: str, wanted: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    event = plan()
    report = tmp_path / "report.docx"
    write_docx(event, pictures=tmp_path, template=None, out=report)
    base = make_base(read_docx(report), event, Corrections())
    blocks = list(base.reading.blocks)
    block = blocks.pop(find_point(blocks, moved))
    blocks.insert(find_point(blocks, before), block)
    changes = find_changes(base, Reading(document_id=base.document_id, blocks=tuple(blocks)), origin="o")
    duties = Duties(find=lambda text: [], read_due=lambda wording: None)
    corrected = apply_corrections(event, Corrections(edits=changes.edits), duties)
    section = next(s for s in corrected.arrangement.sections if s.id == FIRST.id)
    assert tuple(part.note_ids for part in section.parts) == wanted
    assert section.note_ids[:4] == tuple(i for ids in wanted for i in ids)
    assert not changes.unmerged and not [e for e in changes.edits if isinstance(e, KindEdit)]
