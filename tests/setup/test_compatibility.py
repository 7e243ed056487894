"""The page of what works as in the Cloud API says nothing that its tables, the tests and the code do not bear out."""

from pathlib import Path

import pytest

from takt.wire.nodes import WEBHOOK_FIELDS
from tools import compatibility

ENDPOINTS = '["All"]\n"GET /x" = { is = "full", tests = ["web/test_a.py::test_x"] }\n'
FIELDS = '["All"]\n"pin" = { is = "not", says = "there are no groups" }\n'
WEBHOOKS = '["Fields"]\n"calls" = { is = "not", says = "there are no calls" }\n'
ERRORS = '["All"]\n190 = { title = "Token", is = "full", tests = ["web/test_a.py::test_x"] }\n'
TESTS = "def test_x() -> None:\n    assert code == 190\n"
CODE = 'error = WireError(\n    190, "Token"\n)\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which everything is well."""
    for path, text in {
        "tests/compatibility/endpoints.toml": ENDPOINTS,
        "tests/compatibility/fields.toml": FIELDS,
        "tests/compatibility/webhooks.toml": WEBHOOKS,
        "tests/compatibility/errors.toml": ERRORS,
        "tests/web/test_a.py": TESTS,
        "takt/wire/errors.py": CODE,
        "docs/compatibility.md": "",
    }.items():
        change(tmp_path, path, text)
    compatibility.page(tmp_path).write_text(compatibility.render(tmp_path))
    return tmp_path


def change(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text)


def test_every_field_that_can_be_subscribed_is_listed() -> None:
    listed = compatibility.rows(compatibility.PROJECT, "webhooks")["Fields"]
    assert {row.name for row in listed} == WEBHOOK_FIELDS


def test_what_is_well_passes(project: Path) -> None:
    assert list(compatibility.check(project)) == []
    page = compatibility.page(project).read_text()
    assert "| `GET /x` | full | [test_x](../tests/web/test_a.py) |" in page
    assert "| `pin` | –: there are no groups |  |" in page


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("docs/compatibility.md", "older", "is not current"),
        ("tests/compatibility/endpoints.toml", ENDPOINTS.replace("test_x", "test_y"), "there is no web/test_a.py::test_y"),
        ("tests/compatibility/endpoints.toml", ENDPOINTS.replace("full", "mostly"), "'mostly', not one of full, partly, not"),
        ("tests/compatibility/endpoints.toml", ENDPOINTS.replace("full", "not"), "is not and has 1 tests"),
        ("tests/compatibility/endpoints.toml", ENDPOINTS.replace("full", "partly"), "is partly and says ''"),
        ("tests/compatibility/fields.toml", '["All"]\n"pin" = { is = "not" }\n', "is not and says ''"),
        ("tests/web/test_a.py", TESTS.replace("190", "191"), "none of the tests of 190 has the number"),
        ("takt/wire/errors.py", CODE.replace("190", "191"), "no answer in takt/ has it"),
        ("takt/wire/errors.py", CODE.replace("190", "191"), "takt/ answers with 191"),
        ("takt/core/denial.py", 'GONE = Reason(\n    "gone", 131026, "Gone"\n)\n', "takt/ answers with 131026"),
        ("takt/wire/said.py", 'SAID = {Fault.PIN: (133005, None, "Mismatch", "pin")}\n', "takt/ answers with 133005"),
        ("takt/wire/said.py", 'SAID = {Fault.TAKEN: (190, 2388012, "Taken", "x")}\n', "takt/ answers with 2388012"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_found(project: Path, path: str, text: str, says: str) -> None:
    change(project, path, text)
    assert says in "\n".join(compatibility.check(project))


def test_the_project_itself_is_well() -> None:
    assert list(compatibility.check(compatibility.PROJECT)) == []
