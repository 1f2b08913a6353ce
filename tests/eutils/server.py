"""The stand-in server: real HTTP, NCBI's answers, and the ways in which NCBI fails."""

import contextlib
import json
import re
import threading
import time
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from eutils.articles import article_set
from eutils.query import Entry, search

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Service Unavailable</body></html>"


@dataclass(frozen=True)
class Fault:
    """One misbehaviour, used up by the next request it fits.

    `kind`: `status` (with `code`, and `retry_after` as header), `html` (an HTML page with status 200), `error` (an
    ERROR document with status 200), `empty`, `slow` (`seconds`), `cut` (the connection breaks inside the body),
    `truncated` (complete transfer of half the XML), `drop` (no answer at all), `wrong_count` (ESearch counts too
    high), `lossy` (EFetch leaves out the first record), `duplicates` (every record twice), `dtd` (a document type
    nobody knows), `dribble` (the body comes in pieces over `seconds`).
    """

    kind: str
    utility: str = ""
    code: int = 500
    retry_after: str = ""
    seconds: float = 0.0


FAULTS = (
    Fault("status", code=429),
    Fault("status", code=429, retry_after="0"),
    Fault("status", code=500),
    Fault("status", code=502),
    Fault("html"),
    Fault("error"),
    Fault("empty"),
    Fault("cut"),
    Fault("truncated"),
    Fault("drop"),
    Fault("slow", seconds=0.002),
    Fault("dribble", seconds=0.004),
    Fault("wrong_count", "esearch"),
    Fault("lossy", "efetch"),
    Fault("duplicates", "efetch"),
    Fault("dtd"),
)
"""One of each kind, for runs with faults at random."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    utility: str
    parameters: dict[str, list[str]]
    method: str
    at: float

    def one(self, name: str) -> str:
        return self.parameters.get(name, [""])[0]


@dataclass
class StandIn:
    """A server on a free loopback port while used as a context manager; `url` is its E-utilities address."""

    articles: dict[str, str] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    """Surviving PMID by the one it took in: EFetch sends the survivor for either."""
    full_texts: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """PMID, DOI and JATS article by PMCID number."""
    history: dict[str, list[list[str]]] = field(default_factory=dict)
    chance: Callable[[], Fault | None] | None = None
    """Gives the fault of the next request, when none is queued."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        stand_in = self

        class Handler(_Handler):
            server_state = stand_in

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/entrez/eutils/"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, *articles: str) -> None:
        """Serve these PubmedArticle elements; one with a known PMID replaces it."""
        for xml in articles:
            self.articles[ET.fromstring(xml).findtext("MedlineCitation/PMID", "")] = xml

    def remove(self, pmid: str) -> None:
        """The record disappears."""
        del self.articles[pmid]

    def merge(self, old: str, survivor: str) -> None:
        """Asked for `old`, EFetch sends the survivor."""
        self.remove(old)
        self.merged[old] = survivor

    def misbehave(self, random: Random, share: float, faults: Sequence[Fault] = FAULTS) -> None:
        """From now on this share of requests goes wrong, in ways chosen at random."""
        self.chance = lambda: random.choice(faults) if random.random() < share else None

    def behave(self) -> None:
        """No more faults."""
        self.chance = None
        self.faults.clear()

    def fail(self, *faults: Fault) -> None:
        """Queue misbehaviour."""
        self.faults.extend(faults)

    def utilities(self) -> list[str]:
        """Names of the utilities asked so far, probes left out."""
        return [a.utility for a in self.asked if a.utility != "einfo"]

    def entries(self) -> list[Entry]:
        return [_entry(pmid, xml) for pmid, xml in self.articles.items()]

    def take_fault(self, utility: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.utility in {"", utility} and not (utility == "einfo" and fault.utility == ""):
                    self.faults.remove(fault)
                    return fault
            fault = self.chance() if self.chance and utility != "einfo" else None
        return fault if fault and fault.utility in {"", utility} else None

    def remember(self, web_environment: str, pmids: list[str]) -> tuple[str, str]:
        with self.lock:
            name = web_environment or f"STANDIN_{len(self.history) + 1}"
            self.history.setdefault(name, []).append(pmids)
            return name, str(len(self.history[name]))


class _Handler(BaseHTTPRequestHandler):
    server_state: StandIn
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query, "GET")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer(body, "POST")

    def _answer(self, query: str, method: str) -> None:
        state = self.server_state
        name = urlsplit(self.path).path.rpartition("/")[2].partition(".")[0]
        asked = Asked(name, parse_qs(query, keep_blank_values=True), method, time.monotonic())
        state.asked.append(asked)
        fault = state.take_fault(name)
        if fault and self._misbehave(fault):
            return
        try:
            kind, body = getattr(self, f"_{name}")(asked, fault)
        except AttributeError:
            self._send(404, "text/plain", b"no such utility")
            return
        except ValueError as error:
            self._send(400, "application/json", json.dumps({"error": str(error)}).encode())
            return
        if fault and fault.kind == "truncated":
            body = body[: len(body) // 2]
        if fault and fault.kind == "dtd":
            body = re.sub(rb"<!DOCTYPE[^>]*>\s*", b"", body).replace(
                b"?>", b'?><!DOCTYPE X PUBLIC "-//NLM//DTD Unheard of//EN" "https://example.org/none.dtd">', 1
            )
        if fault and fault.kind == "dribble":
            self._send(200, kind, body, seconds=fault.seconds)
            return
        if fault and fault.kind == "cut":
            self._send(200, kind, body[: len(body) // 2], promised=len(body))
            return
        self._send(200, kind, body)

    def _misbehave(self, fault: Fault) -> bool:
        """Do what needs no real answer; True when that was all."""
        if fault.kind == "status":
            page = HTML_PAGE if fault.code >= 500 else b'{"error":"API rate limit exceeded","count":"4"}'
            self._send(fault.code, "text/html", page, retry_after=fault.retry_after)
        elif fault.kind == "html":
            self._send(200, "text/html", HTML_PAGE)
        elif fault.kind == "error":
            body = (
                b'<?xml version="1.0"?><eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>'
            )
            self._send(200, "text/xml", body)
        elif fault.kind == "empty":
            self._send(200, "text/xml", b"")
        elif fault.kind == "drop":
            self.close_connection = True
        else:
            time.sleep(fault.seconds if fault.kind == "slow" else 0.0)
            return False
        return True

    def _send(
        self,
        code: int,
        kind: str,
        body: bytes,
        *,
        promised: int | None = None,
        retry_after: str = "",
        seconds: float = 0.0,
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", f"{kind}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        size = max(1, len(body) // 4) if seconds else max(1, len(body))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client was killed
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                time.sleep(seconds / 4)

    def _esearch(self, asked: Asked, fault: Fault | None) -> tuple[str, bytes]:
        low, high = (asked.one(name).replace("/", "-") for name in ("mindate", "maxdate"))
        if asked.one("db") == "pmc":
            printed = asked.one("term").partition("[")[0].strip('"').lower()
            pmids = [
                i for i, (pmid, doi, _) in self.server_state.full_texts.items() if printed in {pmid, doi}
            ]
        else:
            pmids = [
                e.pmid
                for e in search(asked.one("term"), self.server_state.entries())
                for day in (e.revised if asked.one("datetype") == "mdat" else e.entered,)
                if (not low or day >= low) and (not high or day[: len(high)] <= high)
            ]
        start, size = int(asked.one("retstart") or 0), int(asked.one("retmax") or 20)
        count = len(pmids) + (3 if fault and fault.kind == "wrong_count" else 0)
        handle = {}
        if asked.one("usehistory") == "y":
            name, key = self.server_state.remember(asked.one("WebEnv"), pmids)
            handle = {"querykey": key, "webenv": name}
        page = pmids[start : start + size]
        if asked.one("retmode") == "json":
            result = {
                "count": str(count),
                "retmax": str(len(page)),
                "retstart": str(start),
                "idlist": page,
                **handle,
            }
            return "application/json", json.dumps(
                {"header": {"type": "esearch"}, "esearchresult": result}
            ).encode()
        keys = (
            f"<QueryKey>{handle['querykey']}</QueryKey><WebEnv>{handle['webenv']}</WebEnv>" if handle else ""
        )
        return _xml(
            "eSearchResult",
            f"<Count>{count}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>{keys}"
            f"<IdList>{_ids(page)}</IdList><TranslationSet/>",
        )

    def _efetch(self, asked: Asked, fault: Fault | None) -> tuple[str, bytes]:
        if asked.one("db") == "pmc":
            texts = [self.server_state.full_texts[i][2] for i in asked.one("id").split(",")]
            return _xml("pmc-articleset", "".join(texts))
        pmids = self._chosen(asked)
        pmids = list(dict.fromkeys(self.server_state.merged.get(pmid, pmid) for pmid in pmids))
        known = [pmid for pmid in pmids if pmid in self.server_state.articles]
        if fault and fault.kind == "duplicates":
            known = [pmid for pmid in known for _ in range(2)]
        if fault and fault.kind == "lossy":
            known = known[1:]
        return "text/xml", article_set(self.server_state.articles[pmid] for pmid in known)

    def _epost(self, asked: Asked, _: Fault | None) -> tuple[str, bytes]:
        name, key = self.server_state.remember(asked.one("WebEnv"), asked.one("id").split(","))
        return _xml("ePostResult", f"<QueryKey>{key}</QueryKey><WebEnv>{name}</WebEnv>")

    def _elink(self, asked: Asked, _: Fault | None) -> tuple[str, bytes]:
        sets = []
        of_pmc = asked.one("dbfrom") == "pmc"
        for pmid in asked.parameters.get("id", []):
            printed = f"<ArticleId IdType='pmc'>PMC{pmid}</ArticleId>"
            linked = (
                [i for i, xml in self.server_state.articles.items() if printed in xml] if of_pmc else None
            )
            linked = self.server_state.links.get(pmid, []) if linked is None else linked
            links = "".join(f"<Link><Id>{i}</Id></Link>" for i in linked)
            database = f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{asked.one('linkname')}</LinkName>{links}</LinkSetDb>"
            source = f"<DbFrom>{asked.one('dbfrom')}</DbFrom><IdList>{_ids([pmid])}</IdList>"
            sets.append(f"<LinkSet>{source}{database if links else ''}</LinkSet>")
        return _xml("eLinkResult", "".join(sets))

    def _esummary(self, asked: Asked, _: Fault | None) -> tuple[str, bytes]:
        titles = {e.pmid: e.title for e in self.server_state.entries()}
        return _xml(
            "eSummaryResult",
            "".join(
                f"<DocSum><Id>{i}</Id><Item Name='Title' Type='String'>{escape(titles[i])}</Item></DocSum>"
                for i in self._chosen(asked)
                if i in titles
            ),
        )

    def _einfo(self, _: Asked, __: Fault | None) -> tuple[str, bytes]:
        return _xml("eInfoResult", "<DbList><DbName>pubmed</DbName></DbList>")

    def _ecitmatch(self, asked: Asked, _: Fault | None) -> tuple[str, bytes]:
        lines = []
        for citation in re.split(r"[\r\n]+", asked.one("bdata")):
            journal, year, volume, page, author, key = (citation.split("|") + [""] * 6)[:6]
            hits = [
                pmid
                for pmid, xml in self.server_state.articles.items()
                if _cites(xml, journal, year, volume, page)
            ]
            answer = (
                hits[0] if len(hits) == 1 else f"AMBIGUOUS ({len(hits)} citations)" if hits else "NOT_FOUND"
            )
            lines.append(f"{journal}|{year}|{volume}|{page}|{author}|{key}|{answer}")
        return "text/plain", "\n".join(lines).encode() + b"\n"

    def _chosen(self, asked: Asked) -> list[str]:
        if asked.one("WebEnv"):
            try:
                pmids = self.server_state.history[asked.one("WebEnv")][int(asked.one("query_key")) - 1]
            except (KeyError, IndexError) as error:
                raise ValueError("Unable to obtain query #1") from error
            start = int(asked.one("retstart") or 0)
            return pmids[start : start + int(asked.one("retmax") or 20)]
        pmids = [i for value in asked.parameters.get("id", []) for i in value.split(",") if i]
        known = self.server_state.articles.keys() | self.server_state.merged.keys()
        if not any(i in known for i in pmids):
            raise ValueError("ID list is empty! Possibly it has no correct IDs.")
        return pmids


@cache
def _entry(pmid: str, xml: str) -> Entry:
    root = ET.fromstring(xml)

    def text(path: str) -> str:
        return " ".join("".join(e.itertext()) for e in root.iterfind(path))

    entered = root.find("PubmedData/History/PubMedPubDate")
    changed = root.find("MedlineCitation/DateRevised")
    assert entered is not None
    assert changed is not None
    return Entry(
        pmid,
        text("MedlineCitation/Article/ArticleTitle"),
        text("MedlineCitation/Article/Abstract/AbstractText"),
        tuple(
            f"{a.findtext('LastName')} {a.findtext('Initials')}"
            for a in root.iterfind("MedlineCitation/Article/AuthorList/Author")
        ),
        int(text(".//PubDate/Year") or 0),
        tuple((i.text or "").lower() for i in root.iterfind("PubmedData/ArticleIdList/ArticleId")),
        "-".join(f"{int(e.text or 0):02d}" for e in entered),
        "-".join(f"{int(e.text or 0):02d}" for e in changed),
    )


def _cites(xml: str, *asked: str) -> bool:
    """Whether an article has this journal, year, volume and first page; what is not asked fits."""
    printed = _citation(xml)
    return all(not a or a.lower() == known for a, known in zip(asked, printed, strict=True))


@cache
def _citation(xml: str) -> tuple[str, str, str, str]:
    root = ET.fromstring(xml)
    return (
        root.findtext(".//MedlineTA", "").lower(),
        root.findtext(".//PubDate/Year", ""),
        root.findtext(".//Volume", "").lower(),
        root.findtext(".//MedlinePgn", "").partition("-")[0].lower(),
    )


def _ids(pmids: Iterable[str]) -> str:
    return "".join(f"<Id>{pmid}</Id>" for pmid in pmids)


def _xml(root: str, inner: str) -> tuple[str, bytes]:
    return "text/xml", f'<?xml version="1.0" encoding="UTF-8" ?>\n<{root}>{inner}</{root}>\n'.encode()
