"""A developer's key: whose file it is, and that two who make it at once have the same."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP384R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.identity import local_key_file
from app.identity.local_key_file import LocalKeyUnusable, read_key, read_or_make_key
from app.identity.local_keys import KEY_ID_PREFIX, LOOKED_AGAIN_S, LocalKeys, key_id
from tests.identity.issuer import rsa_key
from tests.identity.rig import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "token-key.pem"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(path: Path, clock: Clock) -> LocalKeys:
    return LocalKeys(path, lambda: clock.seconds)


def names(keys: LocalKeys) -> list[str | None]:
    return [key.key_id for key in keys.fresh().keys]


def test_a_key_is_made_once_and_for_its_owner_only(path: Path) -> None:
    before = os.umask(0)
    try:
        made = read_or_make_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_id(read_or_make_key(path)) == key_id(made)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_who_comes_at_the_same_time_gets_the_same_key(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: key_id(read_or_make_key(path)), range(32)))
    assert len(set(made)) == 1
    assert made[0].startswith(KEY_ID_PREFIX)


def test_a_key_that_somebody_else_makes_meanwhile_is_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[str] = []

    def slowly(curve: EllipticCurve) -> EllipticCurvePrivateKey:
        if not others:
            others.append("is being made")
            others.append(key_id(read_or_make_key(path)))
        return generate_private_key(curve)

    monkeypatch.setattr(local_key_file, "generate_private_key", slowly)
    assert key_id(read_or_make_key(path)) == others[1]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o602, 0o666])
async def test_a_key_that_others_can_reach_is_none(path: Path, keys: LocalKeys, mode: int) -> None:
    read_or_make_key(path)
    os.chmod(path, mode)
    with pytest.raises(LocalKeyUnusable, match="chmod 600"):
        read_key(path)
    with pytest.raises(LocalKeyUnusable):
        read_or_make_key(path)
    assert (await keys.newer()).keys == ()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(content)


def private_pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        private_pem(generate_private_key(SECP384R1())),
        rsa_key(2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
    ids=["empty", "garbage", "P-384", "RSA", "broken"],
)
async def test_a_file_that_holds_no_such_key(path: Path, keys: LocalKeys, content: bytes) -> None:
    write(path, content)
    with pytest.raises(LocalKeyUnusable) as caught:
        read_key(path)
    assert "garbage" not in str(caught.value)
    assert (await keys.newer()).keys == ()


def test_a_folder_is_no_key_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(LocalKeyUnusable, match="is no file"):
            read_key(place)


async def test_a_key_that_comes_later_is_seen(path: Path, keys: LocalKeys, clock: Clock) -> None:
    assert (await keys.newer()).keys == ()
    first = read_or_make_key(path)
    assert names(keys) == []
    clock.wait(LOOKED_AGAIN_S)
    await keys.newer()
    assert names(keys) == [key_id(first)]
    os.unlink(path)
    second = read_or_make_key(path)
    clock.wait(LOOKED_AGAIN_S)
    await keys.newer()
    assert names(keys) == [key_id(second)] != [key_id(first)]


async def test_a_key_that_is_made_right_after_the_start_is_seen(path: Path, keys: LocalKeys) -> None:
    await keys.look()
    read_or_make_key(path)
    assert len((await keys.newer()).keys) == 1


async def test_the_file_is_not_looked_at_for_every_token(path: Path, keys: LocalKeys, clock: Clock) -> None:
    await keys.newer()
    read_or_make_key(path)
    for _ in range(20):
        assert (await keys.newer()).keys == ()
    clock.wait(LOOKED_AGAIN_S)
    assert len((await keys.newer()).keys) == 1


async def test_the_same_file_is_the_same_key_set(path: Path, keys: LocalKeys, clock: Clock) -> None:
    read_or_make_key(path)
    first = await keys.newer()
    clock.wait(LOOKED_AGAIN_S)
    assert await keys.newer() is first
    assert await keys.keys() is first
