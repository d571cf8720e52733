"""How many different users are behind a sum, and which rows that makes too small for everybody to see.

A sketch of users is the smallest `KEPT` different hashes of their ids, in ascending order, one after the other in one
text of bytes (bottom-k, also called k minimum values). It is the same in whatever order users come and however often,
sketches of parts give that of the whole, and it never grows beyond 32 bytes. With fewer than `KEPT` hashes it counts;
with `KEPT` it says "at least so many". Two ids with one hash count as one user, so that it may say too few (four
instead of five in one group of 6,500), never too many.

It counts who bought: a reversal adds nobody and takes nobody away. So that what was taken back hides nobody, a group
also has to have as many purchases left as it has to have users.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

KEPT = 16
"""No group can be asked to have more members."""
_BYTES = 2
_FULL = KEPT * _BYTES

Users = bytes
NOBODY: Users = b""


@lru_cache(maxsize=4_096)
def hash_of(user_id: str) -> bytes:
    """Without a secret: the rows it is kept in lie beside rows that have the users' ids as their keys."""
    return hashlib.blake2b(user_id.encode(), digest_size=_BYTES, person=b"group-members").digest()


def with_user(users: Users, user_id: str) -> Users:
    """The sketch with one user more, or the same one."""
    one = hash_of(user_id)
    if users == one or (len(users) == _FULL and one >= users[-_BYTES:]):
        return users
    return _sketch({*_hashes(users), one})


def merged(some: Users, others: Users) -> Users:
    """The sketch of everybody who is in either."""
    if not others or some == others:
        return some
    return _sketch({*_hashes(some), *_hashes(others)}) if some else others


def _hashes(users: Users) -> Iterable[bytes]:
    return (users[start : start + _BYTES] for start in range(0, len(users), _BYTES))


def _sketch(hashes: set[bytes]) -> Users:
    return b"".join(sorted(hashes)[:KEPT])


@dataclass(frozen=True, slots=True)
class Group:
    """What is behind a row: how many purchases that are left, and whose they are."""

    purchases: int
    users: Users

    def has(self, least: int) -> bool:
        """Whether at least so many different users are surely behind it. `least` is at most KEPT."""
        return len(self.users) >= least * _BYTES and self.purchases >= least


def together(groups: Iterable[Group]) -> Group:
    """All as one."""
    purchases, users = 0, NOBODY
    for group in groups:
        purchases += group.purchases
        users = merged(users, group.users)
    return Group(purchases, users)


def hidden_places(groups: Sequence[Group], least: int, *, some: bool = False) -> frozenset[int]:
    """Which rows of a whole ranking (best first) are not for everybody: those with too few users, and, where these
    have too few even together, the last of the others too, because the sum of all rows less those that are shown would
    be theirs. `some`: one is hidden in any case, because the sum is."""
    small = [place for place, group in enumerate(groups) if not group.has(least)]
    if (small or some) and not together(groups[place] for place in small).has(least):
        small += [place for place, group in enumerate(groups) if group.has(least)][-1:]
    return frozenset(small)
