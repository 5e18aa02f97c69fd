"""The embedded engine: PP-OCRv6 found, turned, read and decoded line by line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitise.config import BackendName
from digitise.geometry import homography, map_points, quad_size, to_quad
from digitise.model import Line, Quad, Word
from digitise.reading.backends import choose_backend
from digitise.reading.close_looks import keep_known, look_closely, replace_unread
from digitise.reading.crossing_out import mark_struck_out
from digitise.reading.curves import place_on_curve
from digitise.reading.decoding import RawCharacters, greedy_characters
from digitise.reading.detection import find_text
from digitise.reading.doubt import right_probability
from digitise.reading.languages import name_languages
from digitise.reading.lexicon import WELSH_LETTERS, EventLexicon, Lexicon, alphabet
from digitise.reading.look_alikes import find_meant_words
from digitise.reading.looks import Look, choose_directions, crop_line, look_again, mean_score
from digitise.reading.marks import gather_marks, has_marks, is_marked, share_marks
from digitise.reading.networks import networks_fingerprint, open_networks
from digitise.reading.passes import decode_lines
from digitise.reading.settling import evidence, settle
from digitise.reading.support import log_likelihoods
from digitise.reading.turning import find_turn, turn_back, turn_photo
from digitise.reading.voting import Vote, weigh_texts
from digitise.reading.welsh import lend_to_unseen
from digitise.weights import find_weights

RgbArray = npt.NDArray[np.uint8]

READ = 0.65
"""Mean probability of a line's most likely characters below which its words are not believed. Above it ..."""
BELIEVED = 0.20
"""... one word must be right with this probability, or else ..."""
LEGIBLE = 0.80
"""... the ink must bear out the letters of the text this well on average: then it may be a name or a word with one wrong letter, and a
person reads more from it, marked, than from nothing. With words alone at their best, precision on the real photos is 0.908
instead of 0.883, but 5 % fewer notes are found; with READ alone at its best 0.862. With BELIEVED at 0.10, 0.20 and 0.30 precision is
0.876, 0.884 and 0.887, and 0.650, 0.641 and 0.635 of the notes are found."""
SEEN = 0.30
"""Below READ but above this a line is taken for writing that could not be read, below for a drawing. On the real photos 0 to 6 lines each
fall between, and 70 on a photo of 388 px."""
SEEN_SHAPE = 2.0
"""How many times longer than high such a line must be, or else ..."""
SEEN_LETTERS = 3
"""... have so many letters in the recogniser's own reading. Of 47 shorter boxes on 33 real photos, 19 of the 20 that have three letters lie
on written words; of the other 27, single letters, stars, digits and ticks, 11 do, most of them parts of words that were read."""


