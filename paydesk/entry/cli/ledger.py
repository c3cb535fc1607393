"""`paydesk ledger verify`: prove the ledger from its transfers, and that payments agree with it.

Repairs nothing.
"""

import argparse
import sys

from paydesk.entry.cli import readiness
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.verify import forgotten_holds


def run(_options: argparse.Namespace) -> int:
    """Print what was found; answers 1 when the ledger is broken."""
    readiness.take_your_time()
    report = verify()
    sys.stdout.write(f"{report}\n")
    held = forgotten_holds()
    if held:
        sys.stdout.write(f"PAYMENTS ENDED WITH MONEY STILL HELD: {', '.join(held)}\n")
    return 0 if report.ok and not held else 1
