"""What must hold between the entries of one account: versions 1 to n, each following the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from app.domain.ledger import Account, LedgerEntry
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.steps import end_differences, step_differences


@dataclass(slots=True)
class Chain:
    """One account's. A scan gives entries in the order of their versions, so that only the newest is kept; `waiting`
    are those before which one has not come yet."""

    newest: LedgerEntry | None = None
    waiting: dict[int, LedgerEntry] = field(default_factory=dict)

    def next(self) -> LedgerEntry | None:
        """The one that follows the newest, where it has come."""
        return self.waiting.pop(self.newest.version + 1 if self.newest is not None else 1, None)


@dataclass(slots=True)
class Chains:
    """Entries in any order. `zone` is where business days begin."""

    zone: tzinfo
    accounts: dict[Account, Chain] = field(default_factory=dict)
    found: list[Difference] = field(default_factory=list)

    def add(self, entry: LedgerEntry) -> None:
        """One more."""
        chain = self.accounts.setdefault(entry.account, Chain())
        chain.waiting[entry.version] = entry
        while (following := chain.next()) is not None:
            self.found += step_differences(chain.newest, following, self.zone)
            chain.newest = following

    def differences(self) -> Iterator[Difference]:
        """When all were added."""
        yield from self.found
        for account, chain in self.accounts.items():
            yield from _rest(account, chain, self.zone)


def _rest(account: Account, chain: Chain, zone: tzinfo) -> Iterator[Difference]:
    """What is behind gaps, and the end."""
    newest = chain.newest
    for _, entry in sorted(chain.waiting.items()):
        version = newest.version if newest is not None else 0
        if entry.version == version + 1:
            yield from step_differences(newest, entry, zone)
        else:
            missing = f"{version + 1}" if entry.version == version + 2 else f"{version + 1} to {entry.version - 1}"
            name = f"{account.user_id} {account.kind.value}"
            yield Difference(Kind.ENTRY_MISSING, f"{name} {missing}", "an entry", "")
        newest = entry
    if newest is not None:
        yield from end_differences(newest, zone)
