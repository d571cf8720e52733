"""Around every request: its id, what it cost, its limits, its log line, and an answer to whatever goes wrong.

Plain ASGI, outermost but for the server itself.
"""

import asyncio
import re
import time
from collections.abc import Callable

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.answer_headers import OWN_HEADERS, AnswerHeaders
from app.api.deadlines import TimeLimit
from app.api.errors import problem_of
from app.api.problems import UNSUPPORTED_MEDIA_TYPE, Problem, problem_response, unavailable
from app.api.request_log import RequestLog
from app.domain.card_numbers import has_card_number
from app.telemetry import Cost, count_request, start_cost, trace_request

MAX_BODY_BYTES = 64 * 1024
STREAMING_PATHS = frozenset({"/transactions:batch"})

_log = structlog.get_logger("kickbacks.requests")
# Nobody wants the rest of a body that is too large, and it would have to be read before a next request.
_CLOSING = {"Connection": "close"}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


class RequestMiddleware:
    """`new_id` makes request ids; requests other than streams end after `deadline_seconds`. `answer_headers` are added
    to every answer, unless a layer has put others in their place."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        new_id: Callable[[], str],
        deadline_seconds: float,
        answer_headers: AnswerHeaders = (),
    ) -> None:
        self._app = app
        self._answer_headers = answer_headers
        self._new_id = new_id
        self._limit = TimeLimit(deadline_seconds)
        self._log = RequestLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._new_id, self._answer_headers)
        try:
            exchange.check_headers()
            if exchange.streams:
                await self._app(scope, receive, exchange.send)
            else:
                await self._limit.within(self._app(scope, exchange.receive_bounded, exchange.send))
        except ClientDisconnect:
            exchange.client_left = True  # there is nobody to answer
        except asyncio.CancelledError:
            await exchange.stop()
            raise
        except Exception as error:
            await exchange.fail(error)
        finally:
            exchange.note(self._log)


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, new_id: Callable[[], str], answer_headers: AnswerHeaders
    ) -> None:
        self.scope = scope
        self._answer_headers = answer_headers
        self.streams = scope["path"] in STREAMING_PATHS
        self._receive = receive
        self._send = send
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._received = 0
        self._status = 0
        self.client_left = False
        self._cost: Cost = start_cost()
        self._started = time.perf_counter()
        self.request_id = scope["request_id"] = self._given_id() or new_id()
        trace_request(self._cost, self._headers, self.request_id)

    def check_headers(self) -> None:
        """Refuses bodies that announce themselves as too large, or as something we would have to unpack."""
        if self._headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Problem(UNSUPPORTED_MEDIA_TYPE, "The body must not be compressed.")
        length = self._headers.get(b"content-length", b"0")
        if not self.streams and (not length.isdigit() or int(length[:20]) > MAX_BODY_BYTES):
            raise HTTPException(413, headers=_CLOSING)

    async def receive_bounded(self) -> Message:
        """Counts the body as it comes, for those that do not announce its length."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > MAX_BODY_BYTES:
            raise HTTPException(413, headers=_CLOSING)
        return message

    async def send(self, message: Message) -> None:
        """Adds our headers to the answer's."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = [
                *message.get("headers", []),
                (b"x-request-id", self.request_id.encode()),
                (b"server-timing", self._cost.server_timing().encode()),
                *self.scope.get(OWN_HEADERS, self._answer_headers),
            ]
            message = {**message, "headers": headers}
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Answers an error that nothing inside answered. One that nobody foresaw is logged in full."""
        problem = (
            unavailable("It took too long. What was sent may have been done; the same request again settles it.")
            if isinstance(error, TimeoutError)
            else problem_of(error)
        )
        if problem.kind.status == 500:
            _log.error("request failed", request_id=self.request_id, exc_info=error)
        if self._status:
            raise error  # the answer has begun: all that is left is to break it off
        await problem_response(problem, self.request_id)(self.scope, self._receive, self.send)

    async def stop(self) -> None:
        """Answers, where that has not begun, because the server waits no longer."""
        if not self._status:
            problem = unavailable("The service stops. It may have been done; the same request again settles it.")
            await problem_response(problem, self.request_id)(self.scope, self._receive, self.send)

    def note(self, log: RequestLog) -> None:
        """The metrics and the log line: the route's template, never the path, which holds ids."""
        seconds = time.perf_counter() - self._started
        route = getattr(self.scope.get("route"), "path", "none")
        method = self.scope["method"] if route != "none" else "ANY"
        count_request(method, route, self._status, seconds=seconds, cost=self._cost)
        log.write(
            self.request_id,
            method,
            route,
            self._status,
            seconds=seconds,
            calls=self._cost.calls,
            client_left=self.client_left,
            trace_id=self._cost.trace.trace_id if self._cost.trace is not None else None,
        )

    def _given_id(self) -> str | None:
        given = self._headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given) and not has_card_number(given.decode()):
            return given.decode()
        return None
