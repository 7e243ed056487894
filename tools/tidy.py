"""Our own rules, those no other tool checks. Prints one line per breach and ends with status 1 if there is any.

- a function has at most 60 lines, a module at most 400
- every module says what it promises (ruff sees to the public names in it)
- no leftovers (marks for later), no module that nobody imports
- no names that say nothing
- every limit, a module constant whose name ends in _MAX, stands in docs/limits.md with its module and value
- no floats where money is counted, and no division where messages are priced
"""

import ast
import math
import operator
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FUNCTION_LINES = 60
MODULE_LINES = 400
CODE = ("takt", "tools", "tests", "bench")
MONEY = (
    *("takt/actions/capture.py", "takt/actions/pricing.py", "takt/actions/publish.py", "takt/core/card_fields.py"),
    *("takt/core/chain.py", "takt/core/charging.py", "takt/core/entries.py", "takt/core/estimate.py"),
    *("takt/core/ledger.py", "takt/core/markets.py", "takt/core/usage.py", "takt/store/journal.py"),
    *("takt/actions/grant.py", "takt/actions/refund.py", "takt/core/grants.py", "takt/store/grants.py"),
    *("takt/ledger_proof.py", "takt/store/chains.py", "takt/store/usage.py"),
    *("takt/actions/partners.py", "takt/web/takt/granting.py", "takt/web/takt/operation.py"),
    *("takt/core/rate_calendar.py", "takt/core/rate_card.py", "takt/core/rate_diff.py", "takt/core/rate_proof.py"),
    *("takt/core/rate_rules.py", "takt/core/rate_terms.py", "takt/core/rating.py", "takt/core/reseller.py"),
    *("takt/core/tariff.py", "takt/core/terms.py", "takt/store/counters.py", "takt/store/ledger.py"),
    *("takt/store/rate_cards.py", "takt/wire/prices.py"),
    *(
        "takt/actions/booking.py",
        "takt/actions/collecting.py",
        "takt/actions/paying.py",
        "takt/actions/payment_steps.py",
    ),
    *("takt/actions/spending.py", "takt/actions/statement.py", "takt/core/booking.py", "takt/core/iban.py"),
    *("takt/core/matching.py", "takt/core/payment.py", "takt/core/spending.py", "takt/core/statements.py"),
    *("takt/store/bank.py", "takt/store/payments.py", "takt/store/spend_plans.py", "takt/wire/camt.py"),
    *("takt/wire/pain.py", "takt/wire/payments.py"),
    *("takt/core/currency.py", "takt/core/invoice.py", "takt/core/invoice_rules.py", "takt/core/tax.py"),
    *("takt/actions/issue.py", "takt/core/invoice_booking.py", "takt/store/documents.py"),
    *("takt/core/invoice_texts.py", "takt/core/party.py", "takt/press/german.py", "takt/press/sheet.py"),
    *("takt/wire/cii.py", "takt/wire/invoice_terms.py", "takt/wire/parties.py", "takt/wire/ubl.py"),
)
# What runs for every message: prices there are looked up and added, never worked out anew.
UNDIVIDED = ("takt/core/charging.py", "takt/core/rating.py", "takt/core/tariff.py")
# Where a program or a page starts: nobody imports these.
ENTRANCES = ("takt/__main__.py", "takt/press/__main__.py", "takt/rehearsal/__main__.py")

LEFTOVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
EMPTY_WORDS = {
    "base",
    "data",
    "handler",
    "helper",
    "helpers",
    "info",
    "item",
    "manager",
    "misc",
    "processor",
    "util",
    "utils",
}
LIMIT = re.compile(r"[A-Z][A-Z0-9_]*_MAX")
PLACE = re.compile(r"takt(\.\w+)+:\w+")
ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}
LIMIT_ROW = re.compile(r"^\| `(\w+)` \| `([\w/.]+)` \| ([\d,.]+) \|", re.MULTILINE)


class Module:
    """One Python file: its path within the project, its text, its tree."""

    def __init__(self, path: Path) -> None:
        self.path = path.relative_to(PROJECT)
        self.text = path.read_text("utf-8")
        self.tree = ast.parse(self.text, str(path))
        self.ours = self.path.parts[0] == "takt"

    def at(self, line: int, says: str) -> str:
        """Render one breach."""
        return f"{self.path}:{line}: {says}"


