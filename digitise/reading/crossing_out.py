"""Words that their writer crossed out: no part of the text, but kept beside it.

A crossing-out is one stroke through the middle of the letters from end to end, straight or a little bent, with ink above and below it. An
underline has letters on one side only, a ruled or table line runs on beyond the words, bars of capitals break off between the
letters. Precision comes first: a word wrongly taken out is worse than a crossed-out word left in. On the real photos no word is taken
out, nor any of those that are crossed out: they are blurred ones of 20 px, whose strokes do not show between the letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import quad_size
from digitise.model import Line, Quad, Word

RgbArray = npt.NDArray[np.uint8]
BoolMap = npt.NDArray[np.bool_]
IntMap = npt.NDArray[np.intp]

HEIGHT_PX = 96
"""Height of a word's picture here; its letters are about half of it."""
LEAST_HEIGHT_PX = 40.0
"""Height of a word's quad in the photo; letters are half of it. In smaller words strokes run together and joins look like one stroke."""
LEAST_LETTERS = 4
"""Shorter words are a few strokes each: one of them may well run across."""
SEARCHED = (0.25, 0.72)
"""Where a crossing-out is looked for, in shares of the picture's height."""
MIDDLE = (0.28, 0.72)
"""Where it lies within the height of the letters themselves. Joins of joined writing lie lower, underlines at the very end."""
RISES = np.linspace(-0.2, 0.2, 13)
"""From the word's left end to its right end, in heights."""
SAGS = (-0.06, 0.0, 0.06)
"""In its middle, in heights."""
COVERED = 0.95
"""Share of the word's length over which the stroke must be inked."""
LONGEST_GAP = 0.08
"""Heights over which the stroke may pause."""
FREE = 0.30
"""Share of the word's length over which the stroke is seen by itself, with paper right above and below: between the letters and in their
hollows. A line through bold or joined letters that are not crossed out is inked by uprights, which reach far above or below it."""
FREE_SIXTHS = 5
"""Of six equal parts of the word so many must show the stroke by itself somewhere."""
THICKEST = 0.16
"""Height of such a stroke, in heights."""
RUNS_ON = 0.9
"""A line that goes on beyond both ends of the words for so many heights is a rule or a table's."""
LEAST_CONTRAST = 24.0
"""Colour distance between ink and paper, 0..441; less is no writing to judge."""


def mark_struck_out(rgb: RgbArray, line: Line) -> Line:
    """The line with its crossed-out words moved from `words` to `struck_out`; `raw` keeps them where they stood.

    A line of which nothing is left comes without words, as one that could not be read: a person sees its picture.
    """
    struck = find_struck_out(rgb, [word.quad if _letters(word) >= LEAST_LETTERS else None for word in line.words])
    if not any(struck):
        return line
    kept = tuple(word for word, out in zip(line.words, struck, strict=True) if not out)
    return line.model_copy(update={"words": kept, "struck_out": tuple(w for w, out in zip(line.words, struck, strict=True) if out)})


def find_struck_out(rgb: RgbArray, quads: Sequence[Quad | None]) -> list[bool]:
    """For each word of a line, left to right, whether it is crossed out; None stands for one that cannot be."""
    crossed = [quad is not None and quad_size(quad)[1] >= LEAST_HEIGHT_PX and _is_crossed(_picture(rgb, quad)) for quad in quads]
    struck = [False] * len(quads)
    for is_crossed, members in groupby(range(len(quads)), key=crossed.__getitem__):
        run = list(members)
        first, last = quads[run[0]], quads[run[-1]]
        if is_crossed and first is not None and last is not None and not _runs_on(rgb, first, last):
            struck[run[0] : run[-1] + 1] = [True] * len(run)
    return struck


def _letters(word: Word) -> int:
    return sum(c.isalpha() for c in word.text)


