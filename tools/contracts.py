"""`python -m tools.contracts`: the import contracts of pyproject.toml."""

import sys

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def main() -> int:
    """Answers 0 when every contract is kept."""
    return int(lint_imports(no_logo=True) != EXIT_STATUS_SUCCESS)


if __name__ == "__main__":
    sys.exit(main())
