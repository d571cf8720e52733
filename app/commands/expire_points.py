"""Booking what is over in one account, each day's lots by an entry dated to the instant at which they stopped counting.

Whatever else is done with the account books the same entries first. So this can come late, twice, or never.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.commands.posting import Posting
from app.commands.settling import that_fit
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Moment
from app.domain.ledger import Account, LedgerEntry
from app.ports.errors import StoreUnavailable
from app.ports.ledger import NewCommand
from app.ports.transactions import MAX_ACTIONS, Appended
from app.telemetry import WRITE_RETRIES


async def expire_points(
    account: Account, *, until: datetime, using: Posting, note: Callable[[LedgerEntry], None]
) -> None:
    """Books what does not count any more at `until`, and tells `note` of each entry that was written here.

    `until` is not later than now: what is not over yet must not go. Raises StoreUnavailable; what was written until
    then stays, and the next call goes on behind it.
    """
    async with using.lanes.hold([account]):
        head = await using.ledger.head(account)
        attempt = 0
        while entries := that_fit(decide_expire(head, Moment(until, using.now(), using.zone), at_most=MAX_ACTIONS)):
            if await _append(entries, using):
                for entry in entries:
                    note(entry)
                head = entries[-1]
                continue
            attempt += 1
            WRITE_RETRIES.inc()
            if attempt >= using.backoff.attempts:
                raise StoreUnavailable("the account is being written to by too many at once")
            await using.backoff.wait(attempt)
            head = await using.ledger.head(account)


async def _append(entries: Sequence[LedgerEntry], using: Posting) -> bool:
    """False: the account has moved. A call without an answer is repeated as it is: then it says what became of it."""
    command, token = NewCommand(tuple(entries)), using.new_token()
    audit = using.row_of_expiry(entries[0].account)
    attempt = 0
    while True:
        try:
            answer = await using.ledger.append(command, audit=audit, token=token)
        except StoreUnavailable:
            attempt += 1
            if attempt >= using.backoff.attempts:
                raise
            await using.backoff.wait(attempt)
            continue
        if isinstance(answer, Appended):
            using.on_recorded()
        return isinstance(answer, Appended)
