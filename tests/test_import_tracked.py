"""Tracked changes come back as if they were accepted: written by hand as LibreOffice saves them, and made in a real LibreOffice."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from libreoffice import call, edit_in_libreoffice
from report_demo import demo_event

from digitise.corrections import Corrections, FateEdit
from digitise.model import Event
from digitise.report import write_docx
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_comparison import Changes
from digitise.report.docx_reading import read_docx
from digitise.report.docx_xml import el, val

EVENT = demo_event()


def changes_of(written: Path, edited: Path, event: Event = EVENT) -> Changes:
    base = make_base(read_docx(written), event, Corrections())
    return find_changes(base, read_docx(edited), origin="o")


def delete_tracked(p: BaseOxmlElement, following: BaseOxmlElement) -> None:
    """A paragraph with its end taken out in a tracked change: LibreOffice 7.4 gives the next one its style."""
    for run in list(p.iter(qn("w:r"))):
        gone = el("w:del", {"w:id": "9000", "w:author": "x"})
        run.addprevious(gone)
        gone.append(run)
        for text in run.iter(qn("w:t")):
            text.tag = qn("w:delText")
    p.get_or_add_pPr().append(el("w:rPr", None, el("w:del", {"w:id": "9001", "w:author": "x"})))
    style = p.pPr.find(qn("w:pStyle")).get(qn("w:val"))
    props = following.get_or_add_pPr()
    for own in props.findall(qn("w:pStyle")):
        props.remove(own)
    props.insert(0, val("w:pStyle", style))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_docx(EVENT, pictures=tmp_path, template=None, out=tmp_path / "report.docx")
    return tmp_path / "report.docx"


def test_a_heading_or_quotation_below_a_deleted_point_stays_one(written: Path, tmp_path: Path) -> None:
    document = docx.Document(str(written))
    paragraphs = document.paragraphs
    lists = [k for k, p in enumerate(paragraphs[:-1]) if p.style.name in ("List Bullet", "Action Bullet") and "n_" in p._p.xml]
    before_other = [k for k in lists if paragraphs[k + 1].style.name in ("Heading 2", "Heading 3", "Quote")]
    styles = {paragraphs[k + 1].style.name for k in before_other}
    assert {"Heading 2", "Heading 3"} <= styles
    for k in before_other:
        delete_tracked(paragraphs[k]._p, paragraphs[k + 1]._p)
    document.save(str(tmp_path / "edited.docx"))
    found = changes_of(written, tmp_path / "edited.docx")
    assert {type(e) for e in found.edits} == {FateEdit}, [e.what for e in found.edits]
    assert not [u for u in found.unmerged if "–" not in u.yours]


def test_two_points_joined_in_a_tracked_change_are_joined(written: Path, tmp_path: Path) -> None:
    document = docx.Document(str(written))
    paragraphs = document.paragraphs
    k = next(k for k, p in enumerate(paragraphs[:-1]) if p.style.name == paragraphs[k + 1].style.name == "List Bullet" and "n_" in p._p.xml)
    paragraphs[k]._p.get_or_add_pPr().append(el("w:rPr", None, el("w:del", {"w:id": "9001", "w:author": "x"})))
    document.save(str(tmp_path / "edited.docx"))
    assert [e.what for e in changes_of(written, tmp_path / "edited.docx").edits] == ["join"]


@pytest.mark.slow
def test_libreoffice_s_tracked_changes_say_the_same_as_untracked_ones(written: Path, tmp_path: Path) -> None:
    ids = [i for s in EVENT.arrangement.sections for i in s.note_ids]
    notes = {p.note_id for p in EVENT.arrangement.placements if p.kind in ("action", "idea", "strength") and p.fate == "reported"}
    a, b, c, d, e, f, *_ = ["n_" + i.replace("-", "_") for i in ids if i in notes]
    steps = [
        call("TypeBehind", a, " and every choir"),
        call("DeleteParagraph", b),
        call("NewParagraph", c, "Ring the council about the lift", "", ""),
        call("MoveParagraph", d, e, True),
        call("DeleteParagraph", f),
    ]
    found = []
    for name, first in (("plain", []), ("tracked", ["doc.RecordChanges = True"])):
        edit_in_libreoffice(written, tmp_path / f"{name}.docx", [*first, *steps], tmp_path / "profile")
        assert read_docx(tmp_path / f"{name}.docx").tracked == (name == "tracked")
        found.append(changes_of(written, tmp_path / f"{name}.docx"))
    assert found[0].edits == found[1].edits and len(found[0].edits) >= 5
