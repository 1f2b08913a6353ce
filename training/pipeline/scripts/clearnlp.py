"""Dependencies of Universal Dependencies 1 (GENIA) in the scheme of ClearNLP, which CRAFT and spaCy's models use.

The two differ in who is the head: UD makes content words heads, ClearNLP prepositions and copulas. Choi and Palmer
2012, Guidelines for the CLEAR style constituent to dependency conversion. What UD does not say (oprd, quantmod,
npadvmod of measures) is not invented: those labels come from CRAFT alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

SAME_BY_ANOTHER_NAME = {
    "nmod:poss": "poss",
    "nmod:npmod": "npadvmod",
    "nmod:tmod": "npadvmod",
    "acl:relcl": "relcl",
    "cc:preconj": "preconj",
    "det:predet": "predet",
    "compound:prt": "prt",
    "iobj": "dative",
    "mwe": "prep",
    "root": "ROOT",
}
OF_THE_CLAUSE = {
    "nsubj", "nsubjpass", "csubj", "csubjpass", "aux", "auxpass", "neg", "mark", "expl", "advcl", "parataxis",
    "punct", "cc", "ccomp", "prep", "dep", "agent",
}  # fmt: skip
"""Children that a predicate noun or adjective gives up to its copula."""


@dataclass
class Word:
    """One token: its Penn tag, the place of its head (its own place for the root) and the label."""

    text: str
    tag: str
    head: int
    label: str


def to_clearnlp(words: list[Word]) -> list[Word]:
    """The same sentence in the other scheme; `words` is left as it is."""
    result = [Word(word.text, word.tag, word.head, word.label) for word in words]
    _prepositions(result)
    _copulas(result)
    _chains(result)
    for word in result:
        word.label = SAME_BY_ANOTHER_NAME.get(word.label, word.label)
    return result


def _children(words: list[Word], head: int) -> list[int]:
    return [place for place, word in enumerate(words) if word.head == head and place != head]


def _prepositions(words: list[Word]) -> None:
    """`case` under a noun becomes `prep` above it; a preposition that introduces a gerund becomes `prep` + `pcomp`."""
    above: dict[int, int] = {}
    for place, word in enumerate(words):
        kids = _children(words, place)
        if word.label in ("nmod", "conj"):
            cases = [kid for kid in kids if words[kid].label == "case" and kid < place]
        elif word.label in ("advcl", "acl", "nmod") and word.tag == "VBG":
            cases = [kid for kid in kids if words[kid].label == "mark" and words[kid].tag == "IN"]
        else:
            cases = []
        if cases:
            above[place] = cases[-1]
    for place, case in above.items():
        word, preposition = words[place], words[case]
        head = word.head
        if word.label == "conj":
            head = above.get(head, head)
            label = "conj"
        else:
            passive = any(words[kid].label == "auxpass" for kid in _children(words, head))
            label = "agent" if passive and preposition.text.lower() == "by" else "prep"
        for kid in _children(words, place):
            if words[kid].label in ("cc", "conj") and kid in above and words[kid].label == "conj":
                words[kid].head = place
            elif kid < case and kid != case and words[kid].label in ("case", "advmod", "punct", "neg"):
                words[kid].head = case
        preposition.head, preposition.label = head, label
        word.head, word.label = case, "pobj" if word.tag != "VBG" or word.label == "nmod" else "pcomp"


def _copulas(words: list[Word]) -> None:
    """The copula becomes head of the predicate it joins to a subject."""
    for copula, word in enumerate(words):
        if word.label != "cop":
            continue
        predicate = word.head
        old = words[predicate]
        top = old.head == predicate
        for kid in _children(words, predicate):
            clausal = words[kid].label in OF_THE_CLAUSE
            if kid != copula and clausal and not (words[kid].label in ("prep", "dep", "cc") and kid < copula):
                own = words[kid].label == "prep" and old.tag.startswith("NN")
                if not own and words[kid].label != "cc":
                    words[kid].head = copula
            elif words[kid].label == "advmod" and kid < copula:
                words[kid].head = copula
        word.head, word.label = (copula if top else old.head), old.label
        old.head = copula
        old.label = "acomp" if old.tag.startswith(("JJ", "VB")) else "attr"


def _chains(words: list[Word]) -> None:
    """Of A, B and C, B hangs on A and C on B, and "and" on B; "to" before a verb is an auxiliary."""
    for place in range(len(words)):
        kids = _children(words, place)
        joined = [kid for kid in kids if words[kid].label == "conj" and kid > place]
        for before, after in pairwise(joined):
            words[after].head = before
            for kid in kids:
                if words[kid].label in ("cc", "punct") and before < kid < after:
                    words[kid].head = before
    for word in words:
        if word.label == "mark" and word.tag == "TO":
            word.label = "aux"
        elif word.label == "case" and word.tag in ("IN", "TO"):
            word.label = "prep"
