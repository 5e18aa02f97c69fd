"""Doubtful words that an event's other photos know: a second look at their other readings when all photos are read.

No photo is read again: each doubtful word kept what else it may say, and a reading that stands with certainty elsewhere in the event
takes its place. The word stays doubtful and keeps its raw reading. On the real photos, sorted by their events, 6 words change: 4
become right, 2 wrong ones stay wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digitise.model import Note, Word
from digitise.reading.languages import log_in
from digitise.reading.lexicon import split_letters
from digitise.reading.passes import LEAST_SHARE, SEEN_LETTERS, SURE_WORD


def mend_from_event(notes: Sequence[Note], languages: Sequence[str], *, names: Sequence[str] = ()) -> list[Note]:
    """The notes of an event, in order, doubtful words replaced by those of their other readings that other lines say with certainty.

    languages: of the event; names: its vocabulary. A word that is itself said with certainty elsewhere stays.
    """
    own = {part for name in names for part in split_letters(name)}
    sure = {part for part in _sure_words(notes) if part in own or max(log_in(part, language) for language in languages) >= LEAST_SHARE}
    return [_mend_note(note, sure) for note in notes]


def _sure_words(notes: Sequence[Note]) -> set[str]:
    return {
        part
        for note in notes
        for word in note.words
        if word.confidence >= SURE_WORD and not word.doubtful
        for part in split_letters(word.text)
        if len(part) >= SEEN_LETTERS
    }


def _mend_note(note: Note, sure: set[str]) -> Note:
    text = note.text
    read = [word.text for word in note.words]
    lines = []
    for line in note.lines:
        words = []
        for word in line.words:
            reading = find_sure_reading(word, sure)
            mended = replace_once(text, word.text, reading) if reading and read.count(word.text) == 1 else None
            words.append(word if reading is None or mended is None else _read_as(word, reading))
            text = text if mended is None else mended
        lines.append(line.model_copy(update={"words": tuple(words)}))
    return note if text == note.text else note.model_copy(update={"lines": tuple(lines), "text": text})


def find_sure_reading(word: Word, sure: set[str]) -> str | None:
    """The likeliest other reading of a doubtful word that consists of sure words; None where its own is sure, no other
    is, or a second reader has settled it."""
    if not word.doubtful or word.source or _is_sure(word.text, sure):
        return None
    return next((other for other in word.alternatives if _is_sure(other, sure)), None)


def _is_sure(text: str, sure: set[str]) -> bool:
    """Whether all words of a text are sure, and nothing but words and the signs round them stands in it."""
    parts = split_letters(text)
    return bool(parts) and all(part in sure for part in parts) and not any(c.isdigit() for c in text)


def replace_once(text: str, old: str, new: str) -> str | None:
    """A note's text with another reading for a word, line breaks as they are; None where the word does not stand there just once, as after
    a person's correction."""
    found = list(re.finditer(rf"(?<!\S){re.escape(old)}(?!\S)", text))
    return text[: found[0].start()] + new + text[found[0].end() :] if len(found) == 1 else None


def _read_as(word: Word, reading: str) -> Word:
    others = tuple(dict.fromkeys((word.text, *(a for a in word.alternatives if a != reading))))
    return word.model_copy(update={"text": reading, "raw": word.raw or word.text, "alternatives": others})
