"""What fuzzing has found, each as a small file made here that broke a promise once. See docs/fuzzing.md."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from report_demo import demo_event
from test_report_template_dangers import change

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.fuzz_seeds import make_report
from digitise.config import Config, Limits, load_config
from digitise.corrections import AddedNote, Corrections, load_corrections, save_corrections
from digitise.corrections.files import MOST_EDITS
from digitise.errors import ConfigError, UsageError
from digitise.intake import find_sources
from digitise.pipeline import correct_event
from digitise.report import look_at_template, write_docx
from digitise.report.docx_dangers import MOST_BYTES
from digitise.report.docx_matching import match_blocks
from digitise.report.docx_opening import MOST_SIGNS, open_docx
from digitise.report.docx_reading import MOST_LETTERS, MOST_PARAGRAPHS, ReadBlock, read_docx

Parts = dict[str, Callable[[bytes], bytes]]


def drop(start: bytes, end: bytes) -> Callable[[bytes], bytes]:
    """Without what stands from `start` to the next `end`."""

    def without(data: bytes) -> bytes:
        at = data.index(start)
        return data[:at] + data[data.index(end, at) + len(end) :]

    return without


def put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def exchange(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return exchange


TYPE = b"application/vnd.openxmlformats-"
MAIN, STYLES, TYPES = "word/document.xml", "word/styles.xml", "[Content_Types].xml"
BROKEN_TEMPLATES: dict[str, Parts] = {
    "its properties are no properties": {TYPES: put(TYPE + b"package.core-properties+xml", b"text/xml")},
    "its styles are no styles": {TYPES: put(TYPE + b"officedocument.wordprocessingml.styles+xml", b"text/plain")},
    "a header is no header": {TYPES: put(TYPE + b"officedocument.wordprocessingml.header+xml", b"text/xml")},
    "a header that is not there": {MAIN: put(b"<w:headerReference ", b'<w:headerReference r:id="rId99" w:old=')},
    "no body": {MAIN: lambda data: data.replace(b"w:body>", b"w:hdr>")},
    "a style without a name": {STYLES: drop(b"<w:name ", b"/>")},
    "a width that is no number": {MAIN: put(b'<w:pgSz w:w="', b'<w:pgSz w:w="x')},
    "a size that is no number": {STYLES: put(b'<w:sz w:val="', b'<w:sz w:val="x')},
}


@pytest.mark.parametrize("what", BROKEN_TEMPLATES)
def test_a_broken_template_is_refused_in_a_sentence(tmp_path: Path, what: str) -> None:
    template = change(tmp_path / "house.docx", BROKEN_TEMPLATES[what])
    finding = look_at_template(template)[0]
    try:
        write_docx(demo_event(), pictures=tmp_path, template=template, out=tmp_path / "out.docx")
    except ConfigError as e:
        assert e.subject == str(template) and e.remedy
        assert not (tmp_path / "out.docx").exists()
    else:
        assert finding.level == "ok", "the check is no stricter than the report"


def test_our_own_faults_are_not_blamed_on_a_template_of_ours(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_docx(demo_event(), pictures=tmp_path, template=None, out=tmp_path / "out.docx", fields=None)  # type: ignore[arg-type]


HIDDEN: dict[str, Parts] = {
    "a part of text with another ending": {
        TYPES: put(b"</Types>", b'<Override PartName="/word/more.bin" ContentType="' + TYPE + b'x+xml"/></Types>'),
        "word/more.bin": lambda _: (
            b'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            b"<w:r><w:instrText>DDEAUTO cmd x</w:instrText></w:r></w:p>"
        ),
    },
    "macros in a list of contents of 16 bits": {
        TYPES: lambda data: (
            data.replace(b"document.main+xml", b"document.macroEnabled.main+xml").replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")
        )
    },
}


@pytest.mark.parametrize("what", HIDDEN)
def test_dangers_are_found_wherever_they_hide(tmp_path: Path, what: str) -> None:
    with pytest.raises(ConfigError, match=r"fetches|macros"):
        write_docx(demo_event(), pictures=tmp_path, template=change(tmp_path / "t.docx", HIDDEN[what]), out=tmp_path / "out.docx")


def test_a_template_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "t.docx").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(ConfigError, match="larger than"):
        write_docx(demo_event(), pictures=tmp_path, template=tmp_path / "t.docx", out=tmp_path / "out.docx")


@cache
def report() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return make_report(Path(folder)).read_bytes()


def document(text: bytes, *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A Word document of one part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as package:
        package.writestr("word/document.xml", text)
    return stream.getvalue()


def spoil(data: bytes) -> bytes:
    """The report with a packed part that cannot be unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        info = package.getinfo("word/document.xml")
    at = info.header_offset + 30 + len(info.filename)
    return data[:at] + b"\xff" * 40 + data[at + 40 :]


