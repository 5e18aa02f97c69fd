"""A review from one edit to the next: opened, changed, undone and redone, safely beside other people and other programs.

Who changes something holds the lock of corrections.json meanwhile. corrections.json is written first and the journal second: after a crash
between the two the edit is kept, and counts as one that came from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from digitise.config import Config
from digitise.corrections import Corrections, Edit, corrections_path, edit_key, load_corrections, lock_corrections, save_corrections
from digitise.corrections.model import meaning
from digitise.errors import DigitiseError, ExitCode, UsageError
from digitise.model import Event
from digitise.planning import NO_CHOICES, load_settings, output_of
from digitise.reviewing.asking import Change
from digitise.reviewing.changes import make_changes
from digitise.reviewing.journal import (
    Journal,
    JournalEntry,
    Step,
    append_entry,
    compare_corrections,
    find_conflicts,
    last_effect,
    list_undoable,
    load_journal,
    step_back,
)
from digitise.reviewing.opening import NO_FILE, Program, Stamp, correct_program, file_stamp, open_program
from digitise.reviewing.work import make_id, remember_notes
from digitise.store import hash_file


class Desktop(NamedTuple):
    """Where a review lies, and by which settings it goes."""

    folder: Path
    output: Path
    journal: Path
    config: Config
    keep: bool = True
    """False: nothing may be written; only to be looked at."""


def open_desktop(folder: Path, journal: Path, *, keep: bool = True) -> Desktop:
    """A review of an event folder by its settings as they are now. Raises ConfigError."""
    config, _ = load_settings(folder, NO_CHOICES)
    return Desktop(folder, output_of(folder, None, several=False, taken=()), journal, config, keep)


class Review(NamedTuple):
    """A review as it stands now. Immutable: hand it back as `known`, and only what changed on disk is read again."""

    program: Program | None
    """None before the first run."""
    corrections: Corrections
    event: Event | None
    """With the corrections laid over it."""
    journal: Journal
    stamp: Stamp = NO_FILE
    """Of corrections.json."""

    @property
    def revision(self) -> int:
        return self.journal.revision


class Clash(NamedTuple):
    """Two people changed the same."""

    mine: Step
    theirs: Step
    entry: JournalEntry
    """Theirs."""
    now: Edit | None
    """What holds now of what they changed."""


class ChangedSinceError(DigitiseError):
    """Somebody else changed the same thing since the person saw it. Nothing was saved."""

    exit_code = ExitCode.USAGE

    def __init__(self, subject: str, reason: str, remedy: str, clashes: tuple[Clash, ...] = (), review: Review | None = None) -> None:
        super().__init__(subject, reason, remedy)
        self.clashes = clashes
        self.review = review


class Done(NamedTuple):
    """What came of a change."""

    review: Review
    before: Event
    entry: JournalEntry | None
    """None: everything was so already."""


def open_review(desktop: Desktop, known: Review | None = None, *, client: str = "") -> Review:
    """The review as it is now. What changed outside since (an import, a new run) becomes a revision of its own.

    client: whose change it is that was made outside since `known`; it can then be undone as theirs.

    Raises ConfigError for a damaged corrections.json, OutputError.
    """
    program = open_program(desktop.output, desktop.config, known.program if known else None)
    if known is not None and _is_current(desktop, known, program):
        return known
    if not desktop.keep:
        return _catch_up(desktop, program, known)
    with lock_corrections(corrections_path(desktop.folder)):
        return _catch_up(desktop, program, known, client=client)


def _is_current(desktop: Desktop, known: Review, program: Program | None) -> bool:
    same_file = file_stamp(corrections_path(desktop.folder)) == known.stamp
    return known.program is program and same_file and (not desktop.keep or file_stamp(desktop.journal) == known.journal.stamp)


def _catch_up(desktop: Desktop, program: Program | None, known: Review | None, *, client: str = "") -> Review:
    """With the lock held: read again what changed, and enter it in the journal where that does not know it."""
    path = corrections_path(desktop.folder)
    journal = load_journal(desktop.journal, known.journal if known else None)
    stamp = file_stamp(path)
    corrections = known.corrections if known is not None and known.stamp == stamp else load_corrections(path)
    last = journal.entries[-1] if journal.entries else None
    digest = hash_file(path) if stamp != NO_FILE else ""
    if last is None or last.result != digest:
        # what was there before is only known to whoever has seen it
        seen = known is not None and last is not None and known.revision == last.revision
        changes = compare_corrections(known.corrections, corrections) if known is not None and seen else {"blind": last is not None}
        theirs = client if "steps" in changes else ""
        did = "edit" if theirs else "outside" if last else "program"
        journal = _enter(desktop, journal, did, digest, program, client=theirs, **changes)
    elif program is not None and last.program != program.stamp:
        journal = _enter(desktop, journal, "program", digest, program)
    event = known.event if known is not None and known.program is program and known.stamp == stamp else None
    if event is None and program is not None:
        event = correct_program(program, corrections)
    return Review(program, corrections, event, journal, stamp)


def _enter(desktop: Desktop, journal: Journal, did: str, result: str, program: Program | None, **fields: Any) -> Journal:
    entry = JournalEntry.model_validate(
        {
            "revision": journal.revision + 1,
            "did": did,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "result": result,
            "program": program.stamp if program is not None else NO_FILE,
            **fields,
        }
    )
    return append_entry(desktop.journal, journal, entry) if desktop.keep else journal._replace(entries=(*journal.entries, entry))


@contextmanager
def _changing(desktop: Desktop, known: Review | None) -> Iterator[tuple[Review, Program, Event]]:
    """The review as it is now, held until it is changed."""
    program = open_program(desktop.output, desktop.config, known.program if known else None)
    if program is None:
        raise UsageError(str(desktop.folder), "nothing has been read of this event yet", "Wait until its photos are read.")
    if not desktop.keep:
        raise UsageError(str(desktop.folder), "this event can only be looked at", "Ask whoever runs this server.")
    with lock_corrections(corrections_path(desktop.folder)):
        review = _catch_up(desktop, program, known)
        assert review.event is not None
        yield review, program, review.event


def find_done(review: Review, client: str, job: str) -> Done | None:
    """What came of a request that was sent before and is sent again because its answer was lost; None for one that is new."""
    entry = next((e for e in reversed(review.journal.entries) if job and (e.job, e.client) == (job, client)), None)
    if entry is None or review.program is None or review.event is None:
        return None
    return Done(review, correct_program(review.program, step_back(review.corrections, entry)), entry)


def save_changes(
    desktop: Desktop,
    changes: Sequence[Change],
    *,
    seen: int,
    client: str,
    job: str = "",
    author: str = "",
    known: Review | None = None,
    new_id: Callable[[], str] = make_id,
) -> Done:
    """Save changes that a person asked for who had seen that revision: all or none. job: see JournalEntry.

    Raises ChangedSinceError where another changed the same since, UsageError for what makes no sense, OutputError.
    """
    with _changing(desktop, known) as (review, program, event):
        if earlier := find_done(review, client, job):
            return earlier
        made = make_changes(program, review.corrections, changes, author=author, event=event, new_id=new_id)
        found = compare_corrections(review.corrections, made.corrections, made.main)
        _refuse_clashes(review, tuple(found["steps"]), client, seen=seen)  # type: ignore[arg-type]
        if not any(found.values()):
            return Done(review, event, None)
        after = _write(desktop, review, made.corrections, made.event, "edit", client=client, job=job, author=author, **found)
        return Done(after, event, after.journal.entries[-1])


def _refuse_clashes(review: Review, mine: Sequence[Step], client: str, *, seen: int) -> None:
    entries = review.journal.entries
    since = [e for e in entries if e.revision > seen and e.client != client]
    if mine and (any(e.blind for e in since) or (entries and seen < entries[0].revision - 1)):
        raise ChangedSinceError("this page", "the event was changed elsewhere since it was loaded", "Load it again.", (), review)
    clashes = _list_clashes(review, mine, since, client, after=seen)
    if clashes:
        reason = "somebody else has changed the same meanwhile, so nothing was saved"
        raise ChangedSinceError("this change", reason, "Look at what they did; then keep theirs, or save yours again.", clashes, review)


def _list_clashes(review: Review, mine: Sequence[Step], entries: Sequence[JournalEntry], client: str, *, after: int) -> tuple[Clash, ...]:
    """Each thing of theirs once, with the last one who changed it; not what is again as it was."""
    now = {edit_key(e): e for e in review.corrections.edits}
    first: dict[str, Edit | None] = {}
    last: dict[str, Clash] = {}
    for step, entry, theirs in find_conflicts(mine, entries, client, after=after):
        first.setdefault(theirs.key, theirs.before)
        last[theirs.key] = Clash(step, theirs, entry, now.get(theirs.key))
    return tuple(clash for key, clash in last.items() if _differ(first[key], clash.now))


def _differ(a: Edit | None, b: Edit | None) -> bool:
    return (a is None) != (b is None) or (a is not None and b is not None and meaning(a) != meaning(b))


def _write(desktop: Desktop, review: Review, corrections: Corrections, event: Event, did: str, **fields: Any) -> Review:
    path = corrections_path(desktop.folder)
    save_corrections(path, corrections)
    journal = _enter(desktop, review.journal, did, hash_file(path), review.program, **fields)
    return Review(review.program, corrections, event, journal, file_stamp(path))


def undo_change(desktop: Desktop, *, client: str, job: str = "", author: str = "", known: Review | None = None) -> Done:
    """Take the client's own last step back. Raises ChangedSinceError where another changed the same, UsageError where there is none."""
    return _step(desktop, client, job, author, known, forth=False)


