"""An invented review with one claim per verdict, every status, hostile text: what the report tests render."""

from __future__ import annotations

from dataclasses import replace

from litmine.reports import report_document
from litmine.types import (
    Assessment,
    CitationCheck,
    Claim,
    Clause,
    Evidence,
    Gap,
    Grade,
    InternalConflict,
    MissingTopic,
    Reading,
    Record,
    Reference,
    ReferenceMatch,
    Relation,
    Review,
    ReviewSection,
    ReviewSentence,
    Sentence,
    Slot,
)

HOSTILE = "<script>alert(1)</script>"

_STATEMENTS = (
    ("Findings", "supported", "mechanism", "Loss of PTEN lowers the response to trastuzumab [1]."),
    ("Findings", "contradicted", "clinical_outcome", "Imaginib lengthens survival in all patients [2,3]."),
    ("Findings", "mixed", "mechanism", "TGF-β signalling raises resistance to lapatinib [4]."),
    ("Findings", "insufficient", "prevalence", "About 15-20% of tumours respond to <b>fictumab</b> [5]."),
    (
        "Outlook & limits",
        "not_comparable_only",
        "safety",
        "Trastuzmab causes heart failure in 7% of patients.",
    ),
    ("Outlook & limits", "untested", "mechanism", "FASN drives resistance to imaginib."),
    ("Outlook & limits", "not_judged", "outlook", "Further studies are needed."),
)


def review() -> Review:
    text = ""
    sections, sentences = [], []
    for name in dict.fromkeys(row[0] for row in _STATEMENTS):
        text += f"{name}\n"
        begin = len(text)
        for _section, _verdict, _kind, statement in (row for row in _STATEMENTS if row[0] == name):
            sentences.append(ReviewSentence(len(text), len(text) + len(statement), statement, len(sections)))
            text += f"{statement} "
        sections.append(ReviewSection(str(len(sections) + 1), name, 2, begin, len(text)))
    return Review(
        title=f"An invented review of α and β {HOSTILE}",
        text=text,
        sections=tuple(sections),
        sentences=tuple(sentences),
        references=tuple(f"[{n}] Invented A. Title {n}. J Nowhere 2019" for n in range(1, 6)),
        reference_numbers=(1, 2, 3, 4, 5),
        author="A. Nobody",
        year=2021,
        restated=True,
        note="Restated in our own words.",
    )


def records() -> dict[str, Record]:
    made = (
        Record(
            "PMID:101",
            "PTEN loss and trastuzumab in an invented cohort",
            "PTEN loss lowered the response to trastuzumab. Response was 12% against 48%.",
            depth="abstract",
            source="entrez",
            aliases=("DOI:10.1000/inv(101)<a>",),
            authors=("Invented A", "Second B"),
            journal="J Nowhere",
            year=2019,
        ),
        Record(
            "PMID:102",
            f"Imaginib in a phase III trial {HOSTILE}",
            f"Imaginib did not lengthen survival {HOSTILE} & was <i>safe</i>. Hazard ratio 1.02 (0.91-1.14).",
            depth="digest",
            source="digests",
            authors=("Third C",),
            authors_complete=False,
            journal="Nowhere Oncol",
            year=2023,
        ),
        Record(
            "PMID:103",
            "Withdrawn: imaginib",
            "Imaginib doubled survival.",
            depth="abstract",
            source="entrez",
            authors=("Fourth D",),
            journal="J Nowhere",
            year=2018,
            retracted=True,
        ),
        Record(
            "DOI:10.1000/tgf",
            "TGF-β1 and lapatinib",
            "TGF-β signalling raised resistance to lapatinib in cells. It had no effect in mice.",
            depth="abstract",
            source="medline",
            authors=("Fifth E", "Sixth F"),
            journal="Cell Nowhere",
            year=2020,
        ),
        Record("PMCID:PMC5", "Fictumab in tumours", depth="title", source="entrez", year=None),
        Record("litmine:abc", "Never shown", "Nothing.", depth="abstract"),
    )
    return {record.id: record for record in made}


def grades() -> dict[str, Grade]:
    return {
        "PMID:101": Grade(
            "B2", "retrospective cohort", "MeSH: Retrospective Studies", system="patients", n=120
        ),
        "PMID:102": Grade(
            "A", "phase III trial", "PublicationType: Clinical Trial, Phase III", system="patients"
        ),
        "PMID:103": Grade("B1", "phase II trial", "text: phase II"),
        "DOI:10.1000/tgf": Grade("D1", "cell line", "text: cells", system="cells"),
        "PMCID:PMC5": Grade("E", "review", "PublicationType: Review", pointer=True),
        "litmine:abc": Grade("E", "narrative", "none"),
    }


def readings() -> list[Reading]:
    """Two records read: one relation each sentence."""
    return [
        _reading("PMID:101", (("PTEN loss", "trastuzumab", "response", "decreases"),)),
        _reading("DOI:10.1000/tgf", (("TGF-β signalling", "lapatinib", "resistance", "increases"),)),
    ]


