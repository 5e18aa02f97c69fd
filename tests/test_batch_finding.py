"""Which events a tree of folders holds, what they are called, and how far a run is: nothing is read here."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from conftest import draw_photo
from hypothesis import given
from hypothesis import strategies as st

from digitise.batch.finding import find_archive
from digitise.batch.model import Archive, Grouping
from digitise.batch.naming import MOST_BYTES, RESERVED, name_outputs
from digitise.batch.pacing import Tally
from digitise.batch.sessions import Dated, read_times, split_by_gaps
from digitise.batch.watching import Arrivals

FOLDERS = Grouping()


def touch(path: Path, content: bytes = b"not looked at") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def find(root: Path, grouping: Grouping = FOLDERS, *, leave_out: tuple[Path, ...] = ()) -> Archive:
    return find_archive(root, grouping, leave_out=leave_out, read_times=read_times)


def counts(archive: Archive) -> dict[str, int]:
    return {spot.name: spot.count for spot in archive.spots}


def test_a_folder_with_photos_is_an_event(tmp_path: Path) -> None:
    for name in (
        "2019/Aberaeron/a.jpg",
        "2019/Aberaeron/b.HEIC",
        "2019/Aberaeron/notes.txt",
        "2020/a.png",
        "2020/deeper/a.jpg",
        "none/x.txt",
    ):
        touch(tmp_path / name)
    assert counts(find(tmp_path)) == {"2019 - Aberaeron": 2, "2020": 1, "2020 - deeper": 1}


def test_an_event_toml_takes_what_lies_below_it(tmp_path: Path) -> None:
    for name in (
        "world/event.toml",
        "world/table 1/a.jpg",
        "world/table 2/a.jpg",
        "world/own/event.toml",
        "world/own/x/a.jpg",
        "loose/a.jpg",
    ):
        touch(tmp_path / name)
    assert counts(find(tmp_path)) == {"loose": 1, "world": 2, "world - own": 1}
    by_toml = find(tmp_path, Grouping(by="toml"))
    assert counts(by_toml) == {"world": 2, "world - own": 1} and by_toml.left_out == 1


def test_earlier_reports_and_hidden_files_are_no_photos(tmp_path: Path) -> None:
    for name in ("e/a.jpg", "e/report/.digitise/lock", "e/report/pictures/s1.jpg", ".trash/a.jpg", "e/._a.jpg", "out/e/pictures/s1.jpg"):
        touch(tmp_path / name)
    assert counts(find(tmp_path, leave_out=(tmp_path / "out",))) == {"e": 1}


def test_zips_are_events_unless_photos_lie_beside_them(tmp_path: Path) -> None:
    for name in ("old/2018.zip", "old/2019.zip", "new/a.jpg", "new/more.zip"):
        touch(tmp_path / name)
    assert counts(find(tmp_path)) == {"new": 2, "old - 2018": 1, "old - 2019": 1}


def test_a_photo_without_a_suffix_counts(tmp_path: Path) -> None:
    touch(tmp_path / "e" / "IMG_1", b"\xff\xd8\xff\xe0 and so on")
    touch(tmp_path / "f" / "README", b"words")
    os.mkfifo(tmp_path / "f" / "pipe")
    assert counts(find(tmp_path)) == {"e": 1}


def test_links_that_lead_back_end(tmp_path: Path) -> None:
    touch(tmp_path / "e" / "a.jpg")
    (tmp_path / "e" / "again").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "e" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert counts(find(tmp_path)) == {"e": 2}, "a link to nowhere is there to be told about"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_an_unreadable_folder_is_listed(tmp_path: Path) -> None:
    touch(tmp_path / "e" / "a.jpg")
    (tmp_path / "shut").mkdir(mode=0)
    found = find(tmp_path)
    assert counts(found) == {"e": 1} and [p.file for p in found.problems] == ["shut"]


def test_a_folder_beyond_the_longest_way_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "event" / "a.jpg")
    monkeypatch.chdir(tmp_path / "event")
    for _ in range(18):  # of 240 characters: more than the 4,096 that Linux takes as one way
        Path("d" * 240).mkdir()
        os.chdir("d" * 240)
    found = find(tmp_path)
    assert counts(found) == {"event": 1}
    (problem,) = found.problems
    assert "too long" in problem.reason and problem.file.startswith("event/ddd")


def test_a_folder_whose_name_is_no_text_is_listed(tmp_path: Path) -> None:
    touch(tmp_path / "e" / "a.jpg")
    touch(tmp_path / os.fsdecode(b"caf\xe9") / "a.jpg")
    found = find(tmp_path)
    assert counts(found) == {"e": 1} and [p.file for p in found.problems] == ["caf?"] and "Rename" in found.problems[0].remedy


def test_a_folder_that_ends_while_it_is_looked_at_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "e" / "a.jpg")
    touch(tmp_path / "shut" / "a.jpg")
    real = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find(tmp_path)
    assert counts(found) == {"e": 1} and [p.file for p in found.problems] == ["shut"]


def test_days_are_parted_by_gaps(tmp_path: Path) -> None:
    for name, taken in (("x/1", "2024:05:14 09:30:00"), ("y/2", "2024:05:14 12:00:00"), ("x/3", "2024:05:14 19:00:00"), ("x/4", None)):
        draw_photo(tmp_path / f"{name}.jpg", ("One",), size=(64, 64), taken=taken)
    draw_photo(tmp_path / "z" / "5.jpg", ("One",), size=(64, 64), taken="2024:05:15 00:30:00")
    touch(tmp_path / "own" / "event.toml", b"")
    draw_photo(tmp_path / "own" / "6.jpg", ("One",), size=(64, 64), taken="2024:05:14 10:00:00")
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as z:
        z.write(tmp_path / "x" / "1.jpg")
    found = find(tmp_path, Grouping(by="day"))
    assert counts(found) == {"2024-05-14": 2, "2024-05-14 from 19.00": 2, "x - without a date": 1, "own": 1, "old": 1}
    assert {Path(path).name for spot in found.spots if spot.name == "2024-05-14" for path in spot.files} == {"1.jpg", "2.jpg"}


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2020, 3, 1)), max_size=30), st.floats(0.5, 40))
def test_sessions_hold_every_photo_once(times: list[datetime], gap_h: float) -> None:
    photos = [Dated(str(i), taken) for i, taken in enumerate(times)]
    sessions = split_by_gaps(photos, gap_h)
    assert sorted(path for _, paths in sessions for path in paths) == sorted(p.path for p in photos)
    assert len({name for name, _ in sessions}) == len(sessions)


def test_a_stamp_changes_with_any_file(tmp_path: Path) -> None:
    photo = touch(tmp_path / "e" / "a.jpg")

    def stamp() -> str:
        return find(tmp_path).spots[0].stamp

    seen = [stamp()]
    assert stamp() == seen[0]
    photo.write_bytes(b"other words, of another length")
    seen.append(stamp())
    touch(tmp_path / "e" / "corrections.json")
    seen.append(stamp())
    photo.rename(photo.with_name("b.jpg"))
    seen.append(stamp())
    assert len(set(seen)) == 4


PART = st.text(min_size=1, max_size=200)


@given(st.lists(st.lists(PART, min_size=1, max_size=4).map(tuple), max_size=12, unique=True))
def test_names_are_possible_and_differ(places: list[tuple[str, ...]]) -> None:
    names = name_outputs(places)
    assert len({name.casefold() for name in names}) == len(places)
    for name in names:
        assert len(name.encode()) <= MOST_BYTES + 12 and name.casefold() not in RESERVED
        assert not set(name) & set('<>:"/\\|?*\0\n') and name == name.strip() and not name.startswith(".") and not name.endswith(".")
    backwards = name_outputs(places[::-1])
    assert backwards == names[::-1], "a name does not depend on the order"


def test_time_left_is_right_after_a_resume() -> None:
    tally = Tally(began=100.0, events=3, photos=1000, unread=40, reused=960)
    assert tally.describe(101.0).seconds_left is None, "nothing to judge by yet"
    tally.start_reading(110.0)
    for i in range(1, 11):
        tally.finish_photo(110.0 + 3 * i)
    standing = tally.describe(140.0)
    assert standing.photos_per_minute == 20 and standing.seconds_left == 30 * 3


def test_a_file_is_whole_when_it_has_been_left_alone() -> None:
    clock = [0.0]
    arrivals = Arrivals(10, clock=lambda: clock[0])

    def look(at_s: float, *files: tuple[str, int]) -> list[bool]:
        clock[0] = at_s
        arrivals.begin()
        settled = [arrivals.is_settled(name, size, 7) for name, size in files]
        assert [arrivals.was_settled(name, size, 7) for name, size in files] == settled
        return settled

    assert look(0, ("a", 5), ("empty", 0)) == [False, False]
    assert look(9, ("a", 6), ("empty", 0)) == [False, False]
    assert look(12, ("a", 6), ("empty", 0)) == [False, False]
    assert look(20, ("a", 6), ("empty", 0)) == [True, False]
    assert look(21, ("a", 8)) == [False]
    assert look(22) == []
    assert look(40, ("a", 8)) == [False], "one that was gone is looked at anew"
