"""Invented pairs that differ only in direction: what drugs and genes do to outcomes, said in many ways.

An axis is something that can go up or down; each way of saying it exists for claims and for evidence, so that a pair
says the same, the opposite, nothing found, or the same of another thing. No name in them exists.
"""

from __future__ import annotations

import random

from stance_pairs import CONTRADICT, NEI, SUPPORT, Pair

_STEMS = ("alfa", "beno", "cari", "dela", "effa", "fulo", "gami", "hexo", "ilu", "jova", "kelu", "lori")
_STEMS += ("mexa", "nalo", "oxi", "pera", "quin", "rolu", "seta", "tavo", "uri", "vexi", "zano")
_ENDS = ("mab", "tinib", "ciclib", "lisib", "platin", "taxel", "rubicin", "trexate", "mide", "parib")
_GENES = ("GEN1", "KRX2", "MTAP4", "PLK9", "SOXB", "TRB7", "FGX1", "NRD3", "CDQ2", "ERX5", "HLP1", "miR-9x")
_CELLS = (
    "resistant cells",
    "breast cancer cells",
    "the xenografts",
    "the tumours",
    "patients",
    "women with metastatic disease",
)

# axis: (up in claims, down in claims, up in evidence, down in evidence, none in evidence)
_AXES = {
    "survival": (
        (
            "{a} prolonged {s} compared with {b}",
            "{s} was longer with {a} than with {b}",
            "{a} improves {s}",
            "{a} extends {s} over {b}",
        ),
        (
            "{a} shortened {s} compared with {b}",
            "{s} was shorter with {a} than with {b}",
            "{a} worsens {s}",
            "{a} reduces {s} against {b}",
        ),
        (
            "Median {s} was {hi} months with {a} and {lo} months with {b} (p = {p})",
            "{s} was longer in the {a} arm ({hi} v {lo} months)",
            "{a} lowered the risk of progression or death (HR {h}; 95% CI {h0}-{h1})",
            "Patients given {a} lived longer than those given {b}",
            "Compared with {b}, {a} improved {s} (HR {h}, p = {p})",
        ),
        (
            "Median {s} was {lo} months with {a} and {hi} months with {b} (p = {p})",
            "{s} was shorter in the {a} arm ({lo} v {hi} months)",
            "{a} raised the risk of progression or death (HR {g}; 95% CI {g0}-{g1})",
            "Patients given {a} died earlier than those given {b}",
            "Compared with {b}, {a} worsened {s} (HR {g}, p = {p})",
        ),
        (
            "{s} did not differ between {a} and {b} (p = {q})",
            "{a} brought no benefit in {s} (HR 0.97; 95% CI 0.81-1.16)",
            "{s} was similar in both arms ({lo} v {lo2} months)",
        ),
    ),
    "resistance": (
        (
            "{g} causes resistance to {a}",
            "{g} makes {c} resistant to {a}",
            "High {g} goes with a poor response to {a}",
            "{g} lowers sensitivity to {a}",
        ),
        (
            "{g} sensitises {c} to {a}",
            "{g} raises sensitivity to {a}",
            "High {g} predicts a better response to {a}",
            "{g} overcomes resistance to {a}",
        ),
        (
            "Overexpression of {g} protected {c} from {a}",
            "Knockdown of {g} restored sensitivity to {a}",
            "Inhibition of {g} resensitised {c} to {a}",
            "Cells that lost {g} responded to {a} again",
            "{g} was higher in {c} that did not respond to {a}",
        ),
        (
            "Overexpression of {g} sensitised {c} to {a}",
            "Knockdown of {g} made {c} resistant to {a}",
            "Inhibition of {g} weakened the effect of {a}",
            "Cells that lost {g} no longer responded to {a}",
            "{g} was higher in {c} that responded to {a}",
        ),
        (
            "Silencing {g} did not change the response to {a}",
            "{g} was not associated with response to {a} (p = {q})",
            "{c} with and without {g} responded to {a} alike",
        ),
    ),
    "growth": (
        ("{a} promotes the growth of {c}", "{a} speeds up proliferation", "{a} raises the viability of {c}"),
        ("{a} inhibits the growth of {c}", "{a} slows proliferation", "{a} suppresses {c}"),
        (
            "{a} increased proliferation of {c}",
            "{c} grew faster under {a}",
            "Viability rose after {a}",
            "Tumours treated with {a} were larger than controls (p = {p})",
        ),
        (
            "{a} reduced proliferation of {c}",
            "{c} grew more slowly under {a}",
            "{a} brought about regression of {c}",
            "Tumours treated with {a} were smaller than controls (p = {p})",
        ),
        (
            "{a} had no effect on proliferation",
            "Growth of {c} under {a} was that of controls",
            "Tumour size did not differ between {a} and vehicle (p = {q})",
        ),
    ),
    "death": (
        ("{a} induces apoptosis in {c}", "{a} kills {c}", "{a} increases cell death"),
        ("{a} prevents apoptosis in {c}", "{a} protects {c} from dying", "{a} decreases cell death"),
        (
            "Apoptosis rose {n}-fold with {a}",
            "{a} activated caspase 3 and more cells died",
            "Cell death was more frequent after {a} (p = {p})",
        ),
        (
            "Apoptosis fell with {a}",
            "{a} blocked caspase 3 and fewer cells died",
            "Cell death was rarer after {a} (p = {p})",
        ),
        ("{a} did not change the rate of apoptosis", "Caspase 3 was the same with and without {a} (p = {q})"),
    ),
    "response": (
        (
            "{a} raises the response rate compared with {b}",
            "More patients respond to {a} than to {b}",
            "{a} is more effective than {b}",
        ),
        (
            "{a} lowers the response rate compared with {b}",
            "Fewer patients respond to {a} than to {b}",
            "{a} is less effective than {b}",
        ),
        (
            "{k}% responded to {a} and {j}% to {b} (p = {p})",
            "The response rate was higher with {a}",
            "Complete remissions were more frequent with {a} ({k}% v {j}%)",
        ),
        (
            "{j}% responded to {a} and {k}% to {b} (p = {p})",
            "The response rate was lower with {a}",
            "Complete remissions were less frequent with {a} ({j}% v {k}%)",
        ),
        (
            "Response rates were alike ({k}% v {k2}%; p = {q})",
            "The response rate to {a} was not different from that to {b}",
        ),
    ),
    "harm": (
        ("{a} increases the risk of {t}", "{t} is more frequent with {a} than with {b}", "{a} causes {t}"),
        ("{a} decreases the risk of {t}", "{t} is less frequent with {a} than with {b}", "{a} prevents {t}"),
        (
            "{t} occurred in {k}% with {a} and {j}% with {b} (p = {p})",
            "More patients had {t} under {a}",
            "The odds of {t} rose with {a} (OR {g}; 95% CI {g0}-{g1})",
        ),
        (
            "{t} occurred in {j}% with {a} and {k}% with {b} (p = {p})",
            "Fewer patients had {t} under {a}",
            "The odds of {t} fell with {a} (OR {h}; 95% CI {h0}-{h1})",
        ),
        (
            "{t} was as frequent with {a} as with {b} (p = {q})",
            "{a} did not add {t}",
            "No difference in {t} was seen",
        ),
    ),
    "pathway": (
        ("{a} activates {g}", "{a} increases {g} expression", "{g} rises under {a}"),
        ("{a} inhibits {g}", "{a} decreases {g} expression", "{g} falls under {a}"),
        (
            "Phosphorylated {g} increased after {a}",
            "{a} upregulated {g}",
            "{g} was higher in {c} treated with {a} (p = {p})",
        ),
        (
            "Phosphorylated {g} decreased after {a}",
            "{a} downregulated {g}",
            "{g} was lower in {c} treated with {a} (p = {p})",
        ),
        ("{a} left {g} unchanged", "{g} was the same with and without {a} (p = {q})"),
    ),
}
_NONE_CLAIMS = {
    "survival": "{a} has no effect on {s}",
    "resistance": "{g} does not influence the response to {a}",
    "growth": "{a} does not change the growth of {c}",
    "death": "{a} does not influence apoptosis",
    "response": "{a} and {b} give similar response rates",
    "harm": "{t} does not depend on whether {a} is given",
    "pathway": "{a} does not change {g}",
}
_LEADS = (
    "",
    "",
    "",
    "In this trial, ",
    "We found that ",
    "RESULTS: ",
    "Our data show that ",
    "In conclusion, ",
)
_HARMS = ("diarrhoea", "cardiac events", "neutropenia", "rash", "heart failure", "pneumonitis", "nausea")
_SURVIVAL = ("progression-free survival", "overall survival", "disease-free survival", "PFS", "OS")


