"""Weights of the recognisers that a person can choose: which are known, where they lie, whether they are whole.

Nothing is fetched here; download.py does that, and only for `digitise models get`.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from digitise.config import RecogniserName, is_model_file
from digitise.errors import ConfigError, DependencyError, UsageError
from digitise.model import Frozen
from digitise.places import models_folder
from digitise.store import hash_file, hash_parts

EMBEDDED_FILE = "PP-OCRv6_rec_small.onnx"


class KnownModel(NamedTuple):
    """A recogniser that can be fetched."""

    file: str
    url: str
    sha256: str
    about_mib: int
    """Told before the server has said the exact size."""


FETCHABLE: dict[RecogniserName, KnownModel] = {
    "medium": KnownModel(
        file="PP-OCRv6_rec_medium.onnx",
        url="https://www.modelscope.cn/models/RapidAI/RapidOCR/resolve/v3.10.0/onnx/PP-OCRv6/rec/PP-OCRv6_rec_medium.onnx",
        sha256="eef444829dbbe18d7fea59a3f6eb75647518d2b3a9568d27c92e42940204894b",
        about_mib=73,
    ),
}
"""Pinned here, not read from the list inside the rapidocr package: which bytes are trusted is then decided when this program is reviewed,
and no new version of a package can change it. A test compares both lists, so that a newer network is noticed."""

State = Literal["built in", "installed", "damaged", "partly fetched", "not installed"]


class Weights(NamedTuple):
    """The chosen recogniser's file, there and whole."""

    choice: Literal["small", "medium", "own"]
    path: Path
    sha256: str
    """Of its content; of an own model together with the files that belong to it."""


class ModelState(Frozen):
    """One known recogniser as it stands on this computer."""

    name: RecogniserName
    state: State
    path: str
    """Where it lies, or would lie."""
    size_bytes: int | None
    """Of what lies there; None for nothing."""
    sha256: str
    """Of what lies there, or, for nothing or a part, of what is expected."""
    url: str = ""
    """Where `models get` fetches it; '' for the one that comes with the program."""
    about_mib: int | None = None


def embedded_folder() -> Path:
    """Folder of the weights that come with the program. Raises DependencyError when rapidocr is not installed."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise DependencyError("rapidocr", "the embedded recogniser is not installed", "Install the project again: pip install rapidocr.")
    return Path(spec.origin).parent / "models"


def embedded_file(name: str) -> Path:
    """One file of it. Raises DependencyError when it is missing."""
    path = embedded_folder() / name
    if not path.is_file():
        raise DependencyError(str(path), "the embedded recogniser's weights are missing", "Install rapidocr again.")
    return path


def find_weights(recogniser: str) -> Weights:
    """The weights that a setting names (a RecogniserName or a path), whole and ready to load.

    Raises DependencyError where they are not installed or damaged, ConfigError where an own file is not there.
    """
    if is_model_file(recogniser):
        return Weights("own", Path(recogniser), _hash_own(Path(recogniser)))
    if recogniser == "small":
        path = embedded_file(EMBEDDED_FILE)
        return Weights("small", path, hash_file(path))
    known, path = FETCHABLE["medium"], fetched_path("medium")
    if not path.is_file():
        remedy = "Fetch it with 'digitise models get medium', or set recogniser = \"small\" under [reading]."
        raise DependencyError("recogniser 'medium'", "is not installed", remedy)
    digest = _hash(path)
    if digest != known.sha256:
        raise DependencyError(
            str(path), "is damaged: its SHA-256 is not the one of that model", "Fetch it again: 'digitise models get medium'."
        )
    return Weights("medium", path, digest)


def own_files(path: Path) -> list[Path]:
    """What belongs to an own model: the file itself, weights that it keeps outside, its alphabet; those that exist."""
    return [p for p in own_parts(path) if p.is_file()]


def own_parts(path: Path) -> tuple[Path, ...]:
    """Where these would lie."""
    return (path, data_file(path), alphabet_file(path))


def data_file(path: Path) -> Path:
    """Where an ONNX file keeps its weights when not in itself; the name that PyTorch's exporter gives."""
    return path.with_name(path.name + ".data")


def alphabet_file(path: Path) -> Path:
    """Where an ONNX file's alphabet stands when not in its metadata."""
    return path.with_suffix(".txt")


def require_fetchable(name: str) -> tuple[RecogniserName, KnownModel]:
    """A model that can be fetched and removed, by its name. Raises UsageError naming those that there are."""
    for known, model in FETCHABLE.items():
        if name == known:
            return known, model
    if name in get_args(RecogniserName):
        raise UsageError(name, "comes with the program", "It is always there; nothing is to be done.")
    names = ", ".join(f"'{known}'" for known in FETCHABLE)
    raise UsageError(name, "is not the name of a model", f"There is: {names}. A model of your own is named by its path in event.toml.")


def fetched_path(name: RecogniserName) -> Path:
    """Where a fetched model lies. Raises DependencyError where the person has no folder for it."""
    folder = models_folder()
    if folder is None:
        raise DependencyError(f"recogniser '{name}'", "there is no home folder to keep it in", "Set HOME or XDG_DATA_HOME.")
    return folder / FETCHABLE[name].file


def part_path(path: Path) -> Path:
    """What has arrived of a model that is not whole yet."""
    return path.with_name(path.name + ".part")


def list_models() -> list[ModelState]:
    """Every known recogniser and its state; checksums are computed anew. Raises DependencyError without rapidocr or a home folder."""
    small = find_weights("small")
    built_in = ModelState(name="small", state="built in", path=str(small.path), size_bytes=small.path.stat().st_size, sha256=small.sha256)
    return [built_in, *(_look_at(name, known) for name, known in FETCHABLE.items())]


def _look_at(name: RecogniserName, known: KnownModel) -> ModelState:
    path = fetched_path(name)
    state: State = "not installed"
    size, digest = None, known.sha256
    if path.is_file():
        size, digest = path.stat().st_size, _hash(path)
        state = "installed" if digest == known.sha256 else "damaged"
    elif part_path(path).is_file():
        state, size = "partly fetched", part_path(path).stat().st_size
    return ModelState(name=name, state=state, path=str(path), size_bytes=size, sha256=digest, url=known.url, about_mib=known.about_mib)


def _hash_own(path: Path) -> str:
    if not path.is_file():
        reason = "is a folder, not a model" if path.is_dir() else "there is no such file"
        raise ConfigError(str(path), reason, "Correct 'recogniser' under [reading]; a path starts at the file that names it.")
    try:
        return hash_parts(*(hash_file(p) for p in own_files(path)))
    except OSError as e:
        raise ConfigError(str(path), f"cannot be read ({e.strerror or e})", "Change its permissions.") from e


def _hash(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError as e:
        raise DependencyError(str(path), f"cannot be read ({e.strerror or e})", "Change its permissions, or remove it.") from e
