"""The doors through which strangers' files come in, and what each of them promises whatever comes.

A door may refuse what it is given, in a sentence with a remedy that names the file. It may raise nothing else; it takes little time and
memory for a small file; it leaves the file as it was; it writes nothing outside of the output folder.
"""

from __future__ import annotations

import resource
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks import fuzz_changes, fuzz_seeds
from digitise.config import Config, Limits, load_config
from digitise.corrections import Corrections, load_corrections
from digitise.errors import DigitiseError, ExitCode
from digitise.events import load_previous
from digitise.importing import import_report
from digitise.intake import decode, find_sources, mute_pillow
from digitise.model import Event
from digitise.pipeline import correct_event
from digitise.privacy import hide_event
from digitise.report import compose_report, look_at_template, write_docx, write_html, write_markdown, write_notes_csv, write_xlsx
from digitise.report.docx_package import open_template
from digitise.report.docx_reading import read_docx
from digitise.series import load_event

MOST_S = 10.0
"""Processor time for one small file. The slowest honest one takes 0.2 s; libFuzzer counts traced Python, which is slower by half."""
MOST_MIB = 400
"""By which one small file may raise the memory that the process has ever held. 2 megapixels with their copies take 40."""

MOST_LETTERS = 2000
"""Of a reason; the longest lists the styles of a template."""

EACH_IN_FULL = 10
"""Of so many files one has all outputs made: Word takes a tenth of a second."""


class BrokenPromiseError(AssertionError):
    """What came of one file is not what a door promises."""


class Door(NamedTuple):
    name: str
    file_name: str
    """Under which the file is given to the door."""
    seeds: fuzz_seeds.MakeSeeds
    change: fuzz_changes.Change
    enter: Callable[[Path, Path], None]
    """Gives the file to the program. Arguments: the file, and the folder in which it may write."""
    prepare: Callable[[Path], None] = lambda folder: None
    """Makes what the door needs in the folder, once."""


def keep_promises(door: Door, data: bytes, folder: Path) -> None:
    """Give one file to a door. Raises BrokenPromiseError. folder: empty, or as an earlier call for this door left it."""
    path, room = folder / "in" / door.file_name, folder / "room"
    if not room.is_dir():
        path.parent.mkdir()
        room.mkdir()
        mute_pillow()
        door.prepare(room)
    path.write_bytes(data)
    began, held = time.process_time(), _held_mib()
    try:
        door.enter(path, room)
    except DigitiseError as e:
        _check_error(e, path)
    except BrokenPromiseError:
        raise
    except Exception as e:
        raise BrokenPromiseError(f"{door.name}: {type(e).__name__} came out: {e}") from e
    took, more = time.process_time() - began, _held_mib() - held
    if took > MOST_S:
        raise BrokenPromiseError(f"{door.name}: took {took:.1f} s")
    if more > MOST_MIB:
        raise BrokenPromiseError(f"{door.name}: took {more} MiB of memory")
    if path.read_bytes() != data:
        raise BrokenPromiseError(f"{door.name}: the file was changed")
    if sorted(p.name for p in folder.iterdir()) != ["in", "room"] or [p.name for p in path.parent.iterdir()] != [door.file_name]:
        raise BrokenPromiseError(f"{door.name}: something was written outside of its folder")


def _held_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _check_error(e: DigitiseError, path: Path) -> None:
    if e.exit_code == ExitCode.INTERNAL:
        raise BrokenPromiseError(f"a fault of the program: {e}") from e
    _check_words(e.subject, e.reason, e.remedy, path)


def _check_words(subject: str, reason: str, remedy: str, path: Path) -> None:
    if path.name not in subject:
        raise BrokenPromiseError(f"the message does not name the file: {subject!r}")
    if not reason or not remedy.endswith((".", "?")):
        raise BrokenPromiseError(f"no sentence with a remedy: {reason!r} {remedy!r}")
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2028" for c in f"{subject}{reason}{remedy}"):
        raise BrokenPromiseError(f"the message has signs that a terminal obeys: {reason!r}")
    if len(reason) > MOST_LETTERS:
        raise BrokenPromiseError(f"a message of {len(reason)} letters")


@cache
def _limits() -> Limits:
    """As load_config gives them for fuzz_seeds.LIMITS."""
    return Config.model_validate({"limits": dict(_read_limits())}).limits


def _read_limits() -> list[tuple[str, float]]:
    lines = (line.split(" = ") for line in fuzz_seeds.LIMITS.splitlines()[1:])
    return [(name, float(value)) for name, value in lines]


