"""Files on disk: atomic writes, and stage results kept by content so that a second run does only what changed."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitise.errors import OutputError


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; on success it is synced and renamed over `path`, on failure removed.

    A reader never sees half a file, and Ctrl-C leaves none behind. Raises OutputError for a full disk or a
    folder that cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix)
        os.close(fd)
    except OSError as e:
        raise output_error(path, e) from e
    part = Path(name)
    try:
        yield part
        with part.open("rb") as f:
            os.fsync(f.fileno())
        # mkstemp makes files private; an output is as readable as any other file the person makes
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)
        part.replace(path)
    except OSError as e:
        raise output_error(path, e) from e
    finally:
        part.unlink(missing_ok=True)


def output_error(path: Path, e: OSError) -> OutputError:
    """The operating system's refusal in a person's words."""
    if e.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(str(path), "the disk is full", "Free some space or choose another folder with --output.")
    if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(str(path), "this folder cannot be written", "Choose another folder with --output, or change its permissions.")
    return OutputError(str(path), f"cannot be written ({e.strerror or e})", "Choose another folder with --output.")
