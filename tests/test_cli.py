"""The command line with real files: exit codes, words on stderr, data on stdout."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Finished, Run, draw_photo, hash_inputs

from digitise import cli
from digitise.corrections import Corrections, FateEdit, corrections_path, save_corrections
from digitise.model import PhotoResult

PATIENCE_S = 120
"""How long a process may say nothing, or take to end, on a busy machine."""


def start(*arguments: object) -> subprocess.Popen[str]:
    """The command as a process of its own session, as a terminal starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "digitise.entry", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_second_run_says_that_it_read_nothing(run: Run, event: Path) -> None:
    ended = run("report", event)
    assert ended.code == 0 and ended.out == ""
    assert "2 photos (0 read, 2 reused, 0 failed)" in ended.err
    assert str(event / "report" / "report.docx") in ended.err


def test_the_account_after_edits_adds_up(run: Run, event: Path) -> None:
    event_notes = json.loads((event / "report" / "notes.json").read_text("utf-8"))
    placed = next(p for p in event_notes["arrangement"]["placements"] if p["fate"] == "reported")
    aside = FateEdit(note_id=placed["note_id"], fate="set aside", base="reported")
    save_corrections(corrections_path(event), Corrections(edits=(aside,)))
    account = run("report", event).err
    assert "1 set aside" in account
    line = next(line for line in account.splitlines() if "in the report" in line).split(";")[0]
    seen, *parts = map(int, re.findall(r"[0-9]+", line))
    assert seen == sum(parts)


def test_json_goes_to_stdout_alone(run: Run, event: Path) -> None:
    ended = run("report", event, "--json", "--quiet")
    assert ended.code == 0 and ended.err == ""
    (summary,) = json.loads(ended.out)["events"]
    assert summary["reused"] == 2 and summary["accounting"]["seen"] > 0
    assert (Path(summary["output"]) / summary["files"]["report"]).is_file()


def test_an_edited_report_is_announced(run: Run, event: Path) -> None:
    (event / "report" / "report.docx").write_bytes(b"mine")
    ended = run("report", event)
    assert ended.code == 0 and "report.docx may have been changed" in ended.err and "report-new.docx" in ended.err


def test_an_empty_folder(run: Run, tmp_path: Path) -> None:
    ended = run("report", tmp_path)
    assert ended.code == 3 and str(tmp_path) in ended.err and "JPEG" in ended.err
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_a_missing_folder(run: Run, tmp_path: Path) -> None:
    ended = run("report", tmp_path / "nowhere")
    assert ended.code == 3 and "nowhere: does not exist" in ended.err


def test_a_missing_photo(run: Run, tmp_path: Path) -> None:
    assert run("read", tmp_path / "nothing.jpg").code == 3


def test_an_unknown_key_names_the_nearest(run: Run, event: Path) -> None:
    (event / "event.toml").write_text('titel = "x"\n')
    ended = run("report", event)
    assert ended.code == 8
    assert all(word in ended.err for word in ("event.toml", "unknown key 'titel'", "Did you mean 'title'?"))


def test_broken_toml(run: Run, event: Path) -> None:
    (event / "event.toml").write_text("title = \n")
    assert run("report", event).code == 8


@pytest.mark.parametrize("content", [b"", b"not a Word file", b"PK\x05\x06" + bytes(18)])
def test_a_broken_template(run: Run, event: Path, content: bytes) -> None:
    (event / "house.docx").write_bytes(content)
    (event / "event.toml").write_text('[report]\ntemplate = "house.docx"\n')
    ended = run("report", event)
    assert ended.code == 8 and "house.docx" in ended.err


def test_a_missing_template(run: Run, event: Path) -> None:
    ended = run("report", event, "--template", event / "none.dotx")
    assert ended.code == 8 and "none.dotx" in ended.err


def test_a_missing_tesseract_language(run: Run, event: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "no-languages").mkdir()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path / "no-languages"))
    ended = run("report", event, "--engine", "tesseract", "--languages", "cy")
    assert ended.code == 5
    if shutil.which("tesseract"):
        assert "'cym'" in ended.err and "tesseract-ocr-cym" in ended.err


