"""The review of events for one server: views, edits, undo. All of it may block: call it from plain `def` routes."""

from __future__ import annotations

from digitise.web.desk import Desk
from digitise.web.review_model import EditsAsked, ReviewView, Saved, StepAsked
from digitise.web.shelf import EventPlace


class Reviews:
    """`site.reviews`: the opened events of one server, kept in memory as long as nothing changes on disk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def view(self, place: EventPlace, client: str) -> ReviewView:
        """The event as it is now, for one person (can_undo and `others` are theirs). ready=False where nothing is read yet."""
        raise NotImplementedError

    def edit(self, place: EventPlace, asked: EditsAsked) -> Saved:
        """Save changes. Raises ReviewConflict (409) and UsageError (422); then nothing is saved."""
        raise NotImplementedError

    def undo(self, place: EventPlace, asked: StepAsked) -> Saved:
        """Take the client's last step back. Raises ReviewConflict where somebody changed the same since, UsageError where there is none."""
        raise NotImplementedError

    def redo(self, place: EventPlace, asked: StepAsked) -> Saved:
        """Do again what the client undid last. Raises as undo does."""
        raise NotImplementedError

    def revision(self, place: EventPlace) -> int:
        """The present revision."""
        raise NotImplementedError
