"""GitHub's annotations: workflow commands on standard output that mark the manifest's line in a pull request.

Format: GitHub Docs, "Workflow commands for GitHub Actions", setting an error message.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mcuforge.errors import UserError, display_path


def to_annotations(problems: Iterable[UserError]) -> str:
    """One line for each; empty when there are none."""
    return "".join(f"::error {_properties(problem)}::{_data(_message(problem))}\n" for problem in problems)


def _message(problem: UserError) -> str:
    hint = [f"hint: {problem.hint}"] if problem.hint else []
    return "\n".join([problem.message, *problem.details, *hint])


def _properties(problem: UserError) -> str:
    values = {"title": problem.message}
    if problem.location is not None:
        place = problem.location
        values = {"file": Path(display_path(place.file)).as_posix(), **values}
        values |= {} if place.line is None else {"line": str(place.line)}
        values |= {} if place.column is None else {"col": str(place.column)}
    order = ("file", "line", "col", "title")
    return ",".join(f"{key}={_property(values[key])}" for key in order if key in values)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
