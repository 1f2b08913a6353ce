"""Files of users: JSON lines checked field by field, results written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from litmine.errors import InputError


def read_jsonl(path: Path, required: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Objects of a JSON lines file.

    Raises:
        InputError: the file can't be read, a line is no JSON object, or lacks a required field.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except json.JSONDecodeError as error:
                    raise InputError(f"{path}, line {number}: not JSON ({error.msg})") from error
                missing = [name for name in required if not isinstance(value, dict) or name not in value]
                if missing:
                    raise InputError(f"{path}, line {number}: lacks the field {missing[0]!r}")
                yield value
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start})") from error


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines (each with its newline) to a file that appears only when it is complete.

    Raises:
        InputError: the folder does not exist or can't be written to.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path}: can't be written ({error.strerror})") from error
    finally:
        unfinished.unlink(missing_ok=True)
