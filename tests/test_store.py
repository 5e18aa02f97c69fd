"""Files are whole or not there; damage is seen; a person's own work is never written over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitise.errors import OutputError
from digitise.model import Photo, PhotoResult
from digitise.store import (
    announce_written,
    atomic_write,
    check_room,
    drop_other_entries,
    entry_folder,
    free_name,
    hash_parts,
    load_entry,
    lock_output,
    place_picture,
    save_entry,
    save_written,
    sweep_parts,
    sync_event,
    write_picture,
)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(target) as part:
        part.write_text("half of the ne")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.md"]


def test_a_written_file_is_as_readable_as_others(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    with atomic_write(tmp_path / "x.md") as part:
        part.write_text("new")
    assert (tmp_path / "x.md").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_full_disk_is_an_output_error_and_leaves_nothing(tiny_disk: Path) -> None:
    with pytest.raises(OutputError, match="full"), atomic_write(tiny_disk / "x.bin") as part:
        part.write_bytes(bytes(1 << 20))
    assert not list(tiny_disk.iterdir())


def test_room_is_checked_before_work(tiny_disk: Path) -> None:
    check_room(tiny_disk, need_bytes=1000)
    with pytest.raises(OutputError, match=r"nearly full.*--output"):
        check_room(tiny_disk, need_bytes=1 << 20)


@pytest.mark.parametrize("folder", ["/proc/digitise-out", "file/out"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        check_room(tmp_path / folder, need_bytes=0)


def test_pictures_carry_no_metadata(tmp_path: Path) -> None:
    rgb = np.full((40, 60, 3), (200, 30, 30), np.uint8)
    write_picture(rgb, tmp_path / "p.jpg")
    with Image.open(tmp_path / "p.jpg") as picture:
        assert picture.format == "JPEG" and picture.size == (60, 40)
        assert not picture.getexif() and set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert np.abs(np.asarray(picture, int) - rgb).max() < 12


def _entry(output: Path, photo_id: str = "0123456789abcdef") -> Path:
    folder = entry_folder(output, photo_id, "feed")
    write_picture(np.zeros((8, 8, 3), np.uint8), folder / f"{photo_id}-s1.jpg")
    photo = Photo(id=photo_id, file="a.jpg", sha256=photo_id * 4, width_px=8, height_px=8)
    save_entry(folder, PhotoResult(photo=photo), engine="e1")
    return folder


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    entry = load_entry(_entry(tmp_path))
    assert entry is not None and entry.engine == "e1" and entry.result.photo.file == "a.jpg"


@pytest.mark.parametrize("damage", ["missing", "cut json", "other json", "cut picture", "no picture"])
def test_a_damaged_entry_is_no_entry(tmp_path: Path, damage: str) -> None:
    folder = _entry(tmp_path)
    result, picture = folder / "result.json", next(folder.glob("*.jpg"))
    match damage:
        case "missing":
            result.unlink()
        case "cut json":
            result.write_bytes(result.read_bytes()[:-5])
        case "other json":
            result.write_text('{"result": 1}')
        case "cut picture":
            picture.write_bytes(picture.read_bytes()[:-5])
        case "no picture":
            picture.unlink()
    assert load_entry(folder) is None


def test_entries_that_nobody_needs_go(tmp_path: Path) -> None:
    kept, gone = _entry(tmp_path, "a" * 16), _entry(tmp_path, "b" * 16)
    drop_other_entries(tmp_path, keep=[kept])
    assert kept.exists() and not gone.exists()


def test_two_runs_cannot_share_an_output_folder(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from digitise.store import lock_output; lock_output(Path({str(tmp_path)!r})).__enter__()"
    with lock_output(tmp_path):
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert other.returncode == 1 and "another run" in other.stderr
    with lock_output(tmp_path):
        pass  # the lock is free again


def test_names_of_parts_do_not_run_together() -> None:
    assert hash_parts("ab", "c") != hash_parts("a", "bc")
    assert hash_parts("a") != hash_parts("a", "")


def test_an_edited_output_keeps_its_name(tmp_path: Path) -> None:
    report = tmp_path / "report.docx"
    assert free_name(tmp_path, "report.docx") == "report.docx"
    report.write_text("somebody's own")
    assert free_name(tmp_path, "report.docx") == "report-new.docx", "not ours: never written by this program"
    save_written(tmp_path, ["report.docx"])
    assert free_name(tmp_path, "report.docx") == "report.docx", "ours, unchanged"
    report.write_text("edited")
    (tmp_path / "report-new.docx").write_text("ours")
    save_written(tmp_path, ["report-new.docx"])
    assert free_name(tmp_path, "report.docx") == "report-new.docx"
    (tmp_path / "report-new.docx").write_text("edited too")
    assert free_name(tmp_path, "report.docx") == "report-new-2.docx"


def test_leftovers_of_a_killed_run_are_swept(tmp_path: Path) -> None:
    folder = _entry(tmp_path)
    bases = tmp_path / ".digitise" / "bases"  # any room of the store, also those that come later
    parts = [tmp_path / ".part-1.docx", folder / ".part-2.jpg", tmp_path / "pictures" / ".part-3.jpg", bases / ".part-4.gz"]
    for part in parts:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("half")
    sweep_parts(tmp_path)
    assert not any(part.exists() for part in parts)
    assert load_entry(folder) is not None


def test_a_changed_picture_is_put_right_again(tmp_path: Path) -> None:
    source, target = tmp_path / "s.jpg", tmp_path / "pictures" / "t.jpg"
    source.write_bytes(b"picture")
    place_picture(source, target)
    before = target.stat().st_mtime_ns
    place_picture(source, target)
    assert target.stat().st_mtime_ns == before, "the same picture is not written again"
    target.write_bytes(b"other")
    place_picture(source, target)
    assert target.read_bytes() == b"picture"


def test_an_error_about_the_temporary_file_names_the_file_itself(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"actions\.csv") as caught, atomic_write(tmp_path / "actions.csv") as part:
        raise OutputError(str(part), "the disk is full", "Free some space.")
    assert ".part-" not in str(caught.value) and list(tmp_path.iterdir()) == []


def test_what_cannot_be_looked_into_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "report.docx").mkdir()
    assert free_name(tmp_path, "report.docx") == "report-new.docx"


def test_a_file_whose_run_was_killed_before_it_was_noted_is_known_for_ours(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"new")
    announce_written(tmp_path, {"report.docx": tmp_path / "part"})
    (tmp_path / "part").replace(tmp_path / "report.docx")
    assert free_name(tmp_path, "report.docx") == "report.docx"
    (tmp_path / "report.docx").write_bytes(b"a person's")
    assert free_name(tmp_path, "report.docx") == "report-new.docx"


def test_names_are_on_the_disk_before_anything_that_relies_on_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            happened.append(f"sync {path.name}")
        sync(handle)

    def noted_replace(path: Path, target: Path) -> Path:
        happened.append(f"name {target.name}")
        return replace(path, target)

    monkeypatch.setattr("os.fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    output = tmp_path / "out"
    with atomic_write(output / "report.docx") as part:
        announce_written(output, {"report.docx": part})
    save_written(output, ["report.docx"])
    sync_event(output)
    order = ["name writing.json", "sync .digitise", "name report.docx", "sync out", "name written.json", "sync .digitise"]
    assert [step for step in happened if step in order][:6] == order
    assert happened.index("sync .digitise", happened.index("name written.json")) < len(happened)
