"""What is behind the token of a card."""

from app.domain.personal import CardNumber
from app.ports.auditor import Auditor
from app.ports.vault import Card, Vault


async def find_card(card_id: str, *, vault: Vault) -> Card | None:
    """What may be shown of it. None where the token is not known, or its user was erased. Raises VaultNotConfigured,
    StoreUnavailable."""
    return await vault.card(card_id)


async def card_number_of(card_id: str, reason: str, *, vault: Vault, auditor: Auditor) -> CardNumber | None:
    """The number itself; that it was asked for is in the audit trail before anything is decrypted, whether it is found
    or not. None where the token is not known, its user was erased, or the number was not kept. Raises
    VaultNotConfigured, StoreUnavailable."""
    await auditor.begun("card.detokenize", f"card:{card_id}", reason=reason)
    return await vault.card_number(card_id)
