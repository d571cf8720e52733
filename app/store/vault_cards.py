"""The cards behind tokens."""

from dataclasses import dataclass

import msgspec

from app.domain.card_issuers import Brand
from app.domain.card_tokens import CardFace, card_face
from app.domain.personal import CardNumber
from app.ports.errors import StoreRefused
from app.ports.vault import AddedCard, Card
from app.store import vault_keys
from app.store.database import Put
from app.store.vault_codec import CARD_NUMBER, FACE, CardRow, NumberRow, erasure_of, wrapped_key
from app.store.vault_users import Desk, VaultUsers
from app.store.wire import GetAnswer, Item, key, text

_CARD = msgspec.json.Decoder(GetAnswer[CardRow])
_NUMBER = msgspec.json.Decoder(GetAnswer[NumberRow])
_FACE = msgspec.json.Decoder(tuple[Brand, str])
_PURPOSE = "card"


@dataclass(frozen=True, slots=True)
class VaultCards:
    """See the port."""

    users: VaultUsers
    keep_numbers: bool

    async def card(self, card_id: str) -> Card | None:
        """Two GetItems, one after the other."""
        found = await self._found(card_id)
        if found is None:
            return None
        row, desk = found
        brand, last_four = _FACE.decode(_opened(desk, row.face.B, card_id, FACE))
        return Card(card_id, desk.user_id, CardFace(brand, last_four), row.createdAt.S)

    async def card_number(self, card_id: str) -> CardNumber | None:
        """The same."""
        found = await self._found(card_id)
        if found is None:
            return None
        row, desk = found
        return CardNumber(_opened(desk, row.number.B, card_id, CARD_NUMBER)) if row.number else None

    async def add_card(self, user_id: str, number: CardNumber, *, card_id: str, at: str) -> AddedCard:
        """Two reads, one transaction."""
        blind = (await self.users.index.made(at)).blind.of(_PURPOSE, user_id, number.reveal())
        made = Card(card_id, user_id, card_face(number), at)

        async def attempt() -> AddedCard | None:
            writing = await self.users.writing(user_id, at)
            known = await self._card_at(blind)
            if known is not None:
                return AddedCard(known, is_new=known.card_id == card_id)
            found = key(vault_keys.number_pk(blind), vault_keys.NUMBER_SK) | {
                "cardId": text(card_id),
                "userId": text(user_id),
            }
            of_user = key(vault_keys.user_pk(user_id), vault_keys.user_card_sk(card_id)) | {"numberIndex": text(blind)}
            card = Put(_item(made, number if self.keep_numbers else None, writing.desk))
            written = await self.users.write(writing, card, Put(found), Put(of_user))
            return AddedCard(made, is_new=True) if written else None

        return await self.users.until_done(attempt)

    async def _card_at(self, blind: str) -> Card | None:
        place = key(vault_keys.number_pk(blind), vault_keys.NUMBER_SK)
        row = (await self.users.database.get_item(_NUMBER, Key=place)).Item
        return await self.card(row.cardId.S) if row else None

    async def _found(self, card_id: str) -> tuple[CardRow, Desk] | None:
        """None also where the user was erased and the card is not taken away yet."""
        place = key(vault_keys.card_pk(card_id), vault_keys.CARD_SK)
        row = (await self.users.database.get_item(_CARD, Key=place)).Item
        if row is None:
            return None
        stands = await self.users.key_row(row.userId.S)
        if stands is None:
            raise StoreRefused("there is a card, and no key for it")
        if erasure_of(stands) is not None:
            return None
        return row, await self.users.reading(row.userId.S, wrapped_key(stands))


def _opened(desk: Desk, sealed: bytes, card_id: str, attribute: str) -> str:
    return desk.opened(sealed, vault_keys.card_pk(card_id), vault_keys.CARD_SK, attribute)


def _item(card: Card, number: CardNumber | None, desk: Desk) -> Item:
    pk, sk = vault_keys.card_pk(card.card_id), vault_keys.CARD_SK
    face = msgspec.json.encode((card.face.brand, card.face.last_four)).decode()
    item = key(pk, sk) | {
        "userId": text(card.user_id),
        "createdAt": text(card.created_at),
        FACE: desk.sealed(face, pk, sk, FACE),
    }
    return item if number is None else item | {CARD_NUMBER: desk.sealed(number.reveal(), pk, sk, CARD_NUMBER)}
