"""Entries with their own hash."""

from dataclasses import replace

from app.domain.ledger import LedgerEntry, entry_hash


def sealed(entry: LedgerEntry) -> LedgerEntry:
    return replace(entry, hash=entry_hash(entry))
