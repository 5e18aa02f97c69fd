"""Where each note stands: the headings above it, and what they say of its theme, kind, round and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from typing import NamedTuple

from digitise.arranging.headings import Heading, is_same_heading, parse_heading
from digitise.arranging.wording import fold, is_readable, words
from digitise.config import Config
from digitise.model import Kind, Note, Photo

NAMES_THE_WALL_SHARE = 0.6
NAMES_THE_WALL_NOTES = 12
"""A title over at least this share and number of the event's notes names the event, not a theme: it would sort nothing."""

QUESTION_CONFIDENCE = 0.5
"""A round's question leans towards a kind; people answer it in their own way."""


class Standing(NamedTuple):
    """What the headings above one note say."""

    theme_id: str | None
    """Id of the nearest heading note that names a theme."""
    kind: Kind | None
    kind_confidence: float
    kind_heading: str
    round: str | None
    table: str | None
    question: str = ""
    """The question of its round in event.toml, where no heading names a theme."""


def read_headings(notes: Sequence[Note], config: Config) -> dict[str, Heading]:
    """Parsed headings by note id: titles and headings that could be read. A title that repeats the event's own names no theme."""
    parsed: dict[str, Heading] = {}
    for note in notes:
        if note.role in ("title", "heading") and is_readable(note.text):
            heading = parse_heading(note.text)
            if config.title and heading.theme and _repeats(heading.theme, config.title):
                heading = heading._replace(theme="")
            parsed[note.id] = heading
    return parsed


def find_standings(notes: Sequence[Note], headings: Mapping[str, Heading], photos: Sequence[Photo], config: Config) -> dict[str, Standing]:
    """The standing of every note. `notes` are in reading order."""
    by_id = {n.id: n for n in notes}
    titles = _find_sheet_titles(notes, headings)
    chains = {n.id: _climb(n, by_id, headings, titles) for n in notes}
    walls = _find_wall_titles(notes, chains, headings)
    rounds = {p.id: _find_configured(p, config) for p in photos}
    found = {n.id: _stand(chains[n.id], headings, walls, rounds.get(n.photo_id, (None, None)), by_id) for n in notes}
    questions = {fold(r.name): r.question for r in config.rounds if r.question}
    return {i: _ask(s, questions) for i, s in found.items()}


def _ask(standing: Standing, questions: Mapping[str, str]) -> Standing:
    """A standing completed by its round's question: it gives the theme, and with less weight the kind, where the sheet does not."""
    question = next((q for name in (standing.round, standing.table) if name and (q := questions.get(fold(name)))), "")
    if not question or standing.theme_id is not None:
        return standing
    parsed = parse_heading(question)
    if standing.kind is None and parsed.kind is not None:
        standing = standing._replace(
            kind=parsed.kind, kind_confidence=min(parsed.kind_confidence, QUESTION_CONFIDENCE), kind_heading=question
        )
    return standing._replace(question=question)


def _find_sheet_titles(notes: Sequence[Note], headings: Mapping[str, Heading]) -> dict[tuple[str, str | None], list[str]]:
    """(photo, surface) -> ids of the titles written on it, first in reading order first."""
    titles: dict[tuple[str, str | None], list[str]] = {}
    for note in notes:
        if note.role == "title" and note.id in headings:
            titles.setdefault((note.photo_id, note.surface_id), []).append(note.id)
    return titles


def _climb(
    note: Note, by_id: Mapping[str, Note], headings: Mapping[str, Heading], titles: Mapping[tuple[str, str | None], list[str]]
) -> list[str]:
    """Ids of the headings above a note, nearest first; the sheet's titles come last. A broken or circular `under` ends the climb."""
    chain: list[str] = []
    seen = {note.id}
    here = by_id.get(note.under or "")
    while here is not None and here.id not in seen:
        seen.add(here.id)
        if here.id in headings:
            chain.append(here.id)
        here = by_id.get(here.under or "")
    for title in titles.get((note.photo_id, note.surface_id), []):
        if title not in chain and title != note.id:
            chain.append(title)
    return chain


def _find_wall_titles(notes: Sequence[Note], chains: Mapping[str, list[str]], headings: Mapping[str, Heading]) -> set[str]:
    """Titles that cover nearly everything."""
    plain_notes = [n for n in notes if n.id not in headings and is_readable(n.text)]
    covered: dict[str, list[str]] = {}
    for n in plain_notes:
        nearest = next((h for h in chains[n.id] if headings[h].theme), None)
        if nearest is not None:
            covered.setdefault(fold(headings[nearest].theme), []).append(nearest)
    walls: set[str] = set()
    roles = {n.id: n.role for n in notes}
    for ids in covered.values():
        wide = len(ids) >= NAMES_THE_WALL_NOTES and len(ids) >= NAMES_THE_WALL_SHARE * len(plain_notes)
        if wide and all(roles[i] == "title" for i in ids):
            walls.update(ids)
    return walls


def _stand(
    chain: list[str],
    headings: Mapping[str, Heading],
    walls: set[str],
    configured: tuple[str | None, str | None],
    by_id: Mapping[str, Note],
) -> Standing:
    theme = next((h for h in chain if headings[h].theme and h not in walls), None)
    kind_id = next((h for h in chain if headings[h].kind is not None), None)
    kind = headings[kind_id] if kind_id else None
    return Standing(
        theme_id=theme,
        kind=kind.kind if kind else None,
        kind_confidence=kind.kind_confidence if kind else 0.0,
        kind_heading=" ".join(by_id[kind_id].text.split()) if kind_id else "",
        round=next((r for h in chain if (r := headings[h].round)), None) or configured[0],
        table=next((t for h in chain if (t := headings[h].table)), None) or configured[1],
    )


def _find_configured(photo: Photo, config: Config) -> tuple[str | None, str | None]:
    """Round and table that event.toml gives a photo; its name is compared with and without folders."""
    found_round = found_table = None
    base = photo.file.replace("\\", "/").rsplit("/", 1)[-1]
    for entry in config.rounds:
        if any(fnmatch(photo.file, p) or fnmatch(base, p) for p in entry.photos):
            parsed = parse_heading(entry.name)
            found_table = found_table or parsed.table
            found_round = found_round or parsed.round or (None if parsed.table else entry.name)
    return found_round, found_table


def _repeats(theme: str, title: str) -> bool:
    """Whether a heading is the event's title, or a run of at least two words of it."""
    if is_same_heading(theme, title):
        return True
    return len(words(theme)) >= 2 and f" {fold(theme)} " in f" {fold(title)} "
