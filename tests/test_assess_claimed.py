"""What clauses claim by their own words, and what sentences say by trends, properties and consequences."""

from dataclasses import replace

import pytest

from litmine.assess import judge, judge_statements, statement
from litmine.assess.citations import tell_apart
from litmine.assess.links import ensuing_link, links_in, mentions_in
from litmine.assess.newer import dated
from litmine.assess.properties import changes_in
from litmine.assess.trends import by_trend
from litmine.assess.verdict import decide_clause
from litmine.assess.worded import merely_located, only_worded
from litmine.claims import split_clauses
from litmine.types import CitationCheck, Claim, Clause, Entity, Relation, Slot


def entity(kind, name, text):
    at = text.index(name)
    attributes = (("target", "GEN9"),) if kind in {"drug", "drug_class"} else ()
    return Entity(kind, at, at + len(name), name, name, "", attributes)


def named(text, **kinds):
    """Entities of a text: named(text, alfamab="drug")."""
    return [entity(kind, name, text) for name, kind in kinds.items()]


def relation(drugs, mechanism, kind, direction, assertion="asserted", rule=""):
    slots = tuple(Slot(0, 1, d, d) for d in drugs)
    slot = Slot(0, 1, mechanism, mechanism) if mechanism else None
    return Relation(0, slots, slot, None, Slot(0, 1, kind, kind), kind, direction, assertion, rule=rule)


LONGER = relation(["alfamab"], "", "survival", "increases")
LONGER_TEXT = "Survival was longer with alfamab, hazard ratio 0.66."


@pytest.mark.parametrize(
    ("claim", "stance"),
    [
        ("At first alfamab works.", "supports"),
        ("Alfamab is plainly effective.", "supports"),
        ("It was shown that alfamab has significant effects.", "supports"),
        ("Alfamab works by binding its receptor.", "silent"),
        ("Alfamab is not effective.", "silent"),
        ("Alfamab has been given for ten years.", "silent"),
    ],
)
def test_a_drug_that_works_is_borne_out_by_its_trials(claim, stance):
    drug = [Entity("drug", 0, 7, "alfamab", "alfamab", "", (("target", "GEN9"),))]
    found = judge(
        claim,
        [],
        LONGER_TEXT,
        [LONGER],
        claim_entities=drug,
        evidence_entities=named(LONGER_TEXT, alfamab="drug"),
    )
    assert found.stance == stance


def test_sensitivity_lost_is_resistance():
    claim, text = "In time sensitivity to alfamab will be lost.", "Resistance to alfamab arose through GEN1."
    found = judge(
        claim,
        [],
        text,
        [relation(["alfamab"], "GEN1", "resistance", "increases")],
        claim_entities=named(claim, alfamab="drug"),
        evidence_entities=named(text, alfamab="drug", GEN1="gene"),
    )
    assert found.stance == "supports"
    text = "Progression under alfamab was more frequent with GEN1."
    worse = relation(["alfamab"], "", "survival", "decreases")
    found = judge(claim, [], text, [worse], claim_entities=drug_in(claim), evidence_entities=drug_in(text))
    assert found.stance == "qualifies"


def drug_in(text):
    return named(text, alfamab="drug")


@pytest.mark.parametrize(
    ("claim", "direction", "stance"),
    [
        ("GEN1 expression was related to survival.", "decreases", "supports"),
        ("GEN1 expression was related to survival.", "increases", "supports"),
        ("GEN1 expression was related to survival.", "no_effect", "qualifies"),
        ("GEN1 expression was positively related to survival.", "decreases", "silent"),
        ("The greater GEN1 expression was, the shorter was survival.", "decreases", "supports"),
        ("The greater GEN1 expression was, the shorter was survival.", "increases", "qualifies"),
    ],
)
def test_a_link_without_a_way_and_one_with_it(claim, direction, stance):
    asked = relation([], "GEN1", "survival", "associated")
    found = relation([], "GEN1", "survival", direction, "negated" if direction == "no_effect" else "asserted")
    text = "GEN1 was not related to survival." if direction == "no_effect" else "GEN1 went with survival."
    judgement = judge(claim, [asked], text, [found])
    counted = judgement.stance if judgement.score >= 0.6 else "silent"
    assert counted == stance


def test_therapy_against_what_the_field_is_about_names_no_mechanism():
    claim = "Therapy against HER2 is more efficacious with betanib and alfamab in combination."
    target = Slot(16, 20, "HER2", "HER2")
    asked = replace(relation(["betanib", "alfamab"], "HER2", "sensitivity", "increases"), mechanism=target)
    text = "Adding alfamab to betanib lowered the hazard of death."
    found = relation(["alfamab"], "", "survival", "increases")
    both = {"betanib": "GEN8", "alfamab": "GEN9"}
    one = replace(statement(claim, [asked], named(claim, betanib="drug", alfamab="drug")), aim=False)
    other = statement(text, [found], named(text, alfamab="drug"), record_drugs=both)
    assert judge_statements(one, other).stance == "supports"
    alone = statement(text, [found], named(text, alfamab="drug"), record_drugs={"alfamab": "GEN9"})
    assert judge_statements(one, alone).stance == "qualifies"


