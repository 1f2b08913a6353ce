"""Named things in a text: terms of the lexicon, mutations and microRNAs by form, drug classes by composition.

Matching is on characters, before any tokeniser sees the text, so `HER2+` keeps its sign and `trastuzumab-binding`
or `IGF-1R/HER2` give up the names inside. Every entity obeys `document[start:end] == text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from litmine.lexicon import Lexicon, Match, Term, key, tokenise
from litmine.types import Abbreviation, Entity

__all__ = ["dictionary_readings", "find_entities", "unknown_drug_names"]

_MUTATION = re.compile(
    r"(?<![\w-])(?:p\.)?(?:[ACDEFGHIKLMNPQRSTVWY]\d{2,4}(?:[ACDEFGHIKLMNPQRSTVWY](?:/[ACDEFGHIKLMNPQRSTVWY])*|fs\*?\d*|del|\*)"
    r"|(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val)\d{1,4}"
    r"(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Ter|fs|del))(?!\w)"
    r"|(?<!\w)[A-Z]?\d{3,4}_?[A-Z]?\d{0,4}(?:ins|dup|delins)[ACDEFGHIKLMNPQRSTVWY]{1,6}(?!\w)"
    r"|(?<!\w)c\.\d+[ACGT]>[ACGT](?!\w)"
)
_MICRO_RNA = re.compile(
    r"(?<![\w])(?:(?:hsa|mmu|rno)-)?(?:miR|miRNA|microRNA|MiR|MIR|Mir|mir)[\s-]?(\d{1,4}[a-z]?(?:-\d)?)(?:-[35]p|\*)?(?!\w)"
    r"|(?<![\w])(?:(?:hsa|mmu)-)?(?:let|Let|miR-let)-?(7[a-i])(?:-[35]p)?(?!\w)"
)
_CLASS_TAIL = re.compile(
    r"(?P<head>(?:[\s-]+(?:specific|selective|small[- ]molecule|tyrosine|kinase|receptor|pathway|signaling|signalling|"
    r"monoclonal|dual|covalent|irreversible|reversible|pan))*[\s-]*(?:\([^()\s]{2,8}\)\s*)?)"
    r"(?P<tail>inhibitors?|TKIs?|antagonists?|blockers?|degraders?|PROTACs?|antibod(?:y|ies)|mAbs?|ADCs?|"
    r"agonists?|vaccines?|(?:targeted|targeting|directed)(?:[\s-]+(?:\w+[\s-]+)?"
    r"(?:therap(?:y|ies|eutics)|treatments?|agents?|drugs?|antibod(?:y|ies)))|CAR[\s-]T(?:[\s-]cells?)?)(?!\w)"
)
_ANTI = re.compile(r"(?<![\w-])(?:dual\s+)?anti[\s-]+$", re.IGNORECASE)
_ANTI_TAIL = re.compile(
    r"[\s-]*(?:(?:\w+[\s-])?(?:monoclonal\s+)?(?:therap(?:y|ies)|treatments?|agents?|drugs?|antibod(?:y|ies)|mAbs?|Abs?|regimens?))?(?!\w)"
)
_AGENT_OF = re.compile(
    r"(?:(?:specific|selective|potent|small[- ]molecule|monoclonal|dual)\s)?"
    r"(?:(?:inhibitors|antagonists|blockers|antibodies)|(?<!-)(?:inhibitor|antagonist|blocker|antibody))"
    r"\s(?:of|for|to|against|targeting|directed against|specific for)\s(?:the\s)?$",
    re.IGNORECASE,
)
_LEADS = ("of ", "for ", "to ", "against ", "targeting ", "the ")
_PREDICATE = re.compile(r"\b(?:is|are|was|were|as|be|been)\s(?:an?\s)?(?:[\w-]+[\s,]+){0,6}$", re.IGNORECASE)
"""What makes "inhibitor of EGFR" a statement about a drug and not the name of one."""
_COMPOUND = re.compile(r"(?<![\w-])[Cc]ompounds?\s(?:\d{1,3}[a-z]{0,2}|[IVX]{1,4})(?![\w.%-])")
_PATHWAY_TAIL = re.compile(
    r"[\s-]+(?:(?:receptor|kinase|network|downstream)\s+)?(?:signal(?:l)?ing(?:\s+(?:pathways?|cascades?|axis|network|loops?))?|"
    r"pathways?|axis|cascades?|feedback\s+loops?)(?!\w)"
)
_LIST_GAP = re.compile(r"^\s*(?:,|/|and|or|, and|, or)\s*$")
_DISEASE_GAP = re.compile(
    r"^(?:[\s,/-]|and\b|metastatic\b|advanced\b|locally\b|early\b|stage\b|primary\b|operable\b|recurrent\b|invasive\b|human\b|"
    r"unresectable\b|inoperable\b|resectable\b|residual\b|inflammatory\b|node\b|positive\b|negative\b|ductal\b|high\b|low\b|grade\b|"
    r"risk\b|de novo\b|relapsed\b|refractory\b|treated\b|previously\b|heavily\b|pretreated\b|\([^()]{1,14}\))*$",
    re.IGNORECASE,
)
_PHOSPHO = re.compile(r"(?<![\w-])(?:p-|phospho-?|phosphorylated[\s-]|phosphorylation of\s)$", re.IGNORECASE)
_STEMS = re.compile(
    r"(?<![\w-])[A-Za-z]{3,}(?:mab|tinib|ciclib|platin|taxel|lisib|rubicin|parib|zomib|degib|sertib|limus|cept|"
    r"vedotin|tansine|tecan|stat|trexed|abine|dronate|metinib|rafenib|trozole|strant|estrant|oxifene|lutamide)(?!\w)",
    re.IGNORECASE,
)
_NOT_DRUGS = frozenset(
    {
        "accept",
        "concept",
        "except",
        "intercept",
        "percept",
        "precept",
        "incept",
        "thermostat",
        "cryostat",
        "rheostat",
        "hemostat",
        "stat",
        "photostat",
    }
)


def find_entities(
    document: str,
    lexicon: Lexicon,
    abbreviations: Sequence[Abbreviation] = (),
    *,
    composed: bool = True,
) -> tuple[Entity, ...]:
    """Find and link the named things of a document.

    Args:
        document: any text; offsets of the result count its code points.
        lexicon: the vocabulary.
        abbreviations: short forms this document defines. A short form takes the entity of its long form; one whose
            long form is something the vocabulary does not know is left unlinked rather than linked wrongly.
        composed: join a gene with what makes it a drug class or pathway ("EGFR inhibitor"), a receptor status with its
            tumour; otherwise each name stands alone, as annotated corpora have it.

    Returns:
        Entities without overlaps (the longest wins), sorted by start.
    """
    if not document:
        return ()
    tokens = tokenise(document)
    local = _local_terms(abbreviations, lexicon)
    matches = lexicon.match(document, tokens, local)
    entities = [_entity(document, match) for match in matches]
    entities = _merge(entities, _by_form(document, lexicon))
    if not composed:
        return tuple(entities)
    entities = _compose(document, entities)
    return tuple(_with_status(document, entities))


def dictionary_readings(
    document: str, lexicon: Lexicon, abbreviations: Sequence[Abbreviation] = ()
) -> list[tuple[int, int, str]]:
    """What the vocabulary says of a document, before any rule composes or weighs it: a feature for a recogniser.

    Returns:
        (start, end, entity type) in order, without overlaps; the type is `stem` for a word built like a drug's name.
    """
    matches = lexicon.match(document, tokenise(document), _local_terms(abbreviations, lexicon))
    readings = [(match.start, match.end, match.term.type) for match in matches]
    readings += [(start, end, "stem") for start, end in unknown_drug_names(document, lexicon)]
    kept: list[tuple[int, int, str]] = []
    for reading in sorted(readings):
        if not kept or reading[0] >= kept[-1][1]:
            kept.append(reading)
    return kept


def unknown_drug_names(document: str, lexicon: Lexicon) -> tuple[tuple[int, int], ...]:
    """Spans of words built like a drug's generic name (-mab, -tinib, -ciclib, ...) that no vocabulary knows.

    The stems are those of the WHO's International Nonproprietary Names. Use `Lexicon.nearest` to offer what may have
    been meant; never link on it.
    """
    return tuple(
        match.span()
        for match in _STEMS.finditer(document)
        if match.group().lower() not in _NOT_DRUGS and not lexicon.knows(match.group())
    )


def _entity(document: str, match: Match) -> Entity:
    term = match.term
    return Entity(
        term.type,
        match.start,
        match.end,
        document[match.start : match.end],
        term.name,
        term.identifier,
        term.attributes,
    )


def _local_terms(abbreviations: Iterable[Abbreviation], lexicon: Lexicon) -> dict[str, Term | None]:
    """Terms by key for the short forms a document defines; None where the long form is something else."""
    local: dict[str, Term | None] = {}
    for abbreviation in abbreviations:
        form = key(abbreviation.short)
        if not form or form in local:
            continue
        meant = _meaning(abbreviation, lexicon)
        if meant is not None:
            local[form] = replace(meant, term=abbreviation.short, flags=frozenset({"exact"}))
        elif _contradicts(abbreviation, lexicon):
            local[form] = None
    return local


def _meaning(abbreviation: Abbreviation, lexicon: Lexicon) -> Term | None:
    """The term a long form denotes: the whole of it, its drugs together, or the last thing in it."""
    long = abbreviation.long
    found = _compose(long, [_entity(long, match) for match in lexicon.match(long)])
    if not found:
        return None
    drugs = [entity for entity in found if entity.type in ("drug", "drug_class")]
    if len(drugs) == len(found) > 1:
        return Term("drug", abbreviation.short, " + ".join(e.name for e in drugs))
    last = found[-1]
    if last.end < len(abbreviation.long.rstrip(" .)s")):
        return None
    if len(last.text) < 0.4 * len(abbreviation.long):
        return None
    return Term(last.type, abbreviation.short, last.name, last.identifier, last.attributes)


def _contradicts(abbreviation: Abbreviation, lexicon: Lexicon) -> bool:
    """Would the dictionary give this short form a meaning its long form does not have?"""
    terms = lexicon.lookup(key(abbreviation.short))
    if not terms or len(abbreviation.short) > 5 or _is_symbol(abbreviation.short, terms):
        return False
    from rapidfuzz import fuzz

    long = abbreviation.long.lower()
    return all(
        fuzz.token_set_ratio(long, name.lower()) < 80
        for term in terms
        for name in (term.name, *lexicon.long_forms(term.name))
    )


def _is_symbol(short: str, terms: Sequence[Term]) -> bool:
    """Four characters or more with a digit, and a gene's: no other thing is abbreviated so (`Sox2`, `AGR2`)."""
    size = sum(character.isalnum() for character in short)
    return size >= 4 and any(character.isdigit() for character in short) and terms[0].type == "gene"


