"""The report: one dict in the contract's fields, formats that read only it, text of others that stays text."""

import base64
import csv
import gzip
import io
import json
import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import report_fixture as fixture

from litmine.errors import InputError, UsageError
from litmine.reports import (
    FORMATS,
    figures,
    gap_lines,
    since_last_run,
    summary_lines,
    wording,
    write_figures,
    write_report,
)
from litmine.reports.accuracy import accuracy_rows
from litmine.reports.figures import charts
from litmine.reports.gap_groups import gap_groups, group_words
from litmine.reports.gap_map import gap_map
from litmine.reports.html import MAX_BYTES, italics, link
from litmine.reports.sentences import merged, parts_words

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


def test_slots_of_relations_are_marked_in_evidence(document, page):
    entry = document["claims"][0]["evidence"][0]
    spans = {role: entry["text"][start:end] for start, end, role in entry["slots"]}
    assert spans == {"mechanism": "PTEN loss", "drug": "trastuzumab", "outcome": "response"}
    assert '<mark class="mechanism">PTEN loss</mark>' in page


def test_only_shown_records_are_listed(document):
    listed = [record["id"] for record in document["records"]]
    assert "litmine:abc" not in listed
    assert listed == sorted(listed)


def test_internal_conflict_of_two_claims_is_listed_once(document):
    assert [conflict["kind"] for conflict in document["internal_conflicts"]] == ["two_values", "unknown_name"]


def test_summary_counts(document):
    summary = document["summary"]
    assert summary["claims"] == 7
    assert summary["judged"] == 6
    assert set(summary["verdicts"].values()) == {1}
    assert summary["references"] == {
        "matched": 2,
        "mismatch": 1,
        "not_in_pubmed": 1,
        "unresolved": 1,
        "not_fetched": 1,
    }
    findings = {finding["kind"]: finding for finding in summary["findings"]}
    assert findings["contradicted"]["items"][0] == {
        "claim": "C002",
        "record": "PMID:102",
        "text": "Imaginib lengthens survival in all patients [2,3].",
        "said": f"Imaginib did not lengthen survival {fixture.HOSTILE} & was <i>safe</i>",
    }
    assert findings["retracted"]["count"] == 1
    assert findings["citation"]["count"] == 1
    assert findings["gaps"]["items"][0]["claim"] == "C006"


def test_gaps_that_say_the_same_in_one_section_are_one_entry():
    def gap(rank, code, claim, message):
        return {
            "rank": rank, "code": code, "name": wording.GAP_CODES[code], "claim": claim, "message": message,
            "would_change": "a study", "query": "", "highest_level": None, "score": 9.0 - rank,
        }  # fmt: skip

    groups = gap_groups(
        [
            gap(1, "M", "C1", "[1] other topic"),
            gap(2, "A1", "C2", "no study decides it, PubMed was not asked; sentences that come near it: 2"),
            gap(3, "M", "C3", "[1] other topic"),
            gap(4, "A1", "C1", "no study decides it, PubMed was not asked"),
            gap(5, "A1", "C4", "no study decides it, PubMed was not asked"),
            gap(6, "A1", "C3", "no study decides it, PubMed has none"),
        ],
        {"C1": "Findings", "C2": "Findings", "C3": "Findings", "C4": "Outlook"},
    )
    assert [(g["code"], g["claims"], g["ranks"]) for g in groups] == [
        ("M", ["C1"], [1]),
        ("A1", ["C2", "C1"], [2, 4]),
        ("M", ["C3"], [3]),
        ("A1", ["C4"], [5]),
        ("A1", ["C3"], [6]),
    ]
    assert groups[1]["message"] == "no study decides it, PubMed was not asked"
    assert group_words(groups[1]) == "no study; 1 more claim of “Findings” likewise"


def test_a_sentence_on_several_parts_is_shown_once(document):
    entry = document["claims"][0]["evidence"][0]
    one, other = merged(
        [
            entry,
            {**entry, "clause": 2, "rule": "another rule", "comparability": "other dose"},
            {**entry, "stance": "silent"},
        ]
    )
    assert (one["parts"], one["rules"], one["differs"]) == (
        [1, 3],
        [entry["rule"], "another rule"],
        ["other dose"],
    )
    assert (other["stance"], other["parts"]) == ("silent", [1])
    assert (parts_words([1, 3]), parts_words([2])) == ("parts 1, 3", "part 2")


