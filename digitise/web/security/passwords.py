"""The server's one password: set once, kept only as an argon2 hash; and the secret by which cookies are signed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import threading
from pathlib import Path
from typing import NamedTuple

import argon2

from digitise.errors import ConfigError, OutputError, UsageError
from digitise.store import output_error
from digitise.web.settings import ServerSettings

LEAST_LENGTH = 10
"""NIST SP 800-63B asks for 8 where the number of tries is limited; a word and a number would just pass that."""
LONGEST = 1000
"""Longer ones are refused before argon2 sees them."""
PASSWORD_FILE = "password"
SECRET_FILE = "secret"
SECRET_BYTES = 32
_ONE_AT_A_TIME = threading.Lock()
"""argon2 takes 64 MiB and 50 ms for each try; many at once would be an attack by itself."""


class Password(NamedTuple):
    """What is known of the password."""

    kept: str
    """An argon2 hash, or the password itself where a container hands it in as a file."""

    @property
    def fingerprint(self) -> str:
        """Changes with the password: sessions are signed with it, so they end when it is changed."""
        return hashlib.sha256(self.kept.encode()).hexdigest()


def load_password(settings: ServerSettings) -> Password | None:
    """The password as it is set now, None where none is. Raises ConfigError for a file that is named but cannot be read or is empty."""
    if settings.password_file is not None:
        try:
            kept = settings.password_file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(
                str(settings.password_file), f"the file with the password cannot be read ({e})", "Check DIGITISE_PASSWORD_FILE."
            ) from e
        if len(kept) < LEAST_LENGTH:
            raise ConfigError(
                str(settings.password_file), f"the password is shorter than {LEAST_LENGTH} characters", "Put a longer one into that file."
            )
        return Password(kept)
    try:
        kept = (settings.own_folder / PASSWORD_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return Password(kept) if kept else None


def is_right(password: Password, given: str) -> bool:
    """Whether what somebody typed is the password. Takes about 50 ms, one try at a time."""
    if not 0 < len(given) <= LONGEST:
        return False
    if not password.kept.startswith("$argon2"):
        return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(password.kept.encode()).digest())
    with _ONE_AT_A_TIME:
        try:
            return argon2.PasswordHasher().verify(password.kept, given)
        except argon2.exceptions.Argon2Error:
            return False
        except argon2.exceptions.InvalidHash:
            return False


def set_password(settings: ServerSettings, given: str) -> Path:
    """Keep a new password, as its hash. All sessions end with it. Raises UsageError for a weak one, OutputError."""
    if len(given) < LEAST_LENGTH:
        raise UsageError("password", f"it has fewer than {LEAST_LENGTH} characters", "Choose a longer one; three or four words are good.")
    if len(given) > LONGEST:
        raise UsageError("password", f"it has more than {LONGEST} characters", "Choose a shorter one.")
    make_own_folder(settings)
    path = settings.own_folder / PASSWORD_FILE
    _write_private(path, argon2.PasswordHasher().hash(given) + "\n")
    return path


def load_secret(settings: ServerSettings) -> str:
    """The secret of this data folder, made when first asked for. Raises OutputError."""
    path = settings.own_folder / SECRET_FILE
    with contextlib.suppress(FileNotFoundError):
        kept = path.read_text(encoding="utf-8").strip()
        if len(kept) == 2 * SECRET_BYTES:
            return kept
    made = secrets.token_hex(SECRET_BYTES)
    _write_private(path, made + "\n")
    return made


def make_own_folder(settings: ServerSettings) -> None:
    """The folder for lock, secret and password, for the server's own user alone. Raises OutputError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.own_folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as e:
        raise _in_words(settings.own_folder, e) from e


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and for nobody else to read from its first moment."""
    part = path.with_name(f".part-{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        part.replace(path)
    except OSError as e:
        part.unlink(missing_ok=True)
        raise _in_words(path, e) from e


def _in_words(path: Path, e: OSError) -> OutputError:
    error = output_error(path, e)
    return OutputError(error.subject, error.reason, "Check its permissions, or choose another folder with --data.")
