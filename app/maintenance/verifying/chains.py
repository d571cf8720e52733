"""What must hold between the entries of one account: versions 1 to n, each chained to the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry
from app.maintenance.verifying.differences import Difference, Kind


class Link(NamedTuple):
    """What is kept of an entry until all of its account are there."""

    version: int
    amount: int
    balance: int
    previous_hash: bytes
    hash: bytes


@dataclass(slots=True)
class Chains:
    """Entries in any order."""

    links: dict[Account, list[Link]] = field(default_factory=dict)

    def add(self, entry: LedgerEntry) -> None:
        """One more."""
        link = Link(entry.version, entry.amount, entry.balance, entry.previous_hash.encode(), entry.hash.encode())
        self.links.setdefault(entry.account, []).append(link)

    def differences(self) -> Iterator[Difference]:
        """Over all accounts."""
        for account, links in self.links.items():
            yield from _chain_differences(account, sorted(links))


def _chain_differences(account: Account, links: list[Link]) -> Iterator[Difference]:
    name = f"{account.user_id} {account.kind.value}"
    version, balance, newest = 0, 0, GENESIS_HASH.encode()
    for link in links:
        if link.version != version + 1:
            missing = f"{version + 1}" if link.version == version + 2 else f"{version + 1} to {link.version - 1}"
            yield Difference(Kind.ENTRY_MISSING, f"{name} {missing}", "an entry", "")
        else:
            key = f"{name} {link.version}"
            if link.previous_hash != newest:
                yield Difference(Kind.ENTRY_CHAIN, key, newest.decode(), link.previous_hash.decode())
            if link.balance != balance + link.amount:
                yield Difference(Kind.ENTRY_BALANCE, key, str(balance + link.amount), str(link.balance))
        version, balance, newest = link.version, link.balance, link.hash
