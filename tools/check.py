"""`make check`: everything that must hold before a commit, in under two minutes.

All steps run even when one fails, so that one run tells everything.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ("paydesk", "config", "tools", "tests")
STEPS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "-q", "."],
    "format": ["ruff", "format", "-q", "--check", "."],
    "contracts": ["tools.contracts"],
    "tidy": ["tools.tidy"],
    "types": ["mypy", "paydesk", "config", "tools"],
    "tests": ["pytest", "-q", "-n", "2", "-m", "not live and not slow and not soak"],
}


def main(names: list[str]) -> int:
    """Run all steps, or those named; answers 1 when any failed."""
    failed = []
    for name, words in STEPS.items():
        if names and name not in names:
            continue
        began = time.monotonic()
        status = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode
        outcome = "ok" if status == 0 else "FAILED"
        sys.stdout.write(f"{name}: {outcome} in {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
        if status != 0:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
