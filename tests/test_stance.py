"""The judge of a pair: what it reads, the encoder's file, and labels of invented pairs."""

import subprocess
import sys

import numpy as np
import pytest

from litmine.assess import label_pairs, pair_encoder, stance
from litmine.assess.opposites import flip
from litmine.assess.pair_encoder import pair_logits
from litmine.assess.pair_text import MAX_WORDS, figures_in_words, prepared
from litmine.assess.stance import LABELS
from litmine.errors import ModelError
from litmine.relations import Extractor

PAIRS = [
    (
        "Alfamab prolonged progression-free survival compared with placebo.",
        "Progression-free survival was longer with alfamab than with placebo (9.1 v 4.2 months; p = 0.001).",
        "SUPPORT",
    ),
    (
        "Alfamab shortened progression-free survival compared with placebo.",
        "Progression-free survival was longer with alfamab than with placebo (9.1 v 4.2 months; p = 0.001).",
        "CONTRADICT",
    ),
    (
        "Alfamab reduced mortality compared with placebo.",
        "There was no significant difference in mortality between alfamab and placebo (p = 0.61).",
        "CONTRADICT",
    ),
    (
        "Loss of GEN1 causes resistance to alfamab in breast cancer cells.",
        "The annual meeting of the society was held in a town by the sea.",
        "NOT_ENOUGH_INFO",
    ),
]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("lower (p = 0.01)", "lower (p = 0.01 (significant))"),
        ("lower (P<.001)", "lower (P<.001 (significant))"),
        ("lower (p=0.32)", "lower (p=0.32 (not significant))"),
        ("lower (p > 0.05)", "lower (p > 0.05 (not significant))"),
        ("lower (p < 0.1)", "lower (p < 0.1)"),
        ("HR 0.8 (0.60-1.05)", "HR 0.8 (0.60-1.05 (crosses 1, not significant))"),
        ("HR 0.8 (0.60 to 0.95)", "HR 0.8 (0.60 to 0.95)"),
        ("a dose of 0.5-1.5 mg", "a dose of 0.5-1.5 mg"),
        ("mean 36.1-38.4)", "mean 36.1-38.4)"),
    ],
)
def test_figures_are_said_in_words(text: str, read: str):
    assert figures_in_words(text) == read


def test_long_evidence_is_cut_to_the_sentences_near_the_claim():
    filler = " ".join(f"Sentence number {n} speaks about the weather by the sea." for n in range(40))
    told = "Alfamab slowed the growth of tumours."
    _, read = prepared("Alfamab slows tumour growth.", f"{filler} {told} {filler}")
    assert told in read
    assert len(read.split()) <= MAX_WORDS


def test_one_pair_gets_the_same_logits_beside_others():
    pairs = [(claim, evidence) for claim, evidence, _ in PAIRS]
    together = pair_logits(pairs)
    assert together.shape == (len(pairs), 3)
    alone = np.concatenate([pair_logits([pair]) for pair in pairs])
    assert np.allclose(together, alone, atol=1e-3)


def test_plain_pairs_get_their_label():
    results = list(label_pairs([(claim, evidence) for claim, evidence, _ in PAIRS], Extractor()))
    assert [r["label"] for r in results] == [label for _, _, label in PAIRS]
    for result in results:
        assert set(result["scores"]) == set(LABELS)
        assert sum(result["scores"].values()) == pytest.approx(1.0)


def test_what_the_opposite_gets_too_is_no_support():
    label = stance._labelled({"SUPPORT": 0.9, "CONTRADICT": 0.08, "NOT_ENOUGH_INFO": 0.02}, ruled_out=True)
    assert label["label"] == "CONTRADICT"
    assert label["abstained"]
    assert sum(label["scores"].values()) == pytest.approx(1.0)


def test_a_turned_claim_is_not_supported_too():
    claim, evidence, _ = PAIRS[0]
    turned = flip(claim)
    assert turned is not None
    one, other = label_pairs([(claim, evidence), (turned, evidence)], Extractor())
    assert one["scores"]["SUPPORT"] > other["scores"]["SUPPORT"]
    assert other["label"] != "SUPPORT"


def test_a_damaged_model_is_refused(monkeypatch: pytest.MonkeyPatch):
    pair_encoder._session.cache_clear()
    monkeypatch.setattr(pair_encoder, "SHA256", "0" * 64)
    with pytest.raises(ModelError, match="damaged"):
        pair_logits([("a", "b")])


def test_labels_need_no_torch():
    code = (
        "import sys; from litmine.assess import label_pairs; from litmine.relations import Extractor;"
        "list(label_pairs([('Alfamab helps.', 'Alfamab helped.')], Extractor())); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
