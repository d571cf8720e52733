"""One attack on one connection, and how it ended."""

import asyncio
import socket
import sys
from typing import cast

from bench.abuse.attacks import Attack

CUT = "cut"
LEFT = "left"
# Linux has all of 127.0.0.0/8: attacks come from other addresses than the honest client. Elsewhere from its own.
_SOURCES = 250
_LITTLE_BYTES = 4096  # that the system takes for one who does not read


class _Victim(asyncio.Protocol):
    """Notes the status of the first answer, and, of an attack that goes on after it, the end of the connection."""

    def __init__(self, attack: Attack) -> None:
        self._attack = attack
        self._stays = bool(attack.piece) or not attack.reads
        self._begin = bytearray()
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        if not self._attack.reads:
            cast(asyncio.Transport, transport).pause_reading()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if len(self._begin) < len(b"HTTP/1.1 200"):
            self._begin += data[:16]
        if not self._stays and not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - given by the loop
        """Called by the loop."""
        if not self.ended.done():
            self.ended.set_result(None)

    @property
    def outcome(self) -> str:
        """The status; CUT where there was none, or where it was a good one and there was to be more."""
        words = bytes(self._begin).split()
        status = words[1].decode() if len(words) > 1 else CUT
        return CUT if self._stays and status < "400" else status


async def attack_once(attack: Attack, number: int, host: str, port: int, ends_at: float) -> str:
    """Until it is answered or cut, or until the loop's time is `ends_at`: the status, CUT or LEFT."""
    loop = asyncio.get_running_loop()
    one = socket.socket()
    try:
        one.setblocking(False)
        if sys.platform == "linux":
            one.bind((f"127.0.1.{number % _SOURCES + 1}", 0))
        if not attack.reads:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _LITTLE_BYTES)
        await loop.sock_connect(one, (host, port))
        transport, victim = await loop.create_connection(lambda: _Victim(attack), sock=one)
    except OSError:
        one.close()
        return CUT
    sending = asyncio.create_task(_send(transport, attack))
    try:
        async with asyncio.timeout_at(ends_at):
            await victim.ended
        return victim.outcome
    except TimeoutError:
        return LEFT
    finally:
        sending.cancel()
        if not transport.is_closing():
            transport.abort()


async def _send(transport: asyncio.Transport, attack: Attack) -> None:
    transport.write(attack.opening)
    while attack.piece and not transport.is_closing():
        await asyncio.sleep(attack.pause_seconds)
        if not transport.get_write_buffer_size():
            transport.write(attack.piece)