def _picture(rgb: RgbArray, quad: Quad, before: float = 0.0, after: float = 0.0) -> RgbArray:
    """A word HEIGHT_PX high, with so many heights of what stands before and after it."""
    w, h = quad_size(quad)
    p = np.asarray(quad, float)
    along = (p[1] - p[0] + p[2] - p[3]) / 2 / max(w, 1e-6)
    p = p + np.outer((-before, after, after, -before), along * h)
    width = max(8, round(HEIGHT_PX * (w + (before + after) * h) / max(h, 1e-6)))
    # a finer cut-out first, then area means: thin strokes of large letters must not fall between the pixels
    fine = max(1, min(4, round(h / HEIGHT_PX)))
    target = np.array([[0, 0], [width, 0], [width, HEIGHT_PX], [0, HEIGHT_PX]], np.float32) * fine
    matrix = cv2.getPerspectiveTransform(p.astype(np.float32), target)
    cut = cv2.warpPerspective(rgb, matrix, (width * fine, HEIGHT_PX * fine), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cast(RgbArray, cv2.resize(cut, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA))


def _ink(picture: RgbArray) -> BoolMap | None:
    """Where ink is, dark on light or light on dark; None where nothing stands out from the paper."""
    shown = picture.astype(np.float32)
    paper = np.median(shown.reshape(-1, 3), axis=0)
    away = np.linalg.norm(shown - paper, axis=2)
    level = np.clip(away, 0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    inked = cast(BoolMap, level > threshold)
    if not inked.any() or float(away[inked].mean() - away[~inked].mean()) < LEAST_CONTRAST:
        return None
    return inked


def _paths(width: int) -> IntMap:
    """Rows (n, width) of every stroke that is tried."""
    t = np.linspace(0, 1, width)
    starts = np.arange(SEARCHED[0], SEARCHED[1], 1 / HEIGHT_PX)
    levels = starts[:, None, None, None] + RISES[None, :, None, None] * (t - 0.5) + np.asarray(SAGS)[None, None, :, None] * 4 * t * (1 - t)
    return cast(IntMap, np.clip(np.round(levels.reshape(-1, width) * HEIGHT_PX), 0, HEIGHT_PX - 1).astype(np.intp))


def _is_crossed(picture: RgbArray) -> bool:
    inked = _ink(picture)
    if inked is None:
        return False
    top, bottom = (round(share * HEIGHT_PX) for share in SEARCHED)
    columns = np.flatnonzero(inked[top:bottom].any(axis=0))
    if len(columns) == 0 or columns[-1] - columns[0] < HEIGHT_PX:
        return False
    word = inked[:, columns[0] : columns[-1] + 1]
    paths = _paths(word.shape[1])
    hit = word[paths, np.arange(word.shape[1])]
    good = np.flatnonzero(hit.mean(axis=1) >= COVERED)
    order = good[np.argsort(-hit[good].mean(axis=1))]
    high, low = _letter_zone(word)
    return any(
        MIDDLE[0] <= (paths[i].mean() - high) / max(1.0, low - high) <= MIDDLE[1]
        and _longest_gap(hit[i]) <= LONGEST_GAP * HEIGHT_PX
        and _is_seen_by_itself(word, paths[i])
        for i in order[:40]
    )


def _letter_zone(word: BoolMap) -> tuple[float, float]:
    """First and last row of the letters, without the outermost tenth of the ink (ascenders, neighbours' descenders)."""
    share = np.cumsum(word.sum(axis=1)) / max(1, int(word.sum()))
    return float(np.searchsorted(share, 0.1)), float(np.searchsorted(share, 0.9))


def _longest_gap(hit: BoolMap) -> int:
    ends = np.flatnonzero(np.concatenate([[True], hit, [True]]))
    return int(np.diff(ends).max()) - 1


def _is_seen_by_itself(word: BoolMap, path: IntMap) -> bool:
    """Whether the stroke shows between the letters over much of the word: upright runs of ink no longer than a stroke is thick."""
    runs = _upright_runs(word)[path, np.arange(word.shape[1])]
    free = (runs > 0) & (runs <= THICKEST * HEIGHT_PX)
    return bool(free.mean() >= FREE) and sum(bool(part.any()) for part in np.array_split(free, 6)) >= FREE_SIXTHS


def _upright_runs(word: BoolMap) -> IntMap:
    """For each inked pixel the length of the upright run of ink through it; 0 for paper."""
    down, up = np.zeros(word.shape, np.intp), np.zeros(word.shape, np.intp)
    for y in range(len(word)):
        down[y] = np.where(word[y], (down[y - 1] if y else 0) + 1, 0)
        z = len(word) - 1 - y
        up[z] = np.where(word[z], (up[z + 1] if y else 0) + 1, 0)
    return cast(IntMap, np.where(word, down + up - 1, 0))


def _runs_on(rgb: RgbArray, first: Quad, last: Quad) -> bool:
    """Whether the stroke goes on beyond both ends of a run of words."""
    reach = RUNS_ON * HEIGHT_PX
    before, after = _picture(rgb, first, before=RUNS_ON)[:, : round(reach)], _picture(rgb, last, after=RUNS_ON)[:, -round(reach) :]
    return all(_is_lined(side) for side in (before, after))


def _is_lined(picture: RgbArray) -> bool:
    """Whether a stroke runs right across."""
    inked = _ink(picture)
    if inked is None:
        return False
    thick = cv2.dilate(inked.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    hit = thick[_paths(inked.shape[1]), np.arange(inked.shape[1])]
    return bool((hit.mean(axis=1) >= COVERED).any())
