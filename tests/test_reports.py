"""The report: one dict in the contract's fields, formats that read only it, text of others that stays text."""

import json
import random
from dataclasses import replace

import pytest
import report_fixture as fixture

from litmine.reports import FORMATS

CONTRACT = [
    "review",
    "generated_at",
    "manifest",
    "corpus",
    "references",
    "claims",
    "gaps",
    "missing_from_review",
    "since_last_run",
    "accuracy",
]
CLAIM_FIELDS = [
    "id",
    "section",
    "text",
    "start",
    "end",
    "cited",
    "clauses",
    "relations",
    "verdict",
    "confidence",
    "evidence",
    "citation_check",
    "internal_conflicts",
    "gaps",
]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITMINE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def document():
    return fixture.document()


@pytest.fixture(scope="module")
def page(document):
    return FORMATS["html"](document)["report.html"]


def test_document_has_the_contracts_fields(document):
    assert set(CONTRACT) <= set(document)
    for claim in document["claims"]:
        assert set(CLAIM_FIELDS) <= set(claim)
    assert json.loads(json.dumps(document)) == document, "plain JSON types only"


def test_evidence_is_verbatim_in_its_record(document):
    for claim in document["claims"]:
        for entry in claim["evidence"]:
            record = fixture.records()[entry["record"]]
            assert record.document[entry["start"] : entry["end"]] == entry["text"]


def test_same_report_whatever_the_order(document):
    arguments = fixture.arguments()
    shuffled = random.Random(5)
    for name in ("matches", "assessments", "gaps", "readings"):
        shuffled.shuffle(arguments[name])
    for name in ("records", "grades"):
        items = list(arguments[name].items())
        shuffled.shuffle(items)
        arguments[name] = dict(items)
    arguments["assessments"] = [
        replace(a, evidence=a.evidence[::-1], citation_check=a.citation_check[::-1], gaps=a.gaps[::-1])
        for a in arguments["assessments"]
    ]
    assert FORMATS["json"](fixture.document(**arguments)) == FORMATS["json"](document)
