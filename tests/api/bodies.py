"""Bodies as clients send them, good and bad."""

import json
from typing import Any

from pydantic import ValidationError

from app.api.errors import field_errors
from app.api.json_bodies import NotJson, parse_json
from app.api.problems import VALIDATION_FAILED, FieldError, Problem, invalid, invalid_fields
from app.api.transaction_body import PurchaseRules, TransactionBody, purchase_from
from app.domain.purchases import Purchase
from tests.purchases import NOW, TOKYO

EXAMPLE: dict[str, Any] = {
    "transactionId": "txn001",
    "userId": "user123",
    "transactionDate": "2023-05-01",
    "cardId": "card456",
    "cardName": "プラチナカード",
    "merchantName": "スーパーマーケットA",
    "category": "GROCERY",
    "transactionAmount": 5000,
    "kickbackAmount": 50,
    "kickbackType": "POINT",
    "kickbackRate": 0.01,
    "description": "食料品購入",
}
REQUIRED = {"userId", "merchantName", "category", "transactionAmount", "kickbackType", "cardId"}
RULES = PurchaseRules(now=lambda: NOW, new_id=lambda: "made-here", zone=TOKYO, retention=None)


def body(**changes: Any) -> bytes:
    """The example body, changed; None takes a field away."""
    fields = {name: value for name, value in {**EXAMPLE, **changes}.items() if value is not None}
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read(sent: bytes, *, key: str | None = None, rules: PurchaseRules = RULES) -> Purchase:
    """The purchase that a body stands for. Raises Problem, as the service answers it, and nothing else."""
    try:
        return purchase_from(TransactionBody.model_validate(parse_json(sent)), key, rules)
    except NotJson as error:
        raise invalid("", error.detail) from None
    except ValidationError as error:
        located = [{**found, "loc": ("body", *found["loc"])} for found in error.errors(include_input=False)]
        raise invalid_fields(field_errors(located)) from None


def refusal(sent: bytes, **options: Any) -> tuple[FieldError, ...]:
    """The errors of a body that is refused; none when it is not."""
    try:
        read(sent, **options)
    except Problem as problem:
        if problem.kind is not VALIDATION_FAILED:
            raise
        return problem.errors
    return ()
