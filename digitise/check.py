"""What the program needs, looked at before the work begins: recognisers, languages, template, output folder, disk."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from digitise import __version__
from digitise.arranging import has_network
from digitise.config import Config
from digitise.errors import DependencyError, DigitiseError, ExitCode
from digitise.model import Frozen, Problem
from digitise.places import settings_file
from digitise.privacy import FaceNetwork
from digitise.reading import check_recogniser, check_second_reader, make_engine, warn_of_distance
from digitise.report import check_template
from digitise.store import check_room

TESSERACT_LANGUAGES = {"en": "eng", "cy": "cym"}
"""Our language codes and Tesseract's names for them."""
TIMEOUT_S = 20
"""Programs that only print their version answer in well under a second."""
BASE_NEED_BYTES = 8 << 20
"""Report, exports and lock of an empty event."""
PHOTO_NEED_BYTES = 4 << 20
"""Room for one photo: its cleaned picture in the store, in pictures/ and in report.docx, each 1 MiB or less, with slack."""
FACES_SHOWN = "people's faces are NOT blurred, because the file of the program that finds them is missing"


class Finding(Frozen):
    """One thing looked at."""

    name: str
    ok: bool
    needed: bool
    """False: the program works without it, or with less."""
    detail: str
    remedy: str = ""
    exit_code: int = int(ExitCode.DEPENDENCY)
    """What `report` would end with for want of it."""


def check_all(config: Config, *, template: Path | None, output: Path) -> list[Finding]:
    """Look at everything `digitise check` lists. Never raises for what is missing."""
    return [
        Finding(name="python", ok=sys.version_info >= (3, 11), needed=True, detail=sys.version.split()[0], remedy="Install Python 3.11."),
        Finding(name="digitise", ok=True, needed=True, detail=__version__),
        *_check_libraries(),
        _check_sentences(),
        *_show_own_settings(),
        _try("recogniser", lambda: _accept_recogniser(config)),
        *_check_tesseract(config),
        *_check_second_reader(config),
        check_faces(config),
        _check_libreoffice(),
        _try("template", lambda: _accept_template(config, template)),
        _try("output", lambda: _accept_output(output, photos=0)),
    ]


def require_ready(config: Config, *, template: Path | None) -> None:
    """Raise the error for the first thing that this event needs and lacks: DependencyError, EngineError or ConfigError."""
    if config.reading.engine == "tesseract":
        for finding in _check_tesseract(config):
            if not finding.ok:
                raise DependencyError(finding.name, finding.detail, finding.remedy)
    else:
        check_recogniser(config.reading)
    _accept_template(config, template)


def need_bytes(photos: int) -> int:
    """Room on the disk that an event of so many photos may take."""
    return BASE_NEED_BYTES + photos * PHOTO_NEED_BYTES


def _accept_recogniser(config: Config) -> str:
    """Name and fingerprint of what reads."""
    fingerprint = make_engine(config.reading, config.languages).fingerprint
    return fingerprint if config.reading.engine == "tesseract" else f"{check_recogniser(config.reading)} ({fingerprint})"


def _accept_template(config: Config, template: Path | None) -> str:
    check_template(template, fields=config.report.fields)
    return str(template) if template else "built in"


def _accept_output(output: Path, *, photos: int) -> str:
    free_bytes = check_room(output, need_bytes=need_bytes(photos))
    return f"{output}: can be written, {free_bytes >> 20} MiB free"


def _try(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, ok=True, needed=True, detail=look())
    except DigitiseError as e:
        return Finding(name=name, ok=False, needed=True, detail=f"{e.subject}: {e.reason}", remedy=e.remedy, exit_code=int(e.exit_code))


def _check_libraries() -> list[Finding]:
    needed = ("cv2", "docx", "onnxruntime", "pi_heif", "pypdfium2", "rapidocr", "tokenizers", "wordfreq", "wordllama")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    detail = f"missing: {', '.join(missing)}" if missing else "all there"
    return [Finding(name="libraries", ok=not missing, needed=True, detail=detail, remedy="Install the program again." if missing else "")]


