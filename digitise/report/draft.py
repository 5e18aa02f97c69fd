"""The desk on which one report is composed: look-ups of the event, anchors given out, words in doubt, numbers of figures.

A Draft lives for one call of `compose_report`; it is the only thing there that changes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digitise.hyphens import join_hyphens
from digitise.model import Action, Event, Kind, Note, Placement, Section, Surface, Word
from digitise.phrases import find_phrase
from digitise.report.blocks import Doubt, Inline, Link, Run, Span
from digitise.report.labels import Labels, choose_labels
from digitise.report.languages import tell_language
from digitise.report.owner_words import set_owner
from digitise.report.wording import (
    CaseRules,
    bare_letters,
    clean_text,
    count_list_marks,
    learn_case,
    match_words,
    open_with_capital,
    sentence_case,
    strip_list_mark,
)

_ANCHOR_ID = re.compile(r"[A-Za-z0-9-]{1,32}")
"""Word takes bookmark names of letters, digits and _ up to 40 characters; place, id and a repeat's suffix must fit."""
_SIGNS = "()[]{}.,;:!?\"'“”‘’"
_SIGNED_WORDS = 3
"""Words at a note's end in which a bracket round its owner is looked for."""
_LANGUAGES = {"en": "en", "eng": "en", "cy": "cy", "cym": "cy"}


LEAST_REPEATED = 3
"""Notes that one photo must repeat of another, and a third of all on it, to be taken for the same sheet (some are misread)."""
DEEPEST_LEVEL = 2
"""Of lists in the report: an item, a sub-item, and one of that."""
SHEET_ROLES = ("title", "heading", "label")
"""Lettering that orders a sheet; when it heads no section it is printed with its sheet only."""


def anchor_name(place: str, note_id: str) -> str:
    """The bookmark of a note at one place of the report.

    place: 'n' where it is printed in a chapter, 'h' as a proposed heading, 'r' in the photo record, 't' in the action
    register, 'd' among the duplicates. The import of an edited document computes the same names from notes.json.
    """
    if _ANCHOR_ID.fullmatch(note_id):
        return f"{place}_{note_id.replace('-', '_')}"
    return f"{place}_{hashlib.sha256(note_id.encode()).hexdigest()[:24]}"


