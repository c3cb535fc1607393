"""Runs benchmarks, prints their table, writes bench/results.json.

A benchmark is a module of this package with `run() -> list[Row]`; it is imported once Django
stands on the benchmark's own server (place.py). It measures itself and its reference in several
interleaved rounds and gives medians, so that a busy machine slows both alike. Several benchmarks
run one after the other, each in a process and on a server of its own: none finds another's rows.
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import place, report

BENCHES = ("ledger", "payments", "history", "statements", "live", "api")
RESULTS = Path(__file__).resolve().parent / "results.json"


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all. 2 for a name that there is not, 1 where one failed."""
    if unknown := set(names) - set(BENCHES):
        print(f"no such benchmark: {', '.join(sorted(unknown))} (there are {', '.join(BENCHES)})")
        return 2
    if len(names) == 1:
        rows = _measure(names[0])
    else:
        wanted = names or BENCHES
        failed = [name for name in wanted if _alone(name) != 0]
        rows = _of(wanted)
        if failed:
            print(f"failed: {', '.join(failed)}")
            return 1
    print(report.table(rows))
    return 0


def _measure(name: str) -> list[report.Row]:
    """Measure one, and keep its figures in place of its earlier ones."""
    with place.fresh():
        rows: list[report.Row] = importlib.import_module(f"bench.{name}").run()
    others = _of([other for other in BENCHES if other != name])
    RESULTS.write_text(json.dumps(others + rows, indent=1) + "\n", encoding="utf-8")
    return rows


def _alone(name: str) -> int:
    print(f"{name}:", flush=True)
    return subprocess.run([sys.executable, "-m", "bench", name], check=False).returncode


def _of(names: Sequence[str]) -> list[report.Row]:
    """What is kept of these benchmarks."""
    if not RESULTS.exists():
        return []
    rows: list[report.Row] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return [row for row in rows if row["name"].split(".")[0] in names]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
