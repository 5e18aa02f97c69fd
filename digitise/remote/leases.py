"""One run at a time on an address: an object that names its holder and is written anew every few seconds while the holder lives.

Object stores have no locks. Who finds the object unchanged for longer than its holder would ever leave it takes the place over; no
clocks are compared. Where the store writes conditionally (S3), two runs that try at the same moment cannot both succeed; everywhere each
looks again after a pause. What that does not guarantee stands in docs/addresses.md.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from digitise.errors import DigitiseError, OutputError
from digitise.remote.connecting import Remote
from digitise.remote.listing import RemoteFile, look_up, read_small
from digitise.remote.putting import ChangedThereError, put_guarded, remove_files
from digitise.store import STORE_FOLDER

LEASE_WAY = f"{STORE_FOLDER}/lease.json"
BEAT_S = 15.0
PATIENCE_S = 60.0
"""A holder that has not written for so long is gone: four beats."""
SETTLE_S = 2.0
"""Two that wrote at the same moment both look again after this. Where the store writes conditionally only one has written; but some servers
take a condition, and pay no heed to it."""
_FIRST_LOOK_S = 0.5


class Lease(NamedTuple):
    """Who holds a place."""

    token: str
    holder: str
    process: str
    """Of which machine, boot, and process: whether it still lives can be seen from the same machine at once. '' where that is not known."""
    beat: int = 0
    stamped: float = 0.0
    """Seconds since 1970 by the holder's clock; only `status` goes by it."""


class HeldLease:
    """A lease of this process. `lost` once another run has taken it."""

    def __init__(self, remote: Remote, lease: Lease) -> None:
        self.remote, self.lease = remote, lease
        self.lost = False

    def beat(self) -> None:
        """Write the lease anew, if it is still ours. Raises OutputError where the network fails, which the next beat meets again."""
        if self.lost:
            return
        try:
            found, there = _look(self.remote)
            if found is None or found.token != self.lease.token:
                self.lost = True
                return
            self.lease = self.lease._replace(beat=self.lease.beat + 1, stamped=time.time())
            put_guarded(self.remote, LEASE_WAY, _dump(self.lease), there)
        except ChangedThereError:
            self.lost = True


@contextlib.contextmanager
def repeat(do: Callable[[], None], name: str) -> Iterator[None]:
    """Do something with each beat, in a thread of its own: what takes long, or waits for the network, holds up nothing else. Whatever it
    raises, it is done again with the next beat. Afterwards it is not being done any more."""
    end = threading.Event()

    def keep() -> None:
        while not end.wait(BEAT_S):
            with contextlib.suppress(Exception):
                do()

    thread = threading.Thread(target=keep, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join(timeout=PATIENCE_S)  # a network that hangs is not waited for longer


@contextlib.contextmanager
def hold_lease(remote: Remote) -> Iterator[HeldLease]:
    """Hold an address for one run. Raises OutputError where another run holds it, or where it cannot be written."""
    lease = Lease(secrets.token_hex(8), f"{_user()}@{socket.gethostname()}, process {os.getpid()}", _name_process(os.getpid()))
    _take(remote, lease)
    held = HeldLease(remote, lease)
    try:
        with repeat(held.beat, "lease"):
            yield held
    finally:
        with contextlib.suppress(DigitiseError):
            found, _ = _look(remote)
            if found is not None and found.token == lease.token:
                remove_files(remote, [LEASE_WAY])


def check_lease(remote: Remote, token: str) -> None:
    """Before files are changed. Raises OutputError where another run has taken the place over."""
    found, _ = _look(remote)
    if found is None or found.token != token:
        raise lost_to(remote, found)


def lost_to(remote: Remote, found: Lease | None) -> OutputError:
    by = f"by {found.holder}" if found else "meanwhile"
    reason = f"the place was taken over {by}, because this run could not be heard for {PATIENCE_S:g} s"
    return OutputError(str(remote.address), reason, "Let one of the two end, then run the same command again.")


def is_leased(remote: Remote) -> bool:
    """Whether a run seems to be writing now. For telling only: it goes by the holder's clock."""
    found, _ = _look(remote)
    if found is None:
        return False
    here = _is_alive_here(found)
    return abs(time.time() - found.stamped) < PATIENCE_S if here is None else here


def _take(remote: Remote, lease: Lease) -> None:
    seen: RemoteFile | None = None
    since, pause_s = time.monotonic(), _FIRST_LOOK_S
    while True:
        found, there = _look(remote)
        alive = _is_alive_here(found) if found else None
        if found is not None and (alive or (seen is not None and there is not None and there.state != seen.state)):
            reason = f"another run is writing there: {found.holder}"
            raise OutputError(str(remote.address), reason, "Wait until it has ended, or choose another place with --output.")
        if found is None or alive is False or time.monotonic() - since > PATIENCE_S:
            try:
                put_guarded(remote, LEASE_WAY, _dump(lease._replace(stamped=time.time())), there)
            except ChangedThereError:  # another was quicker
                seen, since = None, time.monotonic()
                time.sleep(pause_s)
                continue
            time.sleep(SETTLE_S)
            now, _ = _look(remote)
            if now is not None and now.token == lease.token:
                return
        seen = seen or there
        time.sleep(pause_s)
        pause_s = min(1.5 * pause_s, 5.0)


def _look(remote: Remote) -> tuple[Lease | None, RemoteFile | None]:
    """The lease that lies there with its object. A damaged one counts as nobody's, but is there."""
    there = look_up(remote, LEASE_WAY)
    data = read_small(remote, LEASE_WAY) if there else None
    if data is None:
        return None, None
    try:
        found = json.loads(data)
        return Lease(str(found["token"]), str(found["holder"]), str(found["process"]), int(found["beat"]), float(found["stamped"])), there
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None, there


def _dump(lease: Lease) -> bytes:
    return json.dumps(lease._asdict()).encode()


def _is_alive_here(lease: Lease) -> bool | None:
    """Whether the holder lives, where that can be seen: on the machine it runs on."""
    machine, _, process = lease.process.rpartition(" ")
    number = process.partition("-")[0]
    ours = _name_process(os.getpid()).rpartition(" ")[0]
    if not machine or machine != ours:
        return None
    return _name_process(int(number)) == lease.process if re.fullmatch("[0-9]{1,10}", number) else None


def _name_process(number: int) -> str:
    """A name that no other process has, on this machine or another, now or later; '' where the system does not tell or it is gone."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        room = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - no path but a name
        state, *others = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        began = others[18]
    except (OSError, ValueError, IndexError):
        return ""
    # one that has ended, and whose parent has not asked how, is still listed
    return "" if state in ("Z", "X") else f"{boot} {room} {number}-{began}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
