"""The first glance at a photo: what is wrong with it, and the small picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from digitise import api
from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.glances import Glance, glance_at, look_into

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

LINES = (
    "Older people do not see anyone",
    "from Friday to Monday",
    "New parents feel cut off once",
    "the midwife stops calling",
    "Nobody knows what is on",
)


def draw_sheet(*, ink: tuple[int, int, int] = (20, 30, 90), paper: tuple[int, int, int] = (236, 234, 228)) -> Image.Image:
    """A sheet with five lines, on a wall, all of it in the picture."""
    picture = Image.new("RGB", (1600, 1200), (150, 140, 125))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(80)
    pen.rectangle((120, 90, 1480, 1110), fill=paper)
    for i, line in enumerate(LINES):
        pen.text((180, 150 + i * 180), line, fill=ink, font=font)
    return picture


def glance(picture: Image.Image, folder: Path, **saving: object) -> Glance:
    path = folder / "photo.jpg"
    picture.save(path, "JPEG", quality=90, **saving)
    (source,) = look_into(path, "photo.jpg", Limits()).sources
    return glance_at(source, limits=Limits(), thumbnail=folder / "small.jpg")


@pytest.mark.parametrize("board", [False, True])
def test_a_good_photo_has_no_verdict(tmp_path: Path, board: bool) -> None:
    sheet = draw_sheet(ink=(240, 240, 240), paper=(30, 50, 40)) if board else draw_sheet()
    assert glance(sheet, tmp_path).verdicts == ()


@pytest.mark.parametrize(("box", "code"), [((0, 0, 900, 1200), "cut_off_right"), ((420, 0, 1600, 1200), "cut_off_left")])
def test_writing_that_runs_over_the_edge_is_cut_off(tmp_path: Path, box: tuple[int, int, int, int], code: str) -> None:
    assert glance(draw_sheet().crop(box), tmp_path).verdicts == (code,)


def test_a_sheet_that_touches_the_edge_with_all_its_writing_is_not_cut_off(tmp_path: Path) -> None:
    assert glance(draw_sheet().crop((150, 100, 1450, 1100)), tmp_path).verdicts == ()


def test_letters_of_a_copy_from_a_chat_are_too_small(tmp_path: Path) -> None:
    assert "small_letters" in glance(draw_sheet().resize((240, 180)), tmp_path).verdicts


def test_blurred_and_dark_photos_are_told(tmp_path: Path) -> None:
    assert "blurred" in glance(draw_sheet().filter(ImageFilter.GaussianBlur(8)), tmp_path).verdicts
    assert "dark" in glance(draw_sheet().point(lambda v: v // 6), tmp_path).verdicts


def test_the_small_picture_is_small_and_says_nothing_of_where_it_was_taken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Jo's kitchen"
    exif[0x0112] = 6
    found = glance(draw_sheet(), tmp_path, exif=exif)
    small = Image.open(tmp_path / "small.jpg")
    assert small.size == (360, 480) and not small.getexif() and b"kitchen" not in (tmp_path / "small.jpg").read_bytes()
    assert (found.width_px, found.height_px) == (1200, 1600)


def test_a_damaged_photo_is_a_photo_error_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    draw_sheet().save(path)
    path.write_bytes(path.read_bytes()[:3000])
    (source,) = look_into(path, "photo.jpg", Limits()).sources
    with pytest.raises(PhotoError):
        glance_at(source, limits=Limits(), thumbnail=tmp_path / "small.jpg")
    assert not (tmp_path / "small.jpg").exists()


def test_names_of_pages_and_members_go_by_the_name_that_people_know(tmp_path: Path) -> None:
    pages = [draw_sheet().resize((400, 300)), draw_sheet().rotate(90).resize((400, 300))]
    pages[0].save(tmp_path / "0001.pdf", save_all=True, append_images=pages[1:])
    look = look_into(tmp_path / "0001.pdf", "Ann's scan.pdf", Limits())
    assert [source.file for source in look.sources] == ["Ann's scan.pdf, page 1", "Ann's scan.pdf, page 2"]


def test_processes_share_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.piecework.count_cores", lambda: 8)
    monkeypatch.setattr("digitise.piecework.free_memory_mib", lambda: 4000)
    assert api.share_machine(None) == api.Share(jobs=2, threads=4, memory_mib=4000)
    monkeypatch.setattr("digitise.piecework.free_memory_mib", lambda: 100)
    share = api.share_machine(None)
    assert share.jobs == 1 and share.memory_mib >= api.cost_of_reading(12) + api.cost_of_glance(12)
    assert api.cost_of_reading(150) > api.cost_of_reading(33)


def test_a_glance_does_not_change_with_what_was_looked_at_before(tmp_path: Path) -> None:
    first = glance(draw_sheet(), tmp_path)
    glance(Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)), tmp_path)
    assert glance(draw_sheet(), tmp_path) == first
