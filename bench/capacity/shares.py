"""Shares of many members, kept in groups of like ones so that ten million cost no more than a thousand: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import expm1, log1p

from bench.capacity.inputs import Zipf

_SINGLE = 1_000
_GROWTH = 1.02


@dataclass(frozen=True, slots=True)
class Group:
    """So many members with this share each."""

    share: float
    members: float = 1.0


Shares = tuple[Group, ...]


def even(members: float, whole: float = 1.0) -> Shares:
    """All alike; together they have `whole`."""
    return (Group(whole / members, members),)


def of_list(shares: Iterable[float]) -> Shares:
    """Each by itself."""
    return tuple(Group(share) for share in shares)


def zipf(crowd: Zipf) -> Shares:
    """The first thousand one by one, the others in groups whose ranks differ by two percent."""
    weights = [(rank**-crowd.exponent, 1.0) for rank in range(1, min(crowd.members, _SINGLE) + 1)]
    first = len(weights) + 1
    while first <= crowd.members:
        last = min(max(first, int(first * _GROWTH)), crowd.members)
        members = last - first + 1
        weights.append((((first + last) / 2) ** -crowd.exponent, float(members)))
        first = last + 1
    total = sum(weight * members for weight, members in weights)
    return tuple(Group(weight / total, members) for weight, members in weights)


def together(one: Shares, other: Shares) -> Shares:
    """Pairs of members that are chosen independently."""
    return tuple(Group(a.share * b.share, a.members * b.members) for a in one for b in other)


def largest(shares: Shares) -> float:
    """The share of whoever has most."""
    return max(group.share for group in shares)


def expected_distinct(shares: Shares, draws: float) -> float:
    """How many members so many draws touch on average."""
    return sum(group.members * touched(group.share, draws) for group in shares)


def touched(share: float, draws: float) -> float:
    """How likely so many draws touch a member with this share: 1 - (1 - share)^draws."""
    return 1.0 if share >= 1 else -expm1(draws * log1p(-share))
