"""The index: built whole or not at all, added to, refused when stale or damaged, the same in any order."""

import subprocess
import sys
import threading
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from words_embedder import WordsEmbedder

from litmine import index as index_package
from litmine.config import Config
from litmine.corpus import Corpus
from litmine.embedders import EMBEDDERS, load_embedder
from litmine.errors import IndexDamaged, LitmineError, StaleIndex
from litmine.index import Index, build, build_index, units_of, vectors
from litmine.index.lexical import build_words, stems
from litmine.index.units import opening
from litmine.pipeline import sentences_of
from litmine.types import Entity, Reading, Record, Relation, Slot

FINGERPRINT = "reader-1"
RECORDS = (
    Record(
        id="PMID:1", title="Amber loss", text="Loss of amber blunts bluomab. Cells grew on.", depth="abstract"
    ),
    Record(
        id="PMID:2",
        title="Coral gain",
        text="Gain of coral restored sensitivity to redinib.",
        depth="abstract",
    ),
    Record(id="PMID:3", title="Only a title is known"),
)


@pytest.fixture
def embedder(monkeypatch):
    made = WordsEmbedder()
    monkeypatch.setitem(EMBEDDERS, made.name, lambda: made)
    load_embedder.cache_clear()
    yield made
    load_embedder.cache_clear()


@pytest.fixture
def config(tmp_path, embedder):
    return Config(
        root=tmp_path,
        corpus="x",
        review=tmp_path / "r.md",
        embedder=embedder.name,
        cache_dir=tmp_path / "cache",
    )


def read(record):
    return Reading(record.id, sentences_of(record.title, record.text, record.sections))


def fill(config, records):
    config.corpus_dir.mkdir(parents=True, exist_ok=True)
    corpus = Corpus.open(config.corpus_path)
    corpus.upsert(records)
    corpus.save_readings([read(r) for r in corpus.records()], corpus.content_hashes(), FINGERPRINT)
    return corpus


def built(config, records, embedder):
    with fill(config, records) as corpus:
        return build_index(config, corpus, FINGERPRINT, embedder)


def times(config):
    paths = [path for path in config.index_dir.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path: path.stat().st_mtime_ns for path in paths}


def names_on_disk(config):
    return sorted(path.name for path in config.index_dir.iterdir() if not path.name.startswith("."))


def test_counts_agree_with_the_manifest(config, embedder):
    import faiss

    manifest = built(config, RECORDS, embedder)
    assert (manifest.records, manifest.sentences, manifest.ntotal) == (3, 6, 9)
    files = sorted(config.index_dir.rglob("*.faiss"))
    assert sum(faiss.read_index(str(file)).ntotal for file in files) == manifest.ntotal
    assert msgspec.json.decode((config.index_dir / "manifest.json").read_bytes())["ntotal"] == 9
    with fill(config, ()) as corpus:
        opened = Index.open(config, corpus, FINGERPRINT)
        assert opened.record_ids == ("PMID:1", "PMID:2", "PMID:3")
        place = opened.places[1]
        assert corpus.get("PMID:1").document[place.start : place.end] == "Loss of amber blunts bluomab."


def test_an_index_that_fits_is_not_touched(config, embedder):
    first = built(config, RECORDS, embedder)
    before = times(config)
    embedder.asked.clear()
    assert built(config, RECORDS, embedder) == first
    assert embedder.asked == []
    assert times(config) == before


def test_only_what_is_new_or_changed_is_embedded(config, embedder):
    many = [
        Record(id=f"PMID:{n}", title=f"Paper {n}", text=f"Number {n} was measured.") for n in range(10, 30)
    ]
    first = built(config, many, embedder)
    embedder.asked.clear()
    with fill(config, [replace(many[3], text="Now it was 77.", revised="2024"), RECORDS[0]]) as corpus:
        second = build_index(config, corpus, FINGERPRINT, embedder)
        assert not any("Number" in text for text in embedder.asked)
        assert first.segments[0] in second.segments
        assert (len(second.segments), second.records) == (2, 21)
        assert second.ntotal > second.records + second.sentences
        opened = Index.open(config, corpus)
        (near,) = opened.nearest_sentences(embedder.encode(["Now it was 77."]), 3)
        best = max(near, key=near.get)
        assert opened.record_ids[opened.places[best].record] == "PMID:13"
        assert near[best] == pytest.approx(1, abs=1e-5)
        (records,) = opened.nearest_records(embedder.encode(["Paper 13\nNumber 13 was measured."]), 25)
        assert len(records) == 21
        assert max(records.values()) < 0.999


def test_waste_is_cleared_away(config, embedder, monkeypatch):
    monkeypatch.setattr(build, "MOST_SEGMENTS", 2)
    for n in range(4):
        manifest = built(config, [replace(RECORDS[0], id=f"PMID:{n + 1}", title=f"Title {n}")], embedder)
        assert len(manifest.segments) <= 2
    assert manifest.records == 4
    kept = {*(segment.name for segment in manifest.segments), manifest.units, manifest.words, "manifest.json"}
    assert set(names_on_disk(config)) == kept


