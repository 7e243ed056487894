"""Mutation testing of the money core: `python -m tools.mutants`, or with the names of some modules, as in `ledger rating`.

Each mutant is a module with one small wrong change. It runs in a process of its own, forked from one that has loaded
all libraries but nothing of ours, and the tests that `mutants.toml` names for its module judge it. What no test notices
is printed, unless that file explains why nobody could. So is every explanation that no longer holds. Ends with
status 1 if there is any of either. `ledger:55` judges the mutants of one line alone. Needs `fork`: Linux or macOS.
"""

import argparse
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.mutations import Mutation, mutations

PROJECT = Path(__file__).resolve().parent.parent
OURS = {"takt", "tests", "tools", "__main__"}
MEMORY_BYTES = 4 * 1024**3
"""What a mutant that piles up without end may take."""
EXAMPLES = 50
"""How many examples hypothesis makes up for a test."""
SECONDS_MORE = 3
TIMES_LONGER = 4
"""A mutant may take so many times the processor time of its tests, and some seconds: then it runs without end."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the mutants of a module: those that nobody noticed, and explanations that do not hold."""

    path: str
    mutants: int
    killed: int
    endless: int
    explained: int
    survivors: tuple[Mutation, ...]
    stale: tuple[str, ...]
    seconds: float

    def row(self) -> str:
        """Its row in a table: so many mutants, noticed, explained, left, and the share that was noticed."""
        share = 100 * self.killed / self.mutants if self.mutants else 100.0
        name = self.path.removeprefix("takt/").removesuffix(".py")
        return (
            f"| `{name}` | {self.mutants:,} | {self.killed:,} | {self.explained:,} | {len(self.survivors):,} | "
            f"{share:.1f} % | {self.seconds:,.0f} |"
        )


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a mutant is no fault: it does what the code does."""

    path: str
    name: tuple[str, str, str, int]
    why: str


class Plan:
    """What `mutants.toml` says: the modules with their tests, and the mutants that are explained."""

    def __init__(self, root: Path) -> None:
        said = tomllib.loads((root / "tools/mutants.toml").read_text("utf-8"))
        self.root = root
        self.tests: dict[str, list[str]] = said["tests"]
        self.explained = [
            Explained(one["module"], (one.get("in", ""), one["was"], one["now"], one.get("nth", 1)), one["why"])
            for one in said.get("explained", [])
        ]

    def chosen(self, names: Sequence[str]) -> Iterator[tuple[str, int | None]]:
        """The modules of these names, each with a line if one is named; without names, all."""
        for name in names or self.tests:
            stem, _, line = name.partition(":")
            found = [path for path in self.tests if stem in (path, Path(path).stem)]
            if not found:
                raise SystemExit(f"no module {stem}; there are {', '.join(Path(path).stem for path in self.tests)}")
            yield from ((path, int(line) if line else None) for path in found)


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, name: str, path: Path, source: bytes) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:  # noqa: ARG002
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.path))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


class _QuickFirst:
    """Tests by examples of their own come before those that hypothesis makes up: most mutants are noticed at once."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda one: hasattr(one.cls, "settings") or hasattr(one.obj, "hypothesis"))


