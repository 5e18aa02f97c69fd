"""What the report page shows: how new the files are, what is in the report, what can be taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from digitise.api import ImportOutcome
from digitise.errors import ConfigError
from digitise.model import Accounting, Event, Problem
from digitise.store import hash_parts
from digitise.web.desk import Progress
from digitise.web.review_model import ReviewView
from digitise.web.review_telling import tell_edit
from digitise.web.shelf import EventPlace
from digitise.web.site import Site
from digitise.web.takeaway_files import Offer, list_kinds, list_offers
from digitise.web.takeaway_jobs import Jobs
from digitise.web.wording import say

Mode = Literal["nothing", "writing", "failed", "stale", "ready"]
"""nothing: nothing was read yet. stale: photos, settings or corrections are newer than the files, or there are none."""
MOST_PROBLEMS = 8
"""Shown at once; the others can be unfolded."""


class Contents(NamedTuple):
    """What is in the report, as it would be written now."""

    sections: int
    accounting: Accounting
    words: int
    """Words left to check."""
    checks: int
    """Changes of people that could not be taken over, or whose note is gone."""
    actions: int
    problems: tuple[Problem, ...]


class ToldImport(NamedTuple):
    """What was found in an edited report, in the visitor's language."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    """What an earlier document of its name brought, and this one has no more."""
    lost: tuple[str, ...] = ()


def tell_import(outcome: ImportOutcome | None, language: str) -> ToldImport:
    """None: nothing is known of it yet."""
    if outcome is None:
        return ToldImport()
    return ToldImport(
        tuple(tell_edit(edit, outcome.texts, language) for edit in outcome.new),
        tuple(tell_edit(edit, outcome.texts, language) for edit in outcome.gone),
        tuple(say(language, "takeaway.beside", what=u.yours, where=u.where) if u.where else u.yours for u in outcome.lost),
    )


class TakeawayView(NamedTuple):
    """One state of the page."""

    mode: Mode
    main: list[Offer]
    others: list[Offer]
    made: datetime | None
    """When the newest file was written, local time."""
    progress: Progress
    why: str
    """Of 'failed', and of settings that cannot be read: English."""
    contents: Contents | None
    wanted: str
    """Kind of the file that a person asked for; '' for none, or none that is offered."""
    stamp: str
    """Changes with what the page shows."""

    @property
    def moves(self) -> bool:
        """Whether the page will be another one soon, without anybody's doing."""
        return self.mode == "writing" or self.progress.state in ("reading", "arranging")

    @property
    def shows_older(self) -> bool:
        """Whether files that are older than the corrections are offered as they are: where newer ones may take long."""
        return self.mode == "failed" or (self.mode in ("stale", "writing") and self.progress.state == "reading")


def view_takeaway(site: Site, jobs: Jobs, place: EventPlace, *, wanted: str) -> TakeawayView:
    """The page as it is now."""
    progress = site.desk.progress(place)
    event: Event | None = None
    contents: Contents | None = None
    why = ""
    try:
        event = site.reviews.latest(place).event
        contents = _count(site.reviews.view(place, "nobody"))
    except ConfigError as e:
        why = f"{e.reason[:1].upper()}{e.reason[1:]}. {e.remedy}"
    offers = list_offers(place, event)
    made = max((offer.made for offer in offers), default=None)
    mode, told = _find_mode(site, jobs, place, progress, has_files=bool(offers), has_event=event is not None)
    main, others = list_kinds(offers)
    offered = {offer.kind.kind for offer in offers} if mode != "nothing" else set()
    state = (mode, str(made), why or told, wanted, progress.state, str(progress.read), str(progress.total), repr(contents))
    return TakeawayView(
        mode=mode,
        main=main,
        others=others,
        made=made.astimezone() if made is not None else None,
        progress=progress,
        why=why or told,
        contents=contents,
        wanted=wanted if wanted in offered or (wanted == "report" and not offers) else "",
        stamp=hash_parts(*state),
    )


def is_current(site: Site, place: EventPlace) -> bool:
    """Whether the files may be handed out as they are: they are new, or nothing newer can be made here."""
    return site.settings.read_only or site.desk.is_written(place)


def _find_mode(site: Site, jobs: Jobs, place: EventPlace, progress: Progress, *, has_files: bool, has_event: bool) -> tuple[Mode, str]:
    writing = jobs.writing(place)
    if has_files and is_current(site, place):
        return "ready", ""
    if site.settings.read_only or not (has_files or has_event):
        return "nothing", ""
    if writing.state == "running" or progress.state == "arranging":
        return "writing", ""
    if writing.state == "failed":
        return "failed", writing.why
    return "stale", ""


def _count(view: ReviewView) -> Contents | None:
    if not view.ready:
        return None
    problems = tuple(sorted(view.problems, key=lambda p: p.severity != "error"))
    return Contents(len(view.sections), view.accounting, len(view.doubts), len(view.to_check), len(view.actions), problems)


def say_size(size: int) -> str:
    """Bytes in words for people."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"
