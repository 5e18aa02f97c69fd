"""Arranging: notes of all photos become sections, kinds, owners, dates and links between actions and problems.

Written headings come first, meaning second. Nothing is invented: an owner's or a date's words are always the note's own.
"""

from digitise.arranging.arrange import arrange
from digitise.arranging.dates import parse_event_date
from digitise.arranging.duties import find_duties, read_due
from digitise.arranging.overlaps import confirm_overlaps, propose_pairs
from digitise.arranging.sentences import has_network
from digitise.arranging.series import find_shared_themes

__all__ = [
    "arrange",
    "confirm_overlaps",
    "find_duties",
    "find_shared_themes",
    "has_network",
    "parse_event_date",
    "propose_pairs",
    "read_due",
]
