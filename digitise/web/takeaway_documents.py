"""Word documents that people send back: kept aside until they were looked at in a worker, and until somebody said yes.

EventPlace.root/documents/<token>/ holds one upload as it came and what was found in it. Nothing there is ever served.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import ValidationError

from digitise import api
from digitise.model import Frozen
from digitise.store import atomic_write, write_text
from digitise.web.naming import safe_stem, shown_name
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

TOKEN = re.compile(r"[0-9a-f]{24}")
TEMPLATE_MIB = 20.0
"""A house template with a photo on its cover has 2 MB."""
DOCUMENT_MIB = 100.0
"""A report of 60 photos has some 25 MB."""
KEPT_MOST = 4
"""Documents of one event that wait for an answer. The oldest goes when another comes."""
KEPT_S = 24 * 3600.0
MIB = 1 << 20
ZIP_HEAD, OLE_HEAD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""Of a Word document, and of an old one or one with a password, which is told what it is."""

Purpose = Literal["template", "edits"]
Step = Literal["look", "bring"]


class StoredDocument(Frozen):
    """One upload that was kept aside."""

    token: str
    purpose: Purpose
    name: str
    """As the person calls it."""
    file: str
    """Its name on disk."""


class Finding(Frozen):
    """What came of one step: of looking at a document, or of taking over what is in it."""

    error: str = ""
    """The page's text takeaway.document_<error>; '' where nothing is wrong."""
    findings: tuple[api.TemplateFinding, ...] = ()
    outcome: api.ImportOutcome | None = None

    @property
    def may_use(self) -> bool:
        """Of a template: whether reports can be made on it."""
        return not self.error and not any(f.level == "error" for f in self.findings)


class DocumentRefusedError(Exception):
    """An upload that is not taken. Its text is takeaway.document_<text>."""

    def __init__(self, text: str, **values: str) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


def keep_document(place: EventPlace, settings: ServerSettings, purpose: Purpose, name: str, source: BinaryIO) -> StoredDocument:
    """Put an upload aside. Raises DocumentRefusedError for one that is too large or no Word file by its first bytes, OutputError."""
    size = source.seek(0, 2)
    source.seek(0)
    most = min(settings.limits.file_mib, TEMPLATE_MIB if purpose == "template" else DOCUMENT_MIB)
    if size == 0:
        raise DocumentRefusedError("empty")
    if size > most * MIB:
        raise DocumentRefusedError("large", mib=f"{most:.0f}")
    if shutil.disk_usage(settings.data).free - size < settings.limits.free_mib * MIB:
        raise DocumentRefusedError("disk_full")
    head = source.read(4)
    source.seek(0)
    if head not in (ZIP_HEAD, OLE_HEAD):
        raise DocumentRefusedError("not_word")
    _make_room(place)
    token = secrets.token_hex(12)
    stored = StoredDocument(token=token, purpose=purpose, name=shown_name(name), file=f"{safe_stem(shown_name(name))}.docx")
    folder = folder_of(place, token)
    folder.mkdir(parents=True)
    with atomic_write(folder / stored.file) as part, part.open("wb") as target:
        shutil.copyfileobj(source, target)
    write_text(folder / "document.json", stored.model_dump_json())
    return stored


def find_document(place: EventPlace, token: str, purpose: Purpose) -> StoredDocument | None:
    """An upload that waits for an answer."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        stored = StoredDocument.model_validate_json((folder_of(place, token) / "document.json").read_bytes())
    except (OSError, ValidationError):
        return None
    return stored if stored.purpose == purpose else None


def path_of(place: EventPlace, stored: StoredDocument, *, apart: bool = False) -> Path:
    """Where it lies. apart: under a name of its own, so that what earlier uploads of its name brought is kept beside it."""
    path = folder_of(place, stored.token) / stored.file
    if not apart:
        return path
    own = path.with_name(f"{path.stem} {stored.token[:8]}.docx")
    if not own.exists():
        with atomic_write(own) as part:
            shutil.copyfile(path, part)
    return own


def load_finding(place: EventPlace, token: str, step: Step) -> Finding | None:
    """What came of a step; None where it was not taken, or did not end."""
    with contextlib.suppress(OSError, ValidationError):
        return Finding.model_validate_json((folder_of(place, token) / f"{step}.json").read_bytes())
    return None


def save_finding(place: EventPlace, token: str, step: Step, finding: Finding) -> None:
    """Keep what came of a step. An upload that is gone meanwhile stays gone."""
    if folder_of(place, token).is_dir():
        write_text(folder_of(place, token) / f"{step}.json", finding.model_dump_json())


def drop_finding(place: EventPlace, token: str, step: Step) -> None:
    """Forget what came of a step, so that it can be tried again."""
    (folder_of(place, token) / f"{step}.json").unlink(missing_ok=True)


def drop_document(place: EventPlace, token: str) -> None:
    """Forget an upload."""
    shutil.rmtree(folder_of(place, token), ignore_errors=True)


def drop_content(place: EventPlace, token: str) -> None:
    """Forget the document itself; what came of it can still be looked at."""
    for path in folder_of(place, token).glob("*.docx"):
        path.unlink(missing_ok=True)


def folder_of(place: EventPlace, token: str) -> Path:
    return place.root / "documents" / token


def _make_room(place: EventPlace) -> None:
    def came(folder: Path) -> float:
        try:
            return folder.stat().st_mtime
        except OSError:
            return 0.0

    folders = sorted((f for f in (place.root / "documents").glob("*") if TOKEN.fullmatch(f.name)), key=came, reverse=True)
    for k, folder in enumerate(folders):
        if k >= KEPT_MOST - 1 or came(folder) < time.time() - KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


_ERRORS: tuple[tuple[str, str], ...] = (
    ("another event", "other_event"),
    ("is no report of digitise", "not_ours"),
    ("no report has been written", "unknown"),
    ("is not known any more", "unknown"),
    ("macros", "macros"),
    ("from elsewhere", "fetches"),
    ("embedded object", "embeds"),
    ("old Word document", "old"),
    ("too large when unpacked", "bomb"),
    ("too many parts", "bomb"),
    ("not a Word document", "not_word"),
    ("damaged", "damaged"),
    ("document type definition", "damaged"),
    ("without text", "damaged"),
    ("process that did it ended", "took_too_long"),
)
"""Part of the program's own reason -> the page's text, which is there in both languages."""


def explain_error(error: BaseException) -> Finding:
    """An error of a step in words of ours: the program's own are for the command line, and name folders of the server."""
    return Finding(error=_name_error(str(getattr(error, "reason", ""))))


def make_finding(findings: tuple[api.TemplateFinding, ...]) -> Finding:
    """What was found in a template; one that is no Word file at all is an error like that of any document."""
    broken = next((f for f in findings if f.subject == "file" and f.level == "error"), None)
    return Finding(error=_name_error(broken.detail)) if broken is not None else Finding(findings=findings)


def _name_error(reason: str) -> str:
    return next((text for part, text in _ERRORS if part in reason), "other")
