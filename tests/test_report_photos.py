"""The photo report: the cleaned sheets in order of time with what was read from them, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from report_demo import demo_event, draw_pictures
from test_report_compose import small_event

from digitise.config import parse_config
from digitise.errors import ConfigError
from digitise.events import Plan, write_outputs
from digitise.model import Event, Problem
from digitise.report import compose_report, write_photo_docx
from digitise.report.blocks import Heading, Link, Paragraph, Picture, Spread, flatten, inline_text, spans
from digitise.report.compose_photos import compose_photo_report

EVENT = demo_event()
BLOCKS = compose_photo_report(EVENT)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(EVENT, tmp_path_factory.mktemp("pictures"))


def test_it_has_one_heading_for_each_photo_and_the_numbers_of_the_report() -> None:
    heads = [b.text for b in BLOCKS if isinstance(b, Heading)]
    in_report = [b.text for b in compose_report(EVENT) if isinstance(b, Heading) and b.level == 3 and b.text.startswith("Photo ")]
    assert heads == [*in_report, "Photos that could not be used", "Photos to look at"]
    assert {b.level for b in BLOCKS if isinstance(b, Heading)} == {1}


def test_photos_stand_in_order_of_time_and_those_without_one_last() -> None:
    start = datetime(2026, 3, 14, 10)
    times: list[datetime | None] = [start + timedelta(minutes=5), start, None]
    photos = tuple(p.model_copy(update={"taken": t, "similar_to": None}) for p, t in zip(EVENT.photos[:3], times, strict=True))
    heads = [b.text for b in compose_photo_report(EVENT.model_copy(update={"photos": photos})) if isinstance(b, Heading)]
    assert [text.split(":")[0] for text in heads[:3]] == ["Photo 2", "Photo 1", "Photo 3"]


def test_every_note_is_typed_out_word_for_word_and_nothing_leads_to_chapters() -> None:
    transcript = {s.note_id: s.text for s in spans(BLOCKS)}
    for placement in EVENT.arrangement.placements:
        note = EVENT.note(placement.note_id)
        if placement.fate == "set aside":
            assert note.id not in transcript
        elif note.text:
            assert transcript[note.id].startswith(" ".join(note.text.split()))
    links = [i for b in flatten(BLOCKS) if not isinstance(b, Heading) for i in getattr(b, "inlines", ()) if isinstance(i, Link)]
    assert links and all(link.target.startswith(("p_", "f_")) for link in links)


def test_lying_sheets_have_the_page_s_width_and_upright_ones_their_transcript_beside_them() -> None:
    assert any(isinstance(b, Spread) for b in BLOCKS)
    lying = next(s for s in EVENT.surfaces if s.size_px[0] > s.size_px[1])
    assert lying.picture in [b.file for b in BLOCKS if isinstance(b, Picture)]
    assert lying.picture not in [b.picture.file for b in BLOCKS if isinstance(b, Spread)]


def test_words_in_doubt_are_marked_without_comments(tmp_path: Path, pictures: Path) -> None:
    write_photo_docx(EVENT, pictures=pictures, template=None, out=tmp_path / "p.docx")
    document = docx.Document(str(tmp_path / "p.docx"))
    assert not list(document.comments) and not list(document.element.body.iter(qn("w:commentRangeStart")))
    styles = [s.get(qn("w:val")) for s in document.element.body.iter(qn("w:rStyle"))]
    assert styles.count("DoubtfulWord") == sum(w.doubtful for n in EVENT.notes for w in n.words)
    assert "Words with a dotted underline were hard to read." in "\n".join(p.text for p in document.paragraphs)
    assert document.core_properties.title == EVENT.info.title


def test_same_event_same_bytes(tmp_path: Path, pictures: Path) -> None:
    for name in ("a.docx", "b.docx"):
        write_photo_docx(demo_event(), pictures=pictures, template=None, out=tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


@pytest.mark.parametrize("problems", [(), (Problem(file="x.heic", reason="it is cut off", remedy="Send it again."),)])
def test_an_empty_event_says_so_and_lists_what_failed(tmp_path: Path, problems: tuple[Problem, ...]) -> None:
    event: Event = small_event(problems=problems)
    texts = [inline_text(b.inlines) for b in compose_photo_report(event) if isinstance(b, Paragraph)]
    assert "No notes were found on the photos." in texts
    write_photo_docx(event, pictures=tmp_path, template=None, out=tmp_path / "p.docx")
    words = [c.text for t in docx.Document(str(tmp_path / "p.docx")).tables for row in t.rows for c in row.cells]
    assert ("x.heic" in words) == bool(problems)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (None, {"report.docx", "photo-report.docx"}),
        (["photo-report"], {"photo-report.docx"}),
        (["report"], {"report.docx"}),
    ],
)
def test_the_settings_say_which_word_files_are_written(tmp_path: Path, asked: list[str] | None, written: set[str]) -> None:
    config = parse_config({"report": {"outputs": asked} if asked else {}}, subject="test")
    plan = Plan(folder=tmp_path, output=tmp_path / "report", config=config, template=None, sources=(), problems=())
    (tmp_path / "report").mkdir()
    files = write_outputs(EVENT, plan)
    assert {p.name for p in (tmp_path / "report").glob("*.docx")} == written == {f for f in files.values() if f.endswith(".docx")}


def test_a_wrong_name_of_a_word_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="outputs"):
        parse_config({"report": {"outputs": ["photos"]}}, subject="test")
