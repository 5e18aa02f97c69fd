"""The chapters made of what people wrote: problems with their evidence and actions, what else was said, rounds, the register.

Every reported note is printed here once, save headings and labels of sheets, whose place is the photo record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digitise.model import Action, Note, Section
from digitise.report.blocks import Block, Bullet, Cell, Heading, Inline, Link, Paragraph, Run, Span, Table
from digitise.report.draft import Draft, anchor_name, fate_of, kind_of, link_to_photo, print_in_chapter, print_votes, say_votes, set_words
from digitise.report.labels import print_date
from digitise.report.wording import (
    LIST_MARKS,
    bare_letters,
    capitalise,
    clean_text,
    find_phrase,
    is_capitals,
    open_with_capital,
    sentence_case,
)

EVIDENCE_WORDS = 45
"""Longest evidence sentence: a reader loses the thread beyond about three printed lines, and has bullets instead."""
_SHEET_ROLES = ("title", "heading", "label", "caption")
"""Lettering that orders a sheet; when it heads no section it is printed with its sheet only."""


def compose_themes(draft: Draft) -> list[Block]:
    """Problems and actions first; then what else people said: sections without either, and loose notes by kind."""
    labels = draft.labels
    business: list[Block] = []
    rest: list[Block] = []
    aside: list[Block] = []  # house rules and the like: said by nobody
    loose: list[str] = []
    for section in draft.event.arrangement.sections:
        ids = [i for i in section.note_ids if i in draft.notes and fate_of(draft, i) == "reported"]
        if section.title_source == "none":
            loose += ids
        elif ids or section.title_note_id:
            plain = all(kind_of(draft, i) == "other" for i in ids)
            chapter = business if any(_is_business(draft, i) for i in ids) else aside if plain else rest
            chapter += _compose_section(draft, section, ids)
    loose += [i for i in draft.notes if _belongs_in_chapter(draft, i)]
    loose = [i for i in dict.fromkeys(loose) if i not in draft.body_anchors]
    other = [i for i in loose if _is_business(draft, i)]
    if other:
        # a heading only where there is something else to tell it from
        head = [Heading(2, (Run(labels.other_problems),))] if business else []
        business += [*head, *_compose_notes(draft, other)]
    rest += aside
    for kind, title in (
        ("quote", labels.quotes),
        ("strength", labels.what_works),
        ("question", labels.questions),
        ("idea", labels.ideas),
        ("other", labels.other_points),
    ):
        ids = [i for i in loose if i not in other and kind_of(draft, i) == kind]
        rest += [Heading(2, (Run(title),)), *_print_points(draft, ids)] if ids else []
    return _open_chapter(labels.problems_and_actions, business) + _open_chapter(labels.what_people_said, rest)


def _open_chapter(title: str, body: list[Block]) -> list[Block]:
    return [Heading(1, (Run(title),)), *body] if body else []


def _is_business(draft: Draft, note_id: str) -> bool:
    return kind_of(draft, note_id) in ("problem", "action") or note_id in draft.actions


def _belongs_in_chapter(draft: Draft, note_id: str) -> bool:
    placement = draft.placements.get(note_id)
    if placement is not None and placement.with_sheet:
        return False
    return fate_of(draft, note_id) == "reported" and (draft.notes[note_id].role not in _SHEET_ROLES or _is_business(draft, note_id))


def _compose_section(draft: Draft, section: Section, ids: Sequence[str]) -> list[Block]:
    labels = draft.labels
    anchor = draft.take_anchor(anchor_name("s", section.id))
    draft.section_anchors[section.id] = anchor
    note = draft.notes.get(section.title_note_id or "")
    title: tuple[Inline, ...]
    lead: list[Block] = []
    if note is None:
        title = (Run(clean_text(section.title)),)
    else:
        # a written heading is the note itself, and so is a proposed one with all its words; a shorter one borrows from a note printed below
        whole = note.id in ids and note.id not in draft.actions and _is_whole(section.title, note)
        if whole:
            ids = [i for i in ids if i != note.id]
            kind = capitalise(labels.kinds[kind_of(draft, note.id)])
            lead = [Paragraph((Run(kind), *print_votes(draft, note), *link_to_photo(draft, note)), "lead" if ids else "body")]
        place = "n" if whole or (section.title_source == "written" and note.id not in ids) else "h"
        runs = set_words(draft, note, section.title or note.text, strip_stop=True)
        mark = draft.take_anchor(anchor_name(place, note.id))
        if place == "n":
            draft.body_anchors.setdefault(note.id, mark)
        title = (Span(mark, note.id, runs),)
    return [Heading(2, title, anchor), *lead, *_compose_notes(draft, ids, section.title)]


def _is_whole(title: str, note: Note) -> bool:
    """Whether a proposed title says all that its note says."""
    return [t.strip(LIST_MARKS) for t in title.split()] == [
        t.strip(LIST_MARKS) for t in clean_text(note.text).split() if t.strip(LIST_MARKS)
    ]


def _compose_notes(draft: Draft, ids: Sequence[str], title: str = "") -> list[Block]:
    """Evidence, actions, then the rest by kind. Headings of level 3 only where more than one part follows."""
    labels = draft.labels
    actions = [i for i in ids if i in draft.actions or kind_of(draft, i) == "action"]
    problems = [i for i in ids if kind_of(draft, i) == "problem" and i not in actions]
    blocks = _print_evidence(draft, problems)
    parts: list[tuple[str, list[Block]]] = [(labels.actions, [b for i in actions for b in _print_actions(draft, draft.notes[i])])]
    for kind, head in (
        ("strength", labels.what_works),
        ("quote", labels.quotes),
        ("idea", labels.ideas),
        ("question", labels.questions),
        ("other", labels.also_said),
    ):
        parts.append((head, _print_points(draft, [i for i in ids if kind_of(draft, i) == kind and i not in actions])))
    parts = [(head, body) for head, body in parts if body]
    # a section 'What already works' does not say so twice
    parts.sort(key=lambda part: not _says_same(part[0], title))
    listed = any(isinstance(block, Bullet) for block in blocks)
    plain = len(parts) == 1 and not listed and (parts[0][0] == labels.actions or not problems)
    for head, body in parts:
        blocks += body if plain or (_says_same(head, title) and not blocks) else [Heading(3, (Run(head),)), *body]
    return blocks


def _says_same(head: str, title: str) -> bool:
    return bare_letters(head) == bare_letters(title)


def _print_evidence(draft: Draft, ids: Sequence[str]) -> list[Block]:
    """One sentence: our joining words, the notes' own content words in quotation marks. More than a sentence holds becomes a list."""
    if not ids:
        return []
    if sum(len(draft.notes[i].text.split()) for i in ids) > EVIDENCE_WORDS:
        return [Paragraph((Run(draft.labels.what_was_said.rstrip()),), "lead"), *_print_points(draft, ids)]
    inlines: list[Inline] = [Run(draft.labels.what_was_said)]
    for k, i in enumerate(ids):
        note = draft.notes[i]
        span, *more = print_in_chapter(draft, note, set_words(draft, note, note.text, strip_stop=True))
        inlines += [Run("; “" if k else "“"), span, Run("”"), *more]
    return [Paragraph((*inlines, Run(".")))]


