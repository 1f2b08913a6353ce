"""Tell what kind of statement a sentence of a review is, and whether it can be judged by evidence at all."""

from __future__ import annotations

import re

from litmine.types import ClaimKind


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_AIM = _cue(
    r"\b(?:aim|purpose|goal|scope) of (?:this|the present|our) (?:review|article|paper|work|overview)\b|"
    r"\b(?:here|in this (?:review|article|paper)),? we\b|\bthis (?:review|article|paper|work) (?:will|"
    r"aims?|seeks?|sums?|discuss\w*|"
    r"summari\w+|focus\w*|present\w*|outlines?)\b|\bwe (?:review|summari[sz]e|discuss|gather|outline|focus|"
    r"aim|describe)\b"
    r"|\b(?:idea|overview|reference) is (?:offered|given|provided) here\b"
)
_OUTLOOK = _cue(
    r"\b(?:later|future) (?:work|research|stud(?:y|ies)|trials?|direction)\b|\bfurther (?:work|research)\b|"
    r"\bin the future\b|\bif (?:later|future) research\b"
    r"|\b(?:has|have|remains?|needs?) (?:still )?(?:yet )?to be (?:evaluated|shown|explored|determined|"
    r"clarified|studied|established)\b"
    r"|\bmay be of service\b|\bmain direction of research\b|\bbroad significance\b|\bremain(?:s)? "
    r"insufficient\b|\bnot so far been shown\b"
)
_SIGNPOST = _cue(
    r"^by \b.{2,80}\bwe (?:mean|understand)\b|^(?:here |below )?(?:we|this review) (?:calls?|terms?|speaks? of)\b|"
    r"^(?:as (?:regards|for|to)|regarding|in the following|the following|shows? itself mainly in|"
    r"below)\b[^.]{0,60}\.?$"
    r"|\b(?:shows? itself|manifests? itself|fall|falls|divided|grouped|classified)\b.{0,20}\b(?:into|"
    r"in)\b.{0,20}\b(?:two|three|four|several)\b"
    r".{0,20}\b(?:classes|groups|types|subtypes|categories|ways|parts)\b"
)
_DEFINITION = _cue(
    r"\b(?:is|are) (?:a|an|the|one of the) [^,.;]{0,60}?\b(?:member|type|kind|family|class|isoform|variant|"
    r"ligand|receptor|component|"
    r"ADC|conjugate|pathway|protein|enzyme|molecule|immunoglobulins?)\b|\b(?:is|are) (?:named|called|"
    r"termed|defined|made up)\b"
    r"|\brests on which\b|\ba nuclear receptor, the\b|\bhas the structures? of\b|\bclassification of\b"
    r"|\bis one of the\b"
)
_EFFECT = _cue(
    r"\b(?:resist\w+|result\w*|caus\w+|lead\w*|led|promot\w+|inhibit\w*|activat\w+|induc\w+|increas\w+|"
    r"decreas\w+|reduc\w+|rais\w+|lower\w*|"
    r"enhanc\w+|weaken\w*|block\w*|mediat\w+|stimulat\w+|suppress\w*|correlat\w+|associat\w+|"
    r"overexpress\w+|improv\w+|prolifer\w+|kill\w*|"
    r"metasta\w+|surviv\w+|prognos\w+|crosstalk|cross-regulation)\b"
)
_SAFETY = _cue(
    r"\badverse\b|(?<!cell )\btoxicit(?:y|ies)\b|\btoxic to\b|\bside effects?\b|\binterstitial lung\b|"
    r"\bILD\b|\bejection fraction\b|\bcardi\w+|\bautoimmune disease\b|\bautoinjury\b"
    r"|\birAEs?\b|\bimmunodeficien\w+|\bharm(?:ed|s)?\b|\bsafe(?:ty)?\b"
)
_CLINICAL = _cue(
    r"\b(?:OS|PFS|DFS|ORR|pCR)\b|\bsurvival\b|\bprognos\w+|\bpatients?\b.{0,80}\b(?:benefit|respon\w+|"
    r"efficac\w+|recover\w*|surviv\w+|"
    r"outcome)\b|\befficac\w+|\bclinical trial\b|\brecur\w*\b"
)
_PREVALENCE = _cue(
    r"\d\s*%|\bper ?cent\b|\bincidence\b|\bprevalen\w+|\bprincipal type\b|\bmakes? up\b|\bmost common\b|"
    r"\btwenty percent\b"
)
_STUDY_DESIGN = _cue(
    r"\b(?:looked at|analy[sz]ed|explored|examined|investigated)\s+(?:how|what|whether|why)\b"
)
_METHOD = _cue(
    r"\b(?:can|may) be (?:treated|used|applied|measured)\b|\bwere analy[sz]ed\b|\bmain methods\b"
    r"|\bin widest use\b|\bbackbone of treatment\b|\btherapeutic tool\b"
)


_FOUND = _cue(r"\b(?:found|showed|shown|noted|reported|concluded|revealed|demonstrated)\b")


def classify_claim(text: str, first: str = "") -> tuple[ClaimKind, bool]:
    """Kind of a statement and whether evidence can judge it.

    Aims, outlook, definitions without an effect or a figure, and textual signposts stay in the ledger without
    a verdict.

    Args:
        text: the sentence.
        first: its first clause, which says whether it defines something or tells what a study did; the whole sentence
            when empty.

    Returns:
        (kind, judged).
    """
    first = first or text
    figures = bool(re.search(r"\d\s*(?:%|per ?cent|months?|years?)|\btwenty percent\b", text))
    if _AIM.search(text):
        return "aim", False
    if _OUTLOOK.search(text) and not figures:
        return "outlook", False
    if _SIGNPOST.search(text):
        return "definition", False
    effect = bool(_EFFECT.search(text))
    if _DEFINITION.search(first) and not figures and not effect:
        return "definition", False
    if _STUDY_DESIGN.search(first) and not _FOUND.search(text):
        return "method", True
    if _SAFETY.search(text):
        return "safety", True
    if _CLINICAL.search(text):
        return "clinical_outcome", True
    if _PREVALENCE.search(text):
        return "prevalence", True
    if _METHOD.search(text):
        return "method", True
    if effect:
        return "mechanism", True
    return "background", True
