"""The desk: what is done next follows from what lies on disk; workers and servers may be killed at any moment."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_events import (
    EVENT_ID,
    add_blurred,
    add_photo,
    answer,
    look_at_all,
    make_place,
    open_desk,
    open_room,
    pretend_all_is_done,
    steps,
)
from PIL import Image

from digitise import api
from digitise.errors import DigitiseError
from digitise.web.desk import Desk, Progress
from digitise.web.desk_memory import load_seen
from digitise.web.desk_opening import refresh_room, save_room
from digitise.web.desk_room import Room, tell_room
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

FINGERPRINT = "f" * 16


@pytest.fixture
def place(tmp_path: Path) -> EventPlace:
    return make_place(tmp_path)


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An event of two photos that were looked at and not read."""
    place = make_place(tmp_path_factory.mktemp("looked") / "data")
    add_photo(place, "a.jpg")
    add_photo(place, "b.jpg", ("Actions", "Open the hall on Sundays"))
    look_at_all(place)
    return place.root.parents[1]


@pytest.fixture
def two(looked: Path, tmp_path: Path) -> EventPlace:
    shutil.copytree(looked, tmp_path / "data")
    return EventPlace(EVENT_ID, tmp_path / "data" / "events" / EVENT_ID)


def test_files_are_looked_at_then_read_then_arranged(two: EventPlace) -> None:
    room = open_room(two)
    assert room.is_checked and tell_room(room, now=0, revision=1).state == "reading"
    (survey,) = steps(room)
    assert survey.kind == "survey"
    answer(room, survey, api.Survey(fingerprint=FINGERPRINT, notes={}))
    readings = steps(room)
    assert [step.kind for step in readings] == ["read", "read"]
    for step in readings:
        assert step.picture is not None
        answer(room, step, api.PhotoRead(photo_id=step.picture.id, fingerprint=FINGERPRINT, notes=3))
    assert tell_room(room, now=0, revision=1).state == "arranging"
    (assembly,) = steps(room)
    assert assembly.kind == "assemble"
    answer(room, assembly, None)
    assert room.is_finished and not steps(room)


def test_new_files_are_looked_at_first(place: EventPlace) -> None:
    add_photo(place, "a.jpg")
    room = open_room(place)
    look = next(step for step in steps(room) if step.kind == "look")
    answer(room, look, api.look_into_file(place.folder, place.photos / "a.jpg", "a.jpg"))
    (glance,) = [step for step in steps(room) if step.kind == "glance"]
    answer(room, glance, api.Glance(photo_id="x", width_px=9, height_px=9, dhash="", verdicts=("dark",)))
    assert [v.code for v in tell_room(room, now=0, revision=1).photos[0].verdicts] == ["dark"]
    save_room(room)
    seen = load_seen(place, "a.jpg")
    assert seen is not None and next(iter(seen.glances.values())).verdicts == ("dark",)


def read_all(room: Room) -> None:
    """Everything that should be read is."""
    for step in steps(room):
        if step.kind == "survey":
            answer(room, step, api.Survey(fingerprint=FINGERPRINT, notes={}))
    for step in steps(room):
        assert step.picture is not None
        answer(room, step, api.PhotoRead(photo_id=step.picture.id, fingerprint=FINGERPRINT, notes=3))


def test_settings_that_were_changed_lead_to_a_new_survey(two: EventPlace) -> None:
    room = open_room(two)
    read_all(room)
    (two.folder / "event.toml").write_text('title = "Another"\nlanguages = ["en", "cy"]\n')
    refresh_room(room)
    (survey,) = steps(room)
    assert survey.kind == "survey"
    # under other languages nothing is known; under a new title alone the survey finds all that was read
    answer(room, survey, api.Survey(fingerprint="e" * 16, notes={}))
    assert [step.kind for step in steps(room)] == ["read", "read"]


