"""A recogniser out of an ONNX file: loaded, checked by what it is and by what it does, and ready to read lines.

The embedded networks and a person's own take the same way. What an own file states about itself is often wrong or missing (free
dimensions, no alphabet), so that its shape is taken from trial runs.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitise.errors import ConfigError, DependencyError, DigitiseError, EngineError
from digitise.reading.backends import Backend, Session, open_session
from digitise.weights import Weights, alphabet_file

FloatMap = npt.NDArray[np.float32]

BATCH_LINES = 8
"""Lines recognised at once. On one core and on two, eight at once take as long as eight one by one; more only take memory."""
TRIAL_LINES = 2
"""Lines of a trial run where the network takes any number: with one, (lines, steps, …) and (steps, lines, …) could not be told apart."""
TRIAL_WIDTHS_PX = (320, 640)
"""Widths between which the steps are counted; multiples of every usual step, so that the difference is exact."""
ODD_WIDTH_PX = 333
"""Lines have any width; a network that was exported for a fixed or a round one fails here."""
SUM_TOLERANCE = 0.01
"""Rows whose sums stay this near to 1, without negative numbers, are probabilities; others are logits."""
ALPHABET_KEY = "character"
"""PaddleOCR's name for the alphabet in the metadata."""
KEPT_SYMBOLS = "‘’“”–—…€£•→←↑↓✓✔✗☐☑★☆♥°²³½¼×÷≤≥≠≈±"
EXPECTED = (
    "A recogniser takes lines as one float input (lines, 3, fixed height, any width) and gives (lines, steps, columns); its columns are "
    "the blank, the alphabet and perhaps a space. See 'Other recognisers' in docs/event-toml.md."
)


class Recogniser(NamedTuple):
    """A network that reads lines of writing, and how it wants them."""

    session: Session
    height_px: int
    """Height of its line pictures."""
    step_px: float
    """Width of line picture, in px at that height, for one row of its output."""
    batch_lines: int
    """Most lines that it takes at once."""
    columns: npt.NDArray[np.intp]
    """Indices of the kept output columns; the first is the CTC blank."""
    alphabet: tuple[str, ...]
    """Their characters ('' for the blank), and the space in any case."""
    lacks_space: bool
    """Whether the network has no column for the space: decoding restores spaces where the word model wants them, and needs one."""
    logits: bool
    """Whether its output still is to be scaled to probabilities."""


class _UnfitError(Exception):
    """What is wrong with a network, in words; becomes an error of the error tree where the file is known."""


def load_recogniser(weights: Weights, *, threads: int = 0, backend: Backend = "onnxruntime") -> Recogniser:
    """Open the network and try it out.

    Raises ConfigError for an own file that is none of this kind, EngineError for a known one, DependencyError without the backend.
    """
    try:
        session = open_session(weights.path, threads=threads, backend=backend)
    except DependencyError:
        raise
    except Exception as e:  # onnxruntime's exceptions share no public base class, nor do OpenVINO's
        raise _refuse(weights, f"cannot be loaded as an ONNX model ({_first_line(e)})") from e
    try:
        height_px, most_lines = _read_input(session)
        step_px, width, logits = _try_out(session, height_px, most_lines)
        characters = _name_columns(_read_alphabet(session, weights.path), width)
    except _UnfitError as e:
        raise _refuse(weights, str(e)) from e
    kept = [i for i, c in enumerate(characters) if i == 0 or is_latin_script(c)]
    if not any(characters[i].isalpha() for i in kept):
        raise _refuse(weights, "its alphabet has no letter of Latin script")
    alphabet = tuple(characters[i] for i in kept)
    lacks_space = " " not in alphabet
    alphabet += (" ",) * lacks_space
    return Recogniser(session, height_px, step_px, most_lines, np.asarray(kept), alphabet, lacks_space, logits)


def run_lines(recogniser: Recogniser, tensor: FloatMap) -> FloatMap:
    """Probabilities (N, T, letters of the alphabet), rows summing to 1, for line pictures (N, 3, height_px, W) in -1..1, blue first.

    Raises what the backend raises.
    """
    output = recogniser.session.run(tensor)
    if recogniser.logits:
        output = np.exp(output - output.max(axis=2, keepdims=True))
    # columns that are left out give their share to the others
    kept = output[:, :, recogniser.columns]
    scaled: FloatMap = kept / np.maximum(kept.sum(axis=2, keepdims=True), 1e-9)
    return np.pad(scaled, ((0, 0), (0, 0), (0, 1))) if recogniser.lacks_space else scaled


def is_latin_script(character: str) -> bool:
    """Letters of Latin script, and the digits and signs that people write beside them."""
    if len(character) != 1:
        return False
    if character.isascii():
        return character.isprintable()
    return character in KEPT_SYMBOLS or unicodedata.name(character, "").startswith("LATIN ")


def _refuse(weights: Weights, reason: str) -> DigitiseError:
    if weights.choice == "own":
        return ConfigError(str(weights.path), reason, EXPECTED)
    return EngineError(str(weights.path), reason, "Install rapidocr again." if weights.choice == "small" else "Install the program again.")


