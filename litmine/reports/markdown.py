"""The report as one Markdown file that reads well on its own, summary first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from litmine.reports import figures, wording
from litmine.reports.accuracy import accuracy_rows
from litmine.reports.html import cite, link
from litmine.reports.sentences import merged, parts_words

EVIDENCE_PER_CLAIM = 6
GAPS_SHOWN = 20
EDGES_SHOWN = 20
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])|^(\s*)([#+-]|\d+[.)])(?=\s)", re.MULTILINE)

Records = Mapping[str, Mapping[str, Any]]


def render_markdown(document: Mapping[str, Any]) -> dict[str, str]:
    """report.md."""
    records = {record["id"]: record for record in document["records"]}
    parts = (
        _head(document),
        _summary(document, records),
        _claims(document, records),
        _gaps(document),
        _map(document),
        _time(document),
        _graph(document),
        _references(document, records),
        _missing(document, records),
        _decisions(document, records),
        _since(document),
        _methods(document),
    )
    return {"report.md": "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"}


def _text(value: str) -> str:
    """Text of others on one line, with every character escaped that Markdown or HTML would read as markup."""
    line = " ".join(value.split())
    return _SPECIAL.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line).replace("&", "&amp;")


def _code(value: str) -> str:
    """Inline code that holds whatever backticks the value holds."""
    line = " ".join(value.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _source(records: Records, record_id: str | None) -> str:
    record = records.get(record_id or "")
    words, address = _text(cite(record, record_id)), link(record, record_id)
    return f"[{words}](<{address}>)" if address else words


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    review = document["review"]
    yield f"*{wording.AID}*"
    yield ""
    yield f"# Evidence gap report: {_text(review['title'])}{' (restated)' if review['restated'] else ''}"
    yield ""
    if review["author"]:
        yield f"{_text(review['author'])}{', ' if review['year'] else ''}{review['year'] or ''}.  "
    yield f"Made {document['generated_at']}."
    if review["restated"] and review["note"]:
        yield ""
        yield _text(review["note"])
    yield ""


def _summary(document: Mapping[str, Any], records: Records) -> Iterator[str]:
    summary = document["summary"]
    yield "## Summary"
    yield ""
    yield (
        f"{wording.counted(summary['judged'], 'claim')} judged of {summary['claims']} found, against "
        f"{wording.counted(summary['evidence'], 'sentence')} from "
        f"{wording.counted(summary['evidence_records'], 'record')}."
    )
    yield ""
    shown = [(verdict, n) for verdict, n in summary["verdicts"].items() if n or verdict != "not_judged"]
    yield from _table(
        ("verdict", "claims", "meaning"),
        [
            (
                f"{wording.VERDICT_SYMBOL[verdict]} {wording.VERDICTS[verdict]}",
                str(n),
                wording.VERDICT_MEANING[verdict],
            )
            for verdict, n in shown
        ],
    )
    for finding in summary["findings"]:
        yield f"**{finding['title']}: {finding['count']}**"
        yield ""
        for item in finding["items"]:
            claim = f"{item['claim']}: " if item["claim"] else ""
            source = f" ({_source(records, item['record'])})" if item["record"] else ""
            said = f" But: “{_text(item['said'])}”" if item["said"] else ""
            yield f"- {claim}{_text(item['text'])}{said}{source}"
        yield ""
    for line in summary["reading"]:
        yield f"- {line if line == wording.DIGEST_LINE else _text(line)}"
    yield ""


def _claims(document: Mapping[str, Any], records: Records) -> Iterator[str]:
    yield "## Claims, in the review's order"
    yield ""
    for section, claims in groupby(document["claims"], key=lambda claim: claim["section"]):
        yield f"### {_text(section) or 'Text'}"
        yield ""
        for claim in claims:
            yield from _claim(claim, records)


def _claim(claim: Mapping[str, Any], records: Records) -> Iterator[str]:
    verdict = f"{wording.VERDICT_SYMBOL[claim['verdict']]} {wording.VERDICTS[claim['verdict']]}"
    yield f"**{claim['id']} {verdict}.** {_text(claim['text'])}"
    yield ""
    if claim["reason"]:
        strength = (
            f" Strength: {_text(claim['strength'])}. Confidence {claim['confidence']:.2f}."
            if claim["strength"] and claim["confidence"]
            else ""
        )
        yield f"- {_text(claim['reason'])}{strength}"
    if claim["curated"]:
        yield f"- Decided by a curator: {_text(claim['curated'])}"
    for conflict in claim["internal_conflicts"]:
        yield f"- Conflict within the review: {_text(conflict['message'])}"
    for check in claim["citation_check"]:
        source = f" ({_source(records, check['record'])})" if check["record"] else ""
        status = wording.CITATION_STATUSES[check["status"]]
        yield f"- Reference {check['number']} {status}: {_text(check['reason'])}{source}"
    spoken = merged(entry for entry in claim["evidence"] if entry["stance"] != "silent")
    for entry in spoken[:EVIDENCE_PER_CLAIM]:
        part = f" {parts_words(entry['parts'])}" if len(claim["clauses"]) > 1 else ""
        yield f"- {wording.STANCES[entry['stance']]}{part}: “{_text(entry['text'])}” {_provenance(entry, records)}"
    if len(spoken) > EVIDENCE_PER_CLAIM:
        yield f"- {wording.counted(len(spoken) - EVIDENCE_PER_CLAIM, 'more sentence')} in report.json"
    if claim["gaps"]:
        yield "- Gaps: " + "; ".join(f"{gap['code']} {gap['name']}" for gap in claim["gaps"])
    if claim["would_change"]:
        yield f"- What would change this verdict: {_text(claim['would_change'])}"
    yield ""


def _provenance(entry: Mapping[str, Any], records: Records) -> str:
    notes = [f"level {entry['level']}" + (f", {_text(entry['study_type'])}" if entry["study_type"] else "")]
    if entry["depth"] != "abstract":
        notes.append(entry["depth"] + (" only" if entry["depth"] == "title" else ""))
    if entry["differs"]:
        notes.append(f"differs: {_text('; '.join(entry['differs']))}")
    if entry["retracted"]:
        notes.append("**retracted: counts for nothing**")
    return f"({_source(records, entry['record'])}; {'; '.join(notes)})"


def _gaps(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## The gaps that matter first"
    yield ""
    gaps = {gap["rank"]: gap for gap in document["gaps"]}
    claims = {claim["id"]: claim["text"] for claim in document["claims"]}
    for place, group in enumerate(document["gap_groups"][:GAPS_SHOWN], 1):
        ids, query = group["claims"], gaps[group["ranks"][0]]["query"]
        about = f"{ids[0]} {_text(wording.shortened(claims[ids[0]]))}"
        if len(ids) > 1:
            about = f"{len(ids)} claims of “{_text(group['section']) or 'Text'}”: {', '.join(ids)}"
        yield f"{place}. **{group['code']} {group['name']}.** {about}  "
        yield f"   {_text(group['message'])}"
        if query:
            yield f"   PubMed query{' for ' + ids[0] if len(ids) > 1 else ''}: {_code(query)}"
    if not document["gap_groups"]:
        yield "No gap was found."
    elif len(document["gap_groups"]) > GAPS_SHOWN:
        yield ""
        more = len(document["gap_groups"]) - GAPS_SHOWN
        yield f"{wording.counted(more, 'more entry', 'more entries')} in report.json."
    yield ""


def _map(document: Mapping[str, Any]) -> Iterator[str]:
    cells = document["gap_map"]["cells"]
    yield "## Evidence gap map"
    yield ""
    if not cells:
        yield "No relation was read in the corpus, so there is no map."
        yield ""
        return
    yield (
        "Independent groups by mechanism and outcome; the sign is the net direction (↑ raises, ↓ lowers, "
        "↕ divided, = no effect, · not stated), bold where groups agree."
    )
    yield ""
    by_place = {(cell["mechanism_class"], cell["outcome_type"]): cell for cell in cells}
    columns = document["gap_map"]["columns"]
    rows = [
        (row["label"], *(_sign(by_place.get((row["key"], column["key"]))) for column in columns))
        for row in document["gap_map"]["rows"]
        if any(cell["mechanism_class"] == row["key"] for cell in cells)
    ]
    yield from _table(("mechanism", *(column["label"] for column in columns)), rows)


def _sign(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return ""
    sign = f"{figures.ARROWS[cell['direction']]} {cell['groups']}"
    return f"**{sign}**" if cell["confidence"] == "consistent" else sign


def _time(document: Mapping[str, Any]) -> Iterator[str]:
    rows = figures.timeline_rows(document["claims"])
    if not rows:
        return
    yield "## Evidence over time"
    yield ""
    yield from _table(
        ("claim", "what speaks on it, by year of publication"),
        [(row["claim"], "; ".join(figures.point_words(point) for point in row["points"])) for row in rows],
    )


def _graph(document: Mapping[str, Any]) -> Iterator[str]:
    edges = document["graph"]["edges"]
    if not edges:
        return
    yield "## Drugs, mechanisms, outcomes"
    yield ""
    yield "What stands in one relation, by independent groups; the direction is that of the outcome."
    yield ""
    rows = [
        (
            _text(edge["source"].partition(":")[2]),
            _text(edge["target"].partition(":")[2]),
            wording.DIRECTIONS[edge["direction"]],
            str(edge["groups"]),
        )
        for edge in edges[:EDGES_SHOWN]
    ]
    yield from _table(("from", "to", "outcome", "groups"), rows)
    if len(edges) > EDGES_SHOWN:
        yield f"{wording.counted(len(edges) - EDGES_SHOWN, 'more pair')} in report.json."
        yield ""


def _references(document: Mapping[str, Any], records: Records) -> Iterator[str]:
    yield "## Reference audit"
    yield ""
    rows = [
        (
            str(entry["number"]),
            _text(entry["printed"]),
            wording.REFERENCE_STATUSES[entry["status"]],
            _source(records, entry["record"]) if entry["record"] else "",
            "; ".join(_text(problem) for problem in entry["problems"]),
        )
        for entry in document["references"]
    ]
    if rows:
        yield from _table(("no.", "as printed", "status", "record", "problems"), rows)
    else:
        yield "The review prints no reference list that litmine could read."
        yield ""


def _missing(document: Mapping[str, Any], records: Records) -> Iterator[str]:
    yield "## In the literature, not in the review"
    yield ""
    for topic in document["missing_from_review"]:
        sources = "; ".join(_source(records, record_id) for record_id in topic["records"][:4])
        yield f"- {_text(topic['message'])} ({sources})"
    if not document["missing_from_review"]:
        yield "litmine found no topic that the corpus reports often and the review does not mention."
    yield ""


def _decisions(document: Mapping[str, Any], records: Records) -> Iterator[str]:
    part = document["curation"]
    if not part["decisions"]:
        return
    yield "## Decided by people"
    yield ""
    shares = [
        f"{n['agree']} of {wording.counted(n['compared'], wording.DECISIONS[kind], wording.DECISIONS_MANY[kind])}"
        for kind, n in part["agreement"].items()
        if n["decided"]
    ]
    yield f"On what people looked at, they agree with litmine on {', '.join(shares)}."
    yield ""
    for decision in part["decisions"]:
        kind, machine = decision["kind"], decision["machine"]
        on = [decision["claim"] or "", f"\\[{decision['reference']}\\]" if decision["reference"] else ""]
        on += [_source(records, decision["record"]) if decision["record"] else ""]
        beside = "not applied" if not decision["applied"] else "litmine has no answer"
        if machine is not None:
            beside = f"litmine: {_text(wording.decision_value(kind, machine))}"
        said = f"{_text(decision['by'])}: {_text(decision['reason'])}"
        value = _text(wording.decision_value(kind, decision["value"]))
        yield f"- {' '.join(filter(None, on))}: **{value}** ({beside}), {said}"
    yield ""


def _since(document: Mapping[str, Any]) -> Iterator[str]:
    since = document["since_last_run"]
    yield "## Since the last run"
    yield ""
    if since["first_run"]:
        yield "This is the first run: there is nothing to compare with."
    elif not since["changes"]:
        yield f"No verdict and no reference changed since {since['previous']}."
    for change in since["changes"]:
        yield f"- {_text(change['message'])}"
    yield ""


def _methods(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## Accuracy, limits, versions"
    yield ""
    rows = [tuple(_text(value) for value in row.values()) for row in accuracy_rows(document["accuracy"])]
    if rows:
        yield from _table(("task", "data", "measure", "litmine", "beside it"), rows)
    if document["accuracy"].get("note"):
        yield _text(str(document["accuracy"]["note"]))
        yield ""
    if flow := document["corpus"].get("prisma"):
        yield (
            f"Flow of records (PRISMA): found {flow['found']}, duplicates {flow['duplicates']}, below the relevance "
            f"cut-off {flow['below_cutoff']}, excluded {flow['excluded']}, taken back by PubMed {flow['deleted']}, "
            f"kept {flow['kept']}."
        )
        yield ""
    yield "The report is about texts: “not supported” means that litmine found no support in what it read."
    yield "“Not fetched” is never taken for “does not exist”; “cannot tell” is a result."
    yield ""
    yield from (f"- {_text(str(key))}: {_code(str(value))}" for key, value in document["manifest"].items())
    yield ""
