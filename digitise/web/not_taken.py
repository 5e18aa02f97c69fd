"""Why something that a visitor sent is not taken: by name of its text, because only the page knows the visitor's language."""

from __future__ import annotations

from digitise.web.wording import say


class NotTakenError(Exception):
    """Something is not taken. Its words are uploads.no_<reason> (what is wrong) and uploads.do_<reason> (what to do)."""

    def __init__(self, reason: str, *, status: int, n: int | None = None, **values: str) -> None:
        super().__init__(reason, status, n, values)
        self.reason = reason
        self.status = status
        self.n = n
        self.values = values

    def error(self, language: str) -> str:
        """What is wrong, in a sentence."""
        return say(language, f"uploads.no_{self.reason}", n=self.n, **self.values)

    def remedy(self, language: str) -> str:
        """What to do about it."""
        return say(language, f"uploads.do_{self.reason}", n=self.n, **self.values)
