"""Rows of the audit trail for tests that need one, or many."""

from datetime import datetime, timedelta
from uuid import uuid4

from app.callers import Caller
from app.domain.periods import parse_instant, utc_text
from app.ports.audit import AuditOutcome, AuditRow

START = parse_instant("2026-11-22T12:00:00Z")


def row(
    at: datetime = START,
    *,
    actor: str = "client:shop",
    request_id: str | None = None,
    action: str = "purchase.record",
    about: tuple[str, ...] = ("transaction:txn001", "user:user123"),
    reason: str | None = None,
    outcome: AuditOutcome = AuditOutcome.DONE,
) -> AuditRow:
    """A row of a request of its own, unless said."""
    caller = Caller(actor, request_id or uuid4().hex, reason)
    return AuditRow(utc_text(at), caller, action, about, outcome)


def rows(number: int, *, start: datetime = START, apart: timedelta = timedelta(seconds=1)) -> list[AuditRow]:
    """So many, one after the other."""
    return [row(start + apart * at) for at in range(number)]
