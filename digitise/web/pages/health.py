"""Whether the server is well, for programs that watch over it. It names nothing of anybody's."""

from __future__ import annotations

import shutil
from typing import Literal

from fastapi import APIRouter, Response

from digitise.model import Frozen
from digitise.web.site import SiteGiven

router = APIRouter()


class Health(Frozen):
    """How the server is."""

    status: Literal["ok", "degraded"]
    disk: Literal["ok", "low", "unwritable"]
    """low: less free than the limit below which no files are taken."""
    workers: Literal["ok", "down"]
    """down: nothing can be read."""


@router.get("/health")
def health(site: SiteGiven, response: Response) -> Health:
    """200 when all is well, else 503; asked for without a password."""
    disk = _look_at_disk(site)
    workers: Literal["ok", "down"] = "ok" if site.desk.is_alive() else "down"
    well = disk == "ok" and workers == "ok"
    response.status_code = 200 if well else 503
    return Health(status="ok" if well else "degraded", disk=disk, workers=workers)


def _look_at_disk(site: SiteGiven) -> Literal["ok", "low", "unwritable"]:
    probe = site.settings.own_folder / "probe"
    try:
        probe.write_bytes(b"")
        probe.unlink()
        free_mib = shutil.disk_usage(site.settings.data).free / (1 << 20)
    except OSError:
        return "unwritable"
    return "ok" if free_mib >= site.settings.limits.free_mib else "low"
