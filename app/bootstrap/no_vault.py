"""The vault where none was opened."""

from typing import NoReturn

from app.ports.vault import VaultNotConfigured


class NoVault:
    """Keeps nothing and knows nobody: every call raises VaultNotConfigured."""

    async def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise VaultNotConfigured

    user_of = identity_of = add_identity = _refuse
    profile_of = put_profile = users_with_email = _refuse
    add_card = card = card_number = _refuse
    erase = erasure_of = _refuse


NO_VAULT = NoVault()
