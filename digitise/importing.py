"""An edited report read back: what a person did to it becomes part of the event's corrections."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from digitise.corrections import (
    AddedNote,
    Corrections,
    Edit,
    PassageEdit,
    Remembered,
    Unmerged,
    combine_edits,
    corrections_path,
    describe_edit,
    drop_consequences,
    edit_key,
    load_corrections,
    lock_corrections,
    own_passage_id,
    save_corrections,
    seen_stamp,
)
from digitise.corrections.model import meaning
from digitise.errors import UsageError
from digitise.events import PICTURES, load_previous
from digitise.model import Event, Frozen
from digitise.report import compose_report, write_docx
from digitise.report.docx_base import list_bases, load_base, make_base
from digitise.report.docx_changes import Changes, find_changes
from digitise.report.docx_identity import document_id
from digitise.report.docx_names import Base, learn_printed
from digitise.report.docx_reading import Reading, read_docx
from digitise.store import atomic_write, hash_file, load_written, lock_output, save_written

REPORT = "report.docx"
SAME_EVENT = 0.5
"""Share of a document's bookmarks that a report of this event has; those of another event share none."""

LATEST = 6
"""A document without its name is one of the last few."""


class ImportOutcome(Frozen):
    """What was read back from one edited report; what `--json` prints."""

    document: str
    corrections: str
    """The file that holds the edits."""
    changes: tuple[str, ...]
    """What is new in it, in words, one for each of `new`; () where the report was read back already, or nobody changed it."""
    new: tuple[Edit, ...]
    """The same as edits, as the person counts who made them."""
    edits: int
    """All edits of the event now."""
    unmerged: tuple[str, ...]
    """What could not be taken over, in words, one for each of `lost`: it is listed in the next report."""
    lost: tuple[Unmerged, ...] = ()
    remarks: tuple[str, ...]
    taken_back: tuple[str, ...] = ()
    """What an earlier import of a document of this name brought and this one does not say any more, in words: it is undone or replaced."""
    gone: tuple[Edit, ...] = ()
    """The same as edits."""
    texts: dict[str, str]
    """Id of a note or section that these name -> its words as the document prints them."""
    copy_name: str = ""
    """Name of the copy of the edited report, where that stands in the output folder and the next run will write over it."""
    dry_run: bool = False


def import_report(
    event: Path, document: Path, *, output: Path, template: Path | None, author: str = "", dry_run: bool = False
) -> ImportOutcome:
    """Read an edited report back into the event's corrections. With dry_run nothing is written.

    output: the folder into which the report was written. Raises NoInputError or UsageError for a document that is no report of this
    event, ConfigError for a damaged file of corrections, OutputError. Reading the same document twice changes nothing.
    """
    path = corrections_path(event)
    reading = read_docx(document)
    base, remarks = _find_base(document, reading, output=output, template=template, corrections=load_corrections(path))
    # a copy that an import kept is that very document
    origin = f"{base.document_id}:{re.sub(r'-edited-[0-9]+$', '', document.stem)}"
    changes = find_changes(base, reading, origin=origin)
    remarks += _remark(reading)
    copy_name = ""
    with contextlib.nullcontext() if dry_run else lock_output(output):
        with contextlib.nullcontext() if dry_run else lock_corrections(path):
            # read again under the lock: another import may have ended meanwhile, or somebody may be at the review page
            kept = load_corrections(path)
            combined = _combine(kept, changes, base, origin=origin, author=author)
            if not dry_run and combined != kept:
                save_corrections(path, combined)
        if not dry_run:
            copy_name = _keep_copy(document, output)
    texts = {note.id: note.text for note in base.event.notes} | learn_printed(base)
    texts |= {e.note_id: e.text for e in (*kept.edits, *combined.edits) if isinstance(e, AddedNote)}
    sections = [section.id for section in base.event.arrangement.sections]
    new = drop_consequences(_new(kept.edits, combined.edits), sections=sections)
    gone = drop_consequences(_gone(kept.edits, combined.edits, origin), sections=sections)
    return ImportOutcome(
        document=str(document),
        corrections=str(path),
        changes=tuple(describe_edit(e, texts) for e in new),
        new=tuple(new),
        edits=len(combined.edits),
        unmerged=tuple(f"{u.yours} (beside: {u.where})" if u.where else u.yours for u in combined.unmerged),
        lost=combined.unmerged,
        remarks=tuple(remarks),
        taken_back=tuple(describe_edit(e, texts) for e in gone),
        gone=tuple(gone),
        texts={name: texts[name] for e in (*new, *gone) for name in _subjects(e) if name in texts},
        copy_name=copy_name,
        dry_run=dry_run,
    )


def _subjects(edit: Edit) -> set[str]:
    """Ids of the notes and sections that an edit names."""
    sections = (getattr(edit, "section", None), getattr(edit, "into", None), *getattr(edit, "sections", ()))
    return {getattr(edit, "note_id", ""), getattr(edit, "section_id", ""), *(ref.id for ref in sections if ref is not None)}


