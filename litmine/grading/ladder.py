"""Grade one record on the evidence ladder from publication types, MeSH, study context and text cues.

Level, direction and significance are kept apart, an idea of CIViC (Griffith et al. 2017, doi:10.1038/ng.3774); the
letters are litmine's own: A phase III trial, meta-analysis, guideline; B1 early trial or biomarker analysis of a trial;
B2 cohort; C case report; D2 animals; D1 cells; E reviews, opinion, computation.
"""

from __future__ import annotations

import re
from typing import Literal

from litmine.types import Grade, Level, Record

System = Literal["patients", "animals", "cells", "none"]
_DESIGNS: dict[Level, str] = {
    "A": "phase III trial, meta-analysis or guideline",
    "B1": "early-phase trial or biomarker analysis of a trial",
    "B2": "cohort or real-world data",
    "C": "case report or series",
    "D2": "animal experiment",
    "D1": "cell experiment",
    "E": "design not stated",
}
_SYSTEMS: dict[Level, System] = {
    "A": "patients",
    "B1": "patients",
    "B2": "patients",
    "C": "patients",
    "D2": "animals",
    "D1": "cells",
    "E": "none",
}
_POINTERS = ("review", "editorial", "comment", "letter", "news")
_GUIDELINES = ("practice guideline", "guideline", "consensus development conference")
_EARLY_TYPES = (
    "clinical trial, phase i",
    "clinical trial, phase ii",
    "clinical trial, phase iv",
    "clinical trial",
    "controlled clinical trial",
    "clinical study",
)
_ANIMAL_MESH = (
    "disease models, animal",
    "mice",
    "mice, nude",
    "mice, scid",
    "rats",
    "xenograft model antitumor assays",
)
_CELL_MESH = ("cell line", "cell line, tumor", "cells, cultured", "mcf-7 cells", "tumor cells, cultured")
_COHORT_MESH = (
    "case-control studies",
    "cohort studies",
    "cross-sectional studies",
    "follow-up studies",
    "prospective studies",
    "registries",
    "retrospective studies",
)


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_META = _cue(r"\bmeta-?analys[ie]s\b|\bpooled analysis\b")
_TRIAL = _cue(r"\brandomi[sz]ed\b|\bclinical trial\b|\bsingle-arm\b|\bopen-label\b")
_PHASE3 = _cue(r"\bphase (?:3|iii)(?!\w)")
_EARLY_PHASE = _cue(r"\bphase (?:1|2|one|two|i|ii)(?:[ab]|[/–-]\w+)?(?!\w)")
_BIOMARKER = _cue(
    r"\bbiomarkers?\b|\bpolymorphisms?\b|\bexploratory\b|\bpredicti\w+\b|\bprognos\w+\b|\bmutation\w*\b"
    r"|\bprotein expression\b|\bimpact of \w+ (?:protein )?expression\b|\bratio\b"
)
_COHORT = _cue(
    r"\bretrospective(?:ly)?\b|\bcohort\b|\breal-world\b|\bcase-control\b|\bregistry\b|\bcross-sectional\b"
    r"|\bconsecutive patients\b|\bobservational\b|\bnomogram\b"
)
_CASE = _cue(r"\bcase (?:report|series)\b|\bwe (?:report|describe) (?:a|one) (?:case|patient)\b")
_ANIMAL = _cue(r"\bxenografts?\b|\bin vivo\b|\bmice\b|\bmouse\b|\bmurine\b|\brats?\b|\bPDX\b|\borganoids?\b")
_CELLS = _cue(
    r"\bcell lines?\b|\bin vitro\b|\bcultured\b|\bknockdown\b|\bsiRNA\b|\b(?:SK-?BR-?3|BT-?474|MCF-?7)\b|\bcells\b"
)
_PATIENTS = _cue(r"\bpatients?\b|\bwomen\b|\bparticipants\b|\bvolunteers\b")
_REVIEW = _cue(r"\b(?:in )?this review\b|\bwe review\b|\breview of the literature\b")
_COMPUTATION = _cue(r"\bin silico\b|\bmolecular dynamics\b|\bmathematical model\b")
_SAMPLE = re.compile(
    r"\bn ?= ?(\d{1,3}(?:[ ,]\d{3})+|\d+)\b"
    r"|\b(\d{1,3}(?:[ ,]\d{3})+|\d{2,6})\s+(?:[a-zA-Z][\w-]*[- ]){0,4}?"
    r"(?:patients|women|participants|cases|tumou?rs|individuals|subjects|people|specimens|samples)\b",
    re.IGNORECASE,
)
_TEXT_RULES: tuple[tuple[Level, re.Pattern[str], str], ...] = (
    ("A", _META, "meta-analysis"),
    ("C", _CASE, ""),
    ("B1", _EARLY_PHASE, "early-phase trial"),
    ("A", _PHASE3, "phase III trial"),
    ("B2", _COHORT, ""),
    ("D2", _ANIMAL, ""),
    ("B1", _TRIAL, "clinical trial, phase not stated"),
)


def sample_size(text: str) -> int | None:
    """The largest number of people, cases or samples that a text states, below a million."""
    sizes = (int(re.sub(r"[ ,]", "", m[1] or m[2])) for m in _SAMPLE.finditer(text))
    return max((n for n in sizes if n < 1_000_000), default=None)


