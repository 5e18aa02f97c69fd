"""One process at a time: locks on open files, which the operating system lets go of when the process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def lock_file(file: IO[Any]) -> bool:
    """Take the lock of an open file without waiting; whether it was to be had. Some network drives know no locks: better to work there
    without one than not at all, so that counts as had. It ends when the file is closed."""
    if sys.platform == "win32":  # pragma: no cover - not run here
        place = file.tell()
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(place)
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
