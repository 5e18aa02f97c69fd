"""Several events in one report: shared themes, the register, and the ways in which a series can be asked for."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from report_demo import demo_event
from series_events import make_day, make_days

from digitise import api
from digitise.cli import commands
from digitise.errors import ConfigError, NoInputError, OutputError, UsageError
from digitise.model import Event, Source
from digitise.report import write_series_csv, write_series_xlsx
from digitise.report.blocks import Block, Bullet, Heading, Link, Paragraph, Table, flatten, inline_text, spans
from digitise.report.compose_series import compose_series
from digitise.report.labels import choose_labels
from digitise.report.series_labels import ENGLISH, WELSH, choose_series_labels
from digitise.report.wording import clean_text
from digitise.series import is_current, join_events, name_series
from digitise.series_model import Series

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="module")
def days() -> list[Event]:
    return make_days()


@pytest.fixture(scope="module")
def series(days: list[Event]) -> Series:
    return join_events(days)


@pytest.fixture
def reports(days: list[Event], tmp_path: Path) -> list[Path]:
    """The days' notes.json in folders of their own."""
    folders = [tmp_path / f"day-{k}" for k in range(len(days))]
    for folder, event in zip(folders, days, strict=True):
        folder.mkdir()
        (folder / "notes.json").write_text(event.model_dump_json(), encoding="utf-8")
    return folders


def table_under(blocks: list[Block], heading: str) -> Table:
    at = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.text == heading)
    return next(b for b in blocks[at:] if isinstance(b, Table))


def cells(table: Table) -> list[list[str]]:
    return [[inline_text(cell) for cell in row] for row in table.rows]


def test_the_days_are_printed_from_first_to_last(days: list[Event]) -> None:
    """In whatever order the events were named; the order of the report stays as given."""
    first, *others = days
    assert join_events(days).info.date == join_events([*others, first]).info.date == "14 March 2026 – 28 March 2026"
    loose = first.model_copy(update={"info": first.info.model_copy(update={"date": "spring"})})
    assert join_events([*others, loose]).info.date.endswith("– spring")


def test_the_same_heading_makes_one_theme_of_all_days(series: Series) -> None:
    first = series.shared[0]
    assert (first.title, first.written, [p.event for p in first.parts]) == ("Getting about", True, [0, 1, 2])


def test_other_headings_are_matched_by_what_was_said_and_listed_for_checking(series: Series) -> None:
    matched = {t.title: [p.event for p in t.parts] for t in series.shared if not t.written}
    assert matched["Loneliness"] == [0, 1]
    blocks = compose_series(series)
    note = next(inline_text(b.inlines) for b in blocks if isinstance(b, Paragraph) and inline_text(b.inlines).startswith(ENGLISH.matched))
    assert all(title in note for title in matched)
    assert "Getting about" not in note


def test_a_loose_problem_joins_the_theme_of_another_day_and_a_kind_heading_is_no_theme(series: Series, days: list[Event]) -> None:
    damp = next(t for t in series.shared if t.title == "Damp homes")
    loose = damp.parts[1]
    assert (loose.event, loose.section_id) == (2, None)
    assert [days[2].note(i).text for i in loose.note_ids] == ["Lack of help with damp and mould in rented homes"]
    assert not any("Dogs" in days[p.event].note(i).text for t in series.shared for p in t.parts for i in p.note_ids)


def test_a_theme_in_welsh_is_that_of_another_day_in_english() -> None:
    welsh = ("Unigrwydd", ("Pobl hŷn yn unig yn y pentref", "Neb yn gwybod am y clwb cinio"))
    english = ("Loneliness", ("Older people are lonely in the village", "Nobody knows about the lunch club"))
    one = make_day(1, ("Un", "Neuadd", date(2026, 3, 1), (welsh, ("Ffyrdd", ("Tyllau yn y ffordd",)))), ("cy", "en"))
    two = make_day(2, ("Two", "Hall", date(2026, 3, 2), (english, ("Money", ("Grants end too soon",)))), ("en", "cy"))
    assert [t.title for t in join_events([one, two]).shared] == ["Unigrwydd"]


def test_who_raised_what_where_and_what_will_be_done(series: Series) -> None:
    rows = cells(table_under(compose_series(series), "Getting about"))
    assert [row[0] for row in rows] == ["Upper Cwm", "Lower Cwm", "Cwm Derwen"]
    assert "“No buses on Sunday”\u00a0[1]" in rows[1][1]
    assert rows[2][2].startswith("A9 Clerk to write")
    lonely = cells(table_under(compose_series(series), "Loneliness"))
    assert lonely[1][1].startswith("Called “Isolated older people” there. ")


