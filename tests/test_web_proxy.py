"""The example for nginx in deploy/, run as it stands but for names, ports and certificates."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from web_client import PAGE, PASSWORD, serve_here

from digitise.web.security.login_limits import MOST_PER_ADDRESS
from digitise.web.security.passwords import set_password
from digitise.web.settings import ServerSettings

EXAMPLE = Path(__file__).parents[1] / "deploy" / "nginx.conf"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx and openssl are not installed"),
]


class Proxied(NamedTuple):
    url: str
    """https://localhost:PORT/workshops"""
    plain: str
    port: int
    logs: Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    ours, tls, plain = free_port(), free_port(), free_port()
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"), "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *keys, *subject], check=True, capture_output=True)
    site = EXAMPLE.read_text(encoding="utf-8")
    assert site.count("CHANGE") >= 6
    changes = (
        ("127.0.0.1:8765", f"127.0.0.1:{ours}"),
        ("[::]:443", f"[::1]:{tls}"),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("[::]:80", f"[::1]:{plain}"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("server_name example.org", "server_name localhost"),
        ("/etc/ssl/example.org", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("https://$host$request_uri", f"https://$host:{tls}$request_uri"),
    )
    for old, new in changes:
        assert old in site, old
        site = site.replace(old, new)
    if not socket.has_ipv6:
        site = re.sub(r"listen \[::1\].*\n", "", site)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {folder}/nginx.pid; worker_processes 1; daemon off; events {{}} http {{ {temporary} include {folder}/site.conf; }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    settings = ServerSettings(data=folder / "data", public_url=f"https://localhost:{tls}/workshops")
    set_password(settings, PASSWORD)
    command = ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    with serve_here(settings, port=ours):
        nginx = subprocess.Popen(command)
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", tls)) == 0:
                        break
                time.sleep(0.05)
            yield Proxied(settings.public_url, f"http://localhost:{plain}", tls, folder)
        finally:
            nginx.terminate()
            nginx.wait(20)


def trust(proxied: Proxied) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(proxied.logs / "fullchain.pem"))


def client_of(proxied: Proxied) -> httpx.Client:
    return httpx.Client(verify=trust(proxied), headers=PAGE, timeout=20)


def test_signing_in_works_under_tls_and_the_prefix(proxied: Proxied) -> None:
    with client_of(proxied) as client:
        assert client.get(proxied.plain + "/workshops/").headers["location"] == proxied.url + "/"
        assert client.get(proxied.url).headers["location"].endswith("/workshops/")
        asked = client.get(proxied.url + "/")
        assert asked.status_code == 303 and asked.headers["location"] == "/workshops/login?next=%2Fworkshops%2F"
        page = client.get(proxied.url + "/login")
        assert page.headers["strict-transport-security"] and page.headers["content-security-policy"]
        sheet = re.search(r'href="(/workshops/static/base\.css[^"]*)"', page.text)
        assert sheet is not None and client.get(f"https://localhost:{proxied.port}{sheet[1]}").status_code == 200
        own = {"Origin": f"https://localhost:{proxied.port}"}
        answer = client.post(proxied.url + "/login", data={"password": PASSWORD, "next": "/workshops/"}, headers=own)
        assert answer.status_code == 303 and answer.headers["location"] == "/workshops/"
        cookie = answer.headers["set-cookie"].lower()
        assert "secure" in cookie and "path=/workshops/" in cookie and "httponly" in cookie
        assert "Your events" in client.get(proxied.url + "/").text
        foreign = client.post(proxied.url + "/language", data={"language": "cy"}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert client.post(proxied.url + "/language", data={"language": "en"}, headers=own).status_code == 303
        assert client.post(proxied.url + "/logout", headers=own).headers["location"] == "/workshops/login"


def test_an_upload_of_a_photo_passes_and_one_that_is_too_large_does_not(proxied: Proxied) -> None:
    with client_of(proxied) as client:
        address = proxied.url + "/u/no-such-link/files"
        photo = client.post(address, files={"file": ("x.jpg", b"x" * (20 << 20))}, headers={"Sec-Fetch-Site": "same-origin"})
        assert photo.status_code in (404, 405), "it reached the server, which knows no such link"
        form = client.post(
            proxied.url + "/language", content=b"x" * (1 << 20), headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert form.status_code == 413
    connection = http.client.HTTPSConnection(
        "localhost", proxied.port, context=ssl.create_default_context(cafile=str(proxied.logs / "fullchain.pem"))
    )
    connection.putrequest("POST", "/workshops/u/no-such-link/files")
    connection.putheader("Content-Length", str(300 << 20))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    # without scripts, all photos come in one request
    connection.putrequest("POST", "/workshops/u/no-such-link")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(300 << 20))
    connection.endheaders()
    assert connection.getresponse().status == 404
    connection.close()


def test_live_progress_is_not_held_back(proxied: Proxied) -> None:
    with client_of(proxied) as client:
        client.post(proxied.url + "/login", data={"password": PASSWORD}, headers={"Origin": f"https://localhost:{proxied.port}"})
        began = time.monotonic()
        with client.stream("GET", proxied.url + "/ticking") as answer:
            assert answer.status_code == 200
            ticks = answer.iter_bytes()
            assert b"tick" in next(ticks) and b"tick" in next(ticks)
        assert time.monotonic() - began < 3, "two ticks of 0.2 s"


def test_tries_are_counted_by_the_address_that_nginx_sees_and_nothing_private_is_logged(proxied: Proxied) -> None:
    with client_of(proxied) as client:
        client.get(proxied.url + "/u/s3cret-link")
        codes = []
        for i in range(MOST_PER_ADDRESS + 1):
            headers = {"X-Forwarded-For": f"198.51.100.{i}", "Origin": f"https://localhost:{proxied.port}"}
            codes.append(client.post(proxied.url + "/login", data={"password": "wrong"}, headers=headers).status_code)
    assert codes == [403] * MOST_PER_ADDRESS + [429]
    time.sleep(0.2)
    log = (proxied.logs / "digitise.log").read_text(encoding="utf-8")
    assert log.count("\n") > 5 and "s3cret" not in log and "127.0.0.1" not in log and "/workshops" not in log
