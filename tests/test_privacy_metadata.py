"""Nothing that a camera or a phone wrote into a photo is in any output: looked for in every byte of every file, unpacked."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from conftest import PROBLEMS, draw_photo
from overlap_walls import box_view, draw_wall, photograph
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from digitise import api
from digitise.privacy import FaceNetwork

SECRET = "QzxHidden"
"""Every hidden string begins with it, and nothing else in the world does."""
LATITUDE = (51.0, 39.0, 12.3457)
FACE_AT, FACE_PX = (280, 15), 75


def secret_exif() -> bytes:
    """GPS position, serial numbers, owner, maker's note and more, as a camera writes them."""
    exif = Image.Exif()
    for tag, text in (
        (0x010F, "Maker"),
        (0x0110, "Model"),
        (0x0131, "Software"),
        (0x013B, "Artist"),
        (0x8298, "Copyright"),
        (0x010E, "Caption"),
    ):
        exif[tag] = SECRET + text
    detail = exif.get_ifd(0x8769)
    for tag, text in ((0xA430, "Owner"), (0xA431, "Serial"), (0xA435, "Lens serial"), (0xA434, "Lens")):
        detail[tag] = SECRET + text
    detail[0x927C] = f"{SECRET}Note of the maker".encode()
    detail[0x9286] = b"ASCII\0\0\0" + f"{SECRET}Comment".encode()
    detail[0x9003] = "2026:03:14 10:00:00"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", LATITUDE, "W", (3.0, 22.0, 48.9871)
    place[27], place[29] = f"{SECRET}Method".encode(), "2026:03:14"
    return exif.tobytes()


def secret_xmp() -> bytes:
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><dc:creator>{SECRET}Creator</dc:creator></rdf:RDF></x:xmpmeta>'.encode()


def secret_profile() -> bytes:
    """sRGB under another name: some profiles tell the screen or the person."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    name = "sRGB built-in".encode("utf-16-be")
    assert name in plain
    return plain.replace(name, f"{SECRET}-ICC".encode("utf-16-be"))


def thumbnail(picture: Image.Image) -> bytes:
    small = io.BytesIO()
    picture.resize((160, 90)).save(small, "JPEG", comment=f"{SECRET}Thumbnail".encode())
    return small.getvalue()


def write_secret_jpeg(picture: Image.Image, path: Path) -> None:
    """EXIF, XMP, ICC, a comment, IPTC in Photoshop's segment, a thumbnail behind, and a second picture's worth of trailing bytes."""
    plain = io.BytesIO()
    picture.save(
        plain, "JPEG", quality=90, exif=secret_exif(), xmp=secret_xmp(), icc_profile=secret_profile(), comment=f"{SECRET}Comment".encode()
    )
    iptc = b"\x1c\x02\x50" + struct.pack(">H", 12) + f"{SECRET}By-line".encode()[:12]
    block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + (b"\0" if len(iptc) % 2 else b"")
    data = plain.getvalue()
    segments = b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    jfxx = b"JFXX\0\x10" + thumbnail(picture)
    segments += b"\xff\xe0" + struct.pack(">H", len(jfxx) + 2) + jfxx
    path.write_bytes(data[:2] + segments + data[2:] + f"{SECRET}Trailer".encode() + thumbnail(picture))


def write_secret_png(picture: Image.Image, path: Path) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", f"{SECRET}Author")
    texts.add_itxt("XML:com.adobe.xmp", secret_xmp().decode())
    texts.add_text("Comment", f"{SECRET}Packed", zip=True)
    picture.save(path, exif=secret_exif(), pnginfo=texts, icc_profile=secret_profile())


def write_secret_heic(picture: Image.Image, path: Path) -> None:
    heif = pillow_heif.from_pillow(picture)
    heif.info.update(exif=secret_exif(), xmp=secret_xmp(), icc_profile=secret_profile(), icc_profile_type="prof")
    heif.save(path, quality=90)


def unpack(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """A file and what is packed in it: parts of Word files and workbooks, pictures in pages."""
    yield name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.namelist():
                yield from unpack(f"{name}!{part}", archive.read(part))
    for n, found in enumerate(re.findall(rb"data:image/[a-z]+;base64,([A-Za-z0-9+/=]+)", data)):
        yield from unpack(f"{name}#{n}.jpg", base64.b64decode(found))


def all_outputs(folder: Path) -> dict[str, bytes]:
    """Every file of a report, unpacked. The store (.digitise) is no output."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and ".digitise" not in p.relative_to(folder).parts)
    return {name: data for p in paths for name, data in unpack(p.relative_to(folder).as_posix(), p.read_bytes())}


