"""What became other by a change, and what two people disagree about, for a review page."""

from __future__ import annotations

from collections import defaultdict

from digitise.corrections import Edit
from digitise.corrections.notes import yours
from digitise.model import Action, Event
from digitise.reviewing import Clash, Review, hide_part
from digitise.web.review_model import Conflict
from digitise.web.review_telling import name_texts, tell_step
from digitise.web.review_view import subjects_of


def compare_events(before: Event, after: Event) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Ids of notes that are other than before, of those that are new, and of sections that are other, new or gone."""
    old = {n.id: n for n in before.notes}
    placed = {p.note_id: p for p in before.arrangement.placements}
    had, has = _actions(before), _actions(after)
    changed = [
        n.id
        for n, p in zip(after.notes, _in_order(after), strict=True)
        if n.id not in old or old[n.id] != n or placed[n.id] != p or had.get(n.id) != has.get(n.id)
    ]
    sections = {s.id: s for s in before.arrangement.sections}
    now = {s.id: s for s in after.arrangement.sections}
    sorted_anew = list(sections) != list(now)
    others = tuple(i for i in dict.fromkeys((*now, *sections)) if sorted_anew or sections[i] != now[i])
    left = {n.id for n in after.notes}
    gone = tuple(i for i in old if i not in left)
    return (*changed, *gone), tuple(n.id for n in after.notes if n.id not in old), others


def _in_order(event: Event) -> list[object]:
    placements = {p.note_id: p for p in event.arrangement.placements}
    return [placements[n.id] for n in event.notes]


def _actions(event: Event) -> dict[str, list[Action]]:
    """The actions of each note. Their numbers go up when another one comes before them: that is no change of theirs."""
    found: dict[str, list[Action]] = defaultdict(list)
    for action in event.arrangement.actions:
        found[action.note_id].append(action.model_copy(update={"number": 0}))
    return found


def view_clash(clash: Clash, review: Review, language: str) -> Conflict:
    """Both versions of what two people changed, told in the language of the one who is asked."""
    texts = name_texts(review)
    edit = clash.mine.after or clash.mine.before
    assert edit is not None
    notes = {n.id for n in review.event.notes} if review.event else set()
    subjects = subjects_of(edit)
    note_id = next((i for i in subjects if i in notes), "")
    return Conflict(
        about=edit.what,
        note_id=note_id,
        section_id=next((i for i in subjects if i not in notes), ""),
        yours=tell_step(clash.mine, review, texts, language),
        theirs=tell_step(clash.theirs.model_copy(update={"after": clash.now}) if clash.now else clash.theirs, review, texts, language),
        who=clash.entry.author,
        at=clash.entry.at,
        yours_text=_bare(clash.mine.after, review),
        theirs_text=_bare(clash.now, review) if clash.now else texts.get(note_id, "") if edit.what == "wording" else "",
    )


def _bare(edit: Edit | None, review: Review) -> str:
    if edit is None:
        return ""
    return yours(hide_part(review.program, edit) if review.program else edit)
