"""Sections: the participants' headings first; notes without one join a section that is clearly near, or are grouped by meaning."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from digitise.arranging.clusters import cluster, measure_cohesion, rank_centres
from digitise.arranging.context import Standing
from digitise.arranging.headings import Heading, is_same_heading, says_same_kind
from digitise.arranging.meaning import FloatArray
from digitise.arranging.wording import fold, shorten
from digitise.model import Note, Part, TitleSource

JOIN_SIMILARITY = 0.2
"""Similarity to a section's title or to its nearest notes from which a note without heading is clearly near to it."""
JOIN_MARGIN = 0.15
"""And so much nearer than to the next section. On real notes with half the headings taken away (1160 notes, 15 events), 3 of 4 notes that
pass both go where people had put them; with half the margin it is 2 of 3."""
NEAREST = 3
"""A note is compared with this many of the section's nearest notes: sections are wide, notes are not."""
HEADED_SHARE = 0.5
LEAST_BESIDE_HEADINGS = 4
"""Where the participants headed at least this share of the notes, a proposed section needs this many: two loose notes beside
fifteen written headings are other points, not a sixteenth theme."""
WRITTEN_CONFIDENCE = 0.95
LOOSE_CONFIDENCE, MOST_CONFIDENCE = 0.45, 0.9
"""Confidence of a proposed section: the share of its notes that people, too, had put together. In 170 groups proposed for 15 events it
is 0.5 where notes have little in common (mean similarity 0.05) and grows as that does, to 0.84 at 0.35."""
NEARLY_CENTRAL = 0.85
"""A note with so much of the nearness of the most central one stands for its section as well."""
QUESTION_CONFIDENCE = 0.8
"""The question of a round from event.toml, which no sheet repeats."""


class Theme(NamedTuple):
    """A section in the making."""

    title: str
    source: TitleSource
    title_note_id: str | None
    heading_ids: tuple[str, ...]
    """Heading notes that name it; several when sheets repeat it."""
    note_ids: tuple[str, ...]
    joined_ids: tuple[str, ...]
    """Those of note_ids that came by meaning, not by their heading."""
    confidence: float


def make_themes(
    notes: Sequence[Note], written: Sequence[Theme], standings: Mapping[str, Standing], *, similarity: FloatArray, setting: FloatArray
) -> list[Theme]:
    """Themes over `notes` (reported, readable, no headings, in reading order). Every note is in exactly one; the leftover comes last.

    written: what `gather_written` made of the same notes. similarity: of all notes, then the titles of `written`. setting: of all notes.
    """
    position = {n.id: i for i, n in enumerate(notes)}
    headed = {i for t in written for i in t.note_ids}
    loose = [n for n in notes if n.id not in headed]
    closed = {t.heading_ids for t in written if any(standings[i].about_day for i in t.note_ids)}
    written, loose = _join_near(written, loose, position, similarity, closed=closed)
    indices = [position[n.id] for n in loose]
    block = np.ix_(indices, indices)
    groups = cluster(similarity[block] + setting[block])
    least = LEAST_BESIDE_HEADINGS if len(headed) >= HEADED_SHARE * len(notes) else 2
    proposed: list[Theme] = []
    leftover: list[str] = []
    for group in groups:
        members = [indices[i] for i in group]
        if len(members) < least:
            leftover += [notes[i].id for i in members]
            continue
        centre = notes[_choose_title(notes, similarity, members)]
        ids = tuple(notes[i].id for i in sorted(members))
        confidence = round(min(MOST_CONFIDENCE, LOOSE_CONFIDENCE + measure_cohesion(similarity, members)), 2)
        proposed.append(Theme(shorten(centre.text), "proposed", centre.id, (), ids, ids, confidence))
    first = {t: min(position[i] for i in t.note_ids) for t in (*written, *proposed)}
    themes = sorted((*written, *proposed), key=lambda t: first[t])
    if leftover:
        ids = tuple(sorted(leftover, key=lambda i: position[i]))
        themes.append(Theme("", "none", None, (), ids, (), 0.0))
    return themes


def _choose_title(notes: Sequence[Note], similarity: FloatArray, members: Sequence[int]) -> int:
    """The most central note, or another nearly as central whose wording makes a title without being cut."""
    ranked = rank_centres(similarity, members)
    best = ranked[0][1]
    near = [i for i, nearness in ranked if nearness >= NEARLY_CENTRAL * best]
    return next((i for i in near if not shorten(notes[i].text).endswith("…")), ranked[0][0])


