"""Data flows one way: a module imports only from the modules before it in the list."""

import ast
from pathlib import Path

import pytest

import litmine

ORDER = [
    "types",
    "errors",
    "progress",
    "config",
    "files",
    "locks",
    "stamps",
    "lexicon",
    "review",
    "workspace",
    "pipeline",
    "entities",
    "assertion",
    "relations",
    "claims",
    "references",
    "sources",
    "grading",
    "corpus",
    "annotations",
    "embedders",
    "index",
    "search",
    "assess",
    "gaps",
    "reports",
    "update",
    "run",
    "api",
    "evaluate",
    "web",
    "cli",
]
PACKAGE = Path(litmine.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it out"
            if node.module == "litmine":
                found.update(alias.name for alias in node.names)
            elif node.module and node.module.startswith("litmine."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found.update(name.name.split(".")[1] for name in node.names if name.name.startswith("litmine."))
    return found


@pytest.mark.parametrize(
    "path", [p for p in MODULES if not part(p).startswith("__")], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_point_left(path: Path):
    own = part(path)
    assert own in ORDER, f"{own} has no place in the order; see CONTRIBUTING.md"
    allowed = {*ORDER[: ORDER.index(own) + 1], "__version__"}
    assert imported_parts(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_first_line_says_the_job(path: Path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()[0]) > 10


def test_no_pickle():
    for path in MODULES:
        if path.parent.name == "building":  # reads the pickles of its sources, restricted, never at run time
            continue
        assert "import pickle" not in path.read_text(encoding="utf-8"), path
