import socket

import pytest

from app.server import CannotListen, address_of, listen


def test_a_free_port_is_chosen_and_named() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_the_system_holds_little_of_each_connection() -> None:
    """Neither of an answer that nobody reads nor of a body, some megabytes of which would come all at once."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), timeout=5):
        accepted, _ = listener.accept()
        with accepted:
            for what in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                assert 32 * 1024 <= accepted.getsockopt(socket.SOL_SOCKET, what) <= 256 * 1024


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1 port {port}: "):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(CannotListen, match=r"999\.1\.1\.1"):
        listen("999.1.1.1", 0)