def jpeg_segments(data: bytes) -> list[int]:
    """Markers of a JPEG up to its pixels, and 0 where bytes follow its end."""
    markers, at = [], 2
    while at < len(data) and data[at + 1] != 0xDA:
        markers.append(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return markers if data.endswith(b"\xff\xd9") else [*markers, 0]


PIXELS_ONLY = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD}
"""Segments of a JPEG that say how to decode it: JFIF's head, tables, the frame, restarts."""


def check_outputs(outputs: dict[str, bytes]) -> None:
    degrees = [struct.pack(order + "II", *ratio) for order in "<>" for ratio in ((123457, 10000), (489871, 10000))]
    for name, data in outputs.items():
        for spelled in (SECRET, "2026:03:14"):
            assert spelled.encode() not in data and spelled.encode("utf-16-be") not in data and spelled.encode("utf-16-le") not in data, (
                name
            )
        assert not any(d in data for d in degrees), name
        assert b"12.3457" not in data and b"51.65" not in data, name
        if data[:3] == b"\xff\xd8\xff":
            assert set(jpeg_segments(data)) <= PIXELS_ONLY, name
            assert data.count(b"JFIF") <= 1 and b"JFXX" not in data
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            assert not {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"iCCP"} & set(re.findall(rb"[a-zA-Z]{4}", data)), name
    pictures = [n for n, d in outputs.items() if d[:3] == b"\xff\xd8\xff"]
    assert any(n.startswith("pictures/") for n in pictures) and any("docx!" in n for n in pictures), "there were pictures to look at"