def test_overtaken_claims_are_named_with_what_overtook_them(page):
    arguments = fixture.arguments()
    arguments["assessments"] = [
        replace(a, newer_trials=("PMID:103",)) if a.claim.id == "C006" else a
        for a in arguments["assessments"]
    ]
    made = fixture.document(**arguments)
    (finding,) = (f for f in made["summary"]["findings"] if f["kind"] == "overtaken")
    assert [(item["claim"], item["record"]) for item in finding["items"]] == [("C006", "PMID:103")]
    assert "<b>1 may be overtaken</b>" in FORMATS["html"](made)["report.html"]
    assert "may be overtaken" not in page


def test_golden_json(document):
    golden = Path(__file__).parent / "golden" / "report.json"
    assert FORMATS["json"](document)["report.json"] == golden.read_text(encoding="utf-8"), (
        "the report changed: if that is meant, write the new one with `python tests/report_fixture.py`"
    )


def test_json_refuses_what_json_has_no_word_for(document):
    with pytest.raises(ValueError, match="JSON compliant"):
        FORMATS["json"]({**document, "accuracy": {"precision": float("nan")}})


def test_lone_surrogates_become_writable_text():
    made = fixture.document(network="broken \ud800 text")
    assert made["corpus"]["network"] == "broken \ufffd text"


class _Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.loads, self.ids, self.targets, self.scripts = [], [], [], [], []
        self.inside = None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.inside = tag if tag in ("script", "style") else None
        if tag == "script":
            self.scripts.append("")
        self.loads += [
            value for name, value in attrs if name in ("src", "srcset", "data", "action", "poster")
        ]
        self.loads += [attributes.get("href")] if tag == "link" else []
        self.ids += [attributes["id"]] if attributes.get("id") else []
        if tag == "a" and attributes["href"].startswith("#"):
            self.targets.append(attributes["href"][1:])
        assert not any(name.startswith("on") for name in attributes), "no inline handlers"

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data


def test_page_is_self_contained_and_small(page):
    parsed = _Page()
    parsed.feed(page)
    assert parsed.loads == []
    assert not re.search(r"@import|url\(", page.split("</style>")[0])
    assert "default-src 'none'" in page
    assert len(page.encode()) <= MAX_BYTES


