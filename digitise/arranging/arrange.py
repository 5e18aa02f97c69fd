"""Composition of the arranging stage: every note gets one placement, reported notes one section, actions a number."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import partial

from digitise.arranging.action_tables import fill_in, find_columns, find_rows, tie_rows
from digitise.arranging.actions import number_actions
from digitise.arranging.answers import Nearness, find_drawn_links
from digitise.arranging.context import Standing, find_standings, read_headings
from digitise.arranging.dates import DATE_IN_TEXT, Calendar, find_due, parse_event_date
from digitise.arranging.duplicates import find_duplicates, gather_points
from digitise.arranging.glosses import gloss
from digitise.arranging.headings import WHOLE_CONFIDENCE, Heading
from digitise.arranging.kinds import Judgement, judge_kinds
from digitise.arranging.meaning import Embedder, embed, measure_similarity
from digitise.arranging.nearby import measure_setting
from digitise.arranging.owners import find_note_owners
from digitise.arranging.seen_again import find_seen_again, place_with_views
from digitise.arranging.themes import Theme, find_parts, gather_written, make_themes, name_sections
from digitise.arranging.title_blocks import find_title_blocks
from digitise.arranging.wording import fold, is_readable, plain, words
from digitise.config import Config
from digitise.model import Action, Arrangement, Note, Overlap, Photo, Placement, Section

BESIDE = "a mark or line that is no point"
"""The reason that people see for such a placement."""


def arrange(
    notes: Sequence[Note],
    photos: Sequence[Photo],
    config: Config,
    *,
    overlaps: Sequence[Overlap] = (),
    embed: Embedder = embed,
) -> Arrangement:
    """Arrange the notes of an event. The result has one placement per note, in the order of `notes`.

    photos give the order (and say which look alike); notes of photos that are not among them come last. Sections come in order of
    first appearance, the leftover last. The order in which `notes` are passed changes nothing but the order of placements.
    overlaps: photos of one wall, confirmed; a note that several of them show is reported from its best view.
    Raises DependencyError when word vectors are needed and missing.
    """
    ordered = _sort_notes(notes, photos)
    seen_again = find_seen_again(ordered, overlaps)
    ordered = place_with_views(ordered, seen_again)
    readable = [n for n in ordered if n.legible != "no" and is_readable(n.text)]
    titles = find_title_blocks(readable, config)
    headings = read_headings(readable, config, titles=titles)
    once = [n for n in readable if n.id not in seen_again]
    rows = find_rows(once, find_columns(once))
    cells = {i for row in rows for i in (*row.who, *row.when)}  # 'Sue' in two rows is not said twice
    duplicates = find_duplicates(
        [n for n in once if n.id not in cells], photos, headings, {frozenset((o.photo_id, o.other_id)) for o in overlaps}
    )
    standings = find_standings(ordered, headings, photos, config)
    reported = [n for n in once if n.id not in duplicates]
    speakers = {n.said_by for n in once}
    beside = {n.id for n in reported if n.id in {*cells, *titles, *speakers} or is_mark(n) or names_event(n, config)} - set(headings)
    body = [n for n in reported if n.id not in headings and n.id not in beside]
    gathered = gather_points(body, standings, {i: h.theme or h.wording for i, h in headings.items()})
    duplicates = {i: gathered.get(j, j) for i, j in duplicates.items()} | gathered
    body = [n for n in body if n.id not in gathered]
    by_id = {n.id: n for n in ordered}
    themes = gather_written(body, headings, standings)
    texts = [*(n.text for n in body), *(t.title for t in themes)]
    if "cy" in config.languages:
        texts = [gloss(t) for t in texts]
    measure = partial(measure_similarity, texts, embed=embed, title=config.title or "")
    similarity = measure() if sum(len(t.note_ids) for t in themes) < len(body) else None
    if similarity is not None:
        similarity = tie_rows(similarity, rows, {n.id: i for i, n in enumerate(body)})
        setting = measure_setting(body, standings, kind_colours=config.colours)
        themes = make_themes(body, themes, standings, similarity=similarity, setting=setting)
    section_ids = name_sections(themes)
    home = {i: s for t, s in zip(themes, section_ids, strict=True) for i in (*t.note_ids, *t.heading_ids)}
    points = [n for n in readable if n.id not in headings and n.id not in beside]
    judged = judge_kinds(points, standings, config, known=_name_parties(config))
    placements = {
        n.id: _place(
            n, headings=headings, beside=beside, standing=standings[n.id], duplicates=duplicates, home=home, judged=judged, config=config
        )
        for n in ordered
    }
    placements |= fill_in(placements, rows, by_id)
    for note_id, best in seen_again.items():
        again = {"fate": "duplicate", "duplicate_of": best, "seen_again": True, "section_id": placements[best].section_id}
        placements[note_id] = placements[note_id].model_copy(update=again)
    sections = [_make_section(t, s, headings, standings) for t, s in zip(themes, section_ids, strict=True)]
    actions: list[Action] = []
    if any(placements[n.id].kind == "action" for n in body):
        linked = any(placements[n.id].kind == "problem" for n in body)
        near = measure() if linked and similarity is None else similarity
        position = {n.id: i for i, n in enumerate(body)}
        actions = number_actions(
            sections,
            placements=placements,
            notes=by_id,
            standings=standings,
            nearness=Nearness(measure_similarity(()) if near is None else near, position),
            drawn=find_drawn_links(once, placements, rows),
            calendar=Calendar(_date_event(photos, config), config.next_meeting, config.quarters),
        )
    return Arrangement(placements=tuple(placements[n.id] for n in notes), sections=tuple(sections), actions=tuple(actions))


def _sort_notes(notes: Sequence[Note], photos: Sequence[Photo]) -> list[Note]:
    """By photo, then reading order, then id, so that the order of the input does not matter."""
    rank = {p.id: i for i, p in enumerate(photos)}
    return sorted(notes, key=lambda n: (rank.get(n.photo_id, len(rank)), n.photo_id, n.order, n.id))


def _place(
    note: Note,
    *,
    headings: Mapping[str, Heading],
    beside: Container[str],
    standing: Standing,
    duplicates: Mapping[str, str],
    home: Mapping[str, str],
    judged: Mapping[str, Judgement],
    config: Config,
) -> Placement:
    if note.legible == "no" or not is_readable(note.text):
        return Placement(note_id=note.id, fate="unreadable", kind_reason="could not be read", round=standing.round, table=standing.table)
    original = duplicates.get(note.id)
    fate = "duplicate" if original is not None else "reported"
    section_id = home.get(original or note.id)
    if note.id in headings:
        own = headings[note.id]
        return Placement(
            note_id=note.id,
            fate=fate,
            kind_confidence=1.0,
            kind_reason="a heading",
            with_sheet=True,
            section_id=section_id,
            duplicate_of=original,
            round=own.round or standing.round,
            table=own.table or standing.table,
        )
    if note.id in beside:
        return Placement(
            note_id=note.id,
            fate=fate,
            kind_confidence=0.9,
            kind_reason=BESIDE,
            with_sheet=True,
            duplicate_of=original,
            round=standing.round,
            table=standing.table,
        )
    kind, confidence, reason = judged[note.id]
    acts = kind == "action"
    return Placement(
        note_id=note.id,
        fate=fate,
        kind=kind,
        kind_confidence=confidence,
        kind_reason=reason,
        section_id=section_id,
        duplicate_of=original,
        owners=find_note_owners(note, known=_name_parties(config)) if acts else (),
        due=find_due(note.text) if acts else None,
        round=standing.round,
        table=standing.table,
    )


def is_mark(note: Note) -> bool:
    """Whether lettering beside the notes says nothing by itself: a page number, a tick read as 'V', a doodle read as 'oK'.

    It stays with its sheet and is no point of the report, and so does a lone word that nobody is sure of and that belongs to no list: the
    photo record and the words to check have it. What stands alone on a sticky or card was meant to be a point.
    """
    if _is_stray_word(note):
        return True
    if note.container in ("sticky", "card") or re.search(r"[^\W\d_]{3}", note.text):
        return False
    return note.role == "label" or not re.search(r"[^\W\d_]{2}", note.text)


def _is_stray_word(note: Note) -> bool:
    """One doubtful word on bare paper, under no heading and no point of a list: half a word of another line, or a doodle's lettering."""
    words = [w for line in note.lines for w in line.words]
    alone = note.container == "none" and note.under is None and note.role in ("note", "label")
    return alone and len(note.text.split()) == 1 and len(words) == 1 and words[0].doubtful