def main() -> int:
    """Check everything; returns the exit status."""
    modules = [Module(path) for folder in CODE for path in sorted((PROJECT / folder).rglob("*.py"))]
    breaches = [breach for module in modules for breach in check_module(module)]
    breaches += check_limits([module for module in modules if module.ours])
    breaches += check_imported(modules)
    print("\n".join(breaches) or f"tidy: {len(modules)} modules are well")
    return 1 if breaches else 0


def check_module(module: Module) -> Iterator[str]:
    """Check what one file shows by itself."""
    lines = module.text.count("\n")
    if lines > MODULE_LINES:
        yield module.at(1, f"{lines} lines, {MODULE_LINES} at most: split it by noun")
    if ast.get_docstring(module.tree) is None:
        yield module.at(1, "the module does not say what it promises")
    for number, line in enumerate(module.text.splitlines(), 1):
        if LEFTOVER.search(line):
            yield module.at(number, "a mark for later: do it or drop it")
    for node in ast.walk(module.tree):
        yield from check_definition(module, node)
        if str(module.path) in MONEY and is_float(node):
            yield module.at(getattr(node, "lineno", 1), "a float where money is counted")
        if str(module.path) in UNDIVIDED and isinstance(node, ast.FloorDiv | ast.Mod):
            yield module.at(1, "a division where every message is priced")
    yield from check_path(module)


def check_path(module: Module) -> Iterator[str]:
    """Check the file's own name."""
    if EMPTY_WORDS & set(module.path.stem.split("_")):
        yield module.at(1, f"the name {module.path.stem} says nothing")


def check_definition(module: Module, node: ast.AST) -> Iterator[str]:
    """Check length, docstring and name of a function or class."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if not isinstance(node, ast.ClassDef) and length > FUNCTION_LINES:
        yield module.at(node.lineno, f"{node.name} has {length} lines, {FUNCTION_LINES} at most")
    if module.ours and EMPTY_WORDS & set(words(node.name)):
        yield module.at(node.lineno, f"the name {node.name} says nothing")


def words(name: str) -> list[str]:
    """Split a name, in either style, into its words in lower case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def is_float(node: ast.AST) -> bool:
    """Say whether a node is a float, names the type, or divides into one."""
    match node:
        case ast.Constant(value=float()) | ast.Name(id="float") | ast.Div():
            return True
        case _:
            return False


def check_limits(modules: list[Module]) -> Iterator[str]:
    """Check docs/limits.md against the code: each limit is there with its module and value, and no other."""
    page = (PROJECT / "docs" / "limits.md").read_text("utf-8")
    listed = set(LIMIT_ROW.findall(page))
    found = {
        (name, str(module.path), f"{number:,}"): module
        for module in modules
        for name, number in constants(module.tree).items()
        if LIMIT.fullmatch(name)
    }
    for name, path, amount in sorted(found.keys() - listed):
        yield f"{path}: docs/limits.md lacks the row | `{name}` | `{path}` | {amount} |"
    for name, path, amount in sorted(listed - found.keys()):
        yield f"docs/limits.md: the code has no {name} of {amount} in {path}"


def constants(tree: ast.Module) -> dict[str, float]:
    """Work out the numbers that a module defines, by name; nan where one is not plain arithmetic."""
    known: dict[str, float] = {}
    for node in tree.body:
        for name in assigned(node):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                known[name] = value(node.value, known)
    return known


def value(node: ast.expr, known: dict[str, float]) -> float:
    """Work out a number such as 4 * 1024 * 1024 or 10**12 or WORDS + 1, whole where it is whole."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return int(number) if number == int(number) else number
        case ast.Name(id=name):
            return known.get(name, math.nan)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            return ARITHMETIC[type(op)](value(left, known), value(right, known))
        case _:
            return math.nan


def assigned(node: ast.stmt) -> list[str]:
    """List the names that a statement assigns."""
    match node:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def places(tree: ast.Module) -> Iterator[str]:
    """List the modules that strings name as places of something: `takt.module:name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACE.fullmatch(node.value):
            yield node.value.partition(":")[0]


def check_imported(modules: list[Module]) -> Iterator[str]:
    """Check that each module of the program is imported by another one of the program, be it later by `module:name`."""
    ours = [module for module in modules if module.ours]
    imported = {name for module in ours for name in (*imports(module.tree), *places(module.tree))}
    for module in modules:
        name = ".".join(module.path.with_suffix("").parts)
        if not module.ours or module.path.name == "__init__.py" or str(module.path) in ENTRANCES:
            continue
        if name not in imported:
            yield module.at(1, "nothing imports this module")


def imports(tree: ast.Module) -> Iterator[str]:
    """Name every module, or name in a module, that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


if __name__ == "__main__":
    sys.exit(main())
