"""Gathers the static files under hashed names, and compiles the translations, when changed.

A second run finds its mark and does nothing. It never touches the sources.
"""

import hashlib
import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
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
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            full = Path(storage.path(path))
            facts = full.stat()
            digest.update(f"{full}:{facts.st_mtime_ns}:{facts.st_size}\n".encode())
    return digest.hexdigest()


def compile_messages(root: Path) -> int:
    """Write each .mo that is older than its .po; answers how many."""
    done = 0
    for source in root.rglob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        fresh = target.with_suffix(f".mo.{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
        done += 1
    return done