def test_every_action_is_in_the_register_once_with_its_event(series: Series, days: list[Event]) -> None:
    table = table_under(compose_series(series), ENGLISH.register)
    rows = cells(table)
    assert [row[0] for row in rows] == [f"A{n}" for n in range(1, 11)]
    assert len(rows) == sum(len(day.arrangement.actions) for day in days)
    late = next(row for row in rows if "later bus" in row[1])
    assert late[2:4] == ["Sue Price", "by end of March (31 March 2026)"]
    assert (late[5], late[6]) == ("Upper Cwm", "A1\u00a0[1]")
    ring = next(row for row in rows if row[1].startswith("Ring older"))
    assert (ring[2], ring[4]) == ("not named", "none named")
    owners = cells(table_under(compose_series(series), ENGLISH.owners))
    assert ["Interlink", "A3, A6"] in owners
    assert [row[0] for row in owners[:3]] == ["Age Alliance", "Clerk", "Council"]
    assert owners[-1] == [ENGLISH.no_owner, "A7"]


def test_each_problem_stands_once_and_all_references_lead_somewhere(series: Series, days: list[Event]) -> None:
    blocks = compose_series(series)
    anchors = [s.anchor for s in spans(blocks)]
    headings = [b.anchor for b in blocks if isinstance(b, Heading) and b.anchor]
    rows = [a for b in blocks if isinstance(b, Table) for a in b.row_anchors]
    assert len({*anchors, *headings, *rows}) == len([*anchors, *headings, *rows])
    found = [i for b in flatten(blocks) if isinstance(b, Bullet | Paragraph) for i in b.inlines]
    found += [i for b in blocks if isinstance(b, Table) for row in b.rows for cell in row for i in cell]
    assert {link.target for link in found if isinstance(link, Link)} <= {*anchors, *headings, *rows}
    problems = [(k, p.note_id) for k, d in enumerate(days) for p in d.arrangement.placements if p.kind == "problem"]
    printed = [s.note_id for s in spans(blocks) if s.anchor.startswith("n_")]
    assert sorted(printed) == sorted(i for _, i in problems)


def test_two_events_with_the_same_photos_keep_their_anchors_apart(days: list[Event]) -> None:
    other = days[0].model_copy(update={"info": days[0].info.model_copy(update={"title": "Again"})})
    anchors = [s.anchor for s in spans(compose_series(join_events([days[0], other])))]
    assert len(set(anchors)) == len(anchors)


def test_events_without_anything_in_common_say_so(days: list[Event]) -> None:
    blocks = compose_series(
        join_events([demo_event(), days[2].model_copy(update={"info": days[2].info.model_copy(update={"title": "Dogs"})})])
    )
    assert any(isinstance(b, Heading) and b.text == ENGLISH.single for b in blocks)


def test_in_welsh(days: list[Event]) -> None:
    blocks = compose_series(join_events(days, languages=("cy",)))
    assert {b.text for b in blocks if isinstance(b, Heading) and b.level == 1} == {
        WELSH.events,
        WELSH.common,
        WELSH.single,
        WELSH.register,
        WELSH.owners,
    }


def test_in_both_languages_each_word_of_ours_stands_twice(days: list[Event]) -> None:
    blocks = compose_series(join_events(days, languages=("cy", "en")))
    assert [b.text for b in blocks if isinstance(b, Heading) and b.level == 1][:2] == [
        f"{WELSH.events} / {ENGLISH.events}",
        f"{WELSH.common} / {ENGLISH.common}",
    ]
    assert "\ue0f0" not in repr(blocks)


TITLES = [
    (["Connecting Communities: day 1", "Connecting communities – day 2"], "Connecting Communities"),
    (["The hall", "The park"], "The hall / The park"),
    (["Same", "Same"], "Same"),
]


@pytest.mark.parametrize(("titles", "name"), TITLES)
def test_name_of_a_series(titles: list[str], name: str) -> None:
    assert name_series(titles) == name


def test_the_files_are_the_same_every_time_and_leave_edited_ones_alone(reports: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    first = api.make_series(reports, out=out / "series.docx")
    data = Path(first.file).read_bytes()
    assert (first.title, first.shared, first.actions) == ("Connecting Communities", 3, 10)
    assert api.make_series(reports, out=out / "series.docx").file == first.file
    assert Path(first.file).read_bytes() == data
    (out / "series.docx").write_bytes(data + b" ")
    assert Path(api.make_series(reports, out=out / "series.docx").file).name == "series-new.docx"


def test_the_word_file_has_bookmarks_table_heads_and_a_title(reports: list[Path], tmp_path: Path) -> None:
    document = docx.Document(api.make_series(reports, out=tmp_path / "series.docx").file)
    names = [b.get(qn("w:name")) for b in document.element.body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names))
    assert {"a_1", "a_10", "c_1"} <= set(names)
    assert document.core_properties.title == "Connecting Communities"
    for table in document.tables:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    headings = [int(p.style.name[-1]) for p in document.paragraphs if re.fullmatch("Heading [123]", p.style.name)]
    assert headings[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(headings))


