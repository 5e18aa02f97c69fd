"""The round of a photo by the time it was taken, where neither its sheets nor event.toml name it.

Sheets of one round are photographed together, at its end or in the break after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from digitise.arranging.headings import parse_heading
from digitise.config import Config, Round
from digitise.model import Photo

LEAST_BREAK = timedelta(minutes=5)
CLEAR_BREAK = 2.0
"""Between rounds at least this many times as long as the longest time between two photos of one round."""
MOST_BETWEEN = timedelta(minutes=20)
"""A photo further than this from both its neighbours in time may belong to neither's round."""


def find_rounds_by_time(photos: Sequence[Photo], told: Mapping[str, str], config: Config) -> dict[str, str]:
    """Photo id -> round. told: rounds of the photos whose sheets, or event.toml, name one; they are not in the result.

    In this order: the times that event.toml gives; a photo taken between two of the same round; and where event.toml names the rounds
    only, as many groups of photos as it names, if clear breaks part them.
    """
    timed = sorted(((p.taken, p.id) for p in photos if p.taken is not None), key=lambda t: (t[0], t[1]))
    found = {i: name for taken, i in timed if i not in told and (name := _find_scheduled(taken, config.rounds))}
    known = dict(told) | found
    for k, (taken, i) in enumerate(timed):
        before = next((t for t in reversed(timed[:k]) if t[1] in known), None)
        after = next((t for t in timed[k + 1 :] if t[1] in known), None)
        if i in known or before is None or after is None or known[before[1]] != known[after[1]]:
            continue
        if min(taken - before[0], after[0] - taken) <= MOST_BETWEEN:
            found[i] = known[before[1]]
    names = [name_round(r) for r in config.rounds if not parse_heading(r.name).table]
    plain = not any(r.photos or r.starts for r in config.rounds)
    return found or (dict(_split_at_breaks(timed, names)) if plain and not told else {})


def name_round(entry: Round) -> str:
    """'Round 2' of 'Round two: what could be?', else the name as it stands."""
    return parse_heading(entry.name).round or entry.name


def _find_scheduled(taken: datetime, rounds: Sequence[Round]) -> str | None:
    """The round in whose time a photo was taken; one without an end lasts until the next one's start."""
    timed = sorted((r for r in rounds if r.starts is not None), key=lambda r: r.starts or time.min)
    for entry, following in zip(timed, (*timed[1:], None)[: len(timed)], strict=True):
        ends = entry.ends or (following.starts if following else None)
        if entry.starts is not None and entry.starts <= taken.time() and (ends is None or taken.time() < ends):
            return name_round(entry)
    return None


def _split_at_breaks(timed: Sequence[tuple[datetime, str]], names: Sequence[str]) -> list[tuple[str, str]]:
    if len(names) < 2 or len(timed) < len(names):
        return []
    gaps = [b[0] - a[0] for a, b in pairwise(timed)]
    longest = sorted(gaps, reverse=True)
    breaks, within = longest[: len(names) - 1], longest[len(names) - 1 :]
    if breaks[-1] < LEAST_BREAK or (within and breaks[-1] < CLEAR_BREAK * within[0]):
        return []
    place, result = 0, [(timed[0][1], names[0])]
    for gap, (_, i) in zip(gaps, timed[1:], strict=True):
        place += gap >= breaks[-1]
        result.append((i, names[place]))
    return result
