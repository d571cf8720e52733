"""What an id, a category and an amount may look like. Every message is fixed text: none repeats the value."""

import re

from app.domain.card_numbers import refuse_card_number

MAX_AMOUNT = 10**12

ID_PATTERN = r"^[A-Za-z0-9._:-]{1,64}$"
CATEGORY_PATTERN = r"^[A-Za-z0-9_]{1,32}$"

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CATEGORY = re.compile(r"[A-Z0-9_]{1,32}")


def check_id(value: str) -> str:
    """Returns the id. Raises ValueError unless it is 1 to 64 of `A-Z a-z 0-9 . _ : -` and no card number."""
    if not _ID.fullmatch(value):
        raise ValueError("must be 1 to 64 characters of A-Z a-z 0-9 . _ : -")
    return refuse_card_number(value)


def check_category(value: str) -> str:
    """Returns the category in upper case. Raises ValueError unless it is 1 to 32 of `A-Z 0-9 _`."""
    raised = value.upper() if value.isascii() else value
    if not _CATEGORY.fullmatch(raised):
        raise ValueError("must be 1 to 32 characters of A-Z 0-9 _")
    return refuse_card_number(raised)
