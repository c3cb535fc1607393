"""What the README promises to a person at a terminal exists, and the lock is a lock."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("up", "test", "check", "bench", "soak", "help", "lock", "messages")


def _lock(part: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{part}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", text, re.M))


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_and_lists_the_target(target: str) -> None:
    plan = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert plan.returncode == 0, plan.stderr
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {target} " in listed.stdout


def test_ci_runs_the_command_of_the_readme() -> None:
    ci = ROOT / ".ci" / "run"
    assert ci.stat().st_mode & 0o111
    assert re.search(r"^make test\b", ci.read_text(), re.M)
    readme = (ROOT / "README.md").read_text()
    assert re.search(r"^make up\b", readme, re.M)
    assert re.search(r"^make test\b", readme, re.M)


@pytest.mark.parametrize("part", ["app", "dev"])
def test_every_locked_package_has_hashes_and_no_index(part: str) -> None:
    text = (ROOT / "requirements" / f"{part}.txt").read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    assert len(entries) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_locks_agree_and_cover_what_is_asked_for() -> None:
    app, dev = _lock("app"), _lock("dev")
    assert {name: version for name, version in app.items() if dev.get(name) != version} == {}
    for part, lock in (("app", app), ("dev", dev)):
        for line in (ROOT / "requirements" / f"{part}.in").read_text().splitlines():
            name = re.match(r"[A-Za-z0-9._-]+", line)
            if name and not line.startswith("-"):
                assert name.group().lower().replace("_", "-") in lock, line
