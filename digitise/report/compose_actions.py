"""Actions: their bullets in the themes, with owners and dates, and the register of all of them."""

from __future__ import annotations

from typing import TypeVar

from digitise.model import Action, Note, Section
from digitise.phrases import find_phrase
from digitise.report.blocks import Block, Bullet, Cell, Heading, Inline, Link, PageTurn, Run, Span, Table
from digitise.report.draft import Draft, anchor_name, link_to_photo, print_in_chapter, print_votes, say_votes, set_words, shorten
from digitise.report.labels import print_date
from digitise.report.wording import LIST_MARKS, capitalise, clean_text, is_capitals, open_with_capital, sentence_case

Item = TypeVar("Item")
_ANSWERS = 4
"""The column of the problems."""
_THEME_WORDS = 5
"""Of a theme's title in the register; the column is narrow, and a long title is a tall row."""
_MOST_ANSWERED = 10
"""Words of a problem that the register repeats; its theme has all of them."""


def print_actions(draft: Draft, note: Note) -> list[Block]:
    """One bullet per action of the note: number, wording with owners in bold, then owner and date where the wording lacks them."""
    if note.id not in draft.actions:
        return [Bullet(tuple(print_in_chapter(draft, note, set_words(draft, note, note.text))), "action")]
    blocks: list[Block] = []
    for action in draft.actions[note.id]:
        runs = set_words(draft, note, action.text or note.text, bold=action.owners)
        body = print_in_chapter(draft, note, runs)
        number = draft.labels.action_short.format(number=action.number)
        head: list[Inline] = [Link(number, f"a_{action.number}", draft.labels.register, quiet=True), Run("\u2002")]
        blocks.append(Bullet((*head, body[0], *_print_duties(draft, action), *body[1:]), "action"))
    return blocks


def _print_duties(draft: Draft, action: Action) -> list[Inline]:
    labels, tokens = draft.labels, action.text.split()
    parts: list[list[Inline]] = []
    owners = [print_owner(draft, action, o) for o in action.owners if find_phrase(tokens, o) is None]
    if owners:
        parts.append([Run(f"{labels.owner}: "), Run(", ".join(owners), bold=True)])
    written = action.due is not None and find_phrase(tokens, action.due) is not None
    due = print_date(action.due_date, labels) if action.due_date and written else "" if written else print_due(draft, action)
    if due:
        parts.append([Run(f"{labels.due}: {due}")])
    if not parts:
        return []
    inlines: list[Inline] = [Run(" (")]
    for k, part in enumerate(parts):
        inlines += [Run("; "), *part] if k else part
    return [*inlines, Run(")")]


def print_owner(draft: Draft, action: Action, owner: str) -> str:
    """An owner's name as a person gave it; else without the list mark that stood before it, its marker capitals in sentence case."""
    if "owners" in action.given:
        return clean_text(owner)
    name = clean_text(owner).lstrip(LIST_MARKS + " ") or clean_text(owner)
    first, *rest = _set_piece(draft, action, name).split(" ")
    return " ".join([open_with_capital(first), *rest])


def _set_piece(draft: Draft, action: Action, piece: str) -> str:
    """A piece of an action's wording as the whole is printed: in sentence case where both are in marker capitals."""
    if not (is_capitals(action.text) and is_capitals(piece)):
        return piece
    # a first word before it, so that the piece is not taken for a sentence's beginning
    return " ".join(sentence_case(["TO", *piece.split()], draft.case, language=None)[1:])


def print_action(draft: Draft, action: Action) -> str:
    """An action's wording as its bullet prints it, with its votes."""
    note = draft.notes.get(action.note_id)
    if note is None:
        return capitalise(clean_text(action.text))
    return "".join(run.text for run in set_words(draft, note, action.text or note.text)) + say_votes(draft, note)


def print_due(draft: Draft, action: Action) -> str:
    """'by end of March (31 March 2026)': the wording of the note, and the day it means where that is known."""
    day = print_date(action.due_date, draft.labels) if action.due_date else ""
    wording = clean_text(action.due or "")
    wording = wording if "due" in action.given else _set_piece(draft, action, wording)
    return f"{wording} ({day})" if wording and wording.lower() not in day.lower() and day else day or wording


def compose_register(draft: Draft) -> list[Block]:
    """All actions in one table whose header row repeats on each page, on pages that lie on their side."""
    labels = draft.labels
    rows: list[tuple[Cell, ...]] = []
    anchors: list[str] = []
    for action in sorted(draft.event.arrangement.actions, key=lambda a: a.number):
        note = draft.notes.get(action.note_id)
        anchors.append(draft.take_anchor(f"a_{action.number}"))
        theme: Cell = (Run("–"),)
        section = draft.sections.get(action.section_id or "")
        if section and section.id in draft.section_anchors:
            theme = (Link(shorten(section_title(draft, section), _THEME_WORDS), draft.section_anchors[section.id], quiet=True),)
        text: Cell = (Run(capitalise(clean_text(action.text))),)
        if note:
            words = Span(draft.take_anchor(anchor_name("t", note.id)), note.id, set_words(draft, note, action.text or note.text))
            text = (words, *print_votes(draft, note))
        rows.append(
            (
                (Run(labels.action_short.format(number=action.number)),),
                text,
                (
                    Run(", ".join(print_owner(draft, action, o) for o in action.owners), bold=True)
                    if action.owners
                    else Run(labels.no_owner),
                ),
                (Run(print_due(draft, action) or labels.no_due),),
                _print_answered(draft, action),
                theme,
                tuple(link_to_photo(draft, note)[1:]) if note else (),
            )
        )
    if not rows:
        return []
    header: tuple[str, ...] = (labels.number, labels.action, labels.owner, labels.due, labels.answers, labels.theme, labels.source)
    widths: tuple[float, ...] = (0.06, 0.295, 0.135, 0.14, 0.185, 0.11, 0.075)
    if not any(action.problem_note_ids for action in draft.event.arrangement.actions):
        # nobody could tell: a column that says so in each row helps no one
        header, rows = _leave_out(header, _ANSWERS), [_leave_out(row, _ANSWERS) for row in rows]
        widths = (0.06, 0.34, 0.165, 0.16, 0.2, 0.075)
    table = Table(
        header=header,
        rows=tuple(rows),
        widths=widths,
        caption=labels.register_caption,
        label=labels.table,
        number=draft.next_table(),
        row_anchors=tuple(anchors),
    )
    return [PageTurn(True), Heading(1, (Run(labels.register),), draft.take_anchor("register")), table, PageTurn(False)]


def _leave_out(row: tuple[Item, ...], place: int) -> tuple[Item, ...]:
    return (*row[:place], *row[place + 1 :])


def _print_answered(draft: Draft, action: Action) -> Cell:
    """The problems that an action answers, as they stand in its theme."""
    links: list[Inline] = []
    for i in action.problem_note_ids:
        if i in draft.body_anchors and i in draft.notes:
            links += [Run("; ")] if links else []
            words = "".join(run.text for run in set_words(draft, draft.notes[i], draft.notes[i].text, strip_stop=True))
            links.append(Link(shorten(words, _MOST_ANSWERED), draft.body_anchors[i], quiet=True))
    return tuple(links) or (Run(draft.labels.no_problem),)


def section_title(draft: Draft, section: Section) -> str:
    """A section's title as its heading prints it."""
    note = draft.notes.get(section.title_note_id or "")
    if note is None:
        return clean_text(section.title)
    return "".join(run.text for run in set_words(draft, note, section.title or note.text, strip_stop=True))
