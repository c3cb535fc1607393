"""`paydesk migrate`: bring the database up to date, as its owner.

What the app role may do is granted before the first table exists; each migration takes
away what it must not touch. It never grants anything afterwards.
"""

import argparse
import os

from django.core.management import call_command

from paydesk.entry.cli import handed
from paydesk.kit.postgres.roles import grant_by_default


def run(_options: argparse.Namespace) -> int:
    """Grant, then migrate; answers the exit status."""
    grant_by_default(os.environ[handed.URL])
    call_command("migrate", interactive=False, verbosity=1 if os.environ.get("VERBOSE") else 0)
    return 0
