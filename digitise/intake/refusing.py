"""The reasons for which a photo is refused, each with its remedy, in one place and one voice.

Third-party exceptions stop here: whatever a decoder throws at a damaged file becomes a PhotoError.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from digitise.config import Limits
from digitise.errors import DigitiseError, PhotoError
from digitise.intake.sniffing import Kind
from digitise.model import Problem

COPY_AGAIN = "Copy it again from the phone or camera."
_CUT_OFF = ("truncated", "end of file", "premature", "incomplete", "eof")
"""How Pillow, libtiff and libheif say that the bytes end too early (compared in lower case)."""

MIN_SIDE_PX = 32
"""Shorter side below which nothing can be read: one line of the smallest letters the recogniser can tell apart (about 12 px) with
its margins needs as much."""


def to_problem(e: DigitiseError) -> Problem:
    return Problem(file=e.subject, reason=e.reason, remedy=e.remedy)


def damaged(file: str) -> PhotoError:
    return PhotoError(file, "the file is damaged", f"{COPY_AGAIN} If it does not open there either, leave it out.")


def cut_off(file: str) -> PhotoError:
    return PhotoError(file, "the file is cut off", COPY_AGAIN)


def empty(file: str) -> PhotoError:
    return PhotoError(file, "the file is empty", COPY_AGAIN)


def unreadable(file: str, e: OSError) -> PhotoError:
    """The operating system's refusal to hand over the bytes, in a person's words."""
    if e.errno in (errno.EACCES, errno.EPERM):
        return PhotoError(file, "you are not allowed to read this file", "Change its permissions, or copy it to a folder of your own.")
    if e.errno == errno.ELOOP:
        return PhotoError(file, "it is a link that leads back to itself", "Put the photo itself in its place.")
    if e.errno in (errno.ENOENT, errno.ENOTDIR):
        return PhotoError(file, "the file is gone, or it is a link that leads nowhere", "Put the photo itself in its place.")
    return PhotoError(file, f"the file cannot be read ({e.strerror or e})", "Check the disk or stick it is on, and copy it again.")


def check_file_size(file: str, size_bytes: int, limits: Limits) -> None:
    if size_bytes == 0:
        raise empty(file)
    if size_bytes > limits.file_mib * 2**20:
        raise over(file, f"it is {size_bytes / 2**20:.0f} MiB large", f"{limits.file_mib:g} MiB", "file_mib", "Make it smaller")


def check_dimensions(file: str, width_px: int, height_px: int, limits: Limits) -> None:
    """Refuse a picture by the size its header states, before any pixel of it is decoded."""
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise PhotoError(file, f"it is too small to hold writing ({width_px} x {height_px} pixels)", "Use the original photo instead.")
    if width_px * height_px > limits.megapixels * 1e6:
        what = f"it has {width_px * height_px / 1e6:.0f} million pixels"
        raise over(file, what, f"{limits.megapixels:g} million", "megapixels", "Make the picture smaller")


def check_pages(file: str, pages: int, limits: Limits) -> None:
    if pages < 1:
        raise PhotoError(file, "it has no pages", "Leave it out, or export it again.")
    if pages > limits.pages:
        raise over(file, f"it has more than {limits.pages} pages", f"{limits.pages}", "pages", "Split it")


def over(file: str, what: str, allowed: str, setting: str, remedy: str) -> PhotoError:
    """A limit of event.toml was passed. `setting` is its name in [limits]."""
    return PhotoError(file, f"{what}; {allowed} is the most allowed", f"{remedy}, or raise limits.{setting} in event.toml.")


def not_a_picture(file: str, kind: Kind, suffix: str) -> PhotoError:
    """What to tell a person about a file that is not one of the formats read."""
    if kind == "movie":
        return PhotoError(file, "it is a film, not a photo", "Take a still picture from it if it shows writing; else leave it out.")
    if kind == "raw":
        return PhotoError(file, "it is a camera's raw picture, which is not read", "Export it as JPEG.")
    if kind == "foreign":
        return PhotoError(file, "this picture format is not read", "Save it as JPEG or PNG.")
    claim = f" although its name ends in {suffix}" if suffix else ""
    return PhotoError(file, f"it is not a picture{claim}", "Open it to see what it is; save it as JPEG, or take it out of the folder.")


@contextmanager
def refusing(file: str) -> Iterator[None]:
    """Turn whatever a decoder throws into a PhotoError about `file`.

    Broad on purpose: on damaged files Pillow raises OSError, SyntaxError, ValueError, KeyError, struct.error, zlib.error, TypeError,
    OverflowError and more, depending on the byte that is wrong, and one bad photo must not end the run.
    """
    try:
        yield
    except DigitiseError:
        raise
    except MemoryError as e:
        raise PhotoError(file, "there is not enough memory for it", "Make the picture smaller, or close other programs.") from e
    except OSError as e:
        # EINVAL is what seeking to a place before a damaged file's beginning gives
        if e.errno not in (None, errno.EINVAL):
            raise unreadable(file, e) from e
        raise (cut_off if _says_cut_off(e) else damaged)(file) from e
    except Exception as e:
        raise (cut_off if _says_cut_off(e) else damaged)(file) from e


def _says_cut_off(e: Exception) -> bool:
    return any(words in str(e).lower() for words in _CUT_OFF)
