"""Series -> blocks: what several events have in common, who raised what where, and one register of all their actions.

Each event's words keep their notes' anchors, so that they are found in that event's own report too; pictures stay there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from digitise.model import Action, Section
from digitise.report.bilingual import part_languages
from digitise.report.blocks import Block, Bullet, Cell, Contents, Heading, Inline, Link, PageBreak, PageTurn, Paragraph, Run, Span, Table
from digitise.report.compose_actions import print_due, print_owner, section_title
from digitise.report.compose_title import compose_title, name_program
from digitise.report.draft import Draft, anchor_name, fate_of, kind_of, open_draft, print_votes, set_words, shorten
from digitise.report.labels import SECOND_LANGUAGE, Labels, choose_labels
from digitise.report.series_labels import SeriesLabels, choose_series_labels
from digitise.report.sorting import sort_key
from digitise.report.telling_languages import tell_languages
from digitise.report.wording import bare_letters, capitalise, clean_text
from digitise.series_model import Series, SharedTheme, ThemePart

_MOST_NAME_WORDS = 12
_MOST_ANSWERED = 10
"""Words of a problem that the register repeats."""
_MOST_ACTION_WORDS = 16
"""Words of an action beside its number; the register has all of them."""


@dataclass
class _Desk:
    """The drafts of all events, with one set of anchors and one count of actions and tables."""

    series: Series
    labels: Labels
    words: SeriesLabels
    drafts: list[Draft]
    names: list[str]
    """How each event is called in tables."""
    numbers: dict[tuple[int, int], int]
    """Event and number of an action there -> number in this report."""
    anchors: set[str] = field(default_factory=set)
    tables: int = 0

    def next_table(self) -> int:
        self.tables += 1
        return self.tables


def compose_series(series: Series) -> list[Block]:
    """The whole report of a series."""
    desk = _open_desk(series)
    chapters = [_compose_figures(desk), _compose_common(desk), _compose_single(desk), _compose_register(desk), _compose_owners(desk)]
    blocks = [*_compose_front(desk), *(block for chapter in chapters for block in chapter)]
    if isinstance(blocks[-1], PageTurn):
        blocks.pop()  # pages turned back for nothing would be an empty page
    return tell_languages(part_languages(blocks, SECOND_LANGUAGE), desk.labels.language)


def _open_desk(series: Series) -> _Desk:
    labels = choose_labels(series.info.languages)
    anchors: set[str] = set()
    drafts = [open_draft(event) for event in series.events]
    for draft in drafts:
        draft.labels, draft.anchors = labels, anchors
    words = choose_series_labels(series.info.languages)
    return _Desk(series, labels, words, drafts, name_events(series), number_actions(series), anchors)


def number_actions(series: Series) -> dict[tuple[int, int], int]:
    """Event and number of an action there -> number in the series' report, from 1."""
    ordered = [(k, a.number) for k, e in enumerate(series.events) for a in sorted(e.arrangement.actions, key=lambda a: a.number)]
    return {key: n for n, key in enumerate(ordered, 1)}


def name_events(series: Series) -> list[str]:
    """What sets each title apart from the series'; with the place and date where two events have the same."""
    start = f"{clean_text(series.info.title)}".casefold()
    titles = []
    for event in series.events:
        title = clean_text(event.info.title)
        rest = title[len(start) :].strip(" :;,.–—-") if title.casefold().startswith(start) else ""
        titles.append(shorten(rest or title, _MOST_NAME_WORDS))
    names = []
    for title, event in zip(titles, series.events, strict=True):
        told = [clean_text(part) for part in (event.info.place, event.info.date) if part]
        names.append(title if titles.count(title) == 1 or not told else f"{title} ({', '.join(told)})")
    return [name if names.count(name) == 1 else f"{name} [{k}]" for k, name in enumerate(names, 1)]


