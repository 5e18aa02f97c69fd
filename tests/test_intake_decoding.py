"""Pixels come out as the photographer saw them, whatever the format, turn, depth and colours of the file."""

from __future__ import annotations

import hashlib
import io
import pickle
from datetime import datetime

import numpy as np
import pillow_heif
import pytest
from intake_drawing import (
    CORNERS,
    LIMITS,
    ORIENTATION,
    assert_upright,
    corner_picture,
    decode_only,
    encode,
    exif_with,
    wall_picture,
    zip_of,
)
from PIL import Image, ImageCms, ImageOps

from digitise.errors import PhotoError
from digitise.intake import decode, find_sources, read_encoded
from digitise.model import Photo

SUFFIX = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "HEIF": "heic"}
INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


pillow_heif.register_heif_opener()  # so that Pillow writes HEIC here; intake itself never asks Pillow which formats it knows


def stored_turned(orientation):
    """corner_picture as a sensor held that way stores it: turned by its EXIF it is upright."""
    exif = Image.Exif()
    exif[ORIENTATION] = INVERSE[orientation]
    image = corner_picture()
    image.info["exif"] = exif.tobytes()
    image.getexif()[ORIENTATION] = INVERSE[orientation]
    turned = ImageOps.exif_transpose(image)
    turned.info.clear()
    return turned


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_turn_is_undone(tmp_path, kind, orientation):
    path = tmp_path / f"a.{SUFFIX[kind]}"
    image = Image.fromarray(np.asarray(stored_turned(orientation)))
    path.write_bytes(encode(image, kind, exif=exif_with(orientation=orientation)))
    rgb, photo = decode_only(path)
    assert rgb.shape == (80, 120, 3) and rgb.dtype == np.uint8 and rgb.flags.c_contiguous
    assert (photo.width_px, photo.height_px) == (120, 80)
    assert_upright(rgb)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_that_libheif_turned_is_not_turned_twice(tmp_path, orientation):
    image = Image.fromarray(np.asarray(stored_turned(orientation)))
    path = tmp_path / "a.heic"
    exif = exif_with(orientation=orientation, original="2026:03:14 10:00:00")
    path.write_bytes(encode(image, "HEIF", quality=90, exif=exif.tobytes()))
    assert (b"irot" in path.read_bytes() or b"imir" in path.read_bytes()) == (orientation > 1), "the file asks libheif to turn it"
    rgb, photo = decode_only(path)
    assert rgb.shape == (80, 120, 3)
    assert_upright(rgb, tolerance=40)
    assert photo.taken == datetime(2026, 3, 14, 10)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_time_taken_with_its_fraction(tmp_path, kind):
    path = tmp_path / f"a.{SUFFIX[kind]}"
    exif = exif_with(date_time="2020:01:01 00:00:00", original="2026:03:14 10:11:12", subsec="25")
    path.write_bytes(encode(corner_picture(), kind, exif=exif))
    # Pillow writes no EXIF block of its own into a TIFF, only the plain DateTime
    expected = datetime(2020, 1, 1) if kind == "TIFF" else datetime(2026, 3, 14, 10, 11, 12, 250000)
    assert find_sources(path, limits=LIMITS)[0][0].taken == expected


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "2026:13:45 99:00:00", "yesterday", "\0\0\0", "    :  :     :  :  "])
def test_an_illegal_date_counts_as_none(tmp_path, date):
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(corner_picture(), exif=exif_with(original=date)))
    assert decode_only(path)[1].taken is None


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_illegal_turn_is_no_turn(tmp_path, orientation):
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(corner_picture(), exif=exif_with(orientation=orientation)))
    assert_upright(decode_only(path)[0])


def test_illegal_and_huge_exif_do_not_cost_the_photo(tmp_path):
    for name, block in {
        "garbage": b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x81" * 500,
        "huge": b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\1" * 65000,
    }.items():
        (tmp_path / f"{name}.jpg").write_bytes(encode(corner_picture(), exif=block))
    (tmp_path / "png.png").write_bytes(encode(corner_picture(), "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\2" * 3_000_000))
    sources, problems = find_sources(tmp_path, limits=LIMITS)
    assert len(sources) == 3 and not problems
    for source in sources:
        assert_upright(decode(source, limits=LIMITS)[0])


