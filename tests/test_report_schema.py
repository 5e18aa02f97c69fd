"""What Word is strict about: children stand in the order of its schema (ECMA-376, part 1), ids are unique, parts are declared.

LibreOffice and python-docx forgive what makes Word say that a file is damaged.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from report_demo import demo_event, draw_pictures

from digitise import api
from digitise.report import write_docx, write_photo_docx
from digitise.report.docx_package import list_shipped

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
        "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
        "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
        "lang eastAsianLayout specVanish oMath"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
        "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
    ),
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "pBdr": "top left bottom right between bar",
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType "
        "cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid"
    ),
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
        "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr"
    ),
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "tc": "tcPr p tbl",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
}
RANK = {tag: {child: k for k, child in enumerate(children.split())} for tag, children in ORDER.items()}
RANK["sectPr"]["footerReference"] = 0  # these two may stand in any order


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def check_package(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        roots = {n: etree.fromstring(package.read(n)) for n in names if n.endswith((".xml", ".rels"))}
    check_order(roots)
    check_body(roots["word/document.xml"][0])
    check_references(roots, names)


def check_order(roots: dict[str, etree._Element]) -> None:
    for name, root in roots.items():
        if not name.startswith("word/") or name.endswith(".rels"):
            continue
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag.startswith(W) and local(element) in RANK:
                rank = RANK[local(element)]
                children = [local(c) for c in element if isinstance(c.tag, str) and c.tag.startswith(W)]
                assert set(children) <= set(rank), f"{name}: {local(element)} holds {set(children) - set(rank)}"
                places = [rank[c] for c in children]
                if local(element) != "tc":
                    assert places == sorted(places), f"{name}: {local(element)} has {children}"


def check_body(body: etree._Element) -> None:
    last = {local(c[-1]) for c in body.iter(f"{W}tc")}
    assert last <= {"p"}, "Word wants a paragraph at the end of each cell"
    assert local(body[-1]) == "sectPr" and local(body[-2]) == "p"
    for a, b in itertools.pairwise(body):
        assert not (local(a) == local(b) == "tbl"), "two tables that touch are one table in Word"
    for tag in ("bookmarkStart", "bookmarkEnd"):
        ids = [e.get(f"{W}id") for e in body.iter(f"{W}{tag}")]
        assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w]{0,39}", e.get(f"{W}name")) for e in body.iter(f"{W}bookmarkStart"))
    depth = 0
    for char in body.iter(f"{W}fldChar"):
        depth += {"begin": 1, "separate": 0, "end": -1}[char.get(f"{W}fldCharType")]
        assert depth >= 0
    assert depth == 0


def check_references(roots: dict[str, etree._Element], names: set[str]) -> None:
    body = roots["word/document.xml"][0]
    styles = {s.get(f"{W}styleId") for s in roots["word/styles.xml"].iter(f"{W}style")}
    for tag in ("pStyle", "rStyle", "tblStyle"):
        for name, root in roots.items():
            if name.startswith("word/") and not name.startswith("word/_rels"):
                assert {e.get(f"{W}val") for e in root.iter(f"{W}{tag}")} <= styles, name
    comments = [c.get(f"{W}id") for c in roots["word/comments.xml"].iter(f"{W}comment")] if "word/comments.xml" in roots else []
    for tag in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert sorted(e.get(f"{W}id") for e in body.iter(f"{W}{tag}")) == sorted(comments), tag
    for name, root in roots.items():
        if name.endswith(".rels"):
            folder = Path(name).parent.parent
            for rel in root:
                if rel.get("TargetMode") != "External":
                    target = rel.get("Target", "")
                    full = target.lstrip("/") if target.startswith("/") else (folder / target).as_posix()
                    assert re.sub(r"[^/]+/\.\./", "", full) in names, f"{name} names {target}"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(demo_event(), tmp_path_factory.mktemp("pictures"))


@pytest.mark.parametrize(("write", "languages"), [(write_docx, ("en", "cy")), (write_photo_docx, ("cy", "en"))])
def test_reports_are_as_word_wants_them(tmp_path: Path, pictures: Path, languages: tuple[str, ...], write: object) -> None:
    write(demo_event(languages=languages), pictures=pictures, template=None, out=tmp_path / "r.docx")  # type: ignore[operator]
    check_package(tmp_path / "r.docx")


@pytest.mark.parametrize("name", sorted(list_shipped()))
def test_templates_are_as_word_wants_them(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.docx").write_bytes(list_shipped()[name].read_bytes())
    check_package(tmp_path / "t.docx")


def test_a_new_template_is_as_word_wants_it(tmp_path: Path) -> None:
    api.new_template(tmp_path / "t.docx", look="warm", kind=api.EVENT_REPORT)
    check_package(tmp_path / "t.docx")
