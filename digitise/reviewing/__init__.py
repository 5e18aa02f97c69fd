"""Reviewing: an event opened for people to mend what was read, their edits saved as they make them, with undo and conflicts."""

from digitise.reviewing.journal import JournalEntry, Step, list_undoable
from digitise.reviewing.opening import Program, hide_corrections, hide_part
from digitise.reviewing.parts import clip_outline, find_twin
from digitise.reviewing.pictures import (
    BoxReading,
    PictureJob,
    hide_reading,
    make_pictures,
    name_crop,
    name_whole,
    read_box,
    warm_reader,
    whole_size,
)
from digitise.reviewing.session import (
    ChangedSinceError,
    Clash,
    Desktop,
    Done,
    Review,
    find_done,
    open_desktop,
    open_review,
    redo_change,
    save_changes,
    undo_change,
)
from digitise.reviewing.words import NOWHERE, name_word, place_words

__all__ = [
    "NOWHERE",
    "BoxReading",
    "ChangedSinceError",
    "Clash",
    "Desktop",
    "Done",
    "JournalEntry",
    "PictureJob",
    "Program",
    "Review",
    "Step",
    "clip_outline",
    "find_done",
    "find_twin",
    "hide_corrections",
    "hide_part",
    "hide_reading",
    "list_undoable",
    "make_pictures",
    "name_crop",
    "name_whole",
    "name_word",
    "open_desktop",
    "open_review",
    "place_words",
    "read_box",
    "redo_change",
    "save_changes",
    "undo_change",
    "warm_reader",
    "whole_size",
]
