"""Where each note stands: what the headings above it say of its theme, kind, round and table."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from fnmatch import fnmatch
from typing import NamedTuple

from digitise.arranging.action_tables import Column, find_columns
from digitise.arranging.formats import HORIZONS, find_kinds_asked
from digitise.arranging.headings import WHOLE_CONFIDENCE, Heading, is_bare_heading, is_same_heading, parse_heading
from digitise.arranging.rounds import find_rounds_by_time
from digitise.arranging.sheets import OwnSection, SheetKey, find_chains, find_day_sheets, find_own_sections, find_sheet_places, sheet_of
from digitise.arranging.wording import fold, is_readable, words
from digitise.config import Config
from digitise.model import Kind, Note, Photo

NAMES_THE_WALL_SHARE = 0.6
NAMES_THE_WALL_NOTES = 12
"""A title over at least this share and number of the event's notes names the event, not a theme: it would sort nothing."""

MOST_HEADING_WORDS = 8
MOST_HEADING_LETTERS = 48
"""Headings on sheets are shorter, questions aside."""

COLUMN_KINDS: dict[Column, Kind | None] = {"why": "problem", "what": "action", "who": None, "when": None}
NO_HEADING = Heading("", None, 0.0, None, None)

HORIZON_CONFIDENCE = 0.4
"""'Later' heads plans, and questions and wishes among them."""
QUESTION_CONFIDENCE = 0.5
"""A round's question leans towards a kind; people answer it in their own way."""


class Standing(NamedTuple):
    """What the headings above one note say."""

    theme_id: str | None
    """Id of the heading note that names its section."""
    kind: Kind | None
    kind_confidence: float
    kind_heading: str
    round: str | None
    table: str | None
    question: str = ""
    """The question of its round in event.toml, or the heads of its plan, where no heading names a theme."""
    asked: tuple[Kind, ...] = ()
    """The kinds between which a heading over it leaves the choice: 'Problems and ideas'."""
    part_id: str | None = None
    """Id of the column of a plan ('Now', 'Next', 'Later') in which it stands."""
    about_day: bool = False
    """It stands on the facilitators' own sheet: house rules, the day's programme."""


def read_headings(notes: Sequence[Note], config: Config, *, titles: Container[str] = ()) -> dict[str, Heading]:
    """Parsed headings by note id: titles and headings that could be read, and lines that say nothing but what a heading says.

    titles: ids of the notes that make up a sheet's title block.

    A title that repeats the event's own names no theme. The question of a round tells the round.
    """
    parsed: dict[str, Heading] = {}
    for note in notes:
        if note.role in ("title", "heading") and is_readable(note.text) and not _is_sentence(note):
            parsed[note.id] = parse_heading(note.text)
    asked = [r.question for r in config.rounds if r.question]
    asked += [h.wording for h in parsed.values() if h.wording.endswith("?")]
    for note in notes:
        if note.id not in parsed and is_readable(note.text):
            heading = parse_heading(note.text)
            names_place = (heading.round or heading.table) and not heading.theme and heading.kind is None
            if note.container not in ("none", "box", "paper") and not names_place:
                continue  # a sticky says something; one that says only 'Table 3' marks its sheet
            if is_bare_heading(heading) or any(is_same_heading(note.text, question) for question in asked):
                parsed[note.id] = heading
    for note_id, column in find_columns(notes).items():
        parsed[note_id] = Heading("", COLUMN_KINDS[column], WHOLE_CONFIDENCE, None, None, parsed.get(note_id, NO_HEADING).wording)
    parsed |= _read_horizons([n for n in notes if n.id in parsed], parsed)
    parsed |= {i: heading._replace(theme="") for i, heading in parsed.items() if i in titles}
    return {i: _fit_event(heading, config) for i, heading in parsed.items()}


def _read_horizons(heads: Sequence[Note], parsed: Mapping[str, Heading]) -> dict[str, Heading]:
    """'Now', 'Next' and 'Later' on one sheet head what is to be done, and part one section; one of them alone may mean anything."""
    by_sheet: dict[SheetKey, dict[str, list[str]]] = {}
    for note in heads:
        key = fold(note.text)
        if parsed[note.id].kind is None and HORIZONS.fullmatch(key):
            by_sheet.setdefault(sheet_of(note), {}).setdefault(key, []).append(note.id)
    plans = [ids for found in by_sheet.values() if len(found) > 1 for group in found.values() for ids in group]
    return {i: parsed[i]._replace(theme="", kind="action", kind_confidence=HORIZON_CONFIDENCE, horizon=True) for i in plans}


def _is_sentence(note: Note) -> bool:
    """Whether a heading that stands under another one is too long for one: a point whose first line was written large."""
    line = " ".join(note.text.split())
    too_long = len(line.split()) > MOST_HEADING_WORDS or len(line) > MOST_HEADING_LETTERS
    return too_long and note.under is not None and not line.endswith(("?", ":"))


def _fit_event(heading: Heading, config: Config) -> Heading:
    if config.title and heading.theme and _repeats(heading.theme, config.title):
        heading = heading._replace(theme="")
    for entry in config.rounds:
        if entry.question and heading.round is None and is_same_heading(heading.wording, entry.question):
            heading = heading._replace(round=parse_heading(entry.name).round)
    return heading


