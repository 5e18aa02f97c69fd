"""What a writer crossed out is in no text, tears no sentence, makes no note of its own, and stays on record in the note where it stood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from test_layout_notes import notes_of, sticky, write

from digitise import api
from digitise.model import Line, Note, PhotoResult


def strike(line: Line, *texts: str) -> Line:
    """The line as reading gives it when some of its words are crossed out."""
    return line.model_copy(
        update={
            "words": tuple(w for w in line.words if w.text not in texts),
            "struck_out": tuple(w for w in line.words if w.text in texts),
        }
    )


def struck_out(note: Note) -> list[str]:
    return [w.text for line in note.lines for w in line.struck_out]


@pytest.mark.parametrize("angle", [0, 90, 8])
def test_a_crossed_out_word_does_not_tear_its_sentence(angle: float) -> None:
    lines = [
        write("People come first and the second", 300, 300, angle=angle),
        strike(write("point is make the Council Borough listen", 300, 345, angle=angle), "Council", "Borough"),
        write("to them when they plan anything", 300, 390, angle=angle),
    ]
    (note,) = notes_of(lines)
    assert note.text == "People come first and the second\npoint is make the listen\nto them when they plan anything"
    assert [w.text for w in note.lines[1].struck_out] == ["Council", "Borough"]
    assert note.lines[1].raw == "point is make the Council Borough listen"


def test_columns_stay_apart_beside_a_crossed_out_word() -> None:
    left, right = write("more Council benches", 200, 300), write("fewer cars", 900, 300)
    whole = left.model_copy(
        update={"words": (*left.words, *right.words), "quad": (left.quad[0], right.quad[1], right.quad[2], left.quad[3])}
    )
    notes = notes_of([strike(whole, "Council")])
    assert [(n.text, struck_out(n)) for n in notes] == [("more benches", ["Council"]), ("fewer cars", [])]


def test_words_crossed_out_on_a_sticky_stay_with_it() -> None:
    a, b = write("Better Cheaper buses", 210, 300, height=30), write("Safe streets", 610, 300, height=30)
    across = a.model_copy(update={"words": (*a.words, *b.words), "quad": (a.quad[0], b.quad[1], b.quad[2], a.quad[3])})
    notes = notes_of([strike(across, "Cheaper")], [sticky(200, 200, 380), sticky(600, 200)])
    assert {n.text: struck_out(n) for n in notes} == {"Better buses": ["Cheaper"], "Safe streets": []}


def test_a_line_crossed_out_as_a_whole_is_no_note_but_on_record() -> None:
    lines = [
        write("We need better buses at night", 300, 300),
        strike(write("and cheaper taxis", 300, 345), "and", "cheaper", "taxis"),
        write("OTHER THINGS", 300, 900),
    ]
    notes = notes_of(lines)
    assert [(n.text, n.legible, struck_out(n)) for n in notes] == [
        ("We need better buses at night", "full", ["and", "cheaper", "taxis"]),
        ("OTHER THINGS", "full", []),
    ]


def test_a_sticky_crossed_out_as_a_whole_is_a_sticky_without_text() -> None:
    line = strike(write("Forget it", 250, 300), "Forget", "it")
    (note,) = notes_of([line], [sticky(200, 200)])
    assert (note.text, note.legible, note.container) == ("", "no", "sticky")
    assert note.lines == (line,)


@pytest.mark.slow
def test_a_crossed_out_word_from_photo_to_note(tmp_path: Path) -> None:
    font = ImageFont.truetype("DejaVuSans.ttf", 54)
    picture = Image.fromarray(np.full((700, 1500, 3), 250, np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.text((80, 190), "We want the council to make", fill="#222233", font=font)
    pen.text((80, 260), "much slower better buses at night", fill="#222233", font=font)
    pen.text((80, 520), "Second point", fill="#222233", font=font)
    x0, x1 = (80 + font.getlength(before) for before in ("much ", "much slower"))
    pen.line((x0 - 4, 296, x1 + 4, 298), fill="#222233", width=4)
    picture.save(tmp_path / "a.png")
    (result,) = api.read_photos([tmp_path / "a.png"], jobs=0, threads=2)
    assert isinstance(result, PhotoResult)
    note = result.notes[0]
    assert note.text == "We want the council to make\nmuch better buses at night"
    (out,) = note.lines[1].struck_out
    assert x0 - 30 < out.quad[0][0] < out.quad[1][0] < x1 + 30
