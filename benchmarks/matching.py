"""What the photo scorer counts (../shared/benchmark/score.py), for tools that explain its figures: words, notes matched, marks.

The definitions are those of the scorer's docstring, written anew here; besides, every word remembers its note, its place in it and the
piece of writing that it comes from, so that an error can be shown where it happened.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from digitise.geometry import box_iou, box_overlap
from digitise.model import Box

Note = Mapping[str, Any]
Side = Literal["truth", "read"]

FOUND = 0.25
"""A note of the truth is found when its character error rate is at most this."""
STICKY_IOU = 0.5
"""A sticky is found when its box has this Jaccard index with the true one."""
SAME_PLACE = 0.25
"""Two notes share a place when their boxes overlap by this share of the smaller one: a line of a note and the note do, neighbours
whose boxes touch at their edges do not."""

_EDGE = re.compile(r"^\W+|\W+$")
_UNIT = re.compile(r"(?:\S*\w[-–—]\n(?=\w))*\S+")
"""A piece between white space; a word hyphenated at a line's end is one piece with its rest."""


def tidy(text: str) -> str:
    """Fold quotes, dashes, hyphenated line ends, white space and case, as the scorer does."""
    text = unicodedata.normalize("NFKC", text).replace("⟨?⟩", " ")
    text = re.sub(r"[‘’´`]", "'", text)
    text = re.sub(r"[“”]", '"', text)
    text = re.sub(r"[–—]", "-", text)
    text = re.sub(r"(\w)-\n(\w)", r"\1\2", text)
    return re.sub(r"\s+", " ", text).strip().casefold()


def split_words(text: str) -> list[str]:
    """The scorer's words: parted at white space, '/', '&' and '+', without outer punctuation, in lower case."""
    return [w for w in (_EDGE.sub("", w) for w in re.split(r"[\s/&+]+", tidy(text))) if w]


@dataclass(frozen=True)
class Word:
    """One of the scorer's words and where it stands."""

    side: Side
    note: int
    """Place of its note in the photo's list of notes."""
    place: int
    """Its place among the note's words, from 0."""
    key: str
    """The word as the scorer compares it."""
    unit: int
    """Place of the piece of writing it comes from among `units` of the note's text."""
    hyphenated: bool
    """It was joined over a line's end."""


def units(text: str) -> list[tuple[int, int]]:
    """Start and end of each piece of writing in a text: what stands between white space, hyphenated line ends joined."""
    return [m.span() for m in _UNIT.finditer(text)]


def note_words(side: Side, index: int, text: str) -> list[Word]:
    """All words of one note's text, in order."""
    found: list[Word] = []
    for unit, (start, end) in enumerate(units(text)):
        piece = text[start:end]
        found += [Word(side, index, len(found) + k, key, unit, "\n" in piece) for k, key in enumerate(split_words(piece))]
    return found


def match_notes(truth: Sequence[Note], read: Sequence[Note]) -> tuple[dict[int, int], dict[int, float]]:
    """The scorer's one-to-one matching by character error rate.

    Returns {truth index: read index} (only pairs better than 1.0) and {truth index: error rate} for every note that the scorer counts:
    legible ones with text. Indices are places in the lists given.
    """
    t_ids = [i for i, n in enumerate(truth) if n["legible"] != "no" and tidy(n["text"])]
    r_ids = [j for j, n in enumerate(read) if tidy(n.get("text", ""))]
    cost = np.ones((len(t_ids), max(len(r_ids), 1)))
    for a, i in enumerate(t_ids):
        text = tidy(truth[i]["text"])
        for b, j in enumerate(r_ids):
            cost[a, b] = min(1.0, Levenshtein.distance(text, tidy(read[j]["text"])) / max(len(text), 1))
    pairs = [(a, b) for a, b in zip(*linear_sum_assignment(cost), strict=True) if cost[a, b] < 1.0]
    rates = dict.fromkeys(t_ids, 1.0) | {t_ids[a]: float(cost[a, b]) for a, b in pairs}
    return {t_ids[a]: r_ids[b] for a, b in pairs}, rates


def match_stickies(truth: Sequence[Note], read: Sequence[Note]) -> tuple[list[int], list[int], dict[int, int]]:
    """Indices of the true stickies, of those found, and {truth index: read index} of the pairs that the scorer accepts."""
    t_ids = [i for i, n in enumerate(truth) if n["container"] in ("sticky", "card")]
    r_ids = [j for j, n in enumerate(read) if n.get("container") in ("sticky", "card") and n.get("bbox")]
    if not t_ids or not r_ids:
        return t_ids, r_ids, {}
    iou = np.array([[box_iou(truth[i]["bbox"], read[j]["bbox"]) for j in r_ids] for i in t_ids])
    pairs = zip(*linear_sum_assignment(-iou), strict=True)
    return t_ids, r_ids, {t_ids[a]: r_ids[b] for a, b in pairs if iou[a, b] >= STICKY_IOU}


