"""The frozen records that travel between the stages of litmine; no behaviour beyond reading themselves.

Every offset is a Unicode code point offset, end exclusive. For a record, offsets count into
`Record.document` (title, newline, text); for a review they count into `Review.text`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Depth = Literal["title", "digest", "abstract", "full text"]
Direction = Literal["increases", "decreases", "no_effect", "associated"]
AssertionKind = Literal["asserted", "negated", "hedged", "aim"]
Stance = Literal["supports", "contradicts", "qualifies", "no_effect", "not_comparable", "silent"]
HedgeDrift = Literal["", "firmer", "softer"]
SecondOpinion = Literal["", "agrees", "too little", "the other way", "no answer"]
Verdict = Literal[
    "supported", "contradicted", "mixed", "insufficient", "not_comparable_only", "untested", "not_judged"
]
ReferenceStatus = Literal["matched", "mismatch", "not_in_pubmed", "unresolved", "not_fetched"]
CitationStatus = Literal["backs", "backs_in_part", "does_not_back", "cannot_tell"]
Level = Literal["A", "B1", "B2", "C", "D2", "D1", "E"]
ClaimKind = Literal[
    "prevalence",
    "mechanism",
    "clinical_outcome",
    "safety",
    "method",
    "definition",
    "aim",
    "outlook",
    "background",
]
OutcomeType = Literal[
    "resistance",
    "sensitivity",
    "response_rate",
    "survival",
    "tumour_growth",
    "apoptosis",
    "toxicity",
    "pathway",
]
MechanismClass = Literal[
    "target_alteration",
    "receptor_bypass",
    "downstream_signalling",
    "hormone_receptor",
    "cell_cycle",
    "metabolism",
    "immune",
    "drug_transport",
    "emt_stemness",
    "apoptosis_regulation",
    "tumour_microenvironment",
    "epigenetic_rna",
    "dna_repair",
    "other",
]
LEVELS: tuple[Level, ...] = ("A", "B1", "B2", "C", "D2", "D1", "E")
"""Evidence levels, strongest first."""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A labelled part of a structured abstract (offsets into `Record.document`)."""

    label: str
    category: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A CommentsCorrections entry; `kind` is PubMed's RefType (RetractionIn, ErratumIn, UpdateOf, ...)."""

    kind: str
    pmid: str | None
    source: str


@dataclass(frozen=True, slots=True)
class MeshHeading:
    """A MeSH heading with its qualifiers and descriptor UI (`D001943`, empty when not given)."""

    descriptor: str
    ui: str = ""
    major: bool = False
    qualifiers: tuple[str, ...] = ()
    major_qualifiers: tuple[str, ...] = ()
    """Qualifiers that make it a major topic; empty when the descriptor itself does."""


