"""Invented pairs that differ only in direction: what drugs and genes do to outcomes, said in many ways.

An axis of `stance_grammar.toml` is something that can go up or down; each way of saying it exists for claims and for
evidence, so that a pair says the same, the opposite, nothing found, or the same of another thing. No name in
them exists.
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from stance_pairs import CONTRADICT, NEI, SUPPORT, Pair

_GRAMMAR = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def invented(count: int, chance: random.Random) -> list[Pair]:
    """Pairs of the grammar: the same, the opposite or nothing found about as often, some about another thing."""
    made: list[Pair] = []
    while len(made) < count:
        axis = _GRAMMAR["axes"][chance.choice(list(_GRAMMAR["axes"]))]
        ups, downs, denied = axis["claims_up"], axis["claims_down"], [axis["denied"]]
        slots = _slots(chance)
        found = chance.choice(("up", "down", "up", "down", "none"))
        evidence = _sentence(axis[found], slots, chance, leads=_GRAMMAR["leads"])
        if found == "none":
            told = [(denied, SUPPORT), (chance.choice((ups, downs)), CONTRADICT)]
        else:
            same, opposite = (ups, downs) if found == "up" else (downs, ups)
            told = [(same, SUPPORT), (opposite, CONTRADICT)]
            if chance.random() < 0.25:
                told.append((denied, CONTRADICT))
        claims = [(_sentence(ways, slots, chance), label) for ways, label in told]
        if chance.random() < 0.35:
            other = {**slots, **{k: v for k, v in _slots(chance).items() if k in ("a", "g", "t")}}
            if other["a"] != slots["a"]:
                claims.append((_sentence(chance.choice((ups, downs)), other, chance), NEI))
        made += [Pair(claim, evidence, label, "grammar", "grammar") for claim, label in claims]
    return made[:count]


def _slots(chance: random.Random) -> dict[str, str]:
    """Names and figures of one pair; the letters stand in the grammar."""
    stems = chance.sample(_GRAMMAR["stems"], 2)
    low = chance.uniform(2, 12)
    ratio, rate = chance.uniform(0.4, 0.75), chance.randint(5, 40)
    more = rate + chance.randint(15, 40)
    ends = _GRAMMAR["endings"]
    return {
        "a": stems[0] + chance.choice(ends),
        "b": chance.choice((stems[1] + chance.choice(ends), "placebo", "chemotherapy alone", "the control")),
        "g": chance.choice(_GRAMMAR["genes"]),
        "c": chance.choice(_GRAMMAR["subjects"]),
        "t": chance.choice(_GRAMMAR["harms"]),
        "s": chance.choice(_GRAMMAR["survival"]),
        "lo": f"{low:.1f}",
        "lo2": f"{low + 0.2:.1f}",
        "hi": f"{low * chance.uniform(1.4, 2.2):.1f}",
        "p": chance.choice(("0.001", "0.01", "0.02", "0.003", "0.04")),
        "q": chance.choice(("0.31", "0.64", "0.87", "0.12", "0.45")),
        "h": f"{ratio:.2f}",
        "h0": f"{ratio - 0.15:.2f}",
        "h1": f"{ratio + 0.18:.2f}",
        "g0": "1.10",
        "g1": "2.90",
        "n": chance.choice(("two", "three", "2.5", "four")),
        "k": str(more),
        "k2": str(more + 1),
        "j": str(rate),
    }


def _sentence(
    ways: list[str], slots: dict[str, str], chance: random.Random, leads: list[str] | None = None
) -> str:
    """One of the ways to say it, with the slots filled in and, for evidence, one of the openings."""
    template = chance.choice(ways)
    raised = {"r": "1.7" if chance.random() < 0.5 else "1.62"} if "{r}" in template else {}
    text = template.format(**slots, **raised)
    opening = chance.choice(leads) if leads else ""
    return f"{opening}{text if opening and not opening.endswith(': ') else text[0].upper() + text[1:]}."
