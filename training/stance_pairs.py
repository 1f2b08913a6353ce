"""The pairs that the stance judge learns from: data sets as they are, and pairs that differ only in direction.

Held-out documents (a fifth, by the hash of their name) never get into the training list, and neither does a pair
made of their texts. `claims.jsonl`-like sets may share a document; all pairs of one document stay on one side.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from claim_sheets import abstracts as texts_by_id

from litmine.assess.opposites import OPPOSITE, direction_words, flip
from litmine.assess.slots import content_words

SUPPORT, CONTRADICT, NEI = "SUPPORT", "CONTRADICT", "NOT_ENOUGH_INFO"
SIGN = {"supports": SUPPORT, "contradicts": CONTRADICT, "insufficient": NEI}
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\[\d])")
_TEMPLATES = {
    "increases": (
        "{i} significantly increased {o} compared with {c}.",
        "{o} was higher with {i} than with {c}.",
        "{i} raised {o} relative to {c}.",
        "{c} led to lower {o} than {i}.",
        "Compared with {c}, {i} resulted in greater {o}.",
        "{o} increased with {i}.",
    ),
    "decreases": (
        "{i} significantly reduced {o} compared with {c}.",
        "{o} was lower with {i} than with {c}.",
        "{i} lowered {o} relative to {c}.",
        "{c} led to higher {o} than {i}.",
        "Compared with {c}, {i} resulted in less {o}.",
        "{o} decreased with {i}.",
    ),
    "no_effect": (
        "{i} had no significant effect on {o} compared with {c}.",
        "{o} did not differ between {i} and {c}.",
        "{i} and {c} gave similar {o}.",
        "{o} was unchanged by {i}.",
        "There was no difference in {o} between {i} and {c}.",
    ),
}


@dataclass(frozen=True)
class Pair:
    """A claim, its evidence, the label, and the document that keeps it on one side of the split."""

    claim: str
    evidence: str
    label: str
    document: str
    source: str


def held_out(document: str) -> bool:
    """Is this document one of the fifth that is kept for measuring?"""
    return int(hashlib.sha256(f"stance:{document}".encode()).hexdigest(), 16) % 5 == 0


def read(path: Path) -> list[dict]:
    """Rows of a JSON lines file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line]


def scifact(folder: Path) -> list[Pair]:
    """SciFact's training pairs as they are."""
    rows = read(folder / "scifact" / "pairs_train.jsonl")
    return [Pair(r["claim"], r["evidence"], r["label"], f"scifact:{r['doc']}", "scifact") for r in rows]


def inference(folder: Path) -> list[Pair]:
    """Evidence Inference findings with the claim that the set gives them."""
    rows = read(folder / "evidence_inference" / "pairs_train.jsonl")
    return [
        Pair(r["claim"], r["evidence"], r["label"], f"inference:{r['pmcid']}", "evidence_inference")
        for r in rows
    ]


def digests(annotations: Path, seeds: Path) -> list[Pair]:
    """Claims judged against the bundled digests: each with the whole digest, and with the deciding sentences alone.

    A claim written for one digest may be judged against another too. Pairs whose two digests lie on different sides of
    the split are left out.
    """
    texts = {}
    for row in read(seeds):
        for kind in ("pmid", "doi", "pmcid"):
            if row.get(kind):
                texts[f"{kind.upper()}:{row[kind]}".casefold()] = row["digest"]
    rows = [r for r in read(annotations) if r["record"].casefold() in texts]
    written_for = {
        family: Counter(r["record"] for r in rows if r["family"][:4] == family).most_common(1)[0][0]
        for family in {r["family"][:4] for r in rows}
    }
    made = []
    for row in rows:
        record, home = row["record"], written_for[row["family"][:4]]
        if held_out(f"digest:{record}") != held_out(f"digest:{home}"):
            continue
        label, document = SIGN[row["stance"]], f"digest:{record}"
        made.append(Pair(row["claim"], texts[record.casefold()], label, document, "digests"))
        if row["rationale"]:
            made.append(Pair(row["claim"], " ".join(row["rationale"]), label, document, "rationales"))
    return made


def abstracts(annotations: Path, shared: Path) -> list[Pair]:
    """Claims of ours about PubMed abstracts: each with the whole text, or with its deciding sentences alone.

    Raises:
        ValueError: a text is not the one that was annotated.
    """
    texts, made = texts_by_id(shared), []
    for row in read(annotations):
        text = texts[row["record"]]
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            raise ValueError(f"{row['record']} is not the text that was annotated")
        deciding = " ".join(text[start:end] for start, end in row["rationale"])
        label, document = SIGN[row["stance"]], f"abstract:{row['record']}"
        made.append(Pair(row["claim"], text.replace("\n", " ").strip(), label, document, "abstracts"))
        made.append(Pair(row["claim"], deciding, label, document, "abstract rationales"))
    return made


