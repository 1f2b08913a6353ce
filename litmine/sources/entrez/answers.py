"""What makes an answer of the E-utilities usable, and the lines that ECitMatch takes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection
from xml.etree.ElementTree import Element

from litmine.errors import FetchFailed, RecordError
from litmine.sources.entrez.transport import Unusable
from litmine.sources.medline.guard import elements
from litmine.types import Reference

_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*)*<([A-Za-z][\w-]*)",
    re.S,
)
_ERROR = re.compile(rb"<ERROR>([^<]+)</ERROR>", re.S | re.I)
_KEY = 5
_KNOWS_NONE = re.compile(rb"id list is empty|empty result|empty id list|no items found", re.I)


class KnowsNone(FetchFailed):
    """EFetch says, by an error, that it has none of the ids: an answer, though one to be confirmed."""


def acceptance(root: str) -> Callable[[bytes], None]:
    """What makes an answer usable: the right root element, complete, and no error inside. ECitMatch has plain lines."""

    def accept(body: bytes) -> None:
        if not body.strip():
            raise Unusable("an empty answer")
        found = _ROOT.match(body[:4096])
        if not root:
            if found or b"|" not in body:
                raise Unusable(f"no citation lines but {_said(body)}")
            return
        if not found:
            raise Unusable(f"no XML but {_said(body)}")
        if found[1] != root.encode():
            if root == "PubmedArticleSet" and (said := _ERROR.search(body[:20_000])) and knows_none(said[1]):
                raise KnowsNone(f"EFetch says {_said(said[1])}")
            raise Unusable(f"an answer <{found[1].decode()}>, not <{root}>: {_said(body)}")
        error = _ERROR.search(body[:20_000]) if root != "PubmedArticleSet" else None
        if error:
            raise Unusable(f"an error: {_said(error[1])}")
        end = body.rstrip()[-200:]
        if not (end.endswith(f"</{root}>".encode()) or (end.endswith(b"/>") and b"<" + root.encode() in end)):
            raise Unusable(f"an answer cut off after {len(body)} bytes")

    return accept


def knows_none(message: bytes) -> bool:
    """Whether an error message of EFetch means that it has none of the ids."""
    return bool(_KNOWS_NONE.search(message))


def _said(body: bytes) -> str:
    text = re.sub(
        r"<(script|style).*?</\1>|<[^>]*>", " ", body[:4000].decode("utf-8", "replace"), flags=re.S | re.I
    )
    return repr(" ".join(text.split())[:120])


def only_element(body: bytes, root: str) -> Element:
    """The root element of an answer.

    Raises:
        FetchFailed: it is no XML of that root.
    """
    try:
        return next(elements(io.BytesIO(body), tags={root}, roots={root}, name=root))
    except RecordError as error:
        raise FetchFailed(str(error)) from error


def citation_line(reference: Reference, key: str) -> str:
    """A reference as ECitMatch wants it; a bar would end a field."""
    parts = (
        re.sub(r"\.(?=\s|$|\w)", " ", reference.journal).replace("  ", " ").strip(),  # as MEDLINE abbreviates
        str(reference.year),
        reference.volume,
        re.split(r"[-–—,]", reference.pages)[0].strip(),
        reference.authors[0] if reference.authors else "",
        key,
    )
    return "".join(re.sub(r"[|\r\n]+", " ", part) + "|" for part in parts)


def citation_answers(body: bytes, keys: Collection[str]) -> dict[str, str]:
    """What ECitMatch answers to each key: the field behind the key in `journal|year|volume|page|author|key|answer`."""
    answers = {}
    for line in body.decode("utf-8", "replace").splitlines():
        fields = [field.strip() for field in line.rstrip("| \t\r").split("|")]
        if len(fields) > _KEY and fields[_KEY] in keys:
            answers[fields[_KEY]] = " ".join(fields[_KEY + 1 :])
        elif len(fields) > 1 and fields[-2] in keys:
            answers[fields[-2]] = fields[-1]
    return answers
