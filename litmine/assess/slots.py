"""What a claim or an evidence sentence speaks of, in a form that can be laid side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from litmine.assertion import find_cues, is_aim
from litmine.assess.links import Link, links_in, mentions_in
from litmine.assess.population import population_in, without_population
from litmine.claims import find_figures
from litmine.types import Entity, Figure, Relation

TOPIC_TYPES = frozenset({"drug", "drug_class", "gene", "pathway", "process", "cell", "adverse_effect"})
DRUG_TYPES = frozenset({"drug", "drug_class"})
_GENERIC_WORDS_LIST = (
    "pathway pathways signalling signaling axis protein receptor gene cell cells expression family "
    "kinase therapy treatment agent drug drugs level status mutation mutations loss overexpression "
    "amplification activation inhibition human the of and a in anti related associated positive "
    "negative type factor growth tumour tumor"
)
_GENERIC_WORDS = frozenset(_GENERIC_WORDS_LIST.split())
_ALIASES = {
    "pik3ca": "pi3k",
    "pik3r1": "pi3k",
    "pik3cb": "pi3k",
    "akt1": "akt",
    "akt2": "akt",
    "mapk1": "mapk",
    "mapk3": "mapk",
    "erk": "mapk",
    "ras": "mapk",
    "esr1": "er",
    "pgr": "pr",
    "cd274": "pd-l1",
    "pdcd1": "pd-1",
    "erbb2": "her2",
    "neu": "her2",
    "erbb3": "her3",
    "cdk4": "cdk4/6",
    "cdk6": "cdk4/6",
    "cdkn": "cdk4/6",
    "ccnd1": "cyclin d1",
    "klrk1": "nkg2d",
    "tgfb1": "tgf-β",
    "ifng": "ifn-γ",
    "oestrogen": "er",
    "estrogen": "er",
    "cyclin": "cyclin d1",
}
_LESS = re.compile(
    r"\b(?:loss|lack|absence|deficien\w+|deletion|knock-?(?:down|out)|silenc\w+|inhibit\w*|block\w*|"
    r"suppress\w*|down-?regulat\w+|"
    r"low(?:er)?|reduced|depletion|inactivat\w+|ablation|degrad\w+|cleavage)\b",
    re.IGNORECASE,
)
TUMOURS: tuple[tuple[str, str], ...] = (
    ("breast", r"breast|\bM?BC\b|\bHER2BC"),
    ("gastric", r"gastric|stomach|gastro-?o?esophageal"),
    ("colorectal", r"colorectal|colon\b|\bm?CRC\b|rectal"),
    ("lung", r"lung (?:cancer|carcinoma|adenocarcinoma|tumou?r)|\bNSCLC\b|small[- ]cell lung"),
    ("ovarian", r"ovar(?:y|ian)"),
    ("leukaemia", r"leuk(?:a)?emia|\bALL patients\b"),
    ("lymphoma", r"lymphoma"),
    ("biliary", r"biliary|cholangio"),
    ("pancreatic", r"pancrea"),
    ("prostate", r"prostat"),
    ("liver", r"hepatocellular|liver cancer"),
    ("melanoma", r"melanom"),
    ("glioma", r"gliom|glioblastom"),
    ("head and neck", r"head and neck|oral squamous"),
    ("cervical", r"cervical cancer"),
    ("endometrial", r"endometri"),
    ("renal", r"renal cell|kidney cancer"),
    ("bladder", r"bladder|urothelial"),
    ("thyroid", r"thyroid"),
    ("myeloma", r"myeloma"),
    ("sarcoma", r"sarcoma"),
)  # fmt: skip
_TUMOURS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in TUMOURS)
_PATIENTS = re.compile(
    r"\bpatients?\b|\bwomen\b|\bclinical (?:trial|stud)|\bOS\b|\bPFS\b|\bORR\b|\bpCR\b|\bprognos\w+|"
    r"\bsurvival\b|\brecur",
    re.I,
)
_ANIMALS = re.compile(r"\bmice\b|\bmouse\b|\bmurine\b|\bxenograft|\bin vivo\b|\brats?\b", re.I)
_CELLS = re.compile(r"\bcell lines?\b|\bin vitro\b|\bin culture\b|\bcultured\b|\bco-?cultur", re.I)
_STOP_LIST = (
    "the a an of in on at to for and or with by from as is are was were be been being that this "
    "these those their its it they which who whose what when where while whereas than then thus so "
    "also may can could would should will has have had do does did not no more less most very much "
    "many some such both each other into over under after before between among there here however "
    "moreover found show shown showed study studies one two three i ii iii during per within without "
    "about against through due"
)
_STOP = frozenset(_STOP_LIST.split())
UP = re.compile(
    r"\b(?:increas\w+|rais\w+|ris(?:e|es|en|ing)|rose|high(?:er)?|greater|enhanc\w+|promot\w+|activat\w+|"
    r"up-?regulat\w+|improv\w+|"
    r"long(?:er)?|lengthen\w*|better|strengthen\w*|stimulat\w+|induc\w+|restor\w+|elevat\w+|prolong\w*|"
    r"facilitat\w+|boost\w*|gain\w*|"
    r"superior|favou?r\w*|drives?|further(?:s|ed)?|outperform\w*)\b",
    re.IGNORECASE,
)
DOWN = re.compile(
    r"\b(?:reduc\w+|low(?:er(?:s|ed|ing)?)?|decreas\w+|inhibit(?!ory)\w*|suppress\w*|weak(?:er|en\w*)|short(?:er|"
    r"en\w*)|worse\w*|poor(?:er|ly)?|"
    r"less(?:en\w*)?|loss|lost|impair\w*|block\w*|drop\w*|fall\w*|fell|declin\w+|hamper\w*|"
    r"down-?regulat\w+|abolish\w*|attenuat\w+|"
    r"diminish\w*|dampen\w*|oppos\w+|inferior|degrad\w+)\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:no|not|without|neither|nor|none|never|fail(?:s|ed|ure)?|cannot|lack(?:s|ed|ing)?|absent|absence|"
    r"unrelated|unaffected|"
    r"unchanged|minimal|independent(?:ly)? of|disput\w+|did not)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim clause or an evidence sentence, taken apart.

    `topics` maps the standard name of each thing spoken of to its keys; `context` holds names carried from the
    title or
    the sentence before; `system` is empty when the text does not say.
    """

    text: str
    relations: tuple[Relation, ...] = ()
    topics: Mapping[str, frozenset[str]] = field(default_factory=dict)
    drugs: Mapping[str, str] = field(default_factory=dict)
    """Drug names and, per drug, its target or class."""
    context: frozenset[str] = frozenset()
    figures: tuple[Figure, ...] = ()
    words: frozenset[str] = frozenset()
    tumours: frozenset[str] = frozenset()
    system: str = ""
    aim: bool = False
    title: bool = False
    population: tuple[tuple[str, str], ...] = ()
    """Genes with the status that describes who was studied; of an evidence sentence, that of its whole record."""
    record_drugs: Mapping[str, str] = field(default_factory=dict)
    """All drugs of the record, with their targets."""
    links: tuple[Link, ...] = ()
    """Who acts on whom, as the text's own words say."""
    names: frozenset[str] = frozenset()
    """Of a clause: names that no vocabulary knows, of which a sentence or the title of its record must print one."""
    record_title: str = ""
    printed: frozenset[str] = frozenset()
    """Keys of the topics whose names stand in the text itself, not before it."""

    @property
    def keys(self) -> frozenset[str]:
        """Keys of all topics, the carried ones not included."""
        return frozenset(key for keys in self.topics.values() for key in keys)


