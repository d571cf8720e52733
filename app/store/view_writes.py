"""The ViewWriter port on DynamoDB."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.view_rows import ViewRow
from app.ports.errors import StoreRefused, StoreUnavailable
from app.ports.views import Change, Generation, Saved, Unsavable, ViewId
from app.retrying import Backoff
from app.store.batches import get_many, put_request, write_many
from app.store.database import IS_NEW, Cancelled, Condition, Database, Put
from app.store.errors import TRANSIENT_REASONS
from app.store.outcomes import CONDITION_FAILED
from app.store.view_codec import MARKS, ViewItem, marks_value, row_of, view_item
from app.store.view_keys import view_key
from app.store.wire import BatchGetAnswer, key, lax

_ROWS = lax(BatchGetAnswer[ViewItem])
_NO_MARKS = Condition("attribute_exists(PK) AND attribute_not_exists(#marks)", names={"#marks": MARKS})


@dataclass(frozen=True, slots=True)
class DynamoViewWriter:
    """See the port. `group` rows are saved in one call: one costs least, more (a transaction, at twice the capacity)
    need fewer calls. `slots` bounds the calls under way."""

    database: Database
    group: int
    slots: asyncio.Semaphore
    backoff: Backoff
    new_token: Callable[[], str]

    async def load(self, generation: Generation, ids: Collection[ViewId]) -> dict[ViewId, ViewRow]:
        """BatchGetItem, 100 rows a call."""
        by_key = {view_key(generation, view_id): view_id for view_id in ids}
        keys = [key(pk, sk) for pk, sk in by_key]
        items = await get_many(self.database, _ROWS, keys, slots=self.slots, backoff=self.backoff, consistent=True)
        return {by_key[item.PK.S, item.SK.S]: row_of(item) for item in items}

    async def save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        """A conditional PutItem for each row, or transactions of `group` of them."""
        groups = [changes[start : start + self.group] for start in range(0, len(changes), self.group)]
        saved = await asyncio.gather(*(self._save(generation, group) for group in groups))
        return [outcome for outcomes in saved for outcome in outcomes]

    async def fill(self, generation: Generation, rows: Mapping[ViewId, ViewRow]) -> None:
        """BatchWriteItem, 25 rows a call."""
        requests = [put_request(view_item(generation, view_id, row)) for view_id, row in rows.items()]
        await write_many(self.database, requests, slots=self.slots, backoff=self.backoff)

    async def _save(self, generation: Generation, changes: Sequence[Change]) -> Sequence[Saved | Unsavable]:
        puts = [Put(view_item(generation, one.view_id, one.after), _unchanged(one.before)) for one in changes]
        try:
            async with self.slots:
                if len(puts) == 1:
                    return [Saved.SAVED if await self.database.put_if(puts[0]) else Saved.STALE]
                await self.database.put_together(puts, token=self.new_token())
        except Cancelled as cancelled:
            return [_outcome(str(reason.get("Code", "None"))) for reason in cancelled.reasons]
        except StoreUnavailable:  # told to the caller, who loads and tries again
            return [Saved.UNAVAILABLE] * len(puts)
        except StoreRefused as refused:
            return await self._one_by_one(generation, changes, refused)
        return [Saved.SAVED] * len(puts)

    async def _one_by_one(
        self, generation: Generation, changes: Sequence[Change], refused: StoreRefused
    ) -> Sequence[Saved | Unsavable]:
        """Finds the row that storage does not take."""
        if len(changes) == 1:
            return [Unsavable(str(refused))]
        saved = [await self._save(generation, [change]) for change in changes]
        return [outcome for outcomes in saved for outcome in outcomes]


def _unchanged(before: ViewRow | None) -> Condition:
    if before is None:
        return IS_NEW
    if not before.marks:
        return _NO_MARKS
    return Condition("#marks = :marks", {":marks": marks_value(before)}, {"#marks": MARKS})


def _outcome(code: str) -> Saved | Unsavable:
    if code == CONDITION_FAILED:
        return Saved.STALE
    if code == "None" or code in TRANSIENT_REASONS:
        return Saved.UNAVAILABLE
    return Unsavable(code)
