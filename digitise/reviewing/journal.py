"""The journal of one review: one line of JSON for each thing that changed it. Undo, redo and conflicts are told from it.

It is kept beside the event, not in it: it says who did what and when, which corrections.json does not. Without it nothing of the
corrections is lost, only the way back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from digitise.corrections import Corrections, Edit, JoinEdit, MoveEdit, NewSection, SplitEdit, Unmerged, WordEdit, WordingEdit, edit_key
from digitise.corrections.model import meaning
from digitise.model import Frozen
from digitise.reviewing.opening import NO_FILE, Stamp, file_stamp
from digitise.store import atomic_write, output_error

MOST_ENTRIES = 2000
"""So many are kept at least: more than a day's work of several people. A page that has seen none of them is told to load again."""
Did = Literal["edit", "undo", "redo", "outside", "program"]


class Step(Frozen):
    """One edit of the corrections that came, went or became another."""

    before: Edit | None = None
    after: Edit | None = None
    main: bool = True
    """False: it was changed only to keep its place beside what was asked for."""

    @property
    def key(self) -> str:
        edit = self.after if self.after is not None else self.before
        assert edit is not None
        return edit_key(edit)


class JournalEntry(Frozen):
    """One revision."""

    revision: int
    did: Did
    """outside: corrections.json was changed by something else, an import mostly. program: there was a new run."""
    at: str = ""
    """ISO 8601, UTC."""
    client: str = ""
    author: str = ""
    job: str = ""
    """What the client calls this request: sent again because its answer was lost, it is not done again. '' where it may be."""
    of: int = 0
    """Of undo and redo: the revision of the edit."""
    steps: tuple[Step, ...] = ()
    seen_more: tuple[str, ...] = ()
    seen_less: tuple[str, ...] = ()
    unmerged_more: tuple[Unmerged, ...] = ()
    unmerged_less: tuple[Unmerged, ...] = ()
    blind: bool = False
    """It is not known what changed: nobody was there to see it."""
    result: str = ""
    """SHA-256 of corrections.json as it was then, '' for none."""
    program: Stamp = (0, 0, 0)
    """Of the program's event as it was then."""


_ENTRY = TypeAdapter(JournalEntry)


def compare_corrections(before: Corrections, after: Corrections, main: frozenset[str] | None = None) -> dict[str, object]:
    """What changed between two, as fields of a journal entry. main: keys that were asked for; None for all."""
    old, new = ({edit_key(e): e for e in c.edits} for c in (before, after))
    keys = [k for k in sorted({*old, *new}) if old.get(k) != new.get(k)]
    steps = (Step(before=old.get(k), after=new.get(k), main=main is None or k in main) for k in keys)
    return {
        "steps": tuple(steps),
        "seen_more": tuple(sorted({*after.seen} - {*before.seen})),
        "seen_less": tuple(sorted({*before.seen} - {*after.seen})),
        "unmerged_more": tuple(u for u in after.unmerged if u not in before.unmerged),
        "unmerged_less": tuple(u for u in before.unmerged if u not in after.unmerged),
    }


def step_back(corrections: Corrections, entry: JournalEntry, *, forth: bool = False) -> Corrections:
    """The corrections without what an entry did, or (forth) with it once more. What others changed in passing since stays theirs."""
    edits = {edit_key(e): e for e in corrections.edits}
    for step in entry.steps:
        wanted, left = (step.after, step.before) if forth else (step.before, step.after)
        if not step.main and _differ(edits.get(step.key), left):
            continue
        if wanted is None:
            edits.pop(step.key, None)
        else:
            edits[step.key] = wanted
    more, less = (entry.seen_more, entry.seen_less) if forth else (entry.seen_less, entry.seen_more)
    came, went = (entry.unmerged_more, entry.unmerged_less) if forth else (entry.unmerged_less, entry.unmerged_more)
    unmerged = {u.id: u for u in (*(u for u in corrections.unmerged if u not in went), *came)}
    return corrections.model_copy(
        update={
            "edits": tuple(edits[key] for key in sorted(edits)),
            "seen": tuple(sorted(({*corrections.seen} - {*less}) | {*more})),
            "unmerged": tuple(unmerged[key] for key in sorted(unmerged)),
        }
    )


def _differ(a: Edit | None, b: Edit | None) -> bool:
    return (a is None) != (b is None) or (a is not None and b is not None and meaning(a) != meaning(b))


