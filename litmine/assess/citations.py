"""Check whether each reference that a claim cites backs it, with the reason in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from litmine.assess.claimed import UNSPECIFIC
from litmine.assess.drift import IN_WORDS
from litmine.assess.judgement import NOT_READ, RATHER_AGAINST, SUPPORT_FLOOR
from litmine.assess.library import Library
from litmine.assess.slots import Statement, topic_keys, tumours_in
from litmine.types import CitationCheck, CitationStatus, Claim, Decision, Evidence, ReferenceMatch

OTHER_TOPIC = 0.2
"""Weighted share of a clause's topics below which a record is about something else."""
_ADDED = re.compile(
    r"(?P<tested>[\w-]+)(?: \([^)]*\))? (?:or|versus|vs\.?|and) placebo(?: \([^)]*\))?,?(?: (?:was|were))?"
    r"[^.;]{0,30}?(?:added to|plus|with|in combination with|both in combination with) (?P<backbone>[^.;]{5,80})",
    re.IGNORECASE,
)
_CLINICAL_WORD = re.compile(
    r"\bclinical (?:stud(?:y|ies)|trials?)\b|\bretrospective\b|\bprospective\b|\bphase I{1,3}\b",
    re.IGNORECASE,
)


def check_citations(
    claim: Claim,
    asked: Sequence[Statement],
    evidence: Sequence[Sequence[Evidence]],
    matches: Mapping[int, ReferenceMatch],
    library: Library,
) -> tuple[CitationCheck, ...]:
    """Check every reference of a claim, one by one.

    Args:
        claim: the claim.
        asked: its clauses taken apart.
        evidence: per clause, the judged sentences (one entry per record).
        matches: reference number to what became of it.
        library: the corpus.
    """
    return tuple(
        _check(number, claim, asked, evidence, matches.get(number), library) for number in claim.cited
    )


def tell_apart(
    checks: Iterable[CitationCheck], claim: Claim, decisions: Sequence[Decision]
) -> tuple[CitationCheck, ...]:
    """Say beside each source what the records here say of the sentence: a wrong source is no wrong sentence.

    Args:
        checks: of one claim.
        claim: the claim.
        decisions: per clause, what was decided.
    """
    told = []
    for check in checks:
        verdicts = [
            d.verdict
            for clause, d in zip(claim.clauses, decisions, strict=True)
            if check.number in clause.cited or not any(check.number in c.cited for c in claim.clauses)
        ]
        if "contradicted" in verdicts:
            check = replace(check, sentence="falls")
        elif "supported" in verdicts and "mixed" not in verdicts:
            check = replace(check, sentence="stands")
        if check.status == "does_not_back":
            part = check.sentence == "stands" and any(v != "supported" for v in verdicts)
            told_of = _SENTENCE[check.sentence] + (" in part" if part else "")
            check = replace(check, reason=f"{check.reason}; {told_of}")
        told.append(check)
    return tuple(told)


_SENTENCE = {
    "stands": "wrong source, not wrong sentence: other records here support it",
    "falls": "and other records here speak against the sentence",
    "open": "no other record here decides the sentence",
}


def _check(
    number: int,
    claim: Claim,
    asked: Sequence[Statement],
    evidence: Sequence[Sequence[Evidence]],
    match: ReferenceMatch | None,
    library: Library,
) -> CitationCheck:
    record_id = match.record_id if match else None
    if match is None:
        return CitationCheck(number, None, "cannot_tell", "the reference list has no such number")
    if record_id is None or record_id not in library.records:
        return CitationCheck(number, None, "cannot_tell", _why_no_record(match))
    record = library.records[record_id]
    if record.depth == "title":
        return CitationCheck(number, record_id, "cannot_tell", "only the title of the source is known")
    if record.language not in {"eng", ""} and not record.text:
        return CitationCheck(
            number, record_id, "cannot_tell", f"the source is in another language ({record.language})"
        )
    clauses = [n for n, clause in enumerate(claim.clauses) if number in clause.cited] or list(
        range(len(claim.clauses))
    )
    found = {n: e for n in clauses for e in evidence[n] if e.record_id == record_id and e.stance != "silent"}
    status, reason, best = _weigh(clauses, found, claim, asked, record_id, library)
    if best is not None and best.hedge_drift:
        reason += f"; {IN_WORDS[best.hedge_drift]}"
    if record.retracted:
        reason = f"the source is retracted; {reason}"
        status = "does_not_back" if status in {"backs", "backs_in_part"} else status
    if match.status == "mismatch":
        reason += "; the printed reference and the record differ in part"
    return CitationCheck(number, record_id, status, reason, best)