def _by_form(document: str, lexicon: Lexicon) -> list[Entity]:
    """Mutations, microRNAs and numbered compounds, known by how they are written."""
    found = [
        Entity("alteration", *m.span(), m.group(), m.group(), "", (("kind", "mutation"),))
        for m in _MUTATION.finditer(document)
    ]
    found += [Entity("drug", *m.span(), m.group(), m.group().lower()) for m in _COMPOUND.finditer(document)]
    for m in _MICRO_RNA.finditer(document):
        number = (m.group(1) or m.group(2)).upper()
        symbol = f"MIRLET{number}" if m.group(2) else f"MIR{number}"
        known = next((t for t in lexicon.lookup(key(symbol)) if t.type == "gene"), None)
        identifier = known.identifier if known else ""
        found.append(Entity("gene", *m.span(), m.group(), symbol, identifier, (("class", "epigenetic_rna"),)))
    return found


def _merge(first: list[Entity], second: list[Entity]) -> list[Entity]:
    """Both lists without overlaps: the longer of two wins, a tie goes to the first list."""
    if not second:
        return first
    ranked = [(entity.start - entity.end, 0, entity) for entity in first]
    ranked += [(entity.start - entity.end, 1, entity) for entity in second]
    ranked.sort(key=lambda item: (item[0], item[1], item[2].start))
    kept: list[Entity] = []
    taken: set[int] = set()
    for _, _, entity in ranked:
        positions = range(entity.start, entity.end)
        if taken.isdisjoint(positions):
            taken.update(positions)
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)


