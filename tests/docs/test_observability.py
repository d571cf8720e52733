"""docs/observability.md says what there is: metrics, settings, spans; and its commands answer what it shows."""

import inspect
import json
import re

import msgspec
import pytest

from app.api.request_log import RequestLine
from app.settings import Settings
from app.tracing import spans
from tests.docs.observability import DOCUMENT, metrics, rendered_document
from tests.e2e.service import Service

TEXT = DOCUMENT.read_text("utf-8")


@pytest.mark.dynamodb
async def test_the_commands_answer_what_the_document_shows(started_without_views: tuple[Service, Settings]) -> None:
    service, _ = started_without_views
    assert await rendered_document(TEXT, service.url) == TEXT, "run `python -m tests.docs.observability`"


def test_every_metric_says_what_it_is() -> None:
    found = list(metrics())
    assert len(found) > 20
    assert all(name.startswith("kickbacks_") and meaning.endswith(".") for name, _, _, meaning in found)
    assert len({name for name, *_ in found}) == len(found)


def test_the_line_of_a_request_has_the_fields_that_are_shown() -> None:
    (shown,) = re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL)
    fields = [one.name for one in msgspec.structs.fields(RequestLine)]
    assert list(json.loads(shown)) == [name for name in fields if name != "client_left"]


def test_the_settings_that_are_named_are_there() -> None:
    ours = {name.upper() for name in Settings.model_fields}
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", TEXT))
    of_the_sdk = {
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
    }
    assert named - of_the_sdk <= ours
    assert {name for name in ours if name.startswith("OTEL_EXPORTER")} - {"OTEL_EXPORTER_OTLP_PROTOCOL"} <= named


def test_the_attributes_of_spans_are_those_of_the_code() -> None:
    code = inspect.getsource(spans)
    written = set(re.findall(r'"((?:http|db|kickbacks|error)\.[a-z_.]+)"', code))
    rows = "".join(line for line in TEXT.splitlines() if re.match(r"\| `(POST|Transact|projector)", line))
    assert set(re.findall(r"`((?:http|db|kickbacks|error)\.[a-z_.]+)`", rows)) == written
    assert f"at most {spans.MOST_CALLS} spans" in TEXT
