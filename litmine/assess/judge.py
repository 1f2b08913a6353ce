"""Judge one evidence sentence against one clause by aligned slots, direction and figures; silent when not sure.

Likeness of wording finds the topic only: opposites look alike to it. A verdict needs the same drug or class, the same
mechanism, one outcome axis and a direction, or the same figure of the same measure, or a denied presence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmine.assess.judgement import (
    COMMON,
    DECIDING,
    NOT_READ,
    RATHER_AGAINST,
    SILENT,
    SUPPORT_FLOOR,
    Judgement,
)
from litmine.assess.links import by_links
from litmine.assess.no_finding import no_finding
from litmine.assess.population import difference
from litmine.assess.properties import by_carriers, by_effect, by_status
from litmine.assess.relations import by_relations
from litmine.assess.slots import Statement, statement, words_of
from litmine.assess.trends import by_trend
from litmine.assess.unread import beside_link
from litmine.assess.wording import by_figures, by_presence, by_wording
from litmine.types import Entity, Relation

__all__ = ["SUPPORT_FLOOR", "Judgement", "judge", "judge_statements"]

NEAR = 0.55
"""Score of a sentence that says what a clause says, without its figure."""
_SUPERLATIVE = re.compile(
    r"\b(?:greatest|most (?:important|significant)|chief|principal|widest|the main|best)\b", re.I
)

_SHARE_OF = re.compile(
    r"\b(?:part|share|number|minority|majority|fraction|proportion|some|few|many|most|half|third|quarter|fifth)\s+"
    r"of\s+(?:the\s+|these\s+|all\s+)?(?:[\w-]+\s+){0,2}?(?:patients|women|people|tumou?rs|cancers|cases)\b",
    re.IGNORECASE,
)
_EXCLUSIVE = re.compile(r"\b(?:sole(?:ly)?|(?<!not )only|exclusive(?:ly)?|unique(?:ly)?)\b", re.IGNORECASE)


def judge(
    claim_text: str,
    claim_relations: Sequence[Relation],
    evidence_text: str,
    evidence_relations: Sequence[Relation],
    *,
    claim_entities: Iterable[Entity] = (),
    evidence_entities: Iterable[Entity] = (),
) -> Judgement:
    """Judge two texts with what the extractor read in them; see `judge_statements`."""
    return judge_statements(
        statement(claim_text, claim_relations, claim_entities),
        statement(evidence_text, evidence_relations, evidence_entities),
    )


def judge_statements(
    claim: Statement,
    evidence: Statement,
    *,
    similarity: float | None = None,
    topic_share: float | None = None,
    common: frozenset[str] = COMMON,
) -> Judgement:
    """Judge one evidence sentence against one clause.

    Args:
        claim: the clause.
        evidence: the sentence.
        similarity: cosine of their vectors, when a search gave it; used for topic only.
        topic_share: share of the clause's topics, by weight, that the sentence or its title names; counted plainly
            when None.
        common: keys that most records name; sharing one of them alone aligns nothing.
    """
    if why := no_finding(evidence):
        return replace(SILENT, rule=why, assertion="aim" if evidence.aim else SILENT.assertion)
    found = [
        *by_relations(claim, evidence, common),
        *by_figures(claim, evidence, similarity, common),
        *by_presence(claim, evidence, common),
        *_links(claim, evidence, common),
        *by_trend(claim.text, evidence.text),
        *by_status(claim, evidence),
        *by_carriers(claim, evidence, common),
        *by_effect(claim, evidence, common),
    ]
    decided = _choose(found)
    if decided is None or decided.stance == "silent":
        decided = by_wording(claim, evidence, similarity, topic_share, common) or decided or SILENT
    if short := _falls_short(claim, evidence, decided):
        why, most = short
        decided = replace(
            decided, stance="qualifies", score=min(decided.score, most), rule=f"{decided.rule}; {why}"
        )
    return gate(claim, evidence, decided)


def _links(claim: Statement, evidence: Statement, common: frozenset[str]) -> list[Judgement]:
    """Links of both texts, compared; a clause with words beside them that turn it is only come near to."""
    found = by_links(claim.links, evidence.links, common)
    why = beside_link(claim.text, evidence.text) if found else ""
    return [
        replace(j, stance="qualifies", rule=f"{j.rule}; {why}: {NOT_READ}")
        if why and j.stance in DECIDING
        else j
        for j in found
    ]


def _falls_short(claim: Statement, evidence: Statement, decided: Judgement) -> tuple[str, float] | None:
    """What a clause says beyond a sentence that decides on it, and the most that the sentence then scores."""
    supports, decides = decided.stance == "supports", decided.stance in DECIDING
    printed = any(f.about and f.unit in {"%", "months"} for f in claim.figures)
    if supports and printed and not decided.rule.startswith("figure"):
        return "the clause's figure is not in it", NEAR
    if supports and _SUPERLATIVE.search(claim.text):
        return "it does not rank what the clause ranks", 1.0
    if supports and _EXCLUSIVE.search(claim.text) and not _EXCLUSIVE.search(evidence.text):
        return "it does not say that it is the only one", 1.0
    if decides and _says_how_many(claim) and not _says_how_many(evidence):
        return "it does not say how many, which the clause does", 1.0
    if decides and not _names_one_of(claim.names, evidence):
        return f"it does not name {', '.join(sorted(claim.names))}", NEAR
    return None


def _says_how_many(text: Statement) -> bool:
    """Does a text speak of a share of patients or tumours, in words or by a figure?"""
    return bool(_SHARE_OF.search(text.text)) or any(figure.unit == "%" for figure in text.figures)


def _names_one_of(names: frozenset[str], evidence: Statement) -> bool:
    """Does a sentence, or the title of its record, print one of these names? True without any."""
    return not names or bool(names & words_of(f"{evidence.text} {evidence.record_title}"))


def gate(claim: Statement, evidence: Statement, judgement: Judgement) -> Judgement:
    """Turn a stance into `not_comparable` where tumour, population or system differ from those of the clause."""
    differences = []
    if judgement.comparability != "comparable":
        differences.append(judgement.comparability)
    if claim.tumours and evidence.tumours and not claim.tumours & evidence.tumours:
        differences.append(f"other tumour: {', '.join(sorted(evidence.tumours))}")
    if people := difference(claim.population, evidence.population):
        differences.append(people)
    if claim.system == "patients" and evidence.system in {"animals", "cells"}:
        differences.append(f"{evidence.system}, the claim is about patients")
    if not differences:
        return judgement
    text = "; ".join(differences)
    if judgement.stance == "silent":
        return replace(judgement, comparability=text)
    if judgement.stance in {"contradicts", "no_effect"}:
        judgement = replace(judgement, rule=f"{judgement.rule}; {RATHER_AGAINST}")
    return replace(
        judgement, stance="not_comparable", comparability=text, score=round(judgement.score / 2, 3)
    )


def _choose(found: Sequence[Judgement]) -> Judgement | None:
    """The strongest judgement; a sentence that pulls both ways with equal strength only qualifies."""
    if not found:
        return None
    ranked = sorted(found, key=lambda j: (-j.score, j.stance, j.rule))
    best = ranked[0]
    opposed = {
        "supports": {"contradicts", "no_effect"},
        "contradicts": {"supports"},
        "no_effect": {"supports"},
    }
    rivals = [
        j for j in ranked[1:] if j.stance in opposed.get(best.stance, set()) and j.score >= best.score - 0.05
    ]
    if rivals:
        return replace(best, stance="qualifies", rule=f"{best.rule}; and the same sentence: {rivals[0].rule}")
    return best
