"""What the project ships: pins, paths, and a wheel that works without the repository."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name]


def test_constraints_pin_plain_versions():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert len(lines) > 50
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line


def test_every_dependency_is_pinned():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]

    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    pinned = {
        normal(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name
        if name[0] == "litmine":
            continue
        assert normal(name[0]) in pinned, requirement


def test_no_machine_paths_or_registry_hosts():
    hosts = re.compile("py" + r"pi\.org|python" + r"hosted|deb\." + r"debian|registry\." + "npmjs")
    paths = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me)/\w")
    for path in tracked():
        if path.suffix in (".gz", ".npz", ".onnx", ".png", ".jsonl") or path.is_symlink():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not hosts.search(text), path
        assert not paths.search(text), path


def test_wheel_works_without_the_repository(tmp_path: Path):
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        ".",
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("litmine-*.whl")
    assert wheel.stat().st_size < 60e6
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def litmine(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "litmine", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = subprocess.run(
        [sys.executable, "-c", "import litmine; print(litmine.__file__)"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(site) in where
    litmine("init", "example", "--example", "her2")
    assert (
        len((tmp_path / "example/corpora/her2_resistance/seeds/digests.jsonl").read_text().splitlines())
        == 168
    )
    small = ROOT / "tests/small"
    litmine("init", "lung", "--review", str(small / "review.md"))
    litmine("update", str(small / "digests.jsonl"), "--offline", "-w", "lung")
    last = litmine("run", "--offline", "-w", "lung").strip().splitlines()[-1]
    assert Path(last).is_file()
    assert json.loads((tmp_path / "lung/reports/report.json").read_text(encoding="utf-8"))["claims"]
