"""When photos at an address were taken: by their first bytes, fetched in ranges and never more than a header may have."""

from __future__ import annotations

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

    judge: the time that a header tells; None where it tells none; raises where it is cut off. Raises remote.error.
    """
    try:
        return judge(io.BytesIO(read_head(remote, file.way, HEADER_BYTES)))
    except FileNotFoundError:
        return None
    except remote.error:
        raise
    except Exception:  # cut off in the middle of something
        if not HEADER_BYTES < file.size <= MOST_BYTES:
            return None
    return judge(io.BytesIO(read_head(remote, file.way, file.size)))
