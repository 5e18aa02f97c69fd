#!/usr/bin/env python3
"""Fits what doubt.py knows of how likely a word is right, on drawn lines with known words; prints its WEIGHTS.

    python benchmarks/calibrate.py --lines 1400 --out features.json      # draws, reads, keeps the features: minutes
    python benchmarks/calibrate.py --out features.json                   # fits again from the kept features
    python benchmarks/calibrate.py --out features.json --check FOLDER    # and tries the fit on real handwriting

Nothing here sees a real photo. A word is right when the line's text has it, once for each time it stands there, case and outer signs aside.
Logistic regression with a small ridge on the standardised features, fitted on two of three lines and tried on the third. FOLDER: pictures
of handwritten lines and a table lines.tsv (file name, tab, text); only tried, never fitted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.optimize import minimize
from scipy.stats import rankdata

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks and samples are not installed packages

from benchmarks.matching import split_words
from digitise.reading.doubt import word_features
from digitise.reading.lexicon import EventLexicon
from digitise.reading.looks import Look, crop_line, look_again, mean_score, reading_score
from digitise.reading.networks import Networks
from digitise.reading.rapid import READ, read_look
from samples.drawing.fonts import default_cache, load_faces
from samples.lines import DrawnLine, draw_lines

Row = tuple[int, bool, dict[str, float]]
"""Number of the line, whether the word is right, its features."""
SEED = 2026
RIDGE = 1.0
BATCH = 24


def read_drawn(lines: list[DrawnLine], first: int, networks: Networks, lexicon: EventLexicon) -> list[Row]:
    """Rows of all words that are read in the lines."""
    rows: list[Row] = []
    plain = networks.recognise([crop_line(line.picture, line.corners) for line in lines])
    for number, (line, emissions) in enumerate(zip(lines, plain, strict=True), first):
        look = Look(line.corners, emissions, reading_score(emissions.probabilities))
        (look,) = look_again(line.picture, [look], networks)
        if (score := mean_score(look)) < READ:  # never believed, and would only bend the curve
            continue
        left = Counter(split_words(line.text))
        vote = read_look(look, networks.alphabet, ("en",), lexicon)
        for word, evidence in zip(vote.decoded.words, vote.evidence, strict=True):
            keys = split_words(word.text)
            if keys:
                rows.append((number, all(left[k] > 0 for k in keys), word_features(word.text, evidence, score=score, lexicon=lexicon)))
            left.subtract(keys)
    return rows


def load_lines(folder: Path) -> Iterator[DrawnLine]:
    """Handwritten lines, each filling its picture. Raises OSError where the table is missing."""
    for entry in (folder / "lines.tsv").read_text(encoding="utf-8").splitlines():
        name, text = entry.split("\t")[:2]
        picture = np.array(Image.open(folder / name).convert("RGB"))
        h, w = picture.shape[:2]
        yield DrawnLine(picture, np.array([(0, 0), (w, 0), (w, h), (0, h)], float), text)


def read_all(lines: Iterable[DrawnLine]) -> list[Row]:
    """Rows of all lines, in order; tells how far it is."""
    networks, lexicon = Networks(threads=1), EventLexicon(("en",))
    rows: list[Row] = []
    left = iter(lines)
    first = 0
    while batch := list(islice(left, BATCH)):
        rows += read_drawn(batch, first, networks, lexicon)
        first += len(batch)
        print(f"{first} lines, {len(rows)} words", flush=True)
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
    parser.add_argument("--check", type=Path, help="folder of handwritten lines with their text, to try the fit on")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    if args.lines:
        drawn = draw_lines(load_faces(default_cache(), install=False), np.random.default_rng(args.seed), args.lines)
        rows = read_all(drawn)
        args.out[0].write_text(json.dumps(rows))
    rows = [(n, right, f) for path in args.out for n, right, f in json.loads(path.read_text())]
    names = list(rows[0][2])
    held = [r for r in rows if r[0] % 3 == 2]
    print(describe(held, names, fit_weights([r for r in rows if r[0] % 3 != 2], names)))
    weights = fit_weights(rows, names)
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    if args.check:
        print(describe(read_all(load_lines(args.check)), names, weights))
    return 0


if __name__ == "__main__":
    sys.exit(main())