def test_page_escapes_text_of_others(page):
    parsed = _Page()
    parsed.feed(page)
    assert len(parsed.scripts) == 1, "our script: nothing of a record"
    assert fixture.HOSTILE not in page
    assert "<b>fictumab" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_page_links_lead_somewhere_and_ids_are_unique(page):
    parsed = _Page()
    parsed.feed(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {target.partition("?")[0] for target in parsed.targets} <= set(parsed.ids)


def test_page_says_what_matters_first(page):
    body = page.split("<body>")[1]
    assert body.index("A research aid, not clinical advice.") < body.index("<h1>")
    assert '<span class="chip">restated</span>' in body
    assert "<code>litmine update</code> fetches the PubMed abstracts when NCBI can be reached." in body
    assert '<span class="chip depth">digest</span>' in body
    assert "retracted: counts for nothing" in body
    assert "β" in body


def test_page_shows_less_when_there_is_too_much(monkeypatch, document, page):
    monkeypatch.setattr("litmine.reports.html.MAX_BYTES", len(page.encode()) - 1)
    monkeypatch.setattr("litmine.reports.html._PLANS", ((False, 40, 12), (False, 1, 1)))
    small = FORMATS["html"](document)["report.html"]
    assert len(small) < len(page)
    assert "2 more sentences, in report.json" in small


def test_italics_of_a_printed_reference():
    assert italics("A <b> *J Nowhere* 1") == "A &lt;b&gt; <i>J Nowhere</i> 1"
    assert italics("HLA-A*02:01 in tumours") == "HLA-A*02:01 in tumours"


def test_bodies_of_a_long_page_are_packed_and_whole(monkeypatch, document, page):
    monkeypatch.setattr("litmine.reports.html._PLANS", ((True, 1000, 40),))
    long = FORMATS["html"](document)["report.html"]
    assert fixture.HOSTILE not in long
    (packed,) = re.findall(r'id="packed">([^<]+)<', long)
    contents = json.loads(gzip.decompress(base64.b64decode(packed)))
    bodies = contents["bodies"]
    assert contents["titles"]["https://doi.org/10.1000/tgf"] == "TGF-β1 and lapatinib"
    places = [int(number) for number in re.findall(r'data-packed="(\d+)"', long)]
    assert sorted(places) == list(range(len(bodies)))
    assert len(bodies) == len(document["claims"]) + len(document["gap_map"]["cells"])
    assert fixture.HOSTILE not in "".join(bodies)
    plain = re.sub(r'(target="_blank") title="[^"]*"', r"\1", page)
    for body in bodies:
        assert f'<div class="body">{body}</div>' in plain


def test_charts_are_valid_vega_lite(document):
    import altair

    made = charts(document)
    assert list(made) == ["gap_map", "timeline", "graph"]
    for specification in made.values():
        altair.LayerChart.from_dict(specification)


def test_charts_lead_to_their_sentences(document, page):
    addresses = set(re.findall(r'<a href="#(cell-[^"]+)" aria-label="([^"]+)"', page))
    assert addresses == {(figures.cell_id(cell), _cell_label(cell)) for cell in document["gap_map"]["cells"]}
    assert re.search(r'<a href="#C001" aria-label="C001, 2019: 1 record, supports"', page)
    assert '<a href="#claims?text=lapatinib"' in page


def _cell_label(cell):
    mechanism = wording.MECHANISMS[cell["mechanism_class"]]
    return f"{mechanism} × {wording.OUTCOMES[cell['outcome_type']]}: {figures.cell_words(cell)}"


def test_figures_are_written_as_png_and_svg(document, tmp_path):
    paths = write_figures(document, tmp_path / "figures")
    assert [path.name for path in paths] == [
        f"{name}.{kind}" for name in ("gap_map", "timeline", "graph") for kind in ("png", "svg")
    ]
    for path in paths:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG")
        else:
            assert "https://" not in re.sub(r'xmlns[^"]*"[^"]*"|href="[^"]*"', "", path.read_text())
    assert list((tmp_path / "figures").glob(".*")) == []


def test_graph_joins_what_stands_in_one_relation(document):
    names = {(node["kind"], node["label"]) for node in document["graph"]["nodes"]}
    assert ("mechanism", "PTEN loss") in names
    assert ("drug", "lapatinib") in names
    edge = next(e for e in document["graph"]["edges"] if e["source"] == "mechanism:PTEN loss")
    assert edge == {
        "source": "mechanism:PTEN loss",
        "target": "outcome:response rate",
        "groups": 1,
        "direction": "decreases",
        "confidence": "few",
        "records": ["PMID:101"],
    }


def test_markdown_holds_what_the_charts_show(document):
    text = FORMATS["markdown"](document)["report.md"]
    assert "| C001 | 2019: 1 record, supports |" in text
    assert "| PTEN loss | response rate | lowers | 1 |" in text


def test_a_claims_timeline_needs_two_dated_records(document):
    assert figures.strip(document["claims"][0], 2020) is None
    strip = figures.strip(document["claims"][2], 2020)
    assert [(dot["stance"], dot["says"]) for dot in strip["dots"]] == [
        ("not_comparable", "2019: 1 record, not comparable"),
        ("no_effect", "2020: 1 record, tested, no effect"),
        ("supports", "2020: 1 record, supports"),
    ]


def test_gap_map_counts_groups_once_and_passes_over_reviews_and_retracted(document):
    readings = fixture.readings()
    twin = replace(readings[0], record_id="PMID:twin")
    pulled = replace(readings[0], record_id="PMID:pulled")
    pointing = replace(readings[0], record_id="PMID:review")
    records = {
        id_: fixture.records()["PMID:101"] for id_ in ("PMID:101", "PMID:twin", "PMID:pulled", "PMID:review")
    }
    records = {
        id_: replace(record, id=id_, retracted=id_ == "PMID:pulled") for id_, record in records.items()
    }
    grades = dict.fromkeys(records, fixture.grades()["PMID:101"])
    grades["PMID:review"] = replace(grades["PMID:review"], pointer=True)
    made = gap_map(
        [readings[0], twin, pulled, pointing],
        records=records,
        grades=grades,
        groups={"PMID:101": "trial:NCT1", "PMID:twin": "trial:NCT1"},
    )
    (cell,) = made["cells"]
    assert (cell["groups"], cell["records"]) == (1, 2)
    assert (cell["direction"], cell["confidence"]) == ("decreases", "few")
    assert {sentence["record"] for sentence in cell["sentences"]} == {"PMID:101", "PMID:twin"}


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        (["increases"] * 4, ("increases", "consistent")),
        (["increases"] * 3 + ["decreases"], ("increases", "consistent")),
        (["increases"] * 3 + ["decreases"] * 2, ("increases", "divided")),
        (["increases"] * 2 + ["decreases"] * 2, ("divided", "divided")),
        (["increases", "increases"], ("increases", "few")),
        (["associated"] * 5, ("associated", "few")),
        (["no_effect"] * 3 + ["associated"] * 5, ("no_effect", "consistent")),
    ],
)
def test_net_direction_of_a_cell(directions, expected):
    reading = fixture.readings()[0]
    record, grade = fixture.records()["PMID:101"], fixture.grades()["PMID:101"]
    names = [f"PMID:{n}" for n in range(len(directions))]
    readings = [
        replace(reading, record_id=name, relations=(replace(reading.relations[0], direction=direction),))
        for name, direction in zip(names, directions, strict=True)
    ]
    made = gap_map(
        readings,
        records={name: replace(record, id=name) for name in names},
        grades=dict.fromkeys(names, grade),
        groups={},
    )
    assert (made["cells"][0]["direction"], made["cells"][0]["confidence"]) == expected


