"""A home folder whose server is stopped whatever the test did to it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from paydesk.kit.postgres import processes
from tests.harness.cluster import SETTINGS


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home; pytest's own folder may be closed to the server's user, which is the point."""
    yield tmp_path / "home"
    base = (tmp_path / "home" / "postgres").resolve()
    processes.stop(base / "data", fast=False)
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def small() -> dict[str, str]:
    """Settings of a small server."""
    return {**SETTINGS, "max_connections": "20", "shared_buffers": "16MB"}
