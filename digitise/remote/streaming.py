"""When photos at an address were taken: by their first bytes, fetched in ranges and never more than a header may have."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import datetime

from digitise.remote.connecting import Remote
from digitise.remote.listing import RemoteFile, read_head

HEADER_BYTES = 256 << 10
"""EXIF of a phone's JPEG, HEIC or WebP stands in its first 64 KiB, and often a preview beside it."""
MOST_BYTES = 32 << 20
"""Of a file whose beginning does not tell: some programs write the header behind the picture. Larger ones have no time."""


def read_time(remote: Remote, file: RemoteFile, judge: Callable[[io.BytesIO], datetime | None]) -> datetime | None:
    """Judge a photo by its beginning, and only where that fails by the whole of it.

    judge: the time that a header tells; None where it tells none; raises where it is cut off or damaged. What is wrong with a photo is told
    when it is read; here it has no time. Raises remote.error where the network fails.
    """
    for most_bytes in (HEADER_BYTES, file.size):
        try:
            head = read_head(remote, file.way, most_bytes)
        except FileNotFoundError:
            return None
        with contextlib.suppress(Exception):
            return judge(io.BytesIO(head))
        if not HEADER_BYTES < file.size <= MOST_BYTES:
            break
    return None