@pytest.mark.parametrize(
    "text",
    [
        "The finding runs counter to the expectation that GEN1 raises resistance to alfamab.",
        "This review weighs regimens by GEN1 and resistance to alfamab.",
        "Reports that GEN1 raises resistance to alfamab are discussed.",
        "Reports of resistance to alfamab - role of GEN1",
        "GEN1 is proposed as a target against resistance to alfamab.",
        "ABC-01 treated 30 patients with high GEN1 and resistance to alfamab; this update has a follow-up of 2 years.",
    ],
)
def test_topics_expectations_proposals_and_who_was_treated_are_no_findings(text):
    asked = relation(["alfamab"], "GEN1", "resistance", "increases")
    claim = statement("GEN1 makes tumours resist alfamab.", [asked])
    section = "title" if "role of" in text else ""
    assert judge_statements(claim, statement(text, [asked], section=section)).stance == "silent"


def test_who_was_treated_with_what_came_of_it_is_a_finding():
    asked = relation(["alfamab"], "GEN1", "resistance", "increases")
    claim = statement("GEN1 makes tumours resist alfamab.", [asked])
    text = "ABC-01 treated 30 patients with alfamab and high GEN1 led to resistance."
    assert judge_statements(claim, statement(text, [asked])).stance == "supports"


@pytest.mark.parametrize(
    ("evidence", "stance"),
    [
        (
            "Stronger amplification was correlated with larger tumours and absent oestrogen receptors.",
            "supports",
        ),
        ("Amplification was associated with larger tumours.", "qualifies"),
        (
            "Stronger amplification was correlated with smaller tumours and absent oestrogen receptors.",
            "qualifies",
        ),
        ("Stronger GEN2 expression was correlated with larger tumours and absent oestrogen receptors.", ""),
    ],
)
def test_trends(evidence, stance):
    claim = "A rising level of GEN1 amplification went with rising tumor size and falling estrogen receptor."
    found = by_trend(claim, evidence)
    assert [j.stance for j in found] == ([stance] if stance else [])


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("Of 25 tumours, 8 had become HER2-negative.", {("her2", -1)}),
        ("Tumours may go over from being HER2-positive to being HER2-negative.", {("her2", -1)}),
        ("Loss of HER2 was found in 70 of 845 patients.", {("her2", -1)}),
        ("A fifth of ER-negative tumours turned ER-positive.", {("er", 1)}),
        ("HER2-negative tumours were left out.", set()),
    ],
)
def test_receptors_lost_and_gained(text, changes):
    assert changes_in(text) == changes


def test_a_receptor_lost_under_a_drug():
    text = "Under alfamab tumours may turn HER2-negative."
    claim = statement(text, (), named(text, alfamab="drug"))
    lost = "Of 25 tumours, 8 had become HER2-negative."
    given = statement(lost, record_drugs={"alfamab": "GEN9"})
    assert judge_statements(claim, given).stance == "supports"
    assert judge_statements(claim, statement(lost, record_drugs={"betanib": "GEN8"})).stance == "silent"


@pytest.mark.parametrize(
    ("claim", "text", "stance"),
    [
        (
            "Many patients carry mutations of GEN1.",
            "GEN1 mutations were present in 34 patients (37.8%).",
            "supports",
        ),
        (
            "Most patients carry mutations of GEN1.",
            "GEN1 mutations were present in 34 patients (37.8%).",
            "qualifies",
        ),
        (
            "Many patients carry mutations of GEN1.",
            "GEN2 mutations were present in 34 patients (37.8%).",
            "silent",
        ),
    ],
)
def test_mutations_that_patients_carry(claim, text, stance):
    gene = "GEN1" if "GEN1" in text else "GEN2"
    found = judge(
        claim,
        [],
        text,
        [],
        claim_entities=named(claim, GEN1="gene"),
        evidence_entities=named(text, **{gene: "gene"}),
    )
    assert found.stance == stance


def test_an_effect_that_a_drug_has():
    claim, text = (
        "Alfamab has a bystander effect.",
        "The conjugate has a local bystander effect near such cells.",
    )
    asked = statement(
        claim,
        (),
        [Entity("drug", 0, 7, "Alfamab", "alfamab"), *named(claim, **{"bystander effect": "process"})],
    )
    effect = named(text, **{"bystander effect": "process"})
    assert (
        judge_statements(asked, statement(text, (), effect, record_drugs={"alfamab": ""})).stance
        == "supports"
    )
    assert (
        judge_statements(asked, statement(text, (), effect, record_drugs={"betanib": ""})).stance == "silent"
    )


def mentions(text, *names):
    found = sorted((entity("gene", name, text) for name in names), key=lambda e: e.start)
    return mentions_in(text, found, [frozenset({e.name.casefold()}) for e in found])