@dataclass
class Draft:
    event: Event
    labels: Labels
    notes: dict[str, Note]
    placements: dict[str, Placement]
    sections: dict[str, Section]
    actions: dict[str, list[Action]]
    """By note id."""
    photo_numbers: dict[str, int]
    """Photo id -> number in the photo record, from 1."""
    surfaces: dict[str, list[Surface]]
    """By photo id."""
    repeats: Counter[str]
    """How many other people's notes a printed note stands for; the same sheet seen on a second photo is not one."""
    case: CaseRules
    anchors: set[str] = field(default_factory=set)
    body_anchors: dict[str, str] = field(default_factory=dict)
    """Where a note was first printed in a chapter."""
    section_anchors: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    doubted: set[tuple[str, int]] = field(default_factory=set)
    figures: int = 0
    tables: int = 0
    figure_anchors: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Surface id -> anchor and number of the figure that shows it."""

    def take_anchor(self, name: str) -> str:
        """A name not yet used; the second user of one gets a suffix."""
        unique, n = name, 1
        while unique in self.anchors:
            n += 1
            unique = f"{name[:34]}_x{n}"
        self.anchors.add(unique)
        return unique

    def next_figure(self) -> int:
        self.figures += 1
        return self.figures

    def next_table(self) -> int:
        self.tables += 1
        return self.tables


def open_draft(event: Event) -> Draft:
    arrangement = event.arrangement
    placements = {p.note_id: p for p in arrangement.placements}
    actions: dict[str, list[Action]] = defaultdict(list)
    for action in sorted(arrangement.actions, key=lambda a: a.number):
        actions[action.note_id].append(action)
    surfaces: dict[str, list[Surface]] = defaultdict(list)
    photo_of = {f"{photo.id}-s": photo.id for photo in event.photos}
    for surface in event.surfaces:
        surfaces[photo_of.get(surface.id[: surface.id.rfind("-s") + 2], "")].append(surface)
    repeats: Counter[str] = Counter()
    by_id = {n.id: n for n in event.notes}
    look = _find_looks(event)
    for placement in arrangement.placements:
        kept = find_kept(placement, placements)
        if placement.fate == "duplicate" and not placement.seen_again and _is_another(by_id.get(placement.note_id), by_id.get(kept), look):
            repeats[kept] += 1
    return Draft(
        event=event,
        labels=choose_labels(event.info.languages),
        notes=by_id,
        placements=placements,
        sections={s.id: s for s in arrangement.sections},
        actions=actions,
        photo_numbers={photo.id: i for i, photo in enumerate(event.photos, 1)},
        surfaces=surfaces,
        repeats=repeats,
        case=learn_case(event.notes, event.info.glossary),
    )


def _is_another(note: Note | None, kept: Note | None, look: Mapping[str, str]) -> bool:
    """Whether a duplicate is a second writing: it stands elsewhere on the same photo, or on one that shows another wall."""
    if note is None or kept is None:
        return False
    if note.photo_id != kept.photo_id:
        return look.get(note.photo_id) != look.get(kept.photo_id)
    (left, top, right, bottom), (x0, y0, x1, y1) = note.bbox, kept.bbox
    return right <= x0 or x1 <= left or bottom <= y0 or y1 <= top


def _find_looks(event: Event) -> dict[str, str]:
    """Photo id -> the first photo that looks like it, shows its wall, or whose notes most of its own repeat: one wall twice."""
    similar = {photo.id: photo.similar_to for photo in event.photos}
    for overlap in event.overlaps:
        similar[overlap.other_id] = similar.get(overlap.other_id) or overlap.photo_id
    photo_of = {n.id: n.photo_id for n in event.notes}
    counts = Counter(photo_of.values())
    repeated = Counter(
        (photo_of[p.note_id], photo_of[p.duplicate_of])
        for p in event.arrangement.placements
        if p.fate == "duplicate" and not p.seen_again and p.note_id in photo_of and p.duplicate_of in photo_of
    )
    order = {photo.id: i for i, photo in enumerate(event.photos)}
    for pair, count in repeated.items():
        earlier, later = sorted(pair, key=lambda i: order.get(i, 0))
        if later != earlier and count >= LEAST_REPEATED and 3 * count >= min(counts[later], counts[earlier]):
            similar[later] = similar.get(later) or earlier
    looks: dict[str, str] = {}
    for photo_id in similar:
        here, seen = photo_id, {photo_id}
        while (first := similar.get(here)) and first not in seen:
            here = first
            seen.add(here)
        looks[photo_id] = here
    return looks


def find_kept(placement: Placement, placements: dict[str, Placement]) -> str:
    """The note that is printed in a duplicate's place, through chains of duplicates."""
    seen = {placement.note_id}
    kept = placement.duplicate_of or placement.note_id
    while kept not in seen and kept in placements and placements[kept].fate == "duplicate":
        seen.add(kept)
        kept = placements[kept].duplicate_of or kept
    return kept


def fate_of(draft: Draft, note_id: str) -> str:
    """A note that the arranging stage forgot is reported: nothing is lost."""
    placement = draft.placements.get(note_id)
    return placement.fate if placement else "reported"


def kind_of(draft: Draft, note_id: str) -> Kind:
    placement = draft.placements.get(note_id)
    return placement.kind if placement else "other"


def note_language(draft: Draft, note: Note) -> str | None:
    """'en', 'cy' or None: the language of most of its lines, else of its words."""
    known = Counter(code for line in note.lines if (code := _LANGUAGES.get(line.language or "")))
    return known.most_common(1)[0][0] if known else tell_language(note.text, draft.event.info.languages)


