#!/usr/bin/env python3
"""Run the product's own arranging over the texts of published workshops and write predictions for score_sections.py.

Only the texts and the event's title are used: groups, kinds, owners and dates of the truth are never read. Notes are put in an order
that depends on their wording alone, so that the order of the source, which follows its groups, gives nothing away.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digitise.arranging import arrange
from digitise.config import Config
from digitise.model import Arrangement, Note, Photo

WIDTH, HEIGHT = 100.0, 40.0
"""Size of a made-up note, px; all lie at the same place, so that place says nothing."""


def make_notes(texts: Sequence[str]) -> list[Note]:
    """One note per text, ids 'n0', 'n1', … in the order of the texts; reading order by a hash of the wording."""
    ranks = sorted(range(len(texts)), key=lambda i: (hashlib.sha256(texts[i].encode()).hexdigest(), i))
    order = {i: rank for rank, i in enumerate(ranks)}
    corners = ((0.0, 0.0), (WIDTH, 0.0), (WIDTH, HEIGHT), (0.0, HEIGHT))
    return [Note(id=f"n{i}", photo_id="p", outline=corners, text=text, order=order[i]) for i, text in enumerate(texts)]


def predict(texts: Sequence[str], title: str) -> list[dict[str, str | None]]:
    """Theme, kind, owner and due wording of each text."""
    photo = Photo(id="p", file="p.jpg", sha256="0" * 64, width_px=int(WIDTH), height_px=int(HEIGHT))
    result = arrange(make_notes(texts), [photo], Config(title=title))
    return [_predict_one(i, text, result) for i, text in enumerate(texts)]


def _predict_one(i: int, text: str, result: Arrangement) -> dict[str, str | None]:
    placement = result.placements[i]
    return {
        "theme": placement.section_id or "none",
        "kind": placement.kind,
        "owner": join_owners(text, placement.owners),
        "due": placement.due,
    }


def join_owners(text: str, owners: Sequence[str]) -> str | None:
    """The owners as one wording: the note's own words from the first to the last of them where they stand together."""
    if not owners:
        return None
    line = " ".join(text.split())
    start = line.find(owners[0])
    end = start
    for owner in owners:
        at = line.find(owner, end) if start >= 0 else -1
        if at < 0 or at - end > len(" and the "):
            return " ".join(owners)
        end = at + len(owner)
    return line[start:end]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=Path, required=True, help="folder of events, one JSON each, e.g. ../shared/benchmark/events")
    parser.add_argument("--predictions", type=Path, required=True, help="folder to write predictions to, one JSON per event")
    args = parser.parse_args(argv)
    files = sorted(args.events.glob("*.json"))
    if not files:
        parser.error(f"no events in {args.events}")
    args.predictions.mkdir(parents=True, exist_ok=True)
    predict(["word vectors are loaded", "before the clock starts", "for the first event"], "")
    for file in files:
        event: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        texts, title = [str(n["text"]) for n in event["notes"]], str(event.get("title", ""))
        started = time.perf_counter()
        predictions = predict(texts, title)
        seconds = round(time.perf_counter() - started, 3)
        out = args.predictions / file.name
        out.write_text(json.dumps({"seconds": seconds, "notes": predictions}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(files)} events written to {args.predictions}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