def colour_files():
    rgb = corner_picture()
    deep = (np.asarray(rgb.convert("L")).astype(np.uint16) * 257).astype(np.uint16)
    rgba = rgb.convert("RGBA")
    return {
        "cmyk.jpg": encode(rgb.convert("CMYK"), quality=95),
        "palette.png": encode(rgb.quantize(16), "PNG"),
        "palette.gif": encode(rgb.quantize(16), "GIF"),
        "plain.bmp": encode(rgb, "BMP"),
        "alpha.png": encode(rgba, "PNG"),
        "cmyk.tif": encode(rgb.convert("CMYK"), "TIFF"),
        "lab.tif": encode(
            ImageCms.profileToProfile(rgb, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"), "TIFF"
        ),
        "grey16.png": encode(Image.fromarray(deep), "PNG"),
        "grey16.tif": encode(Image.fromarray(deep), "TIFF"),
        "grey32.tif": encode(Image.fromarray(deep.astype(np.int32)), "TIFF"),
        "float.tif": encode(Image.fromarray(deep.astype(np.float32) / 65535), "TIFF"),
        "grey.png": encode(rgb.convert("L"), "PNG"),
        "la.png": encode(rgb.convert("LA"), "PNG"),
    }


@pytest.mark.parametrize("name", colour_files())
def test_every_colour_mode(tmp_path, name):
    (tmp_path / name).write_bytes(colour_files()[name])
    rgb, _ = decode_only(tmp_path / name)
    assert rgb.shape == (80, 120, 3) and rgb.dtype == np.uint8
    if "grey" in name or name.startswith(("la.", "float")):
        expected = np.asarray(corner_picture().convert("L").convert("RGB")).astype(int)
        # 32-bit grey without a stated range: up to 65535 is 16 bits, whatever its brightest spot
        assert np.abs(rgb.astype(int) - expected).max() <= (1 if not name.startswith(("grey32", "float")) else 2)
    else:
        assert_upright(rgb, tolerance=45)


def test_16_bit_colour_keeps_its_scale(tmp_path):
    cv2 = pytest.importorskip("cv2")
    deep = np.asarray(corner_picture()).astype(np.uint16) * 257
    assert cv2.imwrite(str(tmp_path / "a.png"), deep[:, :, ::-1])
    assert_upright(decode_only(tmp_path / "a.png")[0], tolerance=1)


def test_one_bit_and_12_bit(tmp_path):
    black_white = corner_picture().convert("L").point(lambda v: 255 if v > 200 else 0).convert("1")
    (tmp_path / "a.tif").write_bytes(encode(black_white, "TIFF", compression="group4"))
    rgb, _ = decode_only(tmp_path / "a.tif")
    assert set(np.unique(rgb)) == {0, 255} and rgb[60, 20, 0] == 255 and rgb[20, 20, 0] == 0


def test_transparent_parts_lie_on_white(tmp_path):
    picture = corner_picture().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    (tmp_path / "a.png").write_bytes(encode(picture, "PNG"))
    assert decode_only(tmp_path / "a.png")[0].min() == 255
    keyed = corner_picture()
    (tmp_path / "b.png").write_bytes(encode(keyed, "PNG", transparency=CORNERS[0]))
    rgb = decode_only(tmp_path / "b.png")[0]
    assert tuple(rgb[20, 30]) == (255, 255, 255) and tuple(rgb[20, 90]) == CORNERS[1]


def test_colour_profile_becomes_srgb_and_a_broken_one_is_ignored(tmp_path):
    # a profile whose red and blue are swapped, made of sRGB by exchanging two tags, shows that it is applied
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    swapped = bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be")).replace(b"sRGB built-in", b"test built-in")
    (tmp_path / "a.png").write_bytes(encode(corner_picture(), "PNG", icc_profile=swapped))
    rgb, _ = decode_only(tmp_path / "a.png")
    assert rgb[20, 30, 2] > 150 > rgb[20, 30, 0], "red is blue in that profile"
    for name, broken in {"b": b"no profile", "c": swapped[:200], "d": b"\0" * 4000}.items():
        (tmp_path / f"{name}.png").write_bytes(encode(corner_picture(), "PNG", icc_profile=broken))
        assert_upright(decode_only(tmp_path / f"{name}.png")[0], tolerance=1)


def test_pages_of_a_tiff(tmp_path):
    pages = [Image.new("RGB", (60, 40 + i), (20 * i, 0, 0)) for i in range(10)]
    pages[0].save(tmp_path / "scan.tiff", save_all=True, append_images=pages[1:])
    sources, _ = find_sources(tmp_path, limits=LIMITS)
    assert [s.file for s in sources] == [f"scan.tiff, page {n}" for n in range(1, 11)]
    decoded = [decode(s, limits=LIMITS) for s in sources]
    assert [int(rgb[5, 5, 0]) for rgb, _ in decoded] == [20 * i for i in range(10)]
    assert [rgb.shape[0] for rgb, _ in decoded] == [40 + i for i in range(10)]
    assert len({photo.id for _, photo in decoded}) == 10 and decoded[3][1].id.endswith("-4")


def test_thumbnail_page_of_a_tiff_is_no_photo(tmp_path):
    pages = [corner_picture(), corner_picture(40, 40)]
    pages[1].encoderinfo = {"tiffinfo": {254: 1}}
    pages[0].save(tmp_path / "a.tif", "TIFF", save_all=True, append_images=[pages[1]])
    with Image.open(tmp_path / "a.tif") as written:
        written.seek(1)
        assert written.tag_v2[254] == 1
    sources, _ = find_sources(tmp_path, limits=LIMITS)
    assert [s.file for s in sources] == ["a.tif"]


def test_scanned_pdf_keeps_its_own_pixels(tmp_path):
    picture = wall_picture(3, 900, 700)
    picture.save(tmp_path / "scan.pdf", resolution=150.0, quality=95)
    rgb, photo = decode_only(tmp_path / "scan.pdf")
    assert abs(photo.width_px - 900) <= 1 and abs(photo.height_px - 700) <= 1
    assert np.abs(rgb[:700, :900].astype(int) - np.asarray(picture).astype(int)[: rgb.shape[0], : rgb.shape[1]]).mean() < 4


def test_pdf_of_several_pages_and_a_drawn_page(tmp_path):
    pikepdf = pytest.importorskip("pikepdf")
    pdf = pikepdf.new()
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"1 0 0 rg 0 0 100 100 re f")
    pdf.save(tmp_path / "drawn.pdf")
    sources, problems = find_sources(tmp_path, limits=LIMITS)
    assert not problems and [s.page for s in sources] == [0, 1] and [s.pages for s in sources] == [2, 2]
    rgb, photo = decode(sources[1], limits=LIMITS)
    assert abs(photo.width_px - 595 / 72 * 300) <= 2 and photo.file == "drawn.pdf, page 2"
    assert tuple(rgb[-50, 50]) == (255, 0, 0) and tuple(rgb[50, -50]) == (255, 255, 255)


