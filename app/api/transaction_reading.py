"""A purchase from bytes, where it is not FastAPI that reads them: the lines of a batch."""

from pydantic import ValidationError

from app.api.errors import field_errors
from app.api.json_bodies import NotJson, parse_json
from app.api.problems import invalid, invalid_fields
from app.api.transaction_body import PurchaseRules, TransactionBody, purchase_from
from app.domain.purchases import Purchase


def read_purchase(content: bytes, rules: PurchaseRules, idempotency_key: str | None = None) -> Purchase:
    """The same as POST /transactions makes of it. Raises Problem VALIDATION_FAILED."""
    try:
        return purchase_from(TransactionBody.model_validate(parse_json(content)), idempotency_key, rules)
    except NotJson as error:
        raise invalid("", error.detail) from None
    except ValidationError as error:
        located = [{**found, "loc": ("body", *found["loc"])} for found in error.errors(include_input=False)]
        raise invalid_fields(field_errors(located)) from None
