"""Whatever is sent to an address of the API is answered as its description says: requests made up from the description itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from review_demo import EVENT_ID, make_event
from web_client import serve_here

from digitise.web.settings import ServerSettings, WebLimits

schemathesis = pytest.importorskip("schemathesis")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance  # noqa: E402

pytestmark = pytest.mark.slow
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 60


@schemathesis.serializer("application/offset+octet-stream")
def write_bytes(context: Any, value: Any) -> bytes:
    """Bytes of an upload are sent as they are."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of a real server that has an event to mend."""
    data = tmp_path_factory.mktemp("data")
    make_event(data)
    with serve_here(ServerSettings(data=data, workers=1, limits=WebLimits(free_mib=0))) as (_, port):
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json").exclude(path_regex="/(live|ticking)$")


def test_every_answer_is_as_described(described: Any) -> None:
    wrong: list[str] = []
    for operation in (result.ok() for result in described.get_all_operations()):

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            if "event_id" in case.path_parameters:
                case.path_parameters["event_id"] = EVENT_ID
            case.call_and_validate(checks=CHECKS, timeout=60)

        try:
            ask()
        except (Exception, BaseExceptionGroup) as fault:
            # each is told: one fault does not hide those of the other addresses
            wrong.append(f"{operation.label}: {fault!r} {getattr(fault, 'exceptions', '')}")
    assert not wrong, "\n".join(wrong)
