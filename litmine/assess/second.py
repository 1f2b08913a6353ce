"""The second judge: a trained reader of pairs says of each sentence that decides whether it agrees with the first.

The first judge aligns slots and reads direction (`judge`); this one sees only the two texts (`stance`). It changes no
verdict: on sentences that decide here the first is right more often (docs/verdicts.md). Where they differ the sentence
and the trail say so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from litmine.assess.stance import Reader, judge_fingerprint, label_pairs
from litmine.assess.verdict import counts
from litmine.errors import InputError
from litmine.files import write_lines
from litmine.types import Assessment, Evidence, SecondOpinion

_DECIDING = frozenset({"supports", "contradicts", "no_effect"})
_SAYS = {"SUPPORT": "supports", "CONTRADICT": "contradicts"}
_Pair = tuple[str, str]


def judged_again(
    assessments: Iterable[Assessment], reader: Reader, reader_fingerprint: str, cache_dir: Path
) -> tuple[Assessment, ...]:
    """Assessments with the second judge's opinion on every sentence that decides.

    Args:
        reader: reads the relations of both texts for the second judge.
        reader_fingerprint: tells when its readings change.
        cache_dir: answers are kept there, so that a pair is judged once.
    """
    found = tuple(assessments)
    asked = {_pair(a, e) for a in found if a.claim.judged for e in a.evidence if _decides(e)}
    answers = _answers(sorted(asked), reader, reader_fingerprint, cache_dir)
    return tuple(_with_opinions(a, answers) if a.claim.judged else a for a in found)


def _decides(evidence: Evidence) -> bool:
    return evidence.stance in _DECIDING and not evidence.machine_stance and counts(evidence)


def _pair(assessment: Assessment, evidence: Evidence) -> _Pair:
    clause = assessment.claim.clauses[evidence.clause]
    return clause.resolved or clause.text, evidence.text


def _with_opinions(assessment: Assessment, answers: Mapping[_Pair, str]) -> Assessment:
    evidence = tuple(
        replace(e, second=_opinion(e, answers[_pair(assessment, e)])) if _decides(e) else e
        for e in assessment.evidence
    )
    told = _told([e for e in evidence if e.second])
    return replace(assessment, evidence=evidence, trail=(*assessment.trail, *told))


def _opinion(evidence: Evidence, answer: str) -> SecondOpinion:
    if not answer:
        return "no answer"
    if answer not in _SAYS:
        return "too little"
    same = (_SAYS[answer] == "supports") == (evidence.stance == "supports")
    return "agrees" if same else "the other way"


def _told(decided: Sequence[Evidence]) -> list[str]:
    """What the trail says of the second judge; nothing where no sentence decides."""
    if not decided:
        return []
    tally: Counter[str] = Counter(e.second for e in decided)
    line = f"second judge, of {len(decided)} deciding sentences shown: agrees on {tally['agrees']}"
    for opinion, words in (("too little", "finds too little in"), ("the other way", "reads the other way")):
        if tally[opinion]:
            line += f", {words} {', '.join(sorted({e.record_id for e in decided if e.second == opinion}))}"
    if tally["no answer"]:
        line += f", no answer on {tally['no answer']}"
    if tally["agrees"] + tally["no answer"] < len(decided):
        line += "; the verdict rests on aligned slots, which it does not see"
    return [line]


def _answers(
    pairs: Sequence[_Pair], reader: Reader, reader_fingerprint: str, cache_dir: Path
) -> dict[_Pair, str]:
    """Label of each pair, empty where the judge abstains; from the cache where it was judged before."""
    path = cache_dir / f"second-judge-{judge_fingerprint(reader_fingerprint)}.json"
    kept = _read(path)
    keys = {pair: hashlib.sha256("\0".join(pair).encode()).hexdigest()[:32] for pair in pairs}
    new = [pair for pair in pairs if keys[pair] not in kept]
    for pair, judged in zip(new, label_pairs(new, reader), strict=True):
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
    return (
        {k: v for k, v in kept.items() if v in ("", *_SAYS, "NOT_ENOUGH_INFO")}
        if isinstance(kept, dict)
        else {}
    )


def _write(path: Path, kept: Mapping[str, str]) -> None:
    """Keep the answers; a folder that can't be written to costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_lines(path, [json.dumps(dict(sorted(kept.items())))])
    except (OSError, InputError):
        return
