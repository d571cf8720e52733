"""Double entry: what each ledger entry books, and on which accounts. The codes are data; sums are always zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.domain.kickbacks import KickbackType


class EntryKind(StrEnum):
    """What happened. Stored; renaming a member is a migration."""

    __hash__ = str.__hash__  # as for KickbackType

    EARN = "EARN"
    USE = "USE"
    EXPIRE = "EXPIRE"
    CLAWBACK = "CLAWBACK"
    RESTORE = "RESTORE"
    ADJUST = "ADJUST"


class Role(StrEnum):
    """What an account of the journal is for."""

    __hash__ = str.__hash__  # as for KickbackType

    LIABILITY = "LIABILITY"
    PROMOTION_COST = "PROMOTION_COST"
    REDEMPTION = "REDEMPTION"
    BREAKAGE = "BREAKAGE"
    ADJUSTMENT = "ADJUSTMENT"


class Posting(NamedTuple):
    """One line of a journal entry. Amounts in the kickback's unit; one of the two is zero."""

    account: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class AccountCode:
    """An account of the journal (勘定科目). Each holds one kickback type: units are never added to each other."""

    code: str
    name: str
    kind: KickbackType
    role: Role


_ROLES: Mapping[Role, tuple[str, str]] = {
    Role.LIABILITY: ("21", "{} owed to customers"),
    Role.REDEMPTION: ("22", "{} redeemed, rewards payable"),
    Role.BREAKAGE: ("41", "{} expired unused (breakage)"),
    Role.PROMOTION_COST: ("51", "Promotion cost of {}"),
    Role.ADJUSTMENT: ("52", "Adjustments of {}"),
}
_KINDS: Mapping[KickbackType, tuple[str, str]] = {
    KickbackType.POINT: ("10", "points"),
    KickbackType.MILE: ("20", "miles"),
    KickbackType.CASHBACK: ("30", "cashback"),
}


def _chart() -> list[AccountCode]:
    return [
        AccountCode(role_code + kind_code, (name.format(word))[0].upper() + name.format(word)[1:], kind, role)
        for role, (role_code, name) in _ROLES.items()
        for kind, (kind_code, word) in _KINDS.items()
    ]


CHART: Mapping[str, AccountCode] = {account.code: account for account in _chart()}
"""Every account by its code: '2110' is what is owed to customers in points."""

_CODES: Mapping[tuple[KickbackType, Role], str] = {(one.kind, one.role): one.code for one in CHART.values()}

# What a positive amount (into the customer's account) is booked against; a negative one the other way round.
_AGAINST: Mapping[EntryKind, Role] = {
    EntryKind.EARN: Role.PROMOTION_COST,
    EntryKind.CLAWBACK: Role.PROMOTION_COST,
    EntryKind.USE: Role.REDEMPTION,
    EntryKind.RESTORE: Role.REDEMPTION,
    EntryKind.EXPIRE: Role.BREAKAGE,
    EntryKind.ADJUST: Role.ADJUSTMENT,
}


def account_code(kind: KickbackType, role: Role) -> str:
    """'2110'"""
    return _CODES[kind, role]


def postings_of(entry_kind: EntryKind, kind: KickbackType, amount: int) -> tuple[Posting, ...]:
    """The two lines of an entry of `amount` (signed), debit first. None for an entry of nothing."""
    liability, against = _CODES[kind, Role.LIABILITY], _CODES[kind, _AGAINST[entry_kind]]
    if amount > 0:
        return (Posting(against, amount, 0), Posting(liability, 0, amount))
    if amount < 0:
        return (Posting(liability, -amount, 0), Posting(against, 0, -amount))
    return ()