def enter_intake(path: Path, room: Path) -> None:
    """Find the photos in a file, and decode them."""
    sources, problems = find_sources(path, limits=_limits())
    if not sources and not problems:
        raise BrokenPromiseError("a file that was asked for is passed over in silence")
    for problem in problems:
        _check_words(problem.file, problem.reason, problem.remedy, path)
    for source in sources[:4]:
        try:
            rgb, photo = decode(source, limits=_limits())
        except DigitiseError as e:
            _check_error(e, path)
            continue
        if rgb.shape != (photo.height_px, photo.width_px, 3) or rgb.size > 3e6 * _limits().megapixels or not rgb.flags.c_contiguous:
            raise BrokenPromiseError(f"pixels of shape {rgb.shape}")
        if not photo.model_dump_json():
            raise BrokenPromiseError("no photo")


def _write_report(event: Event, path: Path, room: Path) -> None:
    """Make the quick outputs; for some files, by their content, all."""
    compose_report(event)
    write_markdown(event, room / "report.md")
    write_notes_csv(event, room / "notes.csv")
    if zlib.crc32(path.read_bytes()) % EACH_IN_FULL == 0:
        write_html(event, pictures=room, out=room / "report.html")
        write_xlsx(event, room / "actions.xlsx")
        write_docx(event, pictures=room, template=None, out=room / "report.docx")
        read_docx(room / "report.docx")


def enter_settings(path: Path, room: Path) -> None:
    """Read event.toml, and make a report with what it says."""
    config = load_config(path)
    hidden = hide_event(fuzz_seeds.make_event(), config.privacy)
    _write_report(correct_event(hidden.event, Corrections(), config), path, room)


def enter_corrections(path: Path, room: Path) -> None:
    """Read corrections.json, lay it over an event, and make a report of that."""
    _write_report(correct_event(fuzz_seeds.make_event(), load_corrections(path), Config()), path, room)


def enter_notes(path: Path, room: Path) -> None:
    """Read notes.json as the next run and a series of events do, and make a report of it."""
    load_previous(path.parent)
    _write_report(load_event(path), path, room)


def prepare_import(room: Path) -> None:
    fuzz_seeds.make_report(room / "report")


def enter_import(path: Path, room: Path) -> None:
    """Read an edited report back, and make the next report with what it says."""
    kept = room / "corrections.json"
    kept.unlink(missing_ok=True)
    import_report(room, path, output=room / "report", template=None)
    corrections = load_corrections(kept)
    event = correct_event(fuzz_seeds.make_event(), corrections, Config())
    compose_report(event)
    again = import_report(room, path, output=room / "report", template=None)
    if again.changes or load_corrections(kept) != corrections:
        raise BrokenPromiseError(f"read twice, it changes something: {again.changes}")


def enter_template(path: Path, room: Path) -> None:
    """Check a template, and make a report on it where it may be used: then it is one."""
    for finding in look_at_template(path):
        if finding.level != "ok" and not (finding.detail and finding.remedy):
            raise BrokenPromiseError(f"no remedy: {finding}")
    open_template(path)
    out = room / "report.docx"
    write_docx(fuzz_seeds.make_event(), pictures=room, template=path, out=out)
    with zipfile.ZipFile(out) as package:
        if package.testzip() is not None:
            raise BrokenPromiseError("the report is no whole ZIP")


DOORS = {
    door.name: door
    for door in (
        Door("photo", "a.jpg", fuzz_seeds.make_pictures, fuzz_changes.change_picture, enter_intake),
        Door("heic", "a.heic", fuzz_seeds.make_heifs, fuzz_changes.change_bytes, enter_intake),
        Door("pdf", "a.pdf", fuzz_seeds.make_pdfs, fuzz_changes.change_pdf, enter_intake),
        Door("zip", "a.zip", fuzz_seeds.make_zips, fuzz_changes.change_zip, enter_intake),
        Door("settings", "event.toml", fuzz_seeds.make_settings, fuzz_changes.change_toml, enter_settings),
        Door("corrections", "corrections.json", fuzz_seeds.make_corrections, fuzz_changes.change_json, enter_corrections),
        Door("notes", "notes.json", fuzz_seeds.make_notes, fuzz_changes.change_json, enter_notes),
        Door("docx", "edited.docx", fuzz_seeds.make_documents, fuzz_changes.change_document, enter_import, prepare_import),
        Door("template", "house.docx", fuzz_seeds.make_templates, fuzz_changes.change_document, enter_template),
    )
}
