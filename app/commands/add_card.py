"""A card number is given a token, once for each user and number."""

from app.commands.vaulting import Vaulting
from app.domain.personal import CardNumber
from app.domain.random_ids import RANDOM_ID_BYTES, random_id
from app.ports.vault import AddedCard


async def add_card(user_id: str, number: CardNumber, *, using: Vaulting) -> AddedCard:
    """The card's token; the one it had, where the user added it before. Raises UserErased, VaultNotConfigured,
    StoreUnavailable, OutcomeUnknown."""
    await using.auditor.begun("card.add", f"user:{user_id}")
    token = random_id("card", using.random_bytes(RANDOM_ID_BYTES))
    return await using.vault.add_card(user_id, number, card_id=token, at=using.at())