def _why_no_record(match: ReferenceMatch) -> str:
    kind = match.reference.kind
    if kind == "thesis":
        return "the source is a thesis; it can't be fetched from PubMed"
    if kind == "book":
        return "the source is a book; it can't be fetched from PubMed"
    return {
        "not_fetched": "the source was not fetched",
        "unresolved": "the reference could not be matched to a record for certain",
        "not_in_pubmed": "the source is not in PubMed",
    }.get(match.status, "the source is not in the corpus")


def _weigh(
    clauses: Sequence[int],
    found: Mapping[int, Evidence],
    claim: Claim,
    asked: Sequence[Statement],
    record_id: str,
    library: Library,
) -> tuple[CitationStatus, str, Evidence | None]:
    """Status, reason and the sentence it rests on."""
    record = library.records[record_id]
    depth = record.depth
    backing = {n: e for n, e in found.items() if e.stance == "supports" and e.score >= SUPPORT_FLOOR}
    opposing = {
        n: e
        for n, e in found.items()
        if e.stance in {"contradicts", "no_effect"} and e.score >= SUPPORT_FLOOR
    }
    near = {n: e for n, e in found.items() if n not in backing and e.stance in {"supports", "qualifies"}}
    partial = {n: e for n, e in near.items() if _leans_to(e)}
    review = " (a review: it points to studies)" if library.grade(record_id).pointer else ""
    if backing and not opposing:
        best = max(backing.values(), key=lambda e: (e.score, -e.start))
        if len(backing) == len(clauses):
            return "backs", f"its {depth} says so{review}", best
        return (
            "backs_in_part",
            f"its {depth} says so for {len(backing)} of {len(clauses)} parts{review}",
            best,
        )
    if arms := _all_arms_alike(asked, clauses, record.document):
        return "does_not_back", arms, None
    if opposing:
        best = max(opposing.values(), key=lambda e: (e.score, -e.start))
        if backing:
            return "backs_in_part", f"its {depth} backs one part and speaks against another", best
        word = "found no effect" if best.stance == "no_effect" else "says otherwise"
        return "does_not_back", f"its {depth} {word} ({best.rule})", best
    if reason := _elsewhere(clauses, claim, asked, record_id, library):
        return "does_not_back", reason, None
    if partial:
        best = max(partial.values(), key=lambda e: (e.score, -e.start))
        return (
            "backs_in_part",
            f"its {depth} comes near it, with other conditions or a kindred outcome{review}",
            best,
        )
    different = [e for e in found.values() if e.stance == "not_comparable" and _leans_to(e)]
    if different:
        best = max(different, key=lambda e: (e.score, -e.start))
        return (
            "backs_in_part",
            f"its {depth} says something alike, but not comparable: {best.comparability}",
            best,
        )
    if near:
        best = max(near.values(), key=lambda e: (e.score, -e.start))
        told = f"its {depth} comes near it, but which way is not certain, or it prints another figure{review}"
        return "cannot_tell", told, best
    if figures := _missing_figures(clauses, claim, record.document):
        return "cannot_tell", f"on the topic, but the figure {figures} is not in its {depth}{review}", None
    return "cannot_tell", f"on the topic, but its {depth} does not state it; the full text may{review}", None


def _leans_to(evidence: Evidence) -> bool:
    """Does a sentence that qualifies a clause, or is not comparable to it, rather say the same than the opposite?"""
    rule = evidence.rule
    return not (
        any(words in rule for words in (RATHER_AGAINST, NOT_READ, "mechanism extra"))
        or rule.startswith(("other figure", "figure of another", "wording"))
        or evidence.comparability.startswith("other drug")
    )


