"""Photos that hang, crash or take all memory; workers that cannot begin; clocks that are put right in the middle."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.fault_archive import held_of
from benchmarks.fault_kills import undisturbed
from benchmarks.fault_runs import PARTIAL, Row, Site, finish, told

BAD = "b.jpg"
"""Of '2019/Hall' and of 'autumn/day two'."""
TIMEOUT_S = 20
"""Longer than a drawn photo takes on a machine that is busy with other things."""
MEMORY_MIB = 3072
"""Two workers need some 900 MiB each and the leading process 300; the photo that takes all there is gets the rest."""
CGROUPS = Path("/sys/fs/cgroup/memory")
DEPENDENCY_CODE = 5
JUMPS_S = (400 * 86400, -400 * 86400)
LONGEST_LEFT_S = 3600.0


def poison_photos(root: Path, seed: int) -> Iterator[Row]:
    """Two photos (of two events) that do not let themselves be read, in three runs: with the fault, again, and mended with --retry."""
    site = Site(root / "site", seed=seed)
    undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    for deed, name, sign in (
        ("hang", f"two photos hang and are deaf to SIGTERM (--timeout {TIMEOUT_S})", "took longer"),
        ("crash", "two photos crash their process (SIGSEGV)", "killed by signal 11"),
    ):
        yield poison(site, reference, name, sign, {"photo": BAD, "do": deed}, "--timeout", TIMEOUT_S)
    with memory_group(MEMORY_MIB) as wrap:
        if wrap is None:
            yield Row("two photos take all memory until Linux kills", 0, "left out: needs the right to make a memory cgroup", True)
        else:
            name = f"two photos take all memory there is ({MEMORY_MIB} MiB cgroup), Linux kills"
            yield poison(site, reference, name, "killed by signal 9", {"photo": BAD, "do": "hog"}, before=wrap)


def poison(
    site: Site, reference: Mapping[str, str] | None, name: str, sign: str, fault: dict[str, Any], *options: object, before: Any = ()
) -> Row:
    """Two photos of one name do not let themselves be read. reference: outputs of an undisturbed run; None: those that lie there now."""
    reference = held_of(site.output) if reference is None else reference
    shutil.rmtree(site.output, ignore_errors=True)
    log = site.root / "tries"
    log.unlink(missing_ok=True)
    fault["log"] = str(log)
    first = site.run("--quiet", *options, fault=fault, before=before)
    tries = _count(log)
    listed = [line for line in first.err.splitlines() if BAD in line and sign in line]
    wrong = site.harm()
    if first.code != PARTIAL or len(listed) != 2:
        wrong = f"exit code {first.code}: {told(first.err)}"
    elif sum(1 for _ in site.output.glob("*/report.docx")) != sum(1 for name in reference if name.endswith("/report.docx")):
        wrong = "an event has no report"
    second = site.run("--quiet", *options, fault=fault, before=before)
    again = _count(log) - tries
    if again or second.code != PARTIAL or sum(BAD in line and sign in line for line in second.err.splitlines()) != 2:
        wrong = wrong or f"the second run: exit code {second.code}, tried {again} times"
    mended = site.run("--quiet", "--retry")
    wrong = wrong or (site.harm(reference) if mended.code in (0, PARTIAL) else f"then exit code {mended.code}: {told(mended.err)}")
    outcome = (
        f"each tried {tries / 2:g} times and listed, all others read, {first.seconds:.0f} s; the next run lists them without a try, "
        f"{second.seconds:.0f} s; mended, with --retry, all outputs byte-equal"
    )
    return Row(name, 2, outcome if not wrong else "", not wrong, wrong)


def starve(root: Path, seed: int) -> Iterator[Row]:
    """Processes that cannot begin: an installation that is broken for them, and a limit of memory (ulimit -v)."""
    site = Site(root / "site", seed=seed)
    for name, fault, before in (
        ("workers end before they have begun (broken installation)", {"stillborn": 3}, ()),
        ("too little memory for any worker (ulimit -v, 1 GB)", None, ("prlimit", "--as=1000000000")),
    ):
        shutil.rmtree(site.output, ignore_errors=True)
        ended = site.run("--quiet", fault=fault, before=before)
        calm = ended.code in (DEPENDENCY_CODE, PARTIAL) and ended.err.count("Traceback") == 0
        wrong = "" if calm else f"exit code {ended.code}: {told(ended.err)}"
        short = next((line.strip() for line in ended.err.splitlines() if "memory" in line), "")
        said = told(ended.err) if "Error" in ended.err else f"each photo and event is listed, '{short}'"
        outcome = f"exit code {ended.code} after {ended.seconds:.0f} s: {said.replace(str(site.root), '')[:200]}"
        yield Row(name, 1, outcome, not wrong, wrong or site.harm())
    again = site.run("--quiet")
    yield Row("the same folder afterwards, without the fault", 1, "all is read", again.code == PARTIAL, site.harm())


def move_the_clock(root: Path, seed: int) -> Iterator[Row]:
    """The machine's clock jumps by 400 days, forwards and back, while photos are read."""
    site = Site(root / "site", seed=seed)
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        yield Row("the clock jumps", 0, "left out: needs libfaketime (Debian's package faketime)", True)
        return
    whole_s = undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    clock = root / "clock"
    env = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}
    env |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1", "FAKETIME_DONT_RESET": "1"}
    wrongs: list[str] = []
    longest_s, fastest = 0.0, 0.0
    for jump_s in JUMPS_S:
        shutil.rmtree(site.output)
        clock.write_text("+0", encoding="ascii")
        process, began = site.start("--quiet", "--json-lines", env=env), time.monotonic()
        time.sleep(whole_s / 3)
        clock.write_text(f"{jump_s:+d}", encoding="ascii")
        ended = finish(process, began)
        standings = [news["standing"] for line in site.said.read_text("utf-8").splitlines() if (news := json.loads(line)).get("standing")]
        years = {s["updated"][:4] for s in standings}
        left = [s["seconds_left"] for s in standings if s.get("seconds_left") is not None]
        pace = [s["photos_per_minute"] for s in standings if s.get("photos_per_minute") is not None]
        longest_s, fastest = max(longest_s, *left), max(fastest, *pace)
        if (
            ended.code != PARTIAL
            or min(left) < 0
            or max(left) > LONGEST_LEFT_S
            or min(pace) <= 0
            or standings[-1]["seconds"] > LONGEST_LEFT_S
        ):
            wrongs.append(f"exit code {ended.code}, {min(left)} to {max(left)} s left, {told(ended.err)}")
        wrongs.append("" if len(years) > 1 else "the clock did not jump")
        wrongs.append(site.harm(reference))
        again = site.run("--quiet", "--json-lines")
        end = json.loads(site.said.read_text("utf-8").splitlines()[-1])["standing"]
        if again.code != PARTIAL or end["read"] or end["events_written"]:
            wrongs.append(f"with the clock right again {end['read']} photos were read and {end['events_written']} events written")
    wrong = next((w for w in wrongs if w), "")
    outcome = (
        f"never more than {longest_s:.0f} s left nor faster than {fastest:.0f} photos a minute; all outputs byte-equal; "
        "the next run, with the clock right, reads and writes nothing"
    )
    yield Row("the clock jumps 400 days forwards, backwards, in the middle", len(JUMPS_S), outcome, not wrong, wrong)


def _count(log: Path) -> int:
    return len(log.read_text(encoding="ascii").split()) if log.exists() else 0


@contextlib.contextmanager
def memory_group(limit_mib: int) -> Iterator[tuple[str, ...] | None]:
    """A command that runs another in a cgroup with so much memory; None where this user may not make one (version 1 of cgroups only)."""
    group = CGROUPS / f"digitise-faults-{limit_mib}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(limit_mib << 20), encoding="ascii")
    except OSError:
        yield None
        return
    try:
        yield "sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"
    finally:
        group.rmdir()