def grade(record: Record) -> Grade:
    """Grade one record; the first cue that decides wins.

    Publication types come first, then the digest's study context, MeSH headings, and text cues (title before text).

    Returns:
        Level, design in words, the deciding cue, whether it is only a pointer (reviews, editorials), the system
        studied, and the stated sample size for studies of patients.
    """
    types = {t.lower() for t in record.publication_types}
    return (
        _from_summaries(record, types)
        or _from_context(record)
        or _from_trial_types(record, types)
        or _from_mesh(record)
        or _from_text(record)
    )


def _made(record: Record, level: Level, cue: str, design: str = "", system: System | None = None) -> Grade:
    system = system or _SYSTEMS[level]
    size = sample_size(record.document) if system == "patients" else None
    return Grade(level, design or _DESIGNS[level], cue, False, system, size)


def _pointer(design: str, cue: str) -> Grade:
    return Grade("E", design, cue, pointer=True)


def _from_summaries(record: Record, types: set[str]) -> Grade | None:
    """Meta-analyses, guidelines, systematic and narrative reviews."""
    if record.study_context in {"in vivo", "in vitro"}:
        return None
    if "meta-analysis" in types:
        return _made(record, "A", "publication type: Meta-Analysis", "meta-analysis")
    if found := next((t for t in _GUIDELINES if t in types), None):
        return _made(record, "A", f"publication type: {found.title()}", "guideline")
    if "systematic review" in types and record.study_context != "review":
        if match := _META.search(record.document):
            return _made(record, "A", f"systematic review that says “{match[0]}”", "meta-analysis")
        return _made(
            record, "B2", "publication type: Systematic Review", "systematic review without meta-analysis"
        )
    if found := next((t for t in _POINTERS if t in types), None):
        return _pointer(
            "narrative review" if found == "review" else found, f"publication type: {found.title()}"
        )
    if record.study_context == "review":
        return _pointer("narrative review", "study context: review")
    return None


def _from_context(record: Record) -> Grade | None:
    """What the digest says of the system, when it is a laboratory study."""
    if record.study_context == "in vivo":
        return _made(record, "D2", "study context: in vivo")
    if record.study_context == "in vitro":
        return _made(record, "D1", "study context: in vitro")
    return None


def _from_trial_types(record: Record, types: set[str]) -> Grade | None:
    """Trials, case reports and observational studies by their publication type."""
    biomarker = _BIOMARKER.search(record.title)
    if "case reports" in types:
        return _made(record, "C", "publication type: Case Reports", "case report")
    if "clinical trial, phase iii" in types:
        if biomarker:
            return _made(
                record,
                "B1",
                f"phase III trial, title says “{biomarker[0]}”",
                "biomarker analysis of a phase III trial",
            )
        return _made(record, "A", "publication type: Clinical Trial, Phase III", "phase III trial")
    early = next((t for t in _EARLY_TYPES if t in types), None)
    if "randomized controlled trial" in types and not (early and "phase" in early):
        if biomarker:
            return _made(
                record,
                "B1",
                f"randomised trial, title says “{biomarker[0]}”",
                "biomarker analysis of a trial",
            )
        if match := _EARLY_PHASE.search(record.document):
            return _made(
                record, "B1", f"randomised trial that says “{match[0]}”", "early-phase randomised trial"
            )
        if match := _PHASE3.search(record.document):
            return _made(record, "A", f"randomised trial that says “{match[0]}”", "phase III trial")
        return _made(
            record,
            "B1",
            "publication type: Randomized Controlled Trial",
            "randomised trial, phase not stated",
        )
    if early:
        words = (
            early.replace("phase iv", "phase IV")
            .replace("phase ii", "phase II")
            .replace("phase i", "phase I")
        )
        return _made(record, "B1", f"publication type: {words}", words)
    if "observational study" in types:
        return _made(record, "B2", "publication type: Observational Study", "observational study")
    return None


def _from_mesh(record: Record) -> Grade | None:
    """Designs that PubMed has no publication type for."""
    headings = {h.descriptor.lower() for h in record.mesh_headings}
    rules: tuple[tuple[Level, tuple[str, ...]], ...] = (
        ("D2", _ANIMAL_MESH),
        ("B2", _COHORT_MESH),
        ("D1", _CELL_MESH),
    )
    for level, names in rules:
        found = next((name for name in names if name in headings), None)
        if found and not (level == "D1" and _PATIENTS.search(record.title)):
            return _made(record, level, f"MeSH: {found.capitalize()}")
    return None


def _from_text(record: Record) -> Grade:
    """What title and text say, when no indexer has said it."""
    clinical = record.study_context == "clinical"
    for where, name in ((record.title, "title"), (record.text, "text")):
        if not clinical and (match := _REVIEW.search(where)):
            return _pointer("narrative review", f"{name} says “{match[0]}”")
        for level, pattern, design in _TEXT_RULES:
            if not (clinical and level == "D2") and (match := pattern.search(where)):
                return _made(record, level, f"{name} says “{match[0]}”", design)
    cells, patients = _CELLS.search(record.document), _PATIENTS.search(record.document)
    if clinical:
        return _made(record, "B2", "study context: clinical", "clinical study, design not stated")
    if cells and not patients:
        return _made(record, "D1", f"text says “{cells[0]}”")
    if patients:
        return _made(record, "B2", f"text says “{patients[0]}”", "clinical study, design not stated")
    if match := _COMPUTATION.search(record.document):
        return _made(record, "E", f"text says “{match[0]}”", "computation")
    return _made(record, "E", "no cue of a design")
