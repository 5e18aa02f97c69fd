"""The web page, the workbook and notes.csv say what the Word report says, and nobody's words run in them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from lxml import etree, html
from report_demo import demo_event, draw_pictures, make_note, make_photo
from series_events import make_days
from test_report_compose import small_event

from digitise.model import Action, Arrangement, Event, Placement
from digitise.report import compose_report, write_html, write_notes_csv, write_series_html, write_xlsx
from digitise.report.blocks import Bullet, Heading, Paragraph, Picture, Table, flatten, inline_text, spans
from digitise.report.colours import BODY_CONTRAST, measure_contrast
from digitise.report.csv_export import BOARD_COLUMNS, render_notes_csv
from digitise.report.export_rows import make_rows
from digitise.report.html_export import escape, render_html
from digitise.report.html_pictures import MOST_BYTES, load_pictures
from digitise.report.html_style import DARK, LIGHT
from digitise.report.markdown import escape as escape_markdown
from digitise.report.markdown import render_markdown
from digitise.report.xlsx_export import name_sheet, render_xlsx
from digitise.series import join_events

EVENT = demo_event()
HOSTILE = (
    '=HYPERLINK("http://x")',
    "+44 1443",
    "-5 people",
    "@me",
    "<script>alert(1)</script>",
    '"><img src=x onerror=y>',
    "http://evil.example",
)
EMPTY = {"br", "img", "meta", "hr", "link", "col", "input"}


def page_of(event: Event, pictures: Path | None = None) -> str:
    blocks = compose_report(event)
    return render_html(blocks, event.info, load_pictures(blocks, pictures or Path("nowhere")))


def hostile_event() -> Event:
    photo = make_photo(1, "=a<b>.jpg")
    notes = tuple(make_note(photo.id, k, text) for k, text in enumerate(HOSTILE))
    actions = tuple(Action(number=k + 1, note_id=n.id, text=n.text, owners=(n.text,)) for k, n in enumerate(notes))
    return small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=(), sections=(), actions=actions))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(EVENT, tmp_path_factory.mktemp("web") / "pictures")


# --- the web page


@pytest.mark.parametrize("languages", [("en", "cy"), ("cy", "en"), ("cy",)])
def test_the_page_is_well_formed_and_finds_its_own_places(languages: tuple[str, ...]) -> None:
    text = page_of(demo_event(languages=languages))
    # all but the elements without an end are closed in order: an XML reader takes it when those are
    closed = re.sub(rf"<({'|'.join(EMPTY)})\b([^>]*)>", r"<\1\2/>", text.removeprefix("<!DOCTYPE html>"))
    root = etree.fromstring(closed.encode(), etree.XMLParser(huge_tree=True))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    targets = {a.get("href", "")[1:] for a in root.iter("a")}
    assert targets <= set(ids), targets - set(ids)
    assert root.get("lang") == ("en-GB" if languages[0] == "en" else "cy-GB")
    assert [e.tag for e in root.find("body")] == ["a", "header", "nav", "main"]
    levels = [int(e.tag[1]) for e in root.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))
    assert all(e.get("scope") for e in root.iter("th")) and all("".join(e.itertext()).strip() for e in root.iter("th"))
    assert all(t.find("caption") is not None for t in root.iter("table"))
    assert {e.getparent().tag for e in root.iter("li")} == {"ul"} and {c.tag for u in root.iter("ul") for c in u} == {"li"}


def test_the_page_says_every_word_of_the_report(pictures: Path) -> None:
    page = html.fromstring(page_of(EVENT, pictures))
    shown = " ".join("".join(page.itertext()).replace("[?]", "").split())
    for words in block_words(EVENT):
        assert " ".join(words.split()) in shown, words
    for span in spans(compose_report(EVENT)):
        assert page.get_element_by_id(span.anchor) is not None


def block_words(event: Event) -> list[str]:
    """What each block says, paragraph by paragraph and cell by cell."""
    words: list[str] = []
    for block in flatten(compose_report(event)):
        if isinstance(block, Heading | Paragraph | Bullet):
            words.append(inline_text(block.inlines))
        elif isinstance(block, Picture):
            words.append(inline_text(block.caption))
        elif isinstance(block, Table):
            words += [*block.header, *(inline_text(cell) for row in block.rows for cell in row)]
    return [w for w in words if w.strip()]


def test_pictures_stand_inside_the_page_with_their_words_and_without_camera_data(pictures: Path) -> None:
    page = html.fromstring(page_of(EVENT, pictures))
    images = list(page.iter("img"))
    assert len(images) > 5
    for image in images:
        assert image.get("alt") and not image.get("alt", "").endswith(".jpg")
        data = base64.b64decode(image.get("src", "").removeprefix("data:image/jpeg;base64,"))
        assert data.startswith(b"\xff\xd8") and b"SecretCameraMaker" not in data and b"Exif" not in data
    assert "not available" not in page_of(EVENT, pictures).split("<main")[0]


@pytest.mark.slow
def test_many_large_pictures_are_made_smaller_until_they_fit(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = compose_report(EVENT)
    whole = load_pictures(blocks, pictures)
    size = sum(len(p.address) for p in whole.values())
    assert size * 3 / 4 < MOST_BYTES
    monkeypatch.setattr("digitise.report.html_pictures.MOST_BYTES", int(size * 3 / 4 / 2))
    small = load_pictures(blocks, pictures)
    assert small.keys() == whole.keys()
    assert sum(len(p.address) for p in small.values()) < size * 0.6
    assert all(abs(small[n].width - whole[n].width) <= 2 for n in whole), "they are shown as large as before"


def test_nothing_runs_and_nothing_is_fetched(tmp_path: Path) -> None:
    event = hostile_event()
    write_html(event, pictures=tmp_path, out=tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    page = html.fromstring(text)
    assert {str(e.tag) for e in page.iter()} & {"script", "link", "iframe", "object", "base", "form"} == set()
    assert not [n for e in page.iter() for n in e.attrib if n.startswith("on") or n == "style"]
    assert all(e.get("href", "").startswith("#") for e in page.iter("a"))
    assert "url(" not in text and "@import" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text.lower()
    policy = page.xpath("//meta[@http-equiv]/@content")[0]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style and f"'sha256-{base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_all_colours_of_the_page_can_be_read(colours: dict[str, str]) -> None:
    for ink in ("ink", "quiet", "link", "head"):
        for ground in ("ground", "soft"):
            assert measure_contrast(colours[ink], colours[ground]) >= BODY_CONTRAST, (ink, ground)


def test_words_in_the_other_language_say_so() -> None:
    page = html.fromstring(page_of(EVENT))
    welsh = [" ".join("".join(e.itertext()).split()) for e in page.xpath("//*[@lang='cy-GB']")]
    assert any("Menter Iaith i drefnu gweithdy" in text for text in welsh)


# --- Markdown


def test_markdown_says_every_word_of_the_report_too() -> None:
    text = render_markdown(compose_report(EVENT))
    # links and marks aside
    bare = " ".join(re.sub(r"\]\(#[^)]*\)|<a id=\"[^\"]*\"></a>|\*\*|\\\[\?\\\]|(?<!\\)[\[*]", "", text).split())
    for words in block_words(EVENT):
        wanted = " ".join(re.sub(r"(?<!\\)[\[]", "", escape_markdown(words)).replace("\\[", "").split())
        assert all(word in bare for word in wanted.replace("\\]", "]").split(" ") if word.isalpha()), words


# --- the workbook


def rows_of(data: bytes, sheet: int) -> list[dict[str, object]]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_workbook_has_all_actions_notes_and_photos() -> None:
    data = render_xlsx(EVENT)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [s.title for s in book] == ["Actions", "Notes", "Photos", "Whiteboard"]
    assert all(s.auto_filter.ref == s.dimensions and s.freeze_panes == "B2" for s in book)
    assert book.properties.title == EVENT.info.title
    actions, notes, photos = (rows_of(data, k) for k in range(3))
    assert [a["No."] for a in actions] == [f"A{a.number}" for a in EVENT.arrangement.actions]
    assert str(actions[0]["Due date"]).startswith("2026-03-31") and actions[0]["Owner"] == "Interlink staff"
    assert [n["Note’s id"] for n in notes] == [n.id for n in EVENT.notes], "nothing is lost"
    assert len(photos) == len(EVENT.photos) and photos[0]["Remarks"] == "Also received as: IMG_2301 (1).jpg."
    fates = [n["What became of it"] for n in notes]
    a = EVENT.accounting
    assert (fates.count("said already"), fates.count("could not be read"), fates.count("set aside")) == (
        a.duplicates,
        a.unreadable,
        a.set_aside,
    )


def test_words_of_notes_set_aside_are_in_no_table() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(EVENT)))
    said = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    assert "phone number" not in said and "Jo's" not in said
    assert "phone number" not in render_notes_csv(EVENT)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link_of_somebody_s() -> None:
    data = render_xlsx(hostile_event())
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "n", "d"}
    assert not [c for c in cells if c.hyperlink]
    assert not [n for n in zipfile.ZipFile(io.BytesIO(data)).namelist() if "externalLink" in n or "calcChain" in n]
    assert '=HYPERLINK("http://x")' in {c.value for c in cells}, "the words stay as they were"


def test_the_same_event_gives_the_same_bytes(tmp_path: Path) -> None:
    first = render_xlsx(EVENT)
    time.sleep(1.1)
    assert render_xlsx(EVENT) == first
    assert page_of(EVENT) == page_of(EVENT)


def test_links_lead_to_pictures_that_are_there(tmp_path: Path) -> None:
    draw_pictures(EVENT, tmp_path / "pictures")
    write_xlsx(EVENT, tmp_path / "actions.xlsx")
    book = openpyxl.load_workbook(tmp_path / "actions.xlsx")
    links = [c.hyperlink.target for sheet in book for row in sheet.iter_rows() for c in row if c.hyperlink]
    assert links and all((tmp_path / link).is_file() for link in links)
    write_xlsx(EVENT, tmp_path / "elsewhere" / "actions.xlsx")
    book = openpyxl.load_workbook(tmp_path / "elsewhere" / "actions.xlsx")
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.hyperlink]


def test_sheets_have_names_that_excel_takes() -> None:
    data = render_xlsx(demo_event(languages=("cy", "en")))
    names = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert names == ["Camau gweithredu – Actions", "Nodiadau – Notes", "Lluniau – Photos", "Bwrdd gwyn – Whiteboard"]
    assert name_sheet("a/b:c*d?e[f]" + "g" * 40) == "a-b-c-d-e-f-" + "g" * 19


def test_an_empty_event_has_empty_tables(tmp_path: Path) -> None:
    event = small_event(photos=(), notes=())
    assert [len(rows_of(render_xlsx(event), k)) for k in range(4)] == [0, 0, 0, 0]
    assert render_notes_csv(event).count("\n") == 1
    assert "<main" in page_of(event)


def test_the_sheet_for_whiteboards_has_a_column_of_notes_for_each_theme() -> None:
    told = [n for n in make_rows(EVENT).notes if n.on_board and n.text]
    columns = list(openpyxl.load_workbook(io.BytesIO(render_xlsx(EVENT))).worksheets[3].iter_cols(values_only=True))
    themes = [str(column[0]) for column in columns]
    assert themes == [*dict.fromkeys(n.theme for n in told if n.theme), "Other points"]
    for theme, *cells in columns:
        texts = [n.text for n in told if n.theme == ("" if theme == "Other points" else theme)]
        assert cells == texts + [None] * (len(cells) - len(texts)), "no hole between two notes"


# --- notes.csv


def test_a_whiteboard_gets_each_printed_point_once(tmp_path: Path) -> None:
    write_notes_csv(EVENT, tmp_path / "notes.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "notes.csv").read_bytes().decode("utf-8-sig"))))
    assert tuple(rows[0]) == BOARD_COLUMNS
    headings = {s.title_note_id for s in EVENT.arrangement.sections if s.title_source == "written"}
    fates = {p.note_id: p.fate for p in EVENT.arrangement.placements}
    wanted = {n.id for n in EVENT.notes if fates[n.id] == "reported"} - headings
    assert {r["note_id"] for r in rows} == wanted and len(rows) == len(wanted)
    first = next(r for r in rows if r["text"].startswith("Interlink staff"))
    assert (first["theme"], first["kind"], first["owner"], first["due_date"]) == (
        "Mental health support",
        "action",
        "Interlink staff",
        "2026-03-31",
    )


def test_colours_are_named_for_programs() -> None:
    photo = make_photo(1, "a.jpg")
    note = make_note(photo.id, 0, "Mwy o fysiau", colour="yellow", votes=4, language="cy")
    arrangement = Arrangement(placements=(Placement(note_id=note.id, kind="idea"),), sections=(), actions=())
    event = small_event(photos=(photo,), notes=(note,), arrangement=arrangement)
    event = event.model_copy(update={"info": event.info.model_copy(update={"languages": ("cy",)})})
    (row,) = csv.DictReader(io.StringIO(render_notes_csv(event)))
    assert (row["colour"], row["votes"], row["kind"]) == ("yellow", "4", "syniad")
    assert rows_of(render_xlsx(event), 1)[0]["Lliw"] == "melyn"


def test_a_series_can_be_a_web_page(tmp_path: Path) -> None:
    write_series_html(join_events(make_days()), tmp_path / "series.html")
    page = html.fromstring((tmp_path / "series.html").read_text("utf-8"))
    ids = {e.get("id") for e in page.iter() if e.get("id")}
    assert len(page.xpath("//main//table")) > 0
    assert {a.get("href", "")[1:] for a in page.iter("a")} <= ids


def test_words_are_shown_as_they_are() -> None:
    assert escape('a < b & "c"\nd') == "a &lt; b &amp; &quot;c&quot;<br>d"