@dataclass(frozen=True, slots=True)
class Record:
    """One publication as litmine keeps it.

    `id` is `PMID:n`, else `DOI:x` (lower case), else `PMCID:x`, else `litmine:<hash>`; the identifiers that
    are not the id stand in `aliases`, each with its prefix. `published` is an ISO date cut to its known precision
    (`2023`, `2023-04`, `2023-04-17`), empty when unknown. `text` is the abstract, digest or body; empty for a
    record of which only the title is known.
    """

    id: str
    title: str
    text: str = ""
    depth: Depth = "title"
    source: str = ""
    aliases: tuple[str, ...] = ()
    sections: tuple[TextSection, ...] = ()
    authors: tuple[str, ...] = ()
    authors_complete: bool = True
    journal: str = ""
    year: int | None = None
    published: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    language: str = "eng"
    publication_types: tuple[str, ...] = ()
    mesh_headings: tuple[MeshHeading, ...] = ()
    chemicals: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    trial_ids: tuple[str, ...] = ()
    vernacular_title: str = ""
    other_abstract: str = ""
    study_context: str = ""
    digest_basis: str = ""
    retracted: bool = False
    created: str = ""
    revised: str = ""

    @property
    def document(self) -> str:
        """Title, newline, text: the string that every offset of this record counts into."""
        return f"{self.title}\n{self.text}"

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of `document`: what readings and vectors of this record depend on."""
        return hashlib.sha256(self.document.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def pmid(self) -> str | None:
        """The PMID without its prefix, from the id or an alias."""
        return next((i[5:] for i in (self.id, *self.aliases) if i.startswith("PMID:")), None)

    @property
    def doi(self) -> str | None:
        """The DOI in lower case without its prefix, from the id or an alias."""
        return next((i[4:] for i in (self.id, *self.aliases) if i.startswith("DOI:")), None)


@dataclass(frozen=True, slots=True)
class Grade:
    """Where a record stands on the evidence ladder, and which cue decided it."""

    level: Level
    design: str
    cue: str
    pointer: bool = False
    """True for reviews: they point to studies and are not counted as one."""
    system: Literal["patients", "animals", "cells", "none"] = "none"
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document; sentence 0 of a record with a title is the title."""

    index: int
    start: int
    end: int
    text: str
    section: str = ""
    """Label of the structured abstract part (`RESULTS`), `title` for the title, else empty."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing in a document: `type` is the file stem of the lexicon table (drug, gene, outcome, ...)."""

    type: str
    start: int
    end: int
    text: str
    name: str
    identifier: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    """What the table says beside the name, e.g. (("outcome_type", "survival"),) or (("class", "cell_cycle"),)."""

    def attribute(self, key: str, default: str = "") -> str:
        """Value of one attribute."""
        return next((value for name, value in self.attributes if name == key), default)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form defined in the document, with its long form."""

    short: str
    long: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A filled slot of a relation: the span in the document and the standard name of what it denotes."""

    start: int
    end: int
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one sentence says about a drug, a mechanism and an outcome; at least two of the three are filled."""

    sentence: int
    drug: tuple[Slot, ...]
    mechanism: Slot | None
    mechanism_class: MechanismClass | None
    outcome: Slot | None
    outcome_type: OutcomeType
    direction: Direction
    assertion: AssertionKind
    values: tuple[str, ...] = ()
    rule: str = ""
    """Name of the pattern or model that made it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the extractor read in one document: sentences, entities, relations."""

    record_id: str
    sentences: tuple[Sentence, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()

    def entities_in(self, sentence: Sentence) -> tuple[Entity, ...]:
        """Entities that lie inside a sentence, in text order."""
        return tuple(e for e in self.entities if sentence.start <= e.start and e.end <= sentence.end)


@dataclass(frozen=True, slots=True)
class Reference:
    """A printed entry of a reference list, taken apart. Missing parts are empty."""

    number: int
    printed: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    title: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    kind: Literal["article", "thesis", "book", "other"] = "article"


@dataclass(frozen=True, slots=True)
class ReferenceMatch:
    """What became of a reference: the record it denotes, or why there is none."""

    reference: Reference
    status: ReferenceStatus
    record_id: str | None
    score: float
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """A heading of the review with the span of its own text (subsections excluded)."""

    number: str
    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation marker in the review text, e.g. `[3-5]` with the numbers it stands for."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReviewSentence:
    """A sentence of the review body; `section` indexes `Review.sections`."""

    start: int
    end: int
    text: str
    section: int
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A review paper as read from its file. All offsets count into `text`."""

    title: str
    text: str
    sections: tuple[ReviewSection, ...]
    sentences: tuple[ReviewSentence, ...]
    references: tuple[str, ...]
    """Printed reference list, in order; entry i has the number `reference_numbers[i]`."""
    reference_numbers: tuple[int, ...] = ()
    author: str = ""
    year: int | None = None
    restated: bool = False
    """True when the text is a restatement, not the authors' words."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure: its value (or range), unit and what it was said about, as far as the sentence tells."""

    start: int
    end: int
    text: str
    low: float
    high: float
    unit: str = ""
    about: str = ""
    group: str = ""
    """Whom or what it was printed for ("patients with low expression"), empty where the text does not say."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a claim that can be true or false alone."""

    start: int
    end: int
    text: str
    cited: tuple[int, ...] = ()
    relations: tuple[Relation, ...] = ()
    figures: tuple[Figure, ...] = ()
    resolved: str = ""
    """The clause made self-contained: abbreviations expanded, the section's subject carried."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement of the review. Relations and figures carry offsets into `Review.text`."""

    id: str
    section: str
    text: str
    start: int
    end: int
    kind: ClaimKind
    cited: tuple[int, ...] = ()
    clauses: tuple[Clause, ...] = ()
    relations: tuple[Relation, ...] = ()
    entities: tuple[Entity, ...] = ()
    judged: bool = True
    """False for definitions, aims and outlook: kept in the ledger, given no verdict."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search: a sentence in its record, with its score and why it matched."""

    record_id: str
    sentence: int
    start: int
    end: int
    text: str
    score: float
    why: tuple[tuple[str, float | str], ...] = ()
    """Parts of the score: ("dense", .61), ("lexical", 12.3), ("entities", "trastuzumab, PTEN")."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a record, judged against a claim (or one clause of it)."""

    record_id: str
    text: str
    start: int
    end: int
    stance: Stance
    score: float
    rule: str
    assertion: AssertionKind = "asserted"
    level: Level = "E"
    design: str = ""
    year: int | None = None
    depth: Depth = "title"
    comparability: str = ""
    """`comparable`, or what differs: "other drug: tamoxifen", "cells, the claim is about patients"."""
    values: tuple[str, ...] = ()
    clause: int = 0
    cited: bool = False
    """True when the review itself cites this record for the claim."""
    newer: bool = False
    """True when the record is from the review's year or later."""
    group: str = ""
    """Key of the independent group (trial or laboratory) the record belongs to."""
    pointer: bool = False
    retracted: bool = False
    hedge_drift: HedgeDrift = ""
    """`firmer` where the review says outright what this sentence hedges, `softer` the other way round."""
    machine_stance: Stance | Literal[""] = ""
    """What litmine itself says, where a person decided the stance; else empty."""
    second: SecondOpinion = ""
    """What the second, trained judge says of a sentence that decides; empty for other sentences."""


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """Does one cited reference back the claim that cites it?"""

    number: int
    record_id: str | None
    status: CitationStatus
    reason: str
    evidence: Evidence | None = None
    sentence: Literal["stands", "falls", "open"] = "open"
    """What the other records say of the sentence itself, whatever becomes of this source."""


