"""Work out which strings a Python package can build, without running it.

Clients put documents together at run time: by format strings, by replacing
placeholders, by adding a field if a flag is on. This walks each function along
every way through its conditions, with the same answer to the same condition, and
yields the strings that leave it: those passed to a call, returned, or kept at
module or class level. It knows the handful of string operations that are used for
that; what it cannot know becomes `HOLE`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import TypeAlias

# Stands for a part of a string that only the running program knows.
HOLE = "\N{REPLACEMENT CHARACTER}"

# Independent flags double the ways; more than this in one function is noise.
MAX_WAYS = 256

Value: TypeAlias = "str | tuple[str, ...]"
Values: TypeAlias = "list[tuple[Value, Way]]"

_KEYWORD = re.compile(r"\b(?:query|mutation)\s*\w*\s*[({]|_GQL$|QUERY$|MUTATION$")

# Calls that only wrap the text they are given.
_TRANSPARENT = {"gql", "gql_compat", "dedent", "print_ast"}


class Way:
    """What is known on one way through a function: variables and decided conditions."""

    def __init__(
        self,
        values: dict[str, Value] | None = None,
        decided: dict[str, bool] | None = None,
        ended: bool = False,
    ) -> None:
        self.values = values or {}
        self.decided = decided or {}
        self.ended = ended

    def assign(self, name: str, value: Value) -> Way:
        """The same way after an assignment, which makes conditions on the name open again."""
        decided = {k: v for k, v in self.decided.items() if not re.search(rf"\b{name}\b", k)}
        return Way({**self.values, name: value}, decided, self.ended)

    def decide(self, condition: ast.expr) -> Iterator[tuple[bool, Way]]:
        """The outcomes that a condition can still have on this way."""
        negated = False
        while isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
            condition, negated = condition.operand, not negated
        text = ast.unparse(condition)
        for outcome in [self.decided[text]] if text in self.decided else [True, False]:
            yield outcome ^ negated, Way(self.values, {**self.decided, text: outcome}, self.ended)

    def end(self) -> Way:
        """The same way, left by return, raise, break or continue."""
        return Way(self.values, self.decided, ended=True)

    def key(self) -> tuple[object, ...]:
        """Equal for ways that cannot differ any more in what they yield."""
        return (
            tuple(sorted(self.values.items())),
            tuple(sorted(self.decided.items())),
            self.ended,
        )


class Package:
    """The sources of one installed Python package.

    Args:
        site_packages: Folder that holds the package.
        name: The package's folder in it.
    """

    def __init__(self, site_packages: Path, name: str) -> None:
        self._modules = {
            path.relative_to(site_packages).as_posix(): ast.parse(path.read_text())
            for path in sorted((site_packages / name).rglob("*.py"))
            if "vendor" not in path.parts
        }
        self._constants = self._shared_constants()

    def strings(self) -> Iterator[tuple[str, str]]:
        """Pairs of origin (`file:line`) and string."""
        for file, module in self._modules.items():
            walk = _Walk(self._constants)
            # Functions may use what the module defines further down.
            for way in self._module_ways(module, self._constants):
                walk.learn_calls(module, way)
                walk.block(module.body, [way])
            for line, text in dict.fromkeys(walk.found):
                yield f"{file}:{line}", text

    def _shared_constants(self) -> dict[str, Value]:
        """Strings at module or class level by name, for use from other modules.

        Two rounds, since some are made of others. A name that means two things in
        two modules is left out; its own module still knows what it means.
        """
        known: dict[str, Value] = {}
        for _ in range(2):
            seen: dict[str, set[Value]] = {}
            for module in self._modules.values():
                for way in self._module_ways(module, known):
                    for name, value in way.values.items():
                        if value != HOLE:
                            seen.setdefault(name, set()).add(value)
            known = {name: values.pop() for name, values in seen.items() if len(values) == 1}
        for module in self._modules.values():
            for node in ast.walk(module):
                if isinstance(node, ast.FunctionDef) and _returns_fragment(node):
                    walk = _Walk(known)
                    walk.block(node.body, [Way()])
                    known[f"{node.name}()"] = walk.found[-1][1]
        return known

    @staticmethod
    def _module_ways(module: ast.Module, constants: dict[str, Value]) -> list[Way]:
        return _Walk(constants, is_outside=True).block(module.body, [Way()])


class _Walk:
    """One module's walk; `found` collects (line, string)."""

    def __init__(self, constants: dict[str, Value], *, is_outside: bool = False) -> None:
        self._constants = constants
        self._is_outside = is_outside
        self._depth = 0
        self._calls: dict[str, list[dict[str, Value]]] = {}
        self.found: list[tuple[int, str]] = []

    def learn_calls(self, module: ast.Module, way: Way) -> None:
        """Note what the module itself passes to its own methods.

        A method that puts a given fragment into a document is then walked once for
        each of its callers.
        """
        parameters = {
            node.name: [argument.arg for argument in node.args.args if argument.arg != "self"]
            for node in ast.walk(module)
            if isinstance(node, ast.FunctionDef) and _builds_documents(node)
        }
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                names = parameters.get(node.func.attr, [])
                pairs = list(zip(names, node.args, strict=False))
                pairs += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
                given = {name: self._eval(value, way)[0][0] for name, value in pairs if names}
                if any(value != HOLE for value in given.values()):
                    self._calls.setdefault(node.func.attr, []).append(given)

    def block(self, statements: Sequence[ast.stmt], ways: list[Way]) -> list[Way]:
        for statement in statements:
            going = [way for way in ways if not way.ended]
            stepped = [after for way in going for after in self._statement(statement, way)]
            ways = [way for way in ways if way.ended] + stepped
            ways = list({way.key(): way for way in ways}.values())[:MAX_WAYS]
        return ways

    def _statement(self, node: ast.stmt, way: Way) -> list[Way]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if not self._is_outside and _builds_documents(node):
                    self._depth += 1
                    for given in self._calls.get(node.name, [{}]):
                        known = {**way.values, **_parameters(node.args), **given}
                        self.block(node.body, [Way(known)])
                    self._depth -= 1
                return [way]
            case ast.ClassDef():
                return self.block(node.body, [way])
            case ast.If():
                return self._if(node, way)
            case ast.For() | ast.While() | ast.AsyncFor():
                inside = self.block(node.body, [way])
                return [way, *(Way(p.values, p.decided) for p in inside)]
            case ast.With() | ast.AsyncWith():
                return self.block(node.body, [way])
            case ast.Try():
                return self._try(node, way)
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                if isinstance(node, ast.Return) and node.value is not None:
                    self._sink(node.value, way)
                return [way.end()]
            case (
                ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name) as target])
                | ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name) as target)
            ) if node.value is not None:
                # A local name may hold half a text; what others can see is whole.
                if isinstance(target, ast.Attribute) or not self._depth:
                    self._sink(node.value, way)
                return [after.assign(name, result) for result, after in self._eval(node.value, way)]
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                return [
                    after.assign(name, _add(after.values.get(name, HOLE), result))
                    for result, after in self._eval(value, way)
                ]
            case ast.Expr(value=ast.Call(func=ast.Attribute(ast.Name(id=name), attr), args=[item])):
                if attr in ("append", "extend") and isinstance(way.values.get(name), tuple):
                    return [
                        after.assign(name, _add(after.values[name], _as_tuple(result, attr)))
                        for result, after in self._eval(item, way)
                    ]
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._eval(child, way)
        return [way]

    def _if(self, node: ast.If, way: Way) -> list[Way]:
        outcomes = [
            self.block(node.body if outcome else node.orelse, [branch])
            for outcome, branch in way.decide(node.test)
        ]
        if all(
            len(ways) == 1 and ways[0].values == way.values and not ways[0].ended
            for ways in outcomes
        ):
            # It changed nothing we follow: forget it, or each such condition doubles the ways.
            return [way]
        return [after for ways in outcomes for after in ways]

    def _try(self, node: ast.Try, way: Way) -> list[Way]:
        worked = self.block([*node.body, *node.orelse], [way])
        caught = [after for handler in node.handlers for after in self.block(handler.body, [way])]
        return [
            Way(last.values, last.decided, last.ended or before.ended)
            for before in worked + caught
            for last in self.block(node.finalbody, [Way(before.values, before.decided)])
        ]

    def _eval(self, node: ast.expr, way: Way) -> Values:
        """Every value an expression can have, each with the way on which it has it."""
        match node:
            case ast.Constant(value=str() as text):
                return [(text, way)]
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if isinstance(node, ast.Attribute):
                    self._eval(node.value, way)
                return [(way.values.get(name, self._constants.get(name, HOLE)), way)]
            case ast.JoinedStr(values=parts):
                return self._combine(parts, way, lambda texts: "".join(map(_as_text, texts)))
            case ast.FormattedValue(value=value):
                return self._eval(value, way)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._combine([left, right], way, lambda both: reduce(_add, both))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                arguments = right.elts if isinstance(right, ast.Tuple) else [right]
                return self._combine([left, *arguments], way, _percent)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._combine(items, way, lambda texts: tuple(map(_as_text, texts)))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return [
                    result
                    for outcome, branch in way.decide(test)
                    for result in self._eval(body if outcome else orelse, branch)
                ]
            case ast.Call():
                return self._call(node, way)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._eval(child, way)
        return [(HOLE, way)]

    def _call(self, node: ast.Call, way: Way) -> Values:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        if receiver is not None and name in ("replace", "format", "join"):
            operands = [receiver, *node.args]
            named = [keyword.arg or "" for keyword in node.keywords]
            operands += [keyword.value for keyword in node.keywords]
            return self._combine(operands, way, lambda given: _method(name, given, named))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            self._sink(argument, way)
        if name in _TRANSPARENT and node.args:
            return self._eval(node.args[0], way)
        if receiver is not None:
            self._eval(receiver, way)
        return [(self._constants.get(f"{name}()", HOLE), way)]

    def _combine(
        self, nodes: Sequence[ast.expr], way: Way, join: Callable[[list[Value]], Value]
    ) -> Values:
        partial: list[tuple[list[Value], Way]] = [([], way)]
        for node in nodes:
            partial = [
                ([*values, value], after)
                for values, before in partial
                for value, after in self._eval(node, before)
            ][:MAX_WAYS]
        return [(join(values), after) for values, after in partial]

    def _sink(self, node: ast.expr, way: Way) -> None:
        for value, _ in self._eval(node, way):
            if isinstance(value, str):
                self.found.append((node.lineno, value))


