"""Why a transaction wrote nothing: something was there already, somebody else was writing, or it was our mistake."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.ports.errors import StoreRefused, StoreUnavailable
from app.store.errors import TRANSIENT_REASONS
from app.store.outcomes import CONDITION_FAILED
from app.store.wire import Item


def taken_items(reasons: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The items that were there already; none when somebody else was writing the same ones: decide again.

    Raises StoreUnavailable for a cancellation without a reason, StoreRefused when it was our mistake.
    """
    codes = {str(reason.get("Code", "None")) for reason in reasons}
    if CONDITION_FAILED in codes:
        return [reason.get("Item") or {} for reason in reasons if reason.get("Code") == CONDITION_FAILED]
    if codes & TRANSIENT_REASONS:
        return []
    if not codes - {"None"}:
        raise StoreUnavailable("a transaction was cancelled without a reason")
    raise StoreRefused(", ".join(sorted(codes - {"None"})))
