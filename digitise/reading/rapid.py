"""The embedded engine: PP-OCRv6 found, turned, read and decoded line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray, homography, map_points, quad_size, to_quad
from digitise.model import Line, Quad, Word
from digitise.reading.decoding import Decoded, decode_line
from digitise.reading.detection import TextBox, find_text
from digitise.reading.lexicon import EventLexicon, Lexicon, alphabet
from digitise.reading.networks import Emissions, Networks, networks_fingerprint
from digitise.reading.support import log_likelihoods
from digitise.reading.welsh import lend_to_unseen
from digitise.weights import find_weights

RgbArray = npt.NDArray[np.uint8]

READ = 0.70
"""Mean probability of a line's most likely characters from which its words are believed. On the real photos word F1 is 0.776 to 0.778
between 0.65 and 0.75, and 0.772 at 0.55 and at 0.80."""
SEEN = 0.30
"""Below READ but above this a line is taken for writing that could not be read, below for a drawing. On the real photos 0 to 6 lines each
fall between, and 70 on a photo of 388 px."""
SEEN_SHAPE = 2.0
"""How many times longer than high such a line must be: a word of three letters or more. Icons and ticks are not."""
SURE_UPRIGHT = 0.85
"""A line read at least this well is not tried in other directions."""
RARE = -16.0
"""Natural logarithm of the share of a word (one in nine million) below which it is marked. With it and confidence below 0.9, 69 % of
the wrong words in the real photos' notes are marked, and 40 % of the marked ones are wrong; by confidence below 0.8 alone 44 % and 37 %."""
WORDS = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)*")
STEEP = 3.0
"""A box this many times longer than high whose long side runs down the page is tried both ways up."""
TURN_GAIN = 0.10
"""Another direction must be read this much better (mean character probability) to be believed: short words like 'no' or 'SOS' read
fine upside down."""


class Look(NamedTuple):
    """One line picture as it was shown to the recogniser."""

    corners: FloatArray
    """(4, 2) photo px, first edge along the reading direction."""
    emissions: Emissions
    score: float
    """Mean probability of the most likely characters that are not blank."""


