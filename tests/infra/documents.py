"""infra/terraform/tables.json as the code makes it. `python -m tests.infra.documents` prints it."""

import json
from typing import Any

from app.store.tables import TTL_ATTRIBUTE, facts_table, vault_table, views_table

# What Terraform says by itself: how the data is kept safe and paid for, and whose it is.
_TERRAFORMS_OWN = ("BillingMode", "SSESpecification", "Tags")


def tables() -> dict[str, dict[str, Any]]:
    """Each table's keys, indexes, stream and the attribute by which storage drops items, by the name that Terraform
    calls it."""
    made = {
        "facts": (facts_table("CreditCardKickbacks"), TTL_ATTRIBUTE),
        "views": (views_table("KickbackViews"), None),
        "vault": (vault_table("KickbackVault"), None),
    }
    return {
        key: {name: value for name, value in table.items() if name not in _TERRAFORMS_OWN} | {"TimeToLive": ttl}
        for key, (table, ttl) in made.items()
    }


if __name__ == "__main__":
    print(json.dumps(tables(), indent=2))