def set_words(
    draft: Draft,
    note: Note,
    text: str,
    *,
    reading: bool = True,
    strip_stop: bool = False,
    bold: Sequence[str] = (),
    mark: bool = True,
) -> tuple[Run, ...]:
    """A note's words as runs.

    reading: without the marks of a hand-written list, marker capitals in sentence case; False keeps the writing as it was.
    strip_stop: without the stop at its end, for headings and pieces of a sentence of ours.
    bold: phrases (owners) to stand out.
    mark: a doubtful word carries its Doubt, where it is printed first.
    """
    tokens = join_hyphens(clean_text(text)).split()
    language = note_language(draft, note)
    word_language = [_LANGUAGES.get(line.language or "") or language for line in note.lines for _ in line.words]
    matched = match_words(tokens, note.words)
    strong = {i for phrase in bold for i in (find_phrase(tokens, phrase) or ())}
    shown = list(tokens)
    skip = 0
    if reading:
        skip = count_list_marks(tokens)
        opened = [strip_list_mark(tokens[skip]), *tokens[skip + 1 :]] if tokens else []
        shown = tokens[:skip] + sentence_case(opened, draft.case, language=language)
        shown = [*shown[:skip], *map(open_with_capital, shown[skip : skip + 1]), *shown[skip + 1 :]]
        last = bool(note.words) and matched[-1:] == [len(note.words) - 1]
        ending = "".join(w.raw or w.text for w in note.words[-_SIGNED_WORDS:]) if last else ""
        for owner in dict.fromkeys(o for action in draft.actions.get(note.id, ()) for o in action.owners):
            shown = set_owner(shown, find_phrase(tokens, owner), owner, ending)
    if strip_stop and shown:
        shown[-1] = shown[-1].rstrip(".,;:") or shown[-1]
    runs: list[Run] = []
    for i, token in enumerate(shown[skip:], skip):
        k = matched[i]
        lang = word_language[k] if k is not None else language
        lang = None if lang == draft.labels.language else lang
        doubt = _take_doubt(draft, note, k, token) if mark else None
        if i > skip:
            # the space between two styles belongs to the plain one
            both = doubt is None and bool(runs) and runs[-1].doubt is None and runs[-1].bold and i in strong
            runs.append(Run(" ", both, lang))
        runs += _set_off(token, lang, doubt, inner=i + 1 in strong) if i in strong else [Run(token, False, lang, doubt)]
    return tuple(_join_runs(runs))


def _set_off(token: str, language: str | None, doubt: Doubt | None, *, inner: bool) -> list[Run]:
    """A word in bold, the brackets and stops round it plain. A doubt stays with the word.

    inner: another bold word follows, so that an apostrophe is part of the name: 'Carers' Hub'.
    """
    core = token.strip(_SIGNS)
    if core and inner and token.partition(core)[2][:1] in ("'", "’"):
        core += token.partition(core)[2][0]
    before, _, after = token.partition(core) if core else ("", "", "")
    return [
        run for run in (Run(before, False, language), Run(core or token, True, language, doubt), Run(after, False, language)) if run.text
    ]


def _take_doubt(draft: Draft, note: Note, k: int | None, token: str) -> Doubt | None:
    # a stroke or dot that was read as a sign is nothing to check
    if k is None or not note.words[k].doubtful or (note.id, k) in draft.doubted or not any(c.isalnum() for c in token):
        return None
    # nor is what another photo shows better: that view is the one that is printed
    if note.id in draft.placements and draft.placements[note.id].seen_again:
        return None
    draft.doubted.add((note.id, k))
    word = note.words[k]
    mark = draft.labels.second_mark
    others = [(clean_text(a), a == word.second_reading) for a in _tell_apart(word)]
    reader = clean_text(note.second_reading.reader) if word.source and note.second_reading else ""
    doubt = Doubt(note.id, token, tuple(mark.format(word=a) if second else a for a, second in others), reader)
    draft.doubts.append(doubt)
    return doubt


def _tell_apart(word: Word) -> list[str]:
    """A word's other readings with other letters: "-Ask" and "Ask." are "Ask" to a person who checks it."""
    known, others = {"", bare_letters(word.text)}, list[str]()
    for other in word.alternatives:
        if bare_letters(other) not in known or (other == word.second_reading and other != word.text):
            others.append(other)
        known.add(bare_letters(other))
    return others