def test_command_line(reports: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "series.md"
    result = CliRunner().invoke(commands, ["series", *map(str, reports), "-o", str(out), "--title", "Three days"], standalone_mode=False)
    assert result.exception is None
    assert "Three days: 3 events, 3 common problems, 10 actions" in result.stderr
    assert out.read_text(encoding="utf-8").startswith("# Three days\n")


@pytest.mark.parametrize("languages", [("en",), ("cy", "en")])
def test_the_workbook_and_the_csv_hold_the_register_of_the_report(days: list[Event], tmp_path: Path, languages: tuple[str, ...]) -> None:
    joined = join_events(days, languages=languages)
    labels, words = choose_labels(languages), choose_series_labels(languages)
    register = table_under(compose_series(joined), clean_text(words.register))
    write_series_xlsx(joined, tmp_path / "series.xlsx")
    book = openpyxl.load_workbook(tmp_path / "series.xlsx")
    actions, notes = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets)
    head, *rows = actions
    at = {name: head.index(clean_text(name)) for name in (labels.number, labels.action, labels.owner, labels.due, words.event)}
    assert [[row[k] for k in at.values()] for row in rows] == [[inline_text(row[k]) for k in (0, 1, 2, 3, 5)] for row in register.rows]
    write_series_csv(joined, tmp_path / "series.csv")
    table = list(csv.DictReader(io.StringIO((tmp_path / "series.csv").read_text("utf-8-sig"))))
    assert [[row[clean_text(name)] for name in at][:2] for row in table] == [[row[0], row[1]] for row in rows]
    late = next(row for row in table if "later bus" in row[clean_text(labels.action)])
    assert (late["due_date"], late[clean_text(words.event)], late[clean_text(words.source)][1:]) == ("2026-03-31", "Upper Cwm", "1")
    assert len(notes) - 1 == sum(len(day.notes) for day in days)
    common = notes[0].index(clean_text(words.common))
    assert {row[1] for row in notes[1:] if row[common] == "Getting about"} == {"Upper Cwm", "Lower Cwm", "Cwm Derwen"}
    said = next(row for row in notes[1:] if row[0].startswith("Nothing to do for teenagers"))
    assert said[common] is None, "raised at one event only"


@pytest.mark.parametrize("name", ["series.xlsx", "series.csv"])
def test_tables_are_the_same_every_time_and_leave_edited_ones_alone(reports: list[Path], tmp_path: Path, name: str) -> None:
    file = Path(api.make_series(reports, out=tmp_path / name).file)
    data = file.read_bytes()
    assert api.make_series(reports, out=file).file == str(file)
    assert file.read_bytes() == data
    file.write_bytes(data + b" ")
    assert Path(api.make_series(reports, out=file).file).stem == "series-new"


def test_what_cannot_be_joined(reports: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "series.docx"
    with pytest.raises(UsageError, match="no series"):
        api.make_series(reports[:1], out=out)
    with pytest.raises(UsageError, match="same event"):
        api.make_series([reports[0], reports[1], reports[0]], out=out)
    with pytest.raises(UsageError, match="none of"):
        api.make_series(reports, out=tmp_path / "series.pdf")
    with pytest.raises(NoInputError, match="does not exist"):
        api.make_series([reports[0], tmp_path / "gone"], out=out)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoInputError, match="no photo"):
        api.make_series([reports[0], empty], out=out)
    (reports[1] / "notes.json").write_text('{"schema_version": 99}', encoding="utf-8")
    with pytest.raises(NoInputError, match="this version"):
        api.make_series(reports, out=out)
    with pytest.raises(OutputError, match="no such folder"):
        api.make_series([reports[0], reports[2]], out=tmp_path / "gone" / "series.docx")
    with pytest.raises(ConfigError):
        api.make_series([reports[0], reports[2]], out=out, choices=api.Choices(template=reports[0] / "notes.json"))


def test_a_report_is_current_until_its_photos_or_settings_change(tmp_path: Path) -> None:
    event = demo_event()
    notes, settings = tmp_path / "notes.json", tmp_path / "event.toml"
    notes.write_text(event.model_dump_json(), encoding="utf-8")
    sources = [Source(path=p.file, file=p.file, sha256=p.sha256) for p in event.photos]
    assert is_current(notes, sources, [settings])
    failed = Source(path="x", file=event.problems[0].file, sha256="f" * 64)
    assert is_current(notes, [*sources, failed], [settings]), "a photo that could not be used is not new"
    assert not is_current(notes, sources[1:], [settings])
    settings.write_text('title = "New"', encoding="utf-8")
    later = notes.stat().st_mtime_ns + 10**9
    os.utime(settings, ns=(later, later))
    assert not is_current(notes, sources, [settings])
    assert not is_current(tmp_path / "gone.json", [], [])


@pytest.mark.slow
def test_an_event_without_a_current_report_gets_one_first(tmp_path: Path) -> None:
    folders = []
    for name in ("IMG_4102", "IMG_4103"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(SAMPLES / "connecting-communities" / f"{name}.jpg", folder)
        folders.append(folder)
    told: list[object] = []
    api.make_series(folders, out=tmp_path / "series.docx", told=told.append)
    assert len(told) == 2
    assert (folders[0] / "report" / "report.docx").is_file()
    api.make_series(folders, out=tmp_path / "series.docx", told=told.append)
    assert len(told) == 2
    shutil.copy(SAMPLES / "connecting-communities" / "IMG_4104.jpg", folders[1])
    api.make_series(folders, out=tmp_path / "series.docx", told=told.append)
    assert len(told) == 3
