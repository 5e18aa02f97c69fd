"""Whose turn it is: the urgent before the rest, and groups (events) in turn, so that a large one does not keep the small ones waiting.

Turns alone would not do: photos that take a quarter of an hour each would come to hold every process. So the group comes first of which
the fewest are being worked on."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Generic, TypeVar

NOBODY: Mapping[str, int] = {}
Item = TypeVar("Item")


class Turns(Generic[Item]):
    """Waiting items. The lowest priority number comes first; within it the group with the fewest under way, else each in turn; within a
    group who came first."""

    def __init__(self) -> None:
        self._lanes: dict[int, OrderedDict[str, deque[Item]]] = {}

    def put(self, item: Item, *, priority: int, group: str = "") -> None:
        self._lanes.setdefault(priority, OrderedDict()).setdefault(group, deque()).append(item)

    def peek(self, *, below: int | None = None, busy: Mapping[str, int] = NOBODY) -> Item | None:
        """The item whose turn it is; None when nothing waits. below: of those whose priority number is smaller. busy: how many of each
        group are being worked on."""
        priority = self._first(below)
        if priority is None:
            return None
        lane = self._lanes[priority]
        return lane[_choose_group(lane, busy)][0]

    def pop(self, *, below: int | None = None, busy: Mapping[str, int] = NOBODY) -> Item:
        """Take what `peek` shows, and let the next group have its turn. Raises IndexError when nothing waits."""
        priority = self._first(below)
        if priority is None:
            raise IndexError("nothing waits")
        lane = self._lanes[priority]
        group = _choose_group(lane, busy)
        items = lane[group]
        item = items.popleft()
        if items:
            lane.move_to_end(group)
        else:
            del lane[group]
            if not lane:
                del self._lanes[priority]
        return item

    def __len__(self) -> int:
        return sum(len(items) for lane in self._lanes.values() for items in lane.values())

    def _first(self, below: int | None) -> int | None:
        """Priority of the next item; lanes are never empty."""
        first = min(self._lanes, default=None)
        return None if first is None or (below is not None and first >= below) else first


def _choose_group(lane: OrderedDict[str, deque[Item]], busy: Mapping[str, int]) -> str:
    return min(lane, key=lambda group: busy.get(group, 0))
