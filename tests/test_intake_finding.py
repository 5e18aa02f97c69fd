"""Which files of a folder are photos, in which order, and what is passed over in silence."""

from __future__ import annotations

import os
import stat
import zipfile

import numpy as np
import pytest
from intake_drawing import LIMITS, assert_upright, corner_picture, encode, exif_with, wall_picture, zip_of
from PIL import Image

from digitise.config import Limits
from digitise.errors import NoInputError
from digitise.intake import decode, find_sources, mark_similar
from digitise.intake.finding import natural_key
from digitise.intake.likeness import SIMILAR_BITS, compute_dhash
from digitise.model import Photo

JPEG = encode(corner_picture())


def names(folder, **options):
    sources, problems = find_sources(folder, limits=options.pop("limits", LIMITS), **options)
    return [s.file for s in sources], [(p.file, p.reason) for p in problems]


def unlike(n):
    return encode(Image.new("RGB", (64, 64), (n, 2 * n, 0)))


def test_missing_folder(tmp_path):
    with pytest.raises(NoInputError, match="does not exist"):
        find_sources(tmp_path / "nowhere", limits=LIMITS)


def test_empty_folder(tmp_path):
    assert find_sources(tmp_path, limits=LIMITS) == ([], [])


def test_companions_are_passed_over_in_silence(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(JPEG)
    for name in (
        "._photo.jpg",
        ".DS_Store",
        "Thumbs.db",
        "thumbs.DB",
        "desktop.ini",
        ".hidden.jpg",
        "event.toml",
        "notes.txt",
        "b.md",
        "c.csv",
    ):
        (tmp_path / name).write_bytes(b"some text")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "BM.txt").write_bytes(b"BMW drivers said: ...")
    zip_of({"[Content_Types].xml": b"<x/>", "word/media/image1.jpg": JPEG}, tmp_path / "minutes.docx")
    zip_of({"[Content_Types].xml": b"<x/>", "word/media/image1.jpg": JPEG}, tmp_path / "minutes without suffix")
    for folder in ("__MACOSX", "truth", ".git"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "photo.json").write_text("{}")
    (tmp_path / "__MACOSX" / "photo.jpg").write_bytes(unlike(1))
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "clean.jpg").write_bytes(unlike(2))
    assert names(tmp_path, exclude=[tmp_path / "report"]) == (["photo.jpg"], [])
    assert names(tmp_path)[0] == ["photo.jpg", "report/clean.jpg"]


def test_content_decides_not_the_suffix(tmp_path):
    (tmp_path / "a.png").write_bytes(JPEG)
    (tmp_path / "b.txt").write_bytes(encode(corner_picture(), "PNG"))
    (tmp_path / "c").write_bytes(encode(corner_picture(), "WEBP"))
    (tmp_path / "d.jpg").write_bytes(encode(wall_picture(), "TIFF"))
    assert names(tmp_path) == (["a.png", "b.txt", "c", "d.jpg"], [])
    for source in find_sources(tmp_path, limits=LIMITS)[0]:
        decode(source, limits=LIMITS)


def test_films_and_raw_pictures(tmp_path):
    film = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 100
    raw = encode(corner_picture(), "TIFF")
    (tmp_path / "IMG_1.jpg").write_bytes(JPEG)
    (tmp_path / "IMG_1.MOV").write_bytes(film)
    (tmp_path / "IMG_1.dng").write_bytes(raw)
    assert names(tmp_path) == (["IMG_1.jpg"], [])
    (tmp_path / "IMG_2.mov").write_bytes(film)
    (tmp_path / "IMG_3.NEF").write_bytes(raw)
    _, problems = find_sources(tmp_path, limits=LIMITS)
    assert [(p.file, p.severity) for p in problems] == [("IMG_2.mov", "warning"), ("IMG_3.NEF", "error")]


def test_order_by_time_taken_then_by_natural_name(tmp_path):
    for n, name in enumerate(("IMG_10", "img_2", "IMG_1", "IMG_9")):
        (tmp_path / f"{name}.jpg").write_bytes(unlike(n + 1))
    for name, taken, subsec in (("z", "2026:01:01 10:00:00", "9"), ("y", "2026:01:01 10:00:00", "10"), ("x", "2026:01:02 00:00:00", "0")):
        (tmp_path / f"{name}.jpg").write_bytes(encode(corner_picture(), exif=exif_with(original=taken, subsec=subsec)))
    assert names(tmp_path)[0] == ["y.jpg", "z.jpg", "x.jpg", "IMG_1.jpg", "img_2.jpg", "IMG_9.jpg", "IMG_10.jpg"]


def test_natural_order_takes_any_name():
    words = ["a", "a1", "a01", "a2", "a10", "1a", "²", "٣", "9" * 5000, "", "Ŵ1"]
    assert sorted(sorted(words, key=natural_key), key=natural_key) == sorted(reversed(words), key=natural_key)