class RapidEngine:
    """OcrEngine on the embedded networks."""

    name = "rapidocr"

    def __init__(self, *, languages: Sequence[str], doubtful_below: float, recogniser: str = "small", threads: int = 0) -> None:
        weights = find_weights(recogniser)
        self._networks = Networks(weights=weights, threads=threads)
        self._languages = tuple(languages)
        self._doubtful_below = doubtful_below
        self.fingerprint = f"rapidocr-{networks_fingerprint(weights)}"

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in a photo (H, W, 3) uint8, in no particular order; vocabulary: the event's own names.

        A line that is plainly writing but could not be read comes without words, so that nobody overlooks it.
        """
        lexicon = EventLexicon(self._languages, vocabulary)
        return [line for look in self.look_at_lines(rgb) if (line := self.decode(look, lexicon)) is not None]

    def look_at_lines(self, rgb: RgbArray) -> list[Look]:
        """Find lines and show each to the recogniser, in the direction in which it reads best."""
        return choose_directions(rgb, find_text(rgb, self._networks.text_probability), self._networks)

    def support(self, rgb: RgbArray, quad: Quad, texts: Sequence[str]) -> list[float]:
        """How well the ink inside a quad bears out each text; see reading/support.py."""
        (emissions,) = self._networks.recognise([crop_line(rgb, np.asarray(quad, float))])
        return log_likelihoods(emissions.probabilities, self._networks.alphabet, texts)

    def decode(self, look: Look, lexicon: EventLexicon) -> Line | None:
        """Words of a line; a line without words where there is writing that could not be read; None for a drawing."""
        decoded = self._decode_words(look, lexicon) if look.score >= READ else None
        if decoded is not None and decoded.words:
            return to_line(decoded, look, lexicon, doubtful_below=self._doubtful_below, engine=self.name)
        return unread_line(look, engine=self.name) if is_unread_writing(look) else None

    def _decode_words(self, look: Look, lexicon: EventLexicon) -> Decoded:
        probabilities, characters = keep_alphabet(look.emissions.probabilities, self._networks.alphabet, alphabet(self._languages))
        if "cy" in self._languages:
            probabilities = lend_to_unseen(probabilities, characters)
        return decode_line(probabilities, characters, lexicon)


def is_unread_writing(look: Look) -> bool:
    """Whether a line that was read too badly to be believed is writing all the same."""
    width, height = quad_size(to_quad(look.corners))
    return look.score >= SEEN and width >= SEEN_SHAPE * height


def unread_line(look: Look, *, engine: str) -> Line:
    """A line without words: somebody must look at it."""
    return Line(words=(), raw="", confidence=0.0, quad=to_quad(look.corners), engine=engine)


def keep_alphabet(
    probabilities: npt.NDArray[np.float32], characters: Sequence[str], allowed: frozenset[str]
) -> tuple[npt.NDArray[np.float32], tuple[str, ...]]:
    """Only the columns of the allowed characters (and the blank), rows scaled to sum to 1 again."""
    kept = [i for i, c in enumerate(characters) if i == 0 or c in allowed]
    chosen = probabilities[:, kept]
    return chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1e-9), tuple(characters[i] for i in kept)


def crop_line(rgb: RgbArray, corners: FloatArray) -> RgbArray:
    """Straightened picture of a line; corners (4, 2) photo px with the first edge along the reading direction."""
    w = max(4, round(float(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))))
    h = max(4, round(float(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))))
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cast(RgbArray, cv2.warpPerspective(rgb, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def choose_directions(rgb: RgbArray, boxes: Sequence[TextBox], networks: Networks) -> list[Look]:
    """Each box read as it lies; those read badly also upside down, squarish and steep ones also sideways."""
    looks = _look(rgb, [b.corners for b in boxes], networks)
    retries: list[tuple[int, FloatArray]] = []
    for i, (box, look) in enumerate(zip(boxes, looks, strict=True)):
        if look.score >= SURE_UPRIGHT:
            continue
        retries.append((i, np.roll(box.corners, 2, axis=0)))
        if box.width < 1.5 * box.height:
            retries += [(i, np.roll(box.corners, 1, axis=0)), (i, np.roll(box.corners, 3, axis=0))]
    for (i, _), other in zip(retries, _look(rgb, [c for _, c in retries], networks), strict=True):
        steep = _is_steep(boxes[i])
        if other.score > looks[i].score + (0.0 if steep else TURN_GAIN):
            looks[i] = other
    return looks


def _is_steep(box: TextBox) -> bool:
    d = box.corners[1] - box.corners[0]
    return bool(abs(d[1]) > abs(d[0])) and box.width > STEEP * box.height


def _look(rgb: RgbArray, corners: Sequence[FloatArray], networks: Networks) -> list[Look]:
    emissions = networks.recognise([crop_line(rgb, c) for c in corners])
    return [Look(c, e, _reading_score(e.probabilities)) for c, e in zip(corners, emissions, strict=True)]


def _reading_score(probabilities: npt.NDArray[np.float32]) -> float:
    best = probabilities.argmax(axis=1)
    inked = probabilities.max(axis=1)[best != 0]
    return float(inked.mean()) if inked.size else 0.0


def is_rare(text: str, lexicon: Lexicon) -> bool:
    """Whether some word in `text` is unknown or so rare that a misreading is likelier than the word."""
    return any(lexicon.log_probability(word.lower().replace("’", "'")) < RARE for word in WORDS.findall(text))


def to_line(decoded: Decoded, look: Look, lexicon: Lexicon, *, doubtful_below: float, engine: str) -> Line:
    """Decoded words with their place in the photo."""
    quad = to_quad(look.corners)
    length = len(look.emissions.probabilities) * look.emissions.step_px
    height = 1.0
    back = homography(((0, 0), (length, 0), (length, height), (0, height)), quad)
    words = []
    for word in decoded.words:
        x0 = max(0.0, (word.start - 0.5) * look.emissions.step_px)
        x1 = min(length, (word.end + 1.5) * look.emissions.step_px)
        corners = map_points(back, [(x0, 0), (x1, 0), (x1, height), (x0, height)])
        changed = _letters(word.raw) != _letters(word.text)
        words.append(
            Word(
                text=word.text,
                raw=word.raw if word.raw != word.text else "",
                confidence=round(word.confidence, 4),
                quad=to_quad(corners),
                doubtful=changed or word.confidence < doubtful_below or is_rare(word.text, lexicon),
                alternatives=(word.raw,) if changed and word.raw else (),
            )
        )
    return Line(words=tuple(words), raw=decoded.raw, confidence=round(decoded.confidence, 4), quad=quad, engine=engine)


def _letters(text: str) -> str:
    return text.replace(" ", "").casefold()
