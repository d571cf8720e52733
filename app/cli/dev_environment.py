"""What a developer's service finds in its environment. Only this process's own is changed."""

from collections.abc import MutableMapping

ENDPOINTS = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
STREAMS_ENDPOINT = "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_REGION = "ap-northeast-1"
_LOOPBACK = "127.0.0.1,localhost"

Environment = MutableMapping[str, str]


def uses_own_endpoint(environ: Environment) -> bool:
    """Whether the developer has a database of their own."""
    return any(environ.get(name) for name in ENDPOINTS)


def use_local(environ: Environment) -> None:
    """A developer's defaults, where nothing else is said: tables are made, and Ctrl-C does not wait."""
    for name, value in {"ENVIRONMENT": "local", "DRAIN_SECONDS": "0", "SHUTDOWN_SECONDS": "2"}.items():
        environ.setdefault(name, value)
    if not any(environ.get(name) for name in REGIONS):
        environ["AWS_REGION"] = _REGION


def use_embedded(environ: Environment, url: str) -> None:
    """Points the SDK to the embedded database, with credentials that are good for nothing else."""
    environ[ENDPOINTS[0]] = environ[STREAMS_ENDPOINT] = url
    environ.update(dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "local"))
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        environ.pop(name, None)
    for name in ("NO_PROXY", "no_proxy"):  # a proxy cannot reach this machine's own addresses
        environ[name] = ",".join(filter(None, (environ.get(name), _LOOPBACK)))