@lru_cache(maxsize=20_000)
def keys_of(name: str) -> frozenset[str]:
    """Comparable keys of a name: "PI3K/AKT/mTOR pathway" → {pi3k, akt, mtor}; "PIK3CA" → {pi3k, pik3ca}."""
    plain = name.casefold().replace("cdk4/6", "cdk4_6")
    parts = [p.replace("cdk4_6", "cdk4/6") for p in re.split(r"[\s/(),;]+", plain)]
    found = {p for p in parts if len(p) > 1 and p not in _GENERIC_WORDS}
    found |= {_ALIASES[p] for p in found if p in _ALIASES}
    return frozenset(found or {plain.strip()})


def topic_keys(entity: Entity) -> frozenset[str]:
    """Keys of a named thing; a drug is only itself (trastuzumab is not part of trastuzumab deruxtecan)."""
    name = entity.name or entity.text
    return frozenset({name.casefold()}) if entity.type in DRUG_TYPES else keys_of(name)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Crude English stem for overlap counts."""
    for ending in (
        "isations",
        "ization",
        "isation",
        "ations",
        "ation",
        "ings",
        "ing",
        "edly",
        "ed",
        "ies",
        "ity",
        "ive",
        "es",
        "s",
        "ly",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def content_words(text: str) -> frozenset[str]:
    """Stems of the content words of a text, with American and British spellings folded."""
    words = re.findall(r"[a-zα-ω][\w-]*", text.casefold().replace("tumour", "tumor").replace("oestr", "estr"))
    return frozenset(stem(w) for w in words if w not in _STOP and len(w) > 2)


def tumours_in(text: str) -> frozenset[str]:
    """Sites of the tumours a text names."""
    return frozenset(name for name, pattern in _TUMOURS if pattern.search(text))


def system_of(text: str) -> str:
    """Kind of system a text says it is about; empty when it does not say."""
    if _ANIMALS.search(text):
        return "animals"
    if _CELLS.search(text):
        return "cells"
    return "patients" if _PATIENTS.search(text) else ""


def polarity(name: str) -> tuple[str, int]:
    """A mechanism's bare name and -1 when its words say that there is less of it ("PTEN loss", "CDK2 knockdown")."""
    bare = _LESS.sub(" ", name)
    return re.sub(r"\s+", " ", bare).strip() or name, -1 if bare != name else 1


