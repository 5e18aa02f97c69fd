"""What the program can say in its errors, read from its source: reasons and remedies, with 7 where something is filled in."""

from __future__ import annotations

import ast
import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import digitise
from digitise.errors import DigitiseError

PACKAGE = Path(digitise.__file__).parent
FILLED_IN = "7"
Given = list[tuple[str, ast.expr]]


def collect_sentences(*patterns: str) -> dict[str, str]:
    """Sentence -> the module and line that says it, of all modules that the patterns name."""
    files = sorted({path for pattern in patterns for path in PACKAGE.glob(pattern)})
    assert files
    return {text: where for path in files for text, where in _sentences_of(path) if text}


def _sentences_of(path: Path) -> Iterator[tuple[str, str]]:
    name = ".".join(("digitise", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    module = importlib.import_module(name)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))]:
        given = _assigned(scope)
        for call in (node for node in _own_nodes(scope) if isinstance(node, ast.Call)):
            for expression in _told_by(call, module):
                for text in _resolve(expression, module, given):
                    yield text, f"{name}:{call.lineno}"


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a scope, but for functions inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def _assigned(scope: ast.AST) -> Given:
    found: Given = []
    for node in _own_nodes(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append((node.targets[0].id, node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            found += [(t.id, v) for t, v in zip(node.targets[0].elts, node.value.elts, strict=True) if isinstance(t, ast.Name)]
    return found


def _told_by(call: ast.Call, module: ModuleType) -> list[ast.expr]:
    """The reason and the remedy of an error, a problem or a passed limit."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    told = getattr(module, name, None)
    if name == "Problem":
        return [k.value for k in call.keywords if k.arg in ("reason", "remedy")]
    if name == "over":
        _, what, allowed, setting, remedy = call.args
        reason = _joined(what, "; ", allowed, " is the most allowed")
        return [reason, _joined(remedy, ", or raise limits.", setting, " in event.toml.")]
    if isinstance(told, type) and issubclass(told, DigitiseError):
        return list(call.args[1:3])
    return []


def _joined(*parts: ast.expr | str) -> ast.expr:
    return ast.JoinedStr([ast.Constant(p) if isinstance(p, str) else ast.FormattedValue(p, -1) for p in parts])


def _resolve(node: ast.expr, module: ModuleType, given: Given) -> list[str]:  # noqa: PLR0911 - one for each kind of expression
    """All texts that an expression may be; none where it is handed on from elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(parts) for parts in itertools.product(*(_resolve(v, module, given) or [FILLED_IN] for v in values))]
        case ast.FormattedValue(value=value):
            return _resolve(value, module, given)
        case ast.IfExp(body=body, orelse=orelse):
            return _resolve(body, module, given) + _resolve(orelse, module, given)
        case ast.BoolOp(values=values):
            return [text for value in values for text in _resolve(value, module, given)]
        case ast.Call(func=ast.Attribute(value=value, attr="rstrip")):
            return _resolve(value, module, given)
        case ast.Name(id=name):
            known = [text for known, value in given if known == name for text in _resolve(value, module, [])]
            constant = getattr(module, name, None)
            return known or ([constant] if isinstance(constant, str) else [])
    return []
