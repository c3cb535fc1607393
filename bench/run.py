"""Runs benchmarks, prints their table, writes bench/results.json.

A benchmark is a module of this package with `run() -> list[Row]`; it is imported once Django
stands on the benchmark's own server (place.py). It measures itself and its reference in several
interleaved rounds and gives medians, so that a busy machine slows both alike.
"""

import importlib
import json
import sys
from pathlib import Path

from bench import place, report

BENCHES = ("ledger", "payments", "history", "statements", "live", "api")
RESULTS = Path(__file__).resolve().parent / "results.json"


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all. 2 for a name that there is not."""
    if unknown := set(names) - set(BENCHES):
        print(f"no such benchmark: {', '.join(sorted(unknown))} (there are {', '.join(BENCHES)})")
        return 2
    rows: list[report.Row] = []
    with place.fresh():
        for name in names or BENCHES:
            rows += importlib.import_module(f"bench.{name}").run()
    kept = [row for row in _stored() if row["name"].split(".")[0] not in (names or BENCHES)]
    RESULTS.write_text(json.dumps(kept + rows, indent=1) + "\n", encoding="utf-8")
    print(report.table(rows))
    return 0


def _stored() -> list[report.Row]:
    """What earlier runs found: one benchmark alone replaces its own figures only."""
    if not RESULTS.exists():
        return []
    rows: list[report.Row] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
