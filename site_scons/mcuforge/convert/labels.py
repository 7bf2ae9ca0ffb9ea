"""What the classes of a project are called."""

from __future__ import annotations

from mcuforge.manifest.types import Project


def labels_of(project: Project) -> tuple[str, ...]:
    """The manifest's `labels:`; where it has none, those that the model's source brings along.

    Raises UserError for a source that cannot be read.
    """
    if project.labels or project.model.format != "edge_impulse":
        return project.labels
    # Imported here: no other project's build reads exports.
    from mcuforge.model.edge_impulse import read_edge_impulse

    return read_edge_impulse(project.model.source).labels
