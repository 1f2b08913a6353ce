"""Write the PubMed query that would look for evidence on a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from litmine.assess import mesh_query, tumours_in
from litmine.types import Claim

MOST_SYNONYMS = 4
_TYPES = (("drug", "drug_class"), ("gene", "pathway", "process", "adverse_effect", "cell"))
_OUTCOMES = {
    "resistance": '"drug resistance, neoplasm"[MeSH Terms] OR resistan*[tiab]',
    "sensitivity": "sensitiv*[tiab] OR efficacy[tiab] OR benefit[tiab]",
    "response_rate": "response[tiab] OR pCR[tiab]",
    "survival": '"survival"[MeSH Terms] OR survival[tiab] OR prognos*[tiab]',
    "tumour_growth": "prolifer*[tiab] OR growth[tiab] OR metasta*[tiab]",
    "apoptosis": "apopto*[tiab] OR cytotoxic*[tiab]",
    "toxicity": "toxicity[tiab] OR adverse[tiab] OR safety[tiab]",
}
_KINDS = {
    "prevalence": "prevalence[tiab] OR incidence[tiab] OR frequency[tiab]",
    "safety": _OUTCOMES["toxicity"],
    "clinical_outcome": _OUTCOMES["survival"],
}


class Synonyms(Protocol):
    """What the query needs of the lexicon."""

    def synonyms(self, name: str, limit: int = 12) -> tuple[str, ...]:
        """Ways to write a concept, the name first."""
        ...


def claim_query(claim: Claim, lexicon: Synonyms) -> str:
    """A PubMed query in words that a person can read and change.

    Drugs, mechanisms, outcome and tumour are joined by AND, the ways to write each by OR. Of several
    mechanisms the two
    named first in the claim are asked for.

    Returns:
        The query; a plain search for the claim's longest words when nothing in it is known to the lexicon.
    """
    parts = []
    for types in _TYPES:
        names = list(dict.fromkeys(e.name for e in claim.entities if e.type in types and e.name))
        blocks = [_block(name, lexicon) for name in _telling(names)[:2]]
        parts.extend(blocks if types[0] != "drug" else ([_any(blocks)] if blocks else []))
    outcomes = dict.fromkeys(r.outcome_type for r in claim.relations if r.outcome_type in _OUTCOMES)
    outcome = next((_OUTCOMES[o] for o in outcomes), _KINDS.get(claim.kind, ""))
    if outcome:
        parts.append(f"({outcome})")
    tumours = sorted(tumours_in(claim.text))
    parts.extend(f"({mesh_query(tumour)})" for tumour in tumours[:1])
    if not parts:
        words = sorted(set(re.findall(r"[A-Za-z][\w-]{6,}", claim.text)), key=lambda w: (-len(w), w))
        parts = [f"{word}[tiab]" for word in words[:4]]
    return " AND ".join(dict.fromkeys(parts))


def _telling(names: Sequence[str]) -> list[str]:
    """HER2 alone tells little beside other names."""
    others = [name for name in names if name != "ERBB2"]
    return others or list(names)


def _block(name: str, lexicon: Synonyms) -> str:
    ways = [name, *(s for s in lexicon.synonyms(name) if s.casefold() != name.casefold())][:MOST_SYNONYMS]
    return "(" + " OR ".join(_term(way) for way in ways) + ")"


def _term(way: str) -> str:
    plain = way.replace('"', "").replace("[", "(").replace("]", ")")
    return f'"{plain}"[tiab]' if re.search(r"[\s/+()-]", plain) else f"{plain}[tiab]"


def _any(blocks: Sequence[str]) -> str:
    return blocks[0] if len(blocks) == 1 else "(" + " OR ".join(block.strip("()") for block in blocks) + ")"
