"""Settings of recording, reading, views and the server."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, model_validator

from app.domain.decisions.claw_back import ClawbackPolicy
from app.domain.expiry import RoundUp
from app.settings.database import DatabaseSettings
from app.settings.security import UserIds
from app.settings.telemetry import TelemetrySettings

LOCAL_CURSOR_KEY = "only-for-local-development"


class Projector(StrEnum):
    """Where the views are kept up to date."""

    AUTO = "auto"
    INSIDE = "inside"
    OUTSIDE = "outside"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be a time zone of the IANA database, like Asia/Tokyo") from None
    return name


Days = Annotated[int, Field(ge=1, le=36_500)]
Months = Annotated[int, Field(ge=1, le=1200)]
# A last day far enough from the end of time for the start of the day after it, wherever that is.
LastDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]
Shards = Annotated[int, Field(ge=1, le=100)]


class Settings(TelemetrySettings, DatabaseSettings):
    """Read once, at start. Names are the upper-case ones of the environment."""

    facts_table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")] = "CreditCardKickbacks"
    """The table of purchases and ledger entries."""
    views_table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")] = "KickbackViews"
    """The table of everything that is derived from the facts."""
    aws_region: str | None = None
    """The region; AWS gives it to containers. Without it the SDK looks for its own `AWS_DEFAULT_REGION`."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "JPY"
    """The currency whose smallest unit amounts are in."""
    business_timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Tokyo"
    """Where a business day begins and ends."""

    point_validity_days: Days | None = 180
    """Points count through this many days after the day they were earned."""
    mile_validity_days: Days | None = None
    """The same for miles; without it they do not expire."""
    cashback_validity_days: Days | None = None
    """The same for cashback; without it it does not expire."""
    point_validity_months: Months | None = None
    """Instead of days: through the same day so many months later, or that month's last day."""
    mile_validity_months: Months | None = None
    """The same for miles."""
    cashback_validity_months: Months | None = None
    """The same for cashback."""
    point_validity_until: LastDay | None = None
    """Instead of days or months: all points count through this day."""
    mile_validity_until: LastDay | None = None
    """The same for miles."""
    cashback_validity_until: LastDay | None = None
    """The same for cashback."""
    point_validity_round_up: RoundUp | None = None
    """Points count on to the end of the `MONTH`, `QUARTER` or `YEAR` in which their last day lies."""
    mile_validity_round_up: RoundUp | None = None
    """The same for miles."""
    cashback_validity_round_up: RoundUp | None = None
    """The same for cashback."""
    clawback_policy: ClawbackPolicy = ClawbackPolicy.ALLOW_NEGATIVE
    """What happens when a purchase is reversed whose points are spent: `allow_negative` lets the balance go below zero,
    and later earnings fill the hole first; `within_balance` takes back only what is there."""
    retention_days: Days | None = None
    """Purchases (never ledger entries) may be dropped by storage this long after they were recorded."""

    point_value_millionths: Annotated[int, Field(ge=0, le=10**12)] = 1_000_000
    """What a point counts for in a ranking, in millionths of the currency's smallest unit."""
    mile_value_millionths: Annotated[int, Field(ge=0, le=10**12)] = 1_000_000
    """The same for a mile."""
    cashback_value_millionths: Annotated[int, Field(ge=0, le=10**12)] = 1_000_000
    """The same for a unit of cashback."""

    category_shards: Shards = 16
    """Partitions over which new purchases of a category are spread. It may be raised, never lowered."""
    card_shards: Shards = 4
    """The same for a card."""
    due_shards: Shards = 16
    """Partitions over which the accounts with something to expire in a month are spread. It may be raised, never
    lowered."""
    category_shards_of: dict[str, Shards] = Field(default_factory=dict)
    """Other shard counts for single categories, as JSON: `{"GROCERY": 64}`. They may be raised, never lowered; one
    below the default does nothing."""
    card_shards_of: dict[str, Shards] = Field(default_factory=dict)
    """The same for single cards."""
    view_shards: Shards = 8
    """Partitions over which the members of a ranking are spread. Another number comes with the next rebuild."""
    shard_concurrency: Annotated[int, Field(ge=1, le=256)] = 32
    """Shard queries under way at once in one process."""

    projector: Projector = Projector.AUTO
    """Who keeps the views up to date: `inside` this service, or something `outside` (kickbacks worker, AWS Lambda).
    `auto` is inside with ENVIRONMENT=local, else outside."""
    stream_poll_seconds: Annotated[float, Field(gt=0, le=60)] = 0.1
    """How long a projector waits before it asks again for changes when there were none."""
    stream_batch: Annotated[int, Field(ge=1, le=1000)] = 1000
    """Changes that a projector asks for at once."""
    stream_lease_seconds: Annotated[float, Field(gt=0, le=300)] = 5.0
    """How long a projector keeps a stream shard to itself without saying so again. Two at one shard would only be
    wasteful; after a crash nobody works on its shards for this long."""
    stream_delay_seconds: Annotated[float, Field(ge=0, le=60)] | None = None
    """How late a change may appear in the stream: `asOf` of views stays that far behind. Without it 1, or 0 with
    ENVIRONMENT=local."""
    clock_skew_seconds: Annotated[float, Field(ge=0, le=900)] | None = None
    """How far the clocks of two instances may be apart; a rebuild waits twice as long. Without it 10, or 0.2 with
    ENVIRONMENT=local."""
    view_group: Annotated[int, Field(ge=1, le=100)] | None = None
    """View rows written in one call: 1 costs least; more are transactions, at twice the capacity, in fewer calls.
    Without it 1, or 100 with ENVIRONMENT=local, where calls cost more than capacity."""
    view_concurrency: Annotated[int, Field(ge=1, le=256)] | None = None
    """Calls of a projector under way at once. Without it 32, or 2 with ENVIRONMENT=local, whose database does one
    thing after the other: what is recorded would wait behind what is counted."""
    own_writes_seconds: Annotated[float, Field(ge=0, le=10)] | None = None
    """How long an answer from the views waits at most for what this process itself has just recorded. Without it 0, or
    1 with ENVIRONMENT=local."""

    low_sample_purchases: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    """Cards with fewer purchases come last in the ranking of cards: among ten of like size none moves the rate by more
    than a tenth of how far its own is off."""

    cursor_keys: SecretStr = SecretStr("")
    """Secrets that sign cursors, comma-separated: the first signs, all are accepted. Needed in production."""
    cursor_ttl_seconds: Annotated[int, Field(ge=60, le=30 * 86_400)] = 86_400
    """How long a cursor is good for."""

    request_seconds: Annotated[float, Field(gt=0, le=300)] = 15.0
    """How long a request (other than a batch) may take before it is answered with 503."""
    request_receive_seconds: Annotated[float, Field(gt=0, le=300)] = 10.0
    """How long a client may take to send a request before it is cut off."""
    keep_alive_seconds: Annotated[int, Field(ge=1, le=3600)] | None = None
    """How long a connection may stay open with nothing to do. It has to be longer than what the load balancer in front
    allows its own: else it sends now and then a request to one that is just being closed. Without it 75 with
    TRUSTED_PROXIES, else 5."""
    drain_seconds: Annotated[float, Field(ge=0, le=110)] = 5.0
    """Between SIGTERM and closing the socket: readiness says 503 so that the load balancer turns away."""
    shutdown_seconds: Annotated[int, Field(ge=1, le=110)] = 20
    """How long requests under way may still run after that."""

    write_attempts: Annotated[int, Field(ge=1, le=50)] = 10
    """How often a write decides again after somebody else wrote to the same account."""
    batch_window: Annotated[int, Field(ge=1, le=10_000)] = 512
    """Lines of a batch that are worked on together."""
    batch_group: Annotated[int, Field(ge=1, le=33)] = 16
    """Purchases of a batch that are written in one transaction."""
    batch_concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    """Transactions of batches under way at once in one process."""

    @model_validator(mode="after")
    def _only_a_last_day_is_rounded_up(self) -> "Settings":
        for kind in ("point", "mile", "cashback"):
            days, months, until, round_up = (
                getattr(self, f"{kind}_validity_{what}") for what in ("days", "months", "until", "round_up")
            )
            if round_up is not None and days is None and months is None and until is None:
                name = f"{kind}_validity".upper()
                raise ValueError(f"{name}_ROUND_UP needs one of {name}_DAYS, {name}_MONTHS and {name}_UNTIL")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.business_timezone)

    @property
    def projects_inside(self) -> bool:
        """Whether the service keeps the views itself."""
        return self.projector is Projector.INSIDE or (self.projector is Projector.AUTO and self.is_local)

    @property
    def keep_alive(self) -> int:
        """Seconds: longer than the 60 that load balancers keep a connection by default."""
        return self.keep_alive_seconds or (75 if self.trusted_proxies else 5)

    @property
    def stream_delay(self) -> float:
        """Seconds."""
        return self._or(self.stream_delay_seconds, local=0.0, production=1.0)

    @property
    def clock_skew(self) -> float:
        """Seconds."""
        return self._or(self.clock_skew_seconds, local=0.2, production=10.0)

    @property
    def trace_millionths(self) -> int:
        """Traces kept at most, of a million."""
        given = self.trace_sample_millionths
        return given if given is not None else 1_000_000 if self.is_local else 10_000

    @property
    def own_writes(self) -> float:
        """Seconds."""
        return self._or(self.own_writes_seconds, local=1.0, production=0.0)

    @property
    def rows_in_a_call(self) -> int:
        """View rows written together."""
        return self.view_group or (100 if self.is_local else 1)

    @property
    def view_calls(self) -> int:
        """Calls of a projector at once."""
        return self.view_concurrency or (2 if self.is_local else 32)

    def _or(self, given: float | None, *, local: float, production: float) -> float:
        return given if given is not None else local if self.is_local else production

    @property
    def cursor_secrets(self) -> tuple[bytes, ...]:
        """The signing keys, newest first. Raises ValueError where there must be one and is none."""
        keys = tuple(key.strip().encode() for key in self.cursor_keys.get_secret_value().split(",") if key.strip())
        if not keys and not self.is_local:
            raise ValueError("CURSOR_KEYS must be set unless ENVIRONMENT=local: every task must sign with the same key")
        return keys or (LOCAL_CURSOR_KEY.encode(),)


