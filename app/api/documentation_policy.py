"""What the pages of the documentation may load: their own files, and the scripts that are written in them."""

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.answer_headers import OWN_HEADERS, AnswerHeaders
from app.api.paths import DOCUMENTATION_FILES, is_documentation
from app.api.security_headers import security_headers

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HTML = (b"content-type", b"text/html; charset=utf-8")


class DocumentationPolicy:
    """A script that stands in a page is allowed by its hash: the page is made of constants, nothing sent is in it.

    Swagger UI may also ask the issuer of tokens, where there is one.
    """

    def __init__(self, app: ASGIApp, *, issuer: str | None, only_https: bool) -> None:
        self._app = app
        self._only_https = only_https
        self._of_files = security_headers(only_https=only_https, is_for_all=True)
        self._connect = " ".join(["'self'", *([_origin(issuer)] if issuer else [])]).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A page is sent on when its text is known."""
        if scope["type"] != "http" or not is_documentation(scope["path"]):
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def send_page(message: Message) -> None:
            if message["type"] == "http.response.start" and _HTML in message.get("headers", ()):
                held.append(message)
                return
            if message["type"] == "http.response.start" and scope["path"].startswith(DOCUMENTATION_FILES):
                scope[OWN_HEADERS] = self._of_files
            if held:
                scope[OWN_HEADERS] = self._headers(message.get("body", b""))
                await send(held.pop())
            await send(message)

        await self._app(scope, receive, send_page)

    def _headers(self, page: bytes) -> AnswerHeaders:
        scripts = b" ".join(b"'sha256-%s'" % b64encode(sha256(one).digest()) for one in _INLINE_SCRIPT.findall(page))
        policy = (
            b"default-src 'none'; script-src 'self' %s; style-src 'self'; img-src 'self' data:; "
            b"connect-src %s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" % (scripts, self._connect)
        )
        return security_headers(only_https=self._only_https, policy=policy)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
