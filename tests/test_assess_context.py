"""What a sentence leaves to its record: who was studied, which arms were compared, who acts on whom."""

import pytest

from litmine.assess import judge_statements, statement
from litmine.assess.library import Library
from litmine.assess.links import by_links, links_in, mentions_in
from litmine.assess.population import difference, population_in, without_population
from litmine.assess.record_context import arms_of, said_by_measure, said_of_arms
from litmine.types import Entity, Reading, Record, Relation, Sentence, Slot


def entity(kind: str, name: str, text: str) -> Entity:
    at = text.index(name)
    return Entity(kind, at, at + len(name), name, name)


def relation(text: str, drug: str, mechanism: str, outcome: str) -> Relation:
    return Relation(
        0,
        (Slot(0, 1, drug, drug),),
        Slot(0, 1, mechanism, mechanism) if mechanism else None,
        None,
        Slot(0, 1, outcome, outcome) if outcome else None,
        "survival" if outcome else "pathway",
        "increases",
        "asserted",
    )


@pytest.mark.parametrize(
    ("text", "population"),
    [
        ("It helps patients with GEN1-mutant lung cancer.", (("gen1", "positive"),)),
        ("Women with GEN1-negative metastatic breast cancer took part.", (("gen1", "negative"),)),
        ("Disease was GEN1-low breast cancer in most.", (("gen1", "low"),)),
        ("Tumours positive for growth factor receptor 1 (GEN1) were stained.", (("gen1", "positive"),)),
        ("GEN1 makes tumours grow.", ()),
        ("ERBB2-low breast cancer was studied.", (("her2", "low"),)),
    ],
)
def test_who_was_studied(text, population):
    assert population_in(text) == population


def test_the_description_of_patients_is_no_mechanism():
    text = "Alfamab prolongs survival in patients with GEN1-mutant lung cancer."
    found = without_population(
        [relation(text, "alfamab", "GEN1-mutant", "survival"), relation(text, "alfamab", "GEN1-mutant", "")],
        text,
    )
    assert [(r.mechanism, r.outcome.name) for r in found] == [(None, "survival")]
    as_cause = "GEN1-mutant tumours answer less to alfamab."
    assert without_population([relation(as_cause, "alfamab", "GEN1-mutant", "survival")], as_cause)[
        0
    ].mechanism


def test_other_population_is_not_comparable():
    assert difference((("gen1", "positive"),), (("gen1", "negative"),)) == "other population: GEN1-negative"
    assert difference((("gen1", "positive"),), (("gen1", "negative"), ("gen1", "positive"))) == ""
    assert difference((("her2", "positive"),), population_in("A trial in HER2-low breast cancer")) == (
        "other population: HER2-low"
    )
    asked, found = "Alfamab prolongs survival in GEN1-positive breast cancer.", "Alfamab prolonged survival."
    one = relation(asked, "alfamab", "", "survival")
    claim = statement(asked, [one])
    stances = [
        judge_statements(claim, statement(found, [one], population=people)).stance
        for people in ((("gen1", "positive"),), (("gen1", "negative"),))
    ]
    assert stances == ["supports", "not_comparable"]


def test_arms_and_what_all_of_them_got():
    text = "Patients received alfamab plus betanib or betanib alone."
    arms = arms_of(text, [entity("drug", "alfamab", text), entity("drug", "betanib", text)])
    assert (arms.drugs, arms.backbone, arms.controlled) == ({"alfamab", "betanib"}, {"betanib"}, True)
    (found,) = said_of_arms("Overall survival did not differ between the arms.", arms)
    assert (found.direction, found.outcome_type) == ("no_effect", "survival")
    assert said_of_arms("Overall survival was long.", arms) == []


def stance(claim: str, drugs: list[str], direction: str) -> str:
    text = "Patients received alfamab plus betanib or betanib alone."
    arms = arms_of(text, [entity("drug", "alfamab", text), entity("drug", "betanib", text)])
    found = "Overall survival did not differ between the arms."
    asked = Relation(
        0,
        tuple(Slot(0, 1, d, d) for d in drugs),
        None,
        None,
        Slot(0, 1, "survival", "survival"),
        "survival",
        direction,
        "asserted",
    )
    return judge_statements(statement(claim, [asked]), statement(found, said_of_arms(found, arms))).stance


