import io
from pathlib import Path

import pytest

from app.cli.importing.functions import RowInvalid
from app.cli.importing.rows import FileInvalid, Format, Numbered, check_encoding, format_of, read_rows


def rows(content: bytes, form: Format = Format.CSV, encoding: str = "utf-8") -> list[Numbered]:
    return list(read_rows(io.BytesIO(content), form, check_encoding(encoding)))


def test_csv_rows_know_their_line() -> None:
    found = rows(b'a,b\n1,"x\ny"\n\n2,z\n')
    assert found == [Numbered(3, {"a": "1", "b": "x\ny"}), Numbered(5, {"a": "2", "b": "z"})]


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    assert rows("\ufeffa\n1\n".encode()) == [Numbered(2, {"a": "1"})]


def test_japanese_encodings() -> None:
    assert rows("店\n髙島屋①\n".encode("cp932"), encoding="cp932") == [Numbered(2, {"店": "髙島屋①"})]


def test_the_wrong_encoding_is_told() -> None:
    with pytest.raises(FileInvalid, match="--encoding"):
        rows("店\n髙島屋\n".encode("cp932"))


def test_a_row_with_other_columns_is_its_own_error() -> None:
    bad, good = rows(b"a,b\n1\n1,2\n")
    assert isinstance(bad.row, RowInvalid)
    assert good.row == {"a": "1", "b": "2"}


@pytest.mark.parametrize("content", [b"", b"a,a\n1,2\n", b'a\n"unfinished\n'])
def test_a_file_that_is_no_csv_is_told(content: bytes) -> None:
    with pytest.raises(FileInvalid):
        rows(content)


def test_json_lines() -> None:
    found = rows('{"a": 1.10, "b": "あ"}\n\nnot json\n[1]\n'.encode(), Format.JSONL)
    assert [one.line for one in found] == [1, 3, 4]
    assert isinstance(found[0].row, dict)
    assert str(found[0].row["a"]) == "1.10"
    assert all(isinstance(one.row, RowInvalid) for one in found[1:])


@pytest.mark.parametrize(
    ("name", "form"), [("a.csv", "csv"), ("a.CSV", "csv"), ("a.jsonl", "jsonl"), ("a.ndjson", "jsonl")]
)
def test_the_ending_tells_the_format(name: str, form: str) -> None:
    assert format_of(Path(name)) == form


def test_other_endings_and_encodings_are_told() -> None:
    with pytest.raises(FileInvalid, match="--format"):
        format_of(Path("a.txt"))
    with pytest.raises(FileInvalid, match="klingon"):
        check_encoding("klingon")
