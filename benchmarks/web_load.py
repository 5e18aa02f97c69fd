#!/usr/bin/env python3
"""Many phones send photos to one server at once: is anything lost or doubled, and how long do other people wait meanwhile?

`digitise serve` runs as a person runs it, on two cores. Twenty phones, in another process on the other cores, send twenty photos each as
the upload page does (tus, three at a time, pieces of 8 MiB); the last photo of each is the first of the next phone, so that some
content comes twice. The photos are drawn sheets of the samples, each made another file by bytes after its end. What has come is read at
once, in the background. All the while somebody else opens the list of events, asks for the progress of the event that is being filled,
and opens the review of another event that is ready. Loopback only. Every file on the server's disk is compared by its hash at the end.

The time of one answer is measured from before the request is sent until its last byte has come, on a connection that is kept open.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "connecting-communities"
AT_ONCE, PIECE_BYTES = 3, 8 * 2**20
SEND_BYTES = 64 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
PAUSE_S = 0.05
"""Between two requests of the person who looks on: faster than anybody clicks."""
BAR_MS, BAR_GROWTH_MIB = 300.0, 300.0
GIVE_UP_S = 420.0
TRIES = 20


class Load(NamedTuple):
    """What is sent, and how fast."""

    phones: int
    photos: int
    """Each."""
    size: int
    """Bytes of one photo."""
    rate: float
    """Bytes/s of one phone; 0: as fast as it goes."""
    reading: int = 0
    """Photos of a third event that wait to be read, or are being read, when the phones begin."""


class Found(NamedTuple):
    """What one run showed."""

    sent: list[str]
    """Hash of each photo that a phone sent to its end."""
    again: int
    """Requests that had to be made again."""
    seconds: float
    before_mib: float
    """Of the server's process at rest."""
    server_mib: float
    """At most."""
    workers_mib: float
    """At most, of all other processes of the server together; pages that they share counted for each."""
    at_rest: dict[str, list[float]]
    """Address -> times of its answers, ms."""
    times: dict[str, list[float]]
    """The same under load."""
    progress: dict[str, Any]
    """Of the event when the last photo had come."""
    photos: Path
    """The event's folder of them."""


def make_photo(phone: int, nth: int, load: Load) -> bytes:
    """The nth photo of a phone: always the same bytes. Its last one is the first of the next phone."""
    if nth == load.photos - 1:
        phone, nth = (phone + 1) % load.phones, 0
    sheets = sorted(SAMPLES.glob("*.jpg"))
    number = phone * load.photos + nth
    photo = sheets[number % len(sheets)].read_bytes()
    return photo + hashlib.shake_256(str(number).encode()).digest(max(32, load.size - len(photo)))


async def send_photo(client: httpx.AsyncClient, to: str, data: bytes, rate: float) -> int:
    """Send one photo, going on after a refusal that ends by itself. Gives how many requests had to be made again."""
    again = 0
    name = base64.b64encode(b"image.jpg").decode()
    begin = TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {name}"}
    while (begun := await client.post(to, headers=begin)).status_code != 201:
        again += 1
        if again > TRIES:
            raise RuntimeError(f"{begun.status_code} {begun.text[:200]}")
        await asyncio.sleep(0.5)
    at, offset = begun.headers["location"], 0
    while offset < len(data):
        piece = data[offset : offset + PIECE_BYTES]

        async def bytes_of(piece: bytes = piece) -> Any:
            for start in range(0, len(piece), SEND_BYTES):
                part = piece[start : start + SEND_BYTES]
                yield part
                await asyncio.sleep(len(part) / rate if rate else 0)

        head = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset), "Content-Length": str(len(piece))}
        try:
            answer = await client.patch(at, content=bytes_of(), headers=head)
            if answer.status_code == 204:
                offset = int(answer.headers["upload-offset"])
                continue
            failure = f"{answer.status_code} {answer.text[:200]}"
        except httpx.TransportError as e:
            failure = repr(e)
        again += 1
        if again > TRIES:
            raise RuntimeError(failure)
        await asyncio.sleep(0.5)
        offset = int((await client.head(at, headers=TUS)).headers.get("upload-offset", offset))
    return again


