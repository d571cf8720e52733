import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.lines import MAX_LINE_BYTES, Line, windows_of_lines


async def windows(chunks: list[bytes], size: int = 512) -> list[list[Line]]:
    async def arriving() -> AsyncIterator[bytes]:
        for chunk in chunks:
            await asyncio.sleep(0)
            yield chunk

    return [window async for window in windows_of_lines(arriving(), size=size)]


async def lines(chunks: list[bytes]) -> list[Line]:
    return [line for window in await windows(chunks) for line in window]


@pytest.mark.parametrize(
    ("chunks", "contents"),
    [
        ([], []),
        ([b""], []),
        ([b"a"], [b"a"]),
        ([b"a\n"], [b"a"]),
        ([b"a\nb"], [b"a", b"b"]),
        ([b"a\r\nb\r\n"], [b"a", b"b"]),
        ([b"a", b"\r", b"\n", b"b"], [b"a", b"b"]),
        ([b"\n\n"], [b"", b""]),
        ([b"a\rb\n"], [b"a\rb"]),
        (["あ\u2028い\n".encode()], ["あ\u2028い".encode()]),  # only a line feed ends a line
        ([b"\xe3", b"\x81\x82\n"], ["あ".encode()]),
    ],
)
async def test_lines_end_with_a_line_feed(chunks: list[bytes], contents: list[bytes]) -> None:
    assert await lines(chunks) == [Line(number, content) for number, content in enumerate(contents, start=1)]


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line and not line.endswith(b"\r"))), st.data())
async def test_it_does_not_matter_how_the_body_arrives(contents: list[bytes], data: st.DataObject) -> None:
    body = b"".join(content + b"\n" for content in contents)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    chunks = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert [line.content for line in await lines(chunks)] == contents


@pytest.mark.parametrize("cut", [1, 1000, MAX_LINE_BYTES, MAX_LINE_BYTES + 1])
@pytest.mark.parametrize(("over", "kept"), [(0, True), (1, False), (MAX_LINE_BYTES, False)])
async def test_a_line_that_is_too_long_has_no_content(over: int, kept: bool, cut: int) -> None:
    long = b"x" * (MAX_LINE_BYTES + over)
    body = b"before\n" + long + b"\nafter\n" + long
    step = max(cut, 50)
    read = await lines([body[start : start + step] for start in range(0, len(body), step)])
    assert [line.number for line in read] == [1, 2, 3, 4]
    assert [line.content for line in read] == [b"before", long if kept else None, b"after", long if kept else None]


async def test_a_window_never_holds_more_lines_than_asked_for() -> None:
    read = await windows([b"a\n" * 25, b"b\n" * 3, b"c"], size=10)
    assert [len(window) for window in read] == [10, 10, 5, 3, 1]
    assert [line.number for window in read for line in window] == list(range(1, 30))


async def test_what_has_arrived_is_given_without_waiting_for_more() -> None:
    never = asyncio.Event()

    async def arriving() -> AsyncIterator[bytes]:
        yield b"a\nb"
        await never.wait()

    first = await anext(windows_of_lines(arriving(), size=512))
    assert first == [Line(1, b"a")]
