"""A point moved under another heading in Word: its kind changes only where that heading names one."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_demo import demo_event

from digitise.corrections import Corrections, KindEdit, MoveEdit
from digitise.model import Event, Kind
from digitise.report import write_docx
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_reading import Reading, read_docx

EVENT = demo_event()
GROUPS = next(s for s in EVENT.arrangement.sections if s.title_source == "written" and s.id == "sec2")
POINT = next(
    p.note_id for p in EVENT.arrangement.placements if p.kind == "idea" and p.fate == "reported" and p.section_id not in (None, GROUPS.id)
)


def with_strengths(kind: Kind | None) -> Event:
    """The demo event with a section of nothing but strengths, whose heading names a kind or does not."""
    ids = set(GROUPS.note_ids)
    placements = tuple(p.model_copy(update={"kind": "strength"}) if p.note_id in ids else p for p in EVENT.arrangement.placements)
    sections = tuple(s.model_copy(update={"kind": kind}) if s.id == GROUPS.id else s for s in EVENT.arrangement.sections)
    actions = tuple(a for a in EVENT.arrangement.actions if a.note_id not in ids)
    update = {"placements": placements, "sections": sections, "actions": actions}
    return EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update=update)})


@pytest.mark.parametrize("kind", [None, "strength"])
def test_a_moved_point_is_of_another_kind_only_where_the_heading_names_one(kind: Kind | None, tmp_path: Path) -> None:
    event = with_strengths(kind)
    report = tmp_path / "report.docx"
    write_docx(event, pictures=tmp_path, template=None, out=report)
    base = make_base(read_docx(report), event, Corrections())
    blocks = list(base.reading.blocks)
    mark = "n_" + POINT.replace("-", "_")
    moved = next(b for b in blocks if any(m.name == mark for m in b.marks))
    last = "n_" + GROUPS.note_ids[-1].replace("-", "_")
    blocks.remove(moved)
    at = next(k for k, b in enumerate(blocks) if b.table < 0 and any(m.name == last for m in b.marks))
    blocks.insert(at + 1, moved)
    changes = find_changes(base, Reading(document_id=base.document_id, blocks=tuple(blocks)), origin="o")
    assert [e.section.id for e in changes.edits if isinstance(e, MoveEdit) and e.note_id == POINT] == [GROUPS.id]
    assert [e.kind for e in changes.edits if isinstance(e, KindEdit)] == ([kind] if kind else [])
