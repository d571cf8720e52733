"""The listening socket, made before anything else is started, so that a taken port is found out first."""

import socket

_BACKLOG = 2048
# What the system holds of each connection, in each direction. By itself it holds up to some megabytes: of an answer for
# one who does not read it, and of a body that then comes all at once, while others wait. (Linux makes it twice that.)
_HELD_BYTES = 128 * 1024


class CannotListen(OSError):
    """The address cannot be used; the message says which, and why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        # The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it.
        listener = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise CannotListen(f"cannot listen on {host} port {port}: {error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _HELD_BYTES)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD_BYTES // 2)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL it can be reached by."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
