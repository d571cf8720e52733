"""The two sharded indexes: which attributes they have and over how many partitions a key is spread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.periods import DateRange
from app.store import keys
from app.store.purchase_codec import date_bounds
from app.store.purchase_lines import LineRow
from app.store.sharding import ShardCounts
from app.store.wire import Item, text


@dataclass(frozen=True, slots=True)
class ShardedIndex:
    """One index, and how to ask one of its shards."""

    name: str
    pk_attribute: str
    sk_attribute: str
    shards: ShardCounts
    shard_pk: Callable[[str, int], str]

    def request(self, index_key: str, shard: int, dates: DateRange) -> dict[str, Any]:
        """A Query of one shard, newest first."""
        first, last = date_bounds(dates)
        return {
            "IndexName": self.name,
            "KeyConditionExpression": f"{self.pk_attribute} = :pk AND {self.sk_attribute} BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": text(self.shard_pk(index_key, shard)),
                ":first": text(first),
                ":last": text(last),
            },
            "ScanIndexForward": False,
        }

    def start_after(self, index_key: str, shard: int, item_key: "ItemKey") -> Item:
        """The ExclusiveStartKey that resumes a shard after an item."""
        return {
            "PK": text(keys.user_pk(item_key.user_id)),
            "SK": text(keys.transaction_sk_text(item_key.day, item_key.transaction_id)),
            self.pk_attribute: text(self.shard_pk(index_key, shard)),
            self.sk_attribute: text(item_key.day),
        }


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What every key of a purchase is made of."""

    day: str
    user_id: str
    transaction_id: str

    @classmethod
    def of(cls, row: LineRow) -> "ItemKey":
        """Of a row that was read."""
        return cls(row.transactionDate.S, row.userId.S, row.item_id)


def category_index(shards: ShardCounts) -> ShardedIndex:
    """CategoryIndex."""
    return ShardedIndex(keys.CATEGORY_INDEX, "GSI1PK", "GSI1SK", shards, keys.category_shard_pk)


def card_index(shards: ShardCounts) -> ShardedIndex:
    """CardIndex."""
    return ShardedIndex(keys.CARD_INDEX, "GSI2PK", "GSI2SK", shards, keys.card_shard_pk)
