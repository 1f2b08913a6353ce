"""Measures of `litmine eval stance` on invented pairs: baselines, flips, sign accuracy."""

import json

import pytest

from litmine.assess.opposites import direction_words, flip
from litmine.evaluate.baselines import bag_of_words, claim_only, folds_of
from litmine.evaluate.stance import evaluate_stance, macro_f1
from litmine.relations import Extractor


@pytest.mark.parametrize(
    ("claim", "turned"),
    [
        ("Alfamab increases survival.", "Alfamab decreases survival."),
        ("Higher GEN1 was seen.", "Lower GEN1 was seen."),
        ("Loss of GEN1 reduces sensitivity.", "Gain of GEN1 reduces sensitivity."),
        ("Alfamab does not delay progression.", "Alfamab delay progression."),
        ("GEN1 is not needed.", "GEN1 is needed."),
        ("There was no difference.", "There was a difference."),
        ("GEN1 is a kinase.", "GEN1 is not a kinase."),
        ("High-grade tumours.", None),
    ],
)
def test_flip_turns_one_word(claim: str, turned: str | None):
    assert flip(claim) == turned


def test_a_hyphenated_word_is_no_direction():
    assert direction_words("HER2-low tumours fared better") == 1


def test_pairs_that_share_a_text_share_a_fold():
    claims = ["a", "a", "b", "c", "d"]
    evidence = ["1", "2", "2", "3", "3"]
    folds = folds_of(claims, evidence)
    assert len(set(folds[:3])) == 1
    assert folds[3] == folds[4]


def test_baselines_see_words_and_the_claim_alone_sees_less():
    claims = [f"Drug{n} helps." for n in range(60)]
    evidence = [f"Trial {n}: it {'worked' if n % 2 else 'failed'}." for n in range(60)]
    labels = ["SUPPORT" if n % 2 else "CONTRADICT" for n in range(60)]
    assert macro_f1(labels, bag_of_words(claims, evidence, labels)) > 0.95
    assert macro_f1(labels, claim_only(claims, evidence, labels)) < 0.8


def test_measures_of_a_file(tmp_path):
    pairs = [
        ("Alfamab increases survival.", "Alfamab increases survival.", "SUPPORT"),
        ("Alfamab increases survival.", "Alfamab had no effect on survival.", "CONTRADICT"),
        ("Alfamab increases survival.", "The weather was fine.", "NOT_ENOUGH_INFO"),
    ]
    rows = [{"id": n, "claim": c, "evidence": e, "label": g} for n, (c, e, g) in enumerate(pairs)]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    measures = evaluate_stance(tmp_path / "pairs.jsonl", tmp_path / "out.jsonl", Extractor())
    assert measures["pairs"] == 3
    assert measures["flip_test"]["pairs"] == 1
    assert 0 <= measures["bag_of_words"] <= 1
    assert 0 <= measures["claim_only"] <= 1
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in written] == [0, 1, 2]
    assert macro_f1(["SUPPORT", "CONTRADICT"], ["SUPPORT", "SUPPORT"]) == 0.3333