def draw_with_person(lines: tuple[str, ...], path: Path) -> Image.Image:
    """A written sheet with somebody standing beside it."""
    picture = Image.open(draw_photo(path, lines, size=(430, 170))).convert("RGB")
    path.unlink()
    head = Image.open(str(files("skimage") / "data" / "astronaut.png")).convert("RGB").crop((90, 0, 360, 260))
    picture.paste(head.resize((FACE_PX * 3, round(FACE_PX * 3 * 260 / 270))).crop((0, 0, 150, 155)), FACE_AT)
    return picture


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secret") / "day"
    folder.mkdir()
    picture = draw_with_person(("Problems", "No bus after six", "Alone at night"), folder / "x.jpg")
    write_secret_jpeg(picture, folder / "a.jpg")
    sheet = Image.open(draw_photo(folder / "y.jpg", PROBLEMS)).convert("RGB")
    (folder / "y.jpg").unlink()
    ImageDraw.Draw(sheet).line((30, 125, 320, 129), fill=(20, 30, 90), width=3)
    write_secret_png(sheet, folder / "b.png")
    write_secret_heic(Image.open(draw_photo(folder / "z.jpg", ("Actions", "Open the hall on Sundays"))).convert("RGB"), folder / "c.heic")
    (folder / "z.jpg").unlink()
    (outcome,) = api.report_events([folder], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.photos == 3
    return folder / "report"


def test_the_photos_hold_what_is_looked_for(report: Path) -> None:
    """A test that looks for nothing finds nothing."""
    for name in ("a.jpg", "b.png", "c.heic"):
        data = (report.parent / name).read_bytes()
        assert SECRET.encode() in data, name
        opened = pillow_heif.open_heif(data) if name.endswith("heic") else Image.open(report.parent / name)
        exif = Image.Exif()
        exif.load(opened.info["exif"])
        assert exif.get_ifd(0x8825)[2] and exif.get_ifd(0x8769)[0xA431].startswith(SECRET)
        assert f"{SECRET}-ICC".encode("utf-16-be") in opened.info["icc_profile"], name
    jpeg = (report.parent / "a.jpg").read_bytes()
    assert 0xED in jpeg_segments(jpeg) and jpeg_segments(jpeg)[-1] != 0xD9
    assert not set(jpeg_segments(jpeg)) <= PIXELS_ONLY


def test_no_output_holds_what_the_camera_wrote(report: Path) -> None:
    outputs = all_outputs(report)
    assert {n.split("!")[0] for n in outputs} >= {"report.docx", "photo-report.docx", "notes.json", "report.md", "actions.csv"}
    check_outputs(outputs)


def faces_in(data: bytes) -> int:
    rgb = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    return len(FaceNetwork().find(rgb, least=0.5))  # the one in the photos has 0.9; hair round a patch is still a little like a face


def test_no_picture_shows_the_person(report: Path) -> None:
    assert faces_in((report.parent / "a.jpg").read_bytes()) == 1
    pictures = {n: d for n, d in all_outputs(report).items() if d[:3] == b"\xff\xd8\xff"}
    assert {n: faces_in(d) for n, d in pictures.items()} == dict.fromkeys(pictures, 0)


@pytest.mark.slow
def test_keeping_faces_makes_the_pictures_anew_with_them(report: Path) -> None:
    (outcome,) = api.report_events([report.parent], jobs=0, choices=api.Choices(keep_faces=True))
    assert isinstance(outcome, api.Outcome) and outcome.reused == 0
    shown = sum(faces_in(p.read_bytes()) for p in (report / "pictures").glob("*.jpg"))
    api.report_events([report.parent], jobs=0)
    assert shown >= 1
    assert sum(faces_in(p.read_bytes()) for p in (report / "pictures").glob("*.jpg")) == 0


@pytest.mark.slow
def test_a_joined_wall_holds_neither_camera_data_nor_faces_nor_names(tmp_path: Path) -> None:
    said = "Gareth Bowen to ring the council|No bus after six|Open the hall|Alone at night|Warm rooms|Ask young people|More benches"
    wall = draw_wall([*said.split("|"), "Mend the lift", "A choir", "Lunch club", "Dial a ride", "Walks"])
    head = Image.open(str(files("skimage") / "data" / "astronaut.png")).convert("RGB").crop((90, 0, 360, 260)).resize((540, 520))
    wall.rgb[1000:1520, 1500:2040] = np.asarray(head, np.float32)
    folder = tmp_path / "wall"
    folder.mkdir()
    (folder / "event.toml").write_text('[privacy]\nnames = "initials"\n', "utf-8")
    for k, view in enumerate((box_view(0, 0, 2300, 1725), box_view(1200, 60, 3550, 1800))):
        shot = Image.fromarray(photograph(wall, view, size=(1800, 1350), seed=k).rgb)
        write_secret_jpeg(shot, folder / f"part{k}.jpg")
    api.report_events([folder], jobs=0)
    outputs = all_outputs(folder / "report")
    joined = [n for n in outputs if n.endswith("-w.jpg")]
    assert joined, "the parts were joined"
    check_outputs(outputs)
    assert not any(re.search(rb"Gareth|Bowen", d, re.I) for d in outputs.values())
    assert faces_in((folder / "part0.jpg").read_bytes()) == 1
    assert {n: faces_in(d) for n, d in outputs.items() if d[:3] == b"\xff\xd8\xff" and faces_in(d)} == {}
    read = api.read_photos([folder / "report" / n for n in joined], jobs=0)
    words = " ".join(note.text for result in read for note in getattr(result, "notes", ()))
    assert "bus" in words and not re.search("gareth|bowen", words, re.I)
