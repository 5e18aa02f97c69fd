"""Classes of reading and layout errors, found by comparing truth and reading note by note. The scorer's losses, nothing else, are shared
out: every word that it misses or has too many, every note not found, every wrong heading, sticky and mark falls into one class.

words (each error costs `lost` words of the truth and `extra` words read; (lost + extra) / (words of both) are points of word_f1)
  undetected      no read note overlaps the place of the truth note
  unread          something was read (or only found) at the place of the truth note, but nothing that stands for this word
  letters-1-2     letters confused, edit distance 1 or 2 and not more than half of the word
  letters-more    letters confused, more than that; also whole words that took the place of others
  joined          words of the truth read as one
  split           one word of the truth read as several
  hyphen          one of the above at a hyphenated line end, on either side
  sign            only punctuation, signs or accents within the word differ
  invented        read where the truth has no note
  surplus         read at the place of a truth note, beyond its words
  guessed         read at the place of writing that the truth, too, calls unreadable (⟨?⟩)
  elsewhere       the right word, but in another note (costs no word_f1, but notes)

notes (each costs 1 / notes of the truth of note_found)
  undetected      no read note at its place
  unread          at its place stands nothing with its words
  misread         its own words, put together as the truth does, still differ too much: the reading is the cause
  misread+layout  the same, and its words were also torn apart or mixed with others'
  merged          well enough read, but in one note with words of another truth note
  split           well enough read, but torn into several read notes
  merged+split    both
  surplus         well enough read, but other words or signs in it or its lines in another order

under (each costs 1 / found notes that have a heading of under_acc)
  heading-lost    nothing at the heading's place was read as its words
  heading-mixed   the heading's words were read, but no read note is matched with it: merged or torn
  not-heading     the heading was read, but not taken for one
  none-found      the heading was read as one, but the read note stands under nothing
  wrong-one       the heading was read as one, but the read note stands under another

headings (no figure of the scorer; the causes behind `under`)
  missing         a title or heading of the truth whose matched note, at its place, is not called one
  false           a read note called title or heading whose matched truth note, at its place, is none

stickies        missed, extra, colour
marks           unmarked (wrong word in a matched note, not doubtful), needless (marked doubtful, but right)
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rapidfuzz.distance import Levenshtein

from benchmarks.matching import (
    FOUND,
    Matched,
    Side,
    Word,
    count_figures,
    marked_words,
    match_photo,
    match_stickies,
    tidy,
    under_pairs,
    units,
    wrong_words,
)

Group = Literal["words", "notes", "under", "headings", "stickies", "marks"]
CLASSES: dict[Group, tuple[str, ...]] = {
    "words": (
        *("undetected", "unread", "letters-1-2", "letters-more", "joined", "split", "hyphen", "sign"),
        *("invented", "surplus", "guessed", "elsewhere"),
    ),
    "notes": ("undetected", "unread", "misread", "misread+layout", "merged", "split", "merged+split", "surplus"),
    "under": ("heading-lost", "heading-mixed", "not-heading", "none-found", "wrong-one"),
    "headings": ("missing", "false"),
    "stickies": ("missed", "extra", "colour"),
    "marks": ("unmarked", "needless"),
}
HEADINGS = ("title", "heading")

UNREADABLE = "⟨?⟩"
"""Stands in the truth for a word that nobody could read."""
CONFUSED = 0.7
"""Two words stand for each other when their edit distance is at most this share of the longer one."""
JOINED = 0.25
"""Words count as joined (or split) when the pieces put together differ from the whole by at most this share."""
MOST_PIECES = 4
"""Words looked at when pieces are put together; more were never seen joined."""


@dataclass(frozen=True)
class Error:
    """One error of one photo."""

    group: Group
    name: str
    """Its class, from CLASSES."""
    truth_note: int | None = None
    read_note: int | None = None
    lost: tuple[Word, ...] = ()
    extra: tuple[Word, ...] = ()
    truth: str = ""
    read: str = ""


@dataclass(frozen=True)
class Examined:
    """One photo with its errors and its counts."""

    photo: Matched
    file: str
    """Name of the photo."""
    errors: Sequence[Error]
    counts: Counter[str]
    """The scorer's counts (matching.count_figures)."""


