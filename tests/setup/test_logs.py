"""A log names what failed and where, and keeps to itself what the variables held."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from takt import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a log is set up to is the process's; other tests find it as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _fail(token: str) -> None:
    kept = f"Bearer {token}"
    raise ValueError(f"{len(kept)} characters")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_fault_is_told_without_the_values_of_variables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    logs.set_up("info")
    try:
        _fail("secret-token")
    except ValueError as fault:
        structlog.get_logger("takt").error("failed", exc_info=fault)
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "_fail" in told
    assert "Bearer" not in told.replace('kept = f"Bearer {token}"', "")
    assert "secret-token" not in told.replace('_fail("secret-token")', "")
    if not terminal:
        assert json.loads(told)["event"] == "failed"
