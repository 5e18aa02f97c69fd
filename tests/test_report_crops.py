"""The report looks for crops of notes under the names by which the pipeline writes them."""

from __future__ import annotations

from pathlib import Path

import digitise
from digitise.crops import crop_name


def test_one_function_names_crops() -> None:
    modules = [p for p in Path(digitise.__file__).parent.rglob("*.py") if "note-{" in p.read_text(encoding="utf-8")]
    assert [p.name for p in modules] == ["crops.py"]
    assert crop_name("ab12-3") == "note-ab12-3.jpg"