def turned_findings(folder: Path, chance: random.Random) -> list[Pair]:
    """Evidence Inference once more: other wordings, other directions, arms exchanged; and other outcomes as NEI."""
    made = []
    by_paper: dict[str, list[dict]] = defaultdict(list)
    for row in read(folder / "evidence_inference" / "pairs_train.jsonl"):
        by_paper[row["pmcid"]].append(row)
    for paper, rows in by_paper.items():
        document = f"inference:{paper}"
        for row in rows:
            way = row["direction"]
            others = [w for w in _TEMPLATES if w != way]
            told = [(way, SUPPORT)] * (1 if way == "no_effect" else 2)
            if way == "no_effect":
                told.append((chance.choice(others), CONTRADICT))
            else:
                told += [(w, CONTRADICT) for w in others]
            for said, label in told:
                slots = {"i": row["intervention"], "o": row["outcome"], "c": row["comparator"]}
                if said != "no_effect" and chance.random() < 0.25:  # arms exchanged: the other way round
                    slots["i"], slots["c"] = slots["c"], slots["i"]
                    said = "decreases" if said == "increases" else "increases"
                    template = chance.choice(_TEMPLATES[said][:5])
                else:
                    template = chance.choice(_TEMPLATES[said])
                claim = template.format(**slots)
                made.append(
                    Pair(claim[0].upper() + claim[1:], row["evidence"], label, document, "turned findings")
                )
        other = [
            (a, b)
            for a in rows
            for b in rows
            if a["evidence"] != b["evidence"]
            and not content_words(a["outcome"]) & content_words(b["evidence"])
        ]
        for a, b in chance.sample(other, min(1, len(other))):
            made.append(Pair(a["claim"], b["evidence"], NEI, document, "turned findings"))
    return made


def questions(folder: Path) -> list[Pair]:
    """PubMedQA: the question as claim, the abstract's conclusion as evidence; yes and no as many."""
    rows = json.loads((folder / "pubmedqa" / "ori_pqal.json").read_text(encoding="utf-8"))
    label = {"yes": SUPPORT, "no": CONTRADICT}
    return [
        Pair(r["QUESTION"], r["LONG_ANSWER"], label[r["final_decision"]], f"pubmedqa:{key}", "pubmedqa")
        for key, r in rows.items()
        if r["final_decision"] in label
    ]


_NO_VERB = {
    *(
        "high",
        "low",
        "highly",
        "weakly",
        "good",
        "poor",
        "more",
        "less",
        "larger",
        "smaller",
        "higher",
        "lower",
    ),
    *("sensitivity", "resistance", "sensitive", "resistant", "activation", "inactivation", "loss", "gain"),
    *("favourable", "unfavourable", "elevated", "diminished"),
}
_TOPIC = re.compile(
    r"\b(?:differences?|determination|effects? of|role|study|report|review|evaluation|assessment)\b", re.I
)


def statements(texts: list[dict], chance: random.Random, most: int) -> list[Pair]:
    """Titles that state a direction by a verb, with their abstract's nearest sentences; as they are, and turned.

    Each word of direction is turned as often as it comes about by turning, so that the words tell nothing.
    """
    by_word: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for text in texts:
        title = text["title"].strip().strip("[]")
        if direction_words(title) != 1 or not 6 <= len(title.split()) <= 30 or title.endswith("?"):
            continue
        if _TOPIC.search(title):
            continue
        turned = flip(title)
        wanted = content_words(title)
        parts = _END.split(text["abstract"])
        best = sorted(parts, key=lambda p: -len(wanted & content_words(p)))[:2]
        if not turned or len(wanted & content_words(best[0])) < 0.55 * len(wanted):
            continue
        word = next((w for w in re.findall(r"[\w-]+", title.casefold()) if w in OPPOSITE), None)
        if word is None or word in _NO_VERB:
            continue
        evidence = " ".join(p for p in parts if p in best)
        by_word[word].append((title, turned, evidence))
    made = []
    for word, rows in sorted(by_word.items()):
        opposite = by_word.get(OPPOSITE[word], [])
        balanced = min(len(rows), max(4 * len(opposite), 5))
        for title, turned, evidence in chance.sample(rows, balanced):
            made.append(Pair(title, evidence, SUPPORT, "statements", "statements"))
            made.append(Pair(turned, evidence, CONTRADICT, "statements", "statements"))
    chance.shuffle(made)
    return made[:most]


def elsewhere(pairs: list[Pair], share: float, chance: random.Random) -> list[Pair]:
    """NEI by pairing a claim with the evidence of another pair that shares words with it but is not its own."""
    index: dict[str, list[int]] = defaultdict(list)
    words = [content_words(p.evidence) for p in pairs]
    counts = Counter(w for ws in words for w in ws)
    for i, ws in enumerate(words):
        for w in ws:
            if counts[w] < len(pairs) * 0.05:
                index[w].append(i)
    made = []
    for pair in pairs:
        if chance.random() > share:
            continue
        score: Counter[int] = Counter()
        for w in content_words(pair.claim):
            for i in index.get(w, ()):
                if pairs[i].document != pair.document and pairs[i].evidence != pair.evidence:
                    score[i] += 1
        near = [i for i, n in score.most_common(4) if n >= 1]
        if near:
            made.append(
                Pair(pair.claim, pairs[chance.choice(near)].evidence, NEI, pair.document, "elsewhere")
            )
    return made


def opposites(pairs: list[Pair]) -> list[Pair]:
    """Supported claims with their direction turned, and contradicted ones whose turn is what the evidence says."""
    return [
        Pair(turned, p.evidence, CONTRADICT, p.document, "opposites")
        for p in pairs
        if p.label == SUPPORT and direction_words(p.claim) and (turned := flip(p.claim))
    ]
