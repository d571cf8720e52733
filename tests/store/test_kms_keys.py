"""Master keys in AWS KMS, over its protocol: who is told what, and what its errors become."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.ports.encryption import MasterKeyUnknown, Undecryptable
from app.ports.errors import StoreError, StoreRefused, StoreUnavailable
from app.store.client import ClientOptions, kms_client
from app.store.kms_keys import KmsKeys
from tests.store.kms import REGION, Kms, arn, kms

CONTEXT = {"purpose": "user", "userId": "hanako"}
KEY = bytes(range(32))


@pytest_asyncio.fixture(scope="module")
async def service() -> AsyncIterator[Kms]:
    async with kms() as one:
        yield one


@pytest_asyncio.fixture(scope="module")
async def client(service: Kms) -> AsyncIterator[object]:
    patch = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": service.url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }.items():
        patch.setenv(name, value)
    async with kms_client(ClientOptions(region=REGION, attempts=3)) as one:
        yield one
    patch.undo()


@pytest.fixture
def keys(client: object, service: Kms) -> KmsKeys:
    service.errors.clear()
    service.calls.clear()
    service.seen.clear()
    return KmsKeys(client, "alias/vault")


async def test_a_key_is_wrapped_and_unwrapped_in_its_context(keys: KmsKeys, service: Kms) -> None:
    name, wrapped = await keys.wrap(KEY, CONTEXT)
    assert name == await keys.newest() == service.aliases["alias/vault"]
    assert KEY not in wrapped
    assert await keys.unwrap(name, wrapped, CONTEXT) == KEY
    assert [(operation, sent.get("EncryptionContext")) for operation, sent in service.calls] == [
        ("Encrypt", CONTEXT),
        ("DescribeKey", None),
        ("Decrypt", CONTEXT),
    ]


async def test_another_context_does_not_unwrap(keys: KmsKeys) -> None:
    name, wrapped = await keys.wrap(KEY, CONTEXT)
    with pytest.raises(Undecryptable):
        await keys.unwrap(name, wrapped, CONTEXT | {"userId": "taro"})


async def test_where_the_alias_points_wraps_and_the_key_before_still_unwraps(keys: KmsKeys, service: Kms) -> None:
    name, wrapped = await keys.wrap(KEY, CONTEXT)
    service.add("second")
    assert await keys.newest() == arn("second")
    assert (await keys.wrap(KEY, CONTEXT))[0] == arn("second")
    assert await keys.unwrap(name, wrapped, CONTEXT) == KEY
    with pytest.raises(Undecryptable):
        await keys.unwrap(arn("second"), wrapped, CONTEXT)


async def test_a_key_that_is_not_there_is_unknown(keys: KmsKeys) -> None:
    with pytest.raises(MasterKeyUnknown, match="gone"):
        await keys.unwrap(arn("gone"), b"wrapped", CONTEXT)


@pytest.mark.parametrize(
    ("code", "status", "kind", "calls"),
    [
        ("ThrottlingException", 400, StoreUnavailable, 3),
        ("KMSInternalException", 500, StoreUnavailable, 3),
        ("DependencyTimeoutException", 503, StoreUnavailable, 3),
        ("KeyUnavailableException", 500, StoreUnavailable, 3),
        ("LimitExceededException", 400, StoreUnavailable, 3),
        ("AccessDeniedException", 400, StoreRefused, 1),
        ("DisabledException", 409, MasterKeyUnknown, 1),
        ("KMSInvalidStateException", 409, MasterKeyUnknown, 1),
        ("ExpiredTokenException", 400, StoreUnavailable, 1),
    ],
)
async def test_its_errors_are_ours_and_calls_are_bounded(
    keys: KmsKeys, service: Kms, code: str, status: int, kind: type[StoreError], calls: int
) -> None:
    name, wrapped = await keys.wrap(KEY, CONTEXT)
    service.seen.clear()
    service.errors[:] = [(code, status)] * 9
    with pytest.raises(StoreError) as raised:
        await keys.unwrap(name, wrapped, CONTEXT)
    assert type(raised.value) is kind
    assert service.seen["Decrypt"] == calls


async def test_a_throttled_call_goes_through_the_next_time(keys: KmsKeys, service: Kms) -> None:
    service.errors[:] = [("ThrottlingException", 400)] * 2
    name, wrapped = await keys.wrap(KEY, CONTEXT)
    service.errors[:] = [("ThrottlingException", 400)]
    assert await keys.unwrap(name, wrapped, CONTEXT) == KEY


async def test_silence_is_unavailable() -> None:
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    patch.setenv("AWS_ACCESS_KEY_ID", "local")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    async with kms_client(ClientOptions(region=REGION, attempts=1)) as nowhere:
        with pytest.raises(StoreUnavailable):
            await KmsKeys(nowhere, "alias/vault").wrap(KEY, CONTEXT)
    patch.undo()
