"""The main job, top to bottom: update → extract → index → assess → report, each stage skipped when nothing changed."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import litmine
from litmine.annotations import NO_RECORD, Curation, load_curation
from litmine.assess import SecondJudge, assess
from litmine.claims import build_ledger, find_internal_conflicts
from litmine.config import Config
from litmine.corpus import Corpus, Decision
from litmine.corpus.carrying import carry_over
from litmine.embedders import load_embedder
from litmine.entities import Recogniser
from litmine.errors import CorpusError, InputError
from litmine.gaps import claim_query, find_gaps, missing_from_review, rank_gaps
from litmine.grading import grade, independent_group
from litmine.index import Manifest, build_index, current_reading
from litmine.lexicon import load_lexicon, open_lexicon
from litmine.progress import Bars, no_bars
from litmine.references import RecordFinder, match_references, parse_reference
from litmine.relations import Extractor
from litmine.reports import curation_part, report_document, write_report
from litmine.review import read_review
from litmine.search import Searcher
from litmine.types import Record, Reference, ReferenceMatch, Review
from litmine.update import ClaimQuery, Expansion, UpdateOutcome, relevance_to, update


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did: the report as a dict, the files written, what the update got, and whether anything changed."""

    document: dict[str, Any]
    written: tuple[Path, ...]
    outcome: UpdateOutcome
    reused: bool


def run(config: Config, folder: Path, *, offline: bool = False, bars: Bars = no_bars) -> RunResult:
    """Do the main job: update the corpus, read, index, assess, and write the report into `folder`.

    Without a network the run goes on with what the corpus holds; the report says what was not fetched.

    Raises:
        LitmineError: the review or the settings can't be used.
    """
    review = read_review(config.review)
    extractor = make_extractor(config)
    with Corpus.open(config.corpus_path) as corpus:
        outcome = update_corpus(config, corpus, review, offline=offline, bars=bars)
        document, reused = current_document(config, corpus, review, extractor, bars=bars)
    written = write_report(document, folder, ("json", "html"))
    return RunResult(document, tuple(written), outcome, reused)


def update_corpus(
    config: Config,
    corpus: Corpus,
    review: Review,
    *,
    bars: Bars = no_bars,
    all_years: bool = False,
    **options: Any,
) -> UpdateOutcome:
    """Bring the corpus up to date: seeds, files, what PubMed has on the review's references, and what goes beyond.

    Args:
        config: the workspace, with what to expand by.
        corpus: is changed.
        review: its references, claims and words say what to look for.
        bars: progress.
        all_years: look for what is older than the review too.
        options: for `litmine.update.update`.
    """

    def claims() -> list[ClaimQuery]:
        lexicon = load_lexicon(config.lexicon_dir)
        return [
            ClaimQuery(c.id, claim_query(c, lexicon)) for c in build_ledger(review, make_extractor(config))
        ]

    expansion = Expansion(
        config.expand,
        config.cap,
        config.cutoff,
        "" if all_years or review.year is None else f"{review.year}-01-01",
        claims,
        relevance_to("\n".join(sentence.text for sentence in review.sentences)),
    )
    if not options.get("dry_run"):
        repeat_inclusions(config, corpus)
    return update(
        config,
        corpus,
        references=_references(review),
        expansion=expansion,
        refresh=True,
        bars=bars,
        **options,
    )


def report_of_workspace(config: Config, *, bars: Bars = no_bars) -> dict[str, Any]:
    """The report of a workspace as its corpus stands, made anew only when something it rests on has changed.

    Raises:
        CorpusError: nothing was read into this workspace yet.
    """
    if not config.corpus_path.is_file():
        raise CorpusError(
            f"no corpus yet at {config.corpus_path}: run `litmine update` or `litmine run` first"
        )
    with Corpus.open(config.corpus_path) as corpus:
        return current_document(
            config, corpus, read_review(config.review), make_extractor(config), bars=bars
        )[0]


