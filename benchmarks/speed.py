#!/usr/bin/env python3
"""Seconds per stage of reading each photo, and the whole against the bare engine on the same pixels.

The bare engine is rapidocr as its makers ship it, on the whole photo without reduction; its time is that of its three networks (find
the lines, turn them, read them) as it reports them itself. Both run in this process, one after the other, on the same number of
threads, after one photo to warm up; the ratio is what counts, not the seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from rapidocr import RapidOCR
from threadpoolctl import threadpool_limits

from digitise import intake, layout, pipeline, surface
from digitise.config import Config
from digitise.privacy import FaceNetwork, find_faces
from digitise.reading import OcrEngine, make_engine

T = TypeVar("T")


def time_stages(photo: Path, config: Config, engine: OcrEngine, faces: FaceNetwork) -> tuple[dict[str, float], npt.NDArray[np.uint8]]:
    """Seconds of each stage, in the order of the pipeline, and the photo's pixels."""
    seconds: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        seconds[stage] = time.perf_counter() - start
        return result

    source = intake.find_sources(photo, limits=config.limits)[0][0]
    rgb, decoded = timed("decode", lambda: intake.decode(source, limits=config.limits))
    lines = timed("read", lambda: engine.read(rgb, vocabulary=pipeline.vocabulary(config)))
    timed("faces", lambda: find_faces(rgb, lines, network=faces))
    pictures = timed("sheets", lambda: surface.make_pictures(rgb, decoded.id, [line.quad for line in lines]))
    stickies = timed("stickies", lambda: layout.find_stickies(rgb, [line.quad for line in lines if line.words]))
    lines = timed("closer", lambda: pipeline.read_left_over(engine, rgb, stickies, lines, config))
    surfaces = [p.surface for p in pictures]
    timed("notes", lambda: layout.make_notes(photo=decoded, lines=lines, stickies=stickies, surfaces=surfaces, rgb=rgb))
    timed("features", lambda: surface.find_features(rgb))
    timed("quality", lambda: intake.assess_quality(rgb))
    return seconds, rgb


def time_bare(bare: Any, rgb: npt.NDArray[np.uint8]) -> float:
    """Seconds that the stock engine's networks take on these pixels."""
    return float(sum(t for t in bare(np.ascontiguousarray(rgb[:, :, ::-1])).elapse_list if t))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--threads", type=int, default=2, help="threads for both (default 2)")
    args = parser.parse_args()
    config = Config()
    engine = make_engine(config.reading, config.languages, threads=args.threads)
    faces = FaceNetwork(threads=args.threads)
    bare = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": 100_000,
            "EngineConfig.onnxruntime.intra_op_num_threads": args.threads,
        }
    )
    cv2.setNumThreads(args.threads)
    ratios = []
    with threadpool_limits(args.threads):
        _, rgb = time_stages(args.photos[0], config, engine, faces)
        time_bare(bare, rgb)
        for photo in args.photos:
            seconds, rgb = time_stages(photo, config, engine, faces)
            whole, network = sum(seconds.values()), time_bare(bare, rgb)
            ratios.append(whole / network)
            stages = "  ".join(f"{stage} {s:.2f}" for stage, s in seconds.items())
            size = f"{rgb.shape[1]}x{rgb.shape[0]}"
            print(f"{photo.name[:60]:60s} {size:>10s}  {stages}  whole {whole:.2f}  bare {network:.2f}  ratio {ratios[-1]:.2f}")
    print(f"ratio: median {statistics.median(ratios):.2f}, least {min(ratios):.2f}, most {max(ratios):.2f} over {len(ratios)} photos")
    return 0


if __name__ == "__main__":
    sys.exit(main())
