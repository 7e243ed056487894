"""The command line: what it says, and that no fault shows as a trace."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from takt import __version__, cli
from takt.embedded import join
from tests.databases import Workshop


def takt(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with these settings and no others."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("TAKT_") and name != "DATABASE_URL"
    }
    return subprocess.run(
        [sys.executable, "-m", "takt", *words],
        env={**kept, "COLUMNS": "200", **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def fault(done: "subprocess.CompletedProcess[str]") -> str:
    """What a failed command said; it ended with status 1 and shows no trace."""
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
async def own(workshop: Workshop) -> AsyncIterator[str]:
    """Address of an empty database that stands for the operator's own."""
    name = await workshop.make("template0")
    yield workshop.address.of(name)
    await workshop.drop(name)


@pytest.fixture
def home(short_folder: Path) -> Iterator[str]:
    found = Path(tempfile.mkdtemp(dir=short_folder))
    found.chmod(0o711)
    yield str(found)
    join(found).leave()


def test_version() -> None:
    assert takt("version").stdout.strip() == __version__


def test_the_overview_says_what_every_group_is_about_and_each_is_there() -> None:
    told = takt("--help").stdout
    for name, (place, about) in cli.GROUPS.items():
        assert re.search(rf"\b{name} +{re.escape(about)}", told), name
        assert cli._load(place).registered_commands, name


def test_all_wrong_settings_are_told_in_a_sentence_each() -> None:
    told = fault(takt("serve", TAKT_PORT="none", TAKT_PARTS="7")).splitlines()
    assert told == [
        "takt: TAKT_PORT must be a whole number from 1 to 65535, not 'none'.",
        "takt: TAKT_PARTS must be one of 1, 4, 64, not '7'.",
    ]


def test_a_database_that_is_not_there_is_told_in_a_sentence() -> None:
    told = fault(takt("migrate", DATABASE_URL="postgresql://takt@127.0.0.1:9/takt"))
    assert told.startswith("takt: ")
    assert "127.0.0.1" in told


async def test_an_own_database_is_migrated_by_its_owner_only(own: str) -> None:
    assert "run `takt migrate` first" in fault(takt("serve", DATABASE_URL=own))
    first = takt("migrate", DATABASE_URL=own)
    assert first.stdout.startswith("applied 0001_pre_start.sql\n"), first.stderr
    assert takt("migrate", "--stage", "pre", DATABASE_URL=own).stdout == "The database is up to date.\n"
    assert "TAKT_PARTS=1" in fault(takt("migrate", DATABASE_URL=own, TAKT_PARTS="4"))


async def test_check_finds_what_is_wrong(own: str) -> None:
    told = takt("check", DATABASE_URL=own, TAKT_PROT="8081")
    assert told.returncode == 1
    assert "lacks 0001_pre_start.sql" in told.stdout
    assert "TAKT_PROT" in told.stdout
    assert "fsync is off" in told.stdout  # the tests' server is one for tests
    assert own not in told.stdout


def test_check_finds_nothing_wrong_with_a_new_installation(home: str) -> None:
    takt("migrate", TAKT_HOME=home)
    told = takt("check", TAKT_HOME=home)
    assert told.returncode == 0, told.stdout
    assert f"embedded, in {home}/postgres" in told.stdout


def test_a_message_that_is_none_is_told_in_a_sentence(home: str) -> None:
    takt("migrate", TAKT_HOME=home)
    assert "wamid." in fault(takt("explain", "nothing", TAKT_HOME=home))
