"""Which themes of several events are the same: the same heading, else sections whose notes clearly say the same.

A theme is shared by at most one section of each event: two sections of one event were two themes to those who were there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from digitise.arranging.glosses import gloss
from digitise.arranging.headings import is_same_heading, parse_heading
from digitise.arranging.meaning import FloatArray, measure_similarity
from digitise.model import Event, Section
from digitise.series_model import SharedTheme, ThemePart

SAME_THEME = 0.15
"""Similarity of what two sections say from which they are one theme, where each is the other's nearest in its event. Of the themes of 15
published events, split in two at random and given to two 'events', 93 % of the pairs joined so were one theme, and a quarter were found."""
LOOSE_NOTE = 0.25
"""The same for a single note that stands in no theme: few words tell less."""
MOST_WORDS = 120
"""Words of a section that are compared: its title and its first notes."""


class Unit(NamedTuple):
    """What may be (part of) a shared theme."""

    event: int
    section: Section | None
    note_ids: tuple[str, ...]
    text: str


def find_shared_themes(events: Sequence[Event]) -> tuple[SharedTheme, ...]:
    """Themes with problems or actions that two events or more raised; those that most events raised first.

    Raises DependencyError when word vectors are needed and missing.
    """
    units = [u for k, event in enumerate(events) for u in _list_units(k, event)]
    if len({u.event for u in units}) < 2:
        return ()
    similarity = measure_similarity([gloss(u.text) if "cy" in events[u.event].info.languages else u.text for u in units])
    groups = _group_sections(units, similarity)
    _add_loose_notes(groups, units, similarity)
    shared = [g for g in groups if len({units[i].event for i in g}) > 1]
    shared.sort(key=lambda g: (-len({units[i].event for i in g}), min(g)))
    return tuple(_describe(sorted(g), units) for g in shared)


def _list_units(place: int, event: Event) -> list[Unit]:
    """Themes with problems or actions, and other problems by themselves: 'What worries us' is no theme that two events could share."""
    notes = {n.id: n for n in event.notes}
    kinds = {p.note_id: p.kind for p in event.arrangement.placements}
    units: list[Unit] = []
    for section in event.arrangement.sections:
        ids = tuple(i for i in section.note_ids if i in notes)
        if section.title_source == "none" or not parse_heading(section.title).theme:
            units += [Unit(place, None, (i,), notes[i].text) for i in ids if kinds.get(i) == "problem"]
        elif any(kinds.get(i) in ("problem", "action") for i in ids):
            words = " ".join([section.title, section.title, *(notes[i].text for i in ids)]).split()
            units.append(Unit(place, section, ids, " ".join(words[:MOST_WORDS])))
    return units


def _group_sections(units: Sequence[Unit], similarity: FloatArray) -> list[list[int]]:
    """Sections of different events joined, the most alike first; indices into `units`."""
    themes = [i for i, unit in enumerate(units) if unit.section is not None]
    pairs = []
    for i in themes:
        for j in (j for j in themes if j > i and units[j].event != units[i].event):
            if _same_title(units[i], units[j]):
                pairs.append((-2.0, i, j))
            elif similarity[i, j] >= SAME_THEME and _nearest(j, i, themes, units, similarity) and _nearest(i, j, themes, units, similarity):
                pairs.append((-round(float(similarity[i, j]), 9), i, j))
    home = {i: [i] for i in themes}
    for _, i, j in sorted(pairs):
        one, other = home[i], home[j]
        if one is not other and not {units[k].event for k in one} & {units[k].event for k in other}:
            one += other
            home.update(dict.fromkeys(other, one))
    return list({id(group): group for group in home.values()}.values())


def _nearest(j: int, i: int, themes: Sequence[int], units: Sequence[Unit], similarity: FloatArray) -> bool:
    """Whether no other theme of j's event is nearer to i than j is."""
    return all(similarity[i, k] <= similarity[i, j] for k in themes if units[k].event == units[j].event)


def _same_title(a: Unit, b: Unit) -> bool:
    return a.section is not None and b.section is not None and is_same_heading(a.section.title, b.section.title)


def _add_loose_notes(groups: list[list[int]], units: Sequence[Unit], similarity: FloatArray) -> None:
    """Each loose problem goes to the group of other events whose nearest section it is clearly near to."""
    sections = [list(group) for group in groups]
    for i, unit in enumerate(units):
        if unit.section is not None:
            continue
        best, at = max(((max(round(float(similarity[i, j]), 9) for j in group), -k) for k, group in enumerate(sections)), default=(0.0, 0))
        if best >= LOOSE_NOTE and any(units[j].event != unit.event for j in sections[-at]):
            groups[-at].append(i)


def _describe(group: Sequence[int], units: Sequence[Unit]) -> SharedTheme:
    sections = [s for i in group if (s := units[i].section) is not None]
    title = next((s.title for s in sections if s.title_source == "written"), sections[0].title)
    written = len(sections) > 1 and all(s.title_source == "written" and is_same_heading(s.title, title) for s in sections)
    parts = []
    for event in sorted({units[i].event for i in group}):
        mine = [units[i] for i in group if units[i].event == event]
        section = next((u.section for u in mine if u.section is not None), None)
        loose = tuple(i for u in mine if u.section is None for i in u.note_ids)
        parts.append(ThemePart(event=event, section_id=section.id if section else None, note_ids=loose))
    return SharedTheme(title=title, written=written, parts=tuple(parts))
