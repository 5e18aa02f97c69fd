"""One event from its plan to its written outputs."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitise.config import Config
from digitise.corrections import Corrections, corrections_path, load_corrections
from digitise.crops import crop_matrix, crop_name
from digitise.errors import DigitiseError, NoInputError
from digitise.model import Accounting, Event, Frozen, Problem, Quad, Source
from digitise.pipeline import build_event, correct_event
from digitise.privacy import cover_words, hide_event, hide_texts
from digitise.report import (
    save_base,
    write_actions_csv,
    write_docx,
    write_html,
    write_markdown,
    write_notes_csv,
    write_notes_json,
    write_photo_docx,
    write_xlsx,
)
from digitise.runs import Failure, Job, Pool, Step, Tell, fingerprint_settings, name_run, read_sources, store_folder
from digitise.store import (
    STORE_FOLDER,
    Entry,
    announce_written,
    atomic_write,
    drop_other_entries,
    free_name,
    load_written,
    lock_output,
    place_picture,
    save_written,
    sweep_parts,
    sync_event,
    write_picture,
    write_text,
)
from digitise.walls import Stored, find_walls

PICTURES = "pictures"
"""Folder of cleaned pictures inside the output folder. Belongs to the program: whatever is changed there is put right again."""
NOTE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
KEPT_EVENT = "event.json"
"""In the store: what a review is laid over."""


class Plan(Frozen):
    """One event, checked and ready to run."""

    folder: Path
    output: Path
    config: Config
    template: Path | None
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    corrections: Corrections = Corrections()
    """What people changed; laid over what is read."""


class Outcome(Frozen):
    """What became of one event; the summary that `--json` prints."""

    event: str
    """The folder as given."""
    title: str
    output: str
    """Folder of the files."""
    files: dict[str, str]
    """What it is ('report', 'photo-report', 'web-page', 'markdown', 'workbook', 'actions', 'whiteboard', 'notes') -> file name."""
    photos: int
    read: int
    """Photos read in this run."""
    reused: int
    """Photos taken over from an earlier run."""
    failed: int
    """Photos that could not be used."""
    actions: int
    words_to_check: int
    edits: int = 0
    """People's edits that are in force."""
    edits_to_check: int = 0
    accounting: Accounting
    problems: tuple[Problem, ...]


class KeptEvent(Frozen):
    """An event as the last run made it, before anything was corrected or replaced, with where its photos lie."""

    event: Event
    sources: tuple[Source, ...]
    """Paths are relative to the event's folder, which may be moved."""


def run_event(plan: Plan, *, pool: Pool | None, threads: int, tell: Tell) -> Outcome:
    """Read what is not yet known, and write the outputs.

    Raises NoInputError when no photo could be used, OutputError, EngineError or DependencyError.
    """
    with lock_output(plan.output):
        sweep_parts(plan.output)
        # read again under the lock: an import may have ended since the plan was made
        plan = plan.model_copy(update={"corrections": load_corrections(corrections_path(plan.folder))})
        try:
            return _run(plan, pool=pool, threads=threads, tell=tell)
        finally:
            sweep_parts(plan.output)


def read_event(plan: Plan, *, pool: Pool | None, threads: int, tell: Tell) -> Event:
    """The event as it would be reported if nothing in it were private, read as far as it is not yet known; no output is written.

    Raises as run_event does.
    """
    with lock_output(plan.output):
        sweep_parts(plan.output)
        return correct_event(_read(plan, pool=pool, threads=threads, tell=tell).event, plan.corrections, plan.config)


class Reading(NamedTuple):
    """What was read of an event."""

    event: Event
    """As the program alone makes it: nothing corrected, nothing replaced."""
    entries: list[tuple[Path, Entry]]
    """Photos in the event's order, each with its place in the store."""
    joined: Mapping[str, Path]
    """Name of a joined picture -> where it lies in the store."""
    reused: int


