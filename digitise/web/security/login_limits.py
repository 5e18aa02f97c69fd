"""How often somebody may try passwords: per address, and all addresses together."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict, deque

WITHIN_S = 300.0
MOST_PER_ADDRESS = 5
MOST_IN_ALL = 60
"""Of many addresses at once. At this pace a password of three random words lasts for millions of years."""
MOST_KNOWN = 1000
"""Addresses from which somebody signed in since the server started: the bar for all together does not hold for them, so that strangers who
fill it do not keep the organisers out."""
MOST_ADDRESSES = 10_000
"""Remembered; the longest unseen is forgotten first."""
HERE = "this computer"
NETWORK_BITS = 64
"""Of an IPv6 address: one household has all addresses that begin so."""


class LoginLimits:
    """Tries of the last minutes. A try counts when it begins, so that many at once are no way round."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()
        self._known: OrderedDict[str, None] = OrderedDict()

    def take(self, address: str, *, now: float | None = None) -> float:
        """Count one try. Gives 0, or the seconds to wait; a refused try does not count."""
        at = time.monotonic() if now is None else now
        key = group_address(address)
        with self._lock:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while len(self._tries) > MOST_ADDRESSES:
                self._tries.popitem(last=False)
            alone, together = _wait(tries, MOST_PER_ADDRESS, at), _wait(self._all, MOST_IN_ALL, at)
            wait = alone if key in self._known or key == HERE else max(alone, together)
            if wait > 0:
                return wait
            tries.append(at)
            self._all.append(at)
            return 0.0

    def forgive(self, address: str) -> None:
        """The password was right: what this address tried before is forgotten, and it is known from now on."""
        key = group_address(address)
        with self._lock:
            self._known[key] = None
            self._known.move_to_end(key)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            tries = self._tries.pop(key, None)
            for at in tries or ():
                if at in self._all:
                    self._all.remove(at)


def group_address(address: str) -> str:
    """What counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_loopback:
        return HERE  # a program on this computer may come from 16 million addresses
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, NETWORK_BITS), strict=False))


def _wait(tries: deque[float], most: int, now: float) -> float:
    """Seconds until one more is allowed; forgets what is too long ago."""
    while tries and tries[0] <= now - WITHIN_S:
        tries.popleft()
    return tries[0] + WITHIN_S - now if len(tries) >= most else 0.0