def examine(truth_dir: Path, prediction_dir: Path) -> list[Examined]:
    """All photos of a truth folder, in order of their names; a missing prediction counts as an empty one, as for the scorer."""
    found = []
    for path in sorted(truth_dir.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if "photo" not in truth:
            continue
        predicted = prediction_dir / path.name
        prediction = json.loads(predicted.read_text(encoding="utf-8")) if predicted.exists() else {}
        photo = match_photo(path.stem, truth, prediction)
        found.append(Examined(photo, truth["photo"], find_errors(photo), count_figures(photo)))
    return found


@dataclass
class Alignment:
    """Which word of the reading stands for which word of the truth, and what is wrong with it."""

    errors: list[Error] = field(default_factory=list)
    carried: dict[Word, Word] = field(default_factory=dict)
    """Read word -> the word of the truth that it stands for (right or not), at the same place of the photo."""


def find_errors(photo: Matched) -> list[Error]:
    """All errors of one photo, in the order of the truth's notes within each group."""
    alignment = align_words(photo)
    return [
        *alignment.errors,
        *_note_errors(photo, alignment),
        *_heading_errors(photo, alignment),
        *_sticky_errors(photo),
        *_mark_errors(photo),
    ]


def align_words(photo: Matched) -> Alignment:
    """Pair the words of truth and reading: equal ones first, as many as the scorer counts; then pieces; then the likest."""
    done = Alignment()
    left = {side: dict.fromkeys(photo.words[side]) for side in ("truth", "read")}  # dicts: sets that keep their order
    linked = {(i, j) for i, places in photo.places.items() for j in places} | {
        (i, j) for i, j in photo.match.items() if photo.rates[i] <= 2 * FOUND
    }

    def near(t: Word, r: Word) -> bool:
        return (t.note, r.note) in linked

    def settle(name: str | None, lost: Sequence[Word], extra: Sequence[Word]) -> None:
        for t in lost:
            del left["truth"][t]
        for r in extra:
            del left["read"][r]
        together = [(t, r) for t in lost for r in extra if near(t, r)]
        done.carried.update((r, t) for t, r in reversed(together))
        if name is not None:
            hyphen = name in ("joined", "split", "unread", "letters-1-2", "letters-more") and any(w.hyphenated for w in (*lost, *extra))
            done.errors.append(_word_error("hyphen" if hyphen else name, lost, extra))

    def pair_equal(fits: Callable[[Word, Word], bool], name: str | None) -> None:
        waiting: defaultdict[str, list[Word]] = defaultdict(list)
        for r in left["read"]:
            waiting[r.key].append(r)
        for t in list(left["truth"]):
            fitting = next((r for r in waiting[t.key] if fits(t, r)), None)
            if fitting is not None:
                waiting[t.key].remove(fitting)
                settle(name, [t], [fitting])

    pair_equal(lambda t, r: near(t, r) and photo.match.get(t.note) == r.note, None)
    pair_equal(near, "elsewhere")
    pair_equal(lambda t, r: photo.match.get(t.note) == r.note, None)
    pair_equal(lambda t, r: True, "elsewhere")
    for whole, piece, name in (("read", "truth", "joined"), ("truth", "read", "split")):
        for pieces, word in list(_find_joined(left[whole], left[piece], near)):
            if word in left[whole] and all(p in left[piece] for p in pieces):
                settle(name, *((pieces, [word]) if name == "joined" else ([word], pieces)))
    for t, r in _likest(left["truth"], left["read"], near):
        if t in left["truth"] and r in left["read"]:
            settle(_letters(t.key, r.key), [t], [r])
    for t in list(left["truth"]):  # what is left took the place of something else, or of nothing
        other = next((r for r in left["read"] if near(t, r) and UNREADABLE not in photo.truth[t.note]["text"]), None)
        if other is not None:
            settle("letters-more", [t], [other])
        else:
            settle("unread" if photo.places[t.note] else "undetected", [t], [])
    for r in list(left["read"]):
        there = [i for i in range(len(photo.truth)) if (i, r.note) in linked]
        unclear = any(UNREADABLE in photo.truth[i]["text"] or photo.truth[i]["legible"] == "no" for i in there)
        settle("guessed" if unclear else "surplus" if there else "invented", [], [r])
    return done


def _word_error(name: str, lost: Sequence[Word], extra: Sequence[Word]) -> Error:
    return Error(
        "words",
        name,
        lost[0].note if lost else None,
        extra[0].note if extra else None,
        tuple(lost),
        tuple(extra),
        " ".join(w.key for w in lost),
        " ".join(w.key for w in extra),
    )


def _find_joined(wholes: Iterable[Word], pieces: Iterable[Word], near: Callable[[Word, Word], bool]) -> Iterator[tuple[list[Word], Word]]:
    """Runs of neighbouring words that, put together, are one of `wholes` (or nearly); the longest runs first."""
    notes: defaultdict[int, list[Word]] = defaultdict(list)
    for word in pieces:
        notes[word.note].append(word)
    wholes = list(wholes)
    for length in range(MOST_PIECES, 1, -1):
        for words in notes.values():
            for k in range(len(words) - length + 1):
                run = words[k : k + length]
                if run[-1].place - run[0].place != length - 1:
                    continue
                text = "".join(w.key for w in run)
                for whole in wholes:
                    # both a whole word and its best single piece could be meant: the whole must be likelier than any piece
                    distance = Levenshtein.distance(text, whole.key) / max(len(text), len(whole.key))
                    alone = min(Levenshtein.distance(w.key, whole.key) / max(len(w.key), len(whole.key)) for w in run)
                    if distance <= JOINED and distance < alone and (near(run[0], whole) or near(whole, run[0])):
                        yield run, whole


def _likest(truth: Iterable[Word], read: Iterable[Word], near: Callable[[Word, Word], bool]) -> list[tuple[Word, Word]]:
    """Pairs of words that can stand for each other, the likest first; among equals those at the same place within their notes."""
    read = list(read)
    pairs: list[tuple[float, int, int, Word, Word]] = []
    for t in truth:
        for r in read:
            if near(t, r) and (distance := Levenshtein.distance(t.key, r.key) / max(len(t.key), len(r.key))) <= CONFUSED:
                pairs.append((distance, abs(t.place - r.place), len(pairs), t, r))
    return [(t, r) for *_, t, r in sorted(pairs, key=lambda p: p[:3])]


def _letters(truth: str, read: str) -> str:
    """Class of two single words that differ."""
    if _plain(truth) == _plain(read):
        return "sign"
    distance = Levenshtein.distance(truth, read)
    return "letters-1-2" if distance <= 2 and 2 * distance <= max(len(truth), len(read)) else "letters-more"


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if c.isalnum())


