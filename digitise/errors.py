"""The error tree. Every error says what it is about, why it failed and what to do, and knows its exit code.

All parts go to ``Exception.__init__`` so that an error survives pickling: an error raised in a worker
process that cannot be unpickled would take the whole pool down with it.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import ClassVar

_OBEYED = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")
"""Signs that a terminal obeys, that turn the direction of writing, or that cannot be printed; a new line may stand in a remedy."""


class ExitCode(IntEnum):
    """Exit codes of the command line; documented in docs/errors.md and stable."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    NO_INPUT = 3
    PARTIAL = 4
    DEPENDENCY = 5
    OUTPUT = 6
    ENGINE = 7
    CONFIG = 8
    INTERRUPTED = 130


class DigitiseError(Exception):
    """An error a person can act on.

    subject: the file, setting or program it is about.
    reason:  what went wrong, in plain words.
    remedy:  what the person can do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, subject: str, reason: str, remedy: str) -> None:
        # names of files and keys in them come from strangers, and messages go to terminals and logs
        parts = (subject.replace("\n", " "), reason.replace("\n", " "), remedy)
        super().__init__(*(_OBEYED.sub("\ufffd", part) for part in parts))

    @property
    def subject(self) -> str:
        return str(self.args[0])

    @property
    def reason(self) -> str:
        return str(self.args[1])

    @property
    def remedy(self) -> str:
        return str(self.args[2])

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}. {self.remedy}"


class UsageError(DigitiseError):
    """The command was called in a way that cannot work."""

    exit_code = ExitCode.USAGE


class NoInputError(DigitiseError):
    """There is no usable photo, or the folder does not exist."""

    exit_code = ExitCode.NO_INPUT


class PhotoError(DigitiseError):
    """One photo cannot be used. The pipeline turns it into a Problem and goes on with the others."""

    exit_code = ExitCode.PARTIAL


class DependencyError(DigitiseError):
    """A program, language or library that the chosen settings need is not installed."""

    exit_code = ExitCode.DEPENDENCY


class OutputError(DigitiseError):
    """The output folder cannot be written, or the disk is full."""

    exit_code = ExitCode.OUTPUT


class EngineError(DigitiseError):
    """The text recogniser failed to load or to run."""

    exit_code = ExitCode.ENGINE


class ConfigError(DigitiseError):
    """event.toml, a template or a setting is wrong."""

    exit_code = ExitCode.CONFIG
