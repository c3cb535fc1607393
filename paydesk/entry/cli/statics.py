"""Gathers the static files under hashed names, when a source changed.

A second run finds its mark and does nothing. It never touches the sources.
"""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def gather() -> bool:
    """Collect static files where a source changed; True when something was done."""
    mark = Path(settings.STATIC_ROOT) / ".gathered"
    present = _state()
    if mark.exists() and mark.read_text() == present:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(present)
    return True


def _state() -> str:
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            full = Path(storage.path(path))
            facts = full.stat()
            digest.update(f"{full}:{facts.st_mtime_ns}:{facts.st_size}\n".encode())
    return digest.hexdigest()
