"""LoweredModel → the text of the generated C files. The list of files is the same for every model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.runtimes.aot import views
from mcuforge.runtimes.aot.files import MODEL_FILES
from mcuforge.runtimes.aot.lower import LoweredModel
from mcuforge.runtimes.shared.render import Settings, environment, shared_context

_ENVIRONMENT = environment("mcuforge.runtimes.aot")


def generate(model: LoweredModel, settings: Settings) -> dict[str, str]:
    """The generated model as {file name: text}."""
    name = settings.name
    calls = [call for routine in model.routines for _, call in routine.kernel_layers]
    routines = views.routines(name, model)
    context = {
        **shared_context(settings, model.graph.sha256),
        "has_state": model.has_state,
        "alignment": ARENA_ALIGNMENT,
        "ports": views.ports(name, model),
        "routines": routines,
        "layers": routines[-1].layers,
        "copies": len(calls) < sum(len(routine.layers) for routine in model.routines),
        "state": views.state(name, model),
        "once_flags": views.once_flags(name, model),
        "arrays": views.arrays(name, model),
        "kernel_headers": sorted({call.header for call in calls}),
        "kernel_sources": sorted({source for call in calls for source in call.sources}),
    }
    return {
        pattern.format(name=name): render(template, {**context, "uses_math": _uses_math(pattern, context)})
        for pattern, template in MODEL_FILES.items()
    }


def render(template: str, context: Mapping[str, Any]) -> str:
    return _ENVIRONMENT.get_template(template).render(context)


def _uses_math(pattern: str, context: Mapping[str, Any]) -> bool:
    if pattern == "{name}_weights.c":
        return any("NAN" in array.initializer or "INFINITY" in array.initializer for array in context["arrays"])
    return any(port.role == "input" and port.quantized for port in context["ports"])
