"""Changes that people ask for, turned into corrections. What an edit does is computed by `corrections.apply_corrections` alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from digitise.corrections import Corrections
from digitise.model import Event
from digitise.reviewing import asking, notes, parts, places
from digitise.reviewing.opening import Program
from digitise.reviewing.work import Work, make_id

_MAKE: dict[type, Callable[[Work, Any], None]] = {
    asking.SetWording: notes.set_wording,
    asking.SetWord: notes.set_word,
    asking.SetKind: notes.set_kind,
    asking.SetOwners: notes.set_owners,
    asking.SetDue: notes.set_due,
    asking.SetFate: notes.set_fate,
    asking.SplitNote: parts.split_note,
    asking.MergeNotes: parts.merge_notes,
    asking.AddNote: parts.add_note,
    asking.MoveNotes: places.move_notes,
    asking.AddSection: places.add_section,
    asking.RenameSection: places.rename_section,
    asking.MergeSections: places.merge_sections,
    asking.OrderSections: places.order_sections,
    asking.SetChapter: places.set_chapter,
    asking.SetInfo: places.set_info,
    asking.SettleCheck: parts.settle_check,
    asking.DropEdit: parts.drop_edit,
}


class Made(NamedTuple):
    """What became of asked changes."""

    corrections: Corrections
    event: Event
    main: frozenset[str]
    """Keys of the edits that were asked for. Others were changed only to keep their place beside these."""


def make_changes(
    program: Program,
    corrections: Corrections,
    changes: Sequence[asking.Change],
    *,
    author: str = "",
    event: Event | None = None,
    new_id: Callable[[], str] = make_id,
) -> Made:
    """The corrections with changes made in them, one after the other. Pure but for new ids.

    event: as it is with `corrections`, where the caller has it. Raises UsageError for a change that makes no sense; none is made then.
    """
    work = Work(program, corrections, author=author, new_id=new_id, _event=event)
    for change in changes:
        _MAKE[type(change)](work, change)
    return Made(work.close(), work.event, frozenset(work.main))
