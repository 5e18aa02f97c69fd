"""What one process takes of the machine: each photo decoded once, networks loaded once, no more threads than its share."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ACTIONS, draw_photo

from digitise import intake
from digitise.config import Config
from digitise.reading import networks, recognisers
from digitise.runs import Failure, Job, _engine, fingerprint_settings, read_sources, store_folder

THREADS = 3
"""No other test's number, so that nothing is loaded yet."""
COUNT_THREADS = """
import cv2
from threadpoolctl import threadpool_info
from digitise.runs import _prepare_process
def count():
    return {cv2.getNumThreads(), *(pool["num_threads"] for pool in threadpool_info())}
_prepare_process(1)
import scipy.linalg
one = count()
_prepare_process(2)
two = count()
_prepare_process(1)
print(one, two, count())
"""


@pytest.mark.slow
def test_a_batch_decodes_each_photo_once_and_loads_each_network_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: Counter[str] = Counter()
    loaded: Counter[str] = Counter()
    decode, open_session = intake.decode, networks.open_session

    def counting_decode(source: Any, **rest: Any) -> Any:
        decoded[source.file] += 1
        return decode(source, **rest)

    def counting_open(path: Path, **rest: Any) -> Any:
        loaded[path.name] += 1
        return open_session(path, **rest)

    monkeypatch.setattr(intake, "decode", counting_decode)
    monkeypatch.setattr(networks, "open_session", counting_open)
    monkeypatch.setattr(recognisers, "open_session", counting_open)
    for name in "ab":
        draw_photo(tmp_path / f"{name}.jpg", (*ACTIONS, name))
    sources, _ = intake.find_sources(tmp_path, limits=Config().limits)
    for languages in (("en",), ("cy", "en")):  # as events of one archive may differ
        config = Config.model_validate({"languages": languages, "reading": {"engine": "rapidocr"}})
        fingerprint = fingerprint_settings(config)
        jobs = [Job(s, config, THREADS, store_folder(tmp_path / "out", s, fingerprint)) for s in sources]
        assert not any(isinstance(outcome, Failure) for _, outcome, _ in read_sources(jobs, None))
        assert decoded == {"a.jpg": 1, "b.jpg": 1}
        assert all(reused for *_, reused in read_sources(jobs, None)) and decoded.total() == 2, "what is stored is not decoded again"
        decoded.clear()
    assert len(loaded) == 2 and set(loaded.values()) == {1}
    _engine.cache_clear()
    networks.open_networks.cache_clear()


@pytest.mark.slow
def test_libraries_keep_to_their_share_also_those_that_come_later() -> None:
    told = subprocess.run([sys.executable, "-c", COUNT_THREADS], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "{1} {2} {1}"
