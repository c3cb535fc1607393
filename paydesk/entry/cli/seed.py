"""`paydesk seed`: fill an empty installation with the demo's days of life.

A seed that was cut short leaves its mark, by which `up` knows that the database is half
filled. It never writes into an installation that has customers already.
"""

import argparse
import sys

from config import env
from paydesk.entry.cli import demo
from paydesk.kit.postgres.problems import say

MARK = "seeding"
SIGN_INS = "demo-sign-ins.txt"


def run(_options: argparse.Namespace) -> int:
    """Seed when empty; answers the exit status."""
    home = env.home()
    if demo.is_empty():
        home.mkdir(parents=True, exist_ok=True)
        (home / MARK).touch()
        demo.seed(_tell)
        (home / MARK).unlink()
    else:
        _tell(say("已有数据，未写入演示数据", "there is data already, nothing was seeded"))
    (home / SIGN_INS).write_text(demo.sign_ins(), encoding="utf-8")
    return 0


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