def _compose_front(desk: _Desk) -> list[Block]:
    labels, words = desk.labels, desk.words
    title = compose_title(open_draft(desk.series.events[0].model_copy(update={"info": desk.series.info})))
    made = words.made_from.format(generator=name_program(desk.drafts[0]), events="; ".join(desk.names))
    check = words.how_to_check.format(action=labels.action_short.format(number=1))
    blocks: list[Block] = [
        title,
        Paragraph((Run(labels.how_made, bold=True),), "note"),
        Paragraph((Run(made),), "note"),
        Paragraph((Run(check),), "note"),
    ]
    proposed = [(k, t) for k, t in enumerate(desk.series.shared, 1) if not t.written]
    if proposed:
        inlines: list[Inline] = [Run(words.matched)]
        for n, (k, theme) in enumerate(proposed):
            inlines += [Run("; ")] if n else []
            inlines.append(Link(shorten(theme.title, 8), f"c_{k}"))
        blocks.append(Paragraph((*inlines, Run(".")), "note"))
    return [*blocks, PageBreak(), Contents(labels.contents)]


def _compose_figures(desk: _Desk) -> list[Block]:
    labels = desk.labels
    rows: list[tuple[Cell, ...]] = []
    totals = [0, 0, 0, 0]
    for name, event in zip(desk.names, desk.series.events, strict=True):
        actions = event.arrangement.actions
        problems = sum(p.kind == "problem" and p.fate == "reported" for p in event.arrangement.placements)
        counts = [event.accounting.seen, problems, len(actions), sum(not a.owners for a in actions)]
        totals = [t + c for t, c in zip(totals, counts, strict=True)]
        when = ", ".join(clean_text(part) for part in (event.info.date, event.info.place) if part)
        head: Cell = (Run(name, bold=True), *([Run(f" {when}")] if when and when not in name else []))
        rows.append((head, *((Run(str(c)),) for c in counts)))
    rows.append(((Run(desk.words.all_events, bold=True),), *((Run(str(t), bold=True),) for t in totals)))
    table = Table(
        header=(desk.words.event, labels.notes, labels.problems, labels.actions, labels.actions_without_owner),
        rows=tuple(rows),
        widths=(0.44, 0.12, 0.14, 0.13, 0.17),
        caption=desk.words.events_caption,
        label=labels.table,
        number=desk.next_table(),
    )
    return [Heading(1, (Run(desk.words.events),)), table]


def _compose_common(desk: _Desk) -> list[Block]:
    words = desk.words
    blocks: list[Block] = [Heading(1, (Run(words.common),))]
    if not desk.series.shared:
        return [*blocks, Paragraph((Run(words.common_none),))]
    blocks.append(Paragraph((Run(words.common_intro),), "lead"))
    for k, theme in enumerate(desk.series.shared, 1):
        anchor = f"c_{k}"
        desk.anchors.add(anchor)
        raised = words.raised_at.format(count=len(theme.parts), total=len(desk.series.events))
        table = Table(
            header=(words.event, words.said, words.agreed),
            rows=tuple(_print_part(desk, theme, part) for part in theme.parts),
            widths=(0.22, 0.43, 0.35),
            caption=clean_text(theme.title),
            label=desk.labels.table,
            number=0,
        )
        blocks += [Heading(2, (Run(_title_of(desk, theme)),), anchor), Paragraph((Run(f"{raised}."),), "lead"), table]
    return blocks


def _title_of(desk: _Desk, theme: SharedTheme) -> str:
    """The theme's title as the first event that has such a section prints it."""
    for part in theme.parts:
        section = desk.drafts[part.event].sections.get(part.section_id or "")
        if section is not None and section.title == theme.title:
            return section_title(desk.drafts[part.event], section)
    return capitalise(clean_text(theme.title))