HEAD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
TAIL = b"</w:body></w:document>"
BAD_DOCUMENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bytes that cannot be unpacked": (lambda: spoil(report()), "damaged"),
    "small tags without end": (lambda: document(HEAD + b"<w:p/>" * MOST_SIGNS + TAIL), "too large"),
    "small attributes without end": (
        lambda: document(HEAD + b"<w:p>" + b'<w:r w:a="" w:b=""/>' * (MOST_SIGNS // 2) + b"</w:p>" + TAIL),
        "too large",
    ),
    "tags in seven bits": (lambda: document('<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-'.encode("ascii")), "damaged"),
    "packed by LZMA": (lambda: document(HEAD + TAIL, packing=zipfile.ZIP_LZMA), "unusual"),
    "entities in 16 bits": (
        lambda: document('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")),
        "document type",
    ),
}


@pytest.mark.parametrize("what", BAD_DOCUMENTS)
def test_a_bad_document_is_refused_in_a_sentence(tmp_path: Path, what: str) -> None:
    data, words = BAD_DOCUMENTS[what]
    path = tmp_path / "edited.docx"
    path.write_bytes(data())
    with pytest.raises(UsageError, match=words) as caught:
        open_docx(path, id_property="x")
    assert caught.value.subject == str(path) and caught.value.remedy


@pytest.mark.parametrize("members", [{}, {"__MACOSX/._a.jpg": b"x", "read me.txt": b"hello"}])
def test_a_zip_without_photos_that_was_asked_for_is_told(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    sources, problems = find_sources(path, limits=Limits())
    assert not sources and [p.reason for p in problems] == ["there is no photo in this ZIP"]
    assert find_sources(tmp_path, limits=Limits()) == ([], []), "in a folder it is passed over as before"


BAD_SETTINGS = {
    "lists in lists": b"aims = " + b"[" * 3000 + b"]" * 3000,
    "tables in tables": b"x = " + b"{a=" * 3000 + b"1" + b"}" * 3000,
    "a number of 5,000 digits": b"place = " + b"9" * 5000,
    "a key of 20,000 parts": b"a" + b".a" * 20_000 + b" = 1",
    "a key of 100,000 letters": b"k" * 100_000 + b" = 1",
    "a key that rings the bell": b'"\\u0007\\u202e\\u001b[2J" = 1',
    "no limits at all": b"[limits]\nmegapixels = inf",
    "a megabyte": b"# " + b"x" * 1_000_000,
}


@pytest.mark.parametrize("what", BAD_SETTINGS)
def test_bad_settings_are_refused_in_a_short_sentence(tmp_path: Path, what: str) -> None:
    path = tmp_path / "event.toml"
    path.write_bytes(BAD_SETTINGS[what])
    began = time.process_time()
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.subject == str(path) and caught.value.remedy and len(str(caught.value)) < 1000
    assert str(caught.value).isprintable() and time.process_time() - began < 1


BAD_CORRECTIONS: dict[str, tuple[dict[str, object], str]] = {
    "a key that rings the bell": (
        {"edits": [{"what": "fate", "note_id": "a", "fate": "reported", "base": "reported", "\a\u202e": 1}]},
        "not valid",
    ),
    "edits without end": ({"seen": ["x"] * (MOST_EDITS + 1)}, "more than"),
    "a text without end": ({"edits": [{"what": "title", "section": {"id": "a"}, "title": "a " * 40_000, "base": ""}]}, "letters"),
    "a version of 1,000 digits": ({"schema_version": 10**999}, "newer version"),
}


@pytest.mark.parametrize("what", BAD_CORRECTIONS)
def test_bad_corrections_are_refused_in_a_short_sentence(tmp_path: Path, what: str) -> None:
    data, words = BAD_CORRECTIONS[what]
    path = tmp_path / "corrections.json"
    path.write_text(json.dumps({"schema_version": 1} | data), encoding="utf-8")
    with pytest.raises(ConfigError, match=words) as caught:
        load_corrections(path)
    assert caught.value.subject == str(path) and str(caught.value).isprintable() and len(str(caught.value)) < 1000


def test_what_could_not_be_read_again_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="more than"):
        save_corrections(tmp_path / "corrections.json", Corrections(seen=("x",) * (MOST_EDITS + 1)))
    assert not list(tmp_path.iterdir())


def test_many_notes_at_one_place_are_not_compared_each_with_each(tmp_path: Path) -> None:
    """2,000 took three minutes."""
    box = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    event = demo_event()
    photo = event.photos[0].id
    added = tuple(AddedNote(note_id=f"own{n}", text="a", photo_id=photo, outline=box) for n in range(300))
    began = time.process_time()
    corrected = correct_event(event, Corrections(edits=added), Config())
    assert {f"own{n}" for n in range(300)} <= {note.id for note in corrected.notes}
    assert time.process_time() - began < 6


def paragraphs(count: int, letters: int) -> bytes:
    return document(HEAD + b"".join(b"<w:p><w:r><w:t>%s%d</w:t></w:r></w:p>" % (b"a" * letters, n) for n in range(count)) + TAIL)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "letters"), [(MOST_PARAGRAPHS + 1, 1), (1, MOST_LETTERS + 1)])
