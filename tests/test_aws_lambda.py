"""The function as AWS Lambda would start it, on real tables and with real records of their stream."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.bootstrap.projector import projection_of, view_writer_of
from app.domain.kickbacks import KickbackType
from app.ports.views import CategoryTotal, Generation
from app.settings import Settings
from app.store.client import ClientOptions, streams_client
from app.store.database import Database
from app.store.purchase_codec import purchase_item
from app.store.streams import DynamoStream
from app.store.wire import BODY
from tests.lambda_runtime import lambda_runtime
from tests.purchases import purchase
from tests.tracing.collector import attributes, collector

FUNCTION = """
import json, sys
from app.aws_lambda import handler
for line in sys.stdin:
    print("answer", json.dumps(handler(json.loads(line), None)), flush=True)
"""
GENERATION = Generation(1, 4, dict.fromkeys(KickbackType, 1_000_000), "2000")


async def invoke(settings: Settings, *events: dict[str, Any], telling: str = "") -> tuple[list[dict[str, Any]], str]:
    """What a container answers to these events, and its standard error. `telling` is the address of a collector."""
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": telling, "TRACE_SAMPLE_MILLIONTHS": "1000000"} if telling else {}
    tables = told | {"FACTS_TABLE": settings.facts_table, "VIEWS_TABLE": settings.views_table}
    container = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        FUNCTION,
        env={**os.environ, **tables},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        said, wrong = await container.communicate("".join(json.dumps(one) + "\n" for one in events).encode())
    answers = [line.removeprefix("answer ") for line in said.decode().splitlines() if line.startswith("answer ")]
    return [json.loads(one) for one in answers], wrong.decode()


async def test_a_container_counts_batch_after_batch(
    client: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    settings = await make_settings()
    facts = Database(client, settings.facts_table)
    for number in range(6):
        await facts.put_item(purchase_item(purchase(transaction_id=f"t{number}"), category_shards=1, card_shards=1))
    async with streams_client(ClientOptions(region="ap-northeast-1", read_seconds=20)) as streams:
        stream = DynamoStream(streams, settings.facts_table)
        [shard] = await stream.shards()
        records: list[dict[str, Any]] = []
        iterator: str | None = await stream.open(shard.shard_id, None)
        while len(records) < 6:
            answer = json.loads((await streams.get_records(ShardIterator=iterator))[BODY])
            records += answer["Records"]
            iterator = answer["NextShardIterator"]
    named = {"shardId": shard.shard_id, "state": {}, "isFinalInvokeForWindow": False}
    events = [{**named, "Records": part} for part in (records[:4], records[:4], records[3:])]
    # Nobody has made views yet: all comes again.
    [refused], _ = await invoke(settings, events[0])
    assert refused["batchItemFailures"] == [{"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}]
    projection = projection_of(settings, client)
    await projection.promote(GENERATION, instead_of=None)
    with collector() as telemetry:
        answers, _ = await invoke(settings, *events, telling=telemetry.url)
    assert answers == [{"state": {}, "batchItemFailures": []}] * 3
    # Sent with the first event: there may never be another.
    spans = telemetry.spans()
    [batch, *_] = [span for span in spans if span.name == "projector batch"]
    assert attributes(batch)["kickbacks.records"] == 4
    assert "PutItem views" in {span.name for span in spans if span.parent_span_id == batch.span_id}
    assert telemetry.metrics()["kickbacks_projector_batch_records"] == 1
    wanted = CategoryTotal("2023-05", "GROCERY")
    rows = await view_writer_of(settings, client).load(GENERATION, [wanted])
    assert rows[wanted].totals.count == 6
    [progress] = await projection.progress(1)
    assert progress.position == records[5]["dynamodb"]["SequenceNumber"]


async def test_a_mapping_without_a_window_is_told_how_to_be(
    dynamodb_url: str, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    answers, wrong = await invoke(await make_settings(), {"Records": [{}]})
    assert answers == []
    assert "set TumblingWindowInSeconds on the event source mapping" in wrong


@pytest.mark.skipif(sys.platform != "linux", reason="the runtime of AWS Lambda is there for Linux only")
async def test_the_image_s_runtime_calls_the_function(
    dynamodb_url: str, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    """As infra/terraform starts the container: `python -m awslambdaric app.aws_lambda.handler`."""
    settings = await make_settings()
    named = {"shardId": "shardId-1", "state": {}, "Records": []}
    async with lambda_runtime(named, {"Records": [{}]}) as runtime:
        container = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "awslambdaric", "app.aws_lambda.handler"),
            env={
                **os.environ,
                "AWS_LAMBDA_RUNTIME_API": runtime.address,
                "FACTS_TABLE": settings.facts_table,
                "VIEWS_TABLE": settings.views_table,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(60):
                while not runtime.errors:
                    assert container.returncode is None
                    await asyncio.sleep(0.05)
        finally:
            if container.returncode is None:
                container.kill()
            said, _ = await container.communicate()
    assert runtime.answers == [{"state": {}, "batchItemFailures": []}], said.decode()
    assert "TumblingWindowInSeconds" in runtime.errors[0]["errorMessage"]
