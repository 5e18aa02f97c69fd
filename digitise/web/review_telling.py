"""What somebody changed, in one line and in the visitor's language: 'Undo: …', and both versions where two people disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digitise.corrections import (
    AddedNote,
    ChapterEdit,
    DueEdit,
    Edit,
    FateEdit,
    InfoEdit,
    JoinEdit,
    KindEdit,
    MoveEdit,
    NewSection,
    OrderEdit,
    OwnersEdit,
    ParagraphEdit,
    PassageEdit,
    SectionMerge,
    SectionRef,
    SplitEdit,
    TitleEdit,
    WordEdit,
    WordingEdit,
)
from digitise.corrections.describing import shown
from digitise.reviewing import Review, Step, hide_part
from digitise.web.wording import say

MOST_SHOWN = 3
"""Changes made together that are told one by one; the others are counted."""


def name_texts(review: Review) -> dict[str, str]:
    """Id of a note or section -> its words, for telling what was changed."""
    if review.event is None:
        return {}
    return {n.id: n.text for n in review.event.notes} | {s.id: s.title for s in review.event.arrangement.sections}


def tell_steps(steps: Iterable[Step], review: Review, texts: Mapping[str, str], language: str) -> list[str]:
    """Steps in words, one line for each that was asked for. What is private is replaced."""
    return [tell_step(step, review, texts, language) for step in steps if step.main]


def tell_together(steps: Iterable[Step], review: Review, texts: Mapping[str, str], language: str) -> str:
    """The same on one line."""
    lines = tell_steps(steps, review, texts, language)
    rest = len(lines) - MOST_SHOWN
    more = [say(language, "review.told_more", n=rest)] if rest > 0 else []
    return "; ".join([*lines[:MOST_SHOWN], *more])


def tell_step(step: Step, review: Review, texts: Mapping[str, str], language: str) -> str:
    edit = step.after or step.before
    if edit is None:
        return ""
    told = tell_edit(hide_part(review.program, edit) if review.program else edit, texts, language)
    return told if step.after is not None else say(language, "review.told_back", what=told)


def tell_edit(edit: Edit, texts: Mapping[str, str], language: str) -> str:
    """texts: id of a note or section -> its words now."""
    name, values = _name_edit(edit, texts, language)
    return say(language, f"review.told_{name}", n=None, **values)


def _name_edit(edit: Edit, texts: Mapping[str, str], language: str) -> tuple[str, dict[str, str]]:  # noqa: PLR0911, PLR0912 - one branch a kind
    """Which text of wording/review.toml tells it, and what stands in its gaps."""

    def note(note_id: str) -> str:
        return shown(texts.get(note_id, "") or say(language, "review.no_words"))

    def section(ref: SectionRef) -> str:
        return shown(texts.get(ref.id, "") or ref.title or say(language, "review.untitled"))

    match edit:
        case WordingEdit():
            return ("reworded" if edit.of == "report" else "wording"), {"was": shown(edit.base), "now": shown(edit.text)}
        case WordEdit() if edit.text == edit.base:
            return "word_right", {"now": shown(edit.text)}
        case WordEdit():
            return "wording", {"was": shown(edit.base), "now": shown(edit.text)}
        case KindEdit():
            return "kind", {"note": note(edit.note_id), "kind": say(language, f"review.kind_{edit.kind}")}
        case OwnersEdit():
            return ("owners" if edit.owners else "no_owners"), {"note": note(edit.note_id), "owners": ", ".join(edit.owners)}
        case DueEdit():
            return ("due" if edit.due else "no_due"), {"note": note(edit.note_id), "due": edit.due or ""}
        case FateEdit():
            return ("aside" if edit.fate == "set aside" else "restored"), {"note": note(edit.note_id)}
        case MoveEdit():
            return "moved", {"note": note(edit.note_id), "section": section(edit.section)}
        case TitleEdit():
            return "title", {"was": shown(edit.base), "now": shown(edit.title)}
        case ChapterEdit():
            return "chapter", {"section": section(edit.section), "chapter": say(language, f"review.chapter_{edit.chapter}")}
        case NewSection():
            return "new_section", {"section": shown(edit.title)}
        case SectionMerge():
            return "sections", {"section": section(edit.section), "into": section(edit.into)}
        case OrderEdit():
            return "order", {"sections": ", ".join(section(ref) for ref in edit.sections)}
        case SplitEdit():
            return "split", {"parts": " | ".join(map(shown, edit.parts))}
        case JoinEdit():
            return "joined", {"text": shown(edit.text)}
        case AddedNote():
            return "added", {"text": shown(edit.text)}
        case InfoEdit():
            return "info", {"field": say(language, f"review.front_{edit.field}"), "value": shown(edit.value)}
        case ParagraphEdit() | PassageEdit():
            return ("passage" if edit.runs else "passage_out"), {"text": shown("".join(run.text for run in edit.runs))}
