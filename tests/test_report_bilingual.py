"""Labels in two languages at once, Welsh first, each in its own language; and words in the order of the Welsh alphabet."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from report_demo import demo_event

from digitise.edits_model import EditToCheck, OwnPassage
from digitise.model import EventInfo
from digitise.report import compose_report, write_docx, write_photo_docx
from digitise.report.bilingual import is_paired, join_sides, map_sides, pair, say_in
from digitise.report.blocks import Block, Bullet, Heading, Link, Paragraph, Picture, Run, Span, Spread, Table, flatten, inline_text, spans
from digitise.report.csv_export import render_actions_csv
from digitise.report.labels import BILINGUAL, ENGLISH, WELSH, choose_labels
from digitise.report.markdown import render_markdown
from digitise.report.sorting import sort_key
from digitise.report.wording import clean_text

EVENT = demo_event(languages=("cy", "en"))
BOTH = compose_report(EVENT)


@pytest.mark.parametrize(
    ("languages", "labels"),
    [(("cy", "en"), BILINGUAL), (("cy",), WELSH), (("en",), ENGLISH), (("en", "cy"), ENGLISH)],
)
def test_which_labels_a_report_has(languages: tuple[str, ...], labels: object) -> None:
    assert choose_labels(languages) == labels


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("Camau", "Actions", "Camau / Actions"),
        ("problem", "problem", "problem"),
        (" (dywedwyd 3 gwaith)", " (said 3 times)", " (dywedwyd 3 gwaith / said 3 times)"),
        ("Yr hyn a ddywedwyd: ", "What was said: ", "Yr hyn a ddywedwyd / What was said: "),
        ("Llun 3", "Photo 3", "Llun / Photo 3"),
        ("31 Mawrth 2026", "31 March 2026", "31 Mawrth / March 2026"),
        ("Dalen 1 o lun 3", "Sheet 1 of photo 3", "Dalen 1 o lun 3 / Sheet 1 of photo 3"),
        ("Trefnwyd gan: Interlink", "Organised by Interlink", "Trefnwyd gan: / Organised by Interlink"),
    ],
)
def test_what_both_languages_share_is_said_once(first: str, second: str, joined: str) -> None:
    assert join_sides(pair(first, second)) == clean_text(pair(first, second)) == joined


TEXT = st.text(st.characters(exclude_categories=("Cs", "Co", "Cc")), max_size=20)


@given(first=TEXT, second=TEXT, inner=st.tuples(TEXT, TEXT), around=TEXT)
def test_each_side_comes_back_also_when_nested(first: str, second: str, inner: tuple[str, str], around: str) -> None:
    text = around + pair(first + pair(*inner), second + pair(*inner)) + around
    assert say_in(text, 0) == around + first + inner[0] + around
    assert say_in(text, 1) == around + second + inner[1] + around
    assert not is_paired(join_sides(text))
    joined = join_sides(pair(first, second))
    assert len(joined) <= len(first) + len(second) + 3


def test_both_sides_are_changed() -> None:
    assert join_sides(map_sides(pair("syniad", "idea"), str.upper)) == "SYNIAD / IDEA"


def runs_of(blocks: list[Block]) -> list[Run | Link]:
    found: list[Run | Link] = []
    for block in flatten(blocks):
        inlines: list[object] = []
        if isinstance(block, Table):
            inlines = [p for row in block.rows for cell in row for p in cell] + [r for runs in block.header_runs for r in runs]
        elif isinstance(block, Heading | Paragraph | Bullet):
            inlines = list(block.inlines)
        elif isinstance(block, Picture):
            inlines = list(block.caption)
        for inline in inlines:
            found += [inline] if isinstance(inline, Run | Link) else list(inline.runs) if isinstance(inline, Span) else []
    return found


def test_welsh_stands_first_and_english_is_marked_as_such() -> None:
    heads = [b for b in BOTH if isinstance(b, Heading)]
    register = next(b for b in heads if "Action register" in b.text)
    assert register.text == "Cofrestr camau gweithredu / Action register"
    assert [(i.text, i.language) for i in register.inlines if isinstance(i, Run)] == [
        ("Cofrestr camau gweithredu / ", None),
        ("Action register", "en"),
    ]
    table = next(b for b in BOTH if isinstance(b, Table) and "Owner" in " ".join(b.header) and len(b.header) == 6)
    assert table.header[2] == "Perchennog / Owner"
    assert [[r.language for r in runs] for runs in table.header_runs][2] == [None, "en"]


def test_long_sentences_have_a_paragraph_in_each_language() -> None:
    notes = [b for b in BOTH if isinstance(b, Paragraph) and b.kind == "note"]
    welsh, english = [b for b in notes if "digitise 0.1.0" in inline_text(b.inlines)]
    assert inline_text(welsh.inlines).startswith("Lluniwyd") and inline_text(english.inlines).startswith("Made from 10 photos of")
    assert {i.language for i in english.inlines if isinstance(i, Run)} == {"en"}


def test_participants_words_are_as_in_a_report_of_one_language() -> None:
    one = compose_report(demo_event(languages=("cy",)))
    pairs = list(zip(spans(BOTH), spans(one), strict=True))
    assert [a.anchor for a, _ in pairs] == [b.anchor for _, b in pairs]
    ours = (WELSH.unreadable_here, WELSH.nothing_read)
    assert all(a.text == b.text for a, b in pairs if not any(words in b.text for words in ours))
    # what is said where nothing could be read is ours
    assert any(a.text == f"{WELSH.unreadable_here[:-1]} / {ENGLISH.unreadable_here[1:]}" for a, _ in pairs)


def test_no_sign_of_the_pairing_is_left_anywhere(tmp_path: Path) -> None:
    event = demo_event(languages=("cy", "en"))
    assert not any(is_paired(r.text) for r in runs_of(BOTH))
    for block in flatten(BOTH):
        assert not any("\ue0f0" <= c <= "\ue0f2" for c in repr(block)), block
        assert "\\ue0f" not in repr(block), block
    write_docx(event, pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    write_photo_docx(event, pictures=tmp_path, template=None, out=tmp_path / "p.docx")
    for name in ("r.docx", "p.docx"):
        document = docx.Document(str(tmp_path / name))
        texts = [t.text or "" for t in document.element.body.iter(qn("w:t"))] + [c.text for c in document.comments]
        assert not any("\ue0f0" <= c <= "\ue0f2" for text in texts for c in text)
        assert document.sections[0].footer.paragraphs[0].text.startswith("Tudalen / Page")
    for text in (render_markdown(BOTH), render_actions_csv(event)):
        assert not any("\ue0f0" <= c <= "\ue0f2" for c in text)


def test_captions_count_under_one_welsh_name(tmp_path: Path) -> None:
    write_docx(demo_event(languages=("cy", "en")), pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    codes = {i.text.split()[1] for i in docx.Document(str(tmp_path / "r.docx")).element.body.iter(qn("w:instrText")) if "SEQ" in i.text}
    assert codes == {"Ffigur", "Tabl"}


def test_a_reference_to_a_figure_is_one_and_reads_as_its_caption() -> None:
    links = [i for b in BOTH if isinstance(b, Paragraph) for i in b.inlines if isinstance(i, Link) and i.target.startswith("f_")]
    assert [link.text for link in links] == ["Ffigur / Figure 1"]


def test_spreads_keep_the_languages_of_their_header() -> None:
    spread = next(b for b in BOTH if isinstance(b, Spread))
    assert spread.header[0] == "Llun / Picture"
    assert [[r.language for r in runs] for runs in spread.header_runs] == [[None, "en"]] * 2


ORDER = {
    "cy": "angel Bangor cadw cyngor chwaer dal dysgu ddoe eglwys fan ffôn gardd glo ngwlad hen iaith llan Llangollen man nos pen"
    " phlant radio rhoi sir tân tŷ thema un ŵyl ysgol",
    "en": "angel Bangor cadw chwaer cyngor dal ddoe dysgu",
}


@pytest.mark.parametrize("language", ["cy", "en"])
def test_letters_of_two_signs_have_their_place(language: str) -> None:
    words = ORDER[language].split()
    shuffled = random.Random(3).sample(words, len(words))
    assert sorted(shuffled, key=lambda w: sort_key(w, language)) == words


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["Table 2", "Table 10"], "en"),
        (["bro", "bro Dyfi", "broga"], "cy"),
        (["tan", "tân", "tant"], "cy"),
        (["Ann", "ann o", "anna"], "en"),
        (["Bangor", "bara"], "cy"),
        (["angau", "ail"], "cy"),
        (["angau", "anadl"], "cy"),
    ],
)
def test_numbers_spaces_and_accents_in_order(words: list[str], language: str) -> None:
    assert sorted(reversed(words), key=lambda w: sort_key(w, language)) == words


@given(words=st.lists(st.text(max_size=12), max_size=8), language=st.sampled_from(["cy", "en"]))
def test_the_order_is_total_and_the_same_from_any_start(words: list[str], language: str) -> None:
    def key(word: str) -> object:
        return sort_key(word, language)

    once = sorted(words, key=key)  # type: ignore[arg-type]
    assert sorted(reversed(words), key=key) == once  # type: ignore[arg-type]
    assert all(sort_key(a, language) < sort_key(b, language) or a == b for a, b in pairwise(once))


def test_the_glossary_is_in_the_alphabet_of_the_report() -> None:
    glossary = {"Dinas": "x", "Ddoe": "x", "Cwm": "x", "Chwarae": "x"}
    for language, order in (("cy", ["Cwm", "Chwarae", "Dinas", "Ddoe"]), ("en", ["Chwarae", "Cwm", "Ddoe", "Dinas"])):
        event = demo_event().model_copy(update={"info": EventInfo(title="T", languages=(language,), glossary=glossary)})
        tables = [b for b in compose_report(event) if isinstance(b, Table)]
        rows = next(t.rows for t in tables if inline_text(t.rows[0][0]) in glossary)
        assert [inline_text(row[0]) for row in rows] == order


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("Erbyn: Q2 (30 Mehefin 2026)", "Due: Q2 (30 June 2026)", "Erbyn: Q2 (30 Mehefin 2026) / Due: Q2 (30 June 2026)"),
        ("30 April (30 Ebrill 2026)", "30 April (30 April 2026)", "30 April (30 Ebrill / April 2026)"),
        ("(dau)", "(two)", "(dau / two)"),
    ],
)
def test_each_language_closes_the_brackets_that_it_opened(first: str, second: str, joined: str) -> None:
    assert join_sides(pair(first, second)) == joined


def test_edits_to_check_are_told_in_both_languages() -> None:
    told = EditToCheck(id="own1", reason="conflict", note_id=EVENT.notes[1].id, about="wording", yours="Mine", now="Theirs")
    missing = OwnPassage(id="own2", base="Gone", runs=())
    event = EVENT.model_copy(update={"edits_to_check": (told,), "own_passages": (missing,)})
    blocks = compose_report(event)
    at = next(k for k, b in enumerate(blocks) if isinstance(b, Heading) and "Edits to check" in inline_text(b.inlines))
    chapter = blocks[at:]
    assert inline_text(blocks[at].inlines) == "Golygiadau i’w gwirio / Edits to check"
    assert [run.language for run in blocks[at].inlines if isinstance(run, Run)][-1] == "en"
    assert sum(isinstance(b, Paragraph) for b in chapter) == 2, "the introduction once in each language"
    table = next(b for b in chapter if isinstance(b, Table))
    rows = [[inline_text(cell) for cell in row] for row in table.rows]
    assert rows[0][0].startswith("geiriad / wording") and rows[0][1:3] == ["Mine", "Theirs"]
    assert rows[1][1] == "(tynnwyd allan / taken out)"
    remarks = [run.remark for span in spans(blocks) for run in span.runs if run.remark]
    assert len(remarks) == 1 and "Edrychwch" in remarks[0] and "Please look" in remarks[0]
    words = [inline_text(b.inlines) for b in chapter if isinstance(b, Heading | Paragraph)]
    assert not any(is_paired(text) for text in [*words, *table.header, *(c for row in rows for c in row), *remarks])