def test_insertion_order_changes_nothing(tmp_path, config, embedder):
    built(config, RECORDS, embedder)
    other = replace(config, root=tmp_path / "other")
    for record in reversed(RECORDS):
        built(other, [record], embedder)
    query = embedder.encode(["coral and sensitivity"])
    answers = []
    for each in (config, other):
        with fill(each, ()) as corpus:
            opened = Index.open(each, corpus)
            answers.append(
                (
                    opened.nearest_sentences(query, 9),
                    opened.places,
                    opened.sentence_words.search(["coral"], 9),
                )
            )
    assert answers[0] == answers[1]


def test_a_stale_index_is_refused(config, embedder, monkeypatch):
    built(config, RECORDS[:2], embedder)
    with fill(config, ()) as corpus:
        Index.open(config, corpus)
        with pytest.raises(StaleIndex, match="another reading of the records: run `litmine index`"):
            Index.open(config, corpus, "reader-2")
        monkeypatch.setattr(embedder, "fingerprint", "words-2")
        with pytest.raises(StaleIndex, match="built with the encoder words-1, not words-2"):
            Index.open(config, corpus)
        monkeypatch.undo()
    monkeypatch.setitem(EMBEDDERS, embedder.name, lambda: embedder)
    with fill(config, RECORDS) as corpus, pytest.raises(StaleIndex, match="corpus has changed"):
        Index.open(config, corpus)


@pytest.mark.parametrize("suffix", [".faiss", ".msgpack", ".json", ".store"])
def test_a_damaged_file_is_told_and_the_next_build_repairs_it(config, embedder, suffix):
    manifest = built(config, RECORDS, embedder)
    path = next(p for p in sorted(config.index_dir.rglob(f"*{suffix}")) if not p.name.startswith("."))
    path.write_bytes(path.read_bytes()[:-3] + b"???")
    with fill(config, ()) as corpus:
        with pytest.raises(IndexDamaged, match="run `litmine index`"):
            Index.open(config, corpus)
        assert build_index(config, corpus, FINGERPRINT, embedder).ntotal == manifest.ntotal
        Index.open(config, corpus)


def test_missing_index_missing_file_and_wrong_counts(config, embedder):
    with fill(config, RECORDS) as corpus:
        with pytest.raises(IndexDamaged, match=r"no index in .*: run `litmine index`"):
            Index.open(config, corpus)
        build_index(config, corpus, FINGERPRINT, embedder)
        path = config.index_dir / "manifest.json"
        right = msgspec.json.decode(path.read_bytes())
        path.write_bytes(msgspec.json.encode({**right, "ntotal": 8}))
        with pytest.raises(IndexDamaged, match="counts of the index"):
            Index.open(config, corpus)
        path.write_bytes(msgspec.json.encode({**right, "version": 0}))
        with pytest.raises(IndexDamaged, match="another version of litmine"):
            Index.open(config, corpus)
        path.write_bytes(msgspec.json.encode(right))
        next(config.index_dir.rglob("records.faiss")).unlink()
        with pytest.raises(IndexDamaged, match="is missing"):
            Index.open(config, corpus)


