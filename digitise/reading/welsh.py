"""Welsh letters that the embedded recogniser lists but has hardly ever seen.

Where ŵ or ŷ stands, its network gives a wavering blank with a little of ý, î, û and other marked letters beside it (seen with printed and
drawn words alike), so the letter is lost: 'tŷ' becomes 't'. Here such a place is opened for ŵ and ŷ; the Welsh word
list then decides, and the word is marked as doubtful because the ink alone does not carry it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatMap = npt.NDArray[np.float32]

UNSEEN = {"ŵ": 0.45, "ŷ": 0.45, "Ŵ": 0.05, "Ŷ": 0.05}
"""The letters and their shares of what is lent; Welsh words hardly ever begin with them."""
WAVERING = 0.985
"""A blank surer than this is a gap; at letters the network does not know it stays below (0.80-0.93 seen)."""
SURE_LETTER = 0.3
"""Where the network is this sure of some letter, it has seen one."""
LENT = 4.0
"""The share of the letters that waver is multiplied by this and given to the unseen ones."""
MOST_LENT = 0.6
LIKE_UNSEEN = {"ý": "ŷ", "ỳ": "ŷ", "ÿ": "ŷ", "ẃ": "ŵ", "ẁ": "ŵ", "ẅ": "ŵ"}
"""Letters that the network knows and Welsh hardly writes: a mark over y or w is a circumflex there. Half of theirs goes to it, so that the
word list decides and the raw reading stays the network's own."""


def lend_to_unseen(probabilities: FloatMap, characters: Sequence[str]) -> FloatMap:
    """Probabilities (T, A) with the unseen letters made possible where the network wavers; rows still sum to 1. A new array."""
    columns = [i for i, c in enumerate(characters) if c in UNSEEN]
    spaces = [i for i, c in enumerate(characters) if c == " "]
    if not columns:
        return probabilities
    lent = probabilities.copy()
    letters = np.delete(probabilities, [0, *spaces], axis=1)
    wavering = (probabilities[:, 0] < WAVERING) & (probabilities[:, 0] > SURE_LETTER) & (letters.max(axis=1) < SURE_LETTER)
    share = np.minimum(MOST_LENT, LENT * letters.sum(axis=1))[wavering, None]
    lent[wavering] *= 1 - share
    lent[np.ix_(wavering, columns)] += share * np.asarray([UNSEEN[characters[i]] for i in columns], np.float32)
    place = {c: i for i, c in enumerate(characters)}
    for known, unseen in LIKE_UNSEEN.items():
        if known in place and unseen in place:
            moved = lent[:, place[known]] * np.float32(0.49)
            lent[:, place[known]] -= moved
            lent[:, place[unseen]] += moved
    return lent
