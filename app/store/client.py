"""The DynamoDB client: one for the process, its requests and answers bytes that msgspec encodes and decodes.

aioboto3 is imported here and nowhere else, and only for its clients, so that another client is a change of few files:
this one, and what it hands the SDK.
"""

import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aioboto3
import msgspec
import structlog
from aiobotocore.config import AioConfig
from aiobotocore.parsers import AioJSONParser, AioResponseParserFactory
from aiobotocore.retries.standard import AioStandardRetryConditions
from aiobotocore.session import AioSession
from botocore.retries.standard import RetryEventAdapter
from yarl import URL

from app.store.breaker import BreakerRule
from app.store.breakers import Breakers
from app.store.direct import USER_AGENT, DirectClient, Trouble, Way, start_of, take_first_outcome
from app.store.http_session import HttpSession, response_of
from app.store.retries import Retries
from app.store.retry_budget import RetryBudget
from app.store.signing import Keys, Signer
from app.store.wire import BODY
from app.telemetry import DATABASE_CIRCUITS, DATABASE_RETRIES

# As many as the SDK's own bucket pays for when nothing goes through.
_RETRIES_IN_VAIN = 100
_SECOND_NS = 1_000_000_000
_log = structlog.get_logger("kickbacks.database")


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Region and endpoint (None: the SDK's own), and bounds: seconds, connections, attempts in all. `call_seconds` is
    for a data call with all its attempts. `roles` are what metrics call the tables of these names."""

    region: str | None = None
    endpoint: str | None = None
    connect_seconds: float = 1.0
    read_seconds: float = 3.0
    call_seconds: float = 10.0
    attempts: int = 3
    connections: int = 128
    breaker: BreakerRule = field(default_factory=BreakerRule)
    roles: Mapping[str, str] = field(default_factory=dict)


class _BytesParser(AioJSONParser):
    """Leaves a successful answer as bytes: botocore's own parser builds every value twice, in Python."""

    async def _do_parse(self, response: dict[str, Any], shape: object) -> dict[str, Any]:
        if response["status_code"] >= 300:
            parsed: dict[str, Any] = await super()._do_parse(response, shape)
            return parsed
        return {BODY: response["body"], "ResponseMetadata": {}}


class _BytesParserFactory(AioResponseParserFactory):
    def create_parser(self, _protocol_name: str) -> _BytesParser:
        return _BytesParser(**self._defaults)


@asynccontextmanager
async def data_client(options: ClientOptions) -> AsyncIterator[DirectClient]:
    """The client of the running service. Endpoint, region and credentials are the SDK's own business."""
    parts, budget = _Parts(), RetryBudget(_RETRIES_IN_VAIN)
    trouble = Trouble(
        breakers=Breakers(options.breaker, _circuit_of(options.roles)),
        budget=budget,
        call_ns=int(options.call_seconds * _SECOND_NS),
        clock=time.monotonic_ns,
    )
    async with _bytes_client("dynamodb", options, options.endpoint, parts, budget) as client:
        client.meta.events.register("before-send.dynamodb", parts.before_send)
        yield DirectClient(client, lambda: parts.way, trouble)


@asynccontextmanager
async def streams_client(options: ClientOptions) -> AsyncIterator[Any]:
    """The client that reads the facts table's stream."""
    endpoint = options.endpoint or streams_endpoint(os.environ)
    budget = RetryBudget(_RETRIES_IN_VAIN)
    async with _bytes_client("dynamodbstreams", options, endpoint, _Parts(), budget) as client:
        yield client


def streams_endpoint(environ: Mapping[str, str]) -> str | None:
    """DynamoDB's own endpoint where the environment names only that: DynamoDB Local serves both. None: the SDK's."""
    if "AWS_ENDPOINT_URL_DYNAMODB_STREAMS" in environ or "AWS_ENDPOINT_URL" in environ:
        return None
    return environ.get("AWS_ENDPOINT_URL_DYNAMODB")


class _Parts:
    """Those of the SDK's parts that calls past its layers go through."""

    def __init__(self) -> None:
        self.way: Way | None = None
        self.region = ""
        self.keys: Callable[[], Any] | None = None
        self._session: HttpSession | None = None

    def make_session(self, **options: Any) -> HttpSession:
        """The SDK makes its HTTP session by this, once."""
        self._session = HttpSession(**options)
        return self._session

    def before_send(self, request: Any, **_: object) -> Any:
        """Called by the SDK with what it is about to send; what is returned, it takes for the answer."""
        session, keys = self._session, self.keys
        if self.way is None and keys is not None and session is not None and session.reaches(request.url):
            url = URL(request.url, encoded=True)
            signer = Signer("dynamodb", self.region, url.host_port_subcomponent or "", time.time)
            self.way = Way(url, start_of(url), signer, keys, session.post, response_of)
        return take_first_outcome()


@asynccontextmanager
async def _bytes_client(
    service: str, options: ClientOptions, endpoint: str | None, parts: _Parts, budget: RetryBudget
) -> AsyncIterator[Any]:
    session = AioSession()
    session.register_component("response_parser_factory", _BytesParserFactory())
    config = AioConfig(
        connect_timeout=options.connect_seconds,
        read_timeout=options.read_seconds,
        max_pool_connections=options.connections,
        retries={"mode": "standard", "total_max_attempts": 1},  # the others are ours to decide on
        parameter_validation=False,
        user_agent=USER_AGENT,
        http_session_cls=parts.make_session,
    )
    async with aioboto3.Session(botocore_session=session).client(
        service, config=config, region_name=options.region, endpoint_url=endpoint
    ) as client:
        _send_bytes(client)
        _retry(client, options, budget)
        credentials = await session.get_credentials()
        if credentials is not None:
            parts.keys, parts.region = _keys_of(credentials), client.meta.region_name
        yield client


def _retry(client: Any, options: ClientOptions, budget: RetryBudget) -> None:
    """By our rules. What another attempt heals is told by the SDK's own."""
    conditions, adapter = AioStandardRetryConditions(options.attempts), RetryEventAdapter()

    async def heals(told: Mapping[str, Any]) -> bool:
        return bool(await conditions.is_retryable(adapter.create_retry_context(**told)))

    def count(table: str | None, outcome: str) -> None:
        DATABASE_RETRIES.labels("stream" if table is None else options.roles.get(table, "other"), outcome).inc()

    retries = Retries(options.attempts, budget, heals, random=random.random, clock=time.monotonic_ns, count=count)
    client.meta.events.register(f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", retries.needs_retry)


def _circuit_of(roles: Mapping[str, str]) -> Callable[[str, str, bool], None]:
    def changed(table: str, kind: str, is_open: bool) -> None:
        role = roles.get(table, "other")
        DATABASE_CIRCUITS.labels(role, kind).set(is_open)
        if is_open:
            _log.error("calls fail at once: too many have failed", table=role, kind=kind)
        else:
            _log.warning("calls go through again", table=role, kind=kind)

    return changed


def _keys_of(credentials: Any) -> Callable[[], Any]:
    """The SDK renews them when it is time."""

    async def keys() -> Keys:
        frozen = await credentials.get_frozen_credentials()
        return Keys(frozen.access_key, frozen.secret_key, frozen.token)

    return keys


def _send_bytes(client: Any) -> None:
    """Requests are encoded by msgspec: botocore's serializer walks every value through its model, as its parser does.

    Both hooks are botocore's own: the parameters are taken out before it looks at them, and become the body after.
    """
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"provide-client-params.{service}", _take_parameters)
    client.meta.events.register(f"before-call.{service}", _put_body)


def _take_parameters(params: dict[str, Any], context: dict[str, Any], **_: object) -> dict[str, Any]:
    context[BODY] = msgspec.json.encode(params)
    # botocore looks for table names in here to choose an endpoint, and stumbles where it finds nothing at all.
    return {"RequestItems": {}} if "RequestItems" in params else {}


def _put_body(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    params["body"] = context.pop(BODY)


@asynccontextmanager
async def kms_client(options: ClientOptions) -> AsyncIterator[Any]:
    """A plain client of AWS KMS, within the same bounds. `options.endpoint` is not for it."""
    config = AioConfig(
        connect_timeout=options.connect_seconds,
        read_timeout=options.read_seconds,
        retries={"mode": "standard", "total_max_attempts": options.attempts},
    )
    async with aioboto3.Session().client("kms", config=config, region_name=options.region) as client:
        yield client


@asynccontextmanager
async def admin_client(region: str | None) -> AsyncIterator[Any]:
    """A plain client, for making and describing tables."""
    async with aioboto3.Session().client("dynamodb", region_name=region) as client:
        yield client
