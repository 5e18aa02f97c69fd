"""The wire to a second reader: every way in which a server can fail ends in words that a person can act on."""

from __future__ import annotations

import socket
import time
from typing import Any

import numpy as np
import pytest
from chat_server import MODEL, run_server
from hypothesis import given
from hypothesis import strategies as st

from digitise.config import SecondReader
from digitise.reading.chat import (
    MOST_ANSWER_BYTES,
    EmptyAnswerError,
    ServerError,
    ServerOutOfOrderError,
    is_on_this_machine,
    list_models,
    tidy_answer,
    transcribe,
)
from digitise.reading.second_reader import check_second_reader, encode_jpeg, warn_of_distance

JPEG = encode_jpeg(np.full((40, 60, 3), 200, np.uint8))


def test_a_picture_goes_and_text_comes() -> None:
    with run_server(answer=lambda picture: f"```text\nWidth {picture.width}\r\n\r\n  and\x00 \u202eheight {picture.height}\n```") as server:
        assert transcribe(server.settings(), JPEG) == "Width 60\nand height 40"
        (body,) = server.bodies
        assert body["model"] == MODEL and body["temperature"] == 0 and body["max_tokens"] > 0
        assert set(body) == {"model", "temperature", "max_tokens", "messages"}, "nothing else leaves"


def test_an_answer_in_parts_is_read() -> None:
    parts = [{"type": "text", "text": "No bus"}, {"type": "other"}, {"type": "text", "text": "after six"}, None]
    with run_server(answer=lambda _: parts) as server:
        assert transcribe(server.settings(), JPEG) == "No bus\nafter six"


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ({"status": 401}, ServerOutOfOrderError, "refuses the key (HTTP 401)"),
        ({"status": 403}, ServerOutOfOrderError, "refuses the key (HTTP 403)"),
        ({"status": 404, "error": "model not found, pull it"}, ServerOutOfOrderError, "does not know the model 'test-reader'"),
        ({"status": 404, "error": "model not found, pull it"}, ServerOutOfOrderError, "model not found, pull it"),
        ({"status": 500, "error": "image input is not supported"}, ServerError, "failed (HTTP 500: image input is not supported)"),
        ({"status": 500, "error": "x" * 5000}, ServerError, "x" * 100),
        ({"location": "https://elsewhere.example/v1"}, ServerOutOfOrderError, "redirect to https://elsewhere.example/v1"),
        ({"raw": b"<html>hello</html>"}, ServerError, "OpenAI-compatible"),
        ({"raw": b"[]"}, ServerError, "OpenAI-compatible"),
        ({"raw": b"{}"}, ServerError, "OpenAI-compatible"),
        ({"raw": b'{"choices": [{"message": "text"}]}'}, ServerError, "OpenAI-compatible"),
        ({"raw": b'{"choices": [null]}'}, ServerError, "OpenAI-compatible"),
        ({"raw": b"[" * 100_000}, ServerError, "OpenAI-compatible"),
        ({"raw": b"\xff\xfe\x00"}, ServerError, "OpenAI-compatible"),
        ({"raw": b" " * (MOST_ANSWER_BYTES + 1)}, ServerError, "without end"),
        ({"answer": lambda _: "no " * 1000}, ServerError, "without end"),
        ({"answer": lambda _: "half a", "finish": "length"}, ServerError, "without end"),
        ({"answer": lambda _: " \n"}, EmptyAnswerError, "empty answer"),
        ({"answer": lambda _: None}, EmptyAnswerError, "empty answer"),
        ({"answer": lambda _: "<think>what is it?</think>"}, EmptyAnswerError, "empty answer"),
        ({"wait_s": 0.5}, ServerError, "no answer within 0.2 s"),
        ({"drip": True}, ServerError, "no answer within 0.2 s"),
        ({"drip_headers": True}, ServerError, "no answer within 0.2 s"),
        ({"interim": True}, ServerError, "no answer within 0.2 s"),
    ],
)
def test_each_failure_in_words(how: dict[str, Any], kind: type[ServerError], words: str) -> None:
    begun = time.monotonic()
    slow = bool({"wait_s", "drip", "drip_headers", "interim"} & set(how))
    with run_server(**how) as server, pytest.raises(ServerError) as caught:
        transcribe(server.settings(timeout_s=0.2 if slow else 10), JPEG)
    assert not slow or time.monotonic() - begun < 3, "one bound for the whole request"
    assert type(caught.value) is kind
    assert words in caught.value.reason and len(caught.value.reason) < 300
    assert caught.value.subject == server.url and "own reading stands" in caught.value.remedy
    assert len(server.asked) == 1, "nothing is asked twice, and no redirect followed"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "http://.example/v1", "https://[::1]:1/v1"])
