"""How one server runs: given once on the command line, the same until it ends."""

from __future__ import annotations

import urllib.parse
from pathlib import Path

from pydantic import Field

from digitise.model import Frozen


class WebLimits(Frozen):
    """What people may cost a server. Each refusal names the limit in words."""

    file_mib: float = Field(200.0, gt=0)
    """Largest uploaded file, MiB."""
    event_files: int = Field(2000, gt=0)
    """Most files of one event."""
    event_mib: float = Field(8192.0, gt=0)
    """Most MiB of files of one event."""
    total_mib: float = Field(65536.0, gt=0)
    """Most MiB of all events."""
    free_mib: float = Field(1024.0, ge=0)
    """Free space on the disk, MiB, below which no more files are taken."""
    open_uploads: int = Field(300, gt=0)
    """Most uploads of one event that have begun and are not complete. 20 phones sending 3 at once make 60."""
    events: int = Field(1000, gt=0)
    """Most events."""
    form_kib: float = Field(512.0, gt=0)
    """Largest form or JSON body that is no upload, KiB."""


class ServerSettings(Frozen):
    """One server."""

    data: Path
    """Folder of everything that the server keeps."""
    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    public_url: str = ""
    """Address under which people reach it behind a proxy: 'https://digitise.example.org/workshops'. Its path is the prefix."""
    read_only: bool = False
    """Demo mode: everything can be looked at, nothing changed."""
    workers: int | None = Field(None, ge=1)
    """Processes that read photos. None: as many as cores and memory allow."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names under which it may be called, besides this computer's, bare addresses and the public one."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses (or networks) of proxies whose word on the visitor's address is taken, where there is a public_url."""
    password_file: Path | None = None
    """A file with the password, as containers hand secrets in. None: the one set with --set-password."""
    cookie_days: float = Field(7.0, gt=0)
    """How long a session lasts, days."""
    retention_days: int = Field(0, ge=0)
    """Days after its last change when an event that does not say otherwise is deleted; 0: never."""
    limits: WebLimits = WebLimits()

    @property
    def is_local(self) -> bool:
        """Whether only this computer can reach it. Another name is there for others, who come through something that listens for them."""
        return self.host in ("127.0.0.1", "::1", "localhost") and not self.public_url and not self.allowed_hosts

    @property
    def prefix(self) -> str:
        """The path of the public address, '' for none: '/workshops'."""
        return urllib.parse.urlsplit(self.public_url).path.rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether people reach it over TLS, which a proxy ends."""
        return self.public_url.lower().startswith("https://")

    @property
    def own_folder(self) -> Path:
        """What the server keeps of itself: lock, secret, password."""
        return self.data / "server"
