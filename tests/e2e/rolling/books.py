"""What is in the table, counted from its items."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """How often each transaction id is there as a purchase and as a guard, and each ledger's entries by user."""

    purchases: Counter[str]
    guards: Counter[str]
    entries: dict[str, list[Item]]

    def balance(self, user: str) -> int:
        """After the newest entry of the user's points."""
        newest = max(self.entries[user], key=lambda item: str(item["SK"]["S"]))
        return int(newest["balance"]["N"])

    def kinds(self, user: str) -> Counter[str]:
        """How many entries of each kind."""
        return Counter(str(item["kind"]["S"]) for item in self.entries[user])


async def books(admin: Any, table: str) -> Books:
    """Of a table small enough to be read whole."""
    purchases, guards = Counter[str](), Counter[str]()
    entries: dict[str, list[Item]] = defaultdict(list)
    async for page in admin.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            sort_key = item["SK"]["S"]
            if sort_key.startswith("TRANSACTION#"):
                purchases[item["transactionId"]["S"]] += 1
            elif sort_key == "TXN":
                guards[item["PK"]["S"].removeprefix("TXN#")] += 1
            elif sort_key.startswith("LEDGER#"):
                entries[item["userId"]["S"]].append(item)
    return Books(purchases, guards, entries)