def test_no_tesseract_at_all(run: Run, event: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    ended = run("report", event, "--engine", "tesseract")
    assert ended.code == 5 and "apt install tesseract-ocr" in ended.err
    assert run("report", event).code == 0, "the embedded recogniser needs no program"


@pytest.mark.parametrize("output", ["event/a.jpg/out", "/proc/digitise-out"])
def test_an_output_that_cannot_be_written(run: Run, event: Path, output: str) -> None:
    target = Path(output) if output.startswith("/") else event / "a.jpg" / "out"
    ended = run("report", event, "--output", target)
    assert ended.code == 6 and "--output" in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_output(run: Run, event: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    assert run("report", event, "--output", tmp_path / "locked" / "out").code == 6


@pytest.mark.parametrize("kib", [256, 9000])
def test_a_full_disk(run: Run, event: Path, tmp_path: Path, kib: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """First seen before the work begins, then, when the estimate was too kind, in the middle of it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", disk], check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        if kib == 9000:
            monkeypatch.setattr("digitise.planning.need_bytes", lambda photos: 0)
            shutil.copytree(event / "report" / ".digitise", disk / ".digitise")
            free = shutil.disk_usage(disk).free
            (disk / "filler").write_bytes(bytes(free - 60_000))
        ended = run("report", event, "--output", disk)
        assert ended.code == 6 and "full" in ended.err
        assert not list(disk.rglob(".part-*")) and not (disk / "report.docx").exists()
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_one_bad_photo_of_three(run: Run, event: Path) -> None:
    (event / "cut.jpg").write_bytes((event / "a.jpg").read_bytes()[:3000])
    before = hash_inputs(event)
    ended = run("report", event, "--quiet")
    assert ended.code == 4 and "Problem: cut.jpg: " in ended.err
    assert "cut.jpg" in (event / "report" / "report.md").read_text()
    assert hash_inputs(event) == before


def test_text_and_json_of_single_photos(run: Run, tmp_path: Path) -> None:
    photo = draw_photo(tmp_path / "x.jpg", ["Open the hall on Sundays"], size=(350, 80))
    ended = run("read", photo, "--json")
    data = json.loads(ended.out)
    assert ended.code == 0 and ended.err == "" and data["problems"] == []
    text = cli._as_text(PhotoResult.model_validate_json(json.dumps(data["photos"][0])))
    assert text.casefold() == "== x.jpg ==\n\nopen the hall on sundays"


def test_check_lists_what_is_there(run: Run, event: Path, tmp_path: Path) -> None:
    shutil.rmtree(event / "report")
    ended = run("check", event)
    assert not (event / "report").exists(), "a look leaves nothing behind"
    assert ended.code == 0 and all(name in ended.out for name in ("recogniser", "template", "output", "tesseract"))
    ended = run("check", event, "--template", tmp_path / "none.docx", "--json")
    assert ended.code == 8
    assert {f["name"]: f["ok"] for f in json.loads(ended.out)}["template"] is False


def test_check_ends_as_report_would(run: Run, event: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_text("junk")
    assert run("check", event, "--template", tmp_path / "bad.docx").code == 8
    assert run("check", event, "--output", event / "a.jpg" / "out").code == 6


def test_nothing_readable_says_nothing_on_stdout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    ended = run("read", tmp_path / "empty.jpg")
    assert ended.code == 3 and ended.out == "" and "empty.jpg" in ended.err


def test_init_writes_a_file_that_report_takes(run: Run, event: Path) -> None:
    assert run("init", event).code == 0
    assert (event / "event.toml").is_file()
    assert run("init", event).code == 2, "a second time is refused"
    assert "0 read" in run("report", event).err


@pytest.mark.parametrize(
    "arguments", [["report"], ["reprot", "x"], ["report", "x", "--jobs", "0"], ["read", "x", "--languages", "en,xx"], ["--nonsense"]]
)
def test_usage_errors(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.code == 2 and "digitise" in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["report", "--help"]])
def test_help_is_no_error(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).code == 0


def test_a_fault_of_the_program_is_short(run: Run, event: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr("digitise.api.report_events", fail)
    ended = run("report", event)
    assert ended.code == 1 and "Traceback" not in ended.err and "--debug" in ended.err
    assert "Traceback" in run("--debug", "report", event).err


@pytest.mark.slow
def test_a_terminal_shows_progress(finished: Finished, event: Path) -> None:
    import pty  # noqa: PLC0415

    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "digitise.entry", "report", event], stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody holds the other end any more
        while select.select([ours], [], [], PATIENCE_S)[0] and (chunk := os.read(ours, 4096)):
            shown += chunk
    os.close(ours)
    assert process.wait(PATIENCE_S) == 0
    assert b"2/2" in shown and b".jpg" in shown


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_half_written(finished: Finished, tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "event"
    for i in range(6):
        draw_photo(folder / f"{i}.jpg", [f"Note number {i}"])
    before = hash_inputs(folder)
    process = start("report", folder, "--jobs", 2)
    store = folder / "report" / ".digitise"
    wait_for(lambda: bool(list(store.glob("photos/*"))) or process.poll() is not None)
    os.killpg(process.pid, how) if how == signal.SIGINT else process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert out == "" and "Interrupted" in err and "Traceback" not in err
    assert not list(folder.rglob(".part-*"))
    assert not list(folder.rglob("report.*")), "no output of a run that was cut off"
    assert hash_inputs(folder) == before


@pytest.mark.parametrize("moment", [0.02, pytest.param(0.1, marks=pytest.mark.slow), pytest.param(0.4, marks=pytest.mark.slow)])
def test_ctrl_c_while_the_program_is_loading_is_quiet(moment: float, tmp_path: Path) -> None:
    # counted from where the program begins: what Python does before, on a busy machine for seconds, is not ours
    code = "import digitise.entry; print('begun', flush=True); digitise.entry.main()"
    process = subprocess.Popen([sys.executable, "-c", code, "check"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"begun\n"
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in stderr
