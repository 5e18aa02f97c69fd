"""Finding and recognising writing: engines, decoding, words that need checking."""

from digitise.reading.engine import CloseReader, OcrEngine, check_recogniser, make_engine, recogniser_stamp
from digitise.reading.event_words import mend_from_event
from digitise.reading.glancing import Edge, QuickLook, look_quickly
from digitise.reading.languages import forgotten_language
from digitise.reading.networks import Networks
from digitise.reading.second_reader import (
    SecondReaderClient,
    check_second_reader,
    explain_failure,
    is_failure,
    notes_to_ask,
    warn_of_distance,
)

__all__ = [
    "CloseReader",
    "Edge",
    "Networks",
    "OcrEngine",
    "QuickLook",
    "SecondReaderClient",
    "check_recogniser",
    "check_second_reader",
    "explain_failure",
    "forgotten_language",
    "is_failure",
    "look_quickly",
    "make_engine",
    "mend_from_event",
    "notes_to_ask",
    "recogniser_stamp",
    "warn_of_distance",
]