def statement(
    text: str,
    relations: Sequence[Relation] = (),
    entities: Iterable[Entity] = (),
    *,
    context: Iterable[Entity] = (),
    figures: Sequence[Figure] | None = None,
    tumours: frozenset[str] | None = None,
    system: str = "",
    section: str = "",
    population: tuple[tuple[str, str], ...] | None = None,
    record_drugs: Mapping[str, str] | None = None,
    names: frozenset[str] = frozenset(),
    record_title: str = "",
) -> Statement:
    """Take a text apart.

    Args:
        text: a clause or a sentence.
        relations: what the extractor read in it.
        entities: what it names.
        context: what the title or the sentence before names; used where the text itself names no drug.
        figures: its printed figures; read from the text when None.
        tumours: tumour sites; read from the text when None.
        system: patients, animals or cells, when known from elsewhere.
        section: label of the part of the abstract it stands in, `title` for a title.
        population: genes with the status of who was studied; read from the text when None.
        record_drugs: all drugs of the record, with their targets.
        names: of a clause, names that a sentence must print one of (see `unlisted_names`).
        record_title: of a sentence, the title of its record.
    """
    own = [e for e in entities if e.type in TOPIC_TYPES]
    carried = [e for e in context if e.type in TOPIC_TYPES]
    topics = {e.name or e.text: topic_keys(e) for e in sorted(own, key=lambda e: (e.name or e.text, e.type))}
    drugs = {e.name or e.text: _target(e) for e in own if e.type in DRUG_TYPES}
    if not drugs:
        drugs = {e.name or e.text: _target(e) for e in carried if e.type in DRUG_TYPES}
    drugs = drugs or _described_therapy(text)
    cues = find_cues(text, section)
    relations = without_population(tuple(relations), text)
    aim = bool(relations) and all(r.assertion == "aim" for r in relations)
    figures = tuple(find_figures(text) if figures is None else figures)
    if not relations:
        aim = is_aim(cues, len(text) // 2) and not figures
    return Statement(
        text,
        relations,
        topics,
        drugs,
        frozenset(key for e in carried for key in topic_keys(e)),
        figures,
        content_words(text),
        tumours_in(text) if tumours is None else tumours,
        system or system_of(text),
        aim,
        section == "title",
        population_in(text) if population is None else population,
        record_drugs or {},
        _links(text, own),
        names,
        record_title,
        frozenset(key for e in own if e.text in text for key in topic_keys(e)),
    )


_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?=(?:.*[A-Z]){2}|[A-Za-z]*\d)[A-Za-z0-9]{3,}$")
_NO_NAME = frozenset(
    [
        "rna",
        "dna",
        "mrna",
        "mirna",
        "pcr",
        "cdna",
        "fda",
        "usa",
        "ihc",
        "fish",
        "elisa",
        "pfs",
        "dfs",
        "orr",
        "iii",
    ]
)


