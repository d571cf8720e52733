"""What every rival knows from its start on: tables, rules, and which generation of the views is current."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import boto3

from app.bootstrap.binding import validity, valuation
from app.domain.earning import EarningRules
from app.domain.kickbacks import KickbackType, Valuation
from app.domain.periods import business_date
from app.domain.rates import MILLION
from app.ports.views import Generation
from app.settings import Environment, Settings
from app.store.view_keys import CONTROL_PK, CURRENT_SK, control_pk
from bench.http_client import Unexpected
from bench.rivals.values import plain


@dataclass(frozen=True, slots=True)
class Basics:
    """Names, shard counts and rules, as the service's settings say them."""

    facts: str
    views: str
    region: str
    endpoint: str
    zone: tzinfo
    rules: EarningRules
    category_shards: int
    card_shards: int
    due_shards: int
    valuation: Valuation
    currency: str

    @property
    def valuation_document(self) -> dict[str, Any]:
        """What one unit of each type counts for."""
        return {"currency": self.currency, **{kind.value: self.valuation[kind] / MILLION for kind in KickbackType}}


@dataclass(frozen=True, slots=True)
class Current:
    """The generation of the views to answer from, and up to where it counts: as UTC text and as a business date."""

    generation: Generation
    as_of: str
    as_of_day: date


def basics() -> Basics:
    """From the environment. Endpoint and region are needed: rivals are measured on a database of this machine."""
    settings = Settings(environment=Environment.LOCAL)
    return Basics(
        facts=settings.facts_table,
        views=settings.views_table,
        region=settings.aws_region or os.environ["AWS_DEFAULT_REGION"],
        endpoint=os.environ["AWS_ENDPOINT_URL_DYNAMODB"],
        zone=settings.zone,
        rules=EarningRules(validity(settings), settings.zone),
        category_shards=settings.category_shards,
        card_shards=settings.card_shards,
        due_shards=settings.due_shards,
        valuation=valuation(settings),
        currency=settings.currency,
    )


def current(known: Basics) -> Current:
    """Reads it once. A service would have to look again and again. Raises Unexpected where there are no views."""
    client = boto3.client("dynamodb", region_name=known.region, endpoint_url=known.endpoint)
    try:
        control = {"PK": {"S": CONTROL_PK}, "SK": {"S": CURRENT_SK}}
        found = client.get_item(TableName=known.views, Key=control, ConsistentRead=True)
        if "Item" not in found:
            raise Unexpected("there are no views yet")
        generation = _generation(plain(found["Item"]))
        progress = client.query(
            TableName=known.views,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :prefix)",
            ExpressionAttributeValues={":pk": {"S": control_pk(generation.number)}, ":prefix": {"S": "SHARD#"}},
            ConsistentRead=True,
        )
    finally:
        client.close()
    as_of = min(item["watermark"]["S"] for item in progress["Items"])
    return Current(generation, as_of, business_date(datetime.fromisoformat(as_of), known.zone))


def _generation(item: Mapping[str, Any]) -> Generation:
    values = {KickbackType(kind): value for kind, value in item["valuation"].items()}
    return Generation(item["generation"], item["shards"], values, item["since"])
