"""An emulator of AWS on loopback (moto's server), from an environment of its own: `make infra-tools`."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

TOOLS = Path(__file__).parents[2] / ".local" / "infra" / "bin"
ACCOUNT = "123456789012"
_START_SECONDS = 60


@contextmanager
def emulator() -> Iterator[str]:
    """Its address, as long as it runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [str(TOOLS / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(url, process)
            yield url
        finally:
            process.kill()


def call(url: str, service: str, target: str, content: object, *, region: str = "ap-northeast-1") -> dict[str, object]:
    """One call of a service that speaks JSON, unsigned but for the words by which the emulator knows it."""
    credential = (
        f"AWS4-HMAC-SHA256 Credential=x/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=x"
    )
    answer = httpx.post(
        url,
        content=json.dumps(content),
        headers={"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1", "Authorization": credential},
        timeout=30,
    )
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(_START_SECONDS * 10):
        assert process.poll() is None, "the emulator ended while it started"
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the emulator did not answer")