def find_standings(notes: Sequence[Note], headings: Mapping[str, Heading], photos: Sequence[Photo], config: Config) -> dict[str, Standing]:
    """The standing of every note. `notes` are in reading order."""
    by_id = {n.id: n for n in notes}
    chains = find_chains(notes, headings)
    walls = _find_wall_titles(notes, chains, headings)
    owners = find_own_sections(chains, headings, by_id)
    places = find_sheet_places(notes, headings)
    rounds = {p.id: _find_configured(p, config) for p in photos}
    timed = find_rounds_by_time(photos, _tell_rounds(photos, places, rounds), config)
    days = find_day_sheets(notes, headings)
    found: dict[str, Standing] = {}
    for note in notes:
        configured = rounds.get(note.photo_id, (None, None))
        on_sheet, beside = (places.get(key, (None, None)) for key in (sheet_of(note), (note.photo_id, None)))
        place = (on_sheet[0] or beside[0] or configured[0] or timed.get(note.photo_id), on_sheet[1] or beside[1] or configured[1])
        theme_id = _find_theme(chains[note.id], headings, walls, owners)
        standing = _stand(chains[note.id], headings, theme_id, place, by_id)
        day = days.get(sheet_of(note))
        found[note.id] = _stand_on_day_sheet(standing, day, headings, by_id) if day else standing
    questions = {fold(r.name): r.question for r in config.rounds if r.question}
    plans = _name_plans(notes, headings)
    found = {n.id: _plan(found[n.id], plans.get(sheet_of(n), "")) for n in notes}
    return {i: _ask(s, questions) for i, s in found.items()}


def _name_plans(notes: Sequence[Note], headings: Mapping[str, Heading]) -> dict[SheetKey, str]:
    """The heads of each sheet's plan in one, for a plan without a title: 'Now / Next / Later'."""
    heads: dict[SheetKey, dict[str, str]] = {}
    for note in notes:
        if note.id in headings and headings[note.id].horizon:
            heads.setdefault(sheet_of(note), {}).setdefault(fold(note.text), headings[note.id].wording)
    return {key: " / ".join(named.values()) for key, named in heads.items()}


def _plan(standing: Standing, plan: str) -> Standing:
    return standing._replace(question=plan) if standing.part_id is not None and standing.theme_id is None else standing


def _tell_rounds(
    photos: Sequence[Photo],
    places: Mapping[SheetKey, tuple[str | None, str | None]],
    configured: Mapping[str, tuple[str | None, str | None]],
) -> dict[str, str]:
    """Rounds of the photos whose sheets name one, all the same, or to which event.toml gives one."""
    told: dict[str, set[str]] = {p.id: {r} for p in photos if (r := configured[p.id][0])}
    for (photo_id, _), (name, _) in places.items():
        if name:
            told.setdefault(photo_id, set()).add(name)
    return {i: next(iter(names)) for i, names in told.items() if len(names) == 1}


def _stand_on_day_sheet(standing: Standing, day: str, headings: Mapping[str, Heading], by_id: Mapping[str, Note]) -> Standing:
    """What the facilitators wrote is about the day, unless a heading of its own makes it a theme's."""
    above = headings[standing.theme_id] if standing.theme_id else None
    if standing.kind not in (None, "other") or (above is not None and above.kind != "other" and standing.theme_id != day):
        return standing
    wording = standing.kind_heading or " ".join(by_id[day].text.split())
    return standing._replace(theme_id=day, kind="other", kind_confidence=WHOLE_CONFIDENCE, kind_heading=wording, about_day=True)


def _ask(standing: Standing, questions: Mapping[str, str]) -> Standing:
    """A standing completed by its round's question: it gives the theme, and with less weight the kind, where the sheet does not."""
    question = next((q for name in (standing.round, standing.table) if name and (q := questions.get(fold(name)))), "")
    if not question or standing.theme_id is not None or standing.question:
        return standing
    parsed = parse_heading(question)
    if standing.kind is None and parsed.kind is not None:
        standing = standing._replace(
            kind=parsed.kind, kind_confidence=min(parsed.kind_confidence, QUESTION_CONFIDENCE), kind_heading=question
        )
    return standing._replace(question=question)


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
    theme_id: str | None,
    place: tuple[str | None, str | None],
    by_id: Mapping[str, Note],
) -> Standing:
    kind_id = next((h for h in chain if headings[h].kind is not None), None)
    kind = headings[kind_id] if kind_id else None
    asked = next((kinds for h in chain if len(kinds := find_kinds_asked(by_id[h].text)) > 1), ()) if kind is None else ()
    return Standing(
        theme_id=theme_id,
        kind=kind.kind if kind else None,
        kind_confidence=kind.kind_confidence if kind else 0.0,
        kind_heading=" ".join(by_id[kind_id].text.split()) if kind_id else "",
        round=next((r for h in chain if (r := headings[h].round)), None) or place[0],
        table=next((t for h in chain if (t := headings[h].table)), None) or place[1],
        asked=asked,
        part_id=next((h for h in chain if headings[h].horizon), None),
    )


def _find_theme(chain: list[str], headings: Mapping[str, Heading], walls: set[str], owners: Mapping[str, OwnSection]) -> str | None:
    """The nearest heading with a theme; below a heading that only names the sheet, the topmost one that is a section of its own."""
    own: str | None = None
    for h in chain:
        if headings[h].theme and h not in walls:
            return own if own is not None and owners[own].below == h else h
        own = h if h in owners else own
    return own


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
