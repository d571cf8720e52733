"""Our signatures are the SDK's own, whoever signs what, when and where."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from app.store.signing import Keys, Signer

_WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
_HOSTS = st.sampled_from(["dynamodb.ap-northeast-1.amazonaws.com", "127.0.0.1:8000", "[::1]:8000"])
_SECONDS = st.integers(0, 4_102_444_800)


def _of_the_sdk(host: str, region: str, keys: Keys, target: str, body: bytes, moment: str) -> str:
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
    request = AWSRequest("POST", f"http://{host}/", headers, body)
    request.context["timestamp"] = moment
    request.headers["X-Amz-Date"] = moment
    if keys.token:
        request.headers["X-Amz-Security-Token"] = keys.token
    auth = SigV4Auth(ReadOnlyCredentials(*keys), "dynamodb", region)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(text, request))
    authorization: str = request.headers["Authorization"]
    return authorization


_KEYS = st.builds(Keys, _WORDS, _WORDS, st.none() | _WORDS)
_REQUESTS = st.tuples(
    st.sampled_from(["DynamoDB_20120810.Query", "DynamoDB_20120810.TransactWriteItems"]),
    st.binary(max_size=300),
    st.sampled_from([0.0, 0.25, 0.9, 1.0, 3_600.5, 86_400.0]),  # seconds until the next one
    st.integers(0, 1),  # whose keys
)


@given(
    host=_HOSTS,
    region=st.sampled_from(["ap-northeast-1", "us-east-1", "local"]),
    both=st.tuples(_KEYS, _KEYS),
    started=_SECONDS,
    requests=st.lists(_REQUESTS, min_size=1, max_size=6),
)
def test_it_signs_as_the_sdk_does(
    host: str, region: str, both: tuple[Keys, Keys], started: int, requests: list[tuple[str, bytes, float, int]]
) -> None:
    clock = [float(started)]
    signer = Signer("dynamodb", region, host, lambda: clock[0])
    for target, body, passes, whose in requests:
        keys = both[whose]
        lines = signer.header_lines(keys, target, body).split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[:-1])
        moment = datetime.fromtimestamp(int(clock[0]), UTC).strftime("%Y%m%dT%H%M%SZ")
        assert headers["authorization"] == _of_the_sdk(host, region, keys, target, body, moment)
        assert headers["x-amz-date"] == moment
        assert headers.get("x-amz-security-token") == keys.token
        assert headers["x-amz-target"] == target
        assert "host" not in headers
        clock[0] += passes


@pytest.mark.parametrize("keys", [Keys("a\n", "b"), Keys("a", "b", "c\r\nx-other: 1")])
def test_keys_cannot_bring_headers_of_their_own(keys: Keys) -> None:
    with pytest.raises(ValueError, match="line of a header"):
        Signer("dynamodb", "local", "127.0.0.1", lambda: 0).header_lines(keys, "T", b"")
