"""Our own rules catch what they are for."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture
def tidy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, looking at an empty project."""
    spec = importlib.util.spec_from_file_location("tidy", PROJECT / "tools/tidy.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "PROJECT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/limits.md").write_text("")
    return tool


LONG = '"""Says."""\n\n\ndef long() -> None:\n    """Says."""\n' + "    print()\n" * 60

CASES = {
    "a long function": ("takt/core/a.py", LONG, "long has 62 lines"),
    "a long module": ("takt/core/a.py", '"""Says."""\n' + "A = 1\n" * 400, "401 lines"),
    "a silent module": ("takt/core/a.py", "A = 1\n", "does not say what it promises"),
    "a leftover": ("takt/core/a.py", f'"""Says."""\n# {"TO" + "DO"}: later\n', "a mark for later"),
    "an empty name": ("takt/core/a.py", '"""Says."""\n\n\nclass SendManager: ...\n', "SendManager says nothing"),
    "an empty file name": ("takt/core/utils.py", '"""Says."""\n', "utils says nothing"),
    "a float among money": ("takt/core/rating.py", '"""Says."""\n\nHALF = 0.5\n', "a float"),
    "a division among money": ("takt/core/ledger.py", '"""Says."""\n\nHALF = 1 / 2\n', "a float"),
    "a rounding among prices": ("takt/core/tariff.py", '"""Says."""\n\nHALF = 1 // 2\n', "a division where"),
    "an unlisted limit": (
        "takt/core/a.py",
        '"""Says."""\n\nROWS_MAX = 2 * 500\n',
        "`ROWS_MAX` | `takt/core/a.py` | 1,000",
    ),
    "a dead module": ("takt/core/a.py", '"""Says."""\n', "nothing imports this module"),
}


@pytest.mark.parametrize(("path", "text", "breach"), CASES.values(), ids=CASES)
def test_it_finds(
    tidy: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, text: str, breach: str
) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert tidy.main() == 1
    assert breach in capsys.readouterr().out


def test_a_row_without_its_limit_is_found(tidy: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs/limits.md").write_text("| `GONE_MAX` | `takt/core/a.py` | 7 | rows |\n")
    assert tidy.main() == 1
    assert "the code has no GONE_MAX of 7" in capsys.readouterr().out


def test_what_is_well_passes(tidy: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "takt").mkdir()
    (tmp_path / "takt/a.py").write_text('"""Says."""\n\nfrom takt import b\n\nROWS_MAX = 7\n')
    (tmp_path / "takt/b.py").write_text('"""Says."""\n\nfrom takt import a\n')
    (tmp_path / "docs/limits.md").write_text("| `ROWS_MAX` | `takt/a.py` | 7 | rows |\n")
    assert tidy.main() == 0
