"""Who may read what the server keeps: files and folders of its own user alone, whatever many threads do at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from digitise.store import write_text


def test_writing_never_touches_the_umask_of_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask for it is to change it. Two threads that did so at once left files of mode 666, sometimes for as long as the server ran."""
    before = os.umask(0o027)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "umask", lambda _: pytest.fail("the umask belongs to all threads"))
            write_text(tmp_path / "kept.txt", "x")
    finally:
        os.umask(before)
    assert oct((tmp_path / "kept.txt").stat().st_mode & 0o777) == "0o640"
