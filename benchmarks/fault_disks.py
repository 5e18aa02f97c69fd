"""Disks that are full at any step, read-only, or gone; folders that cannot be written or read any more."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from benchmarks.fault_archive import draw_photo, held_of, picture_of, write
from benchmarks.fault_inside import step_of
from benchmarks.fault_kills import undisturbed
from benchmarks.fault_runs import PARTIAL, Row, Site, finish, told

DISK_MIB = 768
"""More than the program asks for before it begins (check.need_bytes)."""
UNPRIVILEGED = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
"""Runs a command without the rights that set root above the bits of files."""
OUTPUT_CODE = 6
STEP_WAIT_S = 120.0


def fill_the_disk(root: Path, seed: int, *, only: Collection[str] = ()) -> Iterator[Row]:
    """Before the first file of each kind is written, the output's disk becomes really full; then room is made and the run repeated.

    only: these kinds (see fault_inside.step_of); default: all that a run writes.
    """
    with mounted(root / "disk", f"size={DISK_MIB}m") as disk:
        if disk is None:
            yield Row("disk full in each output step", 0, "left out: needs the right to mount a small disk", True)
            return
        site = Site(root / "site", archive=_draw_two(root / "site" / "archive", seed), output=disk / "out")
        ballast, trace = disk / "ballast", root / "trace"
        site.run("--quiet", fault={"trace": str(trace)})
        steps = list(
            dict.fromkeys(
                step_of(Path(line)) for line in trace.read_text(encoding="utf-8").splitlines() if not only or step_of(Path(line)) in only
            )
        )
        reference = held_of(site.output)
        harms: dict[str, str] = {}
        said = set()
        for step in steps:
            shutil.rmtree(site.output)
            ended = site.run("--quiet", fault={"full": step, "ballast": str(ballast)})
            said.add(told(ended.err).partition(": ")[2].removeprefix(str(site.output)).rpartition(": ")[2])
            full = ballast.exists()
            for path in disk.glob("ballast*"):
                path.unlink()
            wrong = "" if full else "the disk never was full"
            if ended.code != OUTPUT_CODE or "disk is full" not in ended.err:
                wrong = f"exit code {ended.code}: {told(ended.err)}"
            wrong = wrong or site.harm() or _half_written(site.output)
            again = site.run("--quiet")
            wrong = wrong or (site.harm(reference) if again.code == 0 else f"then exit code {again.code}: {told(again.err)}")
            if wrong:
                harms[step] = wrong
        outcome = f"exit code 6, '{min(said)}', nothing half-written; after room is made all outputs byte-equal"
        told_harm = "; ".join(f"{step}: {harm}" for step, harm in list(harms.items())[:3])
        done = f"disk full just before each kind of file is written ({len(steps)} kinds), room made, resume"
        yield Row(done, len(steps), outcome if not harms else f"{len(steps) - len(harms)} of {len(steps)} well", not harms, told_harm)


def refuse_writing(root: Path, seed: int) -> Iterator[Row]:
    """A disk that became read-only; an output folder, and one event's folder, that this user may not write."""
    with mounted(root / "disk", f"size={DISK_MIB}m") as disk:
        if disk is None:
            yield Row("read-only output disk", 0, "left out: needs the right to mount a small disk", True)
        else:
            site = Site(root / "ro", archive=_draw_two(root / "ro" / "archive", seed), output=disk / "out")
            site.run("--quiet")
            write(site.archive / "one" / "b.jpg", draw_photo("more"))
            site.before = picture_of(site.archive)
            made = picture_of(site.output)
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            ended = site.run("--quiet")
            wrong = "" if ended.code == OUTPUT_CODE and "cannot be written" in ended.err else f"exit code {ended.code}"
            wrong = wrong or ("" if picture_of(site.output) == made else "outputs changed")
            yield Row(
                "output disk is read-only (mount -o ro)", 1, told(ended.err).replace(str(disk), "DISK"), not wrong, wrong or site.harm()
            )
    limited = without_rights()
    if limited is None:
        yield Row("folders without permission", 0, "left out: needs setpriv, as root", True)
        return
    site = Site(root / "shut", archive=_draw_two(root / "shut" / "archive", seed))
    site.output.mkdir()
    site.output.chmod(0o555)
    ended = site.run("--quiet", before=limited)
    wrong = "" if ended.code == OUTPUT_CODE and "cannot be written" in ended.err else f"exit code {ended.code}: {told(ended.err)}"
    yield Row(
        "output folder without the right to write",
        1,
        told(ended.err).replace(str(site.root), ""),
        not wrong,
        wrong or site.harm(),
    )
    site.output.chmod(0o755)
    (site.output / "one").mkdir(mode=0o555)
    ended = site.run("--quiet", before=limited)
    good = ended.code == PARTIAL and (site.output / "two" / "report.docx").exists() and "one" in told(ended.err, "Problem")
    said = told(ended.err, "Problem").replace(str(site.root), "")
    wrong = "" if good else f"exit code {ended.code}"
    (site.output / "one").chmod(0o755)
    again = site.run("--quiet", before=limited)
    wrong = wrong or ("" if again.code == 0 and (site.output / "one" / "report.docx").exists() else f"then exit code {again.code}")
    yield Row(
        "one event's output folder without the right to write", 1, f"the other event is written; {said}", not wrong, wrong or site.harm()
    )
    (site.archive / "two").chmod(0o000)
    ended = site.run("--quiet", before=limited)
    (site.archive / "two").chmod(0o755)
    wrong = "" if ended.code == PARTIAL and "two: this folder cannot be read" in ended.err else f"exit code {ended.code}: {told(ended.err)}"
    wrong = wrong or ("" if (site.output / "two" / "report.docx").exists() else "its report is gone")
    said = told(ended.err, "Problem").replace(str(site.root), "")
    yield Row(
        "one folder of the archive without the right to read", 1, f"{said}; its report of before stays", not wrong, wrong or site.harm()
    )