def _new(before: Iterable[Edit], after: Iterable[Edit]) -> list[Edit]:
    known = set(before)
    return [edit for edit in after if edit not in known]


def _gone(before: Iterable[Edit], after: Iterable[Edit], origin: str) -> list[Edit]:
    """What an earlier import of the document brought, and nothing, or something else, now stands in its place."""
    left = {edit_key(edit): meaning(edit) for edit in after}
    return [edit for edit in before if edit.origin == origin and left.get(edit_key(edit)) != meaning(edit)]


def _combine(kept: Corrections, changes: Changes, base: Base, *, origin: str, author: str) -> Corrections:
    found = [edit.model_copy(update={"author": author}) if author else edit for edit in changes.edits]
    edits, lost = combine_edits(kept, found, before=base.corrections.edits, origin=origin)
    settled = set(changes.settled)
    # a passage that is gone from the report, and whose row was deleted, is forgotten
    edits = tuple(e for e in edits if not (isinstance(e, PassageEdit) and own_passage_id(e) in settled))
    others = [u for u in kept.unmerged if u.origin != origin and u.id not in settled]
    unmerged = {u.id: u for u in (*others, *changes.unmerged, *lost)}
    remembered = {r.note_id: r for r in (*changes.remembered, *kept.notes)}
    seen = {seen_stamp(row.id, row.reason, row.now) for row in base.event.edits_to_check if row.id in settled}
    return Corrections(
        edits=edits,
        notes=_needed(remembered, edits),
        unmerged=tuple(sorted(unmerged.values(), key=lambda u: u.id)),
        seen=tuple(sorted({*kept.seen, *seen})),
    )


def _needed(remembered: dict[str, Remembered], edits: Iterable[Edit]) -> tuple[Remembered, ...]:
    """Places of notes that an edit is about."""
    ids = {i for e in edits for i in (getattr(e, "note_id", ""), *getattr(e, "others", ()))}
    return tuple(remembered[i] for i in sorted(ids & set(remembered)))


def _find_base(
    document: Path, reading: Reading, *, output: Path, template: Path | None, corrections: Corrections
) -> tuple[Base, list[str]]:
    """What the program had written into the document. Raises UsageError where that is not known."""
    names = {mark.name for block in reading.blocks for mark in block.marks}
    if not names and not reading.document_id:
        raise UsageError(str(document), "is no report of digitise: it has none of its bookmarks", "Import the report.docx that you edited.")
    base = load_base(output, reading.document_id)
    if base is not None:
        return base, []
    event, _ = load_previous(output)
    if event is not None and document_id(compose_report(event)) == reading.document_id:
        return _write_again(event, output=output, template=template, corrections=corrections), []
    known = [base for name in list_bases(output)[:LATEST] if (base := load_base(output, name)) is not None]
    newest = max(known, key=lambda base: len(names & _written(base)), default=None)
    if newest is None:
        remedy = "Name the event whose report it is; with --output, if that was given when it was written."
        raise UsageError(str(document), f"no report has been written into {output} that it could be compared with", remedy)
    if len(names & _written(newest)) <= SAME_EVENT * len(names):
        raise UsageError(str(document), "is the report of another event", "Name the event whose report it is.")
    if reading.document_id:
        reason = f"what the program had written into it is not known any more ({output / '.digitise'} was deleted since)"
        raise UsageError(str(document), reason, "Make a fresh report, carry your changes over by hand, and import that one.")
    return newest, ["The document has lost its name, so it was compared with the newest report; check the result."]


def _written(base: Base) -> set[str]:
    """Names of all bookmarks that the program wrote into a document."""
    return {mark.name for block in base.reading.blocks for mark in block.marks}


def _write_again(event: Event, *, output: Path, template: Path | None, corrections: Corrections) -> Base:
    """The report of the last run once more: the store was deleted, but what it was made of is still there."""
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / REPORT
        write_docx(event, pictures=output / PICTURES, template=template, out=again)
        return make_base(read_docx(again), event, corrections)


def _remark(reading: Reading) -> list[str]:
    remarks = []
    if reading.tracked:
        remarks.append("Tracked changes were read as accepted.")
    if reading.comments:
        remarks.append(f"{len(reading.comments)} comment(s) of people are listed in the next report's chapter of edits to check.")
    return remarks


def _keep_copy(document: Path, output: Path) -> str:
    """Where the document is an output file, keep a copy of it and let the next run write over it: its edits are safe now."""
    name = document.name
    if document.resolve().parent != output.resolve() or load_written(output).get(name) in (None, hash_file(document)):
        return ""
    digest = hash_file(document)
    number = 1
    while (target := output / f"{document.stem}-edited-{number}.docx").exists():
        if hash_file(target) == digest:
            break
        number += 1
    if not target.exists():
        with atomic_write(target) as part:
            shutil.copyfile(document, part)
    save_written(output, [name])
    return target.name