def main() -> int:
    """Judge the modules that the command line names; returns the exit status."""
    parser = argparse.ArgumentParser(description="Mutation testing of the money core.")
    parser.add_argument("modules", nargs="*", help="such as ledger, or ledger:55 for one line; without: all")
    parser.add_argument("--root", type=Path, default=PROJECT, help="the project whose tools/mutants.toml is meant")
    given = parser.parse_args()
    plan = Plan(given.root.resolve())
    os.chdir(plan.root)
    _settle_libraries()
    table = []
    for path, line in plan.chosen(given.modules):
        table.append(judge(plan, path, line))
        tell(table[-1])
    print(
        "\n| module | mutants | noticed | explained | left | noticed of all | processor s |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    print("\n".join(one.row() for one in table))
    if len(table) > 1:
        print(_sum(table).row())
    return 1 if any(one.survivors or one.stale for one in table) else 0


def judge(plan: Plan, path: str, line: int | None = None) -> Judged:
    """Run the tests of a module against each of its mutants."""
    source = (plan.root / path).read_bytes()
    explained = {one.name: one for one in plan.explained if one.path == path}
    before = _seconds()
    limit = _warm(plan, path)
    every = mutations(source)
    found = [one for one in every if line in (None, one.line)]
    fates: Counter[str] = Counter()
    survivors: list[Mutation] = []
    stale = [f"{_shown(name)}: there is no such mutant" for name in explained.keys() - {one.name for one in every}]
    for one in found:
        fate = _fate(plan, path, one.applied(source), limit)
        fates[fate] += 1
        if fate != "left" and one.name in explained:
            stale.append(f"{_shown(one.name)}: a test notices it by now")
        elif fate == "left" and one.name not in explained:
            survivors.append(one)
    return Judged(
        path, len(found), len(found) - fates["left"], fates["endless"], fates["left"] - len(survivors),
        tuple(survivors), tuple(stale), _seconds() - before,
    )  # fmt: skip


def tell(judged: Judged) -> None:
    """Print what is to be done about a module."""
    for one in judged.survivors:
        print(f"{judged.path}:{one.line}: {one.where or 'module'}{f' ({one.nth})' if one.nth > 1 else ''}")
        print(f"    - {one.was}\n    + {one.now}")
    for says in judged.stale:
        print(f"{judged.path}: stale: {says}")
    print(f"{judged.path}: {judged.mutants} mutants, {len(judged.survivors)} left", flush=True)


def _shown(name: tuple[str, str, str, int]) -> str:
    where, was, now, nth = name
    return f"{where or 'module'}: {was} -> {now}{f' ({nth})' if nth > 1 else ''}"


def _sum(table: Sequence[Judged]) -> Judged:
    return Judged(
        "all",
        sum(one.mutants for one in table),
        sum(one.killed for one in table),
        sum(one.endless for one in table),
        sum(one.explained for one in table),
        tuple(mutant for one in table for mutant in one.survivors),
        (),
        sum(one.seconds for one in table),
    )


def _seconds() -> float:
    """The processor time of all mutants so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _settle_libraries() -> None:
    """Load what judges, and fix its chance: the same mutants are left every time."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest  # noqa: F401, PLC0415
    from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415

    settings.register_profile(
        "mutants", derandomize=True, database=None, max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    settings.load_profile("mutants")


def _warm(plan: Plan, path: str) -> int:
    """Run the tests of the module as it is, load the libraries that they needed, and return the limit in seconds."""
    reading, writing = os.pipe()
    before = _seconds()
    pid = os.fork()
    if pid == 0:
        status = _tested(plan.root, plan.tests[path])
        os.write(writing, " ".join(name for name in sys.modules if name.partition(".")[0] not in OURS).encode())
        os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = pipe.read().split()
    if os.waitpid(pid, 0)[1] != 0:
        raise SystemExit(f"{path}: its tests fail without any change: pytest {' '.join(plan.tests[path])}")
    limit = int(TIMES_LONGER * (_seconds() - before)) + SECONDS_MORE
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)
    return limit


def _fate(plan: Plan, path: str, source: bytes, limit: int) -> str:
    """What the tests make of a mutant: `noticed`, `left`, or `endless`."""
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        name = ".".join(Path(path).with_suffix("").parts)
        sys.meta_path.insert(0, _Mutated(name, plan.root / path, source))
        os._exit(_tested(plan.root, plan.tests[path]))
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        return "endless"
    return "left" if status == 0 else "noticed"


def _tested(root: Path, tests: Sequence[str]) -> int:
    """Run tests until the first that fails; returns the exit status. For a process of its own."""
    import pytest  # noqa: PLC0415

    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.path.insert(0, str(root))
    return int(
        pytest.main([
            "-x", "-q", "-c", os.devnull, f"--rootdir={root}", "--import-mode=importlib", "--noconftest",
            "-p", "no:cacheprovider", *tests,
        ], plugins=[_QuickFirst()])
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
