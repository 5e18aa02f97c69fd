"""Groups of notes that nobody headed: agglomerative clustering whose number of groups comes from the notes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from digitise.arranging.meaning import FloatArray

GROUPS = 1.6
"""Groups (single notes among them) per root of the number of notes: 8 of 25, 16 of 100. Groups that people made of 15 to 111 notes:
between 0.5 and 3.3, in the middle 1.3; what is found agrees best with theirs, and equally well, from 1.5 to 1.8."""
SURELY_ALIKE = 0.12
"""So much more alike than any two notes are two groups that are joined, however few then remain."""


def cluster(similarity: FloatArray, *, groups: float = GROUPS) -> list[list[int]]:
    """Groups of indices into a similarity matrix (n, n), largest first, then by their first member; singletons included.

    The two groups whose notes are most alike on average are joined until as many are left as such a number of notes makes. Groups less
    alike than any two notes of the event are never joined.
    """
    n = len(similarity)
    if n < 2:
        return [[0]] if n else []
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - slow import, needed only here
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    pairs = squareform((similarity + similarity.T) / 2, checks=False)
    top = float(pairs.max())
    steps = linkage(top - pairs, "average")
    wanted = max(2, round(groups * math.sqrt(n)))
    above = top - steps[:, 2] - float(pairs.mean())
    joins = sum(1 for k, a in enumerate(above) if a >= SURELY_ALIKE or (n - k > wanted and a > 0))
    labels = fcluster(steps, n - joins, "maxclust") if joins else range(n)
    found: dict[int, list[int]] = {}
    for i, label in enumerate(labels):
        found.setdefault(int(label), []).append(i)
    return sorted(found.values(), key=lambda g: (-len(g), g[0]))


def rank_centres(similarity: FloatArray, members: Sequence[int]) -> list[tuple[int, float]]:
    """Members with their mean similarity to their group (themselves included), the most central first, then by number."""
    means = similarity[np.ix_(list(members), list(members))].mean(axis=1).round(9)
    return sorted(zip(members, means.tolist(), strict=True), key=lambda found: (-found[1], found[0]))


def measure_cohesion(similarity: FloatArray, members: Sequence[int]) -> float:
    """Mean similarity of a group's pairs, 0..1; 0 for a single note."""
    if len(members) < 2:
        return 0.0
    block = similarity[np.ix_(list(members), list(members))]
    off = (block.sum() - np.trace(block)) / (len(members) * (len(members) - 1))
    return float(max(0.0, min(1.0, off)))
