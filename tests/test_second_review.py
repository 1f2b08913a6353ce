"""A second review, on another drug and disease, runs through the same commands; its false statements find no support.

The review (tests/second/review.md) was written for this and has five false statements and a wrong source on purpose;
the corpus is real PubMed XML that is not part of the project.
"""

import gzip
import json
import re

import pytest
from places import ROOT

from litmine.cli import _run

REFERENCES = {
    1: "7897230", 2: "2024810", 3: "1952426", 4: "9920778", 5: "8053950", 6: "10096574", 7: "10443688",
    8: "10022435", 9: "8639461", 10: "1740494", 11: "8675584",
}  # fmt: skip
LEADING_ASTRAY = (
    "8977508 1309833 9348314 10415609 1334806 9488049 7859735 10101602 7981603 8206753 8977128 10191934"
)
"""Records near the topic from which a first version drew wrong verdicts."""
FALSE = (
    "clearance of prednisolone",
    "Abnormal glucocorticoid",
    "Mutations of",
    "30-fold",
    "levels are lower",
)


@pytest.mark.shared
def test_a_review_on_another_topic(shared, tmp_path, capsys):
    wanted = {*REFERENCES.values(), *LEADING_ASTRAY.split()}
    data = gzip.decompress((shared / "pubmed/xml/genia.xml.gz").read_bytes())
    articles = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>\s*", data, re.S)
    kept = [a for a in articles if re.search(rb"<PMID[^>]*>(\d+)<", a)[1].decode() in wanted]
    xml = tmp_path / "records.xml"
    head = data[: data.index(b"<PubmedArticle>")]
    xml.write_bytes(head + b"".join(kept) + b"</PubmedArticleSet>")
    folder = tmp_path / "w"
    assert _run(["init", str(folder), "--review", str(ROOT / "tests/second/review.md")]) == 0
    assert _run(["update", "-w", str(folder), "--source", "medline", str(xml), "--offline"]) == 0
    assert _run(["run", "-w", str(folder), "--offline"]) == 0
    report = json.loads((folder / "reports/report.json").read_text(encoding="utf-8"))

    matched = {r["number"]: r["record"] for r in report["references"] if r["record"]}
    assert len(matched) == len(REFERENCES)
    assert all(record == f"PMID:{REFERENCES[number]}" for number, record in matched.items())
    claims = report["claims"]
    assert (len(claims), sum(c["judged"] for c in claims)) == (20, 18)
    for words in FALSE:
        (claim,) = [c for c in claims if words in c["text"]]
        parts = [k["verdict"] for k in claim["clauses"] if words in k["text"]]
        assert "supported" not in parts, claim["text"]
    (cytokines,) = [c for c in claims if c["text"].startswith("TNF-alpha")]
    assert cytokines["clauses"][0]["verdict"] == "supported"
    backed = {check["record"] for check in cytokines["citation_check"] if check["status"].startswith("backs")}
    assert backed == {"PMID:10443688"}
    refused = [
        (c["text"], check["reason"])
        for c in claims
        for check in c["citation_check"]
        if check["status"] == "does_not_back"
    ]
    assert all(text.startswith("Cortivazol") and "cortivazol" in reason for text, reason in refused)
