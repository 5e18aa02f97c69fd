"""An edit in a person's words, for plans and messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    SectionRef,
    SplitEdit,
    TitleEdit,
    WordEdit,
    WordingEdit,
)
from digitise.phrases import bare_token

CHAPTERS = {"problems": "problems and actions", "said": "what people said", "other": "other points"}
MOST_SHOWN = 60
"""Letters of a text that are shown."""


def describe_edit(edit: Edit, texts: Mapping[str, str]) -> str:  # noqa: PLR0912 - one branch for each kind of edit
    """One line. texts: id of a note or section -> its words as the writer saw them, to say which is meant."""

    def note(note_id: str) -> str:
        return shown(texts.get(note_id, "") or note_id)

    def section(ref: SectionRef) -> str:
        return shown(texts.get(ref.id, "") or ref.title or "the points without a heading")

    match edit:
        case WordingEdit():
            was = texts.get(edit.note_id, "") or edit.base
            text = f"wording: {shown(was)} -> {shown(_as_printed(was, edit.base, edit.text))}"
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
            text = f"moved: {note(edit.note_id)} to {section(edit.section)}"
        case TitleEdit():
            text = f"heading: {shown(texts.get(edit.section.id, '') or edit.base)} -> {shown(edit.title)}"
        case ChapterEdit():
            text = f"chapter: {section(edit.section)} among {CHAPTERS[edit.chapter]}"
        case NewSection():
            text = f"new section: {shown(edit.title)}"
        case SectionMerge():
            text = f"section {section(edit.section)} joined with {section(edit.into)}"
        case OrderEdit():
            text = f"order of the sections: {', '.join(section(ref) for ref in edit.sections)}"
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


def drop_consequences(edits: Iterable[Edit], *, sections: Sequence[str]) -> list[Edit]:
    """Edits as the person who made them counts: a new bullet or heading is one change, although it says also where things stand now.

    sections: ids of the sections in their order before.
    """
    made = list(edits)
    notes = {e.note_id for e in made if isinstance(e, AddedNote)}
    own = {e.section_id for e in made if isinstance(e, NewSection)}

    def follows(edit: Edit) -> bool:
        if isinstance(edit, MoveEdit):
            return edit.note_id in notes or edit.section.id in own
        if isinstance(edit, OrderEdit) and own:
            left = [ref.id for ref in edit.sections if ref.id not in own]
            return left == [i for i in sections if i in left]
        return False

    return [edit for edit in made if not follows(edit)]


def _as_printed(printed: str, base: str, text: str) -> str:
    """`text`, the sheet's words put right, as the document prints them: marker capitals are printed in sentence case."""
    was, old, new = printed.split(), base.split(), text.split()
    marks = len(old) - len(was)
    if len(old) != len(new) or marks < 0 or old[:marks] != new[:marks]:
        return text
    words = list(zip(was, old[marks:], new[marks:], strict=True))
    if any(bare_token(p) != bare_token(o) for p, o, _ in words):
        return text
    return " ".join(p if o == n else _in_case_of(p, n) for p, o, n in words)


def _in_case_of(printed: str, word: str) -> str:
    if not word.isupper() or printed.isupper():
        return word
    return word.capitalize() if printed[:1].isupper() else word.lower()


def shown(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + '…'}”"
