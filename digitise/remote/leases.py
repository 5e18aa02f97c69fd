"""One run at a time on an address: an object that names its holder and is written anew every few seconds while the holder lives.

Object stores have no locks. Who finds the object unchanged for longer than its holder would ever leave it takes the place over; no
clocks are compared. Where the store writes conditionally (S3), two runs that try at the same moment cannot both succeed; elsewhere each
looks again after a pause. What that does not guarantee stands in docs/addresses.md.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
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
"""Where the store cannot write conditionally: two that wrote at the same moment both look again after this."""
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
        self.end = threading.Event()

    def beat(self) -> None:
        """Write the lease anew, if it is still ours. A network that fails is met again by the next beat."""
        try:
            found, there = _look(self.remote)
            if found is None or found.token != self.lease.token:
                self.lost = True
                return
            self.lease = self.lease._replace(beat=self.lease.beat + 1, stamped=time.time())
            put_guarded(self.remote, LEASE_WAY, _dump(self.lease), there)
        except ChangedThereError:
            self.lost = True
        except DigitiseError:
            return


@contextlib.contextmanager
def hold_lease(remote: Remote, *, also: Callable[[], None] = lambda: None) -> Iterator[HeldLease]:
    """Hold an address for one run. also: done with each beat, in the thread that writes the lease.

    Raises OutputError where another run holds it, or where it cannot be written.
    """
    lease = Lease(secrets.token_hex(8), f"{_user()}@{socket.gethostname()}, process {os.getpid()}", _name_process(os.getpid()))
    _take(remote, lease)
    held = HeldLease(remote, lease)

    def keep() -> None:
        while not held.end.wait(BEAT_S):
            held.beat()
            if held.lost:
                return
            with contextlib.suppress(DigitiseError):
                also()

    thread = threading.Thread(target=keep, name="lease", daemon=True)
    thread.start()
    try:
        yield held
    finally:
        held.end.set()
        thread.join(timeout=BEAT_S)
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
            if not remote.is_conditional:
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
    except (ValueError, KeyError, TypeError):
        return None, there


def _dump(lease: Lease) -> bytes:
    return json.dumps(lease._asdict()).encode()


def _is_alive_here(lease: Lease) -> bool | None:
    """Whether the holder lives, where that can be seen: on the machine it runs on."""
    machine, _, process = lease.process.rpartition(" ")
    ours = _name_process(os.getpid()).rpartition(" ")[0]
    if not machine or machine != ours:
        return None
    return _name_process(int(process.partition("-")[0])) == lease.process if process.partition("-")[0].isdigit() else None


def _name_process(number: int) -> str:
    """A name that no other process has, on this machine or another, now or later; '' where the system does not tell or it is gone."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        room = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - no path but a name
        began = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{boot} {room} {number}-{began}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
