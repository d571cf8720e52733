"""Where writes throttle first: simulated for the hottest keys, and compared with what is computed."""

from dataclasses import dataclass
from functools import cache

from bench.capacity.facts import limit
from bench.capacity.hot_keys import USER_UNITS
from bench.capacity.inputs import Inputs
from bench.capacity.shares import Shares, even, largest, of_list, zipf
from bench.capacity.simulation import Outcome, Traffic, made, simulate

SHARDS = (1, 4, 16, 64)
RATES = (1_000, 3_000, 10_000)
INDEX_UNITS = 1.0
"""Of an ordinary purchase."""
_SECONDS = 2
_SEED = 5
_STEPS = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1)


@dataclass(frozen=True, slots=True)
class Throttling:
    """A kind of key over so many shards. `limit`: purchases a second at which the hottest shard is at its partition's
    limit on average; `begins`: the rate at which the simulation begins to refuse the hottest key's purchases;
    `throttled`: the share of all purchases that is refused, by RATES."""

    name: str
    shards: int
    limit: float
    begins: float
    throttled: tuple[float, ...]


def throttling(inputs: Inputs) -> list[Throttling]:
    """Categories, cards and what expires in a month by SHARDS; users, and one who imports: those cannot be spread."""
    crowd = inputs.crowd
    kinds = [
        ("category", of_list(crowd.category_shares)),
        ("card", zipf(crowd.cards)),
        ("month of expiry", even(1)),
    ]
    return [
        *(_throttling(name, shares, shards, INDEX_UNITS, inputs) for name, shares in kinds for shards in SHARDS),
        _throttling("user", zipf(crowd.users), 1, USER_UNITS, inputs),
        _throttling("a single user", even(1), 1, USER_UNITS, inputs),
    ]


def _throttling(name: str, shares: Shares, shards: int, units: float, inputs: Inputs) -> Throttling:
    most = largest(shares)
    return Throttling(
        name,
        shards,
        limit(most, units, shards, inputs),
        begins(shards, units, inputs) / most,
        tuple(ran(Traffic(rate, _SECONDS, shares, shards, units), inputs).throttled_share for rate in RATES),
    )


@cache
def begins(shards: int, units: float, inputs: Inputs) -> float:
    """Purchases a second of one key at which one is refused; to a twentieth of what the key is computed to take."""
    taken = limit(1.0, units, shards, inputs)
    for step in _STEPS:
        traffic = Traffic(round(taken * step), _SECONDS, even(1), shards, units)
        if ran(traffic, inputs).throttled:
            return taken * step
    raise ValueError("beyond its limit a partition refuses")


def ran(traffic: Traffic, inputs: Inputs) -> Outcome:
    """The simulation of some seconds."""
    return simulate(made(traffic, _SEED), rules=inputs.rules)
