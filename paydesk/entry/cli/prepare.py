"""`paydesk prepare`: translations compiled, static files gathered. Needs no database."""

import argparse
from pathlib import Path

from paydesk.entry.cli import statics

PACKAGE = Path(__file__).resolve().parents[2]


def run(_options: argparse.Namespace) -> int:
    """Do what changed sources call for; answers the exit status."""
    statics.compile_messages(PACKAGE)
    statics.gather()
    return 0
