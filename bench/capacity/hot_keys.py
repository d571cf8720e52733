"""Every key that many purchases share, and the rate at which its partition is at its limit: pure."""

from dataclasses import dataclass

from app.settings import Settings
from bench.capacity.facts import limit, shards_needed
from bench.capacity.inputs import Inputs
from bench.capacity.shares import largest, zipf

USER_UNITS = 4.0
"""Of a user's partition for each purchase: the purchase and its entry, in a transaction."""


@dataclass(frozen=True, slots=True)
class HotKey:
    """`share` of all purchases that the hottest such key has; `shards` by default, and `needed` at the headline with
    head room; `limit`: purchases a second, of all keys, at which one shard is at its partition's limit."""

    where: str
    key: str
    share: float
    units: float
    shards: int
    needed: int
    limit: float
    shardable: bool = True

    def holds(self, inputs: Inputs) -> bool:
        """Whether the partition takes the headline, with nothing to spare."""
        return self.limit >= inputs.headline.writes


def hot_keys(inputs: Inputs) -> list[HotKey]:
    """Of the facts table and its indexes, and of the leaderboard whose rows never fold together."""
    defaults, crowd = Settings.model_fields, inputs.crowd
    user, card = largest(zipf(crowd.users)), largest(zipf(crowd.cards))

    hottest = crowd.hottest_category

    def key(where: str, name: str, share: float, units: float, shards: str | None) -> HotKey:
        count = defaults[shards].default if shards else 1
        return HotKey(
            where,
            name,
            share,
            units,
            count,
            shards_needed(share, units, inputs),
            limit(share, units, count, inputs),
            shards is not None,
        )

    return [
        key("table", "`USER#`: purchases and entries of the busiest user", user, USER_UNITS, None),
        key("LedgerIndex", "`LEDGER#`: the busiest account", user, 1.0, None),
        key("CategoryIndex", "`CATEGORY#`: the hottest category", hottest, 1.0, "category_shards"),
        key("CardIndex", "`CARD#`: the hottest card", card, 1.0, "card_shards"),
        key("DueIndex", "`DUE#`: the month in which today's points expire", 1.0, 1.0, "due_shards"),
        key("ScoreIndex", "`RANK#`: a month's users of the hottest category", hottest, 2.0, "view_shards"),
    ]


def one_user(inputs: Inputs) -> float:
    """Purchases a second of a single user, an import for example, at which the user's partition is at its limit."""
    return inputs.rules.partition_writes / USER_UNITS
