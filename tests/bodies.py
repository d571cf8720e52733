"""JSON bodies for tests."""

from typing import Any

EXAMPLE_BODY: dict[str, Any] = {
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
    "channel": "STORE",
    "occurredAt": "2023-05-01T21:34:56+09:00",
}


def body(unique: str, **changes: Any) -> dict[str, Any]:
    """The example purchase under ids of its own; a change to ... leaves the field out."""
    changed = {**EXAMPLE_BODY, "transactionId": f"txn-{unique}", "userId": f"user-{unique}", **changes}
    return {name: value for name, value in changed.items() if value is not ...}
