"""LaTeX fragments, Markdown and HTML markup turned into plain Unicode text; letters are never dropped."""

from __future__ import annotations

import html
import re
from functools import lru_cache

_COMMANDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "pm": "±", "times": "×", "cdot": "·", "geq": "≥",
    "ge": "≥", "geqslant": "≥", "leq": "≤", "le": "≤", "leqslant": "≤", "approx": "≈", "sim": "~",
    "simeq": "≃", "neq": "≠", "to": "→", "rightarrow": "→", "leftarrow": "←", "uparrow": "↑",
    "downarrow": "↓", "leftrightarrow": "↔", "circ": "°", "degree": "°", "infty": "∞", "prime": "′",
    "lt": "<", "gt": ">", "ldots": "…", "dots": "…", "quad": " ", "qquad": " ", "left": "", "right": "",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FROM_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_NUMBER_LIST = r"\d{1,3}(?:\s*[,;–—-]\s*\d{1,3})*"
_KEEPS_HYPHEN = re.compile(
    r"anti|non|self|cell|cross|first|second|third|well|long|short|high|low|drug|dose|double|single|open|time|end|post|"
    r"mid|half|[a-z]+(?:mab|nib)"
)
_MATH = re.compile(r"( *)\$([^$\n]{1,200}?)\$( *)")
_PADDED = re.compile(r" \$[^$\n]{1,200}?\$(?:  | [,.;:)])")


