"""XML from outside as a tree of names and texts, without anything that could harm: no document type, so no entities.

Names lose their namespace, because banks differ in it. Elements, depth and text are bounded.
"""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from takt.core.document import UnsoundError

ELEMENTS_MAX: Final = 2_000_000
DEPTH_MAX: Final = 40
TEXT_CHARS_MAX: Final = 4_000


class Node:
    """An element: its local name, its attributes, its own text without the space around it, its children."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []

    def all(self, path: str) -> Iterator["Node"]:
        """The elements at a path of names such as `Ntry/NtryDtls`, in their order."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def find(self, path: str) -> "Node | None":
        """The first element at a path."""
        return next(self.all(path), None)

    def words(self, path: str) -> str:
        """The text of the first element at a path; "" when there is none."""
        found = self.find(path)
        return found.text if found is not None else ""


class _Grower:
    """Grows the tree while the parser reads."""

    def __init__(self) -> None:
        self.root = Node("", {})
        self._open = [self.root]
        self._texts: list[list[str]] = [[]]
        self._elements = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > ELEMENTS_MAX:
            raise UnsoundError(f"the document: must have at most {ELEMENTS_MAX} elements")
        if len(self._open) > DEPTH_MAX:
            raise UnsoundError(f"the document: must be nested at most {DEPTH_MAX} deep")
        node = Node(name.rpartition("\n")[2], {key.rpartition("\n")[2]: said for key, said in attributes.items()})
        self._open[-1].children.append(node)
        self._open.append(node)
        self._texts.append([])

    def end(self, _name: str) -> None:
        node, texts = self._open.pop(), self._texts.pop()
        node.text = " ".join("".join(texts).split())
        if len(node.text) > TEXT_CHARS_MAX:
            raise UnsoundError(f"{node.name}: must be at most {TEXT_CHARS_MAX} characters")

    def write(self, text: str) -> None:
        if len(self._open) > 1:
            self._texts[-1].append(text)


def parse_xml(document: bytes) -> Node:
    """The tree of a document; its root element is the one child. Raises UnsoundError."""
    grower = _Grower()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    parser.StartElementHandler = grower.begin
    parser.EndElementHandler = grower.end
    parser.CharacterDataHandler = grower.write
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as fault:
        if isinstance(fault, UnsoundError):
            raise
        raise UnsoundError(f"the document: must be XML, got {fault}") from None
    return grower.root


def _refuse(*_declared: object) -> None:
    raise UnsoundError("the document: must have no document type")
