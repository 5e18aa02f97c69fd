"""Items that belong side by side: a speech bubble and its speaker's name, a sentence and the word that somebody put on a sticky in it.

They stay notes of their own; what is known of them is their order, that they share a heading, and that none of them is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shapely.geometry import Point as ShapelyPoint

from digitise.geometry import polygon
from digitise.layout.blocks import GOES_ON, begins_lower
from digitise.layout.items import Item

SPOKEN_WORDS = 3
"""What somebody says has at least so many words; bubbles round fewer are labels."""
NAME_WORDS = 3
TAIL = 2.5
"""A speaker's name stands at most this many of its letter heights under the bubble, or from where its tail ends."""
CLEAR_BELOW = 2.0
"""With writing nearer than this under it, it may be a heading."""
SAME_SIZE = 1.4
"""Letters of partners differ by at most this much."""
STICKY_WORDS = 2
SENTENCE_GAP = 1.5
"""Widest gap between a sentence and the sticky in it, in letter heights."""


def find_speakers(items: Sequence[Item]) -> dict[int, int]:
    """Index of a speaker's name -> index of the bubble; only where bubble and name have no other choice."""
    names = {b: _names_of(b, items) for b in range(len(items)) if _is_speech(items[b])}
    found = {ks[0]: b for b, ks in names.items() if len(ks) == 1}
    return {k: b for k, b in found.items() if sum(k in ks for ks in names.values()) == 1}


def _is_speech(item: Item) -> bool:
    return item.container == "bubble" and len(item.words) >= SPOKEN_WORDS


def _names_of(bubble: int, items: Sequence[Item]) -> list[int]:
    """What may be the name of who speaks: the one text that the tail points at, or, without a tail, what stands right under the bubble."""
    tail = items[bubble].tail
    others = [k for k in range(len(items)) if k != bubble]
    if tail is None:
        return [k for k in others if _is_under(items[k], items[bubble]) and _is_name(k, bubble, items)]
    tip = ShapelyPoint(tail)
    away, nearest = min(((polygon(items[k].outline).distance(tip), k) for k in others if items[k].words), default=(0.0, bubble))
    return [nearest] if away <= TAIL * items[nearest].letter_height and nearest != bubble and _is_name(nearest, bubble, items) else []


def _is_under(name: Item, bubble: Item) -> bool:
    x0, _, x1, y1 = bubble.box
    return -0.5 <= (name.box[1] - y1) / max(1.0, name.letter_height) <= TAIL and x0 <= (name.box[0] + name.box[2]) / 2 <= x1


def _is_name(k: int, bubble: int, items: Sequence[Item]) -> bool:
    """Whether a text looks like a name, and like no heading of what is written under it."""
    name, height = items[k], items[k].letter_height
    if name.container != "none" or not 0 < len(name.words) <= NAME_WORDS or "\n" in name.text or name.bulleted or name.underlined:
        return False
    if not name.text[:1].isupper() or name.text.rstrip().endswith((":", "?", "!")) or any(c.isdigit() for c in name.text):
        return False
    if height > SAME_SIZE * items[bubble].letter_height:
        return False
    return not any(
        0 <= o.box[1] - (name.box[1] + name.box[3]) / 2 <= CLEAR_BELOW * height + (name.box[3] - name.box[1]) / 2
        and o.box[0] < name.box[2]
        and o.box[2] > name.box[0]
        for j, o in enumerate(items)
        if j not in (k, bubble) and not _is_speech(o)
    )


def find_sentences(items: Sequence[Item]) -> list[tuple[int, ...]]:
    """Indices of the parts of sentences written round words on stickies, in the order of reading.

    Each sticky either has writing after it that goes on for certain, or ends a sentence whose begin leaves something out.
    """
    pairs: list[tuple[int, int]] = []
    for s, sticky in enumerate(items):
        if sticky.container != "sticky" or not 0 < len(sticky.words) <= STICKY_WORDS:
            continue
        begins = [k for k, i in enumerate(items) if _is_beside(i, sticky, left=True)]
        rests = [k for k, i in enumerate(items) if _is_beside(i, sticky, left=False)]
        if len(begins) != 1:
            continue
        if len(rests) == 1 and _are_one_sentence(items[begins[0]], items[rests[0]]):
            pairs += [(begins[0], s), (s, rests[0])]
        elif not rests and GOES_ON.search(items[begins[0]].text):
            pairs.append((begins[0], s))
    firsts, seconds = ([p[i] for p in pairs] for i in (0, 1))
    after = {a: b for a, b in pairs if firsts.count(a) == seconds.count(b) == 1}
    chains = []
    for start in [a for a in after if a not in after.values()]:
        chain = [start]
        while (following := after.get(chain[-1])) is not None:
            chain.append(following)
        chains.append(tuple(chain))
    return chains


def neighbours_in(sentences: Sequence[tuple[int, ...]]) -> list[tuple[int, int]]:
    """Pairs (part, the part before it)."""
    return [(b, a) for sentence in sentences for a, b in pairwise(sentence)]


def _is_beside(text: Item, sticky: Item, *, left: bool) -> bool:
    """Whether writing ends (left) or begins at a sticky, in a row that runs past its middle part."""
    if text.container != "none" or not text.words or text.letter_height <= 0:
        return False
    height = text.letter_height
    row = text.box[3] - 0.7 * height if left else text.box[1] + 0.7 * height
    gap = sticky.box[0] - text.box[2] if left else text.box[0] - sticky.box[2]
    return sticky.box[1] < row < sticky.box[3] and -0.5 * height < gap < SENTENCE_GAP * height


def _are_one_sentence(begin: Item, rest: Item) -> bool:
    small, large = sorted((begin.letter_height, rest.letter_height))
    off = abs((begin.box[3] - 0.7 * begin.letter_height) - (rest.box[1] + 0.7 * rest.letter_height))
    goes_on = begins_lower(rest.text) or bool(GOES_ON.search(begin.text))
    return goes_on and large <= SAME_SIZE * small and off < large and not begin.text.rstrip().endswith((".", "!", "?", ":"))
