"""Makes a new data folder, whole or not at all.

initdb works in a folder beside the final one, which is renamed when it is done: what is
half made after a crash is never mistaken for data.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from paydesk.kit.postgres.account import ServerUser
from paydesk.kit.postgres.address import SUPERUSER
from paydesk.kit.postgres.binaries import Binaries
from paydesk.kit.postgres.lastwords import explain, no_room
from paydesk.kit.postgres.places import Places

ROOM_TO_BEGIN = 300 * 1024 * 1024


def environment() -> Mapping[str, str]:
    """What the server's programs see of ours: their messages stay in one language."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def make_data(
    places: Places, binaries: Binaries, user: ServerUser, password: str, *, durable: bool
) -> None:
    """Run initdb. Raises PostgresProblem with the cause when it fails."""
    if shutil.disk_usage(places.base).free < ROOM_TO_BEGIN:
        raise no_room(places.data)
    fresh = places.base / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    secret = places.base / "first-password"
    try:
        _write_for(user, secret, password)
        done = subprocess.run(
            _command(binaries, fresh, secret, durable=durable),
            cwd=places.base,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            **user.switch(),  # type: ignore[call-overload]  # keywords by dict
        )
    finally:
        secret.unlink(missing_ok=True)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise explain((done.stdout + done.stderr)[-2000:], places.data)
    fresh.rename(places.data)


def _write_for(user: ServerUser, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        if not user.is_me:
            os.fchown(file.fileno(), user.uid, user.gid)


def _command(binaries: Binaries, fresh: Path, secret: Path, *, durable: bool) -> list[str]:
    command = [
        binaries.program("initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The built-in provider sorts alike on every machine and survives system upgrades.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    ]
    return command if durable else [*command, "--no-sync"]
