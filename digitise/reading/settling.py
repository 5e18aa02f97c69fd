"""Which of several looks at one place found the lines right: the reading decides.

Looks at different scales tie lines together, break them up or see an arc where another sees its pieces. Each way is read, and of
boxes that overlap those stay that together are read best: the heaviest set of boxes without conflicts (a maximum weight independent
set, found exactly; conflicts come in small groups).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitise.reading.detection import TextBox, core_area, shared_area

FloatMap = npt.NDArray[np.float32]

CONFLICT = 0.3
"""Two boxes cannot both be lines when their cores share this much of the smaller one. Cores of neighbouring lines share nothing."""
DOUBTED = 0.5
"""A character speaks for its box by how far its probability exceeds this; what drawings are read as speaks against it."""
LARGEST_GROUP = 20
"""Larger groups are settled greedily."""


def evidence(probabilities: FloatMap) -> float:
    """How strongly a reading speaks for its box: its characters, each by its probability above DOUBTED.

    probabilities: (T, A), column 0 is the blank.
    """
    best, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    peaks = np.maximum.reduceat(sure, starts)[best[starts] != 0] if len(starts) else np.zeros(0)
    return float((peaks - DOUBTED).sum())


def settle(boxes: Sequence[TextBox], weights: Sequence[float]) -> list[int]:
    """Indices of the boxes that stay, in order. Boxes without a conflict always stay, whatever they weigh."""
    rivals = find_rivals(boxes)
    kept: list[int] = []
    seen: set[int] = set()
    for i in range(len(boxes)):
        if i in seen:
            continue
        group = _reach(i, rivals)
        seen |= group
        kept += [i] if len(group) == 1 else _heaviest(sorted(group, key=lambda j: -weights[j]), rivals, weights)
    return sorted(kept)


def find_rivals(boxes: Sequence[TextBox]) -> list[set[int]]:
    """For each box the ones that cannot stay beside it."""
    rivals: list[set[int]] = [set() for _ in boxes]
    areas = [core_area(box) for box in boxes]
    ends = [(box.core.min(axis=0), box.core.max(axis=0)) if box.curve is None else _curve_ends(box) for box in boxes]
    lows, highs = np.array([low for low, _ in ends]).reshape(-1, 2), np.array([high for _, high in ends]).reshape(-1, 2)
    for i, one in enumerate(boxes):
        near = ((lows[i] <= highs[i + 1 :]) & (lows[i + 1 :] <= highs[i])).all(axis=1)
        for j in (np.flatnonzero(near) + i + 1).tolist():
            if shared_area(one, boxes[j]) >= CONFLICT * min(areas[i], areas[j]):
                rivals[i].add(j)
                rivals[j].add(i)
    return rivals


def _curve_ends(box: TextBox) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    assert box.curve is not None
    half = box.curve.height / 2
    return box.curve.points.min(axis=0) - half, box.curve.points.max(axis=0) + half


def _reach(start: int, rivals: Sequence[set[int]]) -> set[int]:
    """All boxes tied to one by conflicts, itself among them."""
    found, open_ends = {start}, [start]
    while open_ends:
        for other in rivals[open_ends.pop()] - found:
            found.add(other)
            open_ends.append(other)
    return found


def _heaviest(group: Sequence[int], rivals: Sequence[set[int]], weights: Sequence[float]) -> list[int]:
    """Boxes of a group without a conflict whose weights sum to the most; group: heaviest first."""
    if len(group) > LARGEST_GROUP:
        return _greedily(group, rivals, weights)
    best: list[int] = []
    most = float("-inf")

    def extend(at: int, chosen: list[int], barred: frozenset[int], total: float) -> None:
        nonlocal best, most
        if total + sum(max(0.0, weights[j]) for j in group[at:] if j not in barred) <= most:
            return
        if at == len(group):
            if chosen:
                best, most = chosen, total
            return
        box = group[at]
        if box not in barred:
            extend(at + 1, [*chosen, box], barred | rivals[box], total + weights[box])
        extend(at + 1, chosen, barred, total)

    extend(0, [], frozenset(), 0.0)
    return best


def _greedily(group: Sequence[int], rivals: Sequence[set[int]], weights: Sequence[float]) -> list[int]:
    left, chosen = set(group), []
    while left:
        box = max(left, key=lambda i: weights[i] - sum(max(0.0, weights[j]) for j in rivals[i] & left))
        chosen.append(box)
        left -= rivals[box] | {box}
    return chosen