def current_document(
    config: Config, corpus: Corpus, review: Review, extractor: Extractor, *, bars: Bars = no_bars
) -> tuple[dict[str, Any], bool]:
    """The report of the corpus as it stands: the last one when nothing it rests on has changed, else a new one.

    Returns:
        The report document, and True when it was reused.
    """
    repeat_inclusions(config, corpus)
    made_of = _made_of(config, corpus, extractor)
    previous = corpus.last_report()
    if previous is not None and previous.get("manifest") == made_of:
        return previous, True
    extract(corpus, extractor, workers=config.workers, bars=bars)
    index(config, corpus, extractor, bars=bars)
    document = _assess(config, corpus, review, extractor, made_of, previous, bars)
    corpus.save_report(document)
    return document, False


def _assess(
    config: Config,
    corpus: Corpus,
    review: Review,
    extractor: Extractor,
    made_of: dict[str, Any],
    previous: dict[str, Any] | None,
    bars: Bars,
) -> dict[str, Any]:
    """Judge every claim against the corpus and put the report together."""
    lexicon = load_lexicon(config.lexicon_dir)
    curation = load_curation(config.curation_path, corpus.resolve)
    records = {record.id: record for record in corpus.records()}
    readings = {reading.record_id: reading for reading in corpus.readings(extractor.fingerprint)}
    grades = {record_id: grade(record) for record_id, record in records.items()}
    with bars("reading the review", None):
        claims = build_ledger(review, extractor)
    machine_matches = _matches(corpus, review, records)
    matches = _curated_matches(machine_matches, curation, records, corpus)
    with bars(f"assessing {len(claims)} claims", None):
        assessments = assess(
            claims,
            searcher=Searcher.open(config, corpus, extractor.fingerprint),
            corpus=corpus,
            readings=readings,
            matches=matches,
            review=review,
            conflicts=find_internal_conflicts(claims, review, lexicon),
            curation=curation,
            second=SecondJudge(extractor, config.cache_dir),
        )
        assessments = tuple(
            replace(assessment, gaps=find_gaps(assessment, lexicon=lexicon, grades=grades))
            for assessment in assessments
        )
    not_fetched, reachable = _network_state(corpus)
    return report_document(
        review=review,
        generated_at=datetime.now(UTC),
        manifest=made_of,
        corpus_counts=corpus.counts() | {"prisma": corpus.prisma()},
        not_fetched=not_fetched,
        network=_NETWORK[reachable],
        matches=matches,
        assessments=assessments,
        gaps=rank_gaps(assessments),
        missing=missing_from_review(claims, review, readings, records, grades),
        records=records,
        grades=grades,
        readings=readings.values(),
        groups=independent_group(records.values()),
        accuracy=_accuracy(),
        curation=curation_part(
            curation,
            assessments=assessments,
            machine_matches=machine_matches,
            below_cutoff=(screened.record_id for screened in corpus.screened() if not screened.kept),
            known_records=corpus.holds(curation.inclusions),
        ),
        previous=previous,
    )


_NETWORK = {
    None: "PubMed was not asked.",
    False: "PubMed could not be reached at the last update.",
    True: "",
}


def _network_state(corpus: Corpus) -> tuple[list[str], bool | None]:
    """What could not be fetched, and whether PubMed answered the last time it was asked (None: never asked)."""
    answers = [run.outcome["reachable"] for run in corpus.runs("update") if run.outcome]
    return corpus.not_fetched(), next((answer for answer in reversed(answers) if answer is not None), None)


def repeat_inclusions(config: Config, corpus: Corpus) -> None:
    """Bring the screening decisions of the curator's file into the corpus, where they decide what counts."""
    inclusions = load_curation(config.curation_path, corpus.resolve).inclusions
    corpus.repeat_decisions(
        {
            record: Decision(record, d.value == "include", d.reason, d.at, d.by)
            for record, d in inclusions.items()
        }
    )


def _references(review: Review) -> tuple[Reference, ...]:
    return tuple(
        parse_reference(printed, number)
        for number, printed in zip(review.reference_numbers, review.references, strict=True)
    )


def _matches(corpus: Corpus, review: Review, records: Mapping[str, Record]) -> tuple[ReferenceMatch, ...]:
    """What became of each printed reference: matched here, absent from PubMed, or not fetched."""
    found = match_references(_references(review), RecordFinder(records.values()).find, offline=True)
    answered = [run.outcome for run in corpus.runs("update") if run.outcome and run.outcome["reachable"]]
    absent = set(answered[-1]["not_found"]) if answered else set()
    failed = set(corpus.not_fetched())
    looked_up = []
    for match in found:
        name = f"reference {match.reference.number}"
        if match.status == "unresolved" and match.reference.kind == "article":
            if name in failed:
                match = replace(match, status="not_fetched")
            elif name in absent:
                match = replace(match, status="not_in_pubmed")
        looked_up.append(match)
    return tuple(looked_up)


