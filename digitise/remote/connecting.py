"""Opens addresses through fsspec, and tries again what failed for want of a network: a few times, with growing pauses, and no longer."""

from __future__ import annotations

import dataclasses
import errno
import functools
import importlib
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from digitise.errors import DependencyError, DigitiseError, NoInputError
from digitise.remote.addresses import Address
from digitise.remote.zip_tree import ZipTree
from digitise.store import output_error

Gain = TypeVar("Gain")

PAUSES_S = (1.0, 3.0, 9.0)
"""Between attempts; each made up to a quarter longer, so that workers do not come back all at once. After the last the event has failed:
a server that is gone for longer is for the next run."""
S3_SETTINGS = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}
"""Unless the person's own configuration of fsspec says otherwise. botocore's own would wait minutes for a server that is not there."""
OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "r2", "memory"})
"""A file there is seen whole or not at all; elsewhere files are put under another name and moved."""
CONDITIONAL = frozenset({"s3", "s3a"})
"""Can be asked to write only if the object is still as it was."""
_NEVER_AGAIN = (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError, ImportError, TypeError)
_NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "CredentialRetrievalError", "DefaultCredentialsError"}
)
_HOPELESS = _NO_CREDENTIALS | {"ParamValidationError", "ClientAuthenticationError", "BadZipFile", "InvalidRegionError"}
_REFUSED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_NOT_KNOWN = frozenset({"NotImplemented", "MethodNotAllowed"})


@dataclasses.dataclass(frozen=True)
class Remote:
    """An open address. Calls on `fs` go through `reach`."""

    address: Address
    fs: Any
    root: str
    """The address's own path, as `fs` wants it."""
    error: type[DigitiseError] = NoInputError
    """What it is when the place cannot be used: photos that are not there, or outputs that cannot be written."""

    def path(self, way: str) -> str:
        """The path of a file, by its way below the root ('/' between folders)."""
        if not way:
            return self.root
        return f"{self.root}/{way}" if self.root and not self.root.endswith("/") else f"{self.root}{way}"

    def show(self, way: str) -> str:
        first, *chained = str(self.address).split("::")
        return "::".join((f"{first.rstrip('/')}/{way}" if way else first, *chained))

    @property
    def is_object_store(self) -> bool:
        return self.address.protocol in OBJECT_STORES

    @property
    def lists_at_once(self) -> bool:
        """Whether all below a place can be listed in one go. What fsspec has for other backends passes over folders that fail."""
        kinds = [vars(kind) for kind in type(self.fs).__mro__ if kind.__module__ not in ("fsspec.spec", "fsspec.asyn")]
        return self.address.protocol in (*OBJECT_STORES, "zip") and any("find" in kind or "_find" in kind for kind in kinds)

    @property
    def is_conditional(self) -> bool:
        return self.address.protocol in CONDITIONAL


def connect(address: Address, error: type[DigitiseError] = NoInputError) -> Remote:
    """Open an address; nothing is asked of it yet. Raises DependencyError where a package is wanting, else `error`."""
    try:
        return dataclasses.replace(_connect(address), error=error)
    except DependencyError:
        raise
    except DigitiseError as e:
        raise error(e.subject, e.reason, e.remedy) from e


@functools.lru_cache(maxsize=8)
def _connect(address: Address) -> Remote:
    try:
        core, config = importlib.import_module("fsspec.core"), importlib.import_module("fsspec.config")
    except ImportError as e:
        raise _wanting(address, "fsspec") from e
    if not any("config_kwargs" in config.conf.get(name, {}) for name in ("s3", "s3a")):
        config.conf.setdefault("s3", {})["config_kwargs"] = S3_SETTINGS
    try:
        fs, root = (_open_zip if address.protocol == "zip" else _open)(core, address)
    except ImportError as e:
        raise _wanting(address, address.protocol) from e
    except DigitiseError:
        raise
    except ValueError as e:
        reason = f"'{address.protocol}' is not a kind of address that is known" if "rotocol not known" in str(e) else _say(address, e)
        raise NoInputError(str(address), reason, "Check its spelling; s3://bucket/folder is one.") from e
    except Exception as e:
        raise NoInputError(
            str(address), f"cannot be opened ({_say(address, e)})", "Check its spelling, and that what it names is there."
        ) from e
    return Remote(address, fs, root.rstrip("/") if root != "/" else root)