def _print_points(draft: Draft, ids: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    for i in ids:
        note = draft.notes[i]
        inlines = print_in_chapter(draft, note, set_words(draft, note, note.text))
        if kind_of(draft, i) == "quote":
            marks = not note.text.lstrip(LIST_MARKS + " \n").startswith(("'", '"', "‘", "“"))
            blocks.append(Paragraph((Run("“"), inlines[0], Run("”"), *inlines[1:]) if marks else tuple(inlines), "quote"))
        else:
            blocks.append(Bullet(tuple(inlines)))
    return blocks


def _print_actions(draft: Draft, note: Note) -> list[Block]:
    """One bullet per action of the note: number, wording with owners in bold, then owner and date where the wording lacks them."""
    if note.id not in draft.actions:
        return [Bullet(tuple(print_in_chapter(draft, note, set_words(draft, note, note.text))), "action")]
    blocks: list[Block] = []
    for action in draft.actions[note.id]:
        runs = set_words(draft, note, action.text or note.text, bold=action.owners)
        body = print_in_chapter(draft, note, runs)
        number = draft.labels.action_short.format(number=action.number)
        head: list[Inline] = [Link(number, f"a_{action.number}", draft.labels.register), Run("\u2002")]
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
    """An owner's name without the list mark that stood before it; of an action in marker capitals, in sentence case."""
    name = clean_text(owner).lstrip(LIST_MARKS + " ") or clean_text(owner)
    first, *rest = _set_piece(draft, action, name).split(" ")
    return " ".join([open_with_capital(first), *rest])


def _set_piece(draft: Draft, action: Action, piece: str) -> str:
    """A piece of an action's wording as the whole is printed: in sentence case where the whole is in marker capitals."""
    if not is_capitals(action.text):
        return piece
    # a first word before it, so that the piece is not taken for a sentence's beginning
    return " ".join(sentence_case(["TO", *piece.upper().split()], draft.case, language=None)[1:])


def print_action(draft: Draft, action: Action) -> str:
    """An action's wording as its bullet prints it, with its votes."""
    note = draft.notes.get(action.note_id)
    if note is None:
        return capitalise(clean_text(action.text))
    return "".join(run.text for run in set_words(draft, note, action.text or note.text)) + say_votes(draft, note)


def print_due(draft: Draft, action: Action) -> str:
    """'by end of March (31 March 2026)': the wording of the note, and the day it means where that is known."""
    day = print_date(action.due_date, draft.labels) if action.due_date else ""
    wording = _set_piece(draft, action, clean_text(action.due or ""))
    return f"{wording} ({day})" if wording and wording.lower() not in day.lower() and day else day or wording


def compose_register(draft: Draft) -> list[Block]:
    """All actions in one table whose header row repeats on each page."""
    labels = draft.labels
    rows: list[tuple[Cell, ...]] = []
    anchors: list[str] = []
    for action in sorted(draft.event.arrangement.actions, key=lambda a: a.number):
        note = draft.notes.get(action.note_id)
        anchors.append(draft.take_anchor(f"a_{action.number}"))
        theme: Cell = (Run("–"),)
        section = draft.sections.get(action.section_id or "")
        if section and section.id in draft.section_anchors:
            theme = (Link(section_title(draft, section), draft.section_anchors[section.id]),)
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
                theme,
                tuple(link_to_photo(draft, note)[1:]) if note else (),
            )
        )
    if not rows:
        return []
    table = Table(
        header=(labels.number, labels.action, labels.owner, labels.due, labels.theme, labels.source),
        rows=tuple(rows),
        widths=(0.075, 0.31, 0.17, 0.155, 0.19, 0.1),
        caption=labels.register_caption,
        label=labels.table,
        number=draft.next_table(),
        row_anchors=tuple(anchors),
    )
    return [Heading(1, (Run(labels.register),), draft.take_anchor("register")), table]


