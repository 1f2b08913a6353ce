"""What tests share: the development data when present, and a small invented workspace."""

from pathlib import Path

import pytest
from places import ROOT, SMALL

from litmine.workspace import create_workspace


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of development data beside the project; the test is skipped without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the development data is not beside the project")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_network(tmp_path_factory: pytest.TempPathFactory):
    """NCBI is replaced by a closed port on loopback, and vectors are cached in a folder of the test run."""
    patch = pytest.MonkeyPatch()
    patch.setenv("LITMINE_EUTILS_URL", "http://127.0.0.1:9/entrez/eutils/")
    patch.setenv("LITMINE_CACHE", str(tmp_path_factory.mktemp("cache")))
    patch.delenv("NCBI_API_KEY", raising=False)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workspace on which `litmine run` was called once, through the command line."""
    from litmine.cli import _run

    folder = tmp_path_factory.mktemp("finished") / "workspace"
    create_workspace(folder, SMALL / "review.md", corpus="lung", seeds=[SMALL / "digests.jsonl"])
    assert _run(["run", "-w", str(folder)]) == 0
    return folder