def test_first_run_has_nothing_to_compare(document):
    assert document["since_last_run"]["first_run"] is True
    assert document["since_last_run"]["changes"] == []


def test_change_names_the_record_and_sentence_that_caused_it(document):
    before = json.loads(FORMATS["json"](document)["report.json"])
    claim = before["claims"][1]
    claim["verdict"] = "insufficient"
    claim["evidence"] = [entry for entry in claim["evidence"] if entry["record"] != "PMID:102"]
    before["records"] = [record for record in before["records"] if record["id"] != "PMID:102"]
    (change,) = since_last_run(before, document)["changes"]
    assert change["records"] == ["PMID:102"]
    assert change["message"].startswith(
        "Claim C002: insufficient → contradicted, by PMID:102, sentence “Imaginib did not"
    )
    assert since_last_run(before, document)["records_added"] == ["PMID:102"]


def test_change_by_retraction(document):
    before = json.loads(json.dumps(document))
    claim = before["claims"][1]
    claim["verdict"] = "mixed"
    for entry in claim["evidence"]:
        entry["retracted"] = False
    for record in before["records"]:
        record["retracted"] = False
    result = since_last_run(before, document)
    assert result["records_retracted"] == ["PMID:103"]
    assert [change["message"] for change in result["changes"]] == [
        "Claim C002: mixed → contradicted, because PMID:103 no longer counts",
        "Claim C002: PMID:103 was retracted and counts for nothing now.",
    ]


def test_change_by_curator_version_and_reference(document):
    before = json.loads(json.dumps(document))
    before["claims"][3].update(verdict="supported", curated="")
    before["claims"][5]["verdict"] = "supported"
    before["manifest"]["extractor"] = "older"
    before["references"][0].update(status="not_fetched", record=None)
    messages = [change["message"] for change in since_last_run(before, document)["changes"]]
    assert messages == [
        "Claim C004: supported → insufficient, by a curator (A. Reader: only the title is known)",
        "Claim C006: supported → untested, on the same evidence: the version of litmine or of its models changed",
        "Reference [1]: not_fetched → matched (PMID:101)",
    ]


def test_claims_are_paired_by_text_when_ids_move(document):
    before = json.loads(json.dumps(document))
    gone = before["claims"].pop(0)
    for number, claim in enumerate(before["claims"], 1):
        claim["id"] = f"C{number:03}"
    result = since_last_run(before, document)
    assert result["changes"] == []
    assert result["claims_added"] == [gone["id"]]
    assert result["claims_removed"] == []


def test_summary_lines_are_ten_at_most_and_end_with_three_gaps(document):
    lines = summary_lines(document)
    assert len(lines) <= 10
    assert lines[0].startswith("A research aid, not clinical advice.")
    assert [line.split(":")[0] for line in lines[-3:]] == ["Gap 1, C006", "Gap 2, C002", "Gap 3, C004"]
    assert all("\n" not in line for line in lines)


