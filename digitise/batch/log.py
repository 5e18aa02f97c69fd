"""The log file of a batch: a line for each thing that happened, for whoever comes back in the morning."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

from digitise.batch.model import News, What
from digitise.counts import count_of
from digitise.intake.sniffing import show_name
from digitise.store import output_error

Tell = Callable[[News], None]


@contextlib.contextmanager
def open_log(path: Path, *tells: Tell, leave_out: Collection[What]) -> Iterator[Tell]:
    """What to call for everything that happens: it gets a line, but for what is left out, then all of `tells` hear of it.

    Lines are added to what is there, and what is in them ends no line and moves no cursor. A disk that fills up later costs lines, not
    the run. Raises OutputError.
    """
    try:
        stream = path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as e:
        raise output_error(path, e) from e

    def told(news: News) -> None:
        if news.what not in leave_out:
            with contextlib.suppress(OSError):
                moment = datetime.now().astimezone().isoformat(timespec="seconds")
                stream.write(f"{moment}  {show_name(' '.join(describe_news(news).split()))}\n")
                stream.flush()
        for tell in tells:
            tell(news)

    try:
        yield told
    finally:
        with contextlib.suppress(OSError):
            stream.close()


def describe_news(news: News) -> str:
    """One thing that happened, as a line."""
    subject = ": ".join(part for part in (news.event, news.file) if part)
    if news.trouble is not None:
        trouble = news.trouble
        place = ": ".join(part for part in (trouble.event, trouble.file) if part)
        return f"FAILED  {place}: {trouble.reason}. {trouble.remedy}"
    if news.what in ("plan", "end") and news.standing is not None:
        s = news.standing
        counts = f"{count_of(s.events, 'event')}, {count_of(s.photos, 'photo')}: {s.read} read, {s.reused} known before, {s.failed} failed"
        return f"{'begins' if news.what == 'plan' else s.state}  {counts}; {s.seconds:g} s"
    return f"{news.word or news.what}  {subject}"
