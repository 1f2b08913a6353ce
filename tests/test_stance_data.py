"""annotations/stance: pairs of claim and digest; verbatim rationales, labels the claim alone does not give away."""

import json
import re
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
FIELDS = ("id", "claim", "record", "stance", "rationale", "kind", "family")
PAIRS = list(read_jsonl(ROOT / "annotations" / "stance" / "digest_claims.jsonl", FIELDS))
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
    for pair in PAIRS:
        text = bundled[pair["record"]]
        assert set(pair) == set(FIELDS)
        assert (pair["stance"] == "insufficient") == (not pair["rationale"]), pair["id"]
        for sentence in pair["rationale"]:
            assert sentence.endswith(".")
            assert f". {sentence} " in f". {text} ", pair["id"]


def test_no_claim_copies_its_digest(bundled):
    for pair in PAIRS:
        assert 10 <= len(pair["claim"].split()) <= 40, pair["id"]
        assert not runs(pair["claim"], 7) & runs(bundled[pair["record"]], 7), pair["id"]


def test_held_out_digests_are_left_out():
    with (ROOT / "annotations" / "gold" / "relations.jsonl").open(encoding="utf-8") as lines:
        held_out = {json.loads(line)["id"] for line in lines}
    records = {pair["record"] for pair in PAIRS}
    assert held_out
    assert not held_out & records
    assert len(records) >= 120


def test_a_pair_stands_once():
    assert len({pair["id"] for pair in PAIRS}) == len(PAIRS)
    assert len({(pair["claim"], pair["record"]) for pair in PAIRS}) == len(PAIRS)


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


@pytest.mark.parametrize(
    ("label", "others"),
    [("supports", {"contradicts"}), ("insufficient", {"supports", "contradicts"})],
)
def test_the_claim_alone_tells_little(label, others):
    pairs = [pair for pair in PAIRS if pair["stance"] in {label, *others}]
    truth = [pair["stance"] == label for pair in pairs]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=3, max_iter=500)
    )
    scores = cross_val_predict(
        model,
        [pair["claim"] for pair in pairs],
        truth,
        groups=[pair["family"] for pair in pairs],
        cv=GroupKFold(10),
        method="predict_proba",
    )[:, 1]
    assert roc_auc_score(truth, scores) < 0.65
