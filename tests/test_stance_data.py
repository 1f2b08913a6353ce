"""annotations/stance: claims beside digests and abstracts; rationales, labels the claim alone does not give away."""

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from litmine.files import read_jsonl
from litmine.sources import digests

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "training"))

from claim_sheets import abstracts, claims_of, sentences  # noqa: E402

FIELDS = ("id", "claim", "record", "stance", "rationale", "kind", "family")
STANCE = ROOT / "annotations" / "stance"
PAIRS = list(read_jsonl(STANCE / "digest_claims.jsonl", FIELDS))
MORE = list(read_jsonl(STANCE / "more_digest_claims.jsonl", FIELDS))
ABSTRACT_FIELDS = ("claim", "record", "stance", "rationale", "family", "sha256")
ABOUT_ABSTRACTS = list(read_jsonl(STANCE / "abstract_claims.jsonl", ABSTRACT_FIELDS))
KINDS = {"direction", "population", "drug_swap", "figure", "hedge", "hard_negative", "paraphrase"}


def words(text: str) -> list[str]:
    return re.findall(r"[\w.%]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


@pytest.fixture(scope="module")
def bundled():
    path = ROOT / "corpora" / "her2_resistance" / "seeds" / "digests.jsonl"
    return {record.id: record.text for record in digests.read(path)}


def test_every_rationale_is_a_whole_sentence_of_its_digest(bundled):
    for pair in (*PAIRS, *MORE):
        text = bundled[pair["record"]]
        assert set(pair) == set(FIELDS)
        assert (pair["stance"] == "insufficient") == (not pair["rationale"]), pair["id"]
        for sentence in pair["rationale"]:
            assert sentence.endswith(".")
            assert f". {sentence} " in f". {text} ", pair["id"]


def test_no_claim_copies_its_digest(bundled):
    for pair in (*PAIRS, *MORE):
        assert 10 <= len(pair["claim"].split()) <= 40, pair["id"]
        assert not runs(pair["claim"], 7) & runs(bundled[pair["record"]], 7), pair["id"]


def test_held_out_digests_are_left_out():
    with (ROOT / "annotations" / "gold" / "relations.jsonl").open(encoding="utf-8") as lines:
        held_out = {json.loads(line)["id"] for line in lines}
    records = {pair["record"] for pair in PAIRS}
    assert held_out
    assert not held_out & (records | {pair["record"] for pair in MORE})
    assert len(records) >= 120


def test_a_pair_stands_once():
    both = [*PAIRS, *MORE]
    assert len({pair["id"] for pair in both}) == len(both)
    assert len({(pair["claim"], pair["record"]) for pair in both}) == len(both)
    assert len({(pair["claim"], pair["record"]) for pair in ABOUT_ABSTRACTS}) == len(ABOUT_ABSTRACTS)


def test_labels_are_balanced():
    labels = Counter(pair["stance"] for pair in PAIRS)
    assert set(labels) == {"supports", "contradicts", "insufficient"}
    assert 0.25 < labels["insufficient"] / len(PAIRS) < 0.35
    assert 0.9 < labels["supports"] / labels["contradicts"] < 1.1
    families = defaultdict(Counter)
    for pair in PAIRS:
        families[pair["family"]][pair["stance"]] += 1
        assert pair["kind"] in KINDS
        assert (pair["kind"] == "hard_negative") == (pair["stance"] == "insufficient")
    for family, counts in families.items():
        assert min(counts["supports"], counts["contradicts"]) > 0, family
        assert abs(counts["supports"] - counts["contradicts"]) <= 3, family


@pytest.mark.parametrize("pairs", [MORE, ABOUT_ABSTRACTS], ids=["more digests", "abstracts"])
def test_later_claims_come_in_opposites(pairs):
    families = defaultdict(Counter)
    for pair in pairs:
        assert pair["rationale"]
        families[pair["record"], pair["family"]][pair["stance"]] += 1
    for family, counts in families.items():
        assert set(counts) == {"supports", "contradicts"}, family
    assert (
        0.95
        < sum(c["supports"] for c in families.values()) / sum(c["contradicts"] for c in families.values())
        < 1.05
    )


@pytest.mark.shared
def test_claims_about_abstracts_name_their_text_and_sentences(shared):
    texts = abstracts(shared)
    ends = {record: set(sentences(texts[record])) for record in {p["record"] for p in ABOUT_ABSTRACTS}}
    for pair in ABOUT_ABSTRACTS:
        assert set(pair) == set(ABSTRACT_FIELDS)
        assert hashlib.sha256(texts[pair["record"]].encode()).hexdigest() == pair["sha256"]
        assert {tuple(span) for span in pair["rationale"]} <= ends[pair["record"]]
    with (shared / "gold" / "dev" / "relations.jsonl").open(encoding="utf-8") as lines:
        assert not {json.loads(line)["id"] for line in lines} & set(ends)


def test_the_short_form_of_claims(tmp_path):
    texts = {"PMID:1": "Drug and cells\nCells were grown. The drug killed them (p = 0.01). It works."}
    sheet = tmp_path / "claims.txt"
    sheet.write_text("# PMID:1\n+ | 2 | The drug kills cells.\n- | 2,3 | The drug spares | cells.\n", "utf-8")
    for_it, against = claims_of(sheet, texts)
    assert [for_it["stance"], against["stance"]] == ["supports", "contradicts"]
    assert for_it["family"] == against["family"] == 1
    (start, end), text = for_it["rationale"][0], texts["PMID:1"]
    assert text[start:end] == "The drug killed them (p = 0.01)."
    assert against["claim"] == "The drug spares | cells."
    sheet.write_text("# PMID:1\n+ | 9 | The drug kills cells.\n", "utf-8")
    with pytest.raises(ValueError, match=r"claims\.txt:2"):
        list(claims_of(sheet, texts))


@pytest.mark.parametrize(
    ("every", "label", "others"),
    [
        (PAIRS, "supports", {"contradicts"}),
        (PAIRS, "insufficient", {"supports", "contradicts"}),
        (MORE, "supports", {"contradicts"}),
        (ABOUT_ABSTRACTS, "supports", {"contradicts"}),
    ],
    ids=["digests, sign", "digests, settled", "more digests, sign", "abstracts, sign"],
)
def test_the_claim_alone_tells_little(every, label, others):
    pairs = [pair for pair in every if pair["stance"] in {label, *others}]
    truth = [pair["stance"] == label for pair in pairs]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=3, max_iter=500)
    )
    scores = cross_val_predict(
        model,
        [pair["claim"] for pair in pairs],
        truth,
        groups=[
            f"{pair['record']} {pair['family']}" if every is ABOUT_ABSTRACTS else pair["family"]
            for pair in pairs
        ],
        cv=GroupKFold(10),
        method="predict_proba",
    )[:, 1]
    assert roc_auc_score(truth, scores) < 0.65
