"""The generated files by name, for those who plan a build and generate nothing: imports nothing."""

from __future__ import annotations

# Pattern of the name → template.
MODEL_FILES = {
    "{name}.h": "header.j2",
    "{name}.c": "api.j2",
    "{name}_layers.h": "layers_header.j2",
    "{name}_layers.c": "layers.j2",
    "{name}_weights.h": "weights_header.j2",
    "{name}_weights.c": "weights.j2",
    "{name}_kernels.c": "kernels.j2",
}


def model_file_names(name: str) -> tuple[str, ...]:
    """The files `generate` returns for a project of this name."""
    return tuple(pattern.format(name=name) for pattern in MODEL_FILES)
