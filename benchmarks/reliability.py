#!/usr/bin/env python3
"""How far a word's confidence can be believed: a reliability diagram over photos with truth, and the expected calibration error.

    python benchmarks/reliability.py --truth TRUTH --predictions OUT --svg docs/reliability.svg

Words are judged as the scorer judges marks: a word of a read note is right when the truth note matched with it has that word (once for
each time it stands there); notes without a match are left out. The thin line judges as word_f1 does: right when the word stands
anywhere in the photo's truth. Predictions come from benchmarks/accuracy.py, with the confidence of every word.

Expected calibration error (Naeini, Cooper and Hauskrecht, 2015): the mean difference between a bin's share of right words and its mean
confidence, weighted by the bins' words. AUC: how likely a right word has more confidence than a wrong one; calibration does not change it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # benchmarks is not an installed package

from benchmarks.matching import Matched, match_photo, split_words

BINS = 10
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
"""Confidences below which all words are marked, in the table of what that would give."""


@dataclass(frozen=True)
class Judged:
    """One word as read, and whether it is right."""

    confidence: float
    doubtful: bool
    in_note: bool | None
    """Right by its matched note; None when its note has no match."""
    in_photo: bool
    """Right by all of the photo's truth."""


def judge_words(photo: Matched) -> list[Judged]:
    """All words of one prediction. Raises ValueError where the prediction does not tell confidences."""
    partner = {j: i for i, j in photo.match.items()}
    left_in_photo = Counter(w.key for w in photo.words["truth"])
    judged = []
    for j, note in enumerate(photo.read):
        if "words" not in note:
            raise ValueError(f"{photo.name}: words without confidence; make the predictions again with benchmarks/accuracy.py")
        left = Counter(split_words(photo.truth[partner[j]]["text"])) if j in partner else Counter()
        for text, confidence, doubtful in note["words"]:
            for key in split_words(text):
                judged.append(Judged(confidence, doubtful, left[key] > 0 if j in partner else None, left_in_photo[key] > 0))
                left[key] -= 1
                left_in_photo[key] -= 1
    return judged


@dataclass(frozen=True)
class Bin:
    """Words whose confidence lies in one tenth of the scale."""

    words: int
    confidence: float
    """Mean; nan without words."""
    right: float
    """Share of right words; nan without words."""
    marked: float
    """Share of words marked doubtful; nan without words."""


def make_bins(confidence: Sequence[float], right: Sequence[bool], marked: Sequence[bool]) -> list[Bin]:
    """Ten bins of equal width; a confidence on a border belongs to the upper bin, 1.0 to the last."""
    place = np.minimum((np.asarray(confidence, float) * BINS + 1e-9).astype(int), BINS - 1)
    columns = [np.asarray(column, float) for column in (confidence, right, marked)]
    bins = []
    for k in range(BINS):
        chosen = place == k
        means = [float(column[chosen].mean()) if chosen.any() else float("nan") for column in columns]
        bins.append(Bin(int(chosen.sum()), *means))
    return bins


def bins_by_note(judged: Sequence[Judged]) -> list[Bin]:
    """Bins of the words whose note is matched, judged by that note."""
    words = [w for w in judged if w.in_note is not None]
    return make_bins([w.confidence for w in words], [bool(w.in_note) for w in words], [w.doubtful for w in words])


def bins_by_photo(judged: Sequence[Judged]) -> list[Bin]:
    """Bins of all words, judged by all of the photo's truth."""
    return make_bins([w.confidence for w in judged], [w.in_photo for w in judged], [w.doubtful for w in judged])


def calibration_error(bins: Sequence[Bin]) -> float:
    total = sum(b.words for b in bins)
    return sum(b.words * abs(b.right - b.confidence) for b in bins if b.words) / max(total, 1)