def test_a_relative_pronoun_acts_for_all_it_stands_for():
    text = "Alfamab caused excess GEN1 and GEN2, which reinforced GEN3."
    found = {
        (link.agent.name, link.sign, link.target.name)
        for link in links_in(text, mentions(text, "GEN1", "GEN2", "GEN3"))
    }
    assert {("GEN1", 1, "GEN3"), ("GEN2", 1, "GEN3")} <= found


def test_what_comes_of_the_part_before():
    before, text = "GEN1 can bind GEN2", "whereupon the activity of GEN2 drops"
    link = ensuing_link(before, mentions(before, "GEN1", "GEN2"), text, mentions(text, "GEN2"))
    assert link
    assert (link.agent.name, link.sign, link.target.name) == ("GEN1", -1, "GEN2")
    passive = "GEN1 is bound by GEN3"
    assert ensuing_link(passive, mentions(passive, "GEN1", "GEN3"), text, mentions(text, "GEN2")) is None


def test_parts_that_say_what_comes_of_it_or_how_much():
    text = "Survival was related to GEN1, the rate being 53% among the low and 91% among the high."
    assert [text[a:b] for a, b in split_clauses(text)] == [
        "Survival was related to GEN1",
        "the rate being 53% among the low",
        "91% among the high.",
    ]
    text = "Tumours may turn HER2-negative under alfamab, and tumor resistance results."
    assert [text[a:b] for a, b in split_clauses(text)][-1] == "tumor resistance results."


@pytest.mark.parametrize(
    ("text", "overtakable"),
    [
        ("At present, no drug copes with it.", True),
        ("Of the drugs applied today, alfamab is in widest use.", True),
        ("How safe alfamab is has still to be evaluated.", True),
        ("GEN1 is now a part of many strategies.", False),
        ("No drug copes with it.", False),
    ],
)
def test_what_a_trial_can_overtake(text, overtakable):
    assert dated(text) is overtakable


def test_a_wrong_source_is_no_wrong_sentence():
    claim = Claim(
        "C001", "1", "A does B [1].", 0, 13, "mechanism", (1,), (Clause(0, 13, "A does B [1].", (1,)),)
    )
    check = CitationCheck(1, "PMID:1", "does_not_back", "other topic")
    open_ = decide_clause([])
    told = {
        verdict: tell_apart([check], claim, [replace(open_, verdict=verdict)])[0]
        for verdict in ("supported", "contradicted", "untested")
    }
    assert [told[v].sentence for v in told] == ["stands", "falls", "open"]
    parts = replace(claim, clauses=(claim.clauses[0], claim.clauses[0]))
    (half,) = tell_apart([check], parts, [replace(open_, verdict="supported"), open_])
    assert half.sentence == "stands"
    assert half.reason.endswith("support it in part")
    assert "wrong source, not wrong sentence" in told["supported"].reason
    assert "speak against" in told["contradicted"].reason


def test_one_drug_that_undoes_resistance_to_another():
    claim = "Betanib overcomes resistance to alfamab."
    asked = relation(["alfamab", "betanib"], "", "resistance", "decreases")
    alone = relation(["alfamab"], "", "sensitivity", "increases")
    assert judge(claim, [asked], "Alfamab works well.", [alone]).stance == "qualifies"
    both = relation(["alfamab", "betanib"], "", "resistance", "decreases")
    assert judge(claim, [asked], "Betanib overcame resistance to alfamab.", [both]).stance == "supports"


def test_that_no_drug_does_it_denies_no_effect_of_the_drug_beside():
    claim = "At present no drug restores the response to alfamab."
    asked = relation(["alfamab"], "", "sensitivity", "no_effect", "negated")
    works = relation(["alfamab"], "", "sensitivity", "increases")
    assert judge(claim, [asked], "Alfamab works well.", [works]).stance == "silent"


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Survival was longer with alfamab than with betanib.", "supports"),
        ("Survival was longer with alfamab than with chemotherapy.", "qualifies"),
    ],
)
def test_a_comparison_needs_its_comparator(text, stance):
    claim = "Alfamab prolongs survival more than betanib does."
    asked = relation(["alfamab"], "", "survival", "increases")
    drugs = [Entity("drug", 0, 7, "Alfamab", "alfamab"), *named(claim, betanib="drug")]
    given = named(text, alfamab="drug", **({"betanib": "drug"} if "betanib" in text else {}))
    assert (
        judge(claim, [asked], text, [asked], claim_entities=drugs, evidence_entities=given).stance == stance
    )


@pytest.mark.parametrize(
    ("text", "located"),
    [
        ("An inhibitor lowered GEN1 in the resistant tumours.", True),
        ("Alfamab suppressed GEN1 expression in alfamab-resistant cells.", True),
        ("GEN1 was higher in the resistant tumours.", False),
        ("Lowered GEN1 was seen in resistant cells.", False),
        ("GEN1 made cells resistant.", False),
    ],
)
def test_resistant_tumours_may_only_be_the_place(text, located):
    found = relation([], "GEN1", "resistance", "increases")
    assert merely_located(found, text) is located
    assert only_worded(found, text) is located