def test_a_new_title_alone_leads_to_arranging_only(two: EventPlace) -> None:
    room = open_room(two)
    read_all(room)
    answer(room, steps(room)[0], None)
    (two.folder / "event.toml").write_text('title = "Another title"\n')
    refresh_room(room)
    answer(room, steps(room)[0], api.Survey(fingerprint=FINGERPRINT, notes=dict(room.memory.notes)))
    assert [step.kind for step in steps(room)] == ["assemble"]


def test_a_photo_on_which_workers_died_is_not_tried_for_ever_but_when_asked(two: EventPlace) -> None:
    room = open_room(two)
    answer(room, steps(room)[0], api.Survey(fingerprint=FINGERPRINT, notes={}))
    first, second = steps(room)
    answer(room, first, api.DiedError(api.Died("killed by signal 9")))
    assert second.picture is not None and first.file is not None
    answer(room, second, api.PhotoRead(photo_id=second.picture.id, fingerprint=FINGERPRINT, notes=1))
    told = tell_room(room, now=0, revision=1)
    assert (told.read, told.failed, told.state) == (2, 1, "arranging")
    assert "killed by signal 9" in next(p.problem for p in told.photos if p.file == first.file.name)
    (assembly,) = steps(room)
    assert [p.reason for p in assembly.call.args[1].values()] == [
        "the process that read it ended (killed by signal 9), perhaps for want of memory"
    ]
    room.forgive()
    assert [step.picture for step in steps(room)] == [first.picture]


def test_while_stopped_photos_are_judged_and_not_read(two: EventPlace) -> None:
    add_photo(two, "c.jpg")
    room = open_room(two)
    room.stopped = True
    kinds = {step.kind for step in steps(room)}
    assert kinds == {"look", "survey"}


def test_the_event_is_not_arranged_while_photos_come_in(two: EventPlace) -> None:
    room = open_room(two)
    read_all(room)
    part = two.incoming / ("0" * 32 + ".part")
    part.touch()
    assert steps(room) == []
    os.utime(part, (time.time() - 60, time.time() - 60))  # that phone has gone away
    assert [step.kind for step in steps(room)] == ["assemble"]


def test_what_a_removed_file_was_found_to_be_is_forgotten(two: EventPlace) -> None:
    room = open_room(two)
    thumbnails = len(list(two.seen.glob("*.jpg")))
    (two.photos / "a.jpg").unlink()
    refresh_room(room)
    assert list(room.files) == ["b.jpg"] and load_seen(two, "a.jpg") is None
    assert len(list(two.seen.glob("*.jpg"))) == thumbnails - 1


def test_the_same_photo_is_named_whichever_is_looked_at_first(two: EventPlace) -> None:
    Image.open(two.photos / "a.jpg").resize((500, 236)).save(two.photos / "from chat.jpg")
    look_at_all(two)
    told = {photo.file: photo.same_as for photo in tell_room(open_room(two), now=0, revision=1).photos}
    assert told == {"a.jpg": "", "b.jpg": "", "from chat.jpg": "a.jpg"}
    (two.photos / "a.jpg").unlink()
    assert all(not photo.same_as for photo in tell_room(open_room(two), now=0, revision=1).photos)


def test_a_zip_and_a_pdf_are_one_file_each_with_their_pictures(place: EventPlace) -> None:
    a, b = add_photo(place, "a.jpg"), add_blurred(place, "b.jpg")
    with zipfile.ZipFile(place.photos / "all.zip", "w") as archive:
        archive.write(a, "one.jpg")
        archive.write(b, "two.jpg")
    Image.open(a).save(place.photos / "scan.pdf", save_all=True, append_images=[Image.open(a).rotate(180)])
    a.unlink()
    b.unlink()
    look_at_all(place)
    room = open_room(place)
    told = {photo.file: photo for photo in tell_room(room, now=0, revision=1).photos}
    assert set(told) == {"all.zip", "scan.pdf"}
    assert told["all.zip"].pictures == told["scan.pdf"].pictures == 2 and len(told["all.zip"].thumbnails) == 2
    assert [(v.part, v.code) for v in told["all.zip"].verdicts] == [("two.jpg", "blurred")]
    assert told["all.zip"].warnings[0].startswith("two.jpg: The photo is blurred")
    # the document's first page shows the same as a photo in the ZIP
    assert told["scan.pdf"].same_as == "all.zip"


