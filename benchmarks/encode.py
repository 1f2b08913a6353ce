"""Encode sentences as `litmine index` does and as plain SentenceTransformer.encode does, in one run.

    OMP_NUM_THREADS=1 python benchmarks/encode.py TEXTS.json    # a JSON list of sentences; 3,000 are taken

Prints sentences per CPU second (threads of the tokenizer included) and the cosines between both.
"""

import argparse
import json
import random
import time
import warnings
from pathlib import Path

from litmine.embedders import minilm
from litmine.embedders.base import usable_threads
from litmine.embedders.transformers import open_model

SEED = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("-n", type=int, default=3000)
    arguments = parser.parse_args()
    texts = json.loads(arguments.texts.read_text(encoding="utf-8"))
    random.Random(SEED).shuffle(texts)
    texts = texts[: arguments.n]
    ours = minilm.MiniLM()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = open_model(str(ours.folder), minilm.MAX_TOKENS)
    plain.encode(texts[:8])
    ours.encode(texts[: minilm.FEW + 1])
    reference, plain_cpu = _timed(
        lambda: plain.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    )
    vectors, our_cpu = _timed(lambda: ours.encode(texts))
    cosines = (vectors * reference).sum(axis=1)
    print(f"{len(texts)} sentences, {usable_threads()} thread(s); a CPU second encodes")
    print(f"SentenceTransformer.encode: {len(texts) / plain_cpu:.1f}")
    print(f"litmine ({ours.precision}): {len(texts) / our_cpu:.1f}, {plain_cpu / our_cpu:.2f} times as many")
    print(f"cosine to the former: lowest {cosines.min():.5f}, mean {cosines.mean():.5f}")


def _timed(work):
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
