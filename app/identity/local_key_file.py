"""The file of a developer's own key: made when it is missing, and readable by its owner only."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import structlog
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

_MAX_BYTES = 16 * 1024

_logger = structlog.get_logger()


class LocalKeyUnusable(Exception):
    """Why is in the message, which holds nothing of the file."""


def read_key(path: Path) -> EllipticCurvePrivateKey | None:
    """None where there is no file. Raises LocalKeyUnusable. Blocks the thread."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would be waited for
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LocalKeyUnusable(f"{path} cannot be read: {error.strerror}") from None
    try:
        _check_owners_file(path, os.fstat(descriptor).st_mode)
        content = os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
    return _key(path, content)


def _check_owners_file(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise LocalKeyUnusable(f"{path} is no file")
    if mode & 0o077:
        raise LocalKeyUnusable(f"{path} can be read by others: chmod 600 it, or remove it and have a new one made")


def _key(path: Path, content: bytes) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError):
        raise LocalKeyUnusable(f"{path} holds no key") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise LocalKeyUnusable(f"{path} holds no key for ES256")
    return key


def read_or_make_key(path: Path) -> EllipticCurvePrivateKey:
    """Two at the same time get the same key. Raises LocalKeyUnusable, and OSError where nothing can be written."""
    found = read_key(path)
    if found is not None:
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(_pem(generate_private_key(SECP256R1())))
        try:
            os.link(unfinished, path)  # unlike a rename it leaves alone what somebody else made first
        except FileExistsError:
            _logger.debug("local_key_was_just_made")
    finally:
        unfinished.unlink()
    made = read_key(path)
    if made is None:
        raise LocalKeyUnusable(f"{path} was removed as soon as it was made")
    return made


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