class ServiceSettings(Settings):
    """Those of the service itself, which signs cursors and asks callers who they are; projectors and maintenance do
    neither."""

    @model_validator(mode="after")
    def _calls_fit_in_a_request(self) -> "ServiceSettings":
        if (self.database_call_seconds or 0) > self.request_seconds:
            raise ValueError("DATABASE_CALL_SECONDS must not be more than REQUEST_SECONDS")
        named = {"database_connect_seconds", "database_read_seconds"} & self.model_fields_set
        if named and self.database_attempt > self.request_seconds:
            raise ValueError(
                "DATABASE_CONNECT_SECONDS plus DATABASE_READ_SECONDS must not be more than REQUEST_SECONDS"
            )
        return self

    @property
    def database_call(self) -> float:
        """Seconds."""
        return min(super().database_call, self.request_seconds)

    @model_validator(mode="after")
    def _production_signs_with_its_own_key(self) -> "ServiceSettings":
        len(self.cursor_secrets)  # raises what is wrong, at start rather than at the first cursor
        return self

    @model_validator(mode="after")
    def _production_knows_its_callers(self) -> "ServiceSettings":
        if self.is_local:
            return self
        if not self.auth_issuer:
            raise ValueError("AUTH_ISSUER must be set unless ENVIRONMENT=local: nobody could show who they are")
        if not self.pseudonym_key.get_secret_value():
            raise ValueError("PSEUDONYM_KEY must be set unless ENVIRONMENT=local: users' names could be guessed")
        if self.auth_user_ids is UserIds.VAULT and not (self.vault_key_file or self.vault_kms_key):
            raise ValueError("AUTH_USER_IDS=vault needs the vault: set VAULT_KEY_FILE or VAULT_KMS_KEY")
        return self
