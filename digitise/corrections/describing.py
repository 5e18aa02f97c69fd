"""An edit in a person's words, for plans and messages."""

from __future__ import annotations

from collections.abc import Mapping

from digitise.corrections.model import (
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
    SplitEdit,
    TitleEdit,
    WordEdit,
    WordingEdit,
)

CHAPTERS = {"problems": "problems and actions", "said": "what people said", "other": "other points"}
MOST_SHOWN = 60
"""Letters of a text that are shown."""


def describe_edit(edit: Edit, texts: Mapping[str, str]) -> str:  # noqa: PLR0912 - one branch for each kind of edit
    """One line. texts: note id -> its words, to say which note is meant."""

    def note(note_id: str) -> str:
        return shown(texts.get(note_id, "") or note_id)

    match edit:
        case WordingEdit():
            text = f"wording: {shown(edit.base)} -> {shown(edit.text)}"
        case WordEdit():
            text = f"word: {shown(edit.base)} -> {shown(edit.text)}"
        case KindEdit():
            text = f"kind: {note(edit.note_id)} is {edit.kind}, not {edit.base}"
        case OwnersEdit():
            text = f"owner of {note(edit.note_id)}: {', '.join(edit.owners) or 'nobody'}"
        case DueEdit():
            text = f"date of {note(edit.note_id)}: {edit.due or 'none'}"
        case FateEdit():
            text = f"{edit.fate}: {note(edit.note_id)}"
        case MoveEdit():
            text = f"moved: {note(edit.note_id)} to {shown(edit.section.title or 'the points without a heading')}"
        case TitleEdit():
            text = f"heading: {shown(edit.base)} -> {shown(edit.title)}"
        case ChapterEdit():
            text = f"chapter: {shown(edit.section.title)} among {CHAPTERS[edit.chapter]}"
        case NewSection():
            text = f"new section: {shown(edit.title)}"
        case SectionMerge():
            text = f"section {shown(edit.section.title)} joined with {shown(edit.into.title or 'the points without a heading')}"
        case OrderEdit():
            text = f"order of the sections: {', '.join(shown(ref.title) for ref in edit.sections)}"
        case SplitEdit():
            text = f"split: {' | '.join(map(shown, edit.parts))}"
        case JoinEdit():
            text = f"joined: {shown(edit.text)}"
        case AddedNote():
            text = f"new {edit.kind if edit.kind != 'other' else 'point'}: {shown(edit.text)}"
        case InfoEdit():
            text = f"{edit.field}: {shown(edit.base)} -> {shown(edit.value)}"
        case ParagraphEdit():
            text = f"paragraph: {shown(''.join(run.text for run in edit.runs)) if edit.runs else 'taken out'}"
        case PassageEdit():
            text = f"text: {shown(edit.base)} -> {shown(''.join(run.text for run in edit.runs)) if edit.runs else '(taken out)'}"
    return text


def shown(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + '…'}”"
