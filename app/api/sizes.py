"""How large the parts of a request's head may be."""

from starlette.types import Scope

from app.api.problems import HEADERS_TOO_LARGE, URI_TOO_LONG, Problem

MAX_PATH_CHARACTERS = 1024
MAX_QUERY_BYTES = 4 * 1024
MAX_HEADERS = 100


def check_sizes(scope: Scope) -> None:
    """Raises Problem URI_TOO_LONG, HEADERS_TOO_LARGE. (The limit of the body is RequestMiddleware's, that of the whole
    head the server's, which has to keep it.)"""
    if len(scope["path"]) > MAX_PATH_CHARACTERS or len(scope["query_string"]) > MAX_QUERY_BYTES:
        raise Problem(URI_TOO_LONG, "A path has at most 1,024 characters, a query at most 4 KiB.")
    if len(scope["headers"]) > MAX_HEADERS:
        raise Problem(HEADERS_TOO_LARGE, "A request has at most 100 headers.")