def latex_to_unicode(fragment: str) -> str:
    """The reading text of one LaTeX fragment, without its dollar signs."""
    text = re.sub(
        r"\\(?:mathrm|mathbf|mathit|mathsf|text|textit|textbf|rm|bf|it|operatorname)\b\s*", "", fragment
    )
    text = re.sub(r"\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"√\1", text)
    text = re.sub(r"\\([A-Za-z]+)\s*", lambda m: _COMMANDS.get(m[1], m[1]), text)
    text = re.sub(r"\\([%&#_$ ])", r"\1", text)
    text = re.sub(r"\\[,;:!]", " ", text)
    text = re.sub(
        r"\^\s*\{([^{}]*)\}|\^\s*(\S)", lambda m: (m[1] or m[2] or "").strip().translate(_SUPERSCRIPTS), text
    )
    text = re.sub(r"_\s*\{([^{}]*)\}|_\s*(\S)", lambda m: (m[1] or m[2] or "").strip(), text)
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", text)).strip()


def replace_latex(text: str) -> str:
    r"""Turn all `$...$` fragments of a document into Unicode.

    Converters of PDFs pad each fragment with one blank on either side (`HER2 $\Delta$ 16`, `TGF- $\beta$ , which`).
    Where a document shows that habit, one blank on each side is taken away; elsewhere only where a blank can't stand.
    """
    padded = bool(_PADDED.search(text))

    def mend(match: re.Match[str]) -> str:
        before, after = match[1], match[3]
        inner = latex_to_unicode(match[2])
        if padded:
            return f"{before[1:]}{inner}{after[1:]}"
        left = text[match.start() - 1 : match.start()] if before else ""
        right = text[match.end() : match.end() + 1] if after else ""
        if left in {"-", "–"} and len(inner) == 1:
            before = ""
        if right and right in ",.;:)]":
            after = ""
        if inner == "Δ" and left.isalnum() and right.isdigit():
            before = after = ""
        return f"{before}{inner}{after}"

    superscript = re.compile(rf"\s*\$\s*\{{?\}}?\^\s*\{{?\s*\[?({_NUMBER_LIST})\]?\s*\}}?\s*\$")
    return _MATH.sub(mend, superscript.sub(_superscript_marker, text))


def _superscript_marker(match: re.Match[str]) -> str:
    """A superscript that may be a citation stays recognisable: `<sup>3</sup>`, decided upon later."""
    before = match.string[max(0, match.start() - 1) : match.start()]
    return f"<sup>{match[1]}</sup>" if before.isalpha() or before in set(',.;:)%]"”') else match[0]


def cite_superscripts(text: str, *, as_citations: bool) -> str:
    """Superscript numbers as bracketed markers (`therapy<sup>3,4</sup>` → `therapy [3,4]`) or as exponents."""
    text = re.sub(
        r"(?<=[A-Za-zα-ωΑ-Ω,.;:)%\]\"”])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*",
        lambda m: f"<sup>{m[0].translate(_FROM_SUPERSCRIPTS)}</sup>" if as_citations else m[0],
        text,
    )
    if as_citations:
        text = re.sub(rf"\s*<sup>\s*\[?({_NUMBER_LIST})\]?\s*</sup>", r" [\1]", text)
    text = re.sub(r"<sup>([^<]*)</sup>", lambda m: m[1].translate(_SUPERSCRIPTS), text)
    return re.sub(r"<sub>([^<]*)</sub>", r"\1", text)


def count_superscript_citations(text: str) -> int:
    """How many superscript numbers follow a word or a mark, as citations do (and exponents of units don't)."""
    glyphs = r"(?<=[A-Za-z,.;)])[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]*"
    return len(re.findall(rf"<sup>\s*\[?{_NUMBER_LIST}\]?\s*</sup>", text)) + len(re.findall(glyphs, text))


def strip_markdown(text: str, *, keep_italics: bool = False) -> str:
    """Text without links, emphasis, code marks, tags, escapes and entities; `keep_italics` leaves `*journal*`."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]{0,300}\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!|>~-])", r"\1", text)
    text = re.sub(r"\[\^(\d{1,3})\]", r"[\1]", text)
    text = re.sub(r"(\[[\d,;–\s-]+\])\((?:#|https?:)[^)\s]*\)", r"\1", text)
    text = re.sub(r"\[(\d{1,3})\]\(#[^)\s]*\)", r"[\1]", text)
    text = re.sub(r"\[([^\]\n]{1,300})\]\((?:#|https?:|mailto:)[^)\s]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    if not keep_italics:
        text = re.sub(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])", r"\1", text)
        text = re.sub(r"(?<!\w)_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?!\w)", r"\1", text)
    text = re.sub(r"`([^`\n]+)`", r"\1", text)
    text = re.sub(r"</?(?!sup\b|sub\b)[a-zA-Z][^<>\n]{0,200}>", "", text)
    return html.unescape(text)


def tidy(text: str) -> str:
    """One line with single blanks, no blank before a comma or a closing mark, no soft hyphens."""
    text = text.replace("\u00ad", "").replace("\ufeff", "").replace("\u200b", "")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" +([,;:.)\]])(?=[\s)\],.;:]|$)", r"\1", text)


@lru_cache(maxsize=4)
def _vocabulary(document: str) -> frozenset[str]:
    """Words and hyphenated pairs of a document."""
    words = re.findall(r"\w+(?:-\w+)*", document)
    parts = (part for word in words if "-" in word for part in re.findall(r"\w+-\w+|\w+", word))
    return frozenset((*words, *parts))


def join_lines(lines: list[str], document: str) -> str:
    """Lines of one paragraph as one line; a word broken by a hyphen is healed, a real hyphen kept.

    The hyphen stays where the hyphenated word stands elsewhere in `document`, after capitals and digits (`HER2-`)
    and after prefixes that keep theirs (`anti-`).
    """
    pieces: list[str] = []
    for line in (part.strip() for part in lines):
        if not pieces:
            pieces.append(line)
            continue
        broken = re.search(r"(\w+)[-\u00ad\u2010]$", pieces[-1][-60:])
        following = re.match(r"\w+", line)
        if broken and following:
            keep = (
                not broken[1].islower()
                or not following[0][0].islower()
                or bool(_KEEPS_HYPHEN.fullmatch(broken[1]))
            )
            hyphenated, whole = f"{broken[1]}-{following[0]}", broken[1] + following[0]
            if hyphenated in _vocabulary(document):
                keep = True
            elif whole in _vocabulary(document):
                keep = False
            pieces[-1:] = [pieces[-1] if keep else pieces[-1][:-1], line]
        else:
            pieces.extend((" ", line))
    return "".join(pieces)