def _read(plan: Plan, *, pool: Pool | None, threads: int, tell: Tell) -> Reading:
    fingerprint = fingerprint_settings(plan.config)
    folders = [store_folder(plan.output, source, fingerprint) for source in plan.sources]
    run = name_run()
    jobs = [Job(source, plan.config, threads, folder, run) for source, folder in zip(plan.sources, folders, strict=True)]
    entries: dict[int, Entry] = {}
    failures: dict[int, Failure] = {}
    reused = 0
    name = event_name(plan.folder)
    tell(Step(event=name, file=plan.sources[0].file, done=0, total=len(jobs), reused=False))
    for done, (place, outcome, was_known) in enumerate(read_sources(jobs, pool), 1):
        reused += was_known
        if isinstance(outcome, Failure):
            failures[place] = outcome
        else:
            entries[place] = outcome
        tell(Step(event=name, file=plan.sources[place].file, done=done, total=len(jobs), reused=was_known))
    problems = [*plan.problems, *(failures[place].problem for place in sorted(failures))]
    if not entries:
        raise _nothing_usable(plan, problems, list(failures.values()))
    previous, complaint = load_previous(plan.output)
    order = sorted(entries)
    stored = [Stored(plan.sources[place], folders[place], entries[place]) for place in order]
    found = find_walls(stored, output=plan.output, fingerprint=fingerprint, limits=plan.config.limits)
    event = build_event(
        [entries[place].result for place in order],
        plan.config,
        previous,
        folder_name=name,
        problems=[*problems, *complaint],
        engines=[entries[place].engine for place in order],
        overlaps=found.overlaps,
        walls=found.walls,
        corrections=plan.corrections,
    )
    return Reading(event, [(folders[place], entries[place]) for place in order], found.pictures, reused)


def _run(plan: Plan, *, pool: Pool | None, threads: int, tell: Tell) -> Outcome:
    read = _read(plan, pool=pool, threads=threads, tell=tell)
    # what is to stay private goes first, from the edits too: those of a report in which it was replaced still fit
    hidden = hide_event(read.event, plan.config.privacy)
    event = correct_event(hidden.event, hide_texts(plan.corrections, hidden.rules), plan.config)
    place_pictures(plan.output, event, read.entries, read.joined, covered=hidden.covered)
    keep_event(plan, read.event)
    files = write_outputs(event, plan)
    again = {p.note_id for p in event.arrangement.placements if p.seen_again}
    drop_other_entries(plan.output, keep=[folder for folder, _ in read.entries])
    sync_event(plan.output)
    return Outcome(
        event=str(plan.folder),
        title=event.info.title,
        output=str(plan.output),
        files=files,
        photos=len(event.photos),
        read=len(read.entries) - read.reused,
        reused=read.reused,
        failed=sum(p.severity == "error" for p in event.problems),
        actions=len(event.arrangement.actions),
        words_to_check=sum(len(n.doubtful) for n in event.notes if n.id not in again),
        edits=len(plan.corrections.edits),
        edits_to_check=len(event.edits_to_check),
        accounting=event.accounting,
        problems=event.problems,
    )


def keep_event(plan: Plan, event: Event) -> None:
    """Keep the event as the program alone makes it, for people to mend between two runs. The same as before is not written again: whoever
    mends it takes a new file for a new reading."""
    root = Path(os.path.abspath(plan.folder))  # noqa: PTH100 - as intake makes the sources' paths
    sources = tuple(s.model_copy(update={"path": os.path.relpath(s.path, root)}) for s in plan.sources)
    path, text = plan.output / STORE_FOLDER / KEPT_EVENT, KeptEvent(event=event, sources=sources).model_dump_json()
    if not path.is_file() or path.read_bytes() != text.encode():
        write_text(path, text)


def load_kept(output: Path) -> KeptEvent | None:
    """What the last run kept; None where there was none, or where the file is damaged: the next run writes it anew."""
    try:
        return KeptEvent.model_validate_json((output / STORE_FOLDER / KEPT_EVENT).read_bytes())
    except (OSError, ValueError):
        return None


def load_previous(output: Path) -> tuple[Event | None, list[Problem]]:
    """The last run's event, for its note ids; with a warning when its file is there but cannot be used."""
    path = output / "notes.json"
    try:
        event = Event.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError):
        event = None
    # ids become names of files: those of a file that somebody sent may lead anywhere
    if event is not None and all(NOTE_ID.fullmatch(note.id) for note in event.notes):
        return event, []
    reason = "the file of the last run could not be read, so some notes may have new ids"
    return None, [Problem(file="notes.json", reason=reason, remedy="Nothing to do; a fresh one was written.", severity="warning")]


