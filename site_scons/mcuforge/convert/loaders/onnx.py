""".onnx, through onnx2tf: images are then laid out as TensorFlow Lite does, [n, height, width, channels]."""

from __future__ import annotations

import contextlib
import io as text_io
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.edge_model import EDGE_PACKAGES, EdgeModel
from mcuforge.convert.loader import Floats, Loader, Row, Say, TrainedModel, register
from mcuforge.convert.tensorflow_model import first_line
from mcuforge.errors import Location, UserError

_STANDARD_DOMAINS = ("", "ai.onnx")


@register
class OnnxLoader(Loader):
    format = "onnx"
    extra = "onnx"
    packages = ("onnx", "onnx2tf", "tensorflow-cpu", "tf-keras", *EDGE_PACKAGES)
    dense_marks = (b"Gemm", b"MatMul")

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        model = _read(source)
        _check(source, model)
        say("converting with onnx2tf")
        data = _convert(source, model, folder)
        return EdgeModel(source, f"ONNX {version('onnx')}, onnx2tf {version('onnx2tf')}", data, _predictor(model))


def _read(source: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(source))
        # Full: shapes are inferred and compared with those in the file.
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError, OSError, ValueError) as error:
        _check_opset_of_error(source)
        raise UserError(f"not a sound ONNX model: {first_line(str(error))}", location=Location(source)) from error
    return model


def _check_opset_of_error(source: Path) -> None:
    """The checker refuses an opset that it does not know, in words about something else."""
    import onnx
    from google.protobuf.message import DecodeError

    with contextlib.suppress(DecodeError, OSError, ValueError):
        _check_opset(source, onnx.load(str(source), load_external_data=False))


def _check_opset(source: Path, model: Any) -> None:
    import onnx

    known = onnx.defs.onnx_opset_version()
    for entry in model.opset_import:
        if entry.domain in _STANDARD_DOMAINS and entry.version > known:
            raise UserError(
                f"opset {entry.version} is too new: onnx {onnx.__version__} knows opsets up to {known}",
                location=Location(source),
                hint="export with an older one, for example torch.onnx.export(…, opset_version=18)",
            )


def _check(source: Path, model: Any) -> None:
    """Raises UserError for what cannot be converted, named in ONNX's own terms."""
    _check_opset(source, model)
    nodes = (node for node in model.graph.node if node.domain not in _STANDARD_DOMAINS)
    foreign = sorted({f"{node.domain}.{node.op_type}" for node in nodes})
    if foreign:
        raise UserError(
            f"the model needs operators that are not ONNX's own: {', '.join(foreign)}",
            location=Location(source),
            hint="export it without custom operators; code for them cannot be converted",
        )
    constants = {item.name for item in model.graph.initializer}
    for value in model.graph.input:
        if value.name not in constants:
            _check_input(source, value)


def _check_input(source: Path, value: Any) -> None:
    import onnx

    tensor = value.type.tensor_type
    if tensor.elem_type != onnx.TensorProto.FLOAT:
        kind = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
        raise UserError(f"the input `{value.name}` takes {kind}, not float32", location=Location(source))
    for at, size in enumerate(tensor.shape.dim):
        if at and not size.HasField("dim_value"):
            raise UserError(
                f"dimension {at} of the input `{value.name}` has no fixed size: it is `{size.dim_param or '?'}`",
                location=Location(source),
                details=("memory on a microcontroller is laid out at build time: every size must be known",),
                hint="export without dynamic axes, or fix it with onnx.tools.update_model_dims",
            )


def _convert(source: Path, model: Any, folder: Path) -> bytes:
    import onnx
    import onnx2tf

    # A copy: onnx2tf writes names of its own into the file that it is given.
    copy, output = folder / "model.onnx", folder / "onnx2tf"
    onnx.save(model, str(copy))
    try:
        with contextlib.redirect_stdout(text_io.StringIO()):
            onnx2tf.convert(
                input_onnx_file_path=str(copy),
                output_folder_path=str(output),
                batch_size=1,
                not_use_onnxsim=True,
                copy_onnx_input_output_names_to_tflite=True,
                non_verbose=True,
            )
    except (Exception, SystemExit) as error:  # onnx2tf ends the process when it gives up
        raise UserError(
            f"onnx2tf does not convert this model: {first_line(str(error))}",
            location=Location(source),
            hint="replace the operator it names, or export the model to Keras or PyTorch's .pt2 instead",
        ) from error
    return (output / f"{copy.stem}_float32.tflite").read_bytes()


def _predictor(model: Any) -> Any:
    """ONNX's reference implementation, on rows laid out as the converted model takes them."""
    from onnx.reference import ReferenceEvaluator

    constants = {item.name for item in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    evaluator = ReferenceEvaluator(model)

    def predict(row: Row) -> tuple[Floats, ...]:
        fed = {value.name: _as_onnx(value, array) for value, array in zip(inputs, row, strict=True)}
        return tuple(np.asarray(output) for output in evaluator.run(None, fed))

    return predict


def _as_onnx(value: Any, array: Floats) -> Floats:
    """Channels last → channels first, where ONNX's input has more than two dimensions."""
    rank = len(value.type.tensor_type.shape.dim)
    return np.moveaxis(array, -1, 1) if rank > 2 else array
