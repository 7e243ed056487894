"""`takt demo`, as a newcomer meets it: up in seconds, two at a time, stopped without a trace."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from takt.embedded import join
from tests.serving import free_port

PROMISED = [
    "TAKT_URL",
    "TAKT_API_VERSION",
    "TAKT_APP_ID",
    "TAKT_APP_SECRET",
    "TAKT_WABA_ID",
    "TAKT_TOKEN",
    "TAKT_SENDER_OUTREACH",
    "TAKT_SENDER_SUPPORT",
    "TAKT_USER_MARA",
    "TAKT_USER_JONAS",
    "TAKT_USER_LEYLA",
    "TAKT_DEVICE_MARA",
    "TAKT_DEVICE_JONAS",
    "TAKT_DEVICE_LEYLA",
    "TAKT_OPERATOR_TOKEN",
]
FIRST_PAGE_S = 30


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + FIRST_PAGE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the demo ended by itself"
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("no first page in time")


@contextmanager
def demo(home: Path, port: int) -> Iterator[dict[str, str]]:
    """A running demo; gives what demo.env says, and stops it as Ctrl+C does."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("TAKT_") and name != "DATABASE_URL"
    }
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "takt", "demo"],
            env={**kept, "TAKT_HOME": str(home), "TAKT_PORT": str(port)},
            stdout=said,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/", process)
            lines = (home / "demo.env").read_text().splitlines()
            yield dict(line.split("=", 1) for line in lines)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
    assert b"Traceback" not in (home / "said").read_bytes()


def send(env: dict[str, str]) -> httpx.Response:
    return httpx.post(
        f"{env['TAKT_URL']}/{env['TAKT_API_VERSION']}/{env['TAKT_SENDER_SUPPORT']}/messages",
        headers={"Authorization": f"Bearer {env['TAKT_TOKEN']}"},
        json={"messaging_product": "whatsapp", "to": env["TAKT_USER_MARA"], "type": "text", "text": {"body": "Hello"}},
    )


def test_two_demos_run_side_by_side_and_keep_their_worlds(short_folder: Path) -> None:
    homes = [Path(tempfile.mkdtemp(dir=short_folder)) for _ in range(2)]
    for home in homes:
        home.chmod(0o711)
    with demo(homes[0], free_port()) as first, demo(homes[1], free_port()) as second:
        assert set(PROMISED) <= set(first)
        assert first["TAKT_TOKEN"] != second["TAKT_TOKEN"]
        assert (homes[0] / "demo.env").stat().st_mode & 0o777 == 0o600
        answers = [send(first), send(second)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert send({**first, "TAKT_TOKEN": second["TAKT_TOKEN"]}).status_code == 401
    for home in homes:
        assert not (home / "postgres/cluster/postmaster.pid").exists()
    with demo(homes[0], free_port()) as again:
        assert {**again, "TAKT_URL": ""} == {**first, "TAKT_URL": ""}
        assert send(again).status_code == 200


def test_a_port_that_is_taken_is_told_in_a_sentence(short_folder: Path) -> None:
    home = Path(tempfile.mkdtemp(dir=short_folder))
    home.chmod(0o711)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "takt", "demo"],
            env={**os.environ, "TAKT_HOME": str(home), "TAKT_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"{port}" in done.stderr
    assert "Traceback" not in done.stderr
    join(home).leave()
