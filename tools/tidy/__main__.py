"""`python -m tools.tidy`: check every tracked or new file; answers 1 when something is found."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.tidy import python_rules, text_rules
from tools.tidy.finding import Finding

ROOT = Path(__file__).resolve().parents[2]
PYTHON_TREES = ("paydesk", "config", "tools", "tests", "bench")


def files(root: Path = ROOT) -> Iterator[PurePosixPath]:
    """Tracked files and new ones that are not ignored; without git, every file of the trees."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        names = [
            path.relative_to(root).as_posix()
            for tree in (*PYTHON_TREES, "docs")
            for path in (root / tree).rglob("*")
            if "__pycache__" not in path.parts
        ]
    return (PurePosixPath(name) for name in sorted(set(names)) if (root / name).is_file())


def find(root: Path = ROOT) -> list[Finding]:
    """Everything that any rule finds."""
    found: list[Finding] = []
    for path in files(root):
        try:
            source = (root / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file that went away meanwhile
        if path.suffix == ".py" and path.parts[0] in PYTHON_TREES:
            found += python_rules.check(path, source)
        if path.suffix == ".html" and path.parts[0] == "paydesk":
            found += text_rules.check_template(path, source)
        if path.parts[0] != "tests" or path.suffix != ".json":
            found += text_rules.check_text(path, source)
    return sorted(found)


def main() -> int:
    """Print what was found."""
    found = find()
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