def test_nobody_there(url: str) -> None:
    with pytest.raises(ServerOutOfOrderError, match="cannot be reached"):
        transcribe(SecondReader(url=url, model="m"), JPEG)


def test_something_else_listens_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.01)
        settings = SecondReader(url=f"http://127.0.0.1:{listening.getsockname()[1]}/v1", model="m", timeout_s=0.2)
        with pytest.raises(ServerError, match="no answer within"):
            transcribe(settings, JPEG)


def test_the_key_comes_from_the_environment_and_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_server(key="sk-secret", answer=lambda _: "yes") as server:
        settings = server.settings(api_key_env="DIGITISE_TEST_KEY")
        with pytest.raises(ServerOutOfOrderError, match="DIGITISE_TEST_KEY, named by api_key_env, is not set"):
            transcribe(settings, JPEG)
        assert not server.asked
        for bad in ("sk-wröng", "sk\nX-Header: y"):
            monkeypatch.setenv("DIGITISE_TEST_KEY", bad)
            with pytest.raises(ServerOutOfOrderError, match="signs that a key cannot have"):
                transcribe(settings, JPEG)
        monkeypatch.setenv("DIGITISE_TEST_KEY", "sk-wrong")
        with pytest.raises(ServerOutOfOrderError) as caught:
            transcribe(settings, JPEG)
        assert "sk-wrong" not in str(caught.value)
        server.key, server.status, server.error = "", 500, "you sent sk-wrong"
        with pytest.raises(ServerError) as caught:
            transcribe(settings, JPEG)
        assert "sk-wrong" not in str(caught.value)
        server.key, server.status = "sk-secret", 200
        monkeypatch.setenv("DIGITISE_TEST_KEY", " sk-secret\n")
        assert transcribe(settings, JPEG) == "yes"


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    with run_server(answer=lambda _: "direct") as server:
        assert transcribe(server.settings(), JPEG) == "direct"


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.8.9.10/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://[::ffff:127.0.0.1]/v1", True),
        ("https://192.168.1.20/v1", False),
        ("http://localhost.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://[::ffff:10.0.0.1]/v1", False),
        ("http://0x7f.1/v1", False),
        ("https://api.example.com/v1", False),
    ],
)
def test_pictures_that_leave_this_machine_are_announced(url: str, near: bool) -> None:
    assert is_on_this_machine(url) is near
    warnings = warn_of_distance(SecondReader(url=url, model="m"))
    assert len(warnings) == (0 if near else 1)
    for warning in warnings:
        assert warning.severity == "warning" and "leave this machine" in warning.reason
        assert ("unencrypted" in warning.reason) is url.startswith("http://")


def test_check_says_whether_server_and_model_are_there() -> None:
    with run_server() as server:
        assert list_models(server.settings()) == ["other", MODEL]
        assert "answers and lists 'test-reader'; on this machine" in check_second_reader(server.settings())
        with pytest.raises(ServerError, match=r"does not list the model 'nobody'\. It lists: other, test-reader"):
            check_second_reader(server.settings(model="nobody"))
        server.models = ["nobody:latest"]
        assert check_second_reader(server.settings(model="nobody"))
        server.models = []
        with pytest.raises(ServerError, match="It lists: none"):
            check_second_reader(server.settings())
        server.raw = b'{"data": 3}'
        with pytest.raises(ServerError, match="does not answer /models"):
            check_second_reader(server.settings())
    with pytest.raises(ServerError, match="cannot be reached"):
        check_second_reader(server.settings())


@given(st.text())
def test_answers_become_plain_lines(answer: str) -> None:
    text = tidy_answer(answer)
    assert all(c == "\n" or c.isprintable() for c in text)
    assert all(line and line == line.strip() for line in text.split("\n") if text)
