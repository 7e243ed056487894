"""Mutations of a Python source: every small wrong change that its tests should notice.

Pure: a source in, its mutations out, always the same ones in the same order. What is changed: comparisons, arithmetic,
`and` and `or`, conditions, numbers, texts, members of collections, arguments, statements. What is not: annotations,
docstrings, imports, decorators, and the sentences of errors and assertions.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "reversed": "list",
    "startswith": "endswith",
    "endswith": "startswith",
    "ljust": "rjust",
    "rstrip": "lstrip",
    "lstrip": "rstrip",
}
# Nothing changes when the arguments of these change places.
SYMMETRIC = {"min", "max", "zip", "print", "isinstance"}
# What binds less than what may stand around it: it gets brackets there.
LOOSE = ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Lambda
AROUND = ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.Attribute | ast.Subscript | ast.Starred
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Edit = tuple[ast.AST, str]
"""A node, and what stands in its place."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a source: `text` instead of what stands from `start` to `end`.

    `where` is the function or class, `was` and `now` are the lines without and with the change. `nth` counts what looks
    the same within one place, from 1. So a mutation keeps its name when other lines come or go.
    """

    line: int
    where: str
    was: str
    now: str
    nth: int
    start: int
    end: int
    text: str

    @property
    def name(self) -> tuple[str, str, str, int]:
        """What it is called."""
        return self.where, self.was, self.now, self.nth

    def applied(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutations(source: bytes) -> list[Mutation]:
    """All mutations of a source, in its order."""
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return _Finder(source, tree).all()


class _Finder:
    def __init__(self, source: bytes, tree: ast.Module) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self.found: list[Mutation] = []

    def all(self) -> list[Mutation]:
        self._visit(self.tree, "")
        return self.found

    def _visit(self, node: ast.AST, where: str, *, within_error: bool = False) -> None:
        within_error = within_error or isinstance(node, ast.Raise)
        if not (within_error and is_sentence(node, self.parents)):
            for anchor, text in edits(node, self.parents):
                self._add(anchor, text, where)
        inner = f"{where}.{node.name}".strip(".") if isinstance(node, DEFINITIONS) else where
        for child in children(node):
            self.parents[child] = node
            self._visit(child, inner, within_error=within_error)

    def _add(self, anchor: ast.AST, text: str, where: str) -> None:
        if isinstance(anchor, ast.expr):
            new = ast.parse(text, mode="eval").body
            if (
                isinstance(new, LOOSE)
                and isinstance(self.parents.get(anchor), AROUND)
                and not self._in_brackets(anchor)
            ):
                text = f"({text})"
        anchor, text = self._outside(anchor, text)
        assert isinstance(anchor, ast.expr | ast.stmt)
        start, end = self._offset(anchor.lineno, anchor.col_offset), self._end(anchor)
        before, after = self.starts[anchor.lineno - 1], self._line_end(end)
        was = _folded(self.source[before:after])
        now = _folded(self.source[before:start] + text.encode() + self.source[end:after])
        nth = 1 + sum(one.name[:3] == (where, was, now) for one in self.found)
        self.found.append(Mutation(anchor.lineno, where, was, now, nth, start, end, text))

    def _outside(self, anchor: ast.AST, text: str) -> Edit:
        """What stands within an f-string has no place of its own in the source: the whole f-string is written anew."""
        outer, node = None, anchor
        while (above := self.parents.get(node)) is not None:
            if isinstance(above, ast.JoinedStr):
                outer = above
            node = above
        if outer is None:
            return anchor, text
        with_change = _Swap(anchor, ast.parse(text, mode="eval").body)
        changed = ast.unparse(with_change.visit(outer))
        _Swap(with_change.new, anchor).visit(outer)
        return outer, changed

    def _in_brackets(self, node: ast.expr) -> bool:
        start, end = self._offset(node.lineno, node.col_offset), self._end(node)
        return self.source[start - 1 : start] == b"(" and self.source[end : end + 1] == b")"

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.end_lineno, node.end_col_offset)

    def _line_end(self, at: int) -> int:
        end = self.source.find(b"\n", at)
        return end if end >= 0 else len(self.source)


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _folded(source: bytes) -> str:
    return " ".join(source.decode().split())


def children(node: ast.AST) -> Iterator[ast.AST]:
    """What is within a node and may be changed: no annotation, decorator, docstring, and no sentence of an assertion."""
    for name, found in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "msg"}:
            continue
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, ast.AST) and not is_docstring(one):
                yield one


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is a text alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def is_sentence(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is a text of several words, or a piece of one with values in it."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    return " " in node.value or isinstance(parents.get(node), ast.JoinedStr)


def edits(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[Edit]:  # noqa: C901, PLR0912 - one table of cases
    """The changes of one node itself."""
    match node:
        case ast.Compare():
            yield from _compare(node)
        case ast.BinOp(right=ast.Constant(value=None)):
            pass
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield node, _with(node, "op", ARITHMETIC[type(node.op)]())
        case ast.AugAssign() if type(node.op) in ARITHMETIC:
            yield node, _with(node, "op", ARITHMETIC[type(node.op)]())
            yield node, "pass"
        case ast.BoolOp():
            yield node, _with(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for place in range(len(node.values)):
                rest = _without(node.values, place)
                yield node, _with(node, "values", rest) if len(rest) > 1 else ast.unparse(rest[0])
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node, ast.unparse(node.operand)
        case ast.Constant():
            yield from _constant(node)
        case ast.Call():
            yield from _call(node)
        case ast.List() | ast.Set() | ast.Tuple() if len(node.elts) > 1 and _is_collection(node, parents):
            for place in range(len(node.elts)):
                yield node, _with(node, "elts", _without(node.elts, place))
        case ast.Dict():
            yield from _dict(node)
        case ast.If() | ast.IfExp() | ast.While() | ast.comprehension():
            yield from _conditions(node)
        case ast.For():
            yield node.iter, "()"
        case ast.stmt():
            yield from _statement(node)
        case _:
            pass


def _compare(node: ast.Compare) -> Iterator[Edit]:
    for place, one in enumerate(node.ops):
        for other in COMPARED[type(one)]:
            yield node, _with(node, "ops", [*node.ops[:place], other(), *node.ops[place + 1 :]])


def _constant(node: ast.Constant) -> Iterator[Edit]:
    match node.value:
        case bool():
            yield node, str(not node.value)
        case int():
            yield node, str(node.value + 1)
            if node.value > 0:
                yield node, str(node.value - 1)
        case str():
            yield node, repr(node.value + "~")
        case bytes():
            yield node, repr(node.value + b"~")
        case _:
            pass


def _call(node: ast.Call) -> Iterator[Edit]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in CALLED:
        yield node.func, CALLED[name]
    elif attribute in CALLED:
        yield node.func, _with(node.func, "attr", CALLED[attribute])
    for place in range(len(node.keywords)):
        yield node, _with(node, "keywords", _without(node.keywords, place))
    if name in SYMMETRIC or any(isinstance(one, ast.Starred) for one in node.args):
        return
    for place in range(len(node.args) - 1):
        args = list(node.args)
        if ast.unparse(args[place]) == ast.unparse(args[place + 1]):
            continue
        args[place : place + 2] = reversed(args[place : place + 2])
        yield node, _with(node, "args", args)


def _dict(node: ast.Dict) -> Iterator[Edit]:
    keys, values = node.keys, node.values
    for place in range(len(keys)):
        node.keys, node.values = _without(keys, place), _without(values, place)
        yield node, ast.unparse(node)
        node.keys, node.values = keys, values


def _conditions(node: ast.If | ast.IfExp | ast.While | ast.comprehension) -> Iterator[Edit]:
    for one in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
        if not isinstance(one, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield one, f"not {ast.unparse(one)}"


def _statement(node: ast.stmt) -> Iterator[Edit]:
    match node:
        case ast.Assert() | ast.Raise():
            yield node, "pass"
        case ast.Delete() | ast.Expr(value=ast.Call()) | ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield node, "pass"
        case ast.Continue():
            yield node, "break"
        case ast.Break():
            yield node, "continue"
        case _:
            pass


def _is_collection(node: ast.List | ast.Set | ast.Tuple, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether its members are alike, or it is a key to sort by: no row of unlike things, and nothing that is unpacked."""
    if not isinstance(node, ast.Tuple):
        return not isinstance(getattr(node, "ctx", None), ast.Store)
    above = parents.get(node)
    while isinstance(above, ast.Call | ast.keyword | ast.List | ast.Set | ast.BinOp):
        above = parents.get(above)
    if isinstance(above, ast.Assign):
        return isinstance(above.targets[0], ast.Name)
    return isinstance(above, ast.Lambda | ast.AnnAssign)


def _with(node: ast.expr | ast.stmt, name: str, new: object) -> str:
    old = getattr(node, name)
    setattr(node, name, new)
    text = ast.unparse(node)
    setattr(node, name, old)
    return text


def _without(members: Sequence[T], place: int) -> list[T]:
    return [*members[:place], *members[place + 1 :]]
