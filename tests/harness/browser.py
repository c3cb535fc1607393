"""Where the browser is and how it is started: Debian's chromium, quiet and without a network."""

import os
import shutil

import pytest

CHROMIUM = os.environ.get("PAYDESK_TEST_CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def require() -> None:
    """Without a browser: a failure in CI, a skip on a developer's machine that lacks it."""
    if CHROMIUM:
        return
    say = "no chromium found: `make test` installs Debian's, or name one in PAYDESK_TEST_CHROMIUM"
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(say)
    pytest.skip(say)
