"""Installs Debian packages that tests and benchmarks need, where that is allowed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def install(packages: Sequence[str], wanted_by: str) -> None:
    """Install packages as root by apt-get; elsewhere only say that `wanted_by` needs them."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.stderr.write(f"{wanted_by} need: {' '.join(packages)} (apt install, as root)\n")
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["-y", "install", "--no-install-recommends", *packages]):
        subprocess.run([apt, "-qq", *command], env=quiet, check=False, stdout=subprocess.DEVNULL)