def test_gap_lines_carry_the_query(document):
    lines = gap_lines(document)
    assert lines[0] == "  1. A1 no study: C006 FASN drives resistance to imaginib."
    assert lines[1] == "     trigger of A1"
    assert lines[2] == '     PubMed query: "C006"[tiab] AND "β"'
    assert lines[-1].endswith("never mentioned")


def test_markdown_reads_on_its_own(document):
    text = FORMATS["markdown"](document)["report.md"]
    assert text.startswith(
        "*A research aid, not clinical advice.*\n\n# Evidence gap report: An invented review of α"
    )
    assert text.index("## Summary") < text.index("## Claims, in the review's order")
    assert "(restated)" in text
    assert "[Third et al., 2023, Nowhere Oncol](<https://pubmed.ncbi.nlm.nih.gov/102/>)" in text
    assert "**retracted: counts for nothing**" in text


def test_markdown_escapes_text_of_others(document):
    from markdown_it import MarkdownIt

    text = FORMATS["markdown"](document)["report.md"]
    assert fixture.HOSTILE not in text
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script" not in html
    assert "<b>fictumab" not in html
    assert html.count("<h1>") == 1


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_tables(document):
    tables = {name: rows(text) for name, text in FORMATS["csv"](document).items()}
    assert {name: len(table) for name, table in tables.items()} == {
        "claims.csv": 7,
        "evidence.csv": 10,
        "references.csv": 6,
        "gaps.csv": 8,
    }
    assert tables["claims.csv"][1]["gaps"] == "C; M"
    assert tables["evidence.csv"][0]["pmid"] == "101"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =cmd|' /C calc'!A0", "\n=1"])
def test_csv_runs_nothing_in_a_spreadsheet(document, text):
    changed = {**document, "references": [{**document["references"][0], "printed": text}]}
    (row,) = rows(FORMATS["csv"](changed)["references.csv"])
    assert row["printed"] == f"'{text}"


def test_write_report_is_whole_or_not_at_all(tmp_path, monkeypatch, document):
    folder = tmp_path / "deep" / "reports"
    written = write_report(document, folder, ("json", "html", "csv"))
    assert [path.name for path in written][:2] == ["report.json", "report.html"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)

    def broken(_document):
        raise ValueError("broken")

    monkeypatch.setitem(FORMATS, "markdown", broken)
    before = (folder / "report.json").read_bytes()
    with pytest.raises(ValueError, match="broken"):
        write_report({**document, "generated_at": "later"}, folder, ("json", "markdown"))
    assert (folder / "report.json").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)


def test_write_report_errors_are_one_clear_line(tmp_path, document):
    with pytest.raises(UsageError, match="unknown format 'docx'; choose from html, markdown, json, csv"):
        write_report(document, tmp_path, ("docx",))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="the report can't be written"):
        write_report(document, tmp_path / "file", ("json",))


def test_empty_run_renders_in_every_format():
    nothing = fixture.document(
        matches=(),
        assessments=(),
        gaps=(),
        missing=(),
        readings=(),
        grades={},
        not_fetched=(),
        network="",
        accuracy=None,
    )
    for render in FORMATS.values():
        assert all(render(nothing).values())
    assert "litmine found no claim" in FORMATS["html"](nothing)["report.html"]
    assert summary_lines(nothing)


@pytest.mark.parametrize(
    ("record_id", "address"),
    [
        ("PMID:12", "https://pubmed.ncbi.nlm.nih.gov/12/"),
        ("DOI:10.1000/a<b>", "https://doi.org/10.1000/a%3Cb%3E"),
        ("PMCID:PMC5", "https://pmc.ncbi.nlm.nih.gov/articles/PMC5/"),
        ("litmine:abc", ""),
        ("PMID:javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_links_of_records(record_id, address):
    assert link(None, record_id) == address


def test_accuracy_in_either_shape():
    assert accuracy_rows({"stance": {"SciFact": {"precision": 0.71}}, "note": "x"}) == [
        {"task": "stance", "data": "", "measure": "SciFact precision", "value": "0.71", "beside": ""}
    ]
    assert accuracy_rows({"figures": [{"task": "a", "value": 1}]})[0]["value"] == "1"
