"""A purchase taken back, in whole or in part, and what that takes back of its kickback."""

from dataclasses import dataclass, replace

from app.domain.purchases import Purchase


@dataclass(frozen=True, slots=True)
class Reversal:
    """One reversal as it stands in the history. `line` is the purchase it takes back, with negative amounts, on the
    purchase's own date and for as long as that is kept; its `created_at` is the reversal's.

    `count_change` is 0 while something of the purchase is left, and -1 once nothing is, so that a purchase and all of
    its reversals count as nothing.
    """

    line: Purchase
    reversal_id: str
    count_change: int
    reason: str | None = None

    @property
    def item_id(self) -> str:
        """What tells it from the purchase and its other reversals: 'txn001#r1'."""
        return item_id(self.line.transaction_id, self.reversal_id)


@dataclass(frozen=True, slots=True)
class Part:
    """What one reversal takes back: yen of the purchase, and its kickback in proportion."""

    amount: int
    kickback: int


def item_id(transaction_id: str, reversal_id: str | None) -> str:
    """A purchase's own id, or the two of a reversal. No id has a `#` in it, so no two are the same."""
    return transaction_id if reversal_id is None else f"{transaction_id}#{reversal_id}"


def kickback_reversed(kickback: int, amount: int, reversed_amount: int) -> int:
    """How much of a `kickback` on `amount` is taken back once `reversed_amount` of it has been: all but what the rest
    earns, rounded down as earning is. So parts add up to the whole, and no loop of them leaves anything."""
    return kickback - kickback * (amount - reversed_amount) // amount


def next_part(purchase: Purchase, before: Part, amount: int | None) -> Part | None:
    """The next `amount` yen (None: all that is left), where `before` has been taken back already. None when that is
    more than is left, or nothing is."""
    left = purchase.transaction_amount - before.amount
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        return None
    whole = kickback_reversed(purchase.kickback_amount, purchase.transaction_amount, before.amount + amount)
    return Part(amount, whole - before.kickback)


def reversal_of(
    purchase: Purchase, part: Part, *, reversal_id: str, is_last: bool, reason: str | None, created_at: str
) -> Reversal:
    """The item of the history. What was said of the purchase alone (when, where, what) is not said again."""
    line = replace(
        purchase,
        transaction_amount=-part.amount,
        kickback_amount=-part.kickback,
        created_at=created_at,
        description=None,
        channel=None,
        occurred_at=None,
    )
    return Reversal(line, reversal_id, -1 if is_last else 0, reason)