def _carriers(alignment: Alignment) -> dict[int, list[tuple[Word, Word]]]:
    """For each truth note, the (truth word, read word) pairs that stand for its words, in the truth's order."""
    found: defaultdict[int, list[tuple[Word, Word]]] = defaultdict(list)
    for r, t in alignment.carried.items():
        found[t.note].append((t, r))
    return {i: sorted(pairs, key=lambda p: (p[0].place, p[1].place)) for i, pairs in found.items()}


def _note_errors(photo: Matched, alignment: Alignment) -> Iterator[Error]:
    """One error for each note of the truth that is not found."""
    carriers = _carriers(alignment)
    owners: defaultdict[int, set[int]] = defaultdict(set)  # read note -> truth notes whose words it carries
    for r, t in alignment.carried.items():
        owners[r.note].add(t.note)
    for i, rate in photo.rates.items():
        if rate <= FOUND:
            continue
        pairs = carriers.get(i, [])
        if not pairs:
            name = "unread" if photo.places[i] else "undetected"
        else:
            notes = {r.note for _, r in pairs}
            layout = "+".join(["merged"] * any(len(owners[j]) > 1 for j in notes) + ["split"] * (len(notes) > 1))
            if _rate_put_together(photo, i, [r for _, r in pairs]) > FOUND:
                name = "misread+layout" if layout else "misread"
            else:
                name = layout or "surplus"
        j = photo.match.get(i)
        read = [j] if j is not None else sorted({r.note for _, r in pairs})
        yield Error("notes", name, i, read[0] if read else None, truth=_flat(photo.truth[i]["text"]), read=_texts(photo, read))