def test_a_build_that_breaks_leaves_the_old_index(config, embedder, monkeypatch):
    before = built(config, RECORDS[:1], embedder)
    with fill(config, RECORDS) as corpus:
        monkeypatch.setattr(build, "write_manifest", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build_index(config, corpus, FINGERPRINT, embedder)
        monkeypatch.undo()
        assert index_package.manifest.read_manifest(config.index_dir) == before
        index_package.manifest.check_files(config.index_dir, before)


def test_a_folder_that_cannot_be_written_is_one_line(config, embedder):
    config.index_dir.parent.mkdir(parents=True, exist_ok=True)
    config.index_dir.write_text("a file")
    with pytest.raises(IndexDamaged, match="can't be written"):
        built(config, RECORDS, embedder)


def test_another_encoder_builds_anew(config, embedder):
    built(config, RECORDS, embedder)
    embedder.fingerprint = "words-2"
    embedder.asked.clear()
    assert built(config, RECORDS, embedder).embedder_fingerprint == "words-2"
    assert embedder.asked


def test_an_empty_corpus_has_an_index_too(config, embedder):
    assert built(config, (), embedder).ntotal == 0
    with fill(config, ()) as corpus:
        assert Index.open(config, corpus).nearest_sentences(embedder.encode(["a"]), 5) == [{}]


def test_large_sets_are_searched_by_codes(monkeypatch, tmp_path):
    monkeypatch.setattr(vectors, "FLAT_LIMIT", 500)
    rows = np.random.default_rng(0).normal(size=(3000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = vectors.build_vectors(rows)
    assert "Flat" not in type(index).__name__
    vectors.write_vectors(index, tmp_path / "v.faiss")
    again = vectors.read_vectors(tmp_path / "v.faiss")
    _, found = vectors.search_vectors(again, rows[:200], 10)
    exact = np.argsort(-(rows[:200] @ rows.T), axis=1)[:, :10]
    recall = np.mean([len({*a} & {*b}) / 10 for a, b in zip(found.tolist(), exact.tolist(), strict=True)])
    assert recall > 0.98
    assert (tmp_path / "v.faiss").stat().st_size < 0.45 * rows.nbytes
    assert (found[:, 0] == np.arange(200)).mean() > 0.95


def test_rows_not_in_use_are_passed_over(monkeypatch, tmp_path):
    monkeypatch.setattr(vectors, "FLAT_LIMIT", 500)
    rows = np.random.default_rng(0).normal(size=(2000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    used = np.arange(2000) % 3 > 0
    for index in (vectors.build_vectors(rows), vectors.build_vectors(rows[:400])):
        vectors.write_vectors(index, tmp_path / "v.faiss")
        opened = vectors.read_vectors(tmp_path / "v.faiss")
        _, found = vectors.search_vectors(opened, rows[:50], 20, used[: opened.ntotal])
        assert used[found[found >= 0]].all()
        assert (found[1::3, 0] == np.arange(50)[1::3]).all()
        assert (found >= 0).all()
        few = np.zeros(opened.ntotal, dtype=bool)
        few[[3, 5]] = True
        _, found = vectors.search_vectors(opened, rows[:50], 20, few)
        assert all({*row} == {-1, 3, 5} for row in found.tolist())


def test_a_reader_beside_a_builder_sees_a_whole_index(config, embedder, monkeypatch):
    """Segments come, are merged and go while another thread opens the index and searches all of it."""
    monkeypatch.setattr(build, "MOST_SEGMENTS", 2)
    versions = [replace(RECORDS[0], title=f"Title {n}", revised=str(2000 + n)) for n in range(12)]
    built(config, versions[:1], embedder)
    built_all, opened, failures = threading.Event(), [], []

    def read_on():
        with Corpus.open(config.corpus_path, readonly=True) as corpus:
            while not built_all.is_set() or not opened:
                try:
                    index = Index.open(config, corpus)
                    (near,) = index.nearest_sentences(embedder.encode(["amber"]), 99)
                    opened.append(len(near) == len(index.places) == index.manifest.sentences)
                except StaleIndex:
                    continue  # the corpus is ahead of its index: refused, as it must be
                except LitmineError as error:
                    failures.append(error)
                    return

    reader = threading.Thread(target=read_on)
    reader.start()
    for n, record in enumerate(versions[1:]):
        built(config, [record, replace(RECORDS[1], id=f"PMID:{100 + n}", title=f"More {n}")], embedder)
    built_all.set()
    reader.join()
    assert failures == []
    assert opened
    assert all(opened)


def test_units_carry_names_and_outcomes():
    record = RECORDS[0]
    start = record.document.index("amber blunts")
    entity = Entity("gene", start, start + 5, "amber", "AMBR")
    relation = Relation(
        1,
        (),
        Slot(start, start + 5, "amber", "AMBR"),
        "target_alteration",
        None,
        "resistance",
        "increases",
        "asserted",
    )
    units = units_of(record, replace(read(record), entities=(entity,), relations=(relation,)))
    assert [unit.text for unit in units.sentences] == [
        "Amber loss",
        "Loss of amber blunts bluomab.",
        "Cells grew on.",
    ]
    assert units.sentences[1].names == (
        "gene:AMBR",
        "mechanism:AMBR",
        "mechanism_class:target_alteration",
        "outcome_type:resistance",
    )
    assert units.opening == "Amber loss\nLoss of amber blunts bluomab. Cells grew on."


def test_a_record_that_was_not_read_is_one_sentence():
    (unit,) = units_of(RECORDS[0], None).sentences
    assert RECORDS[0].document[unit.start : unit.end] == unit.text == RECORDS[0].document
    assert units_of(Record(id="PMID:9", title=""), None).sentences == ()


def test_an_opening_ends_with_a_sentence():
    assert opening("T", ["one two.", "three."], 10) == "T\none two."
    assert opening("T", ["one two three four"], 12) == "T\none two"
    assert opening("", ["x" * 30], 12) == "x" * 12


def test_words_are_stemmed_and_greek_letters_kept():
    assert stems("The TGF-β signalling of PD-L1 and HER2+") == ["tgf", "β", "signal", "pd", "l1", "her2"]
    words = build_words([{"body": "Resisting drugs"}, {"body": "A drug"}, {"body": "Other"}], {"body": 1.0})
    assert [row for row, _ in words.search(stems("resistance to the drug"), 5)] == [0, 1]
    assert words.search([], 5) == []
    assert 0 < words.search(["drug"], 1)[0][1] <= words.most(["drug"])


@pytest.mark.parametrize("order", ["torch, faiss", "faiss, torch"])
def test_faiss_and_torch_live_in_one_process_in_either_order(order):
    code = (
        f"import {order}, numpy as np; from litmine.index.vectors import build_vectors, search_vectors;"
        "x = np.eye(8, dtype=np.float32); y = torch.eye(8) @ torch.eye(8);"
        "s, r = search_vectors(build_vectors(x), y.numpy(), 1); assert (r[:, 0] == range(8)).all()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
