"""Writing rows of views without a projector: requests that are prepared beforehand, answers that are not decoded."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from app.settings import Settings
from app.store.wire import Item, text
from bench.http_client import Connection
from bench.pace import Worker, closed_loop
from bench.recorder import wire
from bench.views.projecting import Passed

# Whatever is there: a new row is put, a known one replaced, as the projector does.
_CONDITION = {"ConditionExpression": "attribute_not_exists(PK) OR attribute_exists(marks)"}
_LONGEST_SECONDS = 120.0
_OWN_KEYS = ("PK", "scorePK")


async def write_rows(url: str, settings: Settings, batches: Sequence[Sequence[Item]], *, group: int) -> Passed:
    """Every row of the batches once, in single puts or transactions of `group`, under keys of their own; as many calls
    are under way as a projector has."""
    left = iter([(len(rows), _request(settings.views_table, rows)) for rows in _portions(batches, group)])
    connections = [await Connection.open(url) for _ in range(settings.view_calls)]
    try:
        # Nothing is left long before the time is up.
        done, seconds = await closed_loop([_worker(connection, left) for connection in connections], _LONGEST_SECONDS)
    finally:
        for connection in connections:
            connection.close()
    return Passed(0, done, seconds)


def _portions(batches: Sequence[Sequence[Item]], group: int) -> Iterator[Sequence[Item]]:
    """Within a batch no row comes twice."""
    return chain.from_iterable(
        [batch[start : start + group] for start in range(0, len(batch), group)] for batch in batches
    )


def _request(table: str, rows: Sequence[Item]) -> bytes:
    puts = [{"TableName": table, "Item": _own(row), **_CONDITION} for row in rows]
    if len(puts) == 1:
        return wire("PutItem", puts[0])
    return wire("TransactWriteItems", {"TransactItems": [{"Put": put} for put in puts]})


def _own(row: Item) -> Item:
    own: dict[str, Any] = {name: text(f"bare-{row[name]['S']}") for name in _OWN_KEYS if name in row}
    return row | own


def _worker(connection: Connection, left: Iterator[tuple[int, bytes]]) -> Worker:
    async def write() -> int:
        amount, request = next(left, (0, b""))
        if amount:
            await connection.ask(request)
        return amount

    return write
