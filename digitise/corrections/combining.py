"""Edits put together: those that are kept and those of a document that is read in again."""

from __future__ import annotations

from collections.abc import Iterable

from digitise.corrections.model import Corrections, Edit, Unmerged, edit_key, meaning, own_id
from digitise.corrections.notes import yours


def settle_edit(corrections: Corrections, edit: Edit) -> Corrections:
    """With this edit in place of any other about the same."""
    return corrections.model_copy(update={"edits": _sorted([*(e for e in corrections.edits if edit_key(e) != edit_key(edit)), edit])})


def drop_edit(corrections: Corrections, key: str) -> Corrections:
    """Without the edit of that key: what the program says holds again."""
    return corrections.model_copy(update={"edits": tuple(e for e in corrections.edits if edit_key(e) != key)})


def _sorted(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=edit_key))


def combine_edits(
    kept: Corrections, found: Iterable[Edit], *, before: Iterable[Edit], origin: str
) -> tuple[tuple[Edit, ...], list[Unmerged]]:
    """All edits once a document has been read in, and those of it that could not be taken because of others.

    kept: what corrections.json holds. found: all that the document changed, against what the program had written into it.
    before: the edits that were in force then. origin: the document's name; what an earlier import of it brought is replaced by what it
    says now, so that reading it twice changes nothing, and a change taken back in it is taken back here.

    An edit made elsewhere since the document was written stays; the document's own version is then listed.
    """
    then = {edit_key(e): e for e in before}
    now = {edit_key(e): e for e in kept.edits}
    result = {key: e for key, e in now.items() if e.origin != origin}
    for key, edit in now.items():
        if edit.origin == origin and key in then and key not in result:
            result[key] = then[key]
    lost: list[Unmerged] = []
    for edit in found:
        key = edit_key(edit)
        other = result.get(key)
        if other is not None and meaning(other) == meaning(edit):
            continue
        changed_since = other is not None and (key not in then or meaning(then[key]) != meaning(other))
        if other is not None and changed_since:
            note_id = getattr(edit, "note_id", "")
            name = own_id("unmerged", origin, key, meaning(edit))
            lost.append(
                Unmerged(id=name, reason="conflict", note_id=note_id, where=edit.what, yours=yours(edit), other=yours(other), origin=origin)
            )
            continue
        known = now.get(key)
        # read a second time: it stays as it was, with its author
        same = known is not None and known.origin == origin and meaning(known) == meaning(edit)
        result[key] = known if known is not None and same else edit.model_copy(update={"origin": origin})
    return _sorted(result.values()), lost
