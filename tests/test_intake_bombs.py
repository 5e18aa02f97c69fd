"""Small files that ask for much: what they cost is counted before it is spent, so each is refused at once."""

from __future__ import annotations

import faulthandler
import io
import multiprocessing
import struct
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_drawing import LIMITS, corner_picture, encode
from PIL import Image

from digitise.errors import PhotoError
from digitise.intake import decode, find_sources, metering, pdf
from digitise.intake.metering import MOST_EXIF_BYTES, MOST_HEAD_READS, MOST_SCANS, MOST_VALUES, MeteredStream, TooMuchError
from digitise.model import Source

MANY = MOST_HEAD_READS
MOST_S = 4.0
"""Processor time; each takes under a second."""


def behind(data: bytes, at: int, more: bytes) -> bytes:
    return data[:at] + more + data[at:]


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def gif_with(more: bytes) -> bytes:
    data = encode(corner_picture().convert("P"), "GIF")
    return behind(data, 13 + 3 * (2 << (data[10] & 7)), more)


def tiff_with(*fields: tuple[int, int, int, int]) -> bytes:
    usual = [(256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 500), (279, 4, 1, 4096)]
    table = sorted({tag: (tag, *rest) for tag, *rest in (*usual, *fields)}.values())
    head = struct.pack("<2sHIH", b"II", 42, 8, len(table)) + b"".join(struct.pack("<HHII", *f) for f in table) + bytes(4)
    return head.ljust(max(500, len(head)), b"\0") + bytes(8 * MOST_VALUES + 5000)


def progressive(scans: int) -> bytes:
    data = encode(Image.new("L", (640, 640), 128), progressive=True)
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * scans + data[-2:]


JPEG, PNG = encode(corner_picture()), encode(corner_picture(), "PNG")
PROGRESSIVE = encode(corner_picture(), progressive=True)
BOMBS: dict[str, Callable[[], bytes]] = {
    "JPEG of empty parts": lambda: behind(JPEG, 2, b"\xff\xe5\0\2" * MANY),
    "JPEG of comments": lambda: behind(JPEG, 2, b"\xff\xfe\0\2" * MANY),
    "JPEG of filling": lambda: behind(JPEG, 2, b"\xff" * 2 * MANY),
    "JPEG of scans": lambda: progressive(MOST_SCANS),
    "JPEG of parts between its scans": lambda: behind(PROGRESSIVE, PROGRESSIVE.rindex(b"\xff\xda"), b"\xff\xfe\0\2" * MANY),
    "JPEG of profiles": lambda: behind(JPEG, 2, (b"\xff\xe2\xff\xffICC_PROFILE\0\1\1" + bytes(65519)) * 600),
    "PNG of parts before its pixels": lambda: behind(PNG, 33, chunk(b"prVt") * MANY),
    "PNG of parts behind its pixels": lambda: behind(PNG, len(PNG) - 12, chunk(b"prVt") * MANY),
    "PNG of empty pixels": lambda: behind(PNG, len(PNG) - 12, chunk(b"IDAT") * MANY),
    "GIF of comments": lambda: gif_with(b"!\xfe\1x\0" * MANY),
    "GIF of one comment": lambda: gif_with(b"!\xfe" + b"\1x" * MANY + b"\0"),
    "TIFF of strips": lambda: tiff_with((273, 4, MOST_VALUES + 1, 500), (279, 4, MOST_VALUES + 1, 500)),
    "TIFF of fractions": lambda: tiff_with((282, 5, MOST_VALUES + 1, 500)),
    "TIFF of fields": lambda: tiff_with(*((1000 + n, 3, 1, 1) for n in range(5000))),
    "TIFF of fractions in its EXIF": lambda: (
        tiff_with((34665, 4, 1, 600))[:600] + struct.pack("<HHHII", 1, 0x9003, 5, MOST_VALUES + 1, 700) + bytes(8 * MOST_VALUES + 9000)
    ),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "MOST_READS", MOST_HEAD_READS)
    path = tmp_path / "a.jpg"
    path.write_bytes(BOMBS[what]())
    began = time.process_time()
    sources, problems = find_sources(path, limits=LIMITS)
    if not problems:
        with pytest.raises(PhotoError, match="damaged") as caught:
            decode(sources[0], limits=LIMITS)
        assert caught.value.subject == "a.jpg" and caught.value.remedy
    else:
        assert "damaged" in problems[0].reason and problems[0].remedy
    assert time.process_time() - began < MOST_S


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_an_exif_of_megabytes_counts_as_none(tmp_path: Path, kind: str) -> None:
    """A date of a million fractions would be 200 MB of objects; the picture is good without it."""
    fields = struct.pack(">HHHII", 1, 0x9003, 5, MOST_VALUES + 1, 100)
    for size in (8 * MOST_VALUES, MOST_EXIF_BYTES + 8 * MOST_VALUES):
        exif = (b"Exif\0\0MM\0*\0\0\0\x08" + fields).ljust(size, b"\1")[: 60000 if kind == "JPEG" else None]
        (tmp_path / "a").write_bytes(encode(corner_picture(), kind, exif=exif))
        (source,), _ = find_sources(tmp_path / "a", limits=LIMITS)
        rgb, photo = decode(source, limits=LIMITS)
        assert photo.taken is None and rgb.shape == (80, 120, 3)


