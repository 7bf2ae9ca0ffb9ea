"""Two classes of failure: what the user can mend, and what is our bug.

`UserError` always renders as ``file:line:col: error: what`` followed by indented details and a ``hint:``.
Anything else that escapes is a bug in mcuforge and may show a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Location:
    """A place in a file; line and column count from 1."""

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [display_path(self.file)]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class UserError(Exception):
    """Something the user can mend: a manifest, a model, a missing tool, a broken budget.

    `details` are lines printed between the message and the hint.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        location: Location | None = None,
        hint: str | None = None,
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return self.render()

    def render(self) -> str:
        head = f"{self.location}: " if self.location else ""
        lines = [f"{head}error: {self.message}", *(f"  {detail}" for detail in self.details)]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class GroupedUserError(UserError):
    """Several at once, in the order they are told; at least one."""

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__(errors[0].message, location=errors[0].location)
        self.errors = tuple(errors)

    def render(self) -> str:
        return "\n".join(error.render() for error in self.errors)


class InternalError(Exception):
    """An invariant of ours does not hold; never the user's fault."""


def display_path(path: Path | str) -> str:
    """The path as a person would type it: relative when it lies below the working directory."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