def test_input_is_not_changed_and_everything_pickles(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(wall_picture(), exif=exif_with(orientation=6)))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    rgb, photo = decode(pickle.loads(pickle.dumps(source)), limits=LIMITS)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before == source.sha256
    assert isinstance(photo, Photo) and pickle.loads(pickle.dumps(photo)) == photo
    assert photo.id == before[:16] and rgb.shape[:2] == (photo.height_px, photo.width_px) == (800, 600)


@pytest.mark.parametrize("kind", ["file", "member", "pages"])
def test_what_was_changed_since_it_was_found_is_not_read_under_the_old_hash(tmp_path, kind):
    before, after = (encode(wall_picture(seed)) for seed in (1, 2))
    path = tmp_path / ("a.zip" if kind == "member" else "a.tif" if kind == "pages" else "a.jpg")

    def write(data):
        if kind == "member":
            zip_of({"day/a.jpg": data}, path)
        elif kind == "pages":
            picture = Image.open(io.BytesIO(data))
            picture.save(path, "TIFF", save_all=True, append_images=[picture.rotate(90)])
        else:
            path.write_bytes(data)

    write(before)
    source = find_sources(path, limits=LIMITS)[0][-1]
    assert decode(source, limits=LIMITS)[1].sha256 == hashlib.sha256(read_encoded(source, limits=LIMITS)).hexdigest()
    for data in (after, b"no picture at all"):
        write(data) if data == after or kind == "member" else path.write_bytes(data)
        for read in (decode, read_encoded):
            with pytest.raises(PhotoError, match="was changed while it was read"):
                read(source, limits=LIMITS)