def _name_parties(config: Config) -> frozenset[str]:
    """Names of people and bodies that event.toml knows, folded."""
    return frozenset(fold(name) for name in (*config.glossary, *config.organisers))


def names_event(note: Note, config: Config) -> bool:
    """Whether a line says only what the report's title says: 'Glan Morfa, 20 June 2026', or the lettering 'Communities'."""
    event = parse_event_date(config.date)
    dated = event is not None and parse_event_date(note.text) == event
    if note.container in ("sticky", "card") or not (dated or note.role == "label"):
        return False
    said = set(words(" ".join((config.title or "", config.place, *config.organisers))))
    return set(words(DATE_IN_TEXT.sub(" ", plain(note.text)) if dated else note.text)) <= said


def _make_section(theme: Theme, section_id: str, headings: Mapping[str, Heading], standings: Mapping[str, Standing]) -> Section:
    heading = headings.get(theme.heading_ids[0]) if theme.heading_ids else None
    kind_only = heading is not None and not heading.theme and heading.kind_confidence >= WHOLE_CONFIDENCE
    return Section(
        id=section_id,
        title=theme.title,
        title_source=theme.source,
        title_note_id=theme.title_note_id,
        note_ids=theme.note_ids,
        confidence=theme.confidence,
        kind=heading.kind if heading is not None and kind_only else None,
        parts=find_parts(theme.note_ids, headings, standings),
    )


def _date_event(photos: Sequence[Photo], config: Config) -> date | None:
    """The event's date: event.toml's, else the day on which the photos were taken where that is one day."""
    if config.date is not None:
        return parse_event_date(config.date)
    days = {p.taken.date() for p in photos if p.taken is not None}
    return days.pop() if len(days) == 1 else None
