"""Explanations as sentences, for whoever has to check an account without reading JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from app.domain.explanations import Basis, Chain, KickbackReason, LotChange
from app.domain.journal import CHART, EntryKind, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import LedgerEntry
from app.domain.lots import DEFICIT, expiry_instant
from app.domain.purchases import Purchase
from app.domain.rates import rate_text

_UNITS = {KickbackType.POINT: "points", KickbackType.MILE: "miles", KickbackType.CASHBACK: "cashback"}
_DONE = {
    EntryKind.EARN: "earned",
    EntryKind.USE: "used",
    EntryKind.EXPIRE: "expired",
    EntryKind.CLAWBACK: "taken back",
    EntryKind.RESTORE: "given back",
    EntryKind.ADJUST: "adjusted",
}


def kickback_lines(purchase: Purchase, reason: KickbackReason) -> Iterator[str]:
    """How the kickback came about."""
    amount, rate = purchase.transaction_amount, rate_text(purchase.kickback_rate_millionths)
    kickback, unit = purchase.kickback_amount, _UNITS[purchase.kickback_type]
    product = f"{amount} x {rate} = {rate_text(reason.product_millionths)}"
    rounding = "" if reason.is_exact else f", rounded down to {reason.by_rate}"
    day = purchase.transaction_date.isoformat()
    yield f"Purchase {purchase.transaction_id} of {amount} on {day} gave {kickback} {unit}."
    match reason.basis:
        case Basis.RATE:
            yield f"{product}{rounding}."
        case Basis.AMOUNT:
            yield f"The kickback was given; the rate is {kickback} / {amount} = {rate} to 6 decimals."
        case Basis.BOTH:
            yield f"The kickback was given, and so was the rate, by which it would be {product}{rounding}."


def entry_lines(
    entry: LedgerEntry, before: LedgerEntry | None, changes: Iterable[LotChange], chain: Chain, *, zone: tzinfo
) -> Iterator[str]:
    """What the entry did. `before` is the entry before it, None for the first."""
    yield _what(entry)
    yield f"The balance was {before.balance if before else 0} before and is {entry.balance} after it."
    for one in changes:
        yield _change_line(one, zone)
    if entry.rule is not None:
        yield f"The rule of expiry is: {entry.rule}."
    yield _booking(entry.postings)
    yield from _chain_lines(entry, chain)


def reversal_line(amount: int, kickback: int, kind: KickbackType, *, of: int) -> str:
    """What reversals have taken back so far."""
    if amount == 0:
        return "Nothing of the purchase has been reversed."
    return f"{amount} of {of} have been reversed; {kickback} {_UNITS[kind]} of the kickback were to go back for it."


def cause_line(kind: str, cause: str, *, found: bool) -> str:
    """What the cause is, and whether what it names is there."""
    name = cause.partition("#")[2]
    if kind == "EXPIRY":
        return f"The cause is the end of {name}: what counted through that day does not count any more."
    what = "purchase" if kind == "TRANSACTION" else kind.lower()
    if found:
        return f"The cause is the {what} {name}, which is shown with it."
    return f"The cause is the {what} {name}, which is not there any more."


def _what(entry: LedgerEntry) -> str:
    kind = entry.account.kind
    what = f"{abs(entry.amount)} {_UNITS[kind]} {_DONE[entry.kind]}"
    if entry.kind is EntryKind.ADJUST:
        what += " upwards" if entry.amount > 0 else " downwards"
    late = "" if entry.posted_at == entry.effective_at else f" and counts in the passbook from {entry.posted_at}"
    return (
        f"Entry {entry.version} of the {kind.value} account: {what} by {entry.cause}; "
        f"it happened at {entry.effective_at}{late}, and was recorded at {entry.recorded_at}."
    )


def _change_line(change: LotChange, zone: tzinfo) -> str:
    amount = abs(change.change)
    if change.source == DEFICIT:
        what = "settled what was owed" if change.change > 0 else "could not be taken from any lot and is owed"
        return f"{amount} {what}: {change.before} owed before, {change.after} after."
    way = "went into" if change.change > 0 else "came from"
    line = f"{amount} {way} lot {change.lot_id}, which held {change.before} before and holds {change.after} after"
    if change.expires_on is None:
        return f"{line}; it does not expire."
    over = expiry_instant(change.expires_on, zone).astimezone(zone).isoformat()
    return f"{line}; it is valid through {change.expires_on.isoformat()} and expires at {over}."


def _booking(postings: Sequence[Posting]) -> str:
    sides = [("debit", one, one.debit) for one in postings if one.debit]
    sides += [("credit", one, one.credit) for one in postings if one.credit]
    lines = [f"{side} {one.account} {account_name(one)} {amount}" for side, one, amount in sides]
    return f"Booked: {'; '.join(lines)}." if lines else "Nothing was booked: the amount is 0."


def account_name(posting: Posting) -> str:
    """Of the journal's account; empty where the chart does not know it."""
    account = CHART.get(posting.account)
    return account.name if account is not None else ""


def _chain_lines(entry: LedgerEntry, chain: Chain) -> Iterator[str]:
    if chain.is_intact:
        yield "Its hash is that of what it says."
    else:
        yield "Its hash is not that of what it says: it was changed after it was written."
    if entry.version == 1 and chain.follows:
        yield "It is the first of its account."
    elif chain.follows:
        yield f"It names the hash of entry {entry.version - 1}, so nothing was taken out between them."
    elif chain.previous is None:
        yield f"Entry {entry.version - 1}, which it follows, is missing."
    else:
        yield f"It names another hash than that of entry {entry.version - 1}: one of the two was changed."
