"""Which conversions a runtime can run afterwards: refused before anything is converted, with the reason."""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project, Target, YamlPath

_KERAS_FORMATS = ("keras", "h5")

_IO_TYPES = {
    "int8": ("int8", "float32"),
    "int16x8": ("int16", "float32"),
    "float16": ("float32",),
    "none": ("float32",),
}


def check_conversion(target: Target) -> None:
    """Raises UserError, at the manifest's line, for combinations that cannot work."""
    _check_kernels(target)
    _check_io(target.project)
    _check_compression(target.project)
    _check_accuracy(target.project)


def _refusal(project: Project, place: YamlPath, message: str, hint: str) -> UserError:
    return UserError(message, location=project.positions.at(*place), hint=hint)


def _check_kernels(target: Target) -> None:
    """Formats of numbers for which the runtime has no kernels, whatever the model."""
    project, scheme = target.project, target.project.quantize and target.project.quantize.scheme
    if scheme == "dynamic":
        raise _refusal(
            project,
            ("quantize", "scheme"),
            "a dynamically quantized model has hybrid layers, int8 weights on float32 activations: TensorFlow Lite "
            "Micro does not run them, and the aot runtime runs only what can be compared with it",
            "write `scheme: int8`, or `scheme: float16`, which needs no calibration data either (runtime: aot)",
        )
    if scheme == "float16" and target.runtime == "tflm":
        raise _refusal(
            project,
            ("quantize", "scheme"),
            "a float16 model does not run with `runtime: tflm`: TensorFlow Lite Micro has no kernel that takes a "
            "float16, and its DEQUANTIZE takes integers only",
            "write `runtime: aot`, whose kernels expand float16 weights as they read them; or `scheme: int8`",
        )


def _check_io(project: Project) -> None:
    if project.quantize is None:
        return
    scheme, io = project.quantize.scheme, project.quantize.io
    if io not in _IO_TYPES[scheme]:
        raise _refusal(
            project,
            ("quantize", "io"),
            f"the scheme {scheme} has no {io} inputs and outputs",
            "write " + " or ".join(f"`io: {name}`" for name in _IO_TYPES[scheme]),
        )


def _check_compression(project: Project) -> None:
    compress = project.compress
    if compress is None:
        return
    if project.model.format not in _KERAS_FORMATS:
        raise _refusal(
            project,
            ("compress",),
            f"a {project.model.format} model cannot be trained further",
            "compression trains: start from a .keras or .h5 file, or compress before exporting",
        )
    if compress.channels is None and compress.prune is None and compress.quantization_aware_training is None:
        raise _refusal(
            project,
            ("compress",),
            "it says nothing to do",
            "add `channels:`, `prune:` or `quantization_aware_training:`",
        )
    is_int8 = project.quantize is not None and project.quantize.scheme == "int8"
    if compress.quantization_aware_training is not None and not is_int8:
        raise _refusal(
            project,
            ("compress", "quantization_aware_training"),
            "quantization-aware training trains for int8, and the model is not quantized so",
            "add `quantize: {scheme: int8, …}`",
        )


def _check_accuracy(project: Project) -> None:
    accuracy = project.accuracy
    if accuracy is None or accuracy.max_drop is None or not project.is_taken_as_it_is:
        return
    raise _refusal(
        project,
        ("accuracy", "max_drop"),
        "there is no float model to compare with: the .tflite model is taken as it is",
        "start from the trained model, or limit the accuracy itself with `min:` or `max:`",
    )
