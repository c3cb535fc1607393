"""Makes one file and says how long it took and how much memory at most: a process of its own."""

import importlib
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import django


def main(what: str, rows: int, customer: str) -> None:
    """Make the file `what` (a function of statements_makers) of so many rows; ours reads the
    customer's payments."""
    django.setup()
    make = getattr(importlib.import_module("bench.statements_makers"), what)  # stands on Django
    start = time.perf_counter()
    with TemporaryFile() as file:
        make(file, rows, customer)
    print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": peak_memory()}))


def peak_memory() -> float:
    """Megabytes at most so far, of this program alone (rusage also counts its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