def test_a_document_longer_than_any_report_is_refused(tmp_path: Path, count: int, letters: int) -> None:
    path = tmp_path / "edited.docx"
    path.write_bytes(paragraphs(count, letters))
    with pytest.raises(UsageError, match="longer than any report"):
        read_docx(path)


def test_a_long_paragraph_is_not_compared_letter_by_letter() -> None:
    """Each pair took 0.1 s, and time by the square; texts that differ so much in length cannot be the same one edited."""
    began = time.process_time()
    matching = match_blocks([ReadBlock(text="Who pays the drivers?")] * 20, [ReadBlock(text="a b c d " * 6000)] * 20)
    assert not matching.old_of and time.process_time() - began < 2


@pytest.mark.parametrize("far", ["NaN", "Infinity", "1e308"])
def test_an_outline_that_is_none_lies_nowhere(tmp_path: Path, far: str) -> None:
    event = demo_event()
    note = {"what": "note", "note_id": "own1", "text": "a", "photo_id": event.photos[0].id, "outline": [["far", 0], [9, 9], [0, 9]]}
    path = tmp_path / "corrections.json"
    path.write_text(json.dumps({"schema_version": 1, "edits": [note]}).replace('"far"', far), encoding="utf-8")
    corrected = correct_event(event, load_corrections(path), Config())
    assert "own1" in {n.id for n in corrected.notes} and corrected.accounting.duplicates == event.accounting.duplicates


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize(("name", "load"), [("event.toml", load_config), ("corrections.json", load_corrections)])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path, name: str, load: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(ConfigError, match="ordinary"):
        load(tmp_path / name)