def test_broken_settings_are_told_and_nothing_is_tried(two: EventPlace) -> None:
    room = open_room(two)
    room.trouble = "Unknown key 'titel'."
    assert steps(room) == []
    assert tell_room(room, now=0, revision=1).state == "failed"


def test_a_finished_event_is_shown_without_any_worker(two: EventPlace) -> None:
    pretend_all_is_done(two)
    desk = open_desk(two)
    told = desk.progress(two)
    overview = desk.overview(two)
    assert (told.state, told.read, overview.state, overview.total, overview.photos) == ("ready", 2, "ready", 2, ())
    assert desk.verdict_of(two, "a.jpg").state == "read" and desk.verdict_of(two, "new.jpg").state == "checking"
    assert not desk._pool._processes
    desk.close()


def test_a_forgotten_event_is_let_alone_until_somebody_adds_to_it(two: EventPlace) -> None:
    desk = open_desk(two)
    desk.progress(two)
    desk.forget(two)
    assert desk.progress(two).state == "empty"
    shutil.rmtree(two.root)
    desk.look_again(two)
    assert desk.progress(two).photos == () and not two.root.exists()
    desk.close()
    assert not two.root.exists()


def test_a_report_of_nothing_is_an_error_with_a_remedy(place: EventPlace) -> None:
    desk = open_desk(place)
    with pytest.raises(DigitiseError, match="no photo that can be used"):
        desk.report(place).result(20)
    desk.close()


def test_watching_ends_with_the_desk(two: EventPlace) -> None:
    pretend_all_is_done(two)
    desk = open_desk(two)

    async def watch() -> list[Progress]:
        heard = []
        async for progress in desk.watch(two):
            heard.append(progress)
            asyncio.get_running_loop().run_in_executor(None, desk.close)
        return heard

    assert [p.state for p in asyncio.run(asyncio.wait_for(watch(), 20))] == ["ready"]
    assert desk.count_watchers() == 0


def test_watching_ends_with_the_event(two: EventPlace) -> None:
    pretend_all_is_done(two)
    desk = open_desk(two)

    async def watch() -> list[Progress]:
        heard = []
        async for progress in desk.watch(two):
            heard.append(progress)
            asyncio.get_running_loop().run_in_executor(None, desk.forget, two)
        return heard

    assert [p.state for p in asyncio.run(asyncio.wait_for(watch(), 20))] == ["ready"]
    desk.close()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def square(n: int) -> int:
    return n * n


@pytest.mark.slow
def test_work_of_other_rooms_is_done_and_a_crash_is_an_error_with_a_remedy(place: EventPlace) -> None:
    desk = Desk(ServerSettings(data=place.root.parents[1], workers=1))
    assert desk.run(square, 7, urgent=True).result(30) == 49
    with pytest.raises(DigitiseError, match="killed by signal 9"):
        desk.run(crash).result(30)
    desk.close()


def touch_for_ever(path: Path) -> None:
    while True:
        path.touch()
        time.sleep(0.01)


@pytest.mark.slow
def test_work_in_a_deleted_event_ends_before_it_is_deleted(place: EventPlace) -> None:
    desk = open_desk(place)
    touching = desk.run(touch_for_ever, place.folder / "mark", urgent=True)
    until = time.monotonic() + 30
    while not (place.folder / "mark").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    desk.forget(place)
    (place.folder / "mark").unlink()
    time.sleep(0.2)
    assert not (place.folder / "mark").exists()
    with pytest.raises(concurrent.futures.CancelledError):
        touching.result(0)
    with pytest.raises(DigitiseError, match=r"took longer than 0\.5 s"):
        desk.run(touch_for_ever, place.root / "other", timeout_s=0.5).result(30)
    desk.close()


# from here on with real reading


@pytest.fixture
def desk(place: EventPlace) -> Iterator[Desk]:
    desk = open_desk(place)
    yield desk
    desk.close()
