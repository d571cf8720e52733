"""Whatever is wrong with a token, its bearer hears the same."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from app.api.application import build_application
from app.api.protection import Protection
from app.api.services import Services
from tests.api.access_world import OnlyThese, ask
from tests.identity.issuer import a_key
from tests.identity.rig import make_rig
from tests.identity.wrong_tokens import wrong_tokens

ELLIPTIC, RSA = a_key("elliptic"), a_key("rsa", "RS256")


async def test_every_wrong_token_is_answered_alike(capsys: pytest.CaptureFixture[str]) -> None:
    rig = make_rig(RSA, ELLIPTIC)
    identity = rig.identity

    @asynccontextmanager
    async def open_services() -> AsyncIterator[Services]:
        services: Any = OnlyThese(identity=identity)
        yield services

    app = build_application(
        open_services, new_request_id=lambda: "made-here", deadline_seconds=60, protection=Protection(is_open=False)
    )
    wrong = {name: token for name, (token, _) in wrong_tokens(rig.issuer, ELLIPTIC, RSA).items()}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        answers = {
            name: await ask(app, "GET /me", (b"authorization", f"Bearer {token}".encode(errors="surrogatepass")))
            for name, token in wrong.items()
        }
        good = await ask(app, "GET /me", (b"authorization", f"Bearer {rig.issuer.token()}".encode()))
    assert good.status == 200
    assert {answer.status for answer in answers.values()} == {401}
    assert len({answer.body for answer in answers.values()}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {
        'Bearer realm="kickbacks", error="invalid_token"'
    }
    written = capsys.readouterr().out
    parts = {part for token in wrong.values() for part in token.split(".") if len(part) > 20}
    assert not [part for part in parts if part in written]
