"""What `kickbacks dev` and the benchmarks tell the SDK."""

from app.cli.dev_environment import use_embedded


def test_the_embedded_database_is_used_for_tables_and_streams_whatever_was_set() -> None:
    environ = {
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://another:1",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://another:1",
        "AWS_PROFILE": "mine",
        "AWS_SESSION_TOKEN": "secret",
        "NO_PROXY": "example.org",
    }
    use_embedded(environ, "http://127.0.0.1:8")
    assert environ["AWS_ENDPOINT_URL_DYNAMODB"] == environ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] == "http://127.0.0.1:8"
    assert environ["AWS_ACCESS_KEY_ID"] == environ["AWS_SECRET_ACCESS_KEY"] == "local"
    assert not environ.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN"}
    assert environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    assert environ["no_proxy"] == "127.0.0.1,localhost"