def _read_input(session: Session) -> tuple[int, int]:
    """Height of the line pictures, px, and the most lines at once, as the network states them."""
    inputs = session.inputs
    if len(inputs) != 1:
        raise _UnfitError(f"it has {len(inputs)} inputs ({', '.join(i.name for i in inputs)}) instead of one")
    kind, shape = inputs[0].kind, inputs[0].shape
    stated = "(" + ", ".join(str(n) if _is_fixed(n) else "any" for n in shape) + ")"
    if kind != "tensor(float)":
        raise _UnfitError(f"its input is {kind}, not tensor(float)")
    if len(shape) != 4 or (_is_fixed(shape[1]) and shape[1] != 3) or not _is_fixed(shape[2]) or _is_fixed(shape[3]):
        raise _UnfitError(f"its input has the shape {stated} instead of (any, 3, a fixed height, any)")
    if _is_fixed(shape[0]) and shape[0] != 1:
        raise _UnfitError(f"its input has the shape {stated}: it must take any number of lines, or one")
    return int(shape[2]), 1 if _is_fixed(shape[0]) else BATCH_LINES


def _is_fixed(size: Any) -> bool:
    """Whether a stated dimension is a number; free ones have a name, None or -1."""
    return isinstance(size, int) and size > 0


def _try_out(session: Session, height_px: int, most_lines: int) -> tuple[float, int, bool]:
    """Width of one step, px; number of columns; whether the output is logits. Found by running the network on drawn stripes."""
    narrow = _try_width(session, (min(TRIAL_LINES, most_lines), 3, height_px, TRIAL_WIDTHS_PX[0]))
    wide, odd = (_try_width(session, (1, 3, height_px, width)) for width in (TRIAL_WIDTHS_PX[1], ODD_WIDTH_PX))
    grown = wide.shape[1] - narrow.shape[1]
    if grown <= 0:
        reason = f"it gives {narrow.shape[1]} steps for a line {TRIAL_WIDTHS_PX[0]} px wide and {wide.shape[1]} for {TRIAL_WIDTHS_PX[1]} px"
        raise _UnfitError(f"{reason}: steps must follow the width")
    logits = not all(bool((o > -1e-6).all()) and bool((abs(o.sum(axis=2) - 1) < SUM_TOLERANCE).all()) for o in (narrow, wide, odd))
    return (TRIAL_WIDTHS_PX[1] - TRIAL_WIDTHS_PX[0]) / grown, wide.shape[2], logits


def _try_width(session: Session, shape: tuple[int, ...]) -> FloatMap:
    stripes = np.broadcast_to(np.sign(np.sin(np.arange(shape[3], dtype=np.float32) / 4)), shape)
    try:
        output = session.run(np.ascontiguousarray(stripes))
    except Exception as e:  # as above
        raise _UnfitError(f"it cannot read a line {shape[2]} px high and {shape[3]} px wide ({_first_line(e)})") from e
    if not isinstance(output, np.ndarray) or output.dtype != np.float32 or output.ndim != 3 or output.shape[0] != shape[0]:
        found = f"{output.dtype} {output.shape}" if isinstance(output, np.ndarray) else type(output).__name__
        raise _UnfitError(f"for {shape[0]} lines it gives {found} instead of float32 ({shape[0]}, steps, columns)")
    if not np.isfinite(output).all():
        raise _UnfitError("it gives numbers that are not finite")
    return output


def _read_alphabet(session: Session, path: Path) -> list[str]:
    """Characters of the network's columns, without the blank: from its metadata, else from the .txt file beside it."""
    stated = session.metadata.get(ALPHABET_KEY)
    beside = alphabet_file(path)
    if stated is None:
        try:
            stated = beside.read_text(encoding="utf-8-sig")
        except FileNotFoundError as e:
            raise _UnfitError(f"its alphabet stands neither in its metadata ('{ALPHABET_KEY}') nor in {beside.name} beside it") from e
        except (OSError, UnicodeDecodeError) as e:
            raise _UnfitError(f"its alphabet, {beside.name}, cannot be read as UTF-8 text ({e})") from e
    # not splitlines(): an alphabet may hold characters that it takes for line ends
    lines = [line.removesuffix("\r") for line in stated.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _name_columns(alphabet: list[str], columns: int) -> list[str]:
    """The character of each output column ('' for the blank, which is the first)."""
    if columns == len(alphabet) + 2:  # PaddleOCR appends the space on its own
        return ["", *alphabet, " "]
    if columns == len(alphabet) + 1:
        return ["", *alphabet]
    expected = f"{len(alphabet) + 1} (with the blank) or {len(alphabet) + 2} (with a space, too)"
    raise _UnfitError(f"it gives {columns} columns for an alphabet of {len(alphabet)} characters, instead of {expected}")


def _first_line(e: Exception) -> str:
    """The backend's words for the screen: without the lines that follow, and no novel."""
    return (str(e).strip().splitlines() or [type(e).__name__])[0][:200]