def _print_part(desk: _Desk, theme: SharedTheme, part: ThemePart) -> tuple[Cell, ...]:
    draft = desk.drafts[part.event]
    section = draft.sections.get(part.section_id or "")
    ids = [*(section.note_ids if section else ()), *part.note_ids]
    said: list[Inline] = []
    if section is not None and bare_letters(section.title) != bare_letters(theme.title):
        said.append(Run(desk.words.called_here.format(title=section_title(draft, section))))
    problems = _print_problems(desk, part.event, ids)
    said += problems or [Run(desk.words.only_problems)]
    return ((Run(desk.names[part.event]),), tuple(said), tuple(_list_actions(desk, part.event, ids) or [Run(desk.words.nothing_agreed)]))


def _print_problems(desk: _Desk, event: int, ids: Sequence[str]) -> list[Inline]:
    """“…” [3]; “…” [4]: the problems among some notes, in their own words."""
    draft = desk.drafts[event]
    inlines: list[Inline] = []
    for i in ids:
        note = draft.notes.get(i)
        if note is None or kind_of(draft, i) != "problem" or fate_of(draft, i) != "reported" or i in draft.actions:
            continue
        anchor = draft.take_anchor(anchor_name("n", note.id))
        draft.body_anchors.setdefault(i, anchor)
        inlines += [Run("; “" if inlines else "“"), Span(anchor, note.id, set_words(draft, note, note.text, strip_stop=True)), Run("”")]
        if draft.repeats[i]:
            inlines.append(Run(draft.labels.said_times.format(count=draft.repeats[i] + 1)))
        inlines += [*print_votes(draft, note), *_cite_photo(draft, note.photo_id)]
    return inlines


def _cite_photo(draft: Draft, photo_id: str) -> list[Inline]:
    number = draft.photo_numbers.get(photo_id)
    return [Run(f"\u00a0[{number}]")] if number is not None else []


def _list_actions(desk: _Desk, event: int, ids: Sequence[str]) -> list[Inline]:
    """A3 Interlink to map every…; A4 …: numbers of this report, which lead to the register."""
    draft = desk.drafts[event]
    inlines: list[Inline] = []
    for action in (a for i in ids for a in draft.actions.get(i, [])):
        number = desk.numbers[event, action.number]
        name = desk.labels.action_short.format(number=number)
        inlines += [Run("; ")] if inlines else []
        inlines += [Link(name, f"a_{number}", desk.words.register), Run(f" {shorten(_action_text(draft, action), _MOST_ACTION_WORDS)}")]
    return inlines


def _action_text(draft: Draft, action: Action) -> str:
    note = draft.notes.get(action.note_id)
    if note is None:
        return capitalise(clean_text(action.text))
    return "".join(run.text for run in set_words(draft, note, action.text or note.text))


def _compose_single(desk: _Desk) -> list[Block]:
    """What only one event raised, event by event: a bullet for each theme, then the problems that stand in none."""
    shared = {(p.event, p.section_id) for t in desk.series.shared for p in t.parts}
    taken = {(p.event, i) for t in desk.series.shared for p in t.parts for i in p.note_ids}
    body: list[Block] = []
    for k, draft in enumerate(desk.drafts):
        sections = [s for s in draft.event.arrangement.sections if (k, s.id) not in shared]
        bullets = [bullet for section in sections for bullet in _print_theme(desk, k, section, taken)]
        if bullets:
            body += [Heading(2, (Run(desk.names[k]),)), *bullets]
    if not body:
        return []
    return [Heading(1, (Run(desk.words.single),)), Paragraph((Run(desk.words.single_intro),), "lead"), *body]


def _print_theme(desk: _Desk, event: int, section: Section, taken: set[tuple[int, str]]) -> list[Block]:
    """A theme's problems as one point, its actions as points below it."""
    draft = desk.drafts[event]
    ids = [i for i in section.note_ids if (event, i) not in taken]
    said, agreed = _print_problems(desk, event, ids), [_list_actions(desk, event, [i]) for i in ids if i in draft.actions]
    if not said and not agreed:
        return []
    title = section_title(draft, section) if section.title_source != "none" else desk.labels.other_points
    head: list[Inline] = [Run(f"{title}:" if said else title, bold=True), *([Run(" ")] if said else []), *said]
    return [Bullet(tuple(head)), *(Bullet(tuple(action), level=1) for action in agreed)]