def share_place(a: Box, b: Box) -> bool:
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return box_overlap(a, b) >= SAME_PLACE * max(smaller, 1.0)


@dataclass(frozen=True)
class Matched:
    """One photo's truth and reading, matched as the scorer matches them."""

    name: str
    """The truth file's name without its ending."""
    kind: str
    truth: Sequence[Note]
    read: Sequence[Note]
    match: Mapping[int, int]
    """Truth note -> read note."""
    rates: Mapping[int, float]
    """Character error rate of every truth note that counts."""
    places: Mapping[int, frozenset[int]]
    """Read notes at the place of each truth note, those without text too."""
    words: Mapping[Side, tuple[Word, ...]]
    """All words that count, note by note."""


def match_photo(name: str, truth: Mapping[str, Any], prediction: Mapping[str, Any]) -> Matched:
    """Match one truth file with its prediction ({} where there is none)."""
    t_notes, r_notes = truth["notes"], prediction.get("notes", [])
    match, rates = match_notes(t_notes, r_notes)
    return Matched(
        name=name,
        kind=truth["kind"],
        truth=t_notes,
        read=r_notes,
        match=match,
        rates=rates,
        places={
            i: frozenset(j for j, r in enumerate(r_notes) if r.get("bbox") and share_place(t["bbox"], r["bbox"]))
            for i, t in enumerate(t_notes)
        },
        words={
            "truth": tuple(w for i in rates for w in note_words("truth", i, t_notes[i]["text"])),
            "read": tuple(w for j, r in enumerate(r_notes) for w in note_words("read", j, r.get("text", ""))),
        },
    )


def count_figures(photo: Matched) -> Counter[str]:
    """The scorer's counts for one photo; they add up over photos (`score` makes figures of them)."""
    truth, read = (Counter(w.key for w in photo.words[side]) for side in ("truth", "read"))
    t_stickies, r_stickies, pairs = match_stickies(photo.truth, photo.read)
    counts = Counter(words=truth.total(), words_read=read.total(), words_right=(truth & read).total(), notes=len(photo.rates))
    counts["found"] = sum(rate <= FOUND for rate in photo.rates.values())
    under = under_pairs(photo)
    counts.update(under=len(under), under_right=sum(right for _, _, right in under))
    for i, j in photo.match.items():
        doubted, wrong = marked_words(photo.read[j]), wrong_words(photo, i, j)
        counts.update(wrong=wrong.total(), marked=doubted.total(), wrong_marked=(wrong & doubted).total())
    counts.update(
        stickies_right=len(pairs), colours_right=sum(photo.truth[i]["colour"] == photo.read[j].get("colour") for i, j in pairs.items())
    )
    if t_stickies:  # the scorer leaves photos without stickies out
        counts.update(stickies=len(t_stickies), stickies_read=len(r_stickies))
    return counts


def score(counts: Mapping[str, int]) -> dict[str, float | None]:
    """The scorer's figures from (summed) counts; None where there was nothing to count."""

    def share(part: float, whole: float) -> float | None:
        return part / whole if whole else None

    return {
        "word_f1": share(2 * counts["words_right"], counts["words"] + counts["words_read"]),
        "note_found": share(counts["found"], counts["notes"]),
        "under_acc": share(counts["under_right"], counts["under"]),
        "sticky_f1": share(2 * counts["stickies_right"], counts["stickies"] + counts["stickies_read"]) if counts["stickies"] else None,
        "colour_acc": share(counts["colours_right"], counts["stickies_right"]),
        "flag_recall": share(counts["wrong_marked"], counts["wrong"]),
        "flag_prec": share(counts["wrong_marked"], counts["marked"]),
    }


def under_pairs(photo: Matched) -> list[tuple[int, int, bool]]:
    """(truth note, its true heading, whether the reading has it under that heading) of all notes that under_acc counts."""
    t_index = {photo.truth[i]["id"]: i for i in photo.rates}
    r_index = {n["id"]: j for j, n in enumerate(photo.read) if n.get("id") is not None and tidy(n.get("text", ""))}
    found = []
    for i, j in photo.match.items():
        parent = t_index.get(photo.truth[i]["under"])
        if parent is not None and photo.rates[i] <= FOUND:
            found.append((i, parent, photo.match.get(parent, -1) == r_index.get(photo.read[j].get("under"), -2)))
    return found


def marked_words(note: Note) -> Counter[str]:
    """The words of a read note that are marked doubtful."""
    return Counter(w for text in note.get("doubtful", []) for w in split_words(text))


def wrong_words(photo: Matched, i: int, j: int) -> Counter[str]:
    """The words of a read note that its truth note does not have."""
    return Counter(split_words(photo.read[j]["text"])) - Counter(split_words(photo.truth[i]["text"]))
