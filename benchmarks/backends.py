"""OpenVINO against ONNX Runtime on the same photos: seconds of finding lines, of reading them, and of the whole photo, as ratios.

    python -m benchmarks.backends PHOTOS [--threads 1,2] [--rounds 3] [--minutes 20] [--out backends.json]

PHOTOS: a folder of JPEG or PNG photos. Both backends read each photo in this process, one right after the other, in turns first and last;
what counts is the median of the pairs' ratios (below 1: OpenVINO is faster), of the time by the clock and of the processor's time, which
work of others on the machine changes little. The first round is told apart: OpenVINO makes its code for each shape of picture when it
first meets it. Needs the extra [openvino].
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import cv2
from threadpoolctl import threadpool_limits

from digitise import intake
from digitise.config import Config, Reading
from digitise.model import Source
from digitise.pipeline import process_photo
from digitise.reading import make_engine
from digitise.reading.backends import Backend
from digitise.reading.rapid import RapidEngine

BACKENDS: tuple[Backend, ...] = get_args(Backend)
STAGES = ("find", "read", "whole")
CLOCKS: dict[str, Callable[[], float]] = {"clock": time.perf_counter, "processor": time.process_time}


class Pair(NamedTuple):
    """One photo read by both."""

    photo: str
    threads: int
    round: int
    seconds: dict[Backend, dict[str, float]]
    """By stage and clock: 'find clock', 'whole processor'."""
    same: bool
    """Whether both read the same words in the same notes."""

    def ratio(self, figure: str) -> float:
        return self.seconds["openvino"][figure] / self.seconds["onnxruntime"][figure]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos_folder", type=Path, metavar="PHOTOS")
    parser.add_argument("--threads", default="1,2", help="cores of one network run, each in turn (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each photo is read by both (default: 3)")
    parser.add_argument("--minutes", type=float, default=20, help="stop after so long (default: 20)")
    parser.add_argument("--out", type=Path, help="JSON file for all figures")
    options = parser.parse_args(arguments)
    sources, _ = intake.find_sources(options.photos_folder, limits=Config().limits)
    latest = time.monotonic() + 60 * options.minutes
    threads = [int(n) for n in options.threads.split(",")]
    pairs: list[Pair] = []
    for place, count in enumerate(threads):
        # each number of threads has its share of the time
        until = time.monotonic() + (latest - time.monotonic()) / (len(threads) - place)
        pairs += compare(sources, threads=count, rounds=options.rounds, until=until)
        print(describe([pair for pair in pairs if pair.threads == count]), flush=True)
    if options.out:
        told = {"load": os.getloadavg(), "cores": os.cpu_count(), "pairs": [pair._asdict() for pair in pairs]}
        options.out.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


def compare(sources: Sequence[Source], *, threads: int, rounds: int, until: float) -> list[Pair]:
    """Pairs of readings, as many as fit into the time. until: moment, monotonic seconds."""
    cv2.setNumThreads(threads)
    seconds: dict[Backend, dict[str, float]] = {backend: {} for backend in BACKENDS}
    engines = {backend: _open_engine(backend, threads, seconds[backend]) for backend in BACKENDS}
    pairs: list[Pair] = []
    with threadpool_limits(threads):
        for backend in BACKENDS:  # the networks are loaded, the first photo's shapes met
            _read(sources[0], engines[backend])
        for k in range(rounds):
            for i, source in enumerate(sources):
                if time.monotonic() > until:
                    return pairs
                read = {}
                for backend in BACKENDS if (i + k) % 2 else BACKENDS[::-1]:
                    seconds[backend].clear()
                    read[backend] = _timed(_read, seconds[backend], "whole")(source, engines[backend])
                same = read["openvino"] == read["onnxruntime"]
                pairs.append(Pair(source.file, threads, k, {b: dict(s) for b, s in seconds.items()}, same))
    return pairs


def _open_engine(backend: Backend, threads: int, seconds: dict[str, float]) -> RapidEngine:
    """An engine that adds up what its two networks take."""
    engine = make_engine(Reading(engine="rapidocr", backend=backend), ("en",), threads=threads)
    assert isinstance(engine, RapidEngine)
    for stage, method in (("find", "text_probability"), ("read", "recognise")):
        setattr(engine._networks, method, _timed(getattr(engine._networks, method), seconds, stage))
    return engine


def _timed(work: Callable[..., Any], seconds: dict[str, float], stage: str) -> Callable[..., Any]:
    def timed(*args: Any) -> Any:
        began = {name: clock() for name, clock in CLOCKS.items()}
        try:
            return work(*args)
        finally:
            for name, clock in CLOCKS.items():
                figure = f"{stage} {name}"
                seconds[figure] = seconds.get(figure, 0.0) + clock() - began[name]

    return timed


def _read(source: Source, engine: RapidEngine) -> list[tuple[str, ...]]:
    """The words of each note."""
    result = process_photo(source, config=Config(), engine=engine)
    return [tuple(word.text for word in note.words) for note in result.notes]


def describe(pairs: Sequence[Pair]) -> str:
    """The medians in a table of Markdown; '' without pairs."""
    if not pairs:
        return ""
    lines = [f"{pairs[0].threads} threads, {len(pairs)} pairs, load {os.getloadavg()[0]:.1f}", ""]
    lines += ["| openvino / onnxruntime | shapes new | shapes known |", "|---|---|---|"]
    first, later = [p for p in pairs if p.round == 0], [p for p in pairs if p.round]
    for figure in (f"{stage} {clock}" for stage in STAGES for clock in CLOCKS):
        lines.append(f"| {figure} | {_describe_ratios(first, figure)} | {_describe_ratios(later, figure)} |")
    usual = [p.seconds["onnxruntime"] for p in pairs]
    share = statistics.median((s.get("find processor", 0.0) + s.get("read processor", 0.0)) / s["whole processor"] for s in usual)
    alike = f"{sum(p.same for p in first)} of {len(first)} photos alike"
    return "\n".join([*lines, "", f"networks' share of the whole with ONNX Runtime: {share:.2f}; {alike}"])


def _describe_ratios(pairs: Sequence[Pair], figure: str) -> str:
    """Median, and the middle half."""
    ratios = [p.ratio(figure) for p in pairs if all(p.seconds[b].get(figure) for b in BACKENDS)]
    if len(ratios) < 2:
        return "-"
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.3f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