def list_undoable(entries: Sequence[JournalEntry], client: str) -> tuple[list[JournalEntry], list[JournalEntry]]:
    """The client's edits that can be undone and those that can be redone, the next one last in each."""
    done: list[JournalEntry] = []
    undone: list[JournalEntry] = []
    for entry in entries:
        if entry.client != client or not client:
            continue
        if entry.did == "edit":
            done.append(entry)
            undone.clear()
        elif entry.did == "undo" and done and done[-1].revision == entry.of:
            undone.append(done.pop())
        elif entry.did == "redo" and undone and undone[-1].revision == entry.of:
            done.append(undone.pop())
    return done, undone


def last_effect(entries: Sequence[JournalEntry], revision: int) -> int:
    """The revision since which an edit is in force, or undone: its own, or that of the last undo or redo of it."""
    return max([revision, *(e.revision for e in entries if e.of == revision and e.did in ("undo", "redo"))])


def find_conflicts(
    mine: Sequence[Step], entries: Sequence[JournalEntry], client: str, *, after: int
) -> Iterator[tuple[Step, JournalEntry, Step]]:
    """Pairs of steps, one of mine and one that another made after that revision, that are about the same thing."""
    claims = [(step, claim_subjects(step)) for step in mine if step.main]
    for entry in entries:
        if entry.revision <= after or (entry.client == client and client):
            continue
        for theirs in entry.steps:
            if not theirs.main:
                continue
            claim = claim_subjects(theirs)
            for step, own in claims:
                if own.whole & (claim.whole | claim.part) or own.part & claim.whole:
                    yield step, entry, theirs


class Claim(Frozen):
    """What a change is about. Two changes collide where one claims as a whole what the other claims at all."""

    whole: frozenset[str]
    part: frozenset[str]


def claim_subjects(step: Step) -> Claim:
    whole, part = {step.key}, set[str]()
    for edit in (step.before, step.after):
        if edit is None:
            continue
        note_id = getattr(edit, "note_id", "")
        part.add(f"is:{note_id}")
        match edit:
            case WordEdit():
                part.add(f"text:{note_id}")
            case WordingEdit():
                whole.add(f"text:{note_id}")
            case SplitEdit():
                whole |= {f"text:{note_id}", *(f"is:{note_id}-{k}" for k in range(2, len(edit.parts) + 1))}
            case JoinEdit():
                notes = (note_id, *edit.others)
                whole |= {f"text:{i}" for i in notes} | {f"fate:{i}" for i in notes}
            case MoveEdit():
                part.add(f"section is:{edit.section.id}")
            case NewSection():
                whole.add(f"section is:{edit.section_id}")
        if edit.what == "note":
            # its words and its kind are in one edit
            whole |= {f"text:{note_id}", f"kind:{note_id}"}
            if step.before is None or step.after is None:
                whole.add(f"is:{note_id}")
    return Claim(whole=frozenset(whole), part=frozenset(part - {"is:"}))


class Journal(NamedTuple):
    """A journal as it was read last."""

    entries: tuple[JournalEntry, ...] = ()
    stamp: Stamp = NO_FILE
    whole: bool = True
    """False: its last line is half written, so that it must be written anew."""

    @property
    def revision(self) -> int:
        return self.entries[-1].revision if self.entries else 0


def load_journal(path: Path, known: Journal | None = None) -> Journal:
    """All entries in order; a line that a power cut left half written, or that nobody can read, ends them. known: as it was read last."""
    stamp = file_stamp(path)
    if known is not None and known.stamp == stamp:
        return known
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError:
        return Journal()
    entries: list[JournalEntry] = []
    for line in lines:
        try:
            entries.append(_ENTRY.validate_json(line))
        except ValidationError:
            break
    return Journal(tuple(entries), stamp, len(entries) == len(lines) and all(line.endswith(b"\n") for line in lines[-1:]))


def append_entry(path: Path, journal: Journal, entry: JournalEntry) -> Journal:
    """One more entry at the end, in one piece and through to the disk. A file that has grown too long, or is not whole, is written anew.

    Only while holding the lock of the corrections, with the journal as it is then. Raises OutputError.
    """
    line = _ENTRY.dump_json(entry) + b"\n"
    if journal.whole and len(journal.entries) < 2 * MOST_ENTRIES:
        try:
            with path.open("ab") as f:
                f.write(line)
                f.flush()
                os.fsync(f.fileno())
        except OSError as e:
            raise output_error(path, e) from e
        return Journal((*journal.entries, entry), file_stamp(path))
    kept = (*journal.entries[-(MOST_ENTRIES - 1) :], entry)
    with atomic_write(path) as part:
        part.write_bytes(b"".join(_ENTRY.dump_json(e) + b"\n" for e in kept))
    return Journal(kept, file_stamp(path))