def _compose(document: str, entities: list[Entity]) -> list[Entity]:
    """Genes with what stands around them: drug classes, pathways, phosphorylated forms."""
    result: list[Entity] = []
    for index, entity in enumerate(entities):
        if entity.type != "gene":
            result.append(entity)
            continue
        limit = entities[index + 1].start if index + 1 < len(entities) else len(document)
        floor = result[-1].end if result else 0
        result.append(_compose_gene(document, entity, floor, limit))
    kept: list[Entity] = []
    for entity in result:
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    return _share_tail(document, kept)


def _compose_gene(document: str, gene: Entity, floor: int, limit: int) -> Entity:
    """One gene, widened to the drug class or pathway it is part of."""
    window = document[max(floor, gene.start - 16) : gene.start]
    anti = _ANTI.search(window)
    if anti:
        tail = _ANTI_TAIL.match(document, gene.end)
        end = tail.end() if tail and tail.end() <= limit else gene.end
        return _widen(
            document, gene, gene.start - len(anti.group()), end, "drug_class", f"anti-{_plain(gene)} therapy"
        )
    tail = _CLASS_TAIL.match(document, gene.end)
    if tail and (tail.end() <= limit or _inside_word(document, limit, tail.end())):
        word = tail.group("tail").lower()
        kind = "inhibitor"
        if word.startswith("agonist"):
            kind = "agonist"
        elif word.startswith("vaccine"):
            kind = "vaccine"
        elif word.startswith(("antibod", "mab")):
            kind = "antibody"
        return _widen(document, gene, gene.start, tail.end(), "drug_class", f"{_plain(gene)} {kind}")
    led = document.endswith(_LEADS, floor, gene.start)
    agent = _AGENT_OF.search(document, max(floor, gene.start - 60), gene.start) if led else None
    if agent and not _PREDICATE.search(document, max(0, agent.start() - 60), agent.start()):
        kind = "antibody" if "antibod" in agent.group().lower() else "inhibitor"
        return _widen(document, gene, agent.start(), gene.end, "drug_class", f"{_plain(gene)} {kind}")
    tail = _PATHWAY_TAIL.match(document, gene.end)
    if tail and tail.end() <= limit:
        attributes = tuple(pair for pair in gene.attributes if pair[0] in ("class", "phospho"))
        return Entity(
            "pathway",
            gene.start,
            tail.end(),
            document[gene.start : tail.end()],
            f"{gene.name} signalling",
            "",
            attributes,
        )
    phospho = _PHOSPHO.search(document, max(floor, gene.start - 20), gene.start)
    if phospho and phospho.end() == gene.start:
        attributes = (*gene.attributes, ("phospho", "yes"))
        start = phospho.start()
        return replace(gene, start=start, text=document[start : gene.end], attributes=attributes)
    return gene


