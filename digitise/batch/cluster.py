"""The way to a Dask cluster: which addresses are taken, with which certificates, and how one is made on this machine.

Nothing of Dask is loaded until a run asks for it; the package works without.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import ipaddress
import logging
import signal
import socket
import tempfile
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digitise.errors import DependencyError, UsageError
from digitise.piecework import Share, cost_of_reading
from digitise.runs import USUAL_MEGAPIXELS

if TYPE_CHECKING:
    from digitise.batch.cluster_pool import ClusterPool

LOCAL = "local"
CONNECT_S = 20.0
"""For the scheduler to answer, and for a lost connection to come back."""
TLS_FILES = ("ca.pem", "cert.pem", "key.pem")
"""In the folder that --tls names."""


def check_scheduler(scheduler: str, tls: Path | None) -> None:
    """Refuse what cannot work or must not be done, before any work; scheduler: '' is none. Raises UsageError or DependencyError."""
    if scheduler in ("", LOCAL) and tls is not None:
        raise UsageError("--tls", "there is no scheduler with an address for it", "Name one with --scheduler tls://host:8786.")
    if not scheduler:
        return
    if importlib.util.find_spec("distributed") is None:
        raise DependencyError("--scheduler", "Dask is not installed", "Install it with: pip install 'digitise[cluster]'")
    if scheduler == LOCAL:
        return
    parts = urlsplit(scheduler)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or port is None:
        reason = f"'{scheduler}' is no address of a Dask scheduler"
        raise UsageError("--scheduler", reason, "Write tcp://host:8786, tls://host:8786 or local.")
    if parts.scheme == "tcp":
        if tls is not None:
            raise UsageError("--scheduler", "--tls goes with an address that begins with tls://", f"Write tls://{parts.netloc}.")
        _refuse_public(parts.hostname, scheduler)
    elif tls is not None:
        for name in TLS_FILES:
            if not (tls / name).is_file():
                raise UsageError("--tls", f"there is no {name} in {tls}", "See docs/cluster.md for how to make the certificates.")


def _refuse_public(host: str, scheduler: str) -> None:
    """Without TLS everybody on the way sees the photos, and everybody who reaches the scheduler can have the workers run anything."""
    try:
        addresses = {found[4][0] for found in socket.getaddrinfo(host, None)}
    except OSError as e:
        raise DependencyError(scheduler, f"there is no computer of that name ({e.strerror or e})", "Check the address.") from e
    if any(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in addresses):
        reason = "this address is on the open internet, where tcp:// would send the photos for all to see"
        remedy = "Use tls:// with certificates, or an SSH tunnel and tcp://127.0.0.1:8786; see docs/cluster.md."
        raise UsageError("--scheduler", reason, remedy)


@contextlib.contextmanager
def open_cluster(scheduler: str, tls: Path | None, *, share: Share) -> Iterator[ClusterPool]:
    """A pool that reads photos on a cluster, with at least one worker. Raises DependencyError where there is none that may be used."""
    from digitise.batch.cluster_pool import ClusterPool  # it loads Dask  # noqa: PLC0415

    distributed = importlib.import_module("distributed")
    dask = importlib.import_module("dask")
    # what goes wrong with a cluster is told by the batch, in its own words
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as stack:
        # photos are large, and Dask would say so in words of its own; how many are on their way is decided by the pool
        stack.enter_context(dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TiB"}))
        if scheduler == LOCAL:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="digitise-cluster-", ignore_cleanup_errors=True))
            cluster = stack.enter_context(start_local(distributed, share, Path(folder)))
            address, security = cluster.scheduler_address, cluster.security
        else:
            address, security = scheduler, _load_certificates(distributed, tls)
        try:
            if scheduler != LOCAL:
                asyncio.run(_shake_hands(distributed, address, security))
            client = distributed.Client(address, security=security, timeout=CONNECT_S, set_as_default=False, name="digitise")
        except Exception as e:  # a TypeError where certificates are missing, and anything at all where another program answers
            raise DependencyError(scheduler, f"no Dask scheduler answers there ({_shorten(e)})", _remedy(scheduler, tls)) from e
        stack.callback(client.close, timeout=5)
        pool = ClusterPool(client, scheduler, threads=share.threads if scheduler == LOCAL else 1)
        stack.callback(pool.close)
        pool.await_worker()
        yield pool


def split_share(scheduler: str, share: Share) -> tuple[Share, Share]:
    """What a run's own processes may use, and a cluster: on the same machine together no more than the run, if that is enough for two."""
    if scheduler != LOCAL:
        return share, share
    own = cost_of_reading(USUAL_MEGAPIXELS)
    left = max(share.memory_mib - own, own)
    jobs = max(1, min(share.jobs, int(left // own)))
    here, there = {"jobs": 1, "memory_mib": round(own)}, {"jobs": jobs, "memory_mib": round(left)}
    return share.model_copy(update=here), share.model_copy(update=there)


def start_local(distributed: Any, share: Share, folder: Path) -> Any:
    """A Dask cluster on this machine alone: nobody else can reach it, and without its passing certificate nobody else's program either."""
    # only this process may act on Ctrl-C; see worker_process.start_process
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return distributed.LocalCluster(
            n_workers=share.jobs,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            memory_limit=f"{share.memory_mib // share.jobs}MiB",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address=None,
            security=True,
            silence_logs=logging.CRITICAL,
            local_directory=str(folder),
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _shake_hands(distributed: Any, address: str, security: Any) -> None:
    """With a limit: Dask's client waits without end for a program that takes the connection and says nothing."""
    certificates = (security or distributed.Security()).get_connection_args("client")
    try:
        connection = await asyncio.wait_for(distributed.comm.connect(address, timeout=CONNECT_S, **certificates), CONNECT_S)
    except TimeoutError as e:
        raise TimeoutError(f"no answer within {CONNECT_S:.0f} s") from e
    connection.abort()


def _load_certificates(distributed: Any, tls: Path | None) -> Any:
    """None leaves it to Dask's own settings."""
    if tls is None:
        return None
    ca, cert, key = (str((tls / name).absolute()) for name in TLS_FILES)
    return distributed.Security(require_encryption=True, tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key)


def _remedy(scheduler: str, tls: Path | None) -> str:
    if scheduler.startswith("tls://") and tls is None:
        return "Name the folder with its certificates with --tls, and see that 'dask scheduler' runs there."
    return "See that 'dask scheduler' runs there, with certificates of the same authority if it asks for any; or leave out --scheduler."


def _shorten(error: BaseException) -> str:
    """The innermost cause, which says most, if it says anything."""
    if not isinstance(error, (OSError, TypeError, ValueError)):
        return "another program does"  # its bytes were taken for lengths and numbers
    while error.__cause__ is not None and str(error.__cause__):
        error = error.__cause__
    return str(error) or type(error).__name__