def _rate_put_together(photo: Matched, i: int, read: Sequence[Word]) -> float:
    """Character error rate that truth note `i` would have if the words read for it stood together in its order. Signs that stand alone
    are left out on both sides."""
    have = {w.unit for w in photo.words["truth"] if w.note == i}
    text = photo.truth[i]["text"]
    truth = tidy(" ".join(text[a:b] for k, (a, b) in enumerate(units(text)) if k in have))
    pieces = dict.fromkeys((w.note, w.unit) for w in read)
    spans = {j: units(photo.read[j]["text"]) for j, _ in pieces}
    reading = tidy(" ".join(photo.read[j]["text"][slice(*spans[j][k])] for j, k in pieces))
    return Levenshtein.distance(truth, reading) / max(len(truth), 1)


def _heading_errors(photo: Matched, alignment: Alignment) -> Iterator[Error]:
    """Notes that stand under a wrong heading, and headings that are not called so (or notes that are)."""
    carriers = _carriers(alignment)
    ids = {n["id"]: n for n in photo.read if n.get("id") is not None}
    for i, parent, right in under_pairs(photo):
        if right:
            continue
        j, above = photo.match[i], photo.match.get(parent)
        got = ids.get(photo.read[j].get("under"))
        if above is None or above not in photo.places[parent]:
            name = "heading-mixed" if carriers.get(parent) else "heading-lost"
        elif photo.read[above].get("role") not in HEADINGS:
            name = "not-heading"
        else:
            name = "none-found" if got is None else "wrong-one"
        yield Error("under", name, i, j, truth=_flat(photo.truth[parent]["text"]), read=_flat(got["text"]) if got else "")
    for i, j in photo.match.items():
        want, got_role = photo.truth[i]["role"] in HEADINGS, photo.read[j].get("role") in HEADINGS
        if want != got_role and j in photo.places[i]:
            yield Error(
                "headings", "missing" if want else "false", i, j, truth=_flat(photo.truth[i]["text"]), read=_flat(photo.read[j]["text"])
            )


def _sticky_errors(photo: Matched) -> Iterator[Error]:
    t_ids, r_ids, pairs = match_stickies(photo.truth, photo.read)
    for i in t_ids:
        if i not in pairs:
            yield Error("stickies", "missed", i, truth=photo.truth[i]["colour"])
        elif photo.truth[i]["colour"] != photo.read[pairs[i]].get("colour"):
            yield Error("stickies", "colour", i, pairs[i], truth=photo.truth[i]["colour"], read=str(photo.read[pairs[i]].get("colour")))
    for j in r_ids:
        if j not in pairs.values() and t_ids:  # the scorer leaves photos without stickies out
            yield Error("stickies", "extra", None, j, read=str(photo.read[j].get("colour")))


def _mark_errors(photo: Matched) -> Iterator[Error]:
    for i, j in photo.match.items():
        wrong, marked = wrong_words(photo, i, j), marked_words(photo.read[j])
        for name, words in (("unmarked", wrong - marked), ("needless", marked - wrong)):
            yield from (Error("marks", name, i, j, read=word) for word in sorted(words.elements()))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _texts(photo: Matched, notes: Iterable[int]) -> str:
    return " ‖ ".join(_flat(photo.read[j].get("text", "")) for j in notes)


def count_lost(errors: Iterable[Error]) -> Counter[Side]:
    """Words of the truth missed and words read too many, over some errors of the group 'words'."""
    counts: Counter[Side] = Counter()
    for error in errors:
        if error.name != "elsewhere":
            counts.update(truth=len(error.lost), read=len(error.extra))
    return counts
