"""Updates with faults at random, and updates killed at random moments: each must end in the same corpus.

python benchmarks/stress_update.py --runs 300 --kills 40 --seed 1
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from eutils import FAULTS, Fault, StandIn  # noqa: E402
from eutils.world import Workspace, fill, reset, story  # noqa: E402


def faults(runs: int, seed: int) -> list[str]:
    """Runs of two updates each, the first of every kind of fault alone, the rest mixed; what went wrong."""
    wrong = []
    with StandIn() as server, tempfile.TemporaryDirectory() as folder:
        good = story(Path(folder) / "good", server)
        for n in range(runs):
            kinds = (FAULTS[n],) if n < len(FAULTS) else FAULTS
            with tempfile.TemporaryDirectory() as space:
                try:
                    if story(Path(space), server, Random(seed * 100_000 + n), kinds) != good:
                        wrong.append(f"run {n}: another corpus")
                except AssertionError as error:
                    wrong.append(f"run {n}: {error}")
    return wrong


def kills(count: int, seed: int) -> list[str]:
    """`litmine update` killed at a random moment, then run again; what went wrong."""
    random = Random(seed)
    wrong = []
    with StandIn() as server, tempfile.TemporaryDirectory() as folder:
        reset(server)
        fill(server)
        alone, took = _updated(Path(folder) / "alone", server, None)
        done = 0
        for n in range(count):
            after = random.uniform(0.3, 1.0) * took
            root = Path(folder) / str(n)
            killed, lasted = _updated(root, server, after)
            done += lasted < after
            if killed != alone:
                wrong.append(f"kill {n} after {after:.2f} s: another corpus")
        print(f"  an update takes {took:.1f} s; {done} of {count} were over before they were to be killed")
    return wrong


def _updated(root: Path, server: StandIn, after: float | None) -> tuple[str, float]:
    """Export of a workspace after `litmine update`; with `after`, one update was killed before, so many seconds in."""
    space = Workspace.create(root, server)
    space.write_settings()
    environment = os.environ | {"LITMINE_EUTILS_URL": server.url, "LITMINE_CACHE": str(root / "cache")}
    command = [sys.executable, "-m", "litmine", "update", "-w", str(root)]
    start = time.monotonic()
    lasted = 0.0
    if after is not None:
        server.misbehave(Random(0), 0.5, (Fault("slow", seconds=0.1),))
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        lasted = time.monotonic() - start
        server.behave()
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        return f"exit {done.returncode}", lasted
    return space.export(), lasted or time.monotonic() - start


def main() -> int:
    """Print what went wrong; exit 1 when something did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    failed = False
    for name, check, count in (("faults", faults, given.runs), ("kills", kills, given.kills)):
        start = time.monotonic()
        wrong = check(count, given.seed) if count else []
        print(f"{name}: {count - len(wrong)} of {count} as without, {time.monotonic() - start:.0f} s")
        print("".join(f"  {line}\n" for line in wrong), end="")
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
