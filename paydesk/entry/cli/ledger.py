"""`paydesk ledger verify`: prove the ledger from its transfers. Repairs nothing."""

import argparse
import sys

from paydesk.entry.cli import readiness
from paydesk.money.ledger.verify import verify


def run(_options: argparse.Namespace) -> int:
    """Print what was found; answers 1 when the ledger is broken."""
    readiness.take_your_time()
    report = verify()
    sys.stdout.write(f"{report}\n")
    return 0 if report.ok else 1