def invented(count: int, chance: random.Random) -> list[Pair]:
    """Pairs of the grammar: the same, the opposite or nothing found about as often, some about another thing."""
    made = []
    while len(made) < count:
        axis = chance.choice(list(_AXES))
        up_claims, down_claims, up, down, none = _AXES[axis]
        slots = _slots(chance)
        found = chance.choice(("up", "down", "up", "down", "none"))
        told = {"up": up, "down": down, "none": none}[found]
        evidence = _sentence(chance.choice(told), slots, chance)
        same, opposite = (up_claims, down_claims) if found == "up" else (down_claims, up_claims)
        denied = (_NONE_CLAIMS[axis],)
        if found == "none":
            claims = [(denied, SUPPORT), (chance.choice((up_claims, down_claims)), CONTRADICT)]
        else:
            claims = [(same, SUPPORT), (opposite, CONTRADICT)]
            if chance.random() < 0.25:
                claims.append((denied, CONTRADICT))
        for ways, label in claims:
            made.append(
                Pair(
                    _sentence(chance.choice(ways), slots, chance, lead=False),
                    evidence,
                    label,
                    "grammar",
                    "grammar",
                )
            )
        if chance.random() < 0.35:
            other = {**slots, **{k: v for k, v in _slots(chance).items() if k in "agt"}}
            if other["a"] != slots["a"]:
                claim = _sentence(
                    chance.choice(chance.choice((up_claims, down_claims))), other, chance, lead=False
                )
                made.append(Pair(claim, evidence, NEI, "grammar", "grammar"))
    return made[:count]


