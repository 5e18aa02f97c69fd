"""A recogniser that really reads, small enough to be made here: it knows letters by the colour of their ink, whatever their shape.

Its graph takes the darkest ink of each channel in every `step_px` columns of a line and gives the letter whose colour is nearest; paper is
the blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw, ImageFont

INKS = {"s": (1, 0, 0), "t": (0, 1, 0), "o": (0, 0, 1), "n": (0, 1, 1), "e": (1, 0, 1), "a": (0, 0, 0)}
"""Letter -> red, green, blue of its ink, each 0 or 1."""
SHARPNESS = 15.0


def draw_coded(path: Path, words: Sequence[str]) -> Path:
    """A sheet with one word per line, every letter drawn as an H in the ink that stands for it. PNG: a JPEG's colours run."""
    picture = Image.new("RGB", (620, 60 + 110 * len(words)), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(56)
    for row, word in enumerate(words):
        for place, letter in enumerate(word):
            ink = tuple(255 * channel for channel in INKS[letter])
            pen.text((60 + 62 * place, 40 + 110 * row), "H", fill=ink, font=font)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


def make_recogniser(
    path: Path,
    *,
    height_px: int = 32,
    step_px: int = 4,
    letters: str = "".join(INKS),
    lines: int | str = "lines",
    channels: int = 3,
    width: int | str = "width",
    stated_height: int | str | None = None,
    element: int = TensorProto.FLOAT,
    probabilities: bool = True,
    stated: str | None = None,
    turned: bool = False,
    summed: bool = False,
    broken: bool = False,
    second_input: bool = False,
    round_widths: bool = False,
    data_file: bool = False,
) -> Path:
    """Write the recogniser. letters: which it knows. The other arguments make it differ from what the program expects:

    stated: alphabet in the metadata; None: one letter per line; "": none. turned: steps first, then lines. summed: one row for the whole
    line. broken: numbers that are not finite. round_widths: only multiples of a step. data_file: weights in FILE.onnx.data.
    """
    codes = np.array([(1, 1, 1), *(INKS[letter] for letter in letters)], np.float32)[:, :channels]
    darkness = 1 - codes
    # squared distance to each colour, less what all colours share; where nothing is near, paper it is
    weights = SHARPNESS * (2 * darkness - 1)
    bias = -SHARPNESS * darkness.sum(axis=1) + np.eye(len(codes), dtype=np.float32)[0] * SHARPNESS / 2
    bias = bias * (np.nan if broken else 1)
    # blue comes first, from -1 to 1
    constants = {
        "half": np.float32(-0.5),
        "weights": weights[:, ::-1, None, None].astype(np.float32),
        "bias": bias.astype(np.float32),
        "height": np.array([2], np.int64),
        "apart": np.array([0, 0, 0, -1, step_px] if round_widths else [0, 0, 0, -1], np.int64),
        "together": np.array([0, 0, 0, -1], np.int64),
    }
    kernel = [height_px, 640 if summed else step_px]
    nodes = [
        helper.make_node("Cast", ["lines"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "half"], ["ink"]),
        helper.make_node("Sub", ["ink", "half"], ["dark"]),
        helper.make_node("Reshape", ["dark", "apart"], ["steps"]),
        helper.make_node("Reshape", ["steps", "together"], ["whole"]),
        helper.make_node("MaxPool", ["whole"], ["pooled"], kernel_shape=kernel, strides=kernel, ceil_mode=int(summed)),
        helper.make_node("Conv", ["pooled", "weights", "bias"], ["scores"]),
        helper.make_node("Squeeze", ["scores", "height"], ["flat"]),
        helper.make_node("Transpose", ["flat"], ["rows"], perm=[2, 0, 1] if turned else [0, 2, 1]),
        helper.make_node("Softmax" if probabilities else "Identity", ["rows"], ["read"]),
    ]
    shape = [lines, channels, stated_height or height_px, width]
    inputs = [helper.make_tensor_value_info("lines", element, shape)]
    if second_input:
        inputs.append(helper.make_tensor_value_info("more", element, [1]))
    outputs = [helper.make_tensor_value_info("read", TensorProto.FLOAT, None)]
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "colour-code", inputs, outputs, tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    if stated != "":
        helper.set_model_props(model, {"character": stated or "\n".join(letters)})
    path.parent.mkdir(parents=True, exist_ok=True)
    # axis and shapes must stay inside: up to 73 bytes as onnx counts, the weights are 117
    outside = {"save_as_external_data": True, "location": f"{path.name}.data", "size_threshold": 80} if data_file else {}
    onnx.save(model, str(path), **outside)
    return path
