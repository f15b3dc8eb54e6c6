"""Where the code says something to a person, found by reading its syntax: the English templates that need a wording.

A template is what stands in the code with ``{}`` for everything that is filled in.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "extractor"

# Calls that make a message: name → position of an argument → the section of messages.yaml that it belongs to.
SINKS: dict[str, dict[int, str]] = {
    "ReadError": {1: "reasons", 2: "advice"},
    "Undecodable": {1: "reasons"},
    "OutputError": {0: "errors"},
    "InputError": {0: "errors"},
    "WatchError": {0: "errors"},
    "GoldError": {0: "errors"},
    "LoadError": {0: "errors"},
    "ClusterError": {0: "errors"},
    "StoreError": {0: "errors"},
    "ExchangeError": {0: "errors"},
    "PatternError": {2: "errors"},
    "_failed": {2: "errors"},
    "_stop": {0: "errors"},  # a whole sentence: it is put into the language as those of exceptions are
    "say": {0: "said"},
    "text": {0: "said"},
    "echo": {0: "echo"},
}
# Names that also mean other things elsewhere: the modules in which they make a message.
ONLY_IN = {"say": "extractor.messages", "text": "extractor.messages", "echo": "typer", "_stop": "typer"}
# What is assigned or added to these names is a warning; in these modules.
LISTS = {"warnings", "found", "note", "_NO_LIBREOFFICE", "_FAILED"}
LISTS_IN = ("reading/", "running/batch.py", "running/inputs.py", "tables/workbook.py")
# A sentence that is assigned in a module of the readers, in whatever table, is advice.
SENTENCE = re.compile(r"[A-Z].* .*\.")


@dataclass(frozen=True, order=True)
class Site:
    """A message in the code."""

    where: str
    section: str  # of messages.yaml; ``echo`` for what is printed without it
    template: str  # of ``said`` to the letter, else with {} for every value
    names: tuple[str, ...] = ()  # keywords given beside it


@dataclass(frozen=True)
class Unknown:
    """An argument that is no literal and leads to none."""

    where: str
    section: str
    code: str


def sites() -> Iterator[Site | Unknown]:
    """Every message of the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _Module(path).sites()


class _Module:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.name = path.relative_to(PACKAGE).as_posix()
        self.constants = _assigned(self.tree.body)
        self.imports = {
            name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
        }

    def sites(self) -> Iterator[Site | Unknown]:
        yield from self._walk(self.tree, {})
        if self.name.startswith("reading/"):
            for statement in self.tree.body:
                value = getattr(statement, "value", None)
                if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None:
                    for node in ast.walk(value):
                        if isinstance(node, ast.Constant) and SENTENCE.fullmatch(str(node.value)):
                            yield Site(f"{self.name}:{node.lineno}", "advice", str(node.value))

    def _walk(self, node: ast.AST, local: dict[str, list[ast.expr]]) -> Iterator[Site | Unknown]:
        if isinstance(node, ast.FunctionDef):
            local = _assigned(list(ast.walk(node)))
        if isinstance(node, ast.Call):
            yield from self._call(node, local)
        yield from self._warnings(node, local)
        for child in ast.iter_child_nodes(node):
            yield from self._walk(child, local)

    def _call(self, call: ast.Call, local: dict[str, list[ast.expr]]) -> Iterator[Site | Unknown]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if ONLY_IN.get(name, "") in ("", *self.imports):
            for position, section in SINKS.get(name, {}).items():
                if position < len(call.args):
                    names = tuple(keyword.arg or "**" for keyword in call.keywords if keyword.arg != "err")
                    yield from self._resolved(call.args[position], section, local, names)
        # ValueErrors of the patterns become PatternErrors.
        if name == "ValueError" and self.name == "patterns.py":
            yield from self._resolved(call.args[0], "errors", local, ())

    def _warnings(self, node: ast.AST, local: dict[str, list[ast.expr]]) -> Iterator[Site | Unknown]:
        """What is added to a list of warnings, or put in a tuple of them."""
        if not self.name.startswith(LISTS_IN):
            return
        given: list[ast.expr] = []
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in LISTS:
            given = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            owner = node.func.value
            if (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")) in LISTS:
                given = [node.args[0]]
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_warnings"):
            given = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
        for one in given:
            parts = one.elts if isinstance(one, ast.Tuple | ast.List) else [one]
            parts = [part.elt if isinstance(part, ast.ListComp) else part for part in parts]
            if isinstance(one, ast.ListComp):
                parts = [one.elt]
            for part in parts:
                if isinstance(part, ast.JoinedStr | ast.Constant):
                    yield from self._resolved(part, "warnings", local, ())

    def _resolved(
        self, given: ast.expr, section: str, local: dict[str, list[ast.expr]], names: tuple[str, ...]
    ) -> Iterator[Site | Unknown]:
        where = f"{self.name}:{given.lineno}"
        found = self._texts(given, local, 0)
        if found is None:
            yield Unknown(where, section, ast.unparse(given))
        for template in found or ():
            yield Site(where, section, template, names)

    def _texts(self, node: ast.expr, local: dict[str, list[ast.expr]], depth: int) -> list[str] | None:
        """The templates that an expression can be; ``None`` where that cannot be told."""
        if depth > 4:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            return self._all([node.body, node.orelse], local, depth)
        if isinstance(node, ast.BoolOp):
            return [text for one in node.values for text in self._texts(one, local, depth + 1) or ["{}"]]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([node.left, node.right], local, depth)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values, local, depth)
        if isinstance(node, ast.Name):
            values = local.get(node.id) or self.constants.get(node.id)
            return None if values is None else self._all(values, local, depth)
        return None

    def _all(self, nodes: list[ast.expr], local: dict[str, list[ast.expr]], depth: int) -> list[str] | None:
        texts: list[str] = []
        for node in nodes:
            found = self._texts(node, local, depth + 1)
            if found is None:
                return None
            texts += found
        return texts

    def _joined(self, nodes: list[ast.expr], local: dict[str, list[ast.expr]], depth: int) -> list[str]:
        texts = [""]
        for node in nodes:
            value = node.value if isinstance(node, ast.FormattedValue) else node
            found = self._texts(value, local, depth + 1) or ["{}"]
            if isinstance(node, ast.Constant):
                found = [str(node.value).replace("{", "{{").replace("}", "}}")]
            texts = [text + more for text in texts for more in found]
        return texts


def _assigned(nodes: list[ast.AST] | list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Name → what is assigned to it, of names that are assigned in no other way."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def shape(template: str) -> str:
    """A template with ``{}`` in every place."""
    parts = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal.replace("{", "{{").replace("}", "}}") + ("" if name is None else "{}"))
    return "".join(parts)
