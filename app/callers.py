"""Who the current request (or job) is made by. Set where it comes in, asked for where it leaves a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`actor` names who it is without anything personal: `user:{userId}`, `client:{name}`, `job:{name}`, `open` where
    nobody is asked. `reason`: why, where that was said."""

    actor: str
    request_id: str
    reason: str | None = None


NOBODY = Caller("unknown", "unknown")
_current: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """That of this context, and of the tasks it starts."""
    return _current.get()


def set_caller(caller: Caller) -> None:
    """For the request that runs in this context."""
    _current.set(caller)


@contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """For what is done inside, as by a job."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)
