"""What a table refuses before anything is sent."""

from typing import Any

import msgspec
import pytest

from app.ports.errors import StoreRefused
from app.store.database import Condition, Database, Put
from app.store.wire import BatchWriteAnswer, key


class NoClient:
    """Every call would be a mistake."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


FACTS = Database(NoClient(), "Facts")
REPLACING = Put(key("a", "b"), Condition("attribute_exists(PK)"))


async def test_facts_are_not_replaced() -> None:
    with pytest.raises(StoreRefused):
        await FACTS.put_if(REPLACING)
    with pytest.raises(StoreRefused):
        await FACTS.put_together([Put(key("a", "a")), REPLACING], token="t")


async def test_facts_are_not_written_without_a_condition_or_removed() -> None:
    for request in ({"PutRequest": {"Item": key("a", "b")}}, {"DeleteRequest": {"Key": key("a", "b")}}):
        with pytest.raises(StoreRefused):
            await FACTS.batch_write(msgspec.json.Decoder(BatchWriteAnswer), {"RequestItems": {"Facts": [request]}})


async def test_views_are() -> None:
    views = Database(NoClient(), "Views", replaceable=True)
    with pytest.raises(AssertionError, match="put_item was called"):
        await views.put_if(REPLACING)
