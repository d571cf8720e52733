"""A service whose collector takes connections and never says anything answers, and stops, as if there were none."""

import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.settings import Projector, Settings
from app.tracing.exporting import FLUSH_SECONDS
from tests.bodies import body
from tests.e2e.service import service
from tests.tracing.collector import black_hole

pytestmark = pytest.mark.dynamodb
_DRAIN_SECONDS = 0.5


async def test_a_collector_that_never_answers_is_nobody_s_business(
    make_settings: Callable[..., Awaitable[Settings]], unique: str
) -> None:
    settings = await make_settings(projector=Projector.OUTSIDE)
    with black_hole() as url:
        environment = {
            "ENVIRONMENT": "local",
            "PROJECTOR": "outside",
            "FACTS_TABLE": settings.facts_table,
            "VIEWS_TABLE": settings.views_table,
            "VAULT_TABLE": settings.vault_table,
            "VAULT_KEY_FILE": str(settings.vault_key_file),
            "DRAIN_SECONDS": str(_DRAIN_SECONDS),
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        }
        async with service(environment) as one, httpx.AsyncClient(base_url=one.url, timeout=30) as http:
            assert (await http.post("/transactions", json=body(unique))).status_code == 201
            assert "kickbacks_requests_total" in (await http.get("/metrics")).text
            began = time.monotonic()
            assert await one.stop() == 0
            took = time.monotonic() - began
    # Ten seconds are what sending waits by itself, for traces and for metrics.
    assert took < _DRAIN_SECONDS + FLUSH_SECONDS + 5
