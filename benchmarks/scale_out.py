"""PubMed XML files to segments by one worker and by two, and what that makes for all of PubMed.

    OMP_NUM_THREADS=1 python benchmarks/scale_out.py FILE.xml.gz --files 4 --records 40

FILE is cut into small files. `build_segment` makes of one of them the vectors of one segment (sentences and openings)
and needs nothing but the file, so any scheduler may spread it: a process pool here, `Client.map` with Dask. CPU
seconds and peak memory are those that the system counts for a worker.
"""

import argparse
import gzip
import itertools
import multiprocessing
import re
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ABSTRACTS = 37_000_000
BYTES = 392
"""Of a vector with 8-bit codes: 384 and the row's number."""
STAGES = ("parse", "read", "encode", "write")


def build_segment(path, out):
    """One XML file to the two FAISS files of a segment; counts, CPU seconds by stage, and peak memory."""
    from litmine.embedders import load_embedder
    from litmine.index import units_of
    from litmine.index.vectors import build_vectors, write_vectors
    from litmine.relations import Extractor
    from litmine.sources import medline

    encoder, extractor = load_embedder("minilm"), Extractor()
    extractor.read("warm", "Trastuzumab.", "Trastuzumab prolonged survival.")
    encoder.encode(["warm"] * 65)
    marks = [time.process_time()]
    records = [record for record in medline.read(path) if record.text]
    marks.append(time.process_time())
    units = [units_of(r, extractor.read(r.id, r.title, r.text, r.sections)) for r in records]
    marks.append(time.process_time())
    texts = [unit.text for record in units for unit in record.sentences]
    vectors = encoder.encode(texts + [record.opening for record in units])
    marks.append(time.process_time())
    out.mkdir()
    write_vectors(build_vectors(vectors[: len(texts)]), out / "sentences.faiss")
    write_vectors(build_vectors(vectors[len(texts) :]), out / "records.faiss")
    marks.append(time.process_time())
    return {
        "records": len(records),
        "sentences": len(texts),
        "seconds": [after - before for before, after in itertools.pairwise(marks)],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def cut(source, folder, files, records):
    """Write `files` XML files with `records` articles each."""
    data = gzip.decompress(source.read_bytes())
    head = data[: data.index(b"<PubmedArticle>")]
    articles = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>\s*", data, re.S)
    articles = [article for article in articles if b"<AbstractText" in article][: files * records]
    paths = []
    for number in range(files):
        part = articles[number * records : (number + 1) * records]
        path = folder / f"part{number}.xml.gz"
        path.write_bytes(gzip.compress(head + b"".join(part) + b"</PubmedArticleSet>\n", mtime=0))
        paths.append(path)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--records", type=int, default=40)
    arguments = parser.parse_args()
    print(
        "| workers | records | sentences | wall s | CPU s: "
        + ", ".join(STAGES)
        + " | records a CPU s | peak MB |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            paths = cut(arguments.source, folder, arguments.files, arguments.records)
            outs = [path.with_suffix(".segment") for path in paths]
            context = multiprocessing.get_context("spawn")
            start = time.perf_counter()
            with ProcessPoolExecutor(workers, mp_context=context) as pool:
                made = list(pool.map(build_segment, paths, outs))
            wall = time.perf_counter() - start
            size = sum(file.stat().st_size for out in outs for file in out.iterdir())
        records, sentences = (sum(part[key] for part in made) for key in ("records", "sentences"))
        stages = [sum(part["seconds"][i] for part in made) for i in range(len(STAGES))]
        peak = max(part["megabytes"] for part in made)
        print(
            f"| {workers} | {records} | {sentences} | {wall:.0f} | {', '.join(f'{s:.1f}' for s in stages)} "
            f"| {records / sum(stages):.1f} | {peak:.0f} |",
            flush=True,
        )
        each = [ABSTRACTS / records * seconds / 86400 for seconds in stages]
        shares = ", ".join(f"{name} {days:.1f}" for name, days in zip(STAGES, each, strict=True))
        vectors = ABSTRACTS * (1 + sentences / records)
        print(
            f"  37 million abstracts: {sum(each):.0f} core-days ({shares}), {vectors / 1e6:.0f} million vectors, "
            f"{vectors * BYTES / 1e9:.0f} GB with 8-bit codes; the files made here: {size / 1e6:.1f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
