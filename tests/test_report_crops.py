"""Pictures in the report: crops of notes under the names by which the pipeline writes them, sizes, resolution and weight."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from report_demo import demo_event, make_note, make_photo, make_surface

import digitise
from digitise.crops import crop_name, cut_note
from digitise.model import Accounting, Arrangement, Line, Note, Placement, Word
from digitise.report import write_docx, write_photo_docx
from digitise.report.pictures import PRINT_DPI, fit_picture


def test_one_function_names_crops() -> None:
    modules = [p for p in Path(digitise.__file__).parent.rglob("*.py") if re.search(r"note-\{.*\}\.jpg", p.read_text(encoding="utf-8"))]
    assert [p.name for p in modules] == ["crops.py"]
    assert crop_name("ab12-3") == "note-ab12-3.jpg"


def line_note(width: int, height: int, **more: object) -> Note:
    """One line of writing at 100, 100."""
    quad = ((100.0, 100.0), (100.0 + width, 100.0), (100.0 + width, 100.0 + height), (100.0, 100.0 + height))
    line = Line(words=(Word(text="x", confidence=1, quad=quad),), raw="x", confidence=1, quad=quad)
    return Note.model_validate({"id": "a", "photo_id": "p", "outline": quad, "text": "x", "lines": (line,), **more})


def test_a_long_line_is_cut_out_without_its_neighbours() -> None:
    rgb = np.zeros((400, 1200, 3), np.uint8)
    rgb[150:180] = 255  # the next line, 20 px below one of 30 px
    assert not cut_note(rgb, line_note(800, 30)).any()
    assert cut_note(rgb, line_note(800, 30)).shape == (61, 831, 3), "half a line's height round it"
    sticky = cut_note(rgb, line_note(200, 200, container="sticky"))
    assert sticky.shape == (233, 233, 3), "a sticky is shown with its edge"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=st.integers(20, 3000), height=st.integers(20, 2000), cm=st.sampled_from([(5.2, 2.4), (16.0, 8.2), (24.7, 12.2)]))
def test_pictures_have_200_dots_per_inch_as_printed_or_what_there_is(
    tmp_path: Path, width: int, height: int, cm: tuple[float, float]
) -> None:
    Image.new("RGB", (width, height), "white").save(tmp_path / "p.jpg")
    fitted = fit_picture(tmp_path / "p.jpg", max_width_cm=cm[0], max_height_cm=cm[1])
    assert fitted is not None
    data, (printed_width, printed_height) = fitted
    assert printed_width <= cm[0] + 1e-9 and printed_height <= cm[1] + 1e-9
    assert printed_width / printed_height == pytest.approx(width / height)
    for have, px, printed in zip(Image.open(io.BytesIO(data)).size, (width, height), (printed_width, printed_height), strict=True):
        assert abs(have - max(1, min(px, printed / 2.54 * PRINT_DPI))) <= 0.51
        assert px / (printed / 2.54) >= 99.9, "never enlarged beyond 100 dots per inch"


@pytest.mark.slow
def test_a_report_of_sixty_photos_can_be_sent_by_e_mail(tmp_path: Path) -> None:
    """Sheets with the grain of paper and writing all over, which JPEG makes larger than clean ones: 4 and 8 MB. Sixty real photos of
    walls and murals made 8 MB each."""
    rng = np.random.default_rng(3)
    photos = [make_photo(k, f"IMG_{k}.jpg") for k in range(60)]
    surfaces = [make_surface(photo, 1, (1800, 2400)) for photo in photos]
    notes, placements = [], []
    for photo, surface in zip(photos, surfaces, strict=True):
        grain = rng.normal(235, 4, (2400, 1800, 1)).repeat(3, 2)
        for k in range(12):
            top = 120 + 180 * k
            grain[top : top + 60, 200:1600] -= (rng.random((60, 1400, 1)) > 0.6) * 150
            note = make_note(photo.id, k, f"{{Point|Paint}} {k} of photo {photo.file} about the bus to town", surface_id=surface.id)
            notes.append(note)
            placements.append(Placement(note_id=note.id, kind="problem"))
            Image.fromarray(np.clip(grain[top : top + 60], 0, 255).astype(np.uint8)).save(tmp_path / crop_name(note.id))
        Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)).save(tmp_path / surface.picture, quality=92)
    accounting = Accounting(seen=len(notes), reported=len(notes), duplicates=0, unreadable=0, set_aside=0)
    arrangement = Arrangement(placements=tuple(placements), sections=(), actions=())
    update = {
        "photos": tuple(photos),
        "surfaces": tuple(surfaces),
        "notes": tuple(notes),
        "arrangement": arrangement,
        "accounting": accounting,
    }
    event = demo_event().model_copy(update=update)
    write_docx(event, pictures=tmp_path, template=None, out=tmp_path / "report.docx")
    write_photo_docx(event, pictures=tmp_path, template=None, out=tmp_path / "photo-report.docx")
    sizes = [(tmp_path / name).stat().st_size for name in ("report.docx", "photo-report.docx")]
    assert max(sizes) < 25_000_000, sizes
