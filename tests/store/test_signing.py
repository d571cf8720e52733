"""Our signatures are the SDK's own, whoever signs what, when and where."""

from datetime import UTC, datetime

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


@given(
    host=_HOSTS,
    region=st.sampled_from(["ap-northeast-1", "us-east-1", "local"]),
    access_key=_WORDS,
    secret_key=_WORDS,
    token=st.none() | _WORDS,
    target=st.sampled_from(["DynamoDB_20120810.Query", "DynamoDB_20120810.TransactWriteItems"]),
    body=st.binary(max_size=300),
    seconds=_SECONDS,
)
def test_it_signs_as_the_sdk_does(
    host: str,
    region: str,
    access_key: str,
    secret_key: str,
    token: str | None,
    target: str,
    body: bytes,
    seconds: int,
) -> None:
    keys = Keys(access_key, secret_key, token)
    headers = Signer("dynamodb", region, host, lambda: seconds).headers(keys, target, body)
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")
    assert headers["authorization"] == _of_the_sdk(host, region, keys, target, body, moment)
    assert headers["x-amz-date"] == moment
    assert headers.get("x-amz-security-token") == token
    assert "host" not in headers
