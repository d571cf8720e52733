"""Bodies as clients send them, good and bad."""

import json
from typing import Any

from app.api.problems import VALIDATION_FAILED, FieldError, Problem
from app.api.transaction_body import PurchaseRules
from app.api.transaction_reading import read_purchase
from app.domain.purchases import Purchase
from tests.bodies import EXAMPLE_BODY
from tests.purchases import NOW, TOKYO

EXAMPLE = {name: value for name, value in EXAMPLE_BODY.items() if name not in ("channel", "occurredAt")}
REQUIRED = {"userId", "merchantName", "category", "transactionAmount", "kickbackType", "cardId"}
RULES = PurchaseRules(now=lambda: NOW, new_id=lambda: "made-here", zone=TOKYO, retention=None)


def body(**changes: Any) -> bytes:
    """The example body, changed; None takes a field away."""
    fields = {name: value for name, value in {**EXAMPLE, **changes}.items() if value is not None}
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read(sent: bytes, *, key: str | None = None, rules: PurchaseRules = RULES) -> Purchase:
    """The purchase that a body stands for. Raises Problem, as the service answers it, and nothing else."""
    return read_purchase(sent, rules, key)


def refusal(sent: bytes, **options: Any) -> tuple[FieldError, ...]:
    """The errors of a body that is refused; none when it is not."""
    try:
        read(sent, **options)
    except Problem as problem:
        if problem.kind is not VALIDATION_FAILED:
            raise
        return problem.errors
    return ()
