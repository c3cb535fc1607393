"""`python -m tools.messages`: collect every app's texts and say which have no English yet."""

import sys

from tools.messages import catalogues


def main() -> int:
    """Write the catalogues; answers 1 when a translation is missing or doesn't fit."""
    faults: list[str] = []
    for app in sorted(catalogues.apps()):
        if catalogues.write(app):
            faults += catalogues.faults(app)
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