def _compose_register(desk: _Desk) -> list[Block]:
    labels = desk.labels
    rows: list[tuple[Cell, ...]] = []
    anchors: list[str] = []
    for k, draft in enumerate(desk.drafts):
        for action in sorted(draft.event.arrangement.actions, key=lambda a: a.number):
            number = desk.numbers[k, action.number]
            anchor = f"a_{number}"
            desk.anchors.add(anchor)
            anchors.append(anchor)
            rows.append(_print_row(desk, k, action, number))
    if not rows:
        return []
    table = Table(
        header=(labels.number, labels.action, labels.owner, labels.due, labels.answers, desk.words.event, desk.words.source),
        rows=tuple(rows),
        widths=(0.06, 0.27, 0.14, 0.14, 0.16, 0.15, 0.08),
        caption=desk.words.register_caption,
        label=labels.table,
        number=desk.next_table(),
        row_anchors=tuple(anchors),
    )
    return [PageTurn(True), Heading(1, (Run(desk.words.register),)), table, PageTurn(False)]


def _print_row(desk: _Desk, event: int, action: Action, number: int) -> tuple[Cell, ...]:
    draft, labels = desk.drafts[event], desk.labels
    note = draft.notes.get(action.note_id)
    text: Cell = (Run(capitalise(clean_text(action.text))),)
    if note is not None:
        span = Span(draft.take_anchor(anchor_name("t", note.id)), note.id, set_words(draft, note, action.text or note.text))
        text = (span, *print_votes(draft, note))
    answered: list[Inline] = []
    for i in action.problem_note_ids:
        if i in draft.body_anchors:
            words = "".join(run.text for run in set_words(draft, draft.notes[i], draft.notes[i].text, strip_stop=True))
            answered += [*([Run("; ")] if answered else []), Link(shorten(words, _MOST_ANSWERED), draft.body_anchors[i], quiet=True)]
    owners = ", ".join(print_owner(draft, action, o) for o in action.owners)
    return (
        (Run(labels.action_short.format(number=number)),),
        text,
        (Run(owners, bold=True) if owners else Run(labels.no_owner),),
        (Run(print_due(draft, action) or labels.no_due),),
        tuple(answered) or (Run(labels.no_problem),),
        (Run(desk.names[event]),),
        (Run(labels.action_short.format(number=action.number)), *(_cite_photo(draft, note.photo_id) if note else ())),
    )


def _compose_owners(desk: _Desk) -> list[Block]:
    """Every owner with the numbers of their actions; spellings that differ in case or marks only are one."""
    held: dict[str, tuple[str, list[int]]] = {}
    free: list[int] = []
    for k, draft in enumerate(desk.drafts):
        for action in sorted(draft.event.arrangement.actions, key=lambda a: a.number):
            number = desk.numbers[k, action.number]
            for owner in action.owners:
                name = print_owner(draft, action, owner)
                held.setdefault(bare_letters(name), (name, []))[1].append(number)
            free += [] if action.owners else [number]
    if not held:
        return []
    order = sorted(held.values(), key=lambda h: sort_key(h[0], desk.labels.language))
    rows = [((Run(name, bold=True),), _link_actions(desk, numbers)) for name, numbers in order]
    rows += [((Run(desk.words.no_owner),), _link_actions(desk, free))] if free else []
    table = Table(
        header=(desk.labels.owner, desk.labels.actions),
        rows=tuple(rows),
        widths=(0.4, 0.6),
        caption=desk.words.owners_caption,
        label=desk.labels.table,
        number=desk.next_table(),
    )
    return [Heading(1, (Run(desk.words.owners),)), table]


def _link_actions(desk: _Desk, numbers: Sequence[int]) -> Cell:
    cell: list[Inline] = []
    for n in dict.fromkeys(numbers):
        cell += [*([Run(", ")] if cell else []), Link(desk.labels.action_short.format(number=n), f"a_{n}", desk.words.register)]
    return tuple(cell)
