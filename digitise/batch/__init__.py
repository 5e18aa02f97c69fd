"""Archives: many events at once, unattended. docs/archives.md tells how it behaves."""

from digitise.batch.model import Archive, BatchOutcome, By, Grouping, News, Spot, Standing, Trouble
from digitise.batch.places import find_standing
from digitise.batch.planning import BatchChoices, BatchPlan, PlannedEvent
from digitise.batch.pruning import Leftover, prune_batch
from digitise.batch.running import plan_batch, run_batch
from digitise.batch.watching import watch_inbox

__all__ = [
    "Archive",
    "BatchChoices",
    "BatchOutcome",
    "BatchPlan",
    "By",
    "Grouping",
    "Leftover",
    "News",
    "PlannedEvent",
    "Spot",
    "Standing",
    "Trouble",
    "find_standing",
    "plan_batch",
    "prune_batch",
    "run_batch",
    "watch_inbox",
]
