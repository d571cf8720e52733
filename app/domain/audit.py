"""What a row of the audit trail is held to: the names in it, the hash of all that it says, and the hours in which rows
lie."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.domain.card_numbers import refuse_card_number

ACTOR_PATTERN = r"^(open|[a-z]{1,16}:[A-Za-z0-9._:-]{1,64})$"
THING_PATTERN = r"^[a-z]{1,16}:[A-Za-z0-9._:-]{1,64}$"
_ACTOR = re.compile(ACTOR_PATTERN)
_THING = re.compile(THING_PATTERN)
_HOUR_LENGTH = len("2023-05-01T12")


def row_hash(
    at: str, actor: str, action: str, outcome: str, request_id: str, about: Sequence[str], reason: str | None
) -> str:
    """SHA-256 over all of them, as hexadecimal digits.

    One a line, the reason last: none of the others can have a line's end in it, and how many things it is about is
    said, so no two rows have the same lines.
    """
    lines = "\n".join((at, actor, action, outcome, request_id, str(len(about)), *about, reason or ""))
    return hashlib.sha256(lines.encode()).hexdigest()


def check_actor(value: str) -> str:
    """Returns the name of a caller. Raises ValueError with a fixed text."""
    if not _ACTOR.fullmatch(value):
        raise ValueError("must be `open`, or a kind, a colon and an id")
    return refuse_card_number(value)


def check_thing(value: str) -> str:
    """Returns the name of what a row can be about. Raises ValueError with a fixed text."""
    if not _THING.fullmatch(value):
        raise ValueError("must be a kind, a colon and an id")
    return refuse_card_number(value)


def hour_of(at: str) -> str:
    """Of an instant as UTC text: '2023-05-01T12'."""
    return at[:_HOUR_LENGTH]


def hours_between(first: str, last: str) -> Iterator[str]:
    """The hours of two instants (UTC texts) and all between them, oldest first; none when the first is the later."""
    hour, end = _start(first), _start(last)
    while hour <= end:
        yield hour.isoformat()[:_HOUR_LENGTH]
        hour += timedelta(hours=1)


def hours_back(last: str, first: str) -> Iterator[str]:
    """The same, newest first."""
    hour, end = _start(last), _start(first)
    while hour >= end:
        yield hour.isoformat()[:_HOUR_LENGTH]
        hour -= timedelta(hours=1)


def _start(at: str) -> datetime:
    return datetime.fromisoformat(f"{hour_of(at)}:00:00")
