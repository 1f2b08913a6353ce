"""Update under faults, killed, and twice at once: whatever happens, the next quiet update ends in the same corpus."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from eutils import FAULTS, Fault, StandIn
from eutils.server import Asked
from eutils.world import Workspace, fill, renamed, reset, story

from litmine.errors import CorpusError
from litmine.locks import held
from litmine.sources.entrez.pace import Pace


@pytest.fixture(scope="module")
def server():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def good(server, tmp_path_factory) -> str:
    """What an update without faults ends in."""
    return story(tmp_path_factory.mktemp("good"), server)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.kind}-{f.code}{f.retry_after}")
def test_each_fault_alone(server, good, tmp_path, fault):
    assert story(tmp_path, server, Random(1), (fault,)) == good


@pytest.mark.parametrize("seed", range(16))
def test_mixed_faults(server, good, tmp_path, seed):
    assert story(tmp_path, server, Random(seed)) == good


@pytest.mark.parametrize("utility", ["esearch", "efetch", "elink", "ecitmatch", "epost"])
def test_a_utility_that_never_works(server, good, tmp_path, utility):
    faults = tuple(
        renamed(fault, utility) for fault in FAULTS if fault.kind in {"html", "empty", "cut", "error"}
    )
    assert story(tmp_path, server, Random(3), faults) == good


def test_every_request_of_a_full_update(server, tmp_path):
    reset(server)
    fill(server)
    space = Workspace.create(tmp_path, server)
    assert space.update().not_fetched == ()
    assert all(a.one("tool") == "litmine" and a.one("email") == "tests@example.org" for a in server.asked)
    fetches = [a for a in server.asked if a.utility == "efetch"]
    ids = Counter(pmid for asked in fetches for pmid in ids_of(server, asked))
    assert len(ids) == 24
    assert max(ids.values()) == 1, ids
    assert [a for a in server.asked if a.one("usehistory") == "y"]


def ids_of(server: StandIn, asked: Asked) -> list[str]:
    """What an EFetch asks for, by id or from the server's history."""
    if asked.one("WebEnv"):
        pmids = server.history[asked.one("WebEnv")][int(asked.one("query_key")) - 1]
        start = int(asked.one("retstart"))
        return pmids[start : start + int(asked.one("retmax"))]
    return asked.one("id").split(",")


def test_two_threads_and_two_paces_share_the_rate(tmp_path):
    shared = tmp_path / "pace"
    starts: list[float] = []

    def work() -> None:
        pace = Pace(50, clock=time.time, sleep=time.sleep, shared=shared)
        for _ in range(5):
            pace.wait()
            starts.append(time.time())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(starts) - min(starts) >= 14 / 50 - 0.01


_ASK = """
import sys, time
from pathlib import Path
from litmine.config import Config
from litmine.sources.entrez import Entrez
from litmine.sources.entrez.pace import Pace
wait = Pace.wait
def told(self):
    wait(self)
    print(time.time())
Pace.wait = told
config = Config(root=Path(), corpus="c", review=Path("r"), eutils_url=sys.argv[1], cache_dir=Path(sys.argv[2]),
                email="tests@example.org", api_key=sys.argv[3])
entrez = Entrez(config)
for _ in range(4):
    entrez.search("drug")
"""


@pytest.mark.parametrize(("key", "rate"), [("", 3), ("0" * 36, 10)])
def test_two_processes_keep_the_rate_together(server, tmp_path, key, rate):
    server.behave()
    server.asked.clear()
    command = [sys.executable, "-c", _ASK, server.url, str(tmp_path), key]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    sent = [float(line) for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in processes] == [0, 0]
    # When requests leave is litmine's doing; when they arrive is the machine's too.
    assert len(sent) == len(server.asked) == 10
    for start in sent:
        assert sum(1 for t in sent if start <= t < start + 0.95) <= rate


def test_a_spoilt_pace_file_is_no_obstacle(tmp_path):
    for spoilt in (b"", b"soon", b"nan", b"\xff", b"9e99"):
        (tmp_path / "pace").write_bytes(spoilt)
        slept: list[float] = []
        Pace(3, clock=lambda: 1000.0, sleep=slept.append, shared=tmp_path / "pace").wait()
        assert sum(slept) <= 60


def test_a_second_update_says_who_is_at_work(server, tmp_path, monkeypatch):
    reset(server)
    fill(server)
    space = Workspace.create(tmp_path, server)
    lock = space.config.corpus_dir / "update.lock"
    says = rf"an update \(process {os.getpid()}, since"
    with (
        held(lock, "an update"),
        pytest.raises(CorpusError, match=says) as said,
        held(lock, "an update", wait=0.2),
    ):
        raise AssertionError("both have it")
    assert "\n" not in str(said.value)
    lock.write_text("an update (process 1, since the holder was killed)")
    assert space.update().not_fetched == ()


def test_two_updates_at_once_end_in_the_same_corpus(server, tmp_path):
    reset(server)
    fill(server)
    alone = Workspace.create(tmp_path / "alone", server)
    alone.update()
    space = Workspace.create(tmp_path / "both", server)
    outcomes: list[object] = []
    threads = [threading.Thread(target=lambda: outcomes.append(space.update())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert space.export() == alone.export()


_UPDATE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from eutils.world import Workspace
from litmine.config import Config
root, url = Path(sys.argv[2]), sys.argv[3]
print("ready", flush=True)
Workspace(Config(root=root, corpus="c", review=root / "r", seeds=(root / "corpora/c/digests.jsonl",), eutils_url=url,
                 email="tests@example.org", cache_dir=root / "cache")).update()
"""


@pytest.mark.parametrize("after", [0.03, 0.1, 0.2, 0.35, 0.5])
def test_killed_in_the_middle(server, tmp_path, after):
    reset(server)
    fill(server)
    alone = Workspace.create(tmp_path / "alone", server)
    alone.update()
    space = Workspace.create(tmp_path / "killed", server)
    tests = str(Path(__file__).parent)
    server.misbehave(Random(0), 1.0, (Fault("slow", seconds=0.02),))
    command = [sys.executable, "-c", _UPDATE, tests, str(space.config.root), server.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    server.behave()
    assert space.update().not_fetched == ()
    assert space.export() == alone.export()


def _hears_ctrl_c() -> None:
    """A test run in the background of a shell ignores SIGINT, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_and_resumed(server, tmp_path, sent):
    reset(server)
    fill(server)
    space = Workspace.create(tmp_path, server)
    space.write_settings()
    environment = os.environ | {
        "LITMINE_EUTILS_URL": server.url,
        "LITMINE_CACHE": str(tmp_path / "cache"),
        "NCBI_EMAIL": "tests@example.org",
        "NCBI_API_KEY": "0" * 36,
    }
    command = [sys.executable, "-m", "litmine", "update", "-w", str(tmp_path), "--expand", "cited-by"]
    server.fail(Fault("slow", "elink", seconds=60))
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=_hears_ctrl_c
    ) as process:
        while not any(asked.utility == "elink" for asked in server.asked):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(sent)
        assert process.stderr is not None
        said = process.stderr.read().strip()
    assert process.returncode == 130
    assert said == "litmine: stopped; what was finished is kept, and the next run goes on from there"
    server.behave()
    first = {pmid for asked in server.asked if asked.utility == "efetch" for pmid in ids_of(server, asked)}
    server.asked.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""  # nothing but the result in a pipe
    assert done.stdout.splitlines()[-1].startswith("asked ")
    assert first