def _curated_matches(
    matches: Sequence[ReferenceMatch], curation: Curation, records: Mapping[str, Record], corpus: Corpus
) -> tuple[ReferenceMatch, ...]:
    """Matches with the decisions of people in place: a record id, or `none`."""
    decided = []
    for match in matches:
        decision = curation.match(match.reference.number, match.reference.printed)
        record_id = corpus.resolve(decision.value) if decision else ""
        if decision is None:
            decided.append(match)
        elif decision.value == NO_RECORD:
            decided.append(
                replace(match, status="unresolved", record_id=None, problems=(f"decided by {decision}",))
            )
        elif record_id in records:
            problems = (*match.problems, f"decided by {decision}")
            decided.append(replace(match, status="matched", record_id=record_id, problems=problems))
        elif corpus.holds([record_id]):
            problems = (f"decided by {decision}", f"{record_id} does not count now (docs/updating.md)")
            decided.append(replace(match, status="unresolved", record_id=None, problems=problems))
        else:
            raise InputError(
                f"annotations/curation.toml: reference {match.reference.number} is matched to {decision.value!r}, "
                "which the corpus does not hold"
            )
    return tuple(decided)


def _made_of(config: Config, corpus: Corpus, extractor: Extractor) -> dict[str, Any]:
    """What a report rests on, as hashes: equal manifests mean an equal report."""
    not_fetched, reachable = _network_state(corpus)
    return {
        "litmine": litmine.__version__,
        "code": _code_hash(),
        "review": _sha256(config.review),
        "curation": _sha256(config.curation_path) if config.curation_path.is_file() else "",
        "corpus": corpus.state(),
        "metadata": corpus.metadata_state(),
        "not_fetched": hashlib.sha256(repr((not_fetched, reachable)).encode()).hexdigest(),
        "extractor": extractor.fingerprint,
        "embedder": load_embedder(config.embedder).fingerprint,
    }


@cache
def _code_hash() -> str:
    """SHA-256 over litmine's own code and data, so that a new version never shows an old version's report."""
    digest = hashlib.sha256()
    package = Path(litmine.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".toml", ".json", ".j2", ".css", ".js"):
            digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _accuracy() -> dict[str, Any]:
    """Measured figures shown in the report; docs/benchmarks.md names the commands that gave them."""
    return tomllib.loads((files("litmine") / "models" / "accuracy.toml").read_text(encoding="utf-8"))


def make_extractor(config: Config) -> Extractor:
    """The extractor of a workspace: its spaCy pipeline, the shipped lexicon and the field's own terms."""
    recogniser = Recogniser(config.recogniser) if config.recogniser else None
    return Extractor(config.pipeline_model, config.lexicon_dir, recogniser=recogniser)


def extract(corpus: Corpus, extractor: Extractor, *, workers: int = 1, bars: Bars = no_bars) -> int:
    """Read what is new or changed, keeping every finished batch; returns the number of records read.

    After a change of the lexicon only the texts are read in which other entities are found.
    """
    carry_over(corpus, extractor, bars=bars)
    unread = list(corpus.unread(extractor.fingerprint))
    hashes = {record.id: record.content_hash for record in unread}
    with bars("reading records", len(unread)) as bar:
        readings = extractor.read_many(
            ((record.id, record.title, record.text, record.sections) for record in unread),
            workers=workers,
            progress=bar,
        )
        corpus.save_readings(readings, hashes, extractor.fingerprint)
    return len(unread)


def index(config: Config, corpus: Corpus, extractor: Extractor, *, bars: Bars = no_bars) -> Manifest:
    """Embed and index what is new or changed."""
    with bars("embedding sentences", None) as bar:
        manifest = build_index(
            config, corpus, extractor.fingerprint, load_embedder(config.embedder), progress=bar
        )
    open_lexicon(config.lexicon_dir, config.cache_dir)  # made here, so that the first search need not wait
    current_reading(config, lambda: extractor.fingerprint)
    return manifest