def test_an_honest_picture_of_many_parts_is_read(tmp_path: Path) -> None:
    depth = b"\xff\xe1\xff\xff" + bytes(65533)
    (tmp_path / "a.jpg").write_bytes(behind(JPEG, 2, depth * 300))
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    assert decode(source, limits=LIMITS)[0].shape == (80, 120, 3)
    (tmp_path / "a.jpg").write_bytes(encode(corner_picture(1200, 900), "TIFF", compression="tiff_lzw", tiffinfo={278: 1}))
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    assert decode(source, limits=LIMITS)[0].shape == (900, 1200, 3)


def test_a_photo_with_a_film_behind_it_is_read(tmp_path: Path) -> None:
    """A film's bytes hold the mark of a scan by chance, one in 65,536; a thumbnail and parts hold it in earnest."""
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\0" * 3 * MOST_SCANS
    small = b"\xff\xe1\xff\xff" + (b"\xff\xda" * MOST_SCANS + b"\xff\xd9").ljust(65533, b"\xff")
    for more in ({}, {"progressive": True}, {"restart_marker_rows": 1}):
        (tmp_path / "a.jpg").write_bytes(behind(encode(corner_picture(), **more), 2, small) + film)
        (source,), problems = find_sources(tmp_path, limits=LIMITS)
        assert not problems and decode(source, limits=LIMITS)[0].shape == (80, 120, 3)


def test_a_stream_is_metered_anew_for_the_pixels() -> None:
    stream = MeteredStream(io.BytesIO(bytes(MANY + 9)))
    for _ in range(MANY):
        stream.read(1)
    with pytest.raises(TooMuchError):
        stream.read(1)
    stream.begin_pixels()
    assert stream.read(1) == b"\0" and stream.tell() == MANY + 2


def test_a_pdf_page_that_is_drawn_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf_of(tmp_path / "a.pdf", b"0 0 200 200 re f " * 100_000)
    assert (tmp_path / "a.pdf").stat().st_size < 10_000
    monkeypatch.setattr(pdf, "MOST_RENDER_S", 0.1)
    (source,), _ = find_sources(tmp_path, limits=LIMITS)
    began = time.process_time()
    with pytest.raises(PhotoError, match="takes longer than") as caught:
        decode(source, limits=LIMITS)
    assert caught.value.remedy and time.process_time() - began < MOST_S


def pdf_of(path: Path, content: bytes) -> Path:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200)).Contents = document.make_stream(content)
        document.save(path, compress_streams=True)
    return path


def objects_of(path: Path, count: int) -> Path:
    """A PDF whose packed table names so many objects, of four bytes each."""
    table = zlib.compress(bytes(4 * count))
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"]
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj%sendobj\n" % (k, part) for k, part in enumerate(parts, 1))
    told = b"<</Type/XRef/Size %d/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (count, len(table))
    path.write_bytes(body + b"4 0 obj%sstream\n%s\nendstream endobj\nstartxref\n%d\n%%%%EOF" % (told, table, len(body)))
    return path


def end_of_worker(work: Callable[..., None], given: Source) -> int | None:
    worker = multiprocessing.get_context("fork").Process(target=work, args=(given,))
    worker.start()
    worker.join(30)
    return worker.exitcode


def decode_without_a_word(source: Source) -> None:
    faulthandler.disable()
    decode(source, limits=LIMITS)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the fence is Linux's")
def test_a_pdf_page_that_takes_all_memory_ends_its_worker_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_MORE_MIB", 96)
    for name, content, is_good in (("bomb.pdf", b"q " * 2_000_000, False), ("honest.pdf", b"0 0 m 9 9 l S " * 1000, True)):
        (source,), _ = find_sources(pdf_of(tmp_path / name, content), limits=LIMITS)
        assert (end_of_worker(decode_without_a_word, source) == 0) is is_good, name


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system alone bounds memory")
def test_a_pdf_that_takes_all_memory_to_count_its_pages_is_listed_and_the_others_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_COUNTING_MIB", 96)
    objects_of(tmp_path / "a.pdf", 2_000_000)
    objects_of(tmp_path / "b.pdf", 16)
    (source,), (problem,) = find_sources(tmp_path, limits=LIMITS)
    assert source.file == "b.pdf" and problem.file == "a.pdf" and "96 MiB" in problem.reason and problem.remedy


def test_a_pdf_that_takes_too_long_to_count_its_pages_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_COUNTING_S", 0.001)
    _, (problem,) = find_sources(objects_of(tmp_path / "a.pdf", 16), limits=LIMITS)
    assert "takes longer" in problem.reason