def _slots(chance: random.Random) -> dict[str, str]:
    names = chance.sample(_STEMS, 2)
    low = chance.uniform(2, 12)
    ratio, rate = chance.uniform(0.4, 0.75), chance.randint(5, 40)
    more = rate + chance.randint(15, 40)
    return {
        "a": names[0] + chance.choice(_ENDS),
        "b": chance.choice((names[1] + chance.choice(_ENDS), "placebo", "chemotherapy alone", "the control")),
        "g": chance.choice(_GENES),
        "c": chance.choice(_CELLS),
        "t": chance.choice(_HARMS),
        "s": chance.choice(_SURVIVAL),
        "lo": f"{low:.1f}",
        "lo2": f"{low + 0.2:.1f}",
        "hi": f"{low * chance.uniform(1.4, 2.2):.1f}",
        "p": chance.choice(("0.001", "0.01", "0.02", "0.003", "0.04")),
        "q": chance.choice(("0.31", "0.64", "0.87", "0.12", "0.45")),
        "h": f"{ratio:.2f}",
        "h0": f"{ratio - 0.15:.2f}",
        "h1": f"{ratio + 0.18:.2f}",
        "g0": f"{1.1:.2f}",
        "g1": f"{2.9:.2f}",
        "n": chance.choice(("two", "three", "2.5", "four")),
        "k": str(more),
        "k2": str(more + 1),
        "j": str(rate),
    }


def _sentence(template: str, slots: dict[str, str], chance: random.Random, *, lead: bool = True) -> str:
    slots = {**slots, "g": slots["g"]}
    if "HR {g}" in template or "OR {g}" in template:
        slots["g"] = "1.7" if chance.random() < 0.5 else "1.62"
    text = template.format(**slots)
    opening = chance.choice(_LEADS) if lead else ""
    return f"{opening}{text if opening and not opening.endswith(': ') else text[0].upper() + text[1:]}."
