""".pt2: what `torch.export.save` writes. Such an archive may hold pickles, which are never loaded."""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcuforge.convert.edge_model import EDGE_PACKAGES, EdgeModel
from mcuforge.convert.loader import Floats, Loader, Row, Say, TrainedModel, register
from mcuforge.convert.tensorflow_model import first_line
from mcuforge.errors import Location, UserError

# Names of PyTorch's pt2 archive format that stand for pickled objects.
_PICKLED_OBJECTS = ("custom_obj_", "opaque_obj_")
_MAX_CONFIG_BYTES = 64 << 20


@register
class Pt2Loader(Loader):
    format = "pt2"
    extra = "torch"
    packages = ("torch", "litert-torch", "litert-converter", *EDGE_PACKAGES)
    dense_marks = (b"aten.linear.", b"aten.addmm.", b"aten.mm.")

    def inspect(self, source: Path) -> None:
        try:
            with zipfile.ZipFile(source) as archive:
                _refuse_pickles(source, archive)
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise UserError(
                f"not a .pt2 file: {error}",
                location=Location(source),
                hint="write it with torch.export.save(torch.export.export(model, (example,)), 'model.pt2')",
            ) from None

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        import torch

        try:
            # The process runs with TORCH_FORCE_WEIGHTS_ONLY_LOAD=1: no pickle in the archive is executed.
            program = torch.export.load(source)
        except Exception as error:  # PyTorch has no common class for what can be wrong with an archive
            raise UserError(
                f"PyTorch cannot read this file: {first_line(str(error))}",
                location=Location(source),
                hint=f"write it with torch.export.save of PyTorch {version('torch')}",
            ) from error
        examples = _examples(source, program)
        say("converting with litert-torch")
        data = _convert(source, program, examples, folder)
        module = program.module()

        def predict(row: Row) -> tuple[Floats, ...]:
            outputs = module(*map(torch.from_numpy, row))
            outputs = outputs if isinstance(outputs, tuple | list) else (outputs,)
            return tuple(output.detach().numpy() for output in outputs)

        # Whether it is the build for CPUs (+cpu) or the one with CUDA makes no difference here.
        torch_release = version("torch").partition("+")[0]
        loader = f"PyTorch {torch_release}, litert-torch {version('litert-torch')}"
        return EdgeModel(source, loader, data, predict)


def _refuse_pickles(source: Path, archive: zipfile.ZipFile) -> None:
    """The archive's own lists say what of its weights and constants is pickled."""
    names = archive.namelist()
    if not any("/models/" in name and name.endswith(".json") for name in names):
        raise UserError(
            "the archive holds no exported program",
            location=Location(source),
            hint="torch.save writes pickles, which are never loaded; use torch.export.save",
        )
    for name in names:
        if name.endswith(".pt") and ("/data/weights/" in name or "/data/constants/" in name):
            raise _pickle(source, name)
        if not name.endswith("_config.json"):
            continue
        if archive.getinfo(name).file_size > _MAX_CONFIG_BYTES:
            raise UserError(f"`{name}` is larger than 64 MiB", location=Location(source))
        for item, payload in _payloads(source, archive.read(name)).items():
            path = str(payload.get("path_name", ""))
            if payload.get("use_pickle") or path.startswith(_PICKLED_OBJECTS):
                raise _pickle(source, item)


def _payloads(source: Path, text: bytes) -> dict[str, dict[str, Any]]:
    try:
        config = json.loads(text).get("config", {})
        return {str(name): dict(payload) for name, payload in config.items()}
    except (ValueError, AttributeError, TypeError):
        raise UserError("its list of weights is damaged", location=Location(source)) from None


def _pickle(source: Path, item: str) -> UserError:
    return UserError(
        f"`{item}` is stored as a pickle, which is never loaded: it runs code",
        location=Location(source),
        hint="export plain dense tensors with a current PyTorch, on the CPU, without custom objects",
    )


def _examples(source: Path, program: Any) -> tuple[Any, ...]:
    """Zeros in the shape of each input, with a batch of 1. Raises UserError for other free sizes, and other types."""
    import torch

    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    found = []
    for name in program.graph_signature.user_inputs:
        tensor = nodes[name].meta["val"]
        shape = [1 if at == 0 and not isinstance(size, int) else size for at, size in enumerate(tensor.shape)]
        for at, size in enumerate(shape):
            if not isinstance(size, int):
                raise UserError(
                    f"dimension {at} of the input `{name}` has no fixed size: it is `{size}`",
                    location=Location(source),
                    details=("memory on a microcontroller is laid out at build time: every size must be known",),
                    hint="export without dynamic_shapes for it, with an example of batch 1",
                )
        if tensor.dtype is not torch.float32:
            raise UserError(f"the input `{name}` takes {tensor.dtype}, not float32", location=Location(source))
        found.append(torch.zeros(shape))
    return tuple(found)


def _convert(source: Path, program: Any, examples: tuple[Any, ...], folder: Path) -> bytes:
    import litert_torch

    target = folder / "exported.tflite"
    try:
        litert_torch.convert(program.module(), examples).export(str(target))
    except Exception as error:  # the converter raises what its passes raise
        raise UserError(
            f"litert-torch does not convert this model: {first_line(str(error))}",
            location=Location(source),
            hint="replace the layer it names; operators of your own cannot be converted",
        ) from error
    return target.read_bytes()
