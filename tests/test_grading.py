"""The evidence ladder and the independence of records, on invented records."""

import itertools

import pytest

from litmine.grading import grade, independent_group, trial_key
from litmine.types import Correction, MeshHeading, Record


def record(identifier: str = "PMID:1", title: str = "", text: str = "", **fields) -> Record:
    return Record(identifier, title, text, **fields)


@pytest.mark.parametrize(
    ("fields", "level", "system", "cue"),
    [
        ({"publication_types": ("Meta-Analysis", "Systematic Review")}, "A", "patients", "Meta-Analysis"),
        ({"publication_types": ("Practice Guideline",)}, "A", "patients", "Guideline"),
        ({"publication_types": ("Clinical Trial, Phase III",)}, "A", "patients", "Phase III"),
        (
            {"title": "PTEN as a biomarker in X", "publication_types": ("Clinical Trial, Phase III",)},
            "B1",
            "patients",
            "biomarker",
        ),
        (
            {"publication_types": ("Randomized Controlled Trial", "Clinical Trial, Phase II")},
            "B1",
            "patients",
            "phase II",
        ),
        (
            {"publication_types": ("Randomized Controlled Trial",), "text": "A phase 3 trial."},
            "A",
            "patients",
            "phase 3",
        ),
        ({"publication_types": ("Observational Study",)}, "B2", "patients", "Observational"),
        ({"publication_types": ("Case Reports",)}, "C", "patients", "Case Reports"),
        ({"publication_types": ("Journal Article", "Review")}, "E", "none", "Review"),
        ({"study_context": "review"}, "E", "none", "study context"),
        ({"study_context": "in vivo", "text": "Mice and patients."}, "D2", "animals", "in vivo"),
        ({"study_context": "in vitro"}, "D1", "cells", "in vitro"),
        ({"mesh_headings": (MeshHeading("Retrospective Studies"),)}, "B2", "patients", "MeSH"),
        (
            {"mesh_headings": (MeshHeading("Mice, Nude"), MeshHeading("Cell Line, Tumor"))},
            "D2",
            "animals",
            "Mice",
        ),
        ({"mesh_headings": (MeshHeading("Cell Line, Tumor"),)}, "D1", "cells", "Cell line, tumor"),
        ({"text": "We treated SKBR3 cells with drug X."}, "D1", "cells", "SKBR3"),
        ({"text": "Tumours of nude mice shrank."}, "D2", "animals", "mice"),
        ({"title": "A retrospective look at 40 patients"}, "B2", "patients", "retrospective"),
        ({"title": "On method"}, "E", "none", "no cue"),
    ],
)
def test_ladder(fields, level, system, cue):
    result = grade(record(**fields))
    assert (result.level, result.system) == (level, system)
    assert cue in result.cue
    assert result.pointer == (level == "E" and cue != "no cue")


def test_sample_size_is_the_largest_stated():
    result = grade(
        record(
            text="Of 1,204 women with cancer, 310 patients relapsed in 2019.",
            publication_types=("Observational Study",),
        )
    )
    assert result.n == 1204
    assert grade(record(text="n = 57; p = 0.03", publication_types=("Observational Study",))).n == 57
    assert grade(record(text="No size given.", publication_types=("Observational Study",))).n is None


@pytest.mark.parametrize(
    ("title", "text", "key"),
    [
        ("Drug X against drug Y (ALPHA-Breast03): a trial", "", "ALPHABREAST03"),
        ("Drug X in cancer", "GAMMAREX was an open-label phase 3 trial of 40 people.", "GAMMAREX"),
        ("Drug X in cancer", "Registered as NCT01234567.", "NCT01234567"),
        ("HER2 study of PIK3CA", "The PIK3CA study of HER2.", ""),
    ],
)
def test_trial_key(title, text, key):
    assert trial_key(record(title=title, text=text)) == key


def test_reviews_name_trials_without_reporting_them():
    assert trial_key(record(title="Lessons of the KATHERINE trial", publication_types=("Review",))) == ""


def test_a_preprint_and_its_article_are_one_study():
    update = (Correction("UpdateIn", "2", "J Invented"),)
    title = "GEN1 loss in cells that resist alfamab"
    groups = independent_group(
        [
            record("PMID:1", "GEN1 in cells: first version", corrections=update, authors=("Abel A",)),
            record("PMID:2", "GEN1 loss and alfamab", authors=("Abel Anna", "Baum B")),
            record("DOI:10.1/x", title, journal="bioRxiv", authors=("Cole C",)),
            record("PMID:4", f"{title}.", authors=("Cole, Carl", "Dorn D")),
            record("PMID:5", "Editorial on a title of others", authors=("Eck E",)),
            record("PMID:6", "Editorial on a title of others", authors=("Fink F",)),
        ]
    )
    assert groups["PMID:1"] == groups["PMID:2"]
    assert groups["DOI:10.1/x"] == groups["PMID:4"]
    assert len(set(groups.values())) == 4


def test_groups_by_trial_and_by_authors_in_any_order():
    records = [
        record("PMID:1", "X (DELTA-01): first report", authors=("Abel A", "Baum B", "Cole C")),
        record("PMID:2", "Later results", "The DELTA-01 trial went on.", authors=("Dorn D",)),
        record("PMID:3", "X (OMEGA-02): a trial", authors=("Abel A", "Baum B", "Cole C")),
        record("PMID:4", "Cells", authors=("Eck E", "Fink F", "Gold G")),
        record("PMID:5", "More cells", authors=("Gold G.", "Eck E", "Hahn H", "Igel I")),
        record("PMID:6", "Other cells", authors=("Eck E", "Zorn Z", "Yarn Y")),
    ]
    expected = independent_group(records)
    assert expected["PMID:1"] == expected["PMID:2"] == "trial DELTA01"
    assert expected["PMID:3"] == "trial OMEGA02"
    assert expected["PMID:4"] == expected["PMID:5"]
    assert expected["PMID:6"] == "PMID:6"
    for order in itertools.islice(itertools.permutations(records), 0, 720, 97):
        assert independent_group(order) == expected
