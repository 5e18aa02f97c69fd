"""Reviewing: an event opened for people to mend what was read, their edits saved as they make them, with undo and conflicts."""
