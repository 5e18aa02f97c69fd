#!/usr/bin/env python3
"""What gathering notes by meaning would put together: pairs of one event whose sentence vectors are near, for a person to judge.

Only pairs that no plain rule forbids are printed: the same kind, owner and date, the same numbers, both or neither with a word of
negation, not the same words (those are gathered already). With --photos the notes of transcribed photos are looked at, too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.sections import predict
from digitise.arranging.misreadings import is_negation
from digitise.arranging.sentences import embed_sentences
from digitise.arranging.wording import UNREADABLE_MARK, digits, fold, plain, strip_bullet

BESIDE = ("title", "heading", "label", "caption")
"""Roles of lettering that is no point."""


def find_pairs(texts: Sequence[str], title: str, least: float) -> dict[tuple[str, str], float]:
    """Pairs of wordings -> cosine of their sentence vectors, `least` or more."""
    told = predict(texts, title)
    wordings = [strip_bullet(plain(" ".join(t.split()))) for t in texts]
    vectors = embed_sentences(wordings).sentences
    near = vectors @ vectors.T
    pairs: dict[tuple[str, str], float] = {}
    for i, j in zip(*np.nonzero(np.triu(near >= least, 1)), strict=True):
        a, b = wordings[i], wordings[j]
        same = all(told[i][key] == told[j][key] for key in ("kind", "owner", "due")) and digits(a) == digits(b)
        if same and fold(a) != fold(b) and _denies(a) == _denies(b):
            pairs[min(a, b), max(a, b)] = float(near[i, j])
    return pairs


def _denies(text: str) -> bool:
    return any(map(is_negation, fold(text).split()))


def read_photo(file: Path) -> list[str]:
    """The points of one photo's truth whose words could all be read."""
    notes = json.loads(file.read_text(encoding="utf-8"))["notes"]
    texts = [str(n["text"]) for n in notes if n["role"] not in BESIDE and n["legible"] == "full"]
    return [t for t in texts if t.strip() and UNREADABLE_MARK not in t]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=Path, required=True, help="folder of events, one JSON each, e.g. ../shared/benchmark/events")
    parser.add_argument("--photos", type=Path, help="folder of transcribed photos, one JSON each, e.g. ../shared/benchmark/truth")
    parser.add_argument("--least", type=float, default=0.8, help="least cosine that is printed (default 0.8)")
    args = parser.parse_args(argv)
    found: list[tuple[float, str, str, str]] = []
    count = 0
    for file in sorted(args.events.glob("*.json")):
        event = json.loads(file.read_text(encoding="utf-8"))
        texts = [str(n["text"]) for n in event["notes"]]
        count += len(texts)
        found += [(s, file.stem, a, b) for (a, b), s in find_pairs(texts, str(event.get("title", "")), args.least).items()]
    for file in sorted(args.photos.glob("*.json")) if args.photos else ():
        texts = read_photo(file)
        count += len(texts)
        found += [(s, file.stem, a, b) for (a, b), s in find_pairs(texts, "", args.least).items()] if texts else []
    for near, name, a, b in sorted(found, reverse=True):
        print(f"{near:.3f} {name[:24]:24s} {a}\n{'':31s}{b}")
    print(f"{count} notes, {len(found)} pairs", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
