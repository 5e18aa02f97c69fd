#!/usr/bin/env python3
"""Sticky notes found on drawn walls (drawn_walls.py), condition by condition: F1 of boxes at IoU 0.5, share of right colour names, seconds.

Each condition changes one thing about one plain wall. Notes of which less than half can be seen count neither way.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.drawn_walls import GROUNDS, LAMPS, Drawn, Wall, draw_wall
from digitise.geometry import bounds
from digitise.layout import find_stickies
from digitise.layout.stickies import Sticky
from digitise.model import Box

HIT = 0.5
LEAST_SEEN = 0.5


class Score(NamedTuple):
    """Counts over some walls."""

    truth: int = 0
    found: int = 0
    hits: int = 0
    named: int = 0
    """Hits whose colour name is right."""

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.truth + self.found) if self.truth + self.found else 1.0


def conditions() -> Iterator[tuple[str, Wall]]:
    """Name and wall of each condition."""
    yield "plain", Wall()
    for ground in GROUNDS:
        yield f"ground: {ground}", Wall(ground=ground)
    for lamp in LAMPS:
        yield f"light: {lamp}", Wall(ground="wall", lamp=lamp)
    yield "light: dim", Wall(lamp="4000 K", level=0.25)
    yield "light: vignette", Wall(falloff=0.55)
    yield "light: shadow", Wall(shadow=0.55)
    for lamp in ("4000 K", "3000 K", "sky"):
        yield f"pastel, {lamp}", Wall(pads="pastel", lamp=lamp, ground="grey sheet")
    yield "pastel on board", Wall(pads="pastel")
    yield "pastel on wall", Wall(pads="pastel", ground="wall")
    yield "pastel on cork", Wall(pads="pastel", ground="cork")
    yield "pastel on blue sheet", Wall(pads="pastel", ground="blue sheet")
    for ground in ("board", "grey sheet", "wall", "brown paper", "dark table", "blue sheet", "cork"):
        yield f"cream on {ground}", Wall(pads="cream", ground=ground)
    for ground in ("grey sheet", "brown paper", "dark table", "blue sheet"):
        yield f"white on {ground}", Wall(pads="white", ground=ground)
    for side, count in ((40, 24), (70, 24), (250, 8), (400, 4)):
        yield f"side {side} px", Wall(side=(0.95 * side, 1.05 * side), count=count)
    yield "side 25 px, small photo", Wall(side=(24.0, 27.0), count=24, size=(640, 480))
    yield "sizes mixed", Wall(side=(60.0, 150.0))
    yield "four only", Wall(count=4)
    yield "seventy", Wall(count=70, side=(95.0, 105.0))
    for overlap in (0.1, 0.25, 0.4):
        yield f"overlap {overlap:.0%}", Wall(overlap=overlap)
    yield "overlap 25%, pastel", Wall(overlap=0.25, pads="pastel")
    yield "touching, one pad", Wall(touching=True)
    yield "touching, pastel", Wall(touching=True, pads="pastel")
    for curl in (0.25, 0.5):
        yield f"curl {curl}", Wall(curl=curl)
    yield "turned by up to 45 degrees", Wall(turn=45.0)
    for slant in (0.3, 0.6):
        yield f"slant {slant}", Wall(slant=slant)
    yield "cut by the edge", Wall(cut=True)
    yield "flags on corners", Wall(flags=True)
    yield "drawings beside", Wall(distractors=True, side=(95.0, 105.0))
    yield "no note, drawings", Wall(distractors=True, count=0)


def match(found: Sequence[Sticky], drawn: Drawn) -> tuple[list[tuple[Sticky, str]], int, int]:
    """Pairs of found note and true colour name; how many notes could be found; how many findings count."""
    boxes = [bounds(s.outline) for s in found]
    overlap = np.array([[_iou(n.box, b) for b in boxes] for n in drawn.notes]).reshape(len(drawn.notes), len(boxes))
    rows, columns = linear_sum_assignment(-overlap)
    pairs = [(i, j) for i, j in zip(rows, columns, strict=True) if overlap[i, j] >= HIT]
    faint = {i for i, n in enumerate(drawn.notes) if n.seen < LEAST_SEEN}
    hits = [(found[j], drawn.notes[i].colour) for i, j in pairs if i not in faint]
    return hits, len(drawn.notes) - len(faint), len(found) - sum(i in faint for i, _ in pairs)


def _iou(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def score_wall(wall: Wall, seed: int) -> tuple[Score, float]:
    """Counts and processor seconds of one drawn wall."""
    drawn = draw_wall(wall, seed)
    start = time.process_time()
    found = find_stickies(drawn.rgb, [(q[0], q[1], q[2], q[3]) for q in drawn.lines])
    seconds = time.process_time() - start
    hits, truth, count = match(found, drawn)
    return Score(truth, count, len(hits), sum(s.colour == colour for s, colour in hits)), seconds


def add(scores: Sequence[Score]) -> Score:
    return Score(*(sum(values) for values in zip(*scores, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walls", type=int, default=3, help="drawn walls per condition (default 3)")
    parser.add_argument("--only", default="", help="conditions whose name holds this")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    scores = []
    print(f"{'condition':28s} {'notes':>6s} {'recall':>7s} {'prec':>7s} {'f1':>7s} {'colour':>7s} {'s':>6s}")
    for name, wall in conditions():
        if args.only not in name:
            continue
        results, seconds = zip(*(score_wall(wall, seed) for seed in range(args.walls)), strict=True)
        total = add(results)
        scores.append(total)
        recall, precision = total.hits / max(total.truth, 1), total.hits / max(total.found, 1)
        named = total.named / max(total.hits, 1)
        median = statistics.median(seconds)
        print(f"{name:28s} {total.truth:6d} {recall:7.3f} {precision:7.3f} {total.f1:7.3f} {named:7.3f} {median:6.2f}", flush=True)
    total = add(scores)
    print(f"{'all':28s} {total.truth:6d} {'':15s} {total.f1:7.3f} {total.named / max(total.hits, 1):7.3f}")
    print(f"mean over conditions: f1 {statistics.mean(s.f1 for s in scores):.3f}")


if __name__ == "__main__":
    main()
