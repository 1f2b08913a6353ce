"""`litmine serve` under load: fifty searches at once beside a single warm one, and memory over 2,000 requests.

    python benchmarks/serve_load.py [WORKSPACE] [--requests 2000]

Without a workspace the bundled example is made and run in a temporary folder. The server is a process of its own, asked
over loopback by threads with one connection each; a wave starts all of its requests at the same moment.
"""

import argparse
import contextlib
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

AT_ONCE = 50
WAVES = 5
WORDS = re.findall(
    r"\S+",
    "PTEN loss trastuzumab resistance PI3K mutation lapatinib survival HER2 truncated cytotoxicity pertuzumab estrogen "
    "receptor cyclin kinase brain metastasis docetaxel chemotherapy response apoptosis signalling inhibitor trial",
)
PAGES = ("/", "/claims", "/claims/C001", "/references", "/map", "/screening", "/decisions", "/status")


@contextlib.contextmanager
def served(workspace: Path) -> Iterator[tuple[str, int]]:
    """The server's host:port and process id, while the block runs."""
    command = [sys.executable, "-m", "litmine", "-w", str(workspace), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = ""
            while not said.rstrip().endswith("}"):
                line = process.stdout.readline()
                if not line:
                    sys.exit("the server did not start")
                said += line
            yield urlsplit(json.loads(said)["address"]).netloc, process.pid
        finally:
            process.terminate()


def ask(host: str, path: str) -> float:
    """Seconds that a request took; anything but 200 ends the benchmark."""
    connection = http.client.HTTPConnection(host, timeout=60)
    start = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - start
    connection.close()
    if answer.status != 200 or b'<p class="problem" role="alert">' in body:
        sys.exit(f"{path}: {answer.status} {body[:200]!r}")
    return took


def search(question: str) -> str:
    return f"/search/results?q={quote(question)}"


def questions(count: int, seed: int) -> list[str]:
    """Different questions of six words."""
    chance = random.Random(seed)
    return [" ".join(chance.sample(WORDS, 6)) for _ in range(count)]


def wave(host: str, paths: Sequence[str]) -> list[float]:
    """Seconds of each of many requests that start together."""
    gate = threading.Barrier(len(paths))

    def one(path: str) -> float:
        gate.wait()
        return ask(host, path)

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(one, paths))


def p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def at_once(host: str) -> None:
    """A single warm search, then waves of fifty: one question, ten questions, fifty different ones."""
    for question in questions(5, 0):
        ask(host, search(question))
    single = statistics.median(ask(host, search(question)) for question in questions(40, 1))
    print(f"single warm search, median of 40: {1000 * single:.0f} ms")
    for different in (1, 10, AT_ONCE):
        times = []
        for number in range(WAVES):
            asked = questions(different, 100 * different + number)
            times += wave(host, [search(asked[place % different]) for place in range(AT_ONCE)])
        print(
            f"{AT_ONCE} at once, {different} different: p50 {1000 * statistics.median(times):.0f} ms, "
            f"p95 {1000 * p95(times):.0f} ms = {p95(times) / single:.1f} x single; no error"
        )


def memory(host: str, pid: int, requests: int) -> None:
    """Resident memory while pages and searches are asked for, four at a time."""
    chance = random.Random(5)
    paths = [
        search(question) if place % 2 else chance.choice(PAGES)
        for place, question in enumerate(questions(requests, 6))
    ]
    step = max(requests // 8, 1)
    shown = [resident(pid)]
    with ThreadPoolExecutor(4) as pool:
        for start in range(0, requests, step):
            list(pool.map(lambda path: ask(host, path), paths[start : start + step]))
            shown.append(resident(pid))
    print(f"memory over {requests} requests, MB: " + ", ".join(f"{value:.0f}" for value in shown))
    print(f"second half: {shown[-1] - shown[len(shown) // 2]:+.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workspace = options.workspace
        if workspace is None:
            workspace = Path(scratch) / "her2"
            for command in (
                ["init", str(workspace), "--example", "her2"],
                ["-w", str(workspace), "run", "--offline"],
            ):
                subprocess.run(
                    [sys.executable, "-m", "litmine", *command], check=True, stdout=subprocess.DEVNULL
                )
        with served(workspace) as (host, pid):
            at_once(host)
            memory(host, pid, options.requests)


if __name__ == "__main__":
    main()
