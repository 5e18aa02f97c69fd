"""A sheet as a whole: which headings stand above each note, which of them are sections, and sheets that are about the day itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from digitise.arranging.headings import Heading
from digitise.model import Kind, Note

SheetKey = tuple[str, str | None]
"""Photo id and surface id."""
STANDALONE: frozenset[Kind] = frozenset(("strength", "idea", "question", "quote"))
"""A sheet 'What already works' is a chapter of its own; 'Problems' and 'Actions' on two sheets are to meet by their themes."""
UMBRELLA_THEMES = 2
UMBRELLA_HEADINGS = 3
"""A title over two themes, or over three headings with one theme among them, names the sheet and is no theme of those below it. One
misread 'Problems' beside 'Actions' does not make it so."""


class OwnSection(NamedTuple):
    """A heading that names only a kind ('What worries us') and is a section all the same."""

    below: str | None
    """The heading above it that names only the sheet; None where there is none."""


def sheet_of(note: Note) -> SheetKey:
    return (note.photo_id, note.surface_id)


def find_chains(notes: Sequence[Note], headings: Mapping[str, Heading]) -> dict[str, list[str]]:
    """Ids of the headings above each note, nearest first; the sheet's titles come last. `notes` are in reading order.

    A heading under which nothing stands leads in what follows it under the same heading: the question below a sheet's 'Table 3'.
    """
    by_id = {n.id: n for n in notes}
    titles: dict[SheetKey, list[str]] = {}
    for note in notes:
        if note.role == "title" and note.id in headings:
            titles.setdefault(sheet_of(note), []).append(note.id)
    ordered = [n for n in notes if n.id in headings]
    bearing = {n.under for n in notes}
    leads: dict[tuple[SheetKey, str | None], str] = {}
    chains: dict[str, list[str]] = {}
    for note in notes:
        chain = _climb(note, by_id, headings)
        told = (
            None
            if note.id in headings
            else _find_told_above(note, chain, by_id, [n for n in ordered if n.role not in ("title", "heading")])
        )
        if told is not None:
            chain = [told.id, *_climb(told, by_id, headings)]
        group = (sheet_of(note), note.under)
        if note.id in headings:
            if note.id not in bearing and note.role != "title":
                leads[group] = note.id
            else:
                leads.pop(group, None)
        elif group in leads and leads[group] not in chain:
            chain.insert(0, leads[group])
        if not any(headings[h].theme for h in chain):
            top = chain[-1] if chain else note.id
            chain += _find_above(by_id[top], ordered, headings) if top in headings else []
        chains[note.id] = chain + [t for t in titles.get(sheet_of(note), []) if t not in chain and t != note.id]
    return chains


def _find_above(heading: Note, on_sheet: Sequence[Note], headings: Mapping[str, Heading]) -> list[str]:
    """The nearest heading with a theme straight above one that names only a kind, where nobody said what it stands under; [] or one id.

    'Next steps' below 'Mental health' belongs to it; beside it, it does not.
    """
    if headings[heading.id].theme or headings[heading.id].kind is None:
        return []
    x0, top, x1, _ = heading.bbox
    over = [
        n
        for n in on_sheet
        if headings[n.id].theme and sheet_of(n) == sheet_of(heading) and _middle(n) < top and n.bbox[0] < x1 and n.bbox[2] > x0
    ]
    return [max(over, key=lambda n: n.bbox[3]).id] if over else []


def _find_told_above(note: Note, chain: Sequence[str], by_id: Mapping[str, Note], told: Sequence[Note]) -> Note | None:
    """The nearest line above that only its wording tells to be a heading, where the note's own heading is in another column."""
    x0, top, x1, _ = note.bbox
    centre = (x0 + x1) / 2
    if chain and by_id[chain[0]].bbox[0] <= centre <= by_id[chain[0]].bbox[2]:
        return None
    over = [n for n in told if sheet_of(n) == sheet_of(note) and _middle(n) < top and n.bbox[0] <= centre <= n.bbox[2]]
    return max(over, key=_middle) if over else None


