"""The review reader: sentences stay whole, citations stand where they stood, offsets hold."""

from pathlib import Path

import pytest

from litmine.review import read_review, split_sentences
from litmine.review.citations import expand
from litmine.types import Review

BUNDLED = Path(__file__).parent.parent / "corpora" / "her2_resistance" / "review.md"
SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "review.txt"


def check_offsets(review: Review) -> None:
    for sentence in review.sentences:
        assert review.text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip()
        section = review.sections[sentence.section]
        assert section.start <= sentence.start
        assert sentence.end <= section.end
        for citation in sentence.citations:
            assert sentence.start <= citation.start < citation.end <= sentence.end
    spans = [(s.start, s.end) for s in review.sentences]
    assert spans == sorted(spans)


def write(tmp_path: Path, text: str, name: str = "review.md") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def cited(review: Review) -> list[tuple[int, ...]]:
    return [tuple(n for c in s.citations for n in c.numbers) for s in review.sentences]


def test_bundled_review():
    review = read_review(BUNDLED)
    check_offsets(review)
    assert review.restated
    assert review.author == "Danfeng Chen"
    assert len(review.sentences) == 112
    assert review.reference_numbers == tuple(range(1, 20))
    assert {n for numbers in cited(review) for n in numbers} == set(range(1, 20))
    assert all(
        s.text.rstrip("]").endswith((".", ". [1", ". [2")) or s.text.endswith("].") for s in review.sentences
    )
    assert [s.number for s in review.sections if s.level == 3] == [
        "2.1.1",
        "2.1.2",
        "2.1.3",
        "2.2.1",
        "2.2.2",
    ]
    assert not any("Keywords" in s.text for s in review.sentences)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the project")
def test_review_as_converted_from_pdf():
    review = read_review(SHARED)
    check_offsets(review)
    assert not review.restated
    assert review.author == "Danfeng Chen"
    assert "$" not in review.text
    assert "HER2Δ16" in review.text
    assert "IFN-γ, TNF" in review.text
    assert len(review.sentences) == 113
    assert review.reference_numbers == tuple(range(1, 20))
    assert {n for numbers in cited(review) for n in numbers} == set(range(1, 20))


@pytest.mark.parametrize(
    "marked",
    [
        "Resistance was seen by Doe et al. [4] in cell lines.| It lasted.",
        "The map (Fig. 2) shows it.| More follows.",
        "Kinase inhibitors, i.e. small molecules, act inside.| Others do not.",
        "Survival was 18.1 months vs. 16.4 months.| It rose.",
        "It makes resistance worse. [1].| Another line.",
        "It makes resistance worse.[1,2]| Another line.",
        "It makes resistance worse. [1]| Another line.",
        "They act in two ways: 1. they bind; 2. they cut.| Then they leave.",
        "Ways differ (1. they bind the dimer; 2. they cut it.) and so on.| Next.",
        "It is called HER2Δ16.| 50% of tumours carry it.",
        "There are luminal A and luminal B.| HER2 is a receptor.",
        "A report by J. Smith and A. B. Doe said so.| It was short.",
        "Levels were normal in these cells.| more than half of them died later.",
        "It was as high as 5.| p95HER2 was absent.",
        "Growth, division, etc. are affected.| Yes.",
        "Cells were treated for 24 h.| Then they died.",
        "Bacteria such as E. coli were grown.| Nothing else was.",
        "Was it so?| Nobody knows!",
        'They called it "bystander killing."| It is real.',
        "As Roe (2004) wrote, p = 0.03.| So it is.",
    ],
)
def test_sentences_stay_whole(marked):
    pieces = marked.split("|")
    paragraph = "".join(pieces)
    assert [paragraph[a:b] for a, b in split_sentences(paragraph)] == [piece.strip() for piece in pieces]


MARKERS = {
    "[3]": (3,),
    "[1,2]": (1, 2),
    "[3-5]": (3, 4, 5),
    "[3–5]": (3, 4, 5),
    "[1, 3-5]": (1, 3, 4, 5),
    "[1]-[3]": (1, 2, 3),
    "[0, 1]": (),
}


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_expand(marker):
    assert expand(marker) == MARKERS[marker]