def words_of(text: str) -> frozenset[str]:
    """All words of a text in lower case, parted at hyphens."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def unlisted_names(text: str, start: int, entities: Iterable[Entity], resolved: str) -> frozenset[str]:
    """Names in a clause that no vocabulary knows ("HIV", "GRbeta"), in lower case: a sentence must print one of them.

    Args:
        text: the clause.
        start: its place in the document that the offsets of `entities` count into.
        entities: what the vocabulary knows in it.
        resolved: the clause with its abbreviations written out; one that stands there in brackets is no name.
    """
    known = [(e.start - start, e.end - start) for e in entities]
    found = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if not _CODE.match(word) or word.casefold() in _NO_NAME or f"({word})" in resolved:
            continue
        if not any(low < match.end() and match.start() < high for low, high in known):
            found.add(word.casefold())
    return frozenset(found)


_THERAPY = re.compile(
    r"\b(?:therap(?:y|ies)|treatments?|drugs?|agents?)\s+(?:that (?:is |are )?)?(?:target(?:s|ed|ing)?|aimed|"
    r"directed)\s+(?:at\s+|against\s+|to\s+)?(?P<target>[A-Z][A-Z0-9-]*\d?)\b"
)


def _described_therapy(text: str) -> dict[str, str]:
    """A class of drugs told by its target in plain words: "therapy that targets GEN1"."""
    return {
        f"anti-{m['target']} therapy": GENE_OF.get(m["target"].casefold(), m["target"].casefold())
        for m in _THERAPY.finditer(text)
    }


GENE_OF = {"her2": "erbb2", "her3": "erbb3", "pd-1": "pdcd1", "pd-l1": "cd274"}
"""Gene symbols, in lower case, of proteins that go by another name."""


def _links(text: str, entities: Sequence[Entity]) -> tuple[Link, ...]:
    inside = sorted(entities, key=lambda e: (e.start, e.end, e.type))
    return tuple(links_in(text, mentions_in(text, inside, [topic_keys(e) for e in inside])))


def _target(entity: Entity) -> str:
    return (
        entity.attribute("target") or entity.attribute("class") or entity.attribute("drug_class")
    ).casefold()


_MESH = {
    "breast": '"breast neoplasms"[MeSH Terms] OR "breast cancer"[tiab]',
    "gastric": '"stomach neoplasms"[MeSH Terms] OR "gastric cancer"[tiab]',
    "colorectal": '"colorectal neoplasms"[MeSH Terms] OR "colorectal cancer"[tiab]',
    "lung": '"lung neoplasms"[MeSH Terms] OR "lung cancer"[tiab]',
    "ovarian": '"ovarian neoplasms"[MeSH Terms] OR "ovarian cancer"[tiab]',
    "leukaemia": '"leukemia"[MeSH Terms] OR leukemia[tiab]',
    "lymphoma": '"lymphoma"[MeSH Terms] OR lymphoma[tiab]',
    "pancreatic": '"pancreatic neoplasms"[MeSH Terms] OR "pancreatic cancer"[tiab]',
    "prostate": '"prostatic neoplasms"[MeSH Terms] OR "prostate cancer"[tiab]',
    "melanoma": '"melanoma"[MeSH Terms] OR melanoma[tiab]',
}


def mesh_query(tumour: str) -> str:
    """PubMed terms for a tumour site of `TUMOURS`."""
    return _MESH.get(tumour, f'"{tumour} cancer"[tiab]')
