"""The log file of a batch: a line for each thing that happened, for whoever comes back in the morning."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from digitise.batch.model import News
from digitise.intake.sniffing import show_name
from digitise.store import output_error

Log = Callable[[str], None]


@contextlib.contextmanager
def open_log(path: Path) -> Iterator[Log]:
    """Lines are added to what is there, and what is in them ends no line and moves no cursor. A disk that fills up later costs lines, not
    the run. Raises OutputError."""
    try:
        stream = path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as e:
        raise output_error(path, e) from e

    def write(text: str) -> None:
        with contextlib.suppress(OSError):
            moment = datetime.now().astimezone().isoformat(timespec="seconds")
            stream.write(f"{moment}  {show_name(' '.join(text.split()))}\n")
            stream.flush()

    try:
        yield write
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
        counts = f"{s.events} events, {s.photos} photos: {s.read} read, {s.reused} known before, {s.failed} failed"
        return f"{'begins' if news.what == 'plan' else s.state}  {counts}; {s.seconds:g} s"
    return f"{news.outcome or news.what}  {subject}"
