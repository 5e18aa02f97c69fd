"""What a speech bubble says is printed with the name at its tail, once, in the name's own words; corrections find both notes."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from report_demo import BOX, make_note, make_photo

from digitise.arranging import arrange
from digitise.config import Config
from digitise.corrections import Corrections
from digitise.model import Accounting, Event, EventInfo, Note
from digitise.pipeline import correct_event
from digitise.report import compose_report, write_docx
from digitise.report.blocks import Bullet, Paragraph, flatten, inline_text, spans
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_reading import read_docx

PHOTO = make_photo(1, "a.jpg")


def event_of(*notes: Note) -> Event:
    arrangement = arrange(notes, (PHOTO,), Config())
    fates = [p.fate for p in arrangement.placements]
    return Event(
        generator="digitise",
        info=EventInfo(title="T"),
        photos=(PHOTO,),
        surfaces=(),
        notes=notes,
        arrangement=arrangement,
        accounting=Accounting(
            seen=len(notes),
            reported=fates.count("reported"),
            duplicates=fates.count("duplicate"),
            unreadable=fates.count("unreadable"),
            set_aside=0,
        ),
    )


def said(name: str = "Gwen") -> Event:
    heading = make_note(PHOTO.id, 0, "What people said", role="heading")
    speaker = make_note(PHOTO.id, 2, name, role="label", under=heading.id)
    bubble = make_note(PHOTO.id, 1, "I cannot get home at night", role="quote", container="bubble", under=heading.id, said_by=speaker.id)
    other = make_note(PHOTO.id, 3, "The drop-in saved my life", role="quote", container="bubble", under=heading.id)
    return event_of(heading, bubble, speaker, other)


def quotes(event: Event) -> list[str]:
    return [inline_text(b.inlines) for b in flatten(compose_report(event)) if isinstance(b, Paragraph) and b.kind == "quote"]


def test_a_saying_is_printed_with_its_speaker() -> None:
    event = said()
    assert quotes(event) == ["“I cannot get home at night” – Gwen\u00a0[1]", "“The drop-in saved my life”\u00a0[1]"]
    printed = [s.text for s in spans(flatten(compose_report(event))) if s.anchor.startswith("n_")]
    assert printed.count("Gwen") == 1
    record = [inline_text(b.inlines) for b in flatten(compose_report(event)) if isinstance(b, Bullet) and "Gwen" in inline_text(b.inlines)]
    assert record == ["Gwen →\u00a0quote"]


def test_a_name_in_capitals_stays_as_it_was_written() -> None:
    assert quotes(said("TOM REES"))[0] == "“I cannot get home at night” – TOM REES\u00a0[1]"


def said_twice(*names: str) -> Event:
    """The same saying in two bubbles of one sheet, of which the first ones have a name at their tail."""
    heading = make_note(PHOTO.id, 0, "What people said", role="heading")
    labels = [make_note(PHOTO.id, 2 * k + 2, name, role="label", under=heading.id) for k, name in enumerate(names)]
    bubbles = [
        make_note(
            PHOTO.id,
            2 * k + 1,
            "I cannot get home at night",
            role="quote",
            container="bubble",
            under=heading.id,
            outline=[(x + 400 * k, y) for x, y in BOX],
            said_by=labels[k].id if k < len(labels) else None,
        )
        for k in range(2)
    ]
    return event_of(heading, *labels, *bubbles)


@pytest.mark.parametrize(
    ("names", "printed"), [(("Gwen", "Tomos"), " – Gwen, Tomos"), (("Gwen", "Gwen"), " – Gwen"), (("Gwen",), ""), ((), "")]
)
def test_what_is_said_twice_has_all_its_speakers_or_none(names: tuple[str, ...], printed: str) -> None:
    event = said_twice(*names)
    assert [p.fate for p in event.arrangement.placements].count("duplicate") == 1
    assert quotes(event) == [f"“I cannot get home at night”{printed} (said 2 times)\u00a0[1]"]
    assert not [b for b in flatten(compose_report(event)) if isinstance(b, Bullet) and b.kind == "point"]


@pytest.mark.parametrize("more", [{"legible": "no"}, {"role": "label", "text": ""}])
def test_a_name_that_could_not_be_read_is_left_out(more: dict[str, object]) -> None:
    event = said()
    notes = [n.model_copy(update=more) if n.text == "Gwen" else n for n in event.notes]
    assert quotes(event_of(*notes))[0] == "“I cannot get home at night”\u00a0[1]"


def test_a_name_put_right_in_word_comes_back_as_that_notes_words(tmp_path: Path) -> None:
    event, report = said(), tmp_path / "report.docx"
    write_docx(event, pictures=tmp_path, template=None, out=report)
    base = make_base(read_docx(report), event, Corrections())
    assert not find_changes(base, read_docx(report), origin="o").edits
    document = docx.Document(str(report))
    run = next(r for p in document.paragraphs if "home at night” – Gwen" in p.text for r in p.runs if r.text == "Gwen")
    run.text = "Gwenllian"
    document.save(str(report))
    changes = find_changes(base, read_docx(report), origin="o")
    assert not changes.unmerged
    mended = correct_event(event, Corrections(edits=changes.edits, notes=changes.remembered), Config())
    assert [n.text for n in mended.notes] == ["What people said", "I cannot get home at night", "Gwenllian", "The drop-in saved my life"]
    assert quotes(mended)[0] == "“I cannot get home at night” – Gwenllian\u00a0[1]"