def place_pictures(
    output: Path,
    event: Event,
    entries: Sequence[tuple[Path, Entry]],
    joined: Mapping[str, Path],
    *,
    covered: Mapping[str, Sequence[Quad]] | None = None,
) -> None:
    """Put the cleaned sheets, the notes' crops and the joined pictures where the person sees them; take away those of an earlier run.

    covered: photo id -> where words stand, photo px, that no picture may show.
    """
    covered = covered or {}
    named = iter(event.notes)
    walls = {wall.picture: wall for wall in event.walls}
    placed: set[str] = set()
    for name, path in joined.items():
        views = [(covered.get(i, ()), m) for i, m in zip(walls[name].photo_ids, walls[name].homographies, strict=True)]
        _place(path, output / PICTURES / name, views)
        placed.add(f"{PICTURES}/{name}")
    for folder, entry in entries:
        photo = entry.result.photo
        words, size = covered.get(photo.id, ()), (photo.width_px, photo.height_px)
        sources: dict[str, tuple[str, npt.ArrayLike]] = {s.picture: (s.picture, s.homography) for s in entry.result.surfaces if s.picture}
        # crops are stored under the provisional ids of the stage that found the notes
        for note in entry.result.notes:
            sources[crop_name(note.id)] = (crop_name(next(named).id), crop_matrix(size, note, with_votes=True))
        for stored, (name, matrix) in sources.items():
            if stored in entry.pictures:
                _place(folder / stored, output / PICTURES / name, [(words, matrix)])
                placed.add(f"{PICTURES}/{name}")
    for name in load_written(output):
        # only a file that lies in that folder itself: the list may be damaged, or made to lead elsewhere
        if name not in placed and name == f"{PICTURES}/{Path(name).name}" and Path(name).name not in ("", "..", "."):
            (output / name).unlink(missing_ok=True)
    save_written(output, placed)


def _place(stored: Path, target: Path, views: Sequence[tuple[Sequence[Quad], npt.ArrayLike]]) -> None:
    """One picture of the store. views: of each photo in it, words to cover, and 9 numbers: photo px -> picture px."""
    if not any(words for words, _ in views):
        place_picture(stored, target)
        return
    with Image.open(stored) as opened:
        picture = np.asarray(opened.convert("RGB"))
    for words, matrix in views:
        picture = cover_words(picture, words, matrix)
    write_picture(picture, target)


def write_outputs(event: Event, plan: Plan) -> dict[str, str]:
    """Write all files or none: each is made under a temporary name first, and renamed when all are whole.

    Returns what was written: kind -> file name. A file that a person has edited is left alone, see store.free_name;
    notes.json is the program's own and is written anew, unless one lies there that it never wrote.
    """
    output = plan.output
    foreign = (output / "notes.json").exists() and "notes.json" not in load_written(output)
    files = {"notes": free_name(output, "notes.json") if foreign else "notes.json"} | {
        kind: free_name(output, name)
        for kind, name in (
            ("report", "report.docx"),
            ("photo-report", "photo-report.docx"),
            ("web-page", "report.html"),
            ("markdown", "report.md"),
            ("workbook", "actions.xlsx"),
            ("actions", "actions.csv"),
            ("whiteboard", "notes.csv"),
        )
        if kind not in ("report", "photo-report") or kind in plan.config.report.outputs
    }
    with contextlib.ExitStack() as stack:
        parts = {kind: stack.enter_context(atomic_write(output / name)) for kind, name in files.items()}
        write_notes_json(event, parts["notes"])
        write_markdown(event, parts["markdown"])
        write_html(event, pictures=output / PICTURES, out=parts["web-page"])
        write_xlsx(event, parts["workbook"])
        write_actions_csv(event, parts["actions"])
        write_notes_csv(event, parts["whiteboard"])
        for kind, write in (("report", write_docx), ("photo-report", write_photo_docx)):
            if kind in parts:
                write(event, pictures=output / PICTURES, template=plan.template, out=parts[kind], fields=plan.config.report.fields)
        announce_written(output, {name: parts[kind] for kind, name in files.items()})
    save_written(output, files.values())
    for kind in ("report", "photo-report"):
        if kind in files:
            save_base(output, output / files[kind], event, plan.corrections)
    return files


def event_name(folder: Path) -> str:
    """The name of an event's folder, also where it was given as '.'; without its suffix, of a ZIP or PDF."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - Path.absolute keeps '..', and resolve would hide the name the person gave
    return path.stem if path.is_file() else path.name


def no_usable_photo(folder: Path, problems: Sequence[Problem]) -> NoInputError:
    """The error for an event without a usable photo: each file that was refused, its reason and its remedy on a line of their own."""
    listed = "".join(f"\n  {p.file}: {p.reason}. {p.remedy}" for p in problems if p.severity == "error")
    return NoInputError(
        str(folder), "there is no photo that can be used", f"Put JPEG, PNG, HEIC, WebP, TIFF, PDF or ZIP files there.{listed}"
    )


def _nothing_usable(plan: Plan, problems: Sequence[Problem], failures: Sequence[Failure]) -> DigitiseError:
    error = no_usable_photo(plan.folder, problems)
    return DigitiseError(error.subject, error.reason, error.remedy) if any(f.internal for f in failures) else error
