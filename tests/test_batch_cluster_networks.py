"""Clusters across networks: workers that see neither the archive nor each other, and TLS with the certificates of docs/cluster.md."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ACTIONS, PROBLEMS, Run, draw_photo

pytest.importorskip("distributed", reason="pip install 'digitise[cluster]'")

from dask_machines import Machines, hash_outputs
from PIL import Image

from digitise import api

pytestmark = pytest.mark.slow

CLUSTER_PAGE = Path(__file__).parents[1] / "docs" / "cluster.md"


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """Made with the commands that the page tells."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    (script,) = re.findall(r"```sh\n(openssl .*?)```", CLUSTER_PAGE.read_text("utf-8"), re.DOTALL)
    folder = tmp_path / "certificates"
    folder.mkdir()
    subprocess.run(["sh", "-e", "-c", script], cwd=folder, check=True, capture_output=True)
    return folder


def test_tls_as_the_page_tells_it(run: Run, certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Python 3.13 and later look at certificates as strictly as this
    strict = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.pem", "cert.pem"]
    subprocess.run(strict, cwd=certificates, check=True, capture_output=True)
    monkeypatch.setattr("digitise.batch.cluster.CONNECT_S", 3.0)
    draw_photo(tmp_path / "archive" / "hall" / "a.jpg", PROBLEMS)
    options = [
        f"--tls-{option}={certificates / file}" for option, file in (("ca-file", "ca.pem"), ("cert", "cert.pem"), ("key", "key.pem"))
    ]
    (tmp_path / "machines").mkdir()
    with Machines(tmp_path / "machines") as machines:
        machines.start_scheduler(*options, scheme="tls")
        machines.start_worker("one", *options)
        batch = ("batch", tmp_path / "archive", "--output", tmp_path / "out", "--workers", "1", "--scheduler")
        without = run(*batch, machines.address)
        assert without.code == 5 and "--tls" in without.err, "a client without certificate is refused"
        plain = run(*batch, machines.address.replace("tls://", "tcp://"))
        assert plain.code == 5 and "certificates" in plain.err
        stranger = tmp_path / "stranger"
        shutil.copytree(certificates, stranger)
        for name in ("cert.pem", "key.pem"):
            (stranger / name).unlink()
        subject = ["-nodes", "-subj", "/CN=cluster", "-keyout", "key.pem", "-out", "cert.pem"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject], cwd=stranger, check=True, capture_output=True)
        other = run(*batch, machines.address, "--tls", stranger)
        assert other.code == 5 and "same authority" in other.err, "and one with a certificate of another authority"
        assert not list((tmp_path / "out").glob("*/report.docx"))
        assert run(*batch, machines.address, "--tls", certificates).code == 0
        assert (tmp_path / "out" / "hall" / "report.docx").exists()
        host, port = machines.address.removeprefix("tls://").split(":")
        assert "BEGIN CERTIFICATE" in ssl.get_server_certificate((host, int(port))), "what listens there speaks TLS"


NETWORK = "10.213.{}.{}"
NAMES = ("digitise-test-1", "digitise-test-2", "digitise-test-3")


def make_namespaces() -> None:
    """Three networks, each with one wire to this machine and none to the others."""
    for number, name in enumerate(NAMES, 1):
        ours, theirs = NETWORK.format(number, 1), NETWORK.format(number, 2)
        for line in (
            f"netns add {name}",
            f"link add dgt{number} type veth peer name eth0 netns {name}",
            f"addr add {ours}/24 dev dgt{number}",
            f"link set dgt{number} up",
            f"-n {name} addr add {theirs}/24 dev eth0",
            f"-n {name} link set eth0 up",
            f"-n {name} link set lo up",
            f"-n {name} route add {NETWORK.format(1, 1)}/32 via {ours}" if number != 1 else f"-n {name} route list",
        ):
            subprocess.run(["ip", *line.split()], check=True, capture_output=True)


def drop_namespaces() -> None:
    for name in NAMES:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


@pytest.fixture
def namespaces() -> Iterator[None]:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces take Linux, root and iproute2")
    drop_namespaces()
    try:
        make_namespaces()
    except subprocess.CalledProcessError as e:
        drop_namespaces()
        pytest.skip(f"no network namespaces here: {e.stderr.decode(errors='replace').strip()}")
    yield
    drop_namespaces()


def test_workers_that_see_neither_the_archive_nor_each_other(namespaces: None, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    draw_photo(archive / "hall" / "a.jpg", PROBLEMS, taken="2019:03:14 10:00:00")
    for i in range(4):
        draw_photo(archive / "more" / f"{i}.jpg", (f"Sheet {i}", "Open the gate"))
    with zipfile.ZipFile(archive / "café.zip", "w") as packed:
        packed.write(draw_photo(tmp_path / "b.jpg", ACTIONS), "day 1/ŵ.jpg")
    page = Image.open(tmp_path / "b.jpg")
    (archive / "papers").mkdir()
    page.copy().save(archive / "papers" / "scan.pdf", save_all=True, append_images=[page.copy()])
    here = api.run_batch(archive, tmp_path / "here", grouping=api.Grouping(), choices=api.BatchChoices(workers=2), tell=lambda news: None)
    assert here.standing.read == 8

    (tmp_path / "machines").mkdir()
    with Machines(tmp_path / "machines") as machines:
        machines.start_scheduler(host=NETWORK.format(1, 1))
        hide = ("sh", "-c", f"mount -t tmpfs none '{archive}' && exec \"$@\"", "sh")
        for name in NAMES[:2]:
            machines.start_worker(name, before=("ip", "netns", "exec", name, *hide))
        # the batch itself reaches the scheduler and no worker
        command = ["ip", "netns", "exec", NAMES[2], sys.executable, "-m", "digitise.entry", "batch", archive, "--output", tmp_path / "out"]
        command += ["--workers", "1", "--scheduler", machines.address]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert hash_outputs(tmp_path / "out") == hash_outputs(tmp_path / "here")
        logs = [(tmp_path / "machines" / f"{name}.log").read_text("utf-8") for name in NAMES[:2]]
        assert all(NETWORK.format(i, 2) in log for i, log in enumerate(logs, 1)), "they were in their own networks"
