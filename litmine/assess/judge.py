"""Judge one evidence sentence against one clause by aligned slots, direction and figures; silent when not sure.

Likeness of wording finds the topic only: opposites look alike to it. A verdict needs the same drug or class, the same
mechanism, one outcome axis and a direction, or the same figure of the same measure, or a denied presence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from litmine.assess.judgement import COMMON, SILENT, SUPPORT_FLOOR, Judgement
from litmine.assess.links import by_links
from litmine.assess.population import difference
from litmine.assess.properties import by_carriers, by_effect, by_status
from litmine.assess.relations import by_relations
from litmine.assess.slots import Statement, statement, words_of
from litmine.assess.trends import by_trend
from litmine.assess.wording import by_figures, by_presence, by_wording
from litmine.types import Entity, Relation

__all__ = ["SUPPORT_FLOOR", "Judgement", "judge", "judge_statements"]

NEAR = 0.55
"""Score of a sentence that says what a clause says, without its figure."""
_SUPERLATIVE = re.compile(
    r"\b(?:greatest|most (?:important|significant)|chief|principal|widest|the main|best)\b", re.I
)

_DECIDING = frozenset({"supports", "contradicts", "no_effect"})
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


_UNDECIDED = re.compile(
    r"\b(?:is|are|was|were|remain(?:s|ed)?)\s+(?:still |largely |as yet |so far )?"
    r"(?:un(?:clear|known|certain|resolved)|not (?:known|clear|established)|controversial|debated)\s*[.;]?\s*$",
    re.IGNORECASE,
)
"""How a sentence ends that leaves its subject open; its words of effect state no effect."""


_EXPECTED = re.compile(
    r"\b(?:counter|contrary) to (?:the |an? |our |earlier |previous |common |widespread )*"
    r"(?:expectations?|notion|idea|hypothes[ie]s|view|belief|assumption)\b",
    re.IGNORECASE,
)
"""How a sentence takes back what it then words; the effect after it is not its finding."""
_SURVEYS = re.compile(
    r"^(?:This|The|Our) (?:\w+ )?(?:review|article|commentary|overview|paper) (?:weighs|covers|asks|address\w+|"
    r"discuss\w+|examines|considers|deals|describes|outlines|looks|follows|explores|summari[sz]es|presents|"
    r"(?:sets|goes) \w+)\b"
    r"|.*\b(?:is|are)(?: \w+ly| then| also)? (?:outlined|discussed|described|reviewed|summari[sz]ed|considered|"
    r"set out|listed|surveyed|presented)\.?\s*$",
    re.IGNORECASE,
)
_ROLE_OF = re.compile(r"\broles? (?:of|for)\b|\bto overcome\b", re.IGNORECASE)
"""How a title names what a paper is about."""
_PROPOSES = re.compile(
    r"\b(?:is|are) (?:therefore |thus )?(?:proposed|offered|suggested|recommended|put forward) (?:as|to|for|in)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def _no_finding(text: str) -> str:
    """Why a sentence states no finding, whatever its words of effect say; empty where it may state one."""
    if _UNDECIDED.search(text):
        return "evidence says that it is not known"
    if _EXPECTED.search(text):
        return "evidence tells what others expected"
    if _SURVEYS.match(text):
        return "evidence names a topic, not a finding"
    if _PROPOSES.search(text):
        return "evidence proposes, it does not find"
    return ""


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
    if evidence.aim:
        return replace(SILENT, rule="evidence states an aim, not a finding", assertion="aim")
    if evidence.title and _ROLE_OF.search(evidence.text):
        return replace(SILENT, rule="evidence names a topic, not a finding")
    if why := _no_finding(evidence.text):
        return replace(SILENT, rule=why)
    found = [
        *by_relations(claim, evidence, common),
        *by_figures(claim, evidence, similarity, common),
        *by_presence(claim, evidence, common),
        *by_links(claim.links, evidence.links, common),
        *by_trend(claim.text, evidence.text),
        *by_status(claim, evidence),
        *by_carriers(claim, evidence, common),
        *by_effect(claim, evidence, common),
    ]
    decided = _choose(found)
    if decided is None or decided.stance == "silent":
        decided = by_wording(claim, evidence, similarity, topic_share, common) or decided or SILENT
    printed = any(f.about and f.unit in {"%", "months"} for f in claim.figures)
    if printed and decided.stance == "supports" and not decided.rule.startswith("figure"):
        decided = replace(
            decided,
            stance="qualifies",
            score=min(decided.score, NEAR),
            rule=f"{decided.rule}; the clause's figure is not in it",
        )
    elif decided.stance == "supports" and _SUPERLATIVE.search(claim.text):
        decided = replace(
            decided, stance="qualifies", rule=f"{decided.rule}; it does not rank what the clause ranks"
        )
    elif (
        decided.stance == "supports"
        and _EXCLUSIVE.search(claim.text)
        and not _EXCLUSIVE.search(evidence.text)
    ):
        decided = replace(
            decided, stance="qualifies", rule=f"{decided.rule}; it does not say that it is the only one"
        )
    if decided.stance in _DECIDING and _says_how_many(claim) and not _says_how_many(evidence):
        decided = replace(
            decided,
            stance="qualifies",
            rule=f"{decided.rule}; it does not say how many, which the clause does",
        )
    if decided.stance in _DECIDING and not _names_one_of(claim.names, evidence):
        decided = replace(
            decided,
            stance="qualifies",
            score=min(decided.score, NEAR),
            rule=f"{decided.rule}; it does not name {', '.join(sorted(claim.names))}",
        )
    return gate(claim, evidence, decided)


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