class RapidEngine:
    """OcrEngine on the embedded networks."""

    name = "rapidocr"

    def __init__(
        self,
        *,
        languages: Sequence[str],
        doubtful_below: float,
        recogniser: str = "small",
        threads: int = 0,
        backend: BackendName = "auto",
    ) -> None:
        weights, chosen = find_weights(recogniser), choose_backend(backend)
        self._networks = open_networks(weights, threads=threads, backend=chosen)
        self._languages = tuple(languages)
        self._doubtful_below = doubtful_below
        self.fingerprint = f"rapidocr-{networks_fingerprint(weights, chosen)}"

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in a photo (H, W, 3) uint8, in no particular order; vocabulary: the event's own names.

        A line that is plainly writing but could not be read comes without words, so that nobody overlooks it.
        """
        lexicon = EventLexicon(self._languages, vocabulary)
        lines = decode_lines(self.look_at_lines(rgb), self.decode, lexicon)
        kept = [mark_struck_out(rgb, line) for line in lines if line is not None]
        return name_languages(kept, self._languages, names=lexicon.names)

    def read_closely(self, rgb: RgbArray, quads: Sequence[Quad], lines: Sequence[Line], *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """The lines with those more that a closer look finds in notes whose ink they leave over; see reading/close_looks.py."""
        looks = look_closely(rgb, quads, [line.quad for line in lines if line.words or line.struck_out], self._networks)
        if not looks:
            return list(lines)
        lexicon = EventLexicon(self._languages, vocabulary)
        found = keep_known([line for look in looks if (line := self.decode(look, lexicon)) is not None], lexicon)
        return replace_unread(lines, name_languages(found, self._languages, names=lexicon.names))

    def look_at_lines(self, rgb: RgbArray) -> list[Look]:
        """Find lines and show each to the recogniser, in the direction in which it reads best; uncertain ones in several renderings."""
        looks, weights = self._find(rgb)
        quarters = find_turn(looks, weights)
        if quarters:
            turned, _ = self._find(turn_photo(rgb, quarters))
            looks = [turn_back(look, quarters, rgb.shape) for look in turned]
        return look_again(rgb, looks, self._networks)

    def _find(self, rgb: RgbArray) -> tuple[list[Look], list[float]]:
        """The lines of a photo, each in the direction in which it reads best, with the evidence of each."""
        boxes = find_text(rgb, self._networks.text_probability)
        looks = choose_directions(rgb, boxes, self._networks)
        weights = [evidence(look.emissions.probabilities) for look in looks]
        kept = settle(boxes, weights)
        return [looks[i] for i in kept], [weights[i] for i in kept]

    def support(self, rgb: RgbArray, quad: Quad, texts: Sequence[str]) -> list[float]:
        """How well the ink inside a quad bears out each text; see reading/support.py."""
        (emissions,) = self._networks.recognise([crop_line(rgb, np.asarray(quad, float))])
        return log_likelihoods(emissions.probabilities, self._networks.alphabet, texts)

    def decode(self, look: Look, lexicon: Lexicon) -> Line | None:
        """Words of a line; a line without words where there is writing that could not be read; None for a drawing."""
        score = mean_score(look)
        if score >= READ:
            vote = read_look(look, self._networks.alphabet, self._languages, lexicon)
            line = to_line(vote, look, lexicon, score=score, doubtful_below=self._doubtful_below, engine=self.name)
            if line.words and is_believable(vote, max(word.confidence for word in line.words)):
                return line
        return unread_line(look, engine=self.name) if is_unread_writing(look, self._networks.alphabet) else None


def read_look(look: Look, characters: Sequence[str], languages: Sequence[str], lexicon: Lexicon) -> Vote:
    """What a line says, from all its renderings; characters: of the columns of its emissions."""
    plain = [look.emissions.probabilities, *look.again]
    allowed = alphabet(languages)
    raw: list[RawCharacters] | None = None
    if has_marks(plain, characters):
        allowed |= frozenset(WELSH_LETTERS + WELSH_LETTERS.upper())
        raw = [greedy_characters(gather_marks(probabilities, characters), characters) for probabilities in plain]
        plain = [share_marks(probabilities, characters, allowed) for probabilities in plain]
    seen = []
    for probabilities in plain:
        kept, kept_characters = keep_alphabet(probabilities, characters, allowed)
        seen.append(lend_to_unseen(kept, kept_characters) if "cy" in languages else kept)
    return weigh_texts(seen, kept_characters, lexicon, raw=raw)


def is_believable(vote: Vote, surest: float) -> bool:
    """Whether a reading may be shown; surest: probability that its surest word is right."""
    lengths = [len(word.text) for word in vote.decoded.words]
    return surest >= BELIEVED or float(np.average([math.exp(e.ink) for e in vote.evidence], weights=lengths)) >= LEGIBLE


def is_unread_writing(look: Look, characters: Sequence[str]) -> bool:
    """Whether a line that was read too badly to be believed is writing all the same; characters: of the columns of its emissions."""
    if look.score < SEEN:
        return False
    width, height = quad_size(to_quad(look.corners))
    letters = sum(c.isalpha() for c, _ in greedy_characters(look.emissions.probabilities, characters))
    return width >= SEEN_SHAPE * height or letters >= SEEN_LETTERS


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


def to_line(vote: Vote, look: Look, lexicon: Lexicon, *, score: float, doubtful_below: float, engine: str) -> Line:
    """The words of a vote with their place in the photo and how likely each is right.

    That the word model changed letters weighs in that likelihood; a letter with a mark that the recogniser did not see as it is read
    is always marked.
    """
    quad = to_quad(look.corners)
    length = len(look.emissions.probabilities) * look.emissions.step_px
    height = 1.0
    back = homography(((0, 0), (length, 0), (length, height), (0, height)), quad)
    words = []
    for word, signs, alternatives in zip(vote.decoded.words, vote.evidence, vote.alternatives, strict=True):
        x0 = max(0.0, (word.start - 0.5) * look.emissions.step_px)
        x1 = min(length, (word.end + 1.5) * look.emissions.step_px)
        if look.curve is None:
            corners = np.asarray(map_points(back, [(x0, 0), (x1, 0), (x1, height), (x0, height)]))
        else:
            corners = place_on_curve(look.curve, x0 / length, x1 / length)
        confidence = right_probability(word.text, signs, score=score, lexicon=lexicon)
        words.append(
            Word(
                text=word.text,
                raw=word.raw if word.raw != word.text else "",
                confidence=round(confidence, 4),
                quad=to_quad(corners),
                doubtful=any(c.isalnum() for c in word.text)  # nobody can check a stroke or dot that was read as a sign
                and (confidence < doubtful_below or (signs.raw == 0 and any(map(is_marked, word.text + word.raw)))),
                alternatives=tuple(dict.fromkeys((*find_meant_words(word.text, lexicon), *alternatives))),
            )
        )
    decoded = vote.decoded
    return Line(words=tuple(words), raw=decoded.raw, confidence=round(decoded.confidence, 4), quad=quad, engine=engine)
