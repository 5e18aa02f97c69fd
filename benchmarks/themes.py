#!/usr/bin/env python3
"""What each part of grouping by meaning is worth, and whether its two parameters hold for events that did not choose them.

For the published workshops of benchmarks.sections, from the texts and the title alone: agreement (AMI) with the groups that people made,
for each part of the likeness of notes, for a grid of both parameters, and with the parameters chosen on all events but the one measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from digitise.arranging import clusters
from digitise.arranging.meaning import FloatArray, centre, compare_letters, compare_states
from digitise.arranging.sentences import embed_sentences, embed_static
from digitise.arranging.wording import fold, plain, strip_bullet

PARTS: dict[str, dict[str, float]] = {
    "static vectors + letters": {"static": 0.4, "letters": 0.6},
    "letters": {"letters": 1},
    "wholes": {"wholes": 1},
    "wholes + letters": {"wholes": 0.5, "letters": 0.5},
    "wholes + letters, with the title": {"wholes, titled": 0.5, "letters": 0.5},
    "wholes + words, with the title": {"wholes, titled": 0.5, "words, titled": 0.5},
    "wholes + words + letters": {"wholes": 0.25, "words": 0.25, "letters": 0.5},
    "all, with the title": {"wholes, titled": 0.25, "words, titled": 0.25, "letters": 0.5},
}
"""What is joined, and with which share. The last is the product's."""
SHARES = (0.3, 0.4, 0.5, 0.6)
GROUPS = (1.2, 1.4, 1.6, 1.8, 2.0)


class Workshop(NamedTuple):
    """One event: the groups that people made, and how near its notes are in each respect."""

    name: str
    groups: list[str]
    near: dict[str, FloatArray]


def read_workshop(file: Path) -> Workshop | None:
    """None for an event whose groups are no themes."""
    event = json.loads(file.read_text(encoding="utf-8"))
    groups = [str(n["group"]) for n in event["notes"]]
    if event.get("groups_are") != "theme" or len(set(groups)) < 2:
        return None
    texts = [strip_bullet(plain(n["text"])) for n in event["notes"]]
    bare, titled, static = embed_sentences(texts), embed_sentences(texts, str(event.get("title", ""))), embed_static(texts)
    near = {
        "letters": compare_letters([fold(t) for t in texts]),
        "static": static.sentences @ static.sentences.T,
        "wholes": bare.sentences @ bare.sentences.T,
        "words": compare_states(bare),
        "wholes, titled": titled.sentences @ titled.sentences.T,
        "words, titled": compare_states(titled),
    }
    return Workshop(file.stem, groups, {k: centre(v) for k, v in near.items()})


def measure(workshop: Workshop, shares: dict[str, float], groups: float) -> float:
    """AMI; notes that are left alone count as one group, as they do in the report."""
    similarity = np.sum([share * workshop.near[part] for part, share in shares.items()], axis=0)
    labels = np.zeros(len(workshop.groups), int)
    for k, members in enumerate(clusters.cluster(similarity, groups=groups)):
        labels[members] = k if len(members) > 1 else -1
    return float(adjusted_mutual_info_score(workshop.groups, labels))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=Path, required=True, help="folder of events, one JSON each, e.g. ../shared/benchmark/events")
    args = parser.parse_args(argv)
    workshops = [w for file in sorted(args.events.glob("*.json")) if (w := read_workshop(file)) is not None]
    if not workshops:
        parser.error(f"no events with themes in {args.events}")
    for name, shares in PARTS.items():
        print(f"{name:34s} {np.mean([measure(w, shares, clusters.GROUPS) for w in workshops]):.3f}")
    grid = [(share, groups) for share in SHARES for groups in GROUPS]
    table = np.array([[measure(w, _join(share), groups) for w in workshops] for share, groups in grid])
    print("share of letters \\ groups per root of notes: " + " ".join(f"{g:5.1f}" for g in GROUPS))
    for k, share in enumerate(SHARES):
        print(f"{share:44.1f} " + " ".join(f"{v:5.3f}" for v in table[k * len(GROUPS) : (k + 1) * len(GROUPS)].mean(axis=1)))
    chosen = [int(np.argmax(np.delete(table, i, axis=1).mean(axis=1))) for i in range(len(workshops))]
    for i, (workshop, best) in enumerate(zip(workshops, chosen, strict=True)):
        print(f"{workshop.name[:50]:50s} {table[best, i]:.3f}  chosen on the others: {grid[best]}")
    print(f"leave one out: {np.mean([table[best, i] for i, best in enumerate(chosen)]):.3f}")
    return 0


def _join(letters: float) -> dict[str, float]:
    return {"wholes, titled": (1 - letters) / 2, "words, titled": (1 - letters) / 2, "letters": letters}


if __name__ == "__main__":
    sys.exit(main())