def _join_runs(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and not last.doubt and not run.doubt and (last.bold, last.language) == (run.bold, run.language):
            joined[-1] = Run(last.text + run.text, run.bold, run.language)
        else:
            joined.append(run)
    return joined


def print_in_chapter(draft: Draft, note: Note, runs: tuple[Run, ...], *, place: str = "n", source: bool = True) -> list[Inline]:
    """A note's span in a chapter, with who says it, how often it was said and, for `source`, the link to its photo."""
    anchor = draft.take_anchor(anchor_name(place, note.id))
    draft.body_anchors.setdefault(note.id, anchor)
    inlines: list[Inline] = [Span(anchor, note.id, runs), *_print_speakers(draft, note)]
    if draft.repeats[note.id]:
        inlines.append(Run(draft.labels.said_times.format(count=draft.repeats[note.id] + 1)))
    return inlines + print_votes(draft, note) + (link_to_photo(draft, note) if source else []) + _link_to_repeats(draft, note)


def _print_speakers(draft: Draft, note: Note) -> list[Inline]:
    """' – Gwen' behind what a speech bubble says whose tail ends at a name: the words of that note. Of what was said several times, the
    names of all or none."""
    told = [note, *_find_repeats(draft, note)]
    speakers = [draft.notes[n.said_by] for n in told if n.said_by in draft.notes and fate_of(draft, n.said_by) in ("reported", "duplicate")]
    if len(speakers) < len(told):
        return []
    names: list[Inline] = []
    first: dict[str, Note] = {}
    for speaker in speakers:
        first.setdefault(speaker.text.casefold(), speaker)
    for k, speaker in enumerate(first.values()):
        runs = set_words(draft, speaker, speaker.text, reading=False)
        names += [Run(", " if k else " – "), *print_in_chapter(draft, speaker, runs, source=False)]
    return names


def _find_repeats(draft: Draft, note: Note) -> list[Note]:
    """What others said, for which this note is printed."""
    if not draft.repeats[note.id]:
        return []
    again = [p for p in draft.placements.values() if p.fate == "duplicate" and not p.seen_again]
    return [draft.notes[p.note_id] for p in again if p.note_id in draft.notes and find_kept(p, draft.placements) == note.id]


def _link_to_repeats(draft: Draft, note: Note) -> list[Inline]:
    """' [6] [9]': the other photos on which the same was said."""
    by_photo = {n.photo_id: n for n in reversed(_find_repeats(draft, note))}
    others = sorted((draft.photo_numbers.get(photo_id, 0), other.id) for photo_id, other in by_photo.items() if photo_id != note.photo_id)
    return [inline for _, note_id in others for inline in link_to_photo(draft, draft.notes[note_id])]


def print_votes(draft: Draft, note: Note) -> list[Inline]:
    """' (5 votes)' behind a note that has any."""
    return [Run(say_votes(draft, note))] if note.votes else []


def say_votes(draft: Draft, note: Note) -> str:
    """' (5 votes)'; '' without any."""
    if not note.votes:
        return ""
    return draft.labels.one_vote if note.votes == 1 else draft.labels.votes.format(count=note.votes)


def link_to_photo(draft: Draft, note: Note) -> list[Inline]:
    """' [3]': leads to the note in the transcript of photo 3."""
    number = draft.photo_numbers.get(note.photo_id)
    if number is None or fate_of(draft, note.id) == "set aside":
        return []
    file = draft.event.photos[number - 1].file
    tip = f"{draft.labels.photo.format(number=number)}: {clean_text(file)}"
    return [Run("\u00a0"), Link(f"[{number}]", anchor_name("r", note.id), tip, quiet=True)]


def shorten(text: str, words: int) -> str:
    """The first words of a text, with … when there are more."""
    tokens = join_hyphens(clean_text(text)).split()
    return " ".join(tokens[:words]) + ("…" if len(tokens) > words else "")
