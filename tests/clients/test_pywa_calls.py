"""The table of pywa's methods is whole, and every test it names is there, names the method, and runs with both clients."""

import ast
import re
from pathlib import Path

import pytest
import pywa
import pywa_async.client

from tests.clients.pywa_calls import APART, SEEN, Seen

FOLDER = Path(__file__).parent
SHARED = ("pywa_company", "pywa_chat")


def text_of(*modules: str) -> str:
    return "\n".join((FOLDER / f"{module}.py").read_text() for module in modules)


@pytest.mark.parametrize("client", [pywa.WhatsApp, pywa_async.client.WhatsApp])
def test_every_method_of_the_client_has_its_row(client: type) -> None:
    rows = [method for one in SEEN for method in one.methods] + list(APART)
    assert sorted(rows) == sorted(name for name in dir(client) if not name.startswith("_"))


@pytest.mark.parametrize("one", SEEN, ids=lambda one: f"{one.module} {one.test}")
def test_what_a_row_names_is_there(one: Seen) -> None:
    source = text_of(one.module)
    tests = {node.name for node in ast.parse(source).body if isinstance(node, ast.AsyncFunctionDef)}
    assert one.test in tests
    assert "BOTH" in source or '"pywa_async"' in source
    named = text_of(one.module, *SHARED)
    assert [name for name in one.methods if re.search(rf"[.\"]{name}\b", named) is None] == []
