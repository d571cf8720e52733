"""Every key string of the vault's table.

PK                     SK                 what
VAULT                  INDEX              the index key, wrapped. Its id is the vault's
USER#{userId}          KEY                the user's data key, wrapped; or that the user was erased
USER#{userId}          IDENTITY           who the user is elsewhere, encrypted
USER#{userId}          PROFILE            name, e-mail address and birthday, each encrypted
USER#{userId}          CARD#{cardId}      that the card is the user's
IDENTITY#{index}       IDENTITY           the user id of an external identity
EMAIL#{index}          USER#{userId}      that the user has this address
CARD#{cardId}          CARD               a card: what is shown of it, and perhaps its number, each encrypted
NUMBER#{index}         NUMBER             the token of a user's card with this number

`{index}` is a blind index: `A-Z a-z 0-9 - _`. No part can contain `#`.
"""

VAULT_PK = "VAULT"
INDEX_SK = "INDEX"
KEY_SK = "KEY"
IDENTITY_SK = "IDENTITY"
PROFILE_SK = "PROFILE"
CARD_SK = "CARD"
NUMBER_SK = "NUMBER"
USER_PREFIX = "USER#"
CARD_PREFIX = "CARD#"
IDENTITY_PREFIX = "IDENTITY#"
EMAIL_PREFIX = "EMAIL#"
NUMBER_PREFIX = "NUMBER#"
# IDENTITY, KEY and PROFILE lie side by side, and all cards before them.
PERSON_RANGE = (IDENTITY_SK, PROFILE_SK)


def user_pk(user_id: str) -> str:
    """Everything about a user that is not looked for by something else."""
    return f"{USER_PREFIX}{user_id}"


def user_of_pk(pk: str) -> str:
    """The user whose partition (or whose row below an address) this is."""
    return pk.removeprefix(USER_PREFIX)


def user_card_sk(card_id: str) -> str:
    """One of a user's cards."""
    return f"{CARD_PREFIX}{card_id}"


def card_of_sk(sk: str) -> str:
    """The token."""
    return sk.removeprefix(CARD_PREFIX)


def card_pk(card_id: str) -> str:
    """By token."""
    return f"{CARD_PREFIX}{card_id}"


def identity_pk(index: str) -> str:
    """By issuer and subject."""
    return f"{IDENTITY_PREFIX}{index}"


def email_pk(index: str) -> str:
    """By address; several users may have the same."""
    return f"{EMAIL_PREFIX}{index}"


def email_user_sk(user_id: str) -> str:
    """One of them."""
    return f"{USER_PREFIX}{user_id}"


def number_pk(index: str) -> str:
    """By user and number."""
    return f"{NUMBER_PREFIX}{index}"
