"""The report's word for every code: verdicts, stances, statuses, gap codes, classes; one place for all formats."""

from __future__ import annotations

from litmine.types import LEVELS

AID = "A research aid, not clinical advice."
"""First line of every report."""

DIGEST_LINE = (
    "Digests were read, not abstracts: `litmine update` fetches the PubMed abstracts "
    "when NCBI can be reached."
)

VERDICTS: dict[str, str] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "mixed": "mixed",
    "insufficient": "insufficient",
    "not_comparable_only": "not comparable only",
    "untested": "untested",
    "not_judged": "not judged",
}
"""Verdict → label, in the order of the stacked bar."""

VERDICT_MEANING: dict[str, str] = {
    "supported": "comparable evidence supports the claim, none contradicts it",
    "contradicted": "comparable evidence contradicts the claim",
    "mixed": "comparable evidence points both ways",
    "insufficient": "too little comparable evidence to say",
    "not_comparable_only": "all evidence found differs in drug, outcome, system or setting",
    "untested": "litmine found no evidence on the claim",
    "not_judged": "a definition, aim or outlook: kept in the list, given no verdict",
}

VERDICT_SYMBOL: dict[str, str] = {
    "supported": "✓",
    "contradicted": "✗",
    "mixed": "±",
    "insufficient": "?",
    "not_comparable_only": "≠",
    "untested": "○",
    "not_judged": "–",
}

STANCES: dict[str, str] = {
    "contradicts": "contradicts",
    "supports": "supports",
    "qualifies": "qualifies",
    "no_effect": "tested, no effect",
    "not_comparable": "not comparable",
    "silent": "on the topic, silent on the claim",
}
"""Stance → label, in the order in which evidence is shown."""

CITATION_STATUSES: dict[str, str] = {
    "does_not_back": "does not back",
    "backs_in_part": "backs in part",
    "cannot_tell": "cannot tell",
    "backs": "backs",
}

REFERENCE_STATUSES: dict[str, str] = {
    "matched": "matched",
    "mismatch": "matched, printed differently",
    "not_in_pubmed": "not in PubMed",
    "unresolved": "unresolved",
    "not_fetched": "not fetched",
}

CONFLICT_KINDS: dict[str, str] = {
    "two_values": "two values for one thing",
    "parts_above_whole": "parts above the whole",
    "comparison": "a comparison its figures deny",
    "unknown_name": "a name no vocabulary knows",
}

GAP_CODES: dict[str, str] = {
    "A1": "no study",
    "A2": "one or two independent groups",
    "A3": "sample small or not stated",
    "A4": "imprecise",
    "B": "biased",
    "C": "inconsistent",
    "D": "not the right information",
    "T": "not yet in patients",
    "R": "not replicated",
    "O": "outdated",
    "U": "no source given",
    "M": "citation does not match",
}
"""Gap code (after AHRQ, Robinson et al., doi:10.1016/j.jclinepi.2011.06.004) → short name."""

LEVEL_NAMES: dict[str, str] = {
    "A": "phase III trial, meta-analysis of trials, guideline",
    "B1": "phase I–II trial, biomarker analysis of a trial",
    "B2": "cohort, real-world data",
    "C": "case report or series",
    "D2": "animal, xenograft, organoid",
    "D1": "cell line",
    "E": "in silico, hypothesis, review, editorial",
}

OUTCOMES: dict[str, str] = {
    "resistance": "resistance",
    "sensitivity": "sensitivity",
    "response_rate": "response rate",
    "survival": "survival",
    "tumour_growth": "tumour growth",
    "apoptosis": "cell death",
    "toxicity": "toxicity",
    "pathway": "pathway",
}
"""Outcome type → label, in the order of the gap map's columns."""

MECHANISMS: dict[str, str] = {
    "target_alteration": "target altered",
    "receptor_bypass": "receptor bypass",
    "downstream_signalling": "downstream signalling",
    "hormone_receptor": "hormone receptor",
    "cell_cycle": "cell cycle",
    "metabolism": "metabolism",
    "immune": "immune",
    "drug_transport": "drug transport",
    "emt_stemness": "EMT, stemness",
    "apoptosis_regulation": "apoptosis regulation",
    "tumour_microenvironment": "microenvironment",
    "epigenetic_rna": "epigenetics, RNA",
    "dna_repair": "DNA repair",
    "other": "other mechanism",
    "": "no mechanism named",
}
"""Mechanism class → label, in the order of the gap map's rows; the empty class names no mechanism."""

DIRECTIONS: dict[str, str] = {
    "increases": "raises",
    "decreases": "lowers",
    "no_effect": "no effect",
    "associated": "direction not stated",
    "divided": "divided",
}


DECISIONS: dict[str, str] = {
    "verdict": "verdict",
    "stance": "stance",
    "match": "reference match",
    "inclusion": "inclusion",
}
"""Kind of a person's decision → its name."""
DECISIONS_MANY: dict[str, str] = {**{k: f"{v}s" for k, v in DECISIONS.items()}, "match": "reference matches"}

INCLUSIONS: dict[str, str] = {"include": "counts", "exclude": "left out"}


def decision_value(kind: str, value: str) -> str:
    """The label of what was decided, e.g. "tested, no effect"; a record id stands for itself."""
    if kind == "match":
        return "no record" if value == "none" else value
    labels = {"verdict": VERDICTS, "stance": STANCES, "inclusion": INCLUSIONS}[kind]
    return labels.get(value, value)


def level_rank(level: str | None) -> int:
    """Place on the evidence ladder: 0 is the strongest, unknown or none comes last."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 claim", "2 claims", "3 studies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str, limit: int = 160) -> str:
    """Text on one line, cut at a word with an ellipsis when longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:") + "…"
