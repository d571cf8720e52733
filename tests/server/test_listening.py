import socket

import pytest

from app.server import CannotListen, address_of, listen


def test_a_free_port_is_chosen_and_named() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1 port {port}: "):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(CannotListen, match=r"999\.1\.1\.1"):
        listen("999.1.1.1", 0)
