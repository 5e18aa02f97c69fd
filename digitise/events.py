"""One event from its plan to its written outputs."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from digitise.config import Config
from digitise.corrections import Corrections, corrections_path, load_corrections
from digitise.crops import crop_name
from digitise.errors import DigitiseError, NoInputError
from digitise.model import Accounting, Event, Frozen, Problem, Source
from digitise.pipeline import build_event, correct_event
from digitise.report import save_base, write_actions_csv, write_docx, write_markdown, write_notes_json, write_photo_docx
from digitise.runs import Failure, Job, Pool, Step, Tell, fingerprint_settings, name_run, read_sources, store_folder
from digitise.store import (
    Entry,
    atomic_write,
    drop_other_entries,
    free_name,
    load_written,
    lock_output,
    place_picture,
    save_written,
    sweep_parts,
)
from digitise.walls import Stored, find_walls

PICTURES = "pictures"
NOTE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
"""Folder of cleaned pictures inside the output folder. Belongs to the program: whatever is changed there is put right again."""


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
    """What it is ('report', 'photo-report', 'markdown', 'actions', 'notes') -> file name."""
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


def _run(plan: Plan, *, pool: Pool | None, threads: int, tell: Tell) -> Outcome:
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
    event = correct_event(event, plan.corrections, plan.config)
    place_pictures(plan.output, event, [(folders[place], entries[place]) for place in order], found.pictures)
    files = write_outputs(event, plan)
    again = {p.note_id for p in event.arrangement.placements if p.seen_again}
    drop_other_entries(plan.output, keep=[folders[place] for place in order])
    return Outcome(
        event=str(plan.folder),
        title=event.info.title,
        output=str(plan.output),
        files=files,
        photos=len(event.photos),
        read=len(order) - reused,
        reused=reused,
        failed=sum(p.severity == "error" for p in event.problems),
        actions=len(event.arrangement.actions),
        words_to_check=sum(len(n.doubtful) for n in event.notes if n.id not in again),
        edits=len(plan.corrections.edits),
        edits_to_check=len(event.edits_to_check),
        accounting=event.accounting,
        problems=event.problems,
    )


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


def place_pictures(output: Path, event: Event, entries: Sequence[tuple[Path, Entry]], joined: Mapping[str, Path]) -> None:
    """Put the cleaned sheets, the notes' crops and the joined pictures where the person sees them; take away those of an earlier run."""
    named = iter(event.notes)
    placed: set[str] = set()
    for name, path in joined.items():
        place_picture(path, output / PICTURES / name)
        placed.add(f"{PICTURES}/{name}")
    for folder, entry in entries:
        sources = {s.picture: s.picture for s in entry.result.surfaces if s.picture}
        # crops are stored under the provisional ids of the stage that found the notes
        sources |= {crop_name(note.id): crop_name(next(named).id) for note in entry.result.notes}
        for stored, name in sources.items():
            if stored in entry.pictures:
                place_picture(folder / stored, output / PICTURES / name)
                placed.add(f"{PICTURES}/{name}")
    for name in load_written(output):
        # only a file that lies in that folder itself: the list may be damaged, or made to lead elsewhere
        if name not in placed and name == f"{PICTURES}/{Path(name).name}" and Path(name).name not in ("", "..", "."):
            (output / name).unlink(missing_ok=True)
    save_written(output, placed)


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
            ("markdown", "report.md"),
            ("actions", "actions.csv"),
        )
        if kind in ("markdown", "actions") or kind in plan.config.report.outputs
    }
    with contextlib.ExitStack() as stack:
        parts = {kind: stack.enter_context(atomic_write(output / name)) for kind, name in files.items()}
        write_notes_json(event, parts["notes"])
        write_markdown(event, parts["markdown"])
        write_actions_csv(event, parts["actions"])
        for kind, write in (("report", write_docx), ("photo-report", write_photo_docx)):
            if kind in parts:
                write(event, pictures=output / PICTURES, template=plan.template, out=parts[kind], fields=plan.config.report.fields)
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
