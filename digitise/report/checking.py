"""`digitise check report.docx`: what keeps people from reading a Word document, and how to mend it. The document is only read.

After WCAG 2.2 level AA as it goes for documents, and the rules of design for our own reports. It sees what a program can see: whether an
alternative text is true, or a heading says what stands below it, only a person can tell (docs/accessibility.md lists that).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from digitise.report.checking_finding import CheckName, DocumentCheck, Finding
from digitise.report.checking_looks import check_contrast, check_sizes
from digitise.report.checking_objects import check_pictures, check_tables
from digitise.report.checking_parts import Doc, Place, open_doc, walk
from digitise.report.checking_text import check_gaps, check_headings, check_languages, check_links, check_lists, check_title

Check = Callable[[Doc, Sequence[Place]], Iterator[Finding]]
CHECKS: dict[CheckName, Check] = {
    "headings": check_headings,
    "title": check_title,
    "language": check_languages,
    "pictures": check_pictures,
    "tables": check_tables,
    "contrast": check_contrast,
    "text size": check_sizes,
    "lists": check_lists,
    "links": check_links,
    "spacing": check_gaps,
}


def check_document(path: Path) -> DocumentCheck:
    """Everything that is looked at, in one order. Raises NoInputError or UsageError where `path` is no Word document."""
    doc = open_doc(path)
    places = list(walk(doc))
    found = {name: list(check(doc, places)) for name, check in CHECKS.items()}
    return DocumentCheck(
        file=str(path),
        findings=tuple(finding for findings in found.values() for finding in findings),
        passed=tuple(name for name, findings in found.items() if not findings),
    )
