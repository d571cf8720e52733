"""What is computed from: the headline, what AWS has published, and what is assumed because nobody has measured it."""

from dataclasses import dataclass, field

KILOBYTE = 1024
SECONDS_A_DAY = 86_400
DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Headline:
    """What the service is to hold."""

    writes: int = 10_000
    """Purchases a second at the peak."""
    reads: int = 50_000
    """Reads a second at the peak."""
    purchases_a_month: int = 1_000_000_000
    """In all."""
    users: int = 10_000_000
    """Who buy them."""

    @property
    def mean_writes(self) -> float:
        """Purchases a second over a month."""
        return self.purchases_a_month / DAYS_A_MONTH / SECONDS_A_DAY


@dataclass(frozen=True, slots=True)
class Rules:
    """Published by AWS for Amazon DynamoDB: "Best practices for designing and using partition keys", "Quotas", "Item
    sizes and formats", "Change data capture for DynamoDB Streams"."""

    partition_writes: int = 1_000
    """Write units a second that one partition takes."""
    partition_reads: int = 3_000
    """Read units a second that one partition gives. What needs both is taken to need the sum of both shares."""
    partition_bytes: int = 10 * 10**9
    """After so much a partition splits."""
    table_quota: int = 40_000
    """Units a second of a table, and of each index, unless AWS is asked for more."""
    item_bytes: int = 400 * KILOBYTE
    """The largest item."""
    item_overhead: int = 100
    """Bytes that storage adds to each item, in the table and in each index."""


@dataclass(frozen=True, slots=True)
class Zipf:
    """So many members; the k-th has a share of k^-exponent."""

    members: int
    exponent: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who buys what where. The hottest category has its share by the headline, the others the same each."""

    hottest_category: float = 0.3
    """Its share of all purchases."""
    categories: int = 12
    """In all."""
    users: Zipf = Zipf(10_000_000, 0.8)
    """Who buy. The first one has almost a hundredth: a company, not a person."""
    cards: Zipf = Zipf(1_000, 1.2)
    """Card products, as the seed's `card456`; single cards would be as many as users."""
    merchants: Zipf = Zipf(100_000, 1.0)
    """Shops, each of one category."""
    view_shards: int = 8
    """`VIEW_SHARDS`, over which rankings and the journal are spread."""

    @property
    def category_shares(self) -> list[float]:
        """Of each, the hottest first."""
        rest = (1 - self.hottest_category) / (self.categories - 1)
        return [self.hottest_category, *[rest] * (self.categories - 1)]


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the reads: a page of 50, a balance of one type, a top ten of a month, a year of a card."""

    history: float = 0.5
    """GET /users/{id}/kickbacks"""
    balance: float = 0.3
    """GET /users/{id}/balances"""
    ranking: float = 0.1
    """GET /categories/{cat}/rankings"""
    efficiency: float = 0.1
    """GET /cards/{cardId}/efficiency"""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Nobody has measured these: they are chosen, and anything that is computed from them is as good as they are."""

    headroom: float = 0.5
    """Of what a partition or a core gives, so much is used at the peak; `kickbacks skew` advises the same."""
    partitions_full: float = 0.75
    """Of 10 GB, on average: a partition that splits leaves two halves."""
    closed_shards: int = 6
    """Closed shards of each line that the stream still lists: it closes a shard about every four hours."""
    cycle_seconds: float = 0.01
    """Between reading a row and having written it: two writers of one row within it collide."""
    batch_seconds: float = 1.0
    """What a projector collects of one stream shard before it counts it."""
    months: tuple[int, ...] = (1, 3, 12, 120)
    """Ages of the table that are looked at. The seed keeps purchases for ten years."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything."""

    headline: Headline = field(default_factory=Headline)
    rules: Rules = field(default_factory=Rules)
    crowd: Crowd = field(default_factory=Crowd)
    mix: Mix = field(default_factory=Mix)
    assumed: Assumptions = field(default_factory=Assumptions)