def _inside_word(document: str, limit: int, end: int) -> bool:
    """A class word that is itself in the dictionary ("inhibition") does not stop the composition."""
    return document[limit:end].replace(" ", "").replace("-", "").isalpha()


def _plain(gene: Entity) -> str:
    return "HER2" if gene.name == "ERBB2" else gene.name


def _widen(
    document: str,
    gene: Entity,
    start: int,
    end: int,
    kind: str,
    name: str,
    extra: tuple[tuple[str, str], ...] = (),
) -> Entity:
    return Entity(kind, start, end, document[start:end], name, "", (("target", gene.name), *extra))


def _share_tail(document: str, entities: list[Entity]) -> list[Entity]:
    """In "EGFR, MET and MEK inhibitors" and "inhibition of PI3K and mTOR" each gene names a class of its own."""
    result = list(entities)
    for index in range(1, len(result)):
        before, here = result[index - 1], result[index]
        act = before.attribute("form") == "inhibition" and " of " in before.text
        if act and here.type == "gene" and _LIST_GAP.match(document[before.end : here.start]):
            name, form = f"{_plain(here)} inhibitor", (("form", "inhibition"),)
            result[index] = _widen(document, here, here.start, here.end, "drug_class", name, form)
    for index in range(len(result) - 2, -1, -1):
        here, after = result[index], result[index + 1]
        if here.type != "gene" or after.type != "drug_class":
            continue
        plural = after.text.endswith(("s", "ies")) or after.attribute("shared") == "yes"
        if plural and after.attribute("target") and _LIST_GAP.match(document[here.end : after.start]):
            kind = after.name.rsplit(" ", 1)[-1]
            result[index] = _widen(
                document,
                here,
                here.start,
                here.end,
                "drug_class",
                f"{_plain(here)} {kind}",
                (("shared", "yes"),),
            )
    return result


def _with_status(document: str, entities: list[Entity]) -> list[Entity]:
    """Receptor statuses joined to the tumour they belong to ("HER2-positive metastatic breast cancer")."""
    result: list[Entity] = []
    for entity in entities:
        before = result[-1] if result else None
        if (
            before is not None
            and before.attribute("kind") == "status"
            and entity.type in ("disease", "cell", "cell_line")
            and len(document[before.end : entity.start]) <= 60
            and _DISEASE_GAP.match(document[before.end : entity.start])
            and not (entity.attribute("kind") == "status" and "and" in document[before.end : entity.start])
        ):
            result[-1] = _joined(document, before, entity)
        else:
            result.append(entity)
    return result


def _joined(document: str, status: Entity, tumour: Entity) -> Entity:
    merged: Mapping[str, str] = {**dict(tumour.attributes), **dict(status.attributes)}
    both = status.attribute("class") != tumour.attribute("class") and tumour.attribute("kind") == "status"
    attributes = tuple(
        (name, value)
        for name, value in merged.items()
        if name != "kind" or tumour.attribute("kind") == "status"
    )
    name = f"{status.name}/{tumour.name}" if both else tumour.name
    return Entity(
        tumour.type,
        status.start,
        tumour.end,
        document[status.start : tumour.end],
        name,
        tumour.identifier,
        attributes,
    )
