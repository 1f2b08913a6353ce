from pathlib import Path

import pytest

from litmine.errors import InputError
from litmine.files import read_jsonl, write_lines


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"id": 1}\n{bad\n', "line 2: not JSON"),
        (b'{"id": 1}\n{"x": 1}\n', "line 2: lacks the field 'id'"),
        (b"[1]\n", "line 1: lacks the field 'id'"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, content: bytes, says: str):
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        list(read_jsonl(path, ("id",)))


def test_missing_file(tmp_path: Path):
    with pytest.raises(InputError, match="can't be read"):
        list(read_jsonl(tmp_path / "no.jsonl"))


def test_nothing_half_written(tmp_path: Path):
    def failing():
        yield "one\n"
        raise RuntimeError("mid-way")

    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_lines(target, failing())
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]
    write_lines(target, ["new\n"])
    assert target.read_text(encoding="utf-8") == "new\n"


def test_unwritable_folder(tmp_path: Path):
    with pytest.raises(InputError, match="can't be written"):
        write_lines(tmp_path / "no" / "out.txt", ["x"])
