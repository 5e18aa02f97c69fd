"""Stickies, headings, bullets and reading order: lines become notes."""

from digitise.layout.notes import make_notes
from digitise.layout.stickies import Sticky, find_stickies

__all__ = ["Sticky", "find_stickies", "make_notes"]
