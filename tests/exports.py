"""What Takt exports, before the verifier: a program of its own, which must agree with what is right and name each fraud."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import UUID

from takt import bundle
from tests.world import World

VERIFY = Path(bundle.__file__).parent.parent / "verifier" / "verify.py"
Change = Callable[[Any], None]
Fraud = tuple[str, Change, str]
"""A file of the export, what somebody does to it, and what must be said of it."""


def run(folder: Path, *words: str) -> tuple[int, str]:
    """The program with nothing of ours on its path."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFY), str(folder), *words], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def change(folder: Path, name: str, how: Change) -> None:
    """Change a file behind everybody's back."""
    file = folder / name
    if name.endswith(".jsonl"):
        told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        how(told)
        file.write_text("".join(f"{json.dumps(one)}\n" for one in told), "utf-8")
    else:
        told = json.loads(file.read_text("utf-8"))
        how(told)
        file.write_text(json.dumps(told), "utf-8")


async def exported(world: World, folder: Path, only: UUID | None = None) -> dict[str, int]:
    """Write the export, or that of one contract, in which the program finds no fault."""
    told = await bundle.write(world.site, folder, only)
    code, said = run(folder)
    assert (code, said.splitlines()[-1]) == (0, "everything is as it must be"), said
    return told


def program() -> Any:
    """The program as a module."""
    spec = spec_from_file_location("verify", VERIFY)
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def name_frauds(right: Path, frauds: Sequence[Fraud]) -> None:
    """Each is done to a copy of a right export, and must be named."""
    verify = program().verify
    unseen: list[tuple[int, str, list[str]]] = []
    for number, (name, how, says) in enumerate(frauds):
        wrong = right.with_name(f"{right.name}-{number}")
        shutil.copytree(right, wrong)
        change(wrong, name, how)
        faults = verify(wrong)
        if not any(says in fault for fault in faults):
            unseen.append((number, says, faults))
    assert unseen == []
