"""Files out of npm packages, for what the repository keeps a copy or an extract of."""

import subprocess
import tarfile
from pathlib import Path


def packed(package: str, folder: Path) -> dict[str, bytes]:
    """Files of an npm package by their path inside it, without running any of its scripts."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), package]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    files = {}
    with tarfile.open(folder / name) as archive:
        for member in archive.getmembers():
            if opened := archive.extractfile(member):
                files[member.name.removeprefix("package/")] = opened.read()
    return files
