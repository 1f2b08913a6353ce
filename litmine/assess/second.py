"""The second judge: a trained reader of pairs says of each sentence that decides whether it agrees with the first.

The first judge aligns slots and reads direction (`judge`); this one weighs what a cross-encoder reads in the two texts
(`stance`). A clause keeps its verdict unless the second judge agrees on none of its sentences and reads half of them
the other way (`verdict`); each opinion stands beside its sentence.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from litmine.assess.judgement import DECIDING, NOT_READ
from litmine.assess.stance import Reader, TurnedClauses, judge_fingerprint, label_pairs
from litmine.assess.verdict import counts
from litmine.errors import InputError
from litmine.files import write_lines
from litmine.types import LEVELS, Claim, Evidence, SecondOpinion

MOST = 6
"""Sentences of a clause that are asked about on either side, the highest level and score first."""
_SAYS = {"SUPPORT": "supports", "CONTRADICT": "contradicts"}
_Pair = tuple[str, str]


class PairReader(Reader, Protocol):
    """Reads the relations of both texts; the fingerprint tells when its readings change."""

    @property
    def fingerprint(self) -> str:
        """Another one for every reader that may read a text differently."""
        ...


@dataclass(frozen=True)
class SecondJudge:
    """Asks the trained judge of pairs about the sentences that decide a clause.

    Args:
        reader: reads both texts for it.
        cache_dir: answers are kept there, so that a pair is judged once.
    """

    reader: PairReader
    cache_dir: Path

    def opinions(
        self, claims: Sequence[Claim], judged: Sequence[Sequence[Sequence[Evidence]]]
    ) -> list[list[list[Evidence]]]:
        """The evidence of each clause of each claim, with an opinion on the sentences that decide it.

        A sentence that aligned slots judge alike when the clause is turned round is not asked about: it only
        qualifies.
        """
        turned = TurnedClauses(self.reader)
        judged = [
            [
                [_only_if_turned(e, clause.resolved or clause.text, turned) for e in found]
                for clause, found in zip(claim.clauses, of_claim, strict=True)
            ]
            for claim, of_claim in zip(claims, judged, strict=True)
        ]
        asked = {
            id(e): (clause.resolved or clause.text, e.text)
            for claim, of_claim in zip(claims, judged, strict=True)
            if claim.judged
            for clause, found in zip(claim.clauses, of_claim, strict=True)
            for e in _deciding(found)
        }
        answers = _answers(sorted(set(asked.values())), self)
        return [
            [
                [
                    replace(e, second=_opinion(e, answers[asked[id(e)]])) if id(e) in asked else e
                    for e in found
                ]
                for found in of_claim
            ]
            for of_claim in judged
        ]


def _only_if_turned(evidence: Evidence, clause: str, turned: TurnedClauses) -> Evidence:
    """A sentence decided by a relation, as it is; as one that qualifies where the clause's opposite is judged alike."""
    decides = evidence.stance in DECIDING and counts(evidence) and not evidence.machine_stance
    if not decides or evidence.stance == "no_effect" or not evidence.rule.startswith("relation: "):
        return evidence  # no effect speaks against either direction
    if not turned.alike(clause, evidence.text, evidence.stance):
        return evidence
    rule = f"{evidence.rule}; the clause turned round is judged alike: {NOT_READ}"
    return replace(evidence, stance="qualifies", rule=rule)


def _deciding(found: Sequence[Evidence]) -> Iterator[Evidence]:
    """The first sentences on either side that decide a clause; a person's decision is not asked about."""
    deciding = [e for e in found if e.stance in DECIDING and counts(e) and not e.machine_stance]
    for supports in (True, False):
        side = [e for e in deciding if (e.stance == "supports") == supports]
        yield from sorted(side, key=lambda e: (LEVELS.index(e.level), -e.score, e.record_id, e.start))[:MOST]


def _opinion(evidence: Evidence, answer: str) -> SecondOpinion:
    if not answer:
        return "no answer"
    if answer not in _SAYS:
        return "too little"
    same = (_SAYS[answer] == "supports") == (evidence.stance == "supports")
    return "agrees" if same else "the other way"


def told_second(evidence: Sequence[Evidence]) -> list[str]:
    """What the trail says of the second judge; nothing where it was not asked."""
    decided = [e for e in evidence if e.second]
    if not decided:
        return []
    tally: Counter[str] = Counter(e.second for e in decided)
    plural = "s" if len(decided) != 1 else ""
    line = f"second judge, asked about {len(decided)} deciding sentence{plural}: agrees on {tally['agrees']}"
    for opinion, words in (("too little", "finds too little in"), ("the other way", "reads the other way")):
        if tally[opinion]:
            line += f", {words} {', '.join(sorted({e.record_id for e in decided if e.second == opinion}))}"
    if tally["no answer"]:
        line += f", no answer on {tally['no answer']}"
    return [line]


def _answers(pairs: Sequence[_Pair], judge: SecondJudge) -> dict[_Pair, str]:
    """Label of each pair, empty where the judge abstains; from the cache where it was judged before."""
    if not pairs:
        return {}
    path = judge.cache_dir / f"second-judge-{judge_fingerprint(judge.reader.fingerprint)}.json"
    kept = _read(path)
    keys = {pair: hashlib.sha256("\0".join(pair).encode()).hexdigest()[:32] for pair in pairs}
    new = [pair for pair in pairs if keys[pair] not in kept]
    for pair, judged in zip(new, label_pairs(new, judge.reader), strict=True):
        kept[keys[pair]] = "" if judged["abstained"] else judged["label"]
    if new:
        _write(path, kept)
    return {pair: kept[keys[pair]] for pair in pairs}


def _read(path: Path) -> dict[str, str]:
    """What was kept; nothing where there is no file, or one that is no longer whole."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    labels = ("", *_SAYS, "NOT_ENOUGH_INFO")
    return {k: v for k, v in kept.items() if v in labels} if isinstance(kept, dict) else {}


def _write(path: Path, kept: Mapping[str, str]) -> None:
    """Keep the answers; a folder that can't be written to costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_lines(path, [json.dumps(dict(sorted(kept.items())))])
    except (OSError, InputError):
        return
