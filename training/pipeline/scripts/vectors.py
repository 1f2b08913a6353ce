"""Word vectors from unlabelled abstracts: floret, whose hashed character n-grams keep 40,000 rows for any word.

    python scripts/vectors.py OUT.floret FILE.jsonl[.gz] ...

Each line of a file has `title` and `abstract` (or `text`). Text is cut into the tokens of the pipeline, in lower case.
floret is no dependency of litmine: pip install floret==0.10.5. Explosion 2022; Bojanowski et al. 2017,
doi:10.1162/tacl_a_00051.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import floret

from litmine.entities.components import TOKEN


def lines(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                text = f"{record.get('title') or ''}\n{record.get('abstract') or record.get('text') or ''}"
                tokens = (match.group() for match in TOKEN.finditer(text.lower()))
                yield " ".join(token for token in tokens if not token.isspace())


def main(out: Path, paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text"
        with text.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines(paths))
        model = floret.train_unsupervised(
            str(text), model="skipgram", mode="floret", hashCount=2, bucket=40_000, minn=3, maxn=5, dim=96, ws=5,
            neg=5, epoch=3, lr=0.05, minCount=3, thread=1,
        )  # fmt: skip
    model.save_floret_vectors(str(out))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
