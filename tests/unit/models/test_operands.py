"""T17: Vyper 0.4.3 evaluates the operands of some operators from right to left, so none may have a side effect.

Read off the compiler's syntax tree: a call that may write (an `extcall`, or an internal function that is neither pure
nor view) stands alone in its statement, never inside an operator, a builtin, a log or another call's arguments.
"""

from pathlib import Path

import pytest
from vyper.ast import nodes
from vyper.ast.parse import parse_to_ast

ROOT = Path(__file__).parents[3]
SOURCES = sorted(
    path for folder in ("bonds", "governance", "lib") for path in (ROOT / "contracts" / folder).glob("*.vy")
)
MUTE = {"pure", "view"}


def functions(tree):
    return tree.get_children(nodes.FunctionDef)


def may_write(function):
    marks = {mark.id for mark in function.decorator_list if isinstance(mark, nodes.Name)}
    return not marks & MUTE


def writers():
    """Names of all functions of the house that may write, by module."""
    return {
        (path.stem, function.name)
        for path in SOURCES
        for function in functions(parse_to_ast(path.read_text()))
        if may_write(function)
    }


def writing_calls(statement, module, known):
    """The calls below a statement that may write."""
    found = list(statement.get_descendants(nodes.ExtCall))
    for call in statement.get_descendants(nodes.Call):
        called = call.func
        if isinstance(called, nodes.Attribute) and isinstance(called.value, nodes.Name):
            owner = module if called.value.id == "self" else called.value.id
            if (owner, called.attr) in known or called.attr == "create_from_blueprint":
                found.append(call)
    return found


def stands_alone(call, statement):
    """Whether the statement is nothing but the call, or the assignment of what it returns."""
    return getattr(statement, "value", None) is call


def offenders(path, known):
    tree = parse_to_ast(path.read_text())
    for function in functions(tree):
        for kind in (nodes.Expr, nodes.Assign, nodes.AnnAssign, nodes.AugAssign, nodes.Return, nodes.Log, nodes.Assert):
            for statement in function.get_descendants(kind):
                calls = writing_calls(statement, path.stem, known)
                # an extcall holds the call that it makes: count the outermost alone
                outer = [call for call in calls if not any(call in other.get_descendants() for other in calls)]
                if len(outer) > 1 or any(not stands_alone(call, statement) for call in outer):
                    yield f"{path.name}:{statement.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_operands__every_statement__has_its_side_effect_alone(path):
    assert list(offenders(path, writers())) == []


def test_operands__side_effect_inside_an_operator__is_found(tmp_path):
    source = """
count: uint256

@internal
def _next() -> uint256:
    self.count += 1
    return self.count

@external
def bad() -> bool:
    return self._next() < self._next()

@external
def good() -> uint256:
    following: uint256 = self._next()
    return following
"""
    path = tmp_path / "sample.vy"
    path.write_text(source)
    assert list(offenders(path, {("sample", "_next"), ("sample", "bad"), ("sample", "good")})) == ["sample.vy:11"]
