#!/usr/bin/env python3
"""Fits what doubt.py knows of how likely a word is right, on drawn lines with known words; prints its WEIGHTS.

    python benchmarks/calibrate.py --lines 1400 --out features.json      # draws, reads, keeps the features: minutes
    python benchmarks/calibrate.py --out features.json                   # fits again from the kept features

Nothing here sees a real photo. A word is right when the line's text has it, once for each time it stands there, case and outer signs aside.
Logistic regression with a small ridge on the standardised features, fitted on two of three lines and tried on the third.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import rankdata

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks and samples are not installed packages

from benchmarks.matching import split_words
from digitise.reading.doubt import word_features
from digitise.reading.lexicon import EventLexicon
from digitise.reading.looks import Look, crop_line, look_again, mean_score, reading_score
from digitise.reading.networks import Networks
from digitise.reading.rapid import read_look
from samples.drawing.fonts import default_cache, load_faces
from samples.lines import DrawnLine, draw_lines

Row = tuple[int, bool, dict[str, float]]
"""Number of the line, whether the word is right, its features."""
SEED = 2026
RIDGE = 1.0
LEAST_SCORE = 0.5
"""Lines read worse than this are never believed and would only bend the curve."""
BATCH = 24


def read_drawn(lines: list[DrawnLine], first: int, networks: Networks, lexicon: EventLexicon) -> list[Row]:
    """Rows of all words that are read in the lines."""
    rows: list[Row] = []
    plain = networks.recognise([crop_line(line.picture, line.corners) for line in lines])
    for number, (line, emissions) in enumerate(zip(lines, plain, strict=True), first):
        look = Look(line.corners, emissions, reading_score(emissions.probabilities))
        (look,) = look_again(line.picture, [look], networks)
        if (score := mean_score(look)) < LEAST_SCORE:
            continue
        left = Counter(split_words(line.text))
        vote = read_look(look, networks.alphabet, ("en",), lexicon)
        for word, evidence in zip(vote.decoded.words, vote.evidence, strict=True):
            keys = split_words(word.text)
            if keys:
                rows.append((number, all(left[k] > 0 for k in keys), word_features(word.text, evidence, score=score, lexicon=lexicon)))
            left.subtract(keys)
    return rows


def fit_weights(rows: list[Row], names: list[str]) -> npt.NDArray[np.float64]:
    """Logistic regression; one weight for each name, for the features as they are. The constant comes first."""
    x = np.array([[f[name] for name in names] for _, _, f in rows])
    sign = np.where([right for _, right, _ in rows], 1.0, -1.0)
    middle, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    z = (x - middle) / spread

    def loss(w: npt.NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -sign * (z @ w)).sum() + RIDGE * (w[1:] ** 2).sum())

    w = np.asarray(minimize(loss, np.zeros(len(names))).x / spread)
    w[0] -= float(w[1:] @ middle[1:])
    return w


def describe(rows: list[Row], names: list[str], weights: npt.NDArray[np.float64]) -> str:
    """AUC, expected calibration error, and a line per tenth of confidence."""
    p = 1 / (1 + np.exp(-np.array([[f[name] for name in names] for _, _, f in rows]) @ weights))
    right = np.array([r for _, r, _ in rows])
    wrong = int((~right).sum())
    auc = (rankdata(p)[right].sum() - right.sum() * (right.sum() + 1) / 2) / max(1, right.sum() * wrong)
    tenth = np.minimum((p * 10).astype(int), 9)
    bins = [
        (k, int((tenth == k).sum()), float(p[tenth == k].mean()), float(right[tenth == k].mean())) for k in range(10) if (tenth == k).any()
    ]
    error = sum(n * abs(mean - share) for _, n, mean, share in bins) / len(p)
    table = "\n".join(f"  {k / 10:.1f}  {n:5d} words  confidence {mean:.2f}  right {share:.2f}" for k, n, mean, share in bins)
    return f"{len(p)} words, {right.mean():.3f} right; AUC {auc:.3f}, calibration error {error:.3f}\n{table}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=0, help="how many lines to draw and read; 0 takes what --out holds")
    parser.add_argument("--out", type=Path, required=True, nargs="+", help="JSON files of features; new ones go into the first")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    if args.lines:
        networks, lexicon = Networks(threads=1), EventLexicon(("en",))
        drawn = draw_lines(load_faces(default_cache(), install=False), np.random.default_rng(args.seed), args.lines)
        rows: list[Row] = []
        for first in range(0, args.lines, BATCH):
            batch = [line for line, _ in zip(drawn, range(min(BATCH, args.lines - first)), strict=False)]
            rows += read_drawn(batch, first, networks, lexicon)
            args.out[0].write_text(json.dumps(rows))
            print(f"{first + len(batch)} lines, {len(rows)} words", flush=True)
    rows = [(n, right, f) for path in args.out for n, right, f in json.loads(path.read_text())]
    names = list(rows[0][2])
    held = [r for r in rows if r[0] % 3 == 2]
    print(describe(held, names, fit_weights([r for r in rows if r[0] % 3 != 2], names)))
    for name, weight in zip(names, fit_weights(rows, names), strict=True):
        print(f'    "{name}": {weight:.2f},')
    return 0


if __name__ == "__main__":
    sys.exit(main())