def _builds_documents(function: ast.AST) -> bool:
    """Whether a function mentions a document: the others are most of the package."""
    return any(
        (isinstance(node, ast.Constant) and _KEYWORD.search(str(node.value)))
        or (isinstance(node, ast.Name) and _KEYWORD.search(node.id))
        for node in ast.walk(function)
    )


def _returns_fragment(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Constant) and re.match(r"\s*fragment \w+ on \w+", str(node.value))
        for node in ast.walk(function)
    ) and isinstance(function.body[-1], ast.Return)


def _parameters(arguments: ast.arguments) -> dict[str, Value]:
    """Parameters hide outer names; a default text is the best guess at their value."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    known = zip(
        [*positional, *arguments.kwonlyargs],
        [*defaults, *arguments.defaults, *arguments.kw_defaults],
        strict=True,
    )
    return {
        argument.arg: default.value
        if isinstance(default, ast.Constant) and isinstance(default.value, str)
        else HOLE
        for argument, default in known
    }


def _as_text(value: Value) -> str:
    return value if isinstance(value, str) else HOLE


def _as_tuple(value: Value, method: str) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value if method == "extend" else (HOLE,)
    return (value,)


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    return _as_text(left) + _as_text(right)


def _percent(given: list[Value]) -> Value:
    template, *arguments = map(_as_text, given)
    for argument in arguments:
        template = template.replace("%s", argument, 1)
    return template


def _method(name: str, given: list[Value], named: list[str]) -> Value:
    if name == "join":
        separator, items = given[0], given[1] if len(given) > 1 else HOLE
        if isinstance(items, tuple) and isinstance(separator, str):
            return separator.join(items)
        return HOLE
    receiver, *arguments = map(_as_text, given)
    if name == "replace":
        return receiver.replace(arguments[0], arguments[1]) if len(arguments) > 1 else receiver
    split = len(arguments) - len(named)
    try:
        return receiver.format(
            *arguments[:split], **dict(zip(named, arguments[split:], strict=True))
        )
    except (IndexError, KeyError, ValueError, AttributeError):
        # Prose with braces, or `%`-like templates of someone else's format.
        return HOLE