def _elsewhere(
    clauses: Sequence[int], claim: Claim, asked: Sequence[Statement], record_id: str, library: Library
) -> str:
    """Why a source can't be about this at all; empty when it can."""
    record, grade = library.records[record_id], library.grade(record_id)
    reasons = []
    topics = {name: keys for n in clauses for name, keys in asked[n].topics.items()}
    merged = Statement("", topics=topics)
    share = library.share_of_record(merged, record_id)
    own = {e.name or e.text for e in claim.entities if e.start >= claim.start}
    specific = {name for n in clauses for name in asked[n].drugs if name in own}
    given = library.drugs_of(record_id)
    targets = {t for n in clauses for t in asked[n].drugs.values()} - {""}
    missing = sorted(d for d in specific if d not in given)
    other_drug = (
        bool(specific and given)
        and len(missing) == len(specific)
        and not (
            targets & set(given.values()) and any("therap" in d or "anti-" in d for d in (*specific, *given))
        )
    )
    if other_drug and not grade.pointer:
        reasons.append(f"other drug: {', '.join(sorted(given)[:3])}, not {', '.join(missing)}")
    if topics and share < OTHER_TOPIC and not grade.pointer:
        told = missing if other_drug else ()
        absent = [
            name
            for name, keys in sorted(topics.items())
            if name not in told and name not in UNSPECIFIC and not library.speaks_of(record_id, keys)
        ]
        spoken = sorted({e.name for e in library.entities(record_id) if e.type == "adverse_effect"})[:2]
        instead = f"{' and '.join(spoken)}, not {', '.join(absent[:3])}" if spoken and absent else ""
        plain = f"its {record.depth} names none of {', '.join((absent or sorted(topics))[:3])}"
        reasons.insert(0, f"other topic: {instead or plain}")
    named = {k for e in library.entities(record_id) for k in topic_keys(e)}
    unnamed = sorted(
        name
        for name, keys in topics.items()
        if not keys & named and keys - library.common and name.casefold() not in UNSPECIFIC
    )
    wanted = frozenset().union(*(asked[n].tumours for n in clauses)) if clauses else frozenset()
    source = tumours_in(record.title) or tumours_in(record.text)
    if wanted and source and not wanted & source:
        reasons.append(f"other tumour: {', '.join(sorted(source))}")
        if unnamed and not grade.pointer and not any(r.startswith("other topic") for r in reasons):
            reasons.append(f"other topic: its {record.depth} does not name {', '.join(unnamed[:3])}")
    for drug in missing:
        first = library.first_years.get(drug)
        if record.year and first and record.year + 5 <= first:
            reasons.append(f"older ({record.year}) than the first record on {drug} here ({first})")
    if reasons and _CLINICAL_WORD.search(claim.text) and grade.system != "patients":
        reasons.append(f"other design than the claim says: {grade.design}")
    strong = [r for r in reasons if r.startswith(("other drug", "other topic"))]
    return "; ".join(reasons) if strong else ""


def _all_arms_alike(asked: Sequence[Statement], clauses: Sequence[int], document: str) -> str:
    """A trial in which every arm got the drugs of the claim can't show their effect."""
    drugs = {d.casefold() for n in clauses for d in asked[n].drugs}
    for match in _ADDED.finditer(document):
        backbone = match["backbone"].casefold()
        named = [d for d in sorted(drugs) if d in backbone]
        if (
            named
            and match["tested"].casefold() not in drugs
            and all(d in backbone or d not in document.casefold() for d in drugs)
        ):
            drug_list = " and ".join(named)
            return f"all arms alike: both arms got {drug_list}; it can't show their effect, it tested {match['tested']}"
    return ""


def _missing_figures(clauses: Sequence[int], claim: Claim, document: str) -> str:
    printed = [f.text for n in clauses for f in claim.clauses[n].figures if f.about]
    return ", ".join(f for f in printed if f.split()[0] not in document)