async def run_phone(phone: int, address: str, to: str, load: Load) -> tuple[list[str], int]:
    """All photos of one phone. Gives their hashes and how many requests had to be made again."""
    hashes, again = [], 0
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        async def send(nth: int) -> None:
            nonlocal again
            async with gate:
                data = await asyncio.to_thread(make_photo, phone, nth, load)
                hashes.append(hashlib.sha256(data).hexdigest())
                again += await send_photo(client, to, data, load.rate / AT_ONCE)

        await asyncio.gather(*map(send, range(load.photos)))
    return hashes, again


def run_phones(address: str, to: str, load: Load, cores: list[int], told: Any) -> None:
    """Process of all phones."""
    os.sched_setaffinity(0, cores)

    async def all_phones() -> list[tuple[list[str], int]]:
        return await asyncio.gather(*(run_phone(phone, address, to, load) for phone in range(load.phones)))

    start = time.monotonic()
    results = asyncio.run(all_phones())
    told.put(([h for hashes, _ in results for h in hashes], sum(again for _, again in results), time.monotonic() - start))


def start_server(data: Path, cores: list[int], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """`digitise serve` on these cores; its process and address."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)  # it starts with what its parent has
    try:
        with log.open("wb") as words:
            command = [sys.executable, "-c", "import sys; from digitise.cli import main; main(sys.argv[1:])", "serve"]
            process = subprocess.Popen([*command, "--data", str(data), "--port", "0", "--log-requests"], stderr=words, cwd=ROOT)
    finally:
        os.sched_setaffinity(0, own)
    for _ in range(600):
        if found := re.search(r"digitise is at http://[^:]+:(\d+)", log.read_text(encoding="utf-8")):
            return process, f"http://127.0.0.1:{found[1]}"
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(log.read_text(encoding="utf-8"))


def new_event(client: httpx.Client, title: str) -> str:
    answer = client.post("/events/new", data={"title": title})
    return str(answer.headers["location"]).rstrip("/").rpartition("/")[2]


def add_photos(client: httpx.Client, event: str, count: int) -> None:
    sheets = sorted(SAMPLES.glob("*.jpg"))
    for number in range(count):
        sheet = sheets[number % len(sheets)]
        client.post(f"/events/{event}/photos/add", files={"files": (f"{number} {sheet.name}", sheet.read_bytes() + b"%d" % number)})


def begin_reading(client: httpx.Client, count: int) -> str:
    """A third event, of which photos are being read now."""
    event = new_event(client, "Being read")
    add_photos(client, event, count)
    while client.get(f"/api/events/{event}/progress").json()["read"] < 1:
        time.sleep(0.2)
    return event


def make_ready_event(client: httpx.Client) -> str:
    """Another event, read and arranged."""
    event = new_event(client, "Ready")
    add_photos(client, event, 3)
    for _ in range(600):
        progress = client.get(f"/api/events/{event}/progress").json()
        if progress["state"] == "ready":
            return event
        if progress["state"] == "failed":
            raise SystemExit(f"the other event failed: {progress['message']}")
        time.sleep(0.5)
    raise SystemExit("the other event is not ready")


def ask_around(client: httpx.Client, paths: dict[str, str], times: dict[str, list[float]]) -> None:
    """Each address once."""
    for name, path in paths.items():
        start = time.perf_counter()
        answer = client.get(path)
        times.setdefault(name, []).append(1000 * (time.perf_counter() - start))
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        time.sleep(PAUSE_S)


def resident_mib(pid: int) -> float:
    """VmRSS of one process."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def children_of(pid: int) -> list[int]:
    """All processes below one."""
    try:
        own = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return own + [below for child in own for below in children_of(child)]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def report_times(title: str, times: dict[str, list[float]]) -> float:
    """Print a table; the worst 95th percentile."""
    print(f"\n{title}\n\n| address | requests | median, ms | 95th percentile, ms | slowest, ms |\n|---|--:|--:|--:|--:|")
    for name, values in times.items():
        print(f"| {name} | {len(values)} | {statistics.median(values):.0f} | {p95(values):.0f} | {max(values):.0f} |")
    return max(p95(values) for values in times.values())


def measure(folder: Path, load: Load, cores: list[int]) -> bool:
    """Run it all; whether the bars are met."""
    server, address = start_server(folder / "data", cores, folder / "server.log")
    others = sorted(os.sched_getaffinity(0) - set(cores)) or cores
    os.sched_setaffinity(0, others)
    try:
        with httpx.Client(base_url=address, timeout=60) as client:
            ready = make_ready_event(client)
            event = new_event(client, "Load")
            paths = {
                "list of events": "/",
                "progress (JSON) of the event that is filled": f"/api/events/{event}/progress",
                "review of another event": f"/events/{ready}/review",
            }
            at_rest: dict[str, list[float]] = {}
            for _ in range(30):
                ask_around(client, paths, at_rest)
            being_read = begin_reading(client, load.reading) if load.reading else ""
            before = resident_mib(server.pid)
            told = multiprocessing.get_context("spawn").Queue()
            to = f"/api/events/{event}/uploads"
            phones = multiprocessing.get_context("spawn").Process(target=run_phones, args=(address, to, load, others, told))
            phones.start()
            times: dict[str, list[float]] = {}
            server_mib, workers_mib = before, 0.0
            began = time.monotonic()
            while told.empty() and phones.is_alive() and time.monotonic() - began < GIVE_UP_S:
                ask_around(client, paths, times)
                server_mib = max(server_mib, resident_mib(server.pid))
                workers_mib = max(workers_mib, sum(map(resident_mib, children_of(server.pid))))
            if told.empty():
                phones.kill()
                raise SystemExit("the phones did not come to an end")
            sent, again, seconds = told.get()
            phones.join()
            progress = client.get(f"/api/events/{event}/progress").json()
            if being_read:
                other = client.get(f"/api/events/{being_read}/progress").json()
                print(f"of the event that was being read: {other['read']} of {other['total']} photos")
    finally:
        server.terminate()
        server.wait(60)
    photos = folder / "data" / "events" / event / "event" / "photos"
    return judge(load, Found(sent, again, seconds, before, server_mib, workers_mib, at_rest, times, progress, photos))


def judge(load: Load, found: Found) -> bool:
    """Print what was found; whether the bars are met."""
    stored = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in found.photos.iterdir())
    lost, doubled = set(found.sent) - set(stored), [h for h, count in stored.items() if count > 1]
    strange, parts = set(stored) - set(found.sent), list(found.photos.parents[1].glob("incoming/*.part"))
    mib, progress = len(found.sent) * load.size / 2**20, found.progress
    print(f"{load.phones} phones, {load.photos} photos of {load.size / 2**20:.1f} MiB each: {mib:.0f} MiB in {found.seconds:.1f} s")
    print(f"{len(found.sent)} sent, {len(set(found.sent))} different ones; {sum(stored.values())} on the server")
    print(f"lost {len(lost)}, doubled {len(doubled)}, strange {len(strange)}, left half {len(parts)}; requests made again: {found.again}")
    print(f"read meanwhile: {progress['read']} of {progress['total']}")
    print(f"memory: server {found.before_mib:.0f} MiB before, {found.server_mib:.0f} at most; its workers {found.workers_mib:.0f} at most")
    report_times("At rest", found.at_rest)
    worst = report_times("While the phones send and photos are read", found.times)
    complete = not (lost or doubled or strange or parts) and len(found.sent) == load.phones * load.photos
    bounded = found.server_mib - found.before_mib < BAR_GROWTH_MIB
    passed = complete and worst < BAR_MS and bounded
    print(f"\n{'Passed' if passed else 'MISSED'}: complete {complete}, {worst:.0f} ms (bar {BAR_MS:.0f}), memory bounded {bounded}")
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phones", type=int, default=20)
    parser.add_argument("--photos", type=int, default=20, help="of each phone")
    parser.add_argument("--mib", type=float, default=2.5, help="size of one photo")
    parser.add_argument("--rate", type=float, default=0.0, help="MiB/s of one phone; 0: as fast as it goes")
    parser.add_argument("--reading", type=int, default=0, help="photos of a third event that is being read when the phones begin")
    parser.add_argument("--cores", default="0,1", help="of the server and its workers")
    args = parser.parse_args()
    load = Load(args.phones, args.photos, int(args.mib * 2**20), args.rate * 2**20, args.reading)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if measure(Path(folder), load, [int(core) for core in args.cores.split(",")]) else 1


if __name__ == "__main__":
    sys.exit(main())