@dataclass(frozen=True, slots=True)
class InternalConflict:
    """Two statements of the review that cannot both hold, or a name that no vocabulary knows."""

    kind: Literal["two_values", "parts_above_whole", "comparison", "unknown_name"]
    claim_id: str
    message: str
    spans: tuple[Slot, ...]
    other_claim_id: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the evidence for a claim: code (after AHRQ, see docs/verdicts.md), trigger and a way to fill it."""

    code: str
    claim_id: str
    message: str
    count: int
    highest_level: Level | None
    would_change: str
    query: str
    score: float = 0.0
    """Rank: higher matters more."""


@dataclass(frozen=True, slots=True)
class MissingTopic:
    """What the literature reports often and the review never mentions."""

    drug: str
    mechanism: str
    outcome_type: str
    records: tuple[str, ...]
    groups: int
    highest_level: Level | None
    message: str
    example: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The independent groups that pull one way."""

    groups: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    weight: float = 0.0
    alignment: float = 0.0
    highest: Level | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Verdict of one clause with the sums behind it: what weighs on either side, and what was set aside."""

    verdict: Verdict
    reason: str
    supporting: Side
    against: Side
    counted: int
    pointers: int
    retracted: int
    not_comparable: int
    qualifying: int
    no_effect: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict of one claim with everything it rests on. Confidence and strength are never one number."""

    claim: Claim
    verdict: Verdict
    confidence: float
    strength: str
    """Highest level and number of independent groups behind the verdict, in words."""
    reason: str
    would_change: str
    evidence: tuple[Evidence, ...] = ()
    citation_check: tuple[CitationCheck, ...] = ()
    internal_conflicts: tuple[InternalConflict, ...] = ()
    gaps: tuple[Gap, ...] = ()
    clause_verdicts: tuple[Verdict, ...] = ()
    curated: str = ""
    """Who decided and why, when a curator's override stands in for the machine's verdict."""
    trail: tuple[str, ...] = field(default=())
    """Rules that fired, in order, for `litmine why`."""
    machine_verdict: Verdict | Literal[""] = ""
    """What litmine itself says, where a person decided the verdict; else empty."""
    by_year: tuple[tuple[int, int], ...] = ()
    """(year, records that speak of the claim), oldest first: how the evidence grew."""
    newer_trials: tuple[str, ...] = ()
    """Trials newer than the review on the drugs of a claim about its present, newest first."""
    decisions: tuple[Decision, ...] = ()
    """Per clause of a judged claim: the sides that were weighed, as the machine has it."""
    later_reports: tuple[tuple[str, str], ...] = ()
    """(record, value): later reports of a trial whose figure the claim prints, with the value they print."""
