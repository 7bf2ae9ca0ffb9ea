"""What the stack analysis knows of a function, whatever instruction set it was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """A call while `depth` bytes of the caller's own frame are in use. `callee` is None when a register decides."""

    callee: str | None
    depth: int


@dataclass(frozen=True)
class Function:
    """`depth` is the most bytes the function itself takes; `unbounded` says why that is not known, where it is not."""

    name: str
    depth: int
    calls: tuple[Call, ...]
    unbounded: str | None = None
