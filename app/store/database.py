"""One call to DynamoDB: sent, timed, its capacity booked, its errors turned into ours, its bytes decoded."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from app.ports.errors import StoreRefused, StoreUnavailable
from app.store.errors import CLIENT_ERRORS, cancellation_reasons, port_error
from app.store.limits import check_item, check_transaction, transaction_write_units
from app.store.outcomes import CONDITION, OK, UNDECODABLE, is_cancelled, outcome_of
from app.store.wire import BODY, Answer, Item, PutAnswer
from app.telemetry import spend

A = TypeVar("A", bound=Answer)
_PUT = msgspec.json.Decoder(PutAnswer)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of the item that is there. `names` are placeholders of attribute names, `values` of values."""

    expression: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """As DynamoDB wants them."""
        given: dict[str, Any] = {"ConditionExpression": self.expression}
        if self.values:
            given["ExpressionAttributeValues"] = self.values
        if self.names:
            given["ExpressionAttributeNames"] = self.names
        return given


IS_NEW = Condition("attribute_not_exists(PK)")
_TOLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_WHEN_NEW = _TOLD | IS_NEW.parameters()


@dataclass(frozen=True, slots=True)
class Put:
    """An item, and when it may be put."""

    item: Item
    condition: Condition = IS_NEW


class Cancelled(Exception):
    """A transaction that wrote nothing. `reasons` has one entry for each action, in order."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("transaction cancelled")
        self.reasons = reasons


class ConditionFailed(Exception):
    """The item that is there is not as the condition wants it; nothing was written."""


class Database:
    """One table through one client. What is in it can only be added to, unless it is said to be `replaceable`.

    `role` is what metrics call the table: `facts`, or `views` where it is replaceable, unless told otherwise.

    Every method raises StoreUnavailable when there is no usable answer (OutcomeUnknown after a write), and
    StoreRefused when DynamoDB says that we asked wrongly.
    """

    def __init__(self, client: Any, table: str, *, replaceable: bool = False, role: str | None = None) -> None:
        self._client = client
        self._role = role or ("views" if replaceable else "facts")
        self._replaceable = replaceable
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

    async def put_if(self, put: Put) -> bool:
        """A PutItem under its condition. False when that did not hold, be it that a lost answer had been a success:
        whoever must know the difference looks at what is there."""
        request = {"Item": put.item, "ReturnConsumedCapacity": "TOTAL", **put.condition.parameters()}
        self._check(replacing=put.condition is not IS_NEW)
        check_item(put.item)
        try:
            await self._call("put_item", _PUT, request, wrote=True)
        except ConditionFailed:
            return False
        return True

    async def put_together(self, puts: Sequence[Put], *, token: str) -> None:
        """Puts all items under their conditions, or none. Raises Cancelled with DynamoDB's reasons."""
        replacing = any(put.condition is not IS_NEW for put in puts)
        self._check(replacing=replacing)
        items = [put.item for put in puts]
        encoded = [_encode(item) for item in items]
        sizes = check_transaction(items, encoded)
        actions = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": msgspec.Raw(item),
                    **(_WHEN_NEW if put.condition is IS_NEW else put.condition.parameters() | _TOLD),
                }
            }
            for put, item in zip(puts, encoded, strict=True)
        ]
        started = time.perf_counter()
        try:
            await self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except CLIENT_ERRORS as error:
            spend("transact_write_items", outcome_of(error), table=self._role, seconds=time.perf_counter() - started)
            if is_cancelled(error):
                raise Cancelled(cancellation_reasons(error)) from error
            raise port_error(error, wrote=True) from error
        # DynamoDB Local counts transactions differently from DynamoDB, so the published rule is applied here.
        spend(
            "transact_write_items",
            OK,
            table=self._role,
            seconds=time.perf_counter() - started,
            write_units=transaction_write_units(items, sizes, replacing=replacing),
        )

    async def batch_get(self, decoder: msgspec.json.Decoder[A], request: dict[str, Any]) -> A:
        """A BatchGetItem as it is answered: unprocessed keys are the caller's business."""
        return await self._call("batch_get_item", decoder, request)

    async def batch_write(self, decoder: msgspec.json.Decoder[A], request: dict[str, Any]) -> A:
        """A BatchWriteItem as it is answered: unprocessed items are the caller's business."""
        if not self._replaceable:
            raise StoreRefused("facts are only ever added, each under a condition")
        return await self._call("batch_write_item", decoder, request, wrote=True)

    async def scan(self, decoder: msgspec.json.Decoder[A], **request: Any) -> A:
        """One page of a Scan. For maintenance; no request of a client leads here."""
        return await self._call("scan", decoder, {"ReturnConsumedCapacity": "TOTAL", **request})

    def _check(self, *, replacing: bool) -> None:
        if replacing and not self._replaceable:
            raise StoreRefused("facts are only ever added")

    async def _call(
        self, operation: str, decoder: msgspec.json.Decoder[A], request: dict[str, Any], *, wrote: bool = False
    ) -> A:
        started = time.perf_counter()
        try:
            named = {} if "RequestItems" in request else {"TableName": self.table}
            answer = await getattr(self._client, operation)(**named, **request)
            decoded = decoder.decode(answer[BODY])
        except CLIENT_ERRORS as error:
            outcome = outcome_of(error)
            spend(operation, outcome, table=self._role, seconds=time.perf_counter() - started)
            if outcome == CONDITION:
                raise ConditionFailed from error
            raise port_error(error, wrote=wrote) from error
        except msgspec.MsgspecError as error:
            spend(operation, UNDECODABLE, table=self._role, seconds=time.perf_counter() - started)
            raise StoreUnavailable("an answer that could not be decoded") from error
        consumed = decoded.ConsumedCapacity
        units = sum(one.CapacityUnits for one in consumed) if isinstance(consumed, list) else consumed.CapacityUnits
        seconds = time.perf_counter() - started
        if wrote:
            spend(operation, OK, table=self._role, seconds=seconds, write_units=units)
        else:
            spend(operation, OK, table=self._role, seconds=seconds, read_units=units)
        return decoded
