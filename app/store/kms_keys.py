"""The MasterKeys port on AWS KMS. The context is KMS's encryption context, which stands in its log (CloudTrail) beside
who unwrapped what; permissions can be tied to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.ports.encryption import MasterKeyUnknown, Undecryptable
from app.ports.errors import StoreError
from app.store.errors import CLIENT_ERRORS, error_code, port_error

# What KMS says of a ciphertext that another key, or another context, made, and of keys that are not there.
_UNDECRYPTABLE = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_UNKNOWN_KEY = frozenset({"NotFoundException", "DisabledException", "KMSInvalidStateException"})


@dataclass(frozen=True, slots=True)
class KmsKeys:
    """See the port. `client`: one made by `app.store.client.kms_client`; `key_id`: id, ARN or alias of the key that
    wraps. Whatever key of KMS has wrapped a data key unwraps it, as long as it is there and allowed."""

    client: Any
    key_id: str

    async def newest(self) -> str:
        """The key's ARN. DescribeKey."""
        answer = await self._call(self.client.describe_key, self.key_id, KeyId=self.key_id)
        return str(answer["KeyMetadata"]["Arn"])

    async def wrap(self, key: bytes, context: Mapping[str, str]) -> tuple[str, bytes]:
        """Encrypt."""
        answer = await self._call(
            self.client.encrypt, self.key_id, KeyId=self.key_id, Plaintext=key, EncryptionContext=dict(context)
        )
        return str(answer["KeyId"]), bytes(answer["CiphertextBlob"])

    async def unwrap(self, master_key: str, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """Decrypt, by the key that we say: not by whichever the ciphertext names."""
        answer = await self._call(
            self.client.decrypt,
            master_key,
            KeyId=master_key,
            CiphertextBlob=wrapped,
            EncryptionContext=dict(context),
        )
        return bytes(answer["Plaintext"])

    async def _call(self, call: Callable[..., Awaitable[dict[str, Any]]], master_key: str, **request: Any) -> Any:
        try:
            return await call(**request)
        except CLIENT_ERRORS as error:
            raise _port_error(error, master_key) from error


def _port_error(error: Exception, master_key: str) -> StoreError:
    code = error_code(error)
    if code in _UNDECRYPTABLE:
        return Undecryptable("AWS KMS cannot unwrap a data key")
    if code in _UNKNOWN_KEY:
        return MasterKeyUnknown(master_key)
    return port_error(error, wrote=False)