def _check_sentences() -> Finding:
    """The sentence network goes into the wheel when it is built; without it notes are compared by static word vectors."""
    ok = has_network()
    detail = "sentence network" if ok else "no sentence network: notes without a heading are grouped less well"
    remedy = (
        "" if ok else "Install from a wheel that was built with network; from source: python build_tools/minilm.py, then install again."
    )
    return Finding(name="themes", ok=ok, needed=False, detail=detail, remedy=remedy)


def _show_own_settings() -> list[Finding]:
    """The person's settings.toml, where there is one: it changes what an event's folder alone does not explain."""
    path = settings_file()
    return [Finding(name="own settings", ok=True, needed=False, detail=str(path))] if path and path.is_file() else []


def _check_tesseract(config: Config) -> list[Finding]:
    """Tesseract itself, then each language of the event. Needed only where the settings ask for it by name."""
    needed = config.reading.engine == "tesseract"
    version = _ask(["tesseract", "--version"])
    if version is None:
        names = _packages(config.languages)
        remedy = f"Install it (on Debian and Ubuntu: apt install {names}), or set reading.engine to 'auto'."
        return [Finding(name="tesseract", ok=False, needed=needed, detail="is not installed", remedy=remedy)]
    findings = [Finding(name="tesseract", ok=True, needed=needed, detail=version.splitlines()[0])]
    there = (_ask(["tesseract", "--list-langs"]) or "").split()
    for language in config.languages:
        code = TESSERACT_LANGUAGES[language]
        ok = code in there
        remedy = "" if ok else f"Install it (on Debian and Ubuntu: apt install tesseract-ocr-{code})."
        detail = "installed" if ok else "is not installed"
        findings.append(Finding(name=f"tesseract language '{code}'", ok=ok, needed=needed, detail=detail, remedy=remedy))
    return findings


def _check_second_reader(config: Config) -> list[Finding]:
    """Only where the settings name one; the program works without it."""
    settings = config.reading.second_reader
    if settings is None:
        return []
    settings = settings.model_copy(update={"timeout_s": min(settings.timeout_s, float(TIMEOUT_S))})
    finding = _try("second reader", lambda: check_second_reader(settings))
    far = "".join(f"; {problem.reason}" for problem in warn_of_distance(settings))
    return [finding.model_copy(update={"needed": False, "detail": finding.detail + far})]


def check_faces(config: Config) -> Finding:
    """Whether people's faces will be blurred, as the settings ask for."""
    name = "face blurring"
    if config.privacy.keep_faces:
        return Finding(name=name, ok=True, needed=False, detail="off, as the settings say: pictures show people's faces")
    network = FaceNetwork()
    detail = f"CenterFace {network.fingerprint}" if network.is_there else "the detector's file is missing: pictures show people's faces"
    remedy = (
        "" if network.is_there else "Install the program from its wheel, or run 'python build_tools/centerface.py' in its source folder."
    )
    return Finding(name=name, ok=network.is_there, needed=False, detail=detail, remedy=remedy)


def warn_of_faces(config: Config) -> list[Problem]:
    """What a person must know before pictures are made: that faces cannot be blurred although that is not switched off."""
    finding = check_faces(config)
    return [] if finding.ok else [Problem(file="pictures", reason=FACES_SHOWN, remedy=finding.remedy, severity="warning")]


def _packages(languages: Collection[str]) -> str:
    return " ".join(["tesseract-ocr", *(f"tesseract-ocr-{TESSERACT_LANGUAGES[language]}" for language in languages)])


def _check_libreoffice() -> Finding:
    path = shutil.which("soffice") or shutil.which("libreoffice")
    detail = path or "is not installed; reports are written without it, it only shows and converts them"
    return Finding(name="libreoffice", ok=path is not None, needed=False, detail=detail)


def _ask(command: list[str]) -> str | None:
    """Output of a small program; None when it is not there or does not answer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout or done.stderr
