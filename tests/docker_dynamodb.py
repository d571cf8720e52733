"""DynamoDB Local in a container."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

_IMAGE = "amazon/dynamodb-local:1.25.1"
_PORT = 8000
_START_SECONDS = 60


@cache
def docker_answers() -> bool:
    """Whether there is a Docker engine, not only its client."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def docker_dynamodb() -> Iterator[str]:
    """The address of a fresh one."""
    testcontainers_config.ryuk_disabled = True  # one image is enough: the block below removes what it started
    container = DockerContainer(_IMAGE).with_exposed_ports(_PORT)
    container.with_command("-jar DynamoDBLocal.jar -inMemory")
    with container:
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(_PORT)}"
        _wait(url)
        yield url


def _wait(url: str) -> None:
    """Its log says that it is ready before its port is open, so we ask the port."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:  # 400: it wants a signed request, so it is there
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"DynamoDB Local did not answer within {_START_SECONDS} s")
