"""Where a person's own files lie that belong to no event: settings for all events, and fetched models.

The rule of each system: XDG base directories (https://specifications.freedesktop.org/basedir-spec/) on Linux, Library on macOS,
AppData on Windows. Only names are made here; nothing is read or created.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

APP = "digitise"
Purpose = Literal["config", "data", "cache"]


def settings_file() -> Path | None:
    """The person's settings.toml, whether or not it exists; None where there is no home folder, as in some containers."""
    folder = own_folder("config")
    return folder / "settings.toml" if folder else None


def models_folder() -> Path | None:
    """Where fetched models are kept; None where there is no home folder."""
    folder = own_folder("data")
    return folder / "models" if folder else None


def work_folder() -> Path | None:
    """Where photos and reports that lie at addresses are worked on, DIGITISE_WORK if that is set; None where there is no home folder."""
    named = os.environ.get("DIGITISE_WORK", "")
    if named:
        return Path(named).absolute()
    folder = own_folder("cache")
    return folder / "remote" if folder else None


def own_folder(purpose: Purpose, *, system: str = sys.platform) -> Path | None:
    """This program's folder for one purpose. system: as `sys.platform` names it."""
    variable, *fallback = _rule(purpose, system)
    named = os.environ.get(variable, "") if variable else ""
    # the XDG specification: a relative path is to be ignored
    if named and Path(named).is_absolute():
        return Path(named) / APP
    try:
        return Path.home().joinpath(*fallback, APP)
    except RuntimeError:  # neither HOME nor an entry for this user
        return None


def _rule(purpose: Purpose, system: str) -> tuple[str, ...]:
    """Environment variable ('' for none), then the path below the home folder."""
    if purpose == "cache":
        caches = {"darwin": ("", "Library", "Caches"), "win32": ("LOCALAPPDATA", "AppData", "Local")}
        return caches.get(system, ("XDG_CACHE_HOME", ".cache"))
    if system == "darwin":
        return ("", "Library", "Application Support")
    if system == "win32":
        return ("APPDATA", "AppData", "Roaming") if purpose == "config" else ("LOCALAPPDATA", "AppData", "Local")
    return ("XDG_CONFIG_HOME", ".config") if purpose == "config" else ("XDG_DATA_HOME", ".local", "share")