def test_byte_identical_photos_once(tmp_path):
    (tmp_path / "day 2").mkdir()
    for name in ("b.jpg", "a.jpg", "day 2/c.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    zip_of({"inner/d.jpg": JPEG}, tmp_path / "e.zip")
    (source,), problems = find_sources(tmp_path, limits=LIMITS)
    assert not problems and source.file == "a.jpg" and source.copies == ("b.jpg", "day 2/c.jpg", "e.zip/inner/d.jpg")
    assert decode(source, limits=LIMITS)[1].copies == source.copies


def test_zip_members_are_photos(tmp_path):
    pages = [Image.new("RGB", (50, 50), (i, 0, 0)) for i in range(3)]
    tiff = tmp_path / "t.tif"
    pages[0].save(tiff, save_all=True, append_images=pages[1:])
    members = {"IMG_2.jpg": JPEG, "__MACOSX/._IMG_2.jpg": b"x", "notes.txt": b"x", "scan/s.tif": tiff.read_bytes(), ".DS_Store": b"x"}
    zip_of(members, tmp_path / "day.zip")
    tiff.unlink()
    before = sorted(p.name for p in tmp_path.iterdir())
    sources, problems = find_sources(tmp_path, limits=LIMITS)
    assert not problems
    assert [s.file for s in sources] == ["day.zip/IMG_2.jpg", *(f"day.zip/scan/s.tif, page {n}" for n in (1, 2, 3))]
    assert sources[0].members == ("IMG_2.jpg",)
    rgb, _ = decode(sources[0], limits=LIMITS)
    assert_upright(rgb)
    assert int(decode(sources[3], limits=LIMITS)[0][5, 5, 0]) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == before, "nothing is unpacked to disk"


def test_single_files(tmp_path):
    (tmp_path / "a.jpg").write_bytes(JPEG)
    assert names(tmp_path / "a.jpg") == (["a.jpg"], [])
    assert names(zip_of({"b.jpg": JPEG}, tmp_path / "z.zip")) == (["z.zip/b.jpg"], [])
    (tmp_path / "notes.txt").write_text("hello")
    assert names(tmp_path / "notes.txt") == ([], [("notes.txt", "it is not a picture")]), "asked for by name: no silence"


def test_unicode_names(tmp_path):
    (tmp_path / "Clawdd yr w\u0302yl ☀ 照片.jpg").write_bytes(JPEG)
    assert names(tmp_path)[0] == ["Clawdd yr ŵyl ☀ 照片.jpg"], "accents composed, as people type them"
    # macOS writes UTF-8 into ZIPs without saying so
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        info = zipfile.ZipInfo("ŵyl.jpg".encode().decode("cp437"))
        archive.writestr(info, unlike(3))
    data = (tmp_path / "z.zip").read_bytes()
    raw = "ŵyl.jpg".encode().decode("cp437").encode()
    data = data.replace(raw, "ŵyl.jpg".encode().ljust(len(raw), b"_")).replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    (tmp_path / "z.zip").write_bytes(data)
    assert any(name.startswith("z.zip/ŵyl") for name in names(tmp_path)[0])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_no_text(tmp_path):
    with open(os.fsencode(tmp_path) + b"/\xff\xfe.jpg", "wb") as f:  # noqa: PTH123
        f.write(JPEG)
    (tmp_path / "bell\a.jpg").write_bytes(unlike(1))
    found, problems = names(tmp_path)
    assert found == ["bell�.jpg"]
    assert problems == [("??.jpg", "its name holds characters that cannot be read")]


def test_links(tmp_path):
    event = tmp_path / "event"
    (event / "sub").mkdir(parents=True)
    (event / "sub" / "a.jpg").write_bytes(JPEG)
    (event / "sub" / "up").symlink_to(event)
    (event / "again").symlink_to(event / "sub")
    (event / "self.jpg").symlink_to(event / "self.jpg")
    (event / "dangling.jpg").symlink_to(tmp_path / "nothing.jpg")
    (event / "dangling.txt").symlink_to(tmp_path / "nothing.txt")
    found, problems = names(event)
    assert len(found) == 1
    assert [file for file, _ in problems] == ["dangling.jpg", "self.jpg"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    assert names(tmp_path) == ([], [("a.jpg", "it is not an ordinary file")])


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "a.jpg").chmod(0)
    assert names(tmp_path) == ([], [("a.jpg", "you are not allowed to read this file")])
    (tmp_path / "a.jpg").chmod(stat.S_IRUSR)


def test_limit_of_photos(tmp_path):
    for n in range(4):
        (tmp_path / f"{n}.jpg").write_bytes(unlike(n))
    sources, (problem,) = find_sources(tmp_path, limits=Limits(photos=3))
    assert [s.file for s in sources] == ["0.jpg", "1.jpg", "2.jpg"] and "limits.photos in event.toml" in problem.remedy


def photo(name, image):
    rgb = np.asarray(image)
    return Photo(id=name, file=name, sha256=name, width_px=rgb.shape[1], height_px=rgb.shape[0], dhash=compute_dhash(rgb))


def test_near_copies_are_marked_and_others_are_not():
    walls = [wall_picture(seed) for seed in range(8)]
    first = walls[0]
    again = [first.resize((400, 300)), first.crop((8, 6, 792, 594)), first.point(lambda v: min(255, int(v * 1.1)))]
    photos = [photo(f"wall{n}", wall) for n, wall in enumerate(walls)] + [photo(f"again{n}", image) for n, image in enumerate(again)]
    marked = mark_similar(photos)
    assert [p.similar_to for p in marked] == [None] * 8 + ["wall0"] * 3
    assert [p.id for p in marked] == [p.id for p in photos]


def test_pages_of_one_file_are_never_similar():
    page = photo("p", wall_picture())
    assert [p.similar_to for p in mark_similar([page, page.model_copy(update={"id": "p-2", "page": 1})])] == [None, None]
    assert 0 < SIMILAR_BITS < 13