def redo_change(desktop: Desktop, *, client: str, job: str = "", author: str = "", known: Review | None = None) -> Done:
    """Do once more what the client undid last. Raises as `undo_change` does."""
    return _step(desktop, client, job, author, known, forth=True)


def _step(desktop: Desktop, client: str, job: str, author: str, known: Review | None, *, forth: bool) -> Done:
    with _changing(desktop, known) as (review, program, event):
        if earlier := find_done(review, client, job):
            return earlier
        entries = review.journal.entries
        done, undone = list_undoable(entries, client)
        stack = undone if forth else done
        if not stack:
            what = "redone" if forth else "undone"
            raise UsageError("your changes", f"there is nothing of yours to be {what}", "Changes of others are theirs to take back.")
        entry = stack[-1]
        since = last_effect(entries, entry.revision)
        later = [e for e in entries if e.revision > since and e.client != client]
        clashes = _list_clashes(review, entry.steps, later, client, after=since)
        corrections = step_back(review.corrections, entry, forth=forth)
        moved = any(e.blind for e in later) and not _fits(review.corrections, entry, forth=forth)
        if clashes or moved:
            reason = "somebody else has changed the same since, so your step stays as it is"
            raise ChangedSinceError("your last step", reason, "Change it by hand if it should be otherwise.", clashes, review)
        corrections = remember_notes(corrections, before=review.corrections, event=program.event)
        found = compare_corrections(review.corrections, corrections, frozenset(s.key for s in entry.steps if s.main))
        after = _write(
            desktop,
            review,
            corrections,
            correct_program(program, corrections),
            "redo" if forth else "undo",
            client=client,
            job=job,
            author=author,
            of=entry.revision,
            **found,
        )
        return Done(after, event, after.journal.entries[-1])


def _fits(corrections: Corrections, entry: JournalEntry, *, forth: bool) -> bool:
    """Whether what an entry changed is as it left it."""
    now = {edit_key(e): e for e in corrections.edits}
    return not any(_differ(now.get(s.key), s.before if forth else s.after) for s in entry.steps if s.main)
