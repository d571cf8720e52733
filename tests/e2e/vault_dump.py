"""Everything in a table, and what of a vault's can be read with given keys."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from app.bootstrap.vault import data_keys_of
from app.crypto.local_keys import LocalKeys
from app.ports.encryption import Place, Undecryptable, WrappedKey

Row = Mapping[str, Any]
_WRAPPED = "wrappedKey"


async def dump(admin: Any, table: str) -> list[dict[str, Any]]:
    """All items, attribute by attribute, as they lie there."""
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        answer = await admin.scan(TableName=table, ConsistentRead=True, **start)
        items += [{name: next(iter(one.values())) for name, one in item.items()} for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return items
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


@dataclass(frozen=True, slots=True)
class Thief:
    """Somebody with the master keys and with dumps of the table."""

    key_file: Path

    async def read(self, ciphertexts: Sequence[Row], keys: Iterable[Row]) -> list[str]:
        """Whatever decrypts, trying every key with every ciphertext, as every user."""
        data_keys = data_keys_of(LocalKeys(self.key_file, os.urandom))
        rows = [row for row in keys if _WRAPPED in row]
        vault = next(row["keyId"] for row in rows if row["PK"] == "VAULT")
        found = []
        for row in rows:
            user = row["PK"].removeprefix("USER#")
            if row["PK"] == "VAULT":
                continue
            wrapped = WrappedKey(row["keyId"], row["masterKey"], bytes(row[_WRAPPED]))
            cipher = await data_keys.cipher(user, wrapped)
            for item, owner in product(ciphertexts, {user, *_users(ciphertexts)}):
                for name, value in item.items():
                    if name == _WRAPPED or isinstance(value, str | int):
                        continue
                    place = Place(vault, item["PK"], item["SK"], name, owner)
                    try:
                        found.append(cipher.decrypt(bytes(value), place).decode())
                    except Undecryptable:
                        continue
        return found


def _users(items: Sequence[Row]) -> set[str]:
    return {row["PK"].removeprefix("USER#") for row in items if row["PK"].startswith("USER#")}
