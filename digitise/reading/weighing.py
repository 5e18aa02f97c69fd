"""A second reader's answer laid beside a note: other readings of its doubtful words, believed only where the ink bears them out.

The answer is whatever a model wrote about a picture; it may be right, invented, or what somebody wrote on a sticky to mislead models. So it
is only ever compared, word by word, and a word of it becomes the note's own only when the recogniser's character probabilities
give the line about the same probability with it as without.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from digitise.geometry import quad_size, to_quad
from digitise.model import Line, Note, Quad, SecondReading, Word
from digitise.reading.support import IMPOSSIBLE

Weigh = Callable[[Quad, Sequence[str]], list[float]]
"""Log probability of each text for the writing inside a quad; see support.InkWitness."""

LOSS_PER_LETTER = 3.0
MOST_LOSS = 12.0
"""How much less likely (natural logarithm) the ink may find a line with the new word: per letter that differs, and in all. On the doubtful
words of the real photos, with each note's true text as the answer, these let 47 % of the words that mend a misreading win; of words
one or two letters off that would spoil a right word 3.3 % win, of words taken at random 0.3 %."""
REACH = 0.3
"""Of a line's height, added at both its ends: the words' places begin and end in the middle of their outer letters."""
GAP = 0.6
"""Cost of a word without a partner, where two words that share no letter cost 1: what stands in the same place is compared."""
SPLIT = 0.4
"""Cost of one word against two, so that a word does not swallow its neighbour."""
MOST_UNLIKE = 0.5
"""Share of the letters that may differ where one word stands against two."""
MOST_UNLIKE_NOTE = 0.6
"""Share of the letters in which an answer may differ from the note and still be a reading of it: then its words are offered even where one
is quite another than the recogniser's. Of an answer that is unlike the note (a refusal, a description, an invention) only words that
resemble the note's own are. The true texts of the real photos' doubtful notes differ by 0.14 in the median."""
RESEMBLING = 0.34
"""Share of its letters in which such a word may differ: by more, 'this' of a refusal resembles 'the'."""
LONGEST = 40
"""Characters of one offered word; longer ones are no words."""
OUTER = " .,;:!?…'’‘\"“”`´*_()[]{}<>«»•·-–—=~|/\\"
"""Signs round a word that say nothing of its letters."""


def offer_reading(note: Note, answer: str, *, reader: str, weigh: Weigh | None) -> Note:
    """The note with the answer kept beside it, and with what it says of the doubtful words.

    answer: tidied text with line breaks. weigh: None where there is no evidence of the ink; then no word changes.
    """
    second = SecondReading(reader=reader, text=answer)
    starts = find_words(note.text, [word.text for word in note.words])
    if starts is None:  # the note's wording is not that of its words: it cannot be changed word by word
        weigh = None
    offers = iter(_keep_likely(note, pair_words([word.text for word in note.words], answer.split()), answer))
    grouped = [_offer_line(line, [next(offers) for _ in line.words], reader=reader, weigh=weigh) for line in note.lines]
    lines = [_with_words(line, groups) for line, groups in zip(note.lines, grouped, strict=True)]
    if lines == list(note.lines):
        return note.model_copy(update={"second_reading": second})
    text = note.text
    news = [" ".join(w.text for w in group) for groups in grouped for group in groups]
    for start, word, new in reversed(list(zip(starts or [], note.words, news, strict=starts is not None))):
        text = text[:start] + new + text[start + len(word.text) :]
    confidence = round(float(np.mean([word.confidence for line in lines for word in line.words])), 4)
    return note.model_copy(update={"lines": tuple(lines), "text": text, "confidence": confidence, "second_reading": second})


def find_words(text: str, words: Sequence[str]) -> list[int] | None:
    """Where each word begins in a text that holds them in this order; None when it does not."""
    starts: list[int] = []
    place = 0
    for word in words:
        place = text.find(word, place)
        if place < 0:
            return None
        starts.append(place)
        place += len(word)
    return starts


def _with_words(line: Line, groups: Sequence[tuple[Word, ...]]) -> Line:
    words = tuple(word for group in groups for word in group)
    if words == line.words:
        return line
    return line.model_copy(update={"words": words, "confidence": round(float(np.mean([w.confidence for w in words])), 4)})


def pair_words(words: Sequence[str], tokens: Sequence[str]) -> list[str]:
    """What stands in the answer in each word's place: '' nothing, else one token or two with a space.

    The cheapest way to turn the one into the other (Needleman and Wunsch, 1970), where an unlike word costs as many letters as differ.
    """
    n, m = len(words), len(tokens)
    plain_words, plain_tokens = [letters_of(w) for w in words], [letters_of(t) for t in tokens]
    cost = np.full((n + 1, m + 1), np.inf)
    cost[:, 0] = GAP * np.arange(n + 1)
    cost[0, :] = GAP * np.arange(m + 1)
    step = np.zeros((n + 1, m + 1, 2), np.int8)
    step[1:, 0] = (1, 0)
    step[0, 1:] = (0, 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            options = [
                (cost[i - 1, j - 1] + _unlike(plain_words[i - 1], plain_tokens[j - 1]), (1, 1)),
                (cost[i - 1, j] + GAP, (1, 0)),
                (cost[i, j - 1] + GAP, (0, 1)),
            ]
            if j > 1:
                unlike = _unlike(plain_words[i - 1], plain_tokens[j - 2] + plain_tokens[j - 1])
                if unlike <= MOST_UNLIKE:
                    options.append((cost[i - 1, j - 2] + SPLIT + unlike, (1, 2)))
            cost[i, j], step[i, j] = min(options, key=lambda option: option[0])
    found = [""] * n
    i, j = n, m
    while i or j:
        di, dj = (int(d) for d in step[i, j])
        if di:
            found[i - 1] = " ".join(tokens[j - dj : j])
        i, j = i - di, j - dj
    return found


def _keep_likely(note: Note, offers: Sequence[str], answer: str) -> list[str]:
    """The offers without those that an answer which is no reading of this note gives by chance: '' in their place."""
    if _unlike(letters_of(" ".join(note.text.split())), letters_of(" ".join(answer.split()))) <= MOST_UNLIKE_NOTE:
        return list(offers)
    return [
        offer if any(_unlike(letters_of(form), letters_of(offer)) <= RESEMBLING for form in (word.text, word.raw) if form) else ""
        for word, offer in zip(note.words, offers, strict=True)
    ]


def letters_of(text: str) -> str:
    """A word for comparing: case and outer signs do not count."""
    return text.strip(OUTER).casefold().replace("’", "'")


def _unlike(one: str, other: str) -> float:
    return float(Levenshtein.normalized_distance(one, other))


def _offer_line(line: Line, offers: Sequence[str], *, reader: str, weigh: Weigh | None) -> list[tuple[Word, ...]]:
    """For each word of a line what it becomes: itself, with another reading, or what the second reader read and the ink bears out."""
    groups: list[tuple[Word, ...]] = [(word,) for word in line.words]
    places = [k for k, (word, offer) in enumerate(zip(line.words, offers, strict=True)) if word.doubtful and _is_other(word.text, offer)]
    if not places:
        return groups
    gains = _gains(line, {k: _spellings(line.words[k].text, offers[k]) for k in places}, weigh)
    for k in places:
        word, offer = line.words[k], offers[k].strip(OUTER)
        best, gain = max(gains[k].items(), key=lambda item: item[1])
        if gain >= -min(MOST_LOSS, LOSS_PER_LETTER * _letters_changed(word.text, best)):
            groups[k] = _take(word, offer, best, gain, reader)
        else:
            others = tuple(dict.fromkeys((*word.alternatives, offer)))
            groups[k] = (word.model_copy(update={"alternatives": others, "second_reading": offer}),)
    return groups


def _is_other(text: str, offer: str) -> bool:
    """Whether an offered word says something else; a split of the same letters does."""
    letters = letters_of(offer)
    return any(c.isalnum() for c in letters) and len(letters) <= LONGEST and letters != letters_of(text)


def _letters_changed(one: str, other: str) -> int:
    """At least 1: a split of the same letters is a change, too."""
    return max(1, Levenshtein.distance(letters_of(one).replace(" ", ""), letters_of(other).replace(" ", "")))


def _spellings(text: str, offer: str) -> list[str]:
    """The offered word with the outer signs of the present one, in the cases that people write: models tidy capitals away."""
    start = len(text) - len(text.lstrip(OUTER))
    end = len(text.rstrip(OUTER))
    core = offer.strip(OUTER)
    return [text[:start] + c + text[end:] for c in dict.fromkeys((core, core.upper(), core.lower(), core.capitalize()))]


def _gains(line: Line, spellings: dict[int, list[str]], weigh: Weigh | None) -> dict[int, dict[str, float]]:
    """For each place and spelling, how much likelier the ink finds the line with it. A space that is new costs nothing:
    writing often leaves no gap that the recogniser sees."""
    if weigh is None:
        return {k: dict.fromkeys(offered, IMPOSSIBLE) for k, offered in spellings.items()}
    texts = [word.text for word in line.words]
    trials = [(k, s) for k, offered in spellings.items() for s in offered]
    lines = [" ".join([*texts[:k], s.replace(" ", ""), *texts[k + 1 :]]) for k, s in trials]
    now, *then = weigh(_with_reach(line.quad), [" ".join(texts), *lines])
    found: dict[int, dict[str, float]] = {k: {} for k in spellings}
    for (k, spelling), value in zip(trials, then, strict=True):
        # where the ink cannot be read as the present text either, it bears out nothing
        found[k][spelling] = value - now if now > IMPOSSIBLE else IMPOSSIBLE
    return found


def _with_reach(quad: Quad) -> Quad:
    corners = np.asarray(quad, float)
    along = corners[1] + corners[2] - corners[0] - corners[3]
    length = float(np.linalg.norm(along))
    step = along / length * REACH * quad_size(quad)[1] if length else np.zeros(2)
    return to_quad(corners + np.array([-step, step, step, -step]))


def _take(word: Word, offer: str, spelling: str, gain: float, reader: str) -> tuple[Word, ...]:
    """The offered word in the old one's place, or two; still doubtful, with the old one among the other readings."""
    others = tuple(a for a in dict.fromkeys((word.text, *word.alternatives)) if a != spelling)
    letters = max(1, len(spelling.replace(" ", "")))
    confidence = min(1.0, math.exp(math.log(max(word.confidence, 1e-6)) + gain / letters))
    new = {
        "raw": word.raw or word.text,
        "confidence": round(confidence, 4),
        "doubtful": True,
        "alternatives": others,
        "second_reading": offer,
        "source": f"second reader: {reader}",
    }
    pieces = spelling.split(" ")
    ends = np.cumsum([len(p) for p in pieces]) / letters
    starts = [0.0, *ends[:-1]]
    return tuple(
        word.model_copy(update={**new, "text": piece, "quad": _part(word.quad, float(a), float(b))})
        for piece, a, b in zip(pieces, starts, ends, strict=True)
    )


def _part(quad: Quad, start: float, end: float) -> Quad:
    """The part of a quad between two fractions of its width."""
    tl, tr, br, bl = np.asarray(quad, float)
    return to_quad(np.array([tl + start * (tr - tl), tl + end * (tr - tl), bl + end * (br - bl), bl + start * (br - bl)]))