def lose_folders(root: Path, seed: int) -> Iterator[Row]:
    """The output folder is deleted, the archive's disk goes away, in the middle of a run; then all is there again."""
    site = Site(root / "site", seed=seed)
    undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    shutil.rmtree(site.output)
    process = site.start("--quiet")
    wait_for_photos(site, 6)
    shutil.rmtree(site.output, ignore_errors=True)
    ended = finish(process, time.monotonic())
    again = site.run("--quiet")
    wrong = "" if again.code == PARTIAL else f"then exit code {again.code}: {told(again.err)}"
    said = told(ended.err).replace(str(site.root), "")[:120]
    outcome = f"that run ends with exit code {ended.code} ({said}); the next makes all outputs byte-equal"
    yield Row("output folder deleted while a run writes into it", 1, outcome, not wrong, wrong or site.harm(reference))

    shutil.rmtree(site.output)
    process = site.start("--quiet")
    wait_for_photos(site, 6)
    away = site.root / "away"
    site.archive.rename(away)
    ended = finish(process, time.monotonic())
    gone = site.run("--quiet")
    away.rename(site.archive)
    again = site.run("--quiet")
    wrong = "" if ended.code in (PARTIAL, 3) and gone.code == 3 else f"exit codes {ended.code}, {gone.code}: {told(ended.err)}"
    wrong = wrong or ("" if again.code == PARTIAL else f"then exit code {again.code}: {told(again.err)}")
    outcome = f"photos not read yet are listed, exit code {ended.code}; while it is away exit code 3; back again, all outputs byte-equal"
    yield Row("archive goes away in the middle (as a drive that is unplugged)", 1, outcome, not wrong, wrong or site.harm(reference))


def _draw_two(archive: Path, seed: int) -> Path:
    write(archive / "one" / "a.jpg", draw_photo(f"{seed} one"))
    write(archive / "two" / "a.jpg", draw_photo(f"{seed} two", title="Actions"))
    return archive


def _half_written(output: Path) -> str:
    """Files of an event must be whole, whenever the run ended."""
    for path in output.rglob("*"):
        if path.is_file() and not path.stat().st_size and path.name not in ("lock", "batch.log"):
            return f"{path.name} is empty"
    return ""


def wait_for_photos(site: Site, count: int) -> None:
    """Until so many are read, or it takes too long."""
    until = time.monotonic() + STEP_WAIT_S
    while len(list(site.output.glob("*/.digitise/photos/*/result.json"))) < count and time.monotonic() < until:
        time.sleep(0.05)


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path | None]:
    """A small disk in memory; None where this user may not mount one."""
    folder.mkdir(parents=True)
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False, capture_output=True).returncode
    ):
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def without_rights() -> tuple[str, ...] | None:
    """What to put before a command so that the bits of files hold for it; None where that cannot be had."""
    if os.geteuid() != 0:
        return ()
    can = subprocess.run([*UNPRIVILEGED, "true"], capture_output=True, check=False).returncode == 0
    return UNPRIVILEGED if can else None
