"""Text of an XML element with nested tags, without losing a word: raised and lowered characters, formulas."""

from __future__ import annotations

from xml.etree.ElementTree import Element

_SUPERSCRIPT = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
_SUPERSCRIPTS = set("0123456789+-−=()ni")
_SUBSCRIPTS = set("0123456789+-−=()aehijklmnoprstuvxβγρφχ")


def flatten(element: Element | None) -> str:
    """All text of an element in reading order, white space made single.

    `<sup>` and `<sub>` become Unicode characters where every character has one, else `^(…)` and `_(…)`; MathML keeps
    its text, with raised and lowered parts treated the same way and fractions as `a/b`.
    """
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    return " ".join(_inner(element).split())


def _inner(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_outer(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _outer(element: Element) -> str:
    name = element.tag.rpartition(":")[2].rpartition("}")[2]
    if name == "sup":
        return raised(_inner(element))
    if name == "sub":
        return lowered(_inner(element))
    if name in _MATH:
        children = [_outer(child).strip() for child in element if isinstance(child.tag, str)]
        if len(children) == len(_MATH[name]):
            return "".join(shape(text) for shape, text in zip(_MATH[name], children, strict=True))
    if name == "mfrac" and len(element) == 2:
        return "/".join(_outer(child).strip() for child in element)
    return _inner(element)


def raised(text: str) -> str:
    """`2+` → `²⁺`, `flox` → `^(flox)`."""
    return _shifted(text, _SUPERSCRIPTS, _SUPERSCRIPT, "^")


def lowered(text: str) -> str:
    """`50` → `₅₀`, `50,app` → `_(50,app)`."""
    return _shifted(text, _SUBSCRIPTS, _SUBSCRIPT, "_")


def _shifted(text: str, known: set[str], table: dict[int, int], mark: str) -> str:
    stripped = text.strip()
    if not stripped:
        return text
    if set(stripped) <= known:
        return text.replace(stripped, stripped.translate(table))
    return text.replace(stripped, f"{mark}({stripped})")


_MATH = {
    "msup": (str, raised),
    "msub": (str, lowered),
    "msubsup": (str, lowered, raised),
}
