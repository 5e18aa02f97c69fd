"""Groups of notes that nobody headed: agglomerative clustering whose number of groups comes from the notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitise.arranging.meaning import FloatArray

LEAST_SIMILARITY = 0.02
"""Mean similarity (centred, so 0 is 'no nearer than any two notes') below which two groups are not joined."""


def cluster(similarity: FloatArray, *, least: float = LEAST_SIMILARITY) -> list[list[int]]:
    """Groups of indices into a similarity matrix (n, n), largest first, then by their first member; singletons included."""
    n = len(similarity)
    if n == 0:
        return []
    if n == 1:
        return [[0]]
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 - slow import, needed only here

    model = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - least)
    labels = model.fit_predict(np.clip(1 - similarity, 0, 2))
    groups: dict[int, list[int]] = {}
    for i, label in enumerate(labels):
        groups.setdefault(int(label), []).append(i)
    return sorted(groups.values(), key=lambda g: (-len(g), g[0]))


def find_centre(similarity: FloatArray, members: Sequence[int]) -> int:
    """The member nearest to all others of its group."""
    block = similarity[np.ix_(list(members), list(members))]
    return members[int(np.argmax(block.sum(axis=1).round(9)))]


def measure_cohesion(similarity: FloatArray, members: Sequence[int]) -> float:
    """Mean similarity of a group's pairs, 0..1; 0 for a single note."""
    if len(members) < 2:
        return 0.0
    block = similarity[np.ix_(list(members), list(members))]
    off = (block.sum() - np.trace(block)) / (len(members) * (len(members) - 1))
    return float(max(0.0, min(1.0, off)))