def section_title(draft: Draft, section: Section) -> str:
    """A section's title as its heading prints it."""
    note = draft.notes.get(section.title_note_id or "")
    if note is None:
        return clean_text(section.title)
    return "".join(run.text for run in set_words(draft, note, section.title or note.text, strip_stop=True))


def compose_rounds(draft: Draft) -> list[Block]:
    """World Café, Story Café, Open Space: which sheets and themes belong to which round and table."""
    labels = draft.labels
    groups: dict[tuple[str, str], list[str]] = {}
    for placement in draft.event.arrangement.placements:
        if (placement.round or placement.table) and placement.note_id in draft.notes and placement.fate != "set aside":
            groups.setdefault((placement.round or "–", placement.table or "–"), []).append(placement.note_id)
    if not groups:
        return []
    rows: list[tuple[Cell, ...]] = []
    for (name, table_name), ids in sorted(groups.items(), key=lambda g: [_count_in_words(part) for part in g[0]]):
        said = sum(i in draft.body_anchors and draft.notes[i].role not in _SHEET_ROLES for i in ids)
        themes = dict.fromkeys(p.section_id for i in ids if (p := draft.placements[i]).section_id in draft.section_anchors)
        photos = dict.fromkeys(draft.photo_numbers[draft.notes[i].photo_id] for i in ids if draft.notes[i].photo_id in draft.photo_numbers)
        theme_links = [Link(section_title(draft, draft.sections[s]), draft.section_anchors[s]) for s in themes if s]
        photo_links = [Link(f"[{n}]", f"p_{n}", labels.photo.format(number=n)) for n in photos]
        head = [(Run(clean_text(name), bold=True),), (Run(clean_text(table_name)),), (Run(str(said)),)]
        rows.append((*head, _list_links(theme_links, "; "), _list_links(photo_links, " ")))
    table = Table(
        header=(labels.round, labels.table_no, labels.notes, labels.themes, labels.photos),
        rows=tuple(rows),
        widths=(0.19, 0.13, 0.16, 0.35, 0.17),
        caption=labels.rounds_caption,
        label=labels.table,
        number=draft.next_table(),
    )
    return [Heading(1, (Run(labels.rounds),)), table]


def _count_in_words(name: str) -> tuple[str, int]:
    """'Table 10' behind 'Table 9'."""
    number = re.search(r"\d+", name)
    return (name[: number.start()] if number else name, int(number.group()) if number else 0)


def _list_links(links: Sequence[Link], joint: str) -> Cell:
    cell: list[Inline] = []
    for i, link in enumerate(links):
        cell += [Run(joint), link] if i else [link]
    return tuple(cell) or (Run("–"),)
