"""Where no vault is configured, none of its calls does anything."""

import inspect

import pytest

from app.bootstrap.no_vault import NO_VAULT
from app.ports.vault import Users, Vault, VaultNotConfigured

CALLS = sorted(name for port in (Users, Vault) for name in vars(port) if not name.startswith("_"))


@pytest.mark.parametrize("name", CALLS)
async def test_every_call_says_so(name: str) -> None:
    signature = inspect.signature(getattr(Vault, name))
    given = [one for one in signature.parameters.values() if one.name != "self"]
    positional = [None for one in given if one.kind is not one.KEYWORD_ONLY]
    named = {one.name: None for one in given if one.kind is one.KEYWORD_ONLY}
    with pytest.raises(VaultNotConfigured):
        await getattr(NO_VAULT, name)(*positional, **named)


def test_there_are_calls() -> None:
    assert {"user_of", "add_card", "erase"} < set(CALLS)