def name_sections(themes: Sequence[Theme]) -> list[str]:
    """Stable section ids: a hash of the title, so that a section keeps its id when notes come or go; '-2' for a second same title."""
    ids: list[str] = []
    for theme in themes:
        stem = "sec-other" if theme.source == "none" else "sec-" + hashlib.sha256(fold(theme.title).encode()).hexdigest()[:8]
        number = sum(1 for i in ids if i == stem or i.startswith(stem + "-"))
        ids.append(stem if number == 0 else f"{stem}-{number + 1}")
    return ids


def gather_written(notes: Sequence[Note], headings: Mapping[str, Heading], standings: Mapping[str, Standing]) -> list[Theme]:
    """One theme per heading wording, in order of first appearance; headings without notes make none."""
    titles: list[str] = []
    sources: list[list[str]] = []
    members: list[list[str]] = []
    for note in notes:
        theme_id, question = standings[note.id].theme_id, standings[note.id].question
        title = _name(headings[theme_id]) if theme_id is not None else question
        if not title:
            continue
        k = next((k for k, s in enumerate(sources) if theme_id in s), None)
        if k is None:
            k = next((k for k, t in enumerate(titles) if is_same_heading(t, title) or says_same_kind(t, title)), len(titles))
        if k == len(titles):
            titles.append(title)
            sources.append([])
            members.append([])
        if theme_id is not None and theme_id not in sources[k]:
            sources[k].append(theme_id)
        members[k].append(note.id)
    return [
        Theme(_name(headings[ids[0]]), "written", ids[0], tuple(ids), tuple(inside), (), WRITTEN_CONFIDENCE)
        if ids
        else Theme(title, "proposed", None, (), tuple(inside), (), QUESTION_CONFIDENCE)
        for title, ids, inside in zip(titles, sources, members, strict=True)
    ]


def find_parts(note_ids: Sequence[str], headings: Mapping[str, Heading], standings: Mapping[str, Standing]) -> tuple[Part, ...]:
    """The columns of a plan among the notes of a section, in order of first appearance; one column is no plan."""
    parts: dict[str, tuple[str, list[str]]] = {}
    for note_id in note_ids:
        head = standings[note_id].part_id
        if head is not None:
            parts.setdefault(fold(headings[head].wording), (head, []))[1].append(note_id)
    return tuple(Part(title_note_id=head, note_ids=tuple(ids)) for head, ids in parts.values()) if len(parts) > 1 else ()


def _name(heading: Heading) -> str:
    """A heading's theme, or all of it where it is a section without one ('What already works')."""
    return heading.theme or heading.wording


def _join_near(
    written: Sequence[Theme], loose: list[Note], position: Mapping[str, int], similarity: FloatArray, *, closed: set[tuple[str, ...]]
) -> tuple[list[Theme], list[Note]]:
    """Loose notes that are clearly near to one written section go there; compared with headed notes only, so order does not matter.

    closed: heading ids of sections that take no other notes (house rules). Rows of `similarity`: all notes, then all titles.
    """
    if not written:
        return [], loose
    joined: dict[int, list[str]] = {}
    left: list[Note] = []
    for note in loose:
        row = similarity[position[note.id]]
        scores = []
        for k, theme in enumerate(written):
            if theme.heading_ids in closed:
                scores.append(-1.0)
                continue
            near = sorted((float(row[position[i]]) for i in theme.note_ids), reverse=True)[:NEAREST]
            scores.append(max(float(row[len(position) + k]), sum(near) / len(near)))
        best = int(np.argmax(np.round(scores, 9)))
        others = [s for k, s in enumerate(scores) if k != best]
        if scores[best] >= JOIN_SIMILARITY and (not others or scores[best] - max(others) >= JOIN_MARGIN):
            joined.setdefault(best, []).append(note.id)
        else:
            left.append(note)
    result = []
    for k, theme in enumerate(written):
        extra = joined.get(k, [])
        ids = tuple(sorted((*theme.note_ids, *extra), key=lambda i: position[i]))
        result.append(theme._replace(note_ids=ids, joined_ids=tuple(extra)))
    return result, left
