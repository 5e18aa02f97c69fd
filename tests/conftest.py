"""Drawn photos with known words, and one finished event that many tests look at."""

from __future__ import annotations

import hashlib
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from digitise import api

PROBLEMS = ("Problems", "No bus after six o'clock", "People feel alone at night")
ACTIONS = ("Actions", "Interlink to ring the council", "Open the hall on Sundays")


def pytest_configure(config: pytest.Config) -> None:
    """Half of the cases that Hypothesis makes up in the fast run, all of them where the slow tests run as well."""
    settings.register_profile("fast", max_examples=50)
    if config.option.markexpr == "not slow":
        settings.load_profile("fast")


def share(examples: int) -> int:
    """So many of a test's made-up cases are for this run."""
    return examples * settings.default.max_examples // 100


class Finished(NamedTuple):
    """An event whose report has been written."""

    folder: Path
    outcome: api.Outcome


class Ended(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Call the command in this process, as the console script does."""
    from digitise import cli  # as below  # noqa: PLC0415

    handler = signal.getsignal(signal.SIGTERM)

    def call(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as end:
            cli.main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Ended(int(end.value.code or 0), out, err)

    yield call
    signal.signal(signal.SIGTERM, handler)


def draw_photo(path: Path, lines: Sequence[str], *, size: tuple[int, int] = (360, 170), taken: str | None = None) -> Path:
    """A plain sheet with typed lines, as small as can be read, as a JPEG; `taken` goes into its EXIF ('2026:03:14 10:00:00')."""
    picture = Image.new("RGB", size, (236, 234, 228))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(22)
    for i, line in enumerate(lines):
        pen.text((25, 20 + i * 45), line, fill=(20, 30, 90), font=font)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "JPEG", quality=90, exif=exif)
    return path


def draw_event(folder: Path) -> Path:
    """An event of two photos and no event.toml."""
    draw_photo(folder / "a.jpg", PROBLEMS, taken="2026:03:14 10:00:00")
    draw_photo(folder / "b.jpg", ACTIONS, taken="2026:03:14 11:00:00")
    return folder


def hash_inputs(folder: Path) -> dict[str, str]:
    """Hashes of all files of an event but its report."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and "report" not in p.relative_to(folder).parts)
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the settings and models of the person who runs it, nor leaves any there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Two drawn photos read once; look, do not touch. `event` gives a copy to change."""
    from digitise import api  # only here: a stage's own tests do not need the whole program  # noqa: PLC0415

    folder = draw_event(tmp_path_factory.mktemp("finished") / "health-day")
    (outcome,) = api.report_events([folder], jobs=0)
    assert isinstance(outcome, api.Outcome)
    return Finished(folder, outcome)


@pytest.fixture
def event(finished: Finished, tmp_path: Path) -> Path:
    """A copy of the finished event, with its report and its store."""
    return Path(shutil.copytree(finished.folder, tmp_path / finished.folder.name))