def _reading(record_id: str, rows: tuple[tuple[str, str, str, str], ...]) -> Reading:
    document = records()[record_id].document
    start = document.index("\n") + 1
    end = document.index(".", start) + 1
    relations = []
    for mechanism, drug, outcome, direction in rows:
        spans = [_slot(document, word, start) for word in (mechanism, drug, outcome)]
        kind = "resistance" if outcome == "resistance" else "response_rate"
        relations.append(
            Relation(
                1,
                (spans[1],),
                spans[0],
                "downstream_signalling",
                spans[2],
                kind,
                direction,
                "asserted",
                rule="test",
            )
        )
    sentence = Sentence(1, start, end, document[start:end])
    return Reading(record_id, (sentence,), (), tuple(relations))


def _slot(document: str, word: str, start: int) -> Slot:
    place = document.index(word, start)
    return Slot(place, place + len(word), word, word)


def evidence(record_id: str, stance: str, *, sentence: int = 0, **fields: object) -> Evidence:
    """A sentence of an invented record, with its true offsets."""
    record, grade = records()[record_id], grades()[record_id]
    document = record.document
    pieces = record.text.split(". ")
    start = document.index(pieces[sentence]) if pieces[sentence] else 0
    end = start + len(pieces[sentence])
    made = Evidence(
        record_id,
        document[start:end],
        start,
        end,
        stance,
        0.5,
        "aligned slots",
        level=grade.level,
        design=grade.design,
        year=record.year,
        depth=record.depth,
        comparability="comparable",
        group=record_id,
        retracted=record.retracted,
        pointer=grade.pointer,
    )
    return replace(made, **fields)


def claims() -> list[Claim]:
    whole = review()
    made = []
    for number, (section, verdict, kind, text) in enumerate(_STATEMENTS, 1):
        start = whole.text.index(text)
        cited = tuple(int(n) for n in text.split("[")[1].split("]")[0].split(",")) if "[" in text else ()
        clauses = (Clause(start, start + len(text), text, cited),)
        relations: tuple[Relation, ...] = ()
        if number == 3:
            drug = _slot(whole.text, "lapatinib", start)
            relations = (
                Relation(
                    0,
                    (drug,),
                    _slot(whole.text, "TGF-β signalling", start),
                    "downstream_signalling",
                    _slot(whole.text, "resistance", start),
                    "resistance",
                    "increases",
                    "asserted",
                ),
            )
            half = text.index(" raises")
            clauses = (
                Clause(start, start + half, text[:half]),
                Clause(start + half, start + len(text), text[half:], cited, relations),
            )
        made.append(
            Claim(
                f"C{number:03}",
                section,
                text,
                start,
                start + len(text),
                kind,
                cited,
                clauses,
                relations,
                judged=verdict != "not_judged",
            )
        )
    return made


def gap(code: str, claim: str, score: float, **fields: object) -> Gap:
    return replace(
        Gap(
            code,
            claim,
            f"trigger of {code}",
            1,
            "B2",
            "a trial in patients",
            f'"{claim}"[tiab] AND "β"',
            score,
        ),
        **fields,
    )


def conflicts() -> list[InternalConflict]:
    made = claims()
    wrong = made[4]
    return [
        InternalConflict(
            "two_values",
            "C004",
            "one group, 15-20% and 7%",
            (Slot(made[3].start, made[3].start + 5, "About"),),
            "C005",
        ),
        InternalConflict(
            "unknown_name",
            "C005",
            "“Trastuzmab” is in no vocabulary; nearest: trastuzumab",
            (Slot(wrong.start, wrong.start + 10, "Trastuzmab"),),
        ),
    ]


