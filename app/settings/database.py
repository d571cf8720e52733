"""Settings of the way to DynamoDB: how long it may take to answer, and what is done when it does not."""

from typing import Annotated

from pydantic import Field, model_validator

from app.settings.security import SecuritySettings

Seconds = Annotated[float, Field(gt=0, le=30)]
# Several times what DynamoDB needs for nearly every query, and little of what people wait without noticing.
_HEDGE_AFTER_MS = 50


class DatabaseSettings(SecuritySettings):
    """Part of Settings."""

    database_connections: Annotated[int, Field(ge=1, le=1000)] = 128
    """Connections to DynamoDB in one process."""
    database_connect_seconds: Seconds = 1.0
    """How long connecting to DynamoDB may take."""
    database_read_seconds: Seconds | None = None
    """How long DynamoDB may be silent. Without it 1.5, or 3 with ENVIRONMENT=local, whose database does one thing after
    the other."""
    database_call_seconds: Annotated[float, Field(gt=0, le=300)] | None = None
    """How long a call to DynamoDB may take, with all attempts and the waits between them. No less than connecting and
    reading once, no more than REQUEST_SECONDS. Without it 3, or 10 with ENVIRONMENT=local, within these bounds."""
    database_attempts: Annotated[int, Field(ge=1, le=20)] = 8
    """How often a call is tried in all when DynamoDB is overloaded or does not answer. What is overloaded answers at
    once, and with four calls in ten refused it takes so many for nearly all to succeed; of attempts without an answer
    there is time for two or three. Retries that do not help are a tenth of the calls at most, and a hundred."""
    hedge_after_ms: Annotated[int, Field(ge=0, le=30_000)] | None = None
    """A query of one shard among several that has not been answered after so many milliseconds is sent once more, and
    the first answer counts; at most one in twenty. 0 is never. Without it 50, or 0 with ENVIRONMENT=local."""

    @model_validator(mode="after")
    def _an_attempt_fits_in_a_call(self) -> "DatabaseSettings":
        if self.database_call_seconds is not None and self.database_attempt > self.database_call_seconds:
            raise ValueError(
                "DATABASE_CALL_SECONDS must not be less than DATABASE_CONNECT_SECONDS plus DATABASE_READ_SECONDS"
            )
        return self

    @property
    def database_read(self) -> float:
        """Seconds."""
        return self.database_read_seconds or (3.0 if self.is_local else 1.5)

    @property
    def database_attempt(self) -> float:
        """Seconds that one attempt takes at most before anything is heard."""
        return self.database_connect_seconds + self.database_read

    @property
    def database_call(self) -> float:
        """Seconds that all attempts together take at most."""
        return self.database_call_seconds or max(10.0 if self.is_local else 3.0, self.database_attempt)

    @property
    def hedge_after(self) -> float:
        """Seconds; 0 is never."""
        after_ms = self.hedge_after_ms
        return (after_ms if after_ms is not None else 0 if self.is_local else _HEDGE_AFTER_MS) / 1000
