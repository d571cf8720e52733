"""Raw hands on real tables, to plant damage."""

from dataclasses import dataclass
from typing import Any

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Tables:
    """A facts and a views table, and a plain client for them."""

    admin: Any
    settings: Settings

    async def facts(self) -> list[dict[str, Any]]:
        return list((await self.admin.scan(TableName=self.settings.facts_table, ConsistentRead=True))["Items"])

    async def fact(self, sk: str, pk: str = "USER#user0") -> dict[str, Any]:
        key = {"PK": {"S": pk}, "SK": {"S": sk}}
        answer = await self.admin.get_item(TableName=self.settings.facts_table, Key=key, ConsistentRead=True)
        found: dict[str, Any] = answer["Item"]
        return found

    async def put_fact(self, item: dict[str, Any]) -> None:
        await self.admin.put_item(TableName=self.settings.facts_table, Item=item)

    async def drop_fact(self, sk: str, pk: str = "USER#user0") -> None:
        await self.admin.delete_item(TableName=self.settings.facts_table, Key={"PK": {"S": pk}, "SK": {"S": sk}})

    async def set_guard(self, transaction_id: str, **values: Any) -> None:
        await self.put_fact({**await self.fact("TXN", f"TXN#{transaction_id}"), **values})

    async def views(self) -> list[dict[str, Any]]:
        """The rows of every generation, without what the projector remembers."""
        items = (await self.admin.scan(TableName=self.settings.views_table, ConsistentRead=True))["Items"]
        return [item for item in items if not item["PK"]["S"].endswith("CONTROL")]

    async def remembered(self, prefix: str) -> list[dict[str, Any]]:
        """What the projector remembers, by the beginning of its sort key."""
        items = (await self.admin.scan(TableName=self.settings.views_table, ConsistentRead=True))["Items"]
        return [item for item in items if item["PK"]["S"].endswith("#CONTROL") and item["SK"]["S"].startswith(prefix)]

    async def view(self, part_of_pk: str) -> dict[str, Any]:
        """The first row in such a partition."""
        rows = sorted(
            (item["SK"]["S"], item["PK"]["S"], item) for item in await self.views() if part_of_pk in item["PK"]["S"]
        )
        return rows[0][-1]

    async def set_view(self, part_of_pk: str, **values: Any) -> None:
        await self.admin.put_item(TableName=self.settings.views_table, Item={**await self.view(part_of_pk), **values})

    async def drop_view(self, part_of_pk: str) -> None:
        row = await self.view(part_of_pk)
        await self.admin.delete_item(
            TableName=self.settings.views_table, Key={name: row[name] for name in ("PK", "SK")}
        )

    async def change_part(self, part_of_pk: str) -> None:
        row = await self.view(part_of_pk)
        (name, (count, *rest)), *others = ((name, part["L"]) for name, part in row["parts"]["M"].items())
        changed = {"N": str(int(count["N"]) + 1)}
        parts = {name: {"L": [changed, *rest]}, **{other: {"L": part} for other, part in others}}
        await self.set_view(part_of_pk, parts={"M": parts})
