"""Cleans the environment before Django reads its settings. Loaded first, by `-p`.

Tests must never touch the database or the files that a developer's own variables name.
"""

import os
import tempfile
from pathlib import Path

from paydesk.entry.cli.messages import compile_messages

for _name in [name for name in os.environ if name.startswith("PAYDESK_")]:
    if not _name.startswith("PAYDESK_TEST_"):
        del os.environ[_name]

# Uploads and the like of this process; the folder goes away with the session.
HOME = tempfile.mkdtemp(prefix="paydesk-test-")
os.environ["PAYDESK_HOME"] = HOME
os.environ["PAYDESK_DEMO"] = "1"
os.environ["PAYDESK_SECRET_KEY"] = "for tests"

# Empty, but it must be there: the static files' middleware warns otherwise.
(Path(HOME) / "static").mkdir()
compile_messages()
