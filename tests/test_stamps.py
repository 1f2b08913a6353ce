"""Values remembered while the files they were worked out from stay as they are."""

import os

from litmine.stamps import remembered

OLD_NS = 1_600_000_000_000_000_000


def test_worked_out_once_and_again_after_a_change(tmp_path):
    file = tmp_path / "data"
    file.write_text("one")
    os.utime(file, ns=(OLD_NS, OLD_NS))
    asked = []

    def value(what="length"):
        def work_out():
            asked.append(what)
            return file.read_text()

        return remembered(tmp_path / "cache", what, [file], work_out)

    assert [value(), value()] == ["one", "one"]
    assert asked == ["length"]
    value("another question")
    assert asked == ["length", "another question"]
    file.write_text("two")
    os.utime(file, ns=(OLD_NS + 1, OLD_NS + 1))
    assert [value(), value()] == ["two", "two"]
    assert len(asked) == 3
    file.unlink()
    file.write_text("six")  # the same size and time, another inode
    os.utime(file, ns=(OLD_NS + 1, OLD_NS + 1))
    (note,) = [n for n in (tmp_path / "cache" / "stamps").iterdir() if "two" in n.read_text()]
    note.write_text("{ broken")
    assert value() == "six"


def test_a_file_still_changing_is_not_trusted(tmp_path):
    file = tmp_path / "data"
    for text in ("one", "two"):
        file.write_text(text)
        assert remembered(tmp_path, "text", [file], file.read_text) == text
    assert not (tmp_path / "stamps").exists()


def test_a_missing_file_and_a_cache_that_cannot_be_written_are_no_error(tmp_path):
    (tmp_path / "cache").write_text("a file")
    assert remembered(tmp_path / "cache", "x", [tmp_path / "none"], lambda: "value") == "value"