def assessments() -> list[Assessment]:
    c = claims()
    two_values, unknown = conflicts()
    return [
        Assessment(
            c[0],
            "supported",
            0.82,
            "B2, 1 independent group",
            "one comparable cohort supports it",
            "a phase III trial",
            evidence=(evidence("PMID:101", "supports", cited=True, values=("12%", "48%")),),
            citation_check=(CitationCheck(1, "PMID:101", "backs", "same drug, same direction"),),
            gaps=(gap("R", "C001", 0.6),),
            clause_verdicts=("supported",),
            trail=("aligned: PTEN loss, trastuzumab, response", "direction equal: decreases"),
        ),
        Assessment(
            c[1],
            "contradicted",
            0.9,
            "A, 1 independent group",
            "a phase III trial found no effect",
            "a positive trial of the same size",
            evidence=(
                evidence("PMID:103", "supports"),
                evidence("PMID:102", "contradicts", newer=True, values=("1.02",)),
                evidence("PMID:102", "no_effect", sentence=1, assertion="negated"),
            ),
            citation_check=(
                CitationCheck(3, "PMID:103", "cannot_tell", "retracted"),
                CitationCheck(
                    2, "PMID:102", "does_not_back", "other direction", evidence("PMID:102", "contradicts")
                ),
            ),
            gaps=(gap("C", "C002", 0.95), gap("M", "C002", 0.5)),
        ),
        Assessment(
            c[2],
            "mixed",
            0.4,
            "D1, 1 independent group",
            "raised in cells, no effect in mice",
            "a study in patients",
            evidence=(
                evidence("DOI:10.1000/tgf", "no_effect", sentence=1),
                evidence("DOI:10.1000/tgf", "supports"),
                evidence("PMID:101", "not_comparable", comparability="other drug: trastuzumab"),
                evidence("PMID:101", "silent", sentence=1),
            ),
            citation_check=(CitationCheck(4, "DOI:10.1000/tgf", "backs_in_part", "cells only"),),
            gaps=(gap("T", "C003", 0.7),),
            clause_verdicts=("untested", "mixed"),
        ),
        Assessment(
            c[3],
            "insufficient",
            0.2,
            "E",
            "one title only",
            "any cohort",
            evidence=(
                Evidence(
                    "PMCID:PMC5",
                    "Fictumab in tumours",
                    0,
                    19,
                    "qualifies",
                    0.31,
                    "title",
                    "hedged",
                    "E",
                    "review",
                    None,
                    "title",
                    pointer=True,
                ),
            ),
            citation_check=(CitationCheck(5, None, "cannot_tell", "not fetched"),),
            internal_conflicts=(two_values,),
            gaps=(gap("A2", "C004", 0.8),),
            curated="A. Reader: only the title is known",
        ),
        Assessment(
            c[4],
            "not_comparable_only",
            0.3,
            "",
            "all evidence is on another drug",
            "a study of the same drug",
            evidence=(evidence("PMID:102", "not_comparable", comparability="other drug: imaginib"),),
            internal_conflicts=(two_values, unknown),
            gaps=(gap("U", "C005", 0.4), gap("D", "C005", 0.3)),
        ),
        Assessment(
            c[5],
            "untested",
            0.0,
            "",
            "litmine found nothing on it",
            "any study",
            gaps=(gap("A1", "C006", 0.99),),
        ),
        Assessment(c[6], "not_judged", 0.0, "", "", ""),
    ]


def matches() -> list[ReferenceMatch]:
    rows = (
        ("matched", "PMID:101", ()),
        ("mismatch", "PMID:102", ("year printed 2019, record 2023", "pages lost")),
        ("matched", "PMID:103", ()),
        ("unresolved", None, ("no record is close enough",)),
        ("not_fetched", None, ()),
    )
    return [
        ReferenceMatch(
            Reference(n, review().references[n - 1]), status, record, 0.9 if record else 0.0, problems
        )
        for n, (status, record, problems) in enumerate(rows, 1)
    ] + [ReferenceMatch(Reference(6, f"Doctoral thesis {HOSTILE}"), "not_in_pubmed", None, 0.0)]


def arguments() -> dict[str, object]:
    """Keyword arguments of `report_document` for the invented review."""
    made = assessments()
    return {
        "review": review(),
        "generated_at": "2024-01-02T03:04:05+00:00",
        "manifest": {"litmine": "0.1.0", "extractor": "e1", "embedder": "m1", "corpus": "c" * 64},
        "corpus_counts": {
            "records": 6,
            "by_source": {"digests": 1, "entrez": 3, "medline": 1, "": 1},
            "by_depth": {"abstract": 4, "digest": 1, "title": 1},
        },
        "not_fetched": ["reference 5: Invented A. Title 5"],
        "network": "NCBI could not be reached: nothing new was fetched.",
        "matches": matches(),
        "assessments": made,
        "gaps": [gap for assessment in made for gap in assessment.gaps],
        "missing": [
            MissingTopic(
                "imaginib",
                "PTEN loss",
                "survival",
                ("PMID:101", "PMID:102"),
                2,
                "A",
                "imaginib × PTEN loss: 2 records, never mentioned",
                evidence("PMID:101", "silent"),
            )
        ],
        "records": records(),
        "grades": grades(),
        "readings": readings(),
        "groups": {"PMID:101": "trial:NCT1", "DOI:10.1000/tgf": "lab:1"},
        "accuracy": {
            "note": "Measured on held-out data.",
            "figures": [
                {
                    "task": "stance",
                    "data": "invented pairs",
                    "measure": "precision",
                    "value": 0.91,
                    "beside": "claim only 0.65",
                }
            ],
        },
    }


def document(**changes: object) -> dict[str, object]:
    """The invented report."""
    return report_document(**{**arguments(), **changes})


if __name__ == "__main__":
    from pathlib import Path

    from litmine.reports import FORMATS

    golden = Path(__file__).parent / "golden" / "report.json"
    golden.parent.mkdir(exist_ok=True)
    golden.write_text(FORMATS["json"](document())["report.json"], encoding="utf-8")