def rank_quality(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Area under the ROC curve; nan when all words are right or all are wrong."""
    ranks, positive = rankdata(confidence), np.asarray(right, bool)
    n, m = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m)) if n and m else float("nan")


def write_svg(judged: Sequence[Judged]) -> str:
    """The diagram: a bar for each bin, judged by note, with a dot at its mean confidence; the short lines judge by photo, the slant is
    perfect calibration."""
    bins, photo_bins = bins_by_note(judged), bins_by_photo(judged)
    caption = f"{sum(b.words for b in bins)} words, expected calibration error {calibration_error(bins):.3f}"
    left, top, side = 46, 26, 300
    width = side / BINS

    def x(value: float) -> str:
        return f"{left + value * side:.1f}"

    def y(value: float) -> str:
        return f"{top + (1 - value) * side:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 64} {side + 92}" font-family="sans-serif" font-size="10">',
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{left}" y="16" font-size="11">{caption}</text>',
    ]
    for k in range(0, BINS + 1, 2):
        v = k / BINS
        parts.append(f'<line x1="{x(0)}" x2="{x(1)}" y1="{y(v)}" y2="{y(v)}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{top + (1 - v) * side + 3:.1f}" text-anchor="end">{v:.1f}</text>')
        parts.append(f'<text x="{x(v)}" y="{top + side + 14}" text-anchor="middle">{v:.1f}</text>')
    for k, (b, p) in enumerate(zip(bins, photo_bins, strict=True)):
        x0 = left + k * width
        if b.words:
            shape = f'x="{x0 + 1:.1f}" y="{y(b.right)}" width="{width - 2:.1f}" height="{b.right * side:.1f}"'
            parts.append(f'<rect {shape} fill="#7aa6d6"/><circle cx="{x(b.confidence)}" cy="{y(b.right)}" r="3" fill="#b3261e"/>')
        if p.words:
            parts.append(f'<line x1="{x0:.1f}" x2="{x0 + width:.1f}" y1="{y(p.right)}" y2="{y(p.right)}" stroke="#333"/>')
        parts.append(f'<text x="{x0 + width / 2:.1f}" y="{top + side + 44}" text-anchor="middle" fill="#666">{b.words}</text>')
    parts += [
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#b3261e" stroke-dasharray="4 3"/>',
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#333"/>',
        f'<text x="{left + side / 2:.0f}" y="{top + side + 28}" text-anchor="middle">confidence</text>',
        f'<text x="{left + side / 2:.0f}" y="{top + side + 57}" text-anchor="middle" fill="#666">words in the bin</text>',
        f'<text transform="translate(14 {top + side / 2:.0f}) rotate(-90)" text-anchor="middle">share of right words</text></svg>',
    ]
    return "\n".join(parts) + "\n"


def write_table(judged: Sequence[Judged]) -> str:
    """Markdown: the bins, and what marking all words below a confidence would give."""
    rows = [
        "| confidence | words | mean confidence | right | right somewhere in the photo | marked doubtful |",
        "|---|---|---|---|---|---|",
    ]
    for k, (b, p) in enumerate(zip(bins_by_note(judged), bins_by_photo(judged), strict=True)):
        if b.words or p.words:
            cells = (b.confidence, b.right, p.right, b.marked)
            rows.append(f"| {k / BINS:.1f}-{(k + 1) / BINS:.1f} | {b.words} | " + " | ".join(_number(c) for c in cells) + " |")
    rows += ["", ", ".join(f"{name} {_number(value)}" for name, value in make_figures(judged).items())]
    rows += ["", "| all words marked below | wrong ones marked | marked ones wrong |", "|---|---|---|"]
    wrong = sum(w.in_note is False for w in judged)
    for threshold in THRESHOLDS:
        marked = [w.in_note is False for w in judged if w.in_note is not None and w.confidence < threshold]
        rows.append(f"| {threshold} | {_number(sum(marked) / max(wrong, 1))} | {_number(sum(marked) / max(len(marked), 1))} |")
    return "\n".join(rows) + "\n"


def make_figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Calibration error and AUC by matched notes and by photos."""
    figures = {}
    for name, words in (
        ("in notes", [(w.confidence, bool(w.in_note)) for w in judged if w.in_note is not None]),
        ("in photos", [(w.confidence, w.in_photo) for w in judged]),
    ):
        confidence, right = [c for c, _ in words], [r for _, r in words]
        figures[f"calibration error {name}"] = calibration_error(make_bins(confidence, right, right))
        figures[f"AUC {name}"] = rank_quality(confidence, right) if words else float("nan")
    return figures


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"


def judge_folder(truth_dir: Path, prediction_dir: Path) -> list[Judged]:
    """The words of all predictions, photo by photo."""
    judged = []
    for path in sorted(truth_dir.glob("*.json")):
        truth: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        predicted = prediction_dir / path.name
        if "photo" in truth and predicted.exists():
            judged += judge_words(match_photo(path.stem, truth, json.loads(predicted.read_text(encoding="utf-8"))))
    return judged


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True, help="folder of truth files, one JSON per photo")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of predictions (benchmarks/accuracy.py)")
    parser.add_argument("--svg", type=Path, help="diagram to write")
    args = parser.parse_args()
    try:
        judged = judge_folder(args.truth, args.predictions)
    except ValueError as e:
        parser.error(str(e))
    if not judged:
        parser.error("no words to judge")
    print(write_table(judged), end="")
    if args.svg:
        args.svg.write_text(write_svg(judged), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
