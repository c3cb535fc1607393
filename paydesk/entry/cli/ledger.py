"""`paydesk ledger verify`: prove the ledger from its transfers. Repairs nothing."""

import argparse
import sys

from paydesk.money.ledger.verify import verify


def run(_options: argparse.Namespace) -> int:
    """Print what was found; answers 1 when the ledger is broken."""
    report = verify()
    sys.stdout.write(f"{report}\n")
    return 0 if report.ok else 1
