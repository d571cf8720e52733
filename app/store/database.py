"""One call to DynamoDB: sent, timed, its capacity booked, its errors turned into ours, its bytes decoded."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from botocore.exceptions import ClientError

from app.ports.errors import StoreUnavailable
from app.store.client import BODY
from app.store.errors import CLIENT_ERRORS, TRANSACTION_CANCELLED, cancellation_reasons, error_code, port_error
from app.store.limits import check_transaction, transaction_write_units
from app.store.wire import Answer, Item, PutAnswer
from app.telemetry import spend

A = TypeVar("A", bound=Answer)
_PUT = msgspec.json.Decoder(PutAnswer)


class Cancelled(Exception):
    """A transaction that wrote nothing. `reasons` has one entry for each action, in order."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("transaction cancelled")
        self.reasons = reasons


class Database:
    """One table through one client.

    Every method raises StoreUnavailable when there is no usable answer (OutcomeUnknown after a write), and
    StoreRefused when DynamoDB says that we asked wrongly.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self.table = table

    async def query(self, decoder: msgspec.json.Decoder[A], **request: Any) -> A:
        """A Query on the table or one of its indexes."""
        return await self._call("query", decoder, {"ReturnConsumedCapacity": "TOTAL", **request})

    async def get_item(self, decoder: msgspec.json.Decoder[A], **request: Any) -> A:
        """A strongly consistent GetItem."""
        return await self._call(
            "get_item", decoder, {"ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL", **request}
        )

    async def put_item(self, item: Item) -> None:
        """An unconditional PutItem, for items that are the same whoever writes them."""
        await self._call("put_item", _PUT, {"Item": item, "ReturnConsumedCapacity": "TOTAL"}, wrote=True)

    async def put_new_together(self, items: list[Item], *, token: str) -> None:
        """Puts all items, none of which may exist, or none. Raises Cancelled with DynamoDB's reasons."""
        sizes = check_transaction(items)
        actions = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(PK)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            }
            for item in items
        ]
        started = time.perf_counter()
        try:
            await self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except CLIENT_ERRORS as error:
            code = error_code(error)
            spend("transact_write_items", code, seconds=time.perf_counter() - started)
            if isinstance(error, ClientError) and code == TRANSACTION_CANCELLED:
                raise Cancelled(cancellation_reasons(error)) from error
            raise port_error(error, wrote=True) from error
        # DynamoDB Local counts transactions differently from DynamoDB, so the published rule is applied here.
        spend(
            "transact_write_items",
            "ok",
            seconds=time.perf_counter() - started,
            write_units=transaction_write_units(items, sizes),
        )

    async def _call(
        self, operation: str, decoder: msgspec.json.Decoder[A], request: dict[str, Any], *, wrote: bool = False
    ) -> A:
        started = time.perf_counter()
        try:
            answer = await getattr(self._client, operation)(TableName=self.table, **request)
            decoded = decoder.decode(answer[BODY])
        except CLIENT_ERRORS as error:
            spend(operation, error_code(error), seconds=time.perf_counter() - started)
            raise port_error(error, wrote=wrote) from error
        except msgspec.MsgspecError as error:
            spend(operation, "undecodable", seconds=time.perf_counter() - started)
            raise StoreUnavailable("an answer that could not be decoded") from error
        units = decoded.ConsumedCapacity.CapacityUnits
        seconds = time.perf_counter() - started
        spend(operation, "ok", seconds=seconds, **{"write_units" if wrote else "read_units": units})
        return decoded
