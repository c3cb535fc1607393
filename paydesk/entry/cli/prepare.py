"""`paydesk prepare`: translations compiled, static files gathered. Needs no database."""

import argparse

from paydesk.entry.cli import messages, statics


def run(_options: argparse.Namespace) -> int:
    """Do what changed sources call for; answers the exit status."""
    messages.compile_messages()
    statics.gather()
    return 0
