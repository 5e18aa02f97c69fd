"""An event while a batch works on it, and the tasks that are under way for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

from digitise.batch.model import Spot
from digitise.batch.planning import PlannedEvent
from digitise.batch.tasks import Piece, SpotSurvey
from digitise.model import Problem

Kind = Literal["survey", "read", "ask", "assemble", "renew"]
"""ask: the second reader, about what another machine has read. renew: an event's files say already what they should."""


@dataclasses.dataclass(eq=False)
class OpenEvent:
    """An event that is open."""

    planned: PlannedEvent
    output: Path
    survey: SpotSurvey | None = None
    left: int = 0
    """Photos that are not done."""
    seconds: float = 0.0
    failed: dict[str, Problem] = dataclasses.field(default_factory=dict)
    given_up: bool = False

    @property
    def spot(self) -> Spot:
        return self.planned.spot


@dataclasses.dataclass(eq=False)
class Task:
    kind: Kind
    event: OpenEvent
    piece: Piece | None = None
