"""The manifest's `operators:` list against the model: a missing one breaks the build, an unused one is reported."""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.model.graph import Graph


def check_declared_operators(project: Project, graph: Graph) -> tuple[str, ...]:
    """The declared operators that the model does not use. Raises UserError for one used but not declared."""
    if project.operators is None:
        return ()
    used = {op.kind for subgraph in graph.subgraphs for op in subgraph.operators}
    missing = sorted(used - set(project.operators))
    if missing:
        raise UserError(
            f"the model uses operators that are not declared: {', '.join(missing)}",
            location=project.positions.at("operators"),
            hint=f"add them, or write `operators: auto`; the model uses {', '.join(sorted(used))}",
        )
    return tuple(name for name in project.operators if name not in used)
