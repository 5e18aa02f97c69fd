"""Intake: finds an event's photos, decodes each once under limits, notes its quality and its near copies."""

from digitise.intake.decoding import decode, photo_id, read_encoded
from digitise.intake.finding import find_among, find_sources
from digitise.intake.likeness import are_alike, mark_similar
from digitise.intake.opening import mute_pillow
from digitise.intake.quality import assess_quality, letter_warning, shrink

__all__ = [
    "are_alike",
    "assess_quality",
    "decode",
    "find_among",
    "find_sources",
    "letter_warning",
    "mark_similar",
    "mute_pillow",
    "photo_id",
    "read_encoded",
    "shrink",
]
