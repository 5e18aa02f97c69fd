"""Asks the second reader about a photo's doubtful notes, if the person has one; see docs/second-reader.md.

It stands behind layout, because it is asked note by note; what its answers are worth is weighed in weighing.py.
"""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitise import config
from digitise.crops import cut_note, needs_crop
from digitise.model import Note, Problem
from digitise.reading.chat import (
    EmptyAnswerError,
    ServerError,
    ServerOutOfOrderError,
    is_on_this_machine,
    list_models,
    transcribe,
)
from digitise.reading.support import InkWitness
from digitise.reading.weighing import Weigh, offer_reading

RgbArray = npt.NDArray[np.uint8]

JPEG_QUALITY = 90
"""A crop of 900 px takes about 100 KiB; below 80 thin pens begin to fray."""
MOST_FAILURES = 2
"""After so many failures in a row, empty answers left out of the count, the server is not asked again in this run ..."""
MOST_EMPTY = 8
"""... nor after so many questions in a row without any words, for whatever reason: its model does not see pictures ..."""
MOST_FAILURES_OF_RUN = 12
"""... nor after so many failures in all: each may have cost a whole timeout_s."""
MOST_LISTED = 8
"""Models that a message names."""
NAME = "the second reader"


class Answers(NamedTuple):
    """Notes after the second reader was asked about some, and what is to be told."""

    notes: tuple[Note, ...]
    failure: ServerError | None
    """Why a question stayed without an answer; None when all were answered."""


class SecondReaderClient:
    """One process's line to the server for one run. It remembers that the server is out of order, so that nobody waits for it again."""

    def __init__(self, settings: config.SecondReader) -> None:
        self.settings = settings
        self._failures = 0
        """In a row, empty answers left out."""
        self._wordless = 0
        """Questions in a row without an answer, empty ones among them."""
        self._failures_of_run = 0
        self._given_up: ServerError | None = None

    def read_notes(self, rgb: RgbArray, notes: Sequence[Note], engine: object) -> Answers:
        """Ask about the notes that still want an answer. Never raises for what the server does.

        rgb: (H, W, 3) uint8, the photo. engine: the one that read it; where it is an InkWitness, answers are weighed against the ink.
        """

        def weigh_ink(witness: InkWitness) -> Weigh:
            return lambda quad, texts: witness.support(rgb, quad, texts)

        weigh = weigh_ink(engine) if isinstance(engine, InkWitness) else None
        answered: dict[str, Note] = {}
        failure: ServerError | None = None
        for note in notes_to_ask(notes, self.settings):
            try:
                answer = self._transcribe(encode_jpeg(cut_note(rgb, note)))
            except ServerError as e:
                failure = failure or e
                continue
            answered[note.id] = offer_reading(note, answer, reader=self.settings.model, weigh=weigh)
        return Answers(tuple(answered.get(note.id, note) for note in notes), failure)

    def _transcribe(self, jpeg: bytes) -> str:
        if self._given_up is not None:
            raise self._given_up
        try:
            answer = transcribe(self.settings, jpeg)
        except ServerError as e:
            self._wordless += 1
            if not isinstance(e, EmptyAnswerError):
                self._failures += 1
                self._failures_of_run += 1
            tried_enough = self._failures >= MOST_FAILURES or self._wordless >= MOST_EMPTY or self._failures_of_run >= MOST_FAILURES_OF_RUN
            if tried_enough or isinstance(e, ServerOutOfOrderError):
                self._given_up = e
            raise
        self._failures = self._wordless = 0
        return answer


def notes_to_ask(notes: Sequence[Note], settings: config.SecondReader | None) -> list[Note]:
    """The doubtful notes that have no answer yet, the least legible first, as many as the settings allow on one photo."""
    if settings is None:
        return []
    left = settings.most_notes - sum(note.second_reading is not None for note in notes)
    waiting = [note for note in notes if needs_crop(note) and note.second_reading is None]
    return sorted(waiting, key=lambda note: (note.confidence, note.order))[: max(0, left)]


def encode_jpeg(rgb: RgbArray) -> bytes:
    """A picture (H, W, 3) uint8 as a JPEG without any metadata."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def check_second_reader(settings: config.SecondReader) -> str:
    """What the server says of itself, in words. Raises ServerError where it does not answer or does not list the model."""
    known = list_models(settings)
    if settings.model not in known and f"{settings.model}:latest" not in known:  # Ollama leaves its usual tag out in questions only
        there = ", ".join(known[:MOST_LISTED]) + (", …" if len(known) > MOST_LISTED else "") or "none"
        raise ServerError(settings.url, f"answers, but does not list the model '{settings.model}'", f"It lists: {there}.")
    place = "; on this machine" if is_on_this_machine(settings.url) else ""  # warn_of_distance says the contrary
    return f"{settings.url} answers and lists '{settings.model}'{place}"


def explain_failure(failure: ServerError, file: str) -> Problem:
    """What the person is told of one photo's notes that were not answered."""
    reason = f"{NAME} ({failure.subject}) {failure.reason}"
    return Problem(file=file, reason=reason, remedy=failure.remedy, severity="warning", about="second reader")


def is_failure(problem: Problem) -> bool:
    """Whether a problem is one of the second reader's, which the next run may mend."""
    return problem.about == "second reader"


def warn_of_distance(settings: config.SecondReader | None) -> list[Problem]:
    """A plain warning where pictures of notes leave this machine."""
    if settings is None or is_on_this_machine(settings.url):
        return []
    address = urllib.parse.urlsplit(settings.url)
    reason = f"pictures of doubtful notes leave this machine: they are sent to {address.hostname}"
    if address.scheme == "http":
        reason += ", unencrypted"
    remedy = "If they must stay here, run the second reader on this machine (127.0.0.1), or set second_reader = false under [reading]."
    return [Problem(file=NAME, reason=reason, remedy=remedy, severity="warning", about="distance")]
