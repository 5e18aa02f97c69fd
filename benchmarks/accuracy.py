#!/usr/bin/env python3
"""Run the product's own reading over photos with truth and write predictions for the photo scorer (../shared/benchmark/score.py).

One prediction per truth file, same file name. The code is that of 'digitise report'; of the truth file only the photo's name and its
language are used, as event.toml would give it. Beyond what the scorer reads, a note has "words": [[text, confidence, doubtful], …] in
reading order, for benchmarks/reliability.py.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, get_args

from digitise import api
from digitise.config import BackendName, Config, EngineName, Language, Reading
from digitise.model import Note, PhotoResult, Problem


def predict(photo: Path, language: str, reading: Reading) -> dict[str, Any]:
    """Prediction for one photo; a photo that cannot be read gives an empty one with the reason."""
    languages: tuple[Language, ...] = ("cy", "en") if language.startswith("cy") else ("en",)
    start = time.perf_counter()
    result = api.read_photos([photo], config=Config(languages=languages, reading=reading), jobs=0)[0]
    seconds = time.perf_counter() - start
    if isinstance(result, Problem):
        return {"photo": photo.name, "seconds": round(seconds, 2), "quads": [], "notes": [], "problem": result.reason}
    return {"photo": photo.name, "seconds": round(seconds, 2), "quads": _quads(result), "notes": [_note(n) for n in result.notes]}


def _quads(result: PhotoResult) -> list[Any]:
    return [s.quad for s in result.surfaces if s.what != "photo"]


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "under": note.under,
        "text": note.text,
        "bbox": note.bbox,
        "container": note.container,
        "colour": note.colour,
        "role": note.role,
        "doubtful": [w.text for w in note.doubtful],
        "words": [[w.text, round(w.confidence, 4), w.doubtful] for w in note.words],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="folder of photos")
    parser.add_argument("--truth", type=Path, required=True, help="folder of truth files, one JSON per photo")
    parser.add_argument("--predictions", type=Path, required=True, help="folder to write to")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1: seconds per photo are then comparable)")
    parser.add_argument("--engine", choices=get_args(EngineName), default="auto", help="text recogniser (default auto)")
    parser.add_argument("--recogniser", default="small", help="network of the built-in engine: small, medium or an .onnx file")
    parser.add_argument("--backend", choices=get_args(BackendName), default="auto", help="what runs the networks (default auto)")
    args = parser.parse_args()
    files = sorted(p for p in args.truth.glob("*.json") if "photo" in json.loads(p.read_text(encoding="utf-8")))
    if not files:
        parser.error(f"no truth in {args.truth}")
    args.predictions.mkdir(parents=True, exist_ok=True)
    failed = 0
    reading = Reading(engine=args.engine, recogniser=args.recogniser, backend=args.backend)
    with ProcessPoolExecutor(args.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = {}
        for file in files:
            truth = json.loads(file.read_text(encoding="utf-8"))
            jobs[pool.submit(predict, args.photos / truth["photo"], truth.get("language", "en"), reading)] = file
        for i, job in enumerate(as_completed(jobs), 1):
            prediction = job.result()
            failed += "problem" in prediction
            (args.predictions / jobs[job].name).write_text(json.dumps(prediction, ensure_ascii=False, indent=1), encoding="utf-8")
            note = prediction.get("problem", f"{len(prediction['notes'])} notes, {prediction['seconds']} s")
            print(f"{i} of {len(files)}: {prediction['photo'][:70]}: {note}", file=sys.stderr)
    return 4 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
