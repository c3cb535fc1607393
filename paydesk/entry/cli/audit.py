"""`paydesk audit verify`: recount the audit chain of every brand. Repairs nothing."""

import argparse
import sys

from paydesk.audit.verify import verify
from paydesk.entry.cli import readiness


def run(_options: argparse.Namespace) -> int:
    """Print one line for each brand; answers 1 when a chain is broken."""
    readiness.take_your_time()
    report = verify()
    sys.stdout.write(f"{report}\n")
    return 0 if report.ok else 1
