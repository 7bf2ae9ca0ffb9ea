"""The limits of the manifest on an assessment: a build that loses too much accuracy fails, and says where it went."""

from __future__ import annotations

from mcuforge.convert.accuracy import Assessment, ClassAccuracy
from mcuforge.convert.metrics import is_error
from mcuforge.convert.noise import culprit, outside_calibration
from mcuforge.errors import UserError
from mcuforge.manifest.types import Project

_SHOWN_CLASSES = 3


def gate_error(project: Project, found: Assessment) -> UserError | None:
    """None when every limit holds; else the first broken one, at its line."""
    accuracy = project.accuracy
    assert accuracy is not None
    if accuracy.minimum is not None and found.converted < accuracy.minimum:
        return _error(project, "min", found, f"is below the {accuracy.minimum:g} required")
    if accuracy.maximum is not None and found.converted > accuracy.maximum:
        return _error(project, "max", found, f"is above the {accuracy.maximum:g} allowed")
    if accuracy.max_drop is not None and found.drop is not None and found.drop > accuracy.max_drop:
        return _error(
            project, "max_drop", found, f"loses {found.drop:.4g}, more than the {accuracy.max_drop:g} allowed"
        )
    return None


def _error(project: Project, key: str, found: Assessment, what: str) -> UserError:
    before = "" if found.exact is None else f" (the float model has {found.exact:.4g})"
    return UserError(
        f"{found.metric} of {found.converted:.4g} {what}{before}",
        location=project.positions.at("accuracy", key),
        details=tuple(_details(found)),
        hint=_hint(project, found),
    )


def _details(found: Assessment) -> list[str]:
    lines = []
    worst = worst_classes(found)
    if worst:
        lines.append("worst classes: " + ", ".join(_class_text(item) for item in worst))
    layer = culprit(found.layers)
    if layer is not None and layer.loss_db > 0:
        lines.append(
            f"most is lost at {layer.label} (`{layer.tensor}`): {layer.sqnr_db:g} dB of signal to noise, "
            f"{layer.loss_db:g} dB less than before it"
        )
    lines += clipping(found)[:_SHOWN_CLASSES]
    return lines


def worst_classes(found: Assessment) -> tuple[ClassAccuracy, ...]:
    """Those that lose most, or, without a float model, that are wrong most often."""
    losing = [item for item in found.classes if item.drop > 0]
    return tuple(sorted(losing, key=lambda item: -item.drop)[:_SHOWN_CLASSES])


def _class_text(item: ClassAccuracy) -> str:
    before = "" if item.exact is None else f" (float {item.exact:.1%})"
    return f"{item.label} {item.converted:.1%}{before}"


def clipping(found: Assessment) -> list[str]:
    """One line for each tensor whose values in the test data the calibration data did not foresee."""
    return [
        f"{layer.label}: `{layer.tensor}` goes from {layer.reaches[0]:.3g} to {layer.reaches[1]:.3g} in the test data, "
        f"and the calibrated range is {layer.range[0]:.3g} to {layer.range[1]:.3g}"
        for layer in outside_calibration(found.layers)
    ]


def _hint(project: Project, found: Assessment) -> str | None:
    if clipping(found):
        return "calibrate with data that covers what the model meets: more rows, from every class and condition"
    if found.exact is None or found.drop is None or found.drop <= 0:
        return "the model itself is not better; train it further, or lower the limit"
    scheme = project.quantize.scheme if project.quantize is not None else "none"
    if scheme == "float16":
        return "float16 keeps 11 bits of each weight: write `scheme: none` to keep float32, or allow a larger drop"
    if scheme == "int8":
        return "try `scheme: int16x8`, or `compress: {data: …, quantization_aware_training: {epochs: 2}}`"
    return "quantize with more calibration data, or allow a larger drop"


def summary(found: Assessment) -> str:
    """The result in a line."""
    better = "smaller" if is_error(found.metric) else "larger"
    before = "" if found.exact is None else f", float {found.exact:.4f}, drop {found.drop:+.4f}"
    examples = f"{found.examples} examples of {found.dataset}"
    return f"{found.metric} {found.converted:.4f} on TensorFlow Lite Micro{before} ({examples}; {better} is better)"


def text(found: Assessment) -> str:
    """The result with a table of classes and where most is lost."""
    lines = [summary(found)]
    if found.classes:
        width = max(len(item.label) for item in found.classes)
        lines.append(f"  {'class':<{width}}  examples   float    TFLM")
        for item in found.classes:
            exact = "     –" if item.exact is None else f"{item.exact:6.1%}"
            lines.append(f"  {item.label:<{width}}  {item.examples:8}  {exact}  {item.converted:6.1%}")
    layer = culprit(found.layers)
    if layer is not None and layer.loss_db > 0:
        lines.append(f"  most is lost at {layer.label}: {layer.sqnr_db:g} dB, {layer.loss_db:g} dB less than before it")
    return "\n".join(lines)
