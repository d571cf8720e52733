"""The dashboard and the alarm rules ask for what /metrics shows."""

from collections.abc import Mapping

import pytest
from httpx import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry import DATABASE_RETRIES, spend
from tests.bodies import body
from tests.docs.observability import metrics
from tests.infra.promql import expressions, series_in

# What Prometheus itself adds to every series.
ADDED = {"job", "instance"}
# A counter with labels shows none before it has counted.
NOT_YET = {name: frozenset(labels) for name, kind, labels, _ in metrics() if kind != "histogram"}


@pytest.fixture
async def shown(http: AsyncClient, unique: str) -> Mapping[str, frozenset[str]]:
    """Every name in /metrics, with its labels."""
    await http.post("/transactions", json=body(unique))
    await http.get("/categories/GROCERY/rankings", params={"year": "2026"})
    spend("query", "no_answer", table="facts", seconds=1.0)
    DATABASE_RETRIES.labels("facts", "throttled").inc(0)
    text = (await http.get("/metrics")).text
    return {
        sample.name: frozenset(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.dynamodb
async def test_everything_that_is_asked_for_is_shown(shown: Mapping[str, frozenset[str]]) -> None:
    named = [one for expression in expressions() for one in series_in(expression)]
    assert len(named) > 40
    labels = {**NOT_YET, **shown}
    for one in named:
        assert one.metric in labels, one
        assert {name for name, _ in one.wanted} <= labels[one.metric] | ADDED, one
    for expression in expressions():
        together = frozenset[str]().union(*(labels[one.metric] for one in series_in(expression)))
        for one in series_in(expression):
            assert one.grouped <= together | ADDED, one