def _open(core: Any, address: Address) -> tuple[Any, str]:
    fs, root = core.url_to_fs(address.url, use_listings_cache=False)
    return fs, root


def _open_zip(core: Any, address: Address) -> tuple[Any, str]:
    """A ZIP wherever it lies: 'zip://folder in it::address of it'."""
    inside, _, place = address.url.partition("::")
    fs, path = core.url_to_fs(place, use_listings_cache=False)
    source = fs.open(path, "rb")
    try:
        return ZipTree(source, str(address)), inside.partition("://")[2].strip("/")
    except BaseException:
        source.close()
        raise


def _wanting(address: Address, package: str) -> DependencyError:
    known = address.protocol in ("s3", "s3a", "zip", "file", "memory") or package == "fsspec"
    remedy = "Install it: pip install 'digitise[remote]'." if known else f"Install fsspec's package for '{address.protocol}' addresses."
    return DependencyError(str(address), f"addresses need a package that is not installed (for '{package}')", remedy)


def reach(remote: Remote, way: str, ask: Callable[[], Gain], *, pauses_s: tuple[float, ...] | None = None) -> Gain:
    """Ask something of a place, again where the network failed.

    way: of the file it is about. FileNotFoundError and FileExistsError come through as they are; all else becomes `remote.error`.
    """
    pauses = PAUSES_S if pauses_s is None else pauses_s
    for pause_s in (*pauses, None):
        try:
            return ask()
        except (FileNotFoundError, FileExistsError):
            raise
        except DigitiseError:
            raise
        except Exception as e:
            if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT):
                full = output_error(Path(way), e)
                raise type(full)(remote.show(way), full.reason, full.remedy) from e
            if pause_s is None or isinstance(e, _NEVER_AGAIN) or _names(e) & _HOPELESS or is_refused(e) or is_not_known(e):
                raise _explain(remote, way, e) from e
            time.sleep(pause_s * random.uniform(1.0, 1.25))
    raise AssertionError("unreachable")


def is_refused(e: BaseException) -> bool:
    """Whether a store did not write because the object is no longer as it was."""
    return isinstance(e, FileExistsError) or bool(_codes(e) & _REFUSED)


def is_not_known(e: BaseException) -> bool:
    """Whether a store does not know such a request."""
    return bool(_codes(e) & _NOT_KNOWN) or isinstance(e, NotImplementedError)


def _chain(e: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while e is not None and e not in found:
        found.append(e)
        e = e.__cause__ or e.__context__
    return found


def _names(e: BaseException) -> set[str]:
    return {type(one).__name__ for one in _chain(e)}


def _codes(e: BaseException) -> set[str]:
    """Codes of S3's answers."""
    answers = [answer for one in _chain(e) if isinstance(answer := getattr(one, "response", None), dict)]
    return {str(answer.get("Error", {}).get("Code", "")) for answer in answers}


def _explain(remote: Remote, way: str, e: Exception) -> DigitiseError:
    subject = remote.show(way)
    if isinstance(e, PermissionError):
        reason = "access was refused"
        return remote.error(subject, reason, "Check the credentials in your environment, and what they are allowed to do there.")
    if _names(e) & _NO_CREDENTIALS:
        reason = "there are no credentials for it"
        return remote.error(subject, reason, "Set them as its own tools want them: for S3 AWS_ACCESS_KEY_ID or ~/.aws/credentials.")
    if isinstance(e, DigitiseError):
        return e
    reason = f"it could not be reached ({_say(remote.address, e)})"
    return remote.error(subject, reason, "Check the network and the address, then run the same command again.")


def _say(address: Address, e: BaseException) -> str:
    """What is wrong, without addresses: messages of others' packages may hold some with passwords or signatures in them."""
    words = " ".join(word if "://" not in word else "…" for word in address.hide_in(str(e)).split())
    return f"{type(e).__name__}: {words}"[:200] if words else type(e).__name__
