"""What a note says without its votes: words and signs that were read from marks leave its text, signs read as votes are counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from digitise.geometry import bounds, box_overlap
from digitise.layout.vote_places import words_quad
from digitise.model import Box, Line, Note, Word

MARK_SIGNS = "★☆⭐*✓✔√•●·"
MARK_WORD = re.compile(r"^[★☆⭐*✓✔√•●·vVxX|IlL1!/\\T#+HJi\d.\s]{1,8}$")
"""What the recogniser makes of marks; told from words by the marks in their place."""
SURE = 0.9
COVERED, BURIED = 0.3, 0.6
"""Share of the place of such a word that is marks; of any other word, before it is taken for marks."""
WRITTEN = re.compile(r"(?<!\S)(?:(?:\s*[★☆⭐]){2,}|(?:\s*[✓✔]){2,}|(?:\s*\*){3,}|[•●](?:\s[•●])+|[xX](?:\s[xX]){2,}|([|Il])\1{3,})$")
"""Rows of marks that were read as such: stars, ticks, dots, crosses, strokes. Behind a gap: in 's***' and '0800 ****' they are not all."""


def may_be_marks(word: Word) -> bool:
    """Whether a word may be what the recogniser made of marks: 'IIII', '1III', 'HH'; not 'HILL' where it was sure."""
    return bool(MARK_WORD.match(word.text)) and (word.confidence < SURE or len(set(word.text)) == 1)


def may_have_votes(note: Note) -> bool:
    """Whether a note is something to vote on: not itself a row of marks or a number, nor the key that says whose marks are whose."""
    if not note.text or note.text.rstrip().endswith(":"):
        return False
    return note.container == "sticky" or any(sum(c.isalpha() for c in w.text) >= 2 and not may_be_marks(w) for w in note.words)


def without_marks(line: Line, boxes: Sequence[Box]) -> Line:
    """A line without the words, and the signs at words' ends, that were read from marks. The line's raw reading stays."""
    words: list[Word] = []
    for word in line.words:
        box = bounds(word.quad)
        area = max(1e-6, (box[2] - box[0]) * (box[3] - box[1]))
        covered = sum(box_overlap(box, b) for b in boxes) / area
        if covered >= COVERED if may_be_marks(word) else covered >= BURIED:
            continue
        text = word.text.strip(MARK_SIGNS) if covered > 0 else word.text
        if text:
            words.append(word if text == word.text else word.model_copy(update={"text": text, "raw": word.raw or word.text}))
    return line if len(words) == len(line.words) and tuple(words) == line.words else line.model_copy(update={"words": tuple(words)})


def with_lines(note: Note, lines: tuple[Line, ...]) -> Note:
    if lines == note.lines:
        return note
    words = [w for line in lines for w in line.words]
    confidence = round(float(np.mean([w.confidence for w in words])), 4)
    return note.model_copy(update={"lines": lines, "text": "\n".join(line.text for line in lines), "confidence": confidence})


def read_votes(note: Note) -> Note:
    """Votes that were read as signs at the end of a line of words: 'Longer opening hours ★★★'."""
    if not may_have_votes(note):
        return note
    for k, line in enumerate(note.lines):
        found = WRITTEN.search(line.text)
        signs = "".join(found.group().split()) if found else ""
        kept, rest = list(line.words), len(signs)
        while rest > 0 and kept and len(kept[-1].text) <= rest:
            rest -= len(kept.pop().text)
        if rest > 0 and kept and not kept[-1].text.strip(signs):
            return note
        if rest > 0 and kept:
            kept[-1] = kept[-1].model_copy(update={"text": kept[-1].text[:-rest], "raw": kept[-1].raw or kept[-1].text})
        if not signs or not kept:
            continue
        # the signs are the line's last words
        quad = words_quad(line.model_copy(update={"words": line.words[len(kept) - (rest > 0) :]}))
        lines = (*note.lines[:k], line.model_copy(update={"words": tuple(kept)}), *note.lines[k + 1 :])
        return with_lines(note, lines).model_copy(update={"votes": len(signs), "votes_box": bounds(quad)})
    return note
