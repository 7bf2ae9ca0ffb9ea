"""The deepest chain of calls from one function, and the reasons why there may be none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcuforge.errors import UserError
from mcuforge.report.stack.function import Function
from mcuforge.report.types import Frame


@dataclass(frozen=True)
class StackBound:
    """`bytes` below the stack pointer at the call of the first function of `chain`."""

    bytes: int
    chain: tuple[Frame, ...]


def stack_bound(functions: Mapping[str, Function], root: str) -> StackBound:
    """The bound of calling `root`, along every path through the calls.

    Raises UserError that names the chain for recursion, a call through a pointer, code that is not in the image, or a
    stack pointer set from a register: then there is no bound.
    """
    return _Search(functions).visit(root, ())


class _Search:
    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self.found: dict[str, StackBound] = {}

    def visit(self, name: str, callers: tuple[str, ...]) -> StackBound:
        if name in self.found:
            return self.found[name]
        path = (*callers, name)
        if name in callers:
            raise _no_bound("it calls itself", path)
        function = self.functions.get(name)
        if function is None:
            raise _no_bound("its code is not in the image", path)
        if function.unbounded is not None:
            raise _no_bound(function.unbounded, path)
        best = StackBound(function.depth, (Frame(name, function.depth),))
        for call in function.calls:
            if call.callee is None:
                raise _no_bound("it calls through a pointer", path)
            inner = self.visit(call.callee, path)
            if call.depth + inner.bytes > best.bytes:
                best = StackBound(call.depth + inner.bytes, (Frame(name, call.depth), *inner.chain))
        self.found[name] = best
        return best


def _no_bound(reason: str, path: tuple[str, ...]) -> UserError:
    return UserError(
        f"the stack of {path[0]} has no bound: in {path[-1]}, {reason}",
        details=("called as: " + " → ".join(path),),
    )
