"""The seals of the audit trail: each says how many rows lie between two instants, and the hash of all of them together,
and is chained to the seal before. So a row or a seal that is changed, removed or put in afterwards is found."""

import hashlib
from dataclasses import dataclass, field, replace

NO_HASH = "0" * 64
"""What the first seal follows."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Numbers begin at 1. It covers the rows with `since` <= at < `until` (UTC texts), of which there are `count`.
    `digest` is theirs, see Digest; `hash` is that of all else that the seal says."""

    number: int
    since: str
    until: str
    count: int
    digest: str
    previous_hash: str
    hash: str


@dataclass(slots=True)
class Digest:
    """SHA-256 over the hashes of rows, in the order of their instants (and of their keys, within one)."""

    count: int = 0
    _running: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, row_hash: str) -> None:
        """The next. Raises ValueError for what is no hash."""
        self._running.update(bytes.fromhex(row_hash))
        self.count += 1

    @property
    def text(self) -> str:
        """Of all so far, as hexadecimal digits."""
        return self._running.hexdigest()


def next_seal(previous: Seal | None, *, since: str, until: str, rows: Digest) -> Seal:
    """What follows `previous`, or is the first. `since` is where the one before ended."""
    seal = Seal(
        number=previous.number + 1 if previous is not None else 1,
        since=since,
        until=until,
        count=rows.count,
        digest=rows.text,
        previous_hash=previous.hash if previous is not None else NO_HASH,
        hash="",
    )
    return replace(seal, hash=seal_hash(seal))


def seal_hash(seal: Seal) -> str:
    """SHA-256 over everything in the seal but the hash itself, one a line."""
    said = (str(seal.number), seal.since, seal.until, str(seal.count), seal.digest, seal.previous_hash)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
