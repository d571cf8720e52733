"""The SDK's HTTP session, which also sends requests that are ready to be sent, on the same connections.

aiohttp's pool gives the connection and takes it back, its parser reads the answer, and its timers end what hangs. What
is left out is what its `request` does for requests of any kind: cookies, redirects, compression, bodies that are read
from somewhere, objects for request and response. That costs twice as much as all the rest.
"""

import asyncio
from functools import cached_property
from typing import Any

import aiohttp
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.httpsession import AIOHTTPSession
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from yarl import URL

from app.store.direct import Answer, Request
from app.timers import Timers


class HttpSession(AIOHTTPSession):
    """Made by the SDK, with its pool, TLS and timeouts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._destination: _Destination | None = None
        self._leads_to: URL | None = None
        self._silence: Timers[ResponseHandler] | None = None

    def reaches(self, url: str) -> bool:
        """False where a proxy stands between, which only the SDK's own `send` knows to talk to."""
        return self._proxy_config.proxy_url_for(url) is None

    async def post(self, request: Request) -> Answer:
        """The answer, whatever its status. Raises the SDK's exceptions where none comes, as its `send` does."""
        try:
            return await self._exchange(request)
        except Exception as error:
            raise await _as_of_the_sdk(error, request) from error

    async def _exchange(self, request: Request) -> Answer:
        session: aiohttp.ClientSession = await self._get_session(None)
        connection = await self._connected(session, request.url)
        protocol = connection.protocol
        try:
            if protocol is None or protocol.transport is None:
                raise aiohttp.ServerDisconnectedError
            protocol.set_response_params(read_until_eof=True, auto_decompress=False)
            protocol.transport.write(request.encoded())
            message, payload = await self._head(protocol, session.timeout.sock_read)
            # As nearly always it is there as soon as its head is.
            content = payload.read_nowait() if payload.is_eof() else await self._rest(protocol, payload, session)
            answer = Answer(message.code, message.headers, content)
        except BaseException:
            connection.close()  # what has not been read cannot be told from the next answer
            raise
        connection.release()
        return answer

    async def _head(self, protocol: ResponseHandler, seconds: float | None) -> Any:
        """aiohttp sets a timer for each piece that it waits for; most answers are one piece."""
        if seconds is None:
            return await protocol.read()
        if self._silence is None:
            self._silence = Timers(asyncio.get_running_loop(), seconds, _end_waiting)
        self._silence.start(protocol)
        try:
            return await protocol.read()
        finally:
            self._silence.stop(protocol)

    @staticmethod
    async def _rest(protocol: ResponseHandler, payload: aiohttp.StreamReader, session: aiohttp.ClientSession) -> bytes:
        """With aiohttp's timers, as it comes in pieces."""
        protocol.read_timeout = session.timeout.sock_read
        protocol.start_timeout()
        return await payload.read()

    async def _connected(self, session: aiohttp.ClientSession, url: URL) -> Connection:
        if session.connector is None:
            raise aiohttp.ClientConnectionError("the session is closed")
        if self._destination is None or self._leads_to is not url:
            self._destination = _Destination("POST", url, loop=asyncio.get_running_loop(), session=session)
            self._leads_to = url
        try:
            return await session.connector.connect(self._destination, [], session.timeout)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {url}") from error


def _end_waiting(protocol: ResponseHandler) -> None:
    """As aiohttp does it."""
    protocol.set_exception(aiohttp.SocketTimeoutError("Timeout on reading data from socket"))


class _Destination(aiohttp.ClientRequest):
    """Where connections lead. The pool asks for its key at every call, and it never changes."""

    @cached_property
    def connection_key(self) -> ConnectionKey:
        return super().connection_key


def response_of(answer: Answer, url: URL) -> AioAWSResponse:
    """The same as the SDK's `send` returns it."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return AioAWSResponse(str(url), answer.status, headers, _Content(answer.content))


class _Content:
    """A body that has been read."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        return self._content


class _Failing(AIOHTTPSession):
    """Whose only request ends with this error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def _get_session(self, _proxy_url: str | None) -> aiohttp.ClientSession:
        raise self._error


async def _as_of_the_sdk(error: Exception, request: Request) -> Exception:
    """Which of its exceptions the SDK raises for one of aiohttp's is known to its `send` alone, so that is asked."""
    try:
        await _Failing(error).send(_Sent(str(request.url), request))
    except Exception as translated:
        return translated
    return error


class _Sent:
    """A request as the SDK's `send` wants it."""

    method = "POST"
    stream_output = False

    def __init__(self, url: str, request: Request) -> None:
        self.url = url
        self.headers: dict[str, str] = {}
        self.body = request.body