def _middle(note: Note) -> float:
    """Height of a note's middle: outlines of neighbouring lines overlap, their middles do not."""
    return (note.bbox[1] + note.bbox[3]) / 2


def _climb(note: Note, by_id: Mapping[str, Note], headings: Mapping[str, Heading]) -> list[str]:
    """Up from heading to heading. A broken or circular `under` ends the climb."""
    chain: list[str] = []
    seen = {note.id}
    here = by_id.get(note.under or "")
    while here is not None and here.id not in seen:
        seen.add(here.id)
        if here.id in headings:
            chain.append(here.id)
        here = by_id.get(here.under or "")
    return chain


def find_own_sections(chains: Mapping[str, list[str]], headings: Mapping[str, Heading], by_id: Mapping[str, Note]) -> dict[str, OwnSection]:
    """Headings without a theme that are sections all the same.

    'What already works' or a question at the top of a sheet, and any kind beside themes or below a title of many themes.
    """
    below: dict[str, list[str]] = {}
    beside: dict[SheetKey, list[str]] = {}
    for h in headings:
        for a in chains[h]:
            below.setdefault(a, []).append(h)
        beside.setdefault(sheet_of(by_id[h]), []).append(h)
    own: dict[str, OwnSection] = {}
    for h, heading in headings.items():
        if heading.theme or heading.horizon or heading.kind in (None, "other"):
            continue
        above = next((a for a in chains[h] if headings[a].theme), None)
        if above is None:
            themes_beside = any(headings[b].theme and by_id[b].role != "title" for b in beside[sheet_of(by_id[h])])
            if heading.kind in STANDALONE or themes_beside or heading.wording.endswith("?"):
                own[h] = OwnSection(None)
        elif _names_the_sheet(below.get(above, []), headings):
            own[h] = OwnSection(above)
    return own


def _names_the_sheet(below: Sequence[str], headings: Mapping[str, Heading]) -> bool:
    themes = sum(bool(headings[h].theme) for h in below)
    return themes >= UMBRELLA_THEMES or (themes >= 1 and len(below) >= UMBRELLA_HEADINGS)


def find_sheet_places(notes: Sequence[Note], headings: Mapping[str, Heading]) -> dict[SheetKey, tuple[str | None, str | None]]:
    """Round and table of sheets on which all headings agree: 'Round 1 – Table 2' counts for the whole sheet wherever it stands."""
    rounds: dict[SheetKey, set[str]] = {}
    tables: dict[SheetKey, set[str]] = {}
    for note in notes:
        heading = headings.get(note.id)
        if heading and heading.round:
            rounds.setdefault(sheet_of(note), set()).add(heading.round)
        if heading and heading.table:
            tables.setdefault(sheet_of(note), set()).add(heading.table)
    return {key: (_only(rounds.get(key)), _only(tables.get(key))) for key in {*rounds, *tables}}


def _only(values: set[str] | None) -> str | None:
    return next(iter(values)) if values and len(values) == 1 else None


def find_day_sheets(notes: Sequence[Note], headings: Mapping[str, Heading]) -> dict[SheetKey, str]:
    """The facilitators' own sheets (house rules, programme) -> the heading that names them: their title, else their first heading.

    Below its first heading such a sheet has no heading about anything but the day.
    """
    on_sheet: dict[SheetKey, list[Note]] = {}
    for note in notes:
        if note.id in headings:
            on_sheet.setdefault(sheet_of(note), []).append(note)
    named: dict[SheetKey, str] = {}
    for key, found in on_sheet.items():
        about = [n for n in found if headings[n.id].kind == "other"]
        first = next((n for n in found if n.role == "title"), found[0])
        if about and all(n in about for n in found if n is not first and n.role != "title"):
            named[key] = first.id
    return named
