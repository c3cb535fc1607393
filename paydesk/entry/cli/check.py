"""`paydesk check`: say whether this configuration can serve. Changes nothing."""

import argparse
import io
import sys

from django.core.management import call_command

from paydesk.brands import profiles
from paydesk.entry.cli import readiness
from paydesk.money.payments.providers import registry


def run(_options: argparse.Namespace) -> int:
    """Print what is wrong; answers 1 when anything is."""
    call_command("check", fail_level="WARNING", stdout=io.StringIO())
    profiles.all()  # raises with the line of the first wrong key
    readiness.require_room_for_pools()
    found = readiness.problems() + registry.problems(brand.code for brand in profiles.all())
    for sentence in found:
        sys.stderr.write(f"paydesk: {sentence}\n")
    if not found:
        sys.stdout.write("ok\n")
    return 1 if found else 0
