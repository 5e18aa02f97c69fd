"""Damaged, huge and malicious files: each becomes a Problem or PhotoError with a remedy, the others go on, nothing else is ever raised."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from datetime import timedelta
from functools import cache

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_drawing import LIMITS, corner_picture, encode, exif_with, wall_picture, zip_of
from PIL import Image

from digitise.config import Limits
from digitise.errors import ExitCode, PhotoError
from digitise.intake import decode, find_sources
from digitise.model import Source

pillow_heif.register_heif_opener()
JPEG = encode(corner_picture())


def refusal(path, limits=LIMITS):
    """Reason and remedy with which the only file at `path` is refused, by whichever step sees it first."""
    sources, problems = find_sources(path, limits=limits)
    if not problems:
        (source,) = sources
        with pytest.raises(PhotoError) as caught:
            decode(source, limits=limits)
        assert caught.value.exit_code == ExitCode.PARTIAL and caught.value.subject == source.file
        return f"{caught.value.reason}. {caught.value.remedy}"
    (problem,) = problems
    assert not sources and problem.remedy and problem.severity == "error"
    return f"{problem.reason}. {problem.remedy}"


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + pixels + png_chunk(b"IEND", b"")


def test_empty_file_and_text_renamed(tmp_path):
    (tmp_path / "a.jpg").touch()
    assert "empty" in refusal(tmp_path)
    (tmp_path / "a.jpg").write_text("Dear all,\nplease find attached")
    assert "not a picture although its name ends in .jpg" in refusal(tmp_path)


def test_cut_off_jpeg_is_refused_and_the_rest_goes_on(tmp_path):
    whole = encode(wall_picture(), quality=90)
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    assert "cut off" in refusal(tmp_path / "a.jpg") and "from the phone" in refusal(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(JPEG)
    (tmp_path / "c.jpg").write_bytes(whole[:300])
    sources, _ = find_sources(tmp_path, limits=LIMITS)
    good = [s for s in sources if s.file == "b.jpg"]
    assert decode(good[0], limits=LIMITS)[1].file == "b.jpg"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "HEIF", "GIF", "BMP"])
def test_cut_off_files_of_other_formats(tmp_path, kind):
    whole = encode(wall_picture(), kind)
    for share in (0.3, 0.6, 0.95):
        (tmp_path / "a.jpg").write_bytes(whole[: int(len(whole) * share)])
        text = refusal(tmp_path)
        assert "cut off" in text or "damaged" in text or "not read" in text, text


def test_bomb_by_header_is_refused_before_pixels(tmp_path):
    for name, data in {
        "a.png": png_claiming(60000, 60000),
        "b.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 100, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0) + b"\0" * 46,
        "c.webp": b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\x5f\xea\0" * 2,
        "d.gif": b"GIF89a"
        + struct.pack("<HH", 60000, 60000)
        + b"\0\0\0"
        + b","
        + struct.pack("<HHHH", 0, 0, 60000, 60000)
        + b"\0\2\1\0\0;",
    }.items():
        (tmp_path / name).write_bytes(data)
        text = refusal(tmp_path / name)
        assert "3600 million pixels" in text and "limits.megapixels in event.toml" in text, (name, text)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_an_honest_photo_of_198_megapixels_is_read_in_spite_of_pillows_own_guard(tmp_path, kind):
    side = (16500, 12000)
    assert side[0] * side[1] > 2 * Image.MAX_IMAGE_PIXELS
    Image.new("L", side, 200).save(tmp_path / "a", kind, **({"compression": "tiff_deflate"} if kind == "TIFF" else {}))
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    assert decode(source, limits=LIMITS)[0].shape == (12000, 16500, 3)


def test_limits_are_the_events_own(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encode(wall_picture(width=1200, height=1000)))
    assert "limits.megapixels" in refusal(tmp_path, Limits(megapixels=1))
    assert "limits.file_mib" in refusal(tmp_path, Limits(file_mib=0.01))
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    for limits in (Limits(megapixels=1), Limits(file_mib=0.01)):
        with pytest.raises(PhotoError, match="in event"):
            decode(source, limits=limits)


def test_one_pixel(tmp_path):
    (tmp_path / "a.png").write_bytes(encode(Image.new("RGB", (1, 1)), "PNG"))
    assert "too small to hold writing (1 x 1 pixels)" in refusal(tmp_path)


def test_corrupt_heic(tmp_path):
    whole = bytearray(encode(wall_picture(), "HEIF"))
    (tmp_path / "a.heic").write_bytes(whole[:40] + b"\xff" * 200 + whole[240:])
    assert "damaged" in refusal(tmp_path) or "cut off" in refusal(tmp_path)


def test_a_heic_whose_item_type_is_no_text_does_not_end_the_process(tmp_path):
    whole = encode(wall_picture(), "HEIF", exif=exif_with(original="2026:03:14 10:00:00").tobytes())
    assert whole.count(b"Exif\0") >= 1
    at = whole.index(b"Exif\0")
    (tmp_path / "a.heic").write_bytes(whole[:at] + b"\xc4" + whole[at + 1 :])
    assert "damaged" in refusal(tmp_path)


def test_page_limits(tmp_path):
    pages = [Image.new("RGB", (40, 40), (i, 0, 0)) for i in range(10)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert "limits.pages in event.toml" in refusal(tmp_path, Limits(pages=9))
    assert len(find_sources(tmp_path, limits=Limits(pages=10))[0]) == 10
    (tmp_path / "a.tif").unlink()
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:])
    assert "limits.pages in event.toml" in refusal(tmp_path, Limits(pages=9))


def test_a_tiff_whose_pages_go_in_a_circle(tmp_path):
    data = bytearray(encode(corner_picture(), "TIFF"))
    (at,) = struct.unpack("<I", data[4:8])
    (count,) = struct.unpack("<H", data[at : at + 2])
    data[at + 2 + 12 * count : at + 6 + 12 * count] = struct.pack("<I", at)
    (tmp_path / "a.tif").write_bytes(data)
    sources, problems = find_sources(tmp_path, limits=LIMITS)
    assert len(sources) + len(problems) == 1


def test_pdfs(tmp_path):
    pikepdf = pytest.importorskip("pikepdf")
    path = tmp_path / "a.pdf"
    wall_picture().save(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert "locked with a password" in refusal(tmp_path / "b.pdf")
    with pikepdf.new() as pdf:
        pdf.save(path)
    assert "no pages" in refusal(path), "and not that it is locked, which was said of the PDF before it"
    path.write_bytes(b"%PDF-1.7\nnot really")
    assert "damaged" in refusal(path)


def test_a_bomb_inside_a_pdf(tmp_path):
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 200))
        image = pdf.make_stream(b"\0")
        image.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=60000,
            Height=60000,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = pdf.make_stream(b"q 200 0 0 200 0 0 cm /Im0 Do Q")
        pdf.save(tmp_path / "a.pdf")
    assert "limits.megapixels" in refusal(tmp_path)


def test_a_poster_sized_pdf_page_stays_within_the_megapixels(tmp_path):
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(14400, 14400))
        pdf.save(tmp_path / "a.pdf")
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    rgb, _ = decode(source, limits=Limits(megapixels=4))
    assert 3.9e6 < rgb.shape[0] * rgb.shape[1] <= 4e6


def zip_problems(path, limits=LIMITS):
    sources, problems = find_sources(path, limits=limits)
    return [s.file for s in sources], [f"{p.file}: {p.reason}. {p.remedy}" for p in problems]


def test_names_that_lead_out_of_a_zip(tmp_path):
    bad = {"../../evil.jpg": JPEG, "/etc/evil.jpg": JPEG, "C:\\evil.jpg": JPEG, "a\\..\\..\\evil.jpg": JPEG}
    found, problems = zip_problems(zip_of({**bad, "good.jpg": JPEG}, tmp_path / "a.zip"))
    assert found == ["a.zip/good.jpg"] and len(problems) == 4 and all("lead out of the ZIP" in p for p in problems)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    source = Source(path=str(tmp_path / "a.zip"), members=("../../evil.jpg",), file="x", sha256="0" * 64)
    with pytest.raises(PhotoError, match="lead out"):
        decode(source, limits=LIMITS)


def test_two_members_of_one_name_are_told(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the name, too
        archive.writestr("same.jpg", JPEG)
        archive.writestr("same.jpg", JPEG)
    found, problems = zip_problems(path)
    assert found == ["a.zip/same.jpg"]
    assert len(problems) == 1 and "have this name" in problems[0]


def test_nested_zip_link_and_odd_packing(tmp_path):
    inner = zip_of({"a.jpg": JPEG}, tmp_path / "inner.zip").read_bytes()
    (tmp_path / "inner.zip").unlink()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good.jpg", JPEG)
        archive.writestr("inner.zip", inner)
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("lzma.jpg", JPEG, zipfile.ZIP_LZMA)
        archive.writestr("empty.jpg", b"")
        archive.writestr("text.jpg", b"hello")
    found, problems = zip_problems(tmp_path / "a.zip")
    assert found == ["a.zip/good.jpg"]
    words = {
        "inner.zip": "ZIP inside a ZIP",
        "link.jpg": "only a link",
        "lzma.jpg": "unusual way",
        "empty.jpg": "empty",
        "text.jpg": "not a picture",
    }
    assert len(problems) == len(words)
    for name, reason in words.items():
        assert any(name in p and reason in p for p in problems), name


def test_encrypted_members(tmp_path):
    data = bytearray(zip_of({"a.jpg": JPEG, "b.jpg": JPEG + b"x"}, tmp_path / "a.zip").read_bytes())
    for mark, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    (tmp_path / "a.zip").write_bytes(data)
    found, (problem,) = zip_problems(tmp_path / "a.zip")
    assert not found and "2 of its photos are locked with a password" in problem


def test_zip_limits(tmp_path):
    zip_of({f"{n}.jpg": JPEG + bytes([n]) for n in range(5)}, tmp_path / "a.zip")
    assert "limits.zip_entries" in zip_problems(tmp_path / "a.zip", Limits(zip_entries=4))[1][0]
    zeros = b"\xff\xd8\xff" + b"\0" * 3_000_000
    bomb = zip_of({f"{n}.jpg": zeros for n in range(10)}, tmp_path / "bomb.zip")
    assert bomb.stat().st_size < 100_000
    assert "limits.zip_unpacked_mib" in zip_problems(bomb, Limits(zip_unpacked_mib=10))[1][0]
    assert all("limits.file_mib" in p for p in zip_problems(bomb, Limits(file_mib=1))[1])


def test_a_zip_that_lies_about_its_sizes(tmp_path):
    zeros = b"\xff\xd8\xff" + b"\0" * 3_000_000
    data = bytearray(zip_of({"a.jpg": zeros}, tmp_path / "a.zip").read_bytes())
    for mark, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        at = data.find(mark)
        data[at + offset : at + offset + 4] = struct.pack("<I", 1000)
    (tmp_path / "a.zip").write_bytes(data)
    found, problems = zip_problems(tmp_path / "a.zip")
    assert not found and len(problems) == 1


def test_a_zip_with_a_huge_directory_is_refused_before_it_is_read(tmp_path):
    zip_of({f"{n:01000d}.txt": b"" for n in range(300)}, tmp_path / "a.zip")
    assert "limits.zip_entries" in zip_problems(tmp_path / "a.zip", Limits(zip_entries=100))[1][0]


def test_broken_zip(tmp_path):
    data = zip_of({"a.jpg": JPEG}, tmp_path / "a.zip").read_bytes()
    for broken in (data[: len(data) // 2], b"PK\3\4" + b"\0" * 100, data[:40] + b"\xff" * 60 + data[100:]):
        (tmp_path / "a.zip").write_bytes(broken)
        found, problems = zip_problems(tmp_path / "a.zip")
        assert not found and problems


def test_a_file_that_goes_away(tmp_path):
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(PhotoError, match="gone"):
        decode(source, limits=LIMITS)


@cache
def small_files():
    picture = corner_picture(48, 40)
    exif = exif_with(orientation=6, original="2026:03:14 10:00:00", subsec="5")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", encode(picture))
        archive.writestr("b/b.png", encode(picture, "PNG"))
    files = {kind: encode(picture, kind, exif=exif) for kind in ("JPEG", "PNG", "WEBP", "TIFF")}
    files |= {kind: encode(picture, kind) for kind in ("GIF", "BMP", "PDF")}
    return files | {"HEIF": encode(picture, "HEIF", exif=exif.tobytes()), "ZIP": stream.getvalue()}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PDF", "HEIF", "ZIP"])
@settings(max_examples=40, deadline=timedelta(seconds=10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_raises_nothing_but_photo_errors(tmp_path, kind, data):
    content = bytearray(small_files()[kind])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content)
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    limits = Limits(megapixels=4)
    sources, problems = find_sources(tmp_path, limits=limits)
    assert all(p.reason and p.remedy for p in problems)
    for source in sources:
        try:
            rgb, photo = decode(source, limits=limits)
        except PhotoError as e:
            assert e.subject == source.file and e.remedy
        else:
            assert rgb.shape == (photo.height_px, photo.width_px, 3) and rgb.size <= 3 * 4e6
    assert path.read_bytes() == content
