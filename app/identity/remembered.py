"""Tokens that were found good a moment ago: verifying one again takes a hundred times as long. Bounded."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from app.domain.access import Principal
from app.identity.key_sets import KeySet
from app.identity.sources import KeySource


@dataclass(frozen=True, slots=True)
class Remembered:
    """`keys`: the whole key set that it was verified with. It counts for nothing when the source has another one, so
    that a key's end is the end of its tokens. `until` by the process's clock, `expires` in epoch seconds."""

    principal: Principal
    source: KeySource
    keys: KeySet
    until: float
    expires: float


class RememberedTokens:
    """By digest: the tokens themselves are not kept. The oldest beyond `size` is forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._tokens: OrderedDict[bytes, Remembered] = OrderedDict()

    def find(self, token: str, *, clock: float, now: float) -> Remembered | None:
        """Unless its time is over."""
        digest = _digest(token)
        found = self._tokens.get(digest)
        if found is None:
            return None
        if clock < found.until and now < found.expires:
            return found
        del self._tokens[digest]
        return None

    def remember(self, token: str, one: Remembered) -> None:
        """In place of what was remembered of it."""
        digest = _digest(token)
        self._tokens[digest] = one
        self._tokens.move_to_end(digest)
        if len(self._tokens) > self._size:
            self._tokens.popitem(last=False)

    def forget(self, token: str) -> None:
        """Its keys are no more."""
        self._tokens.pop(_digest(token), None)

    def __len__(self) -> int:
        return len(self._tokens)


def _digest(token: str) -> bytes:
    return sha256(token.encode(errors="surrogatepass")).digest()
