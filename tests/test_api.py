"""litmine from Python, and that a search stays light."""

import os
import subprocess
import sys

import pytest

import litmine
from litmine.errors import CorpusError, NoWorkspace, UsageError
from litmine.search import Filters, by_record


def test_an_answer_has_all_a_reader_needs(finished):
    with litmine.open(finished) as workspace:
        answers = workspace.search("Does loss of PTEN blunt osimertinib?", k=5)
        answer = answers[0]
        record = workspace.corpus.get(answer.record_id)
    assert record.document[answer.start : answer.end] == answer.text
    assert (answer.title, answer.year, answer.depth, answer.journal) == (
        record.title,
        record.year,
        record.depth,
        record.journal,
    )
    assert answer.authors == record.authors
    assert answer.url == f"https://pubmed.ncbi.nlm.nih.gov/{answer.pmid}/"
    assert answer.level
    assert answer.design
    marked = [answer.text[start:end].lower() for start, end in answer.marks]
    assert any("pten" in mark for mark in marked)
    assert answer.marked("<", ">").replace("<", "").replace(">", "") == answer.text
    assert f"<{answer.text[slice(*answer.marks[0])]}>" in answer.marked("<", ">")
    for near in filter(None, (answer.before, answer.after)):
        assert near in record.document
    for each in answers:
        for relation in each.relations:
            assert relation.sentence == each.sentence
            if relation.outcome:
                assert each.start <= relation.outcome.start < relation.outcome.end <= each.end
    assert any(each.relations for each in answers)
    groups = by_record(answers)
    assert sum(map(len, groups.values())) == len(answers)
    assert next(iter(groups)) == answer.record_id


def test_filters_silence_and_errors(finished, tmp_path):
    with litmine.open(str(finished)) as workspace:
        assert workspace.search("how to bake sourdough bread") == []
        assert all(
            answer.year >= 2022
            for answer in workspace.search("osimertinib resistance", filters=Filters(year_from=2022))
        )
        with pytest.raises(UsageError, match="empty"):
            workspace.search("  ")
    with pytest.raises(NoWorkspace):
        litmine.open(tmp_path)
    (tmp_path / "litmine.toml").write_text('[workspace]\ncorpus = "x"\n')
    with pytest.raises(CorpusError, match="no corpus yet"):
        litmine.open(tmp_path)


def test_a_search_imports_nothing_heavy(finished):
    code = (
        "import sys; from litmine.cli import _run; assert _run(['search', 'PTEN loss', '-w', sys.argv[1]]) == 0;"
        "heavy = {'torch', 'spacy', 'scipy', 'transformers', 'sentence_transformers', 'onnxruntime', 'networkx',"
        " 'litmine.run', 'litmine.relations'}; assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    for _ in range(2):  # the first may have to work out what the second remembers
        done = subprocess.run(
            [sys.executable, "-c", code, str(finished)], capture_output=True, text=True, env=os.environ
        )
    assert done.returncode == 0, done.stderr
