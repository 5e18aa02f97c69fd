"""What the accessibility check found: what is wrong, where, why it matters and how to mend it in Word."""

from __future__ import annotations

from typing import Literal

from digitise.model import Frozen

CheckName = Literal["headings", "title", "language", "pictures", "tables", "contrast", "text size", "lists", "links", "spacing"]
Level = Literal["error", "warn"]

WHY: dict[CheckName, tuple[str, str]] = {
    "headings": (
        "People who hear a document, or use only the keys, find their way by its headings; a level left out sounds like a part left out.",
        "Give it the right style under Home, Styles (Heading 1, then 2, then 3), and delete empty ones.",
    ),
    "title": (
        "Screen readers and the window of a PDF say the title instead of the file's name.",
        "File, Info, Properties: fill in Title. Give the document's first line the style Title.",
    ),
    "language": (
        "A screen reader pronounces words, and Word spells them, by the language that they are marked with.",
        "Select the words; Review, Language, Set Proofing Language.",
    ),
    "pictures": (
        "Who cannot see a picture hears its alternative text, and may not come across a floating one at all.",
        "Right-click the picture: View Alt Text, and say what it shows; Wrap Text, In Line with Text.",
    ),
    "tables": (
        "A screen reader says the head of the column with each cell, where the table says which row is the head.",
        "Click the first row; Table Design: Header Row; Layout: Repeat Header Rows. Fill in empty heads, and undo merged cells.",
    ),
    "contrast": (
        "Pale letters cannot be read by people with weak sight, nor by anybody in the sun: WCAG 2.2 asks for 4.5:1, or 3:1 for large ones.",
        "Right-click the style under Home, Styles: Modify, and choose a darker colour, or a lighter ground.",
    ),
    "text size": (
        "Public bodies ask for text of at least 12 pt, left aligned; small print shuts people out.",
        "Right-click the style under Home, Styles: Modify, and set 12 pt (tables and captions: at least 10 pt), aligned left.",
    ),
    "lists": (
        "A screen reader says how many points a real list has; typed marks are read out as signs.",
        "Select the points; Home, Bullets or Numbering; then delete the typed marks.",
    ),
    "links": (
        "Screen readers list links by their words; 'here' leads nobody anywhere, and a broken one less.",
        "Right-click the link: Edit Hyperlink. Say in its text, or under ScreenTip, where it leads.",
    ),
    "spacing": (
        "A screen reader says 'blank' at each empty paragraph, and the page breaks elsewhere on another computer.",
        "Delete it, and set the space before or after under Home, Paragraph; for a new page: Page Break Before.",
    ),
}
"""Why each check matters, and how Word mends what it finds."""


class Finding(Frozen):
    level: Level
    check: CheckName
    what: str
    where: str
    """The headings above it; '' for the document as a whole, or what stands before the first heading."""
    why: str
    remedy: str

    @classmethod
    def make(cls, check: CheckName, what: str, where: str, *, warn: bool = False) -> Finding:
        why, remedy = WHY[check]
        return cls(level="warn" if warn else "error", check=check, what=what, where=where, why=why, remedy=remedy)


class DocumentCheck(Frozen):
    """All that was looked at in one document."""

    file: str
    findings: tuple[Finding, ...]
    passed: tuple[CheckName, ...]
    """Checks that found nothing."""

    @property
    def ok(self) -> bool:
        """Warnings alone do not make a document fail."""
        return not any(f.level == "error" for f in self.findings)