def test_a_comparison_of_arms_speaks_of_the_drug_that_differs():
    assert stance("Alfamab does not improve overall survival.", ["alfamab"], "no_effect") == "supports"
    assert stance("Alfamab improves overall survival.", ["alfamab"], "increases") == "no_effect"
    assert stance("Betanib improves overall survival.", ["betanib"], "increases") == "silent"
    assert stance("Gammanib improves overall survival.", ["gammanib"], "increases") == "silent"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("A reduced ejection fraction was more frequent with alfamab.", "increases"),
        ("Progression-free survival was longer with alfamab.", "increases"),
        ("Heart failure was less common with alfamab.", "decreases"),
        ("Overall survival did not differ significantly with alfamab.", "no_effect"),
        ("Overall survival under alfamab was 20 months.", None),
        ("Immune-related adverse events were more common with alfamab.", None),
    ],
)
def test_said_by_measure(text, direction):
    found = said_by_measure(text, ["alfamab"])
    assert [r.direction for r in found] == ([direction] if direction else [])


def links(text: str, *names: str):
    entities = [entity("gene", n, text) for n in names]
    return links_in(text, mentions_in(text, entities, [frozenset({n.casefold()}) for n in names]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GEN1 raised GEN2 and GEN3.", [("GEN1", "GEN2", 1), ("GEN1", "GEN3", 1)]),
        ("GEN2 expression is promoted by GEN1.", [("GEN1", "GEN2", 1)]),
        ("GEN1 can inhibit GEN2.", [("GEN1", "GEN2", -1)]),
        ("Loss of GEN1 raised GEN2.", []),
        ("GEN1 was seen, but tumours increased without GEN2.", []),
    ],
)
def test_who_acts_on_whom(text, found):
    names = sorted({n for n in ("GEN1", "GEN2", "GEN3") if n in text}, key=text.index)
    assert [(link.agent.name, link.target.name, link.sign) for link in links(text, *names)] == found


def test_links_agree_or_qualify():
    claim = links("GEN1 raised GEN2.", "GEN1", "GEN2")
    assert [
        j.stance for j in by_links(claim, links("GEN2 is promoted by GEN1.", "GEN2", "GEN1"), frozenset())
    ] == ["supports"]
    assert [j.stance for j in by_links(claim, links("GEN1 lowers GEN2.", "GEN1", "GEN2"), frozenset())] == [
        "qualifies"
    ]
    everywhere = frozenset({"gen1", "gen2"})
    assert by_links(claim, claim, everywhere) == []


def test_a_pronoun_carries_the_measure_of_the_sentence_before():
    texts = ["GEN1 amplification was sought in all tumours.", "It was found in 15% of resistant tumours."]
    body = " ".join(texts)
    record = Record("PMID:1", "Tumours", body, "abstract")
    starts = [8, 9 + len(texts[0])]
    sentences = [Sentence(0, 0, 7, "Tumours", "title")]
    sentences += [
        Sentence(i, start, start + len(t), t)
        for i, (start, t) in enumerate(zip(starts, texts, strict=True), 1)
    ]
    gene = Entity("gene", 8, 12, "GEN1", "GEN1")

    class Store:
        def records(self, ids=None):
            yield record

    library = Library(Store(), {"PMID:1": Reading("PMID:1", tuple(sentences), (gene,))})
    from litmine.assess.library import Place

    found = library.statement(Place("PMID:1", 2))
    assert "gen1" in found.context
    assert [(f.text, f.about) for f in found.figures] == [("15%", "overexpression or amplification")]


def test_statements_about_the_present_name_newer_trials():
    from litmine.assess.newer import in_words, newer_trials
    from litmine.types import Claim

    drug = Entity("drug", 0, 7, "alfamab", "alfamab")
    trial = ("Randomized Controlled Trial", "Clinical Trial, Phase III", "Journal Article")
    records = [
        Record(f"PMID:{year}", "Alfamab in women", "", "title", year=year, publication_types=trial)
        for year in (2019, 2023, 2025)
    ]

    class Store:
        def records(self, ids=None):
            yield from records

    readings = {
        r.id: Reading(r.id, (Sentence(0, 0, 16, "Alfamab in women", "title"),), (drug,)) for r in records
    }
    library = Library(Store(), readings)
    now = Claim("C001", "1", "At present alfamab is little used.", 0, 34, "background", entities=(drug,))
    assert newer_trials(now, library, 2020) == ("PMID:2025", "PMID:2023")
    assert "2 newer trials" in in_words(newer_trials(now, library, 2020), library, 2020)
    always = Claim("C002", "1", "Alfamab binds GEN1.", 0, 19, "mechanism", entities=(drug,))
    assert newer_trials(always, library, 2020) == ()
