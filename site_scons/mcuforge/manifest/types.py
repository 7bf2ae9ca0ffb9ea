"""What manifests and board files mean, once read and validated: frozen data with units in names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

from mcuforge.errors import Location

YamlPath = tuple[str | int, ...]
Runtime = Literal["aot", "tflm"]
Kernels = Literal["builtin", "cmsis-nn", "esp-nn", "reference"]


@dataclass(frozen=True)
class Positions:
    """Where each value of a YAML file stands, by path: ("budgets", "flash") → file:31:12. `keys`: where its key stands.

    With `extends`, a place lies in the file that wrote the value.
    """

    file: Path
    places: Mapping[YamlPath, Location] = field(repr=False)
    keys: Mapping[YamlPath, Location] = field(repr=False, default_factory=dict)

    def at_key(self, *path: str | int) -> Location:
        """The place of a value's key, or of the value where it has none (in a list)."""
        return self.keys.get(path) or self.at(*path)

    def at(self, *path: str | int) -> Location:
        """The place of a value, or of its nearest parent that is written in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Location(self.file)


@dataclass(frozen=True)
class ModelSource:
    """`format` follows the file: tflite, keras, h5, saved_model, onnx, pt2, edge_impulse."""

    source: Path
    format: str
    sha256: str | None = None


@dataclass(frozen=True)
class Quantize:
    """`io` is the type of the model's own inputs and outputs."""

    scheme: Literal["int8", "int16x8", "float16", "dynamic", "none"]
    calibration: Path | None
    io: Literal["int8", "int16", "float32"]


@dataclass(frozen=True)
class Channels:
    """Whole channels of convolutions and units of dense layers are removed: this share of each, least norm first."""

    remove: float
    epochs: int


@dataclass(frozen=True)
class Prune:
    """Weights are set to zero: this share of each layer's, least magnitude first."""

    sparsity: float
    epochs: int


@dataclass(frozen=True)
class QuantizationAwareTraining:
    epochs: int


@dataclass(frozen=True)
class Compress:
    """What is done to the trained model, in this order. `data` is a Python file with a function `dataset()`."""

    data: Path
    channels: Channels | None
    prune: Prune | None
    quantization_aware_training: QuantizationAwareTraining | None
    learning_rate: float
    batch: int


EDGE_IMPULSE_FOLDERS = ("tflite-model", "model-parameters")
"""What a build reads of an Edge Impulse export; the SDK beside them is not used."""

ERROR_METRICS = ("mae", "rmse")
"""Smaller is better; the other metrics are scores."""


@dataclass(frozen=True)
class Accuracy:
    """`minimum` limits scores, `maximum` errors; `max_drop` is how much worse than the float model."""

    dataset: Path
    metric: Literal["top1", "auc", "mae", "rmse", "cosine"]
    minimum: float | None
    maximum: float | None
    max_drop: float | None


@dataclass(frozen=True)
class Golden:
    """Inputs replayed under emulation: an .npz file with array `x`, or `count` random ones from `seed`."""

    file: Path | None
    count: int
    seed: int


@dataclass(frozen=True)
class App:
    sources: tuple[Path, ...]
    include_dirs: tuple[Path, ...] = ()


AUDITS = ("heap", "constructors", "exceptions", "floats", "symbols", "alignment", "weights", "isa")
"""What `audit: strict` looks for in an image."""


@dataclass(frozen=True)
class Project:
    """A project.yaml. `budgets_bytes` is keyed by `arena`, `stack` or a memory region of the board (`flash`, …).

    `growth` says by what share of a baseline each of these, and `instructions`, may grow. `audits` are names of AUDITS,
    None where the runtime decides.

    `boards` are names or absolute paths of board files; `find_promised_boards` looks them up.
    """

    name: str
    path: Path
    model: ModelSource
    compress: Compress | None
    quantize: Quantize | None
    accuracy: Accuracy | None
    operators: tuple[str, ...] | None
    runtime: Runtime
    kernels: Kernels
    arena_bytes: int | None
    golden: Golden
    budgets_bytes: Mapping[str, int]
    boards: tuple[str, ...]
    app: App | None
    labels: tuple[str, ...]
    positions: Positions
    require_optimized: bool = False
    growth: Mapping[str, Fraction] = field(default_factory=dict)
    audits: tuple[str, ...] | None = None

    @property
    def directory(self) -> Path:
        return self.path.parent

    @property
    def is_converted(self) -> bool:
        """Whether the build makes the .tflite file; else the source is that file."""
        return self.model.format != "tflite" or not self.is_taken_as_it_is

    @property
    def is_taken_as_it_is(self) -> bool:
        """Whether the source is a .tflite file or holds one, and that one is deployed: nothing converts it."""
        is_quantized = self.quantize is not None and self.quantize.scheme != "none"
        return self.model.format in ("tflite", "edge_impulse") and not is_quantized


@dataclass(frozen=True)
class Cpu:
    """`mve` is none, integer or float; `features` are what kernels may use."""

    core: str
    fpu: str | None
    float_abi: Literal["soft", "softfp", "hard"]
    dsp: bool
    mve: Literal["none", "integer", "float"]

    @property
    def features(self) -> frozenset[str]:
        present = {"fpu": self.fpu is not None, "dsp": self.dsp, "mve": self.mve != "none"}
        return frozenset(name for name, has in present.items() if has)


@dataclass(frozen=True)
class MemoryRegion:
    """`origin` is None on boards without a memory map of their own (host)."""

    name: str
    origin: int | None
    length_bytes: int
    access: Literal["rx", "rw", "rwx", "r"]


@dataclass(frozen=True)
class Reserved:
    """Bytes at the end of a region that the image must not use."""

    region: str
    length_bytes: int
    reason: str


@dataclass(frozen=True)
class Placement:
    """Region names by what is put there."""

    code: str
    weights: str
    data: str
    arena: str
    stack: str


@dataclass(frozen=True)
class Emulator:
    """Who runs the twin. `machine` names a board file, which gives the twin's memory map; a machine names itself.

    qemu: the board file's name is also QEMU's name of the machine. native: the image runs on this computer.
    """

    kind: Literal["qemu", "native"]
    machine: str


@dataclass(frozen=True)
class FlashTool:
    """Writes the image to the chip; `{elf}`, `{hex}` and `{bin}` in `args` stand for the image's files."""

    tool: str
    args: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """A board file with its parents merged in. `files` are all the YAML files it came from (dependencies).

    `interrupts` is the number of external interrupt vectors, those after the core's own.
    """

    name: str
    path: Path
    source: str
    cpu: Cpu
    clock_hz: int
    memory: Mapping[str, MemoryRegion]
    reserved: tuple[Reserved, ...]
    placement: Placement
    stack_bytes: int
    interrupts: int
    toolchain: str
    emulator: Emulator | None
    flash: FlashTool | None
    positions: Positions
    files: tuple[Path, ...]

    def capacity_bytes(self, region: str) -> int:
        """What the image may use of a region: its length less what is reserved."""
        return self.memory[region].length_bytes - sum(r.length_bytes for r in self.reserved if r.region == region)

    def budget_bytes(self, project: Project, region: str) -> int | None:
        """A project's budget for a region; None where it has none, or the board has less, which is the limit then."""
        budget = project.budgets_bytes.get(region)
        return None if budget is None or budget > self.capacity_bytes(region) else budget


@dataclass(frozen=True)
class Target:
    """A project on a board, the command line's choices applied.

    `twin` is the board whose memory map the emulated image is linked to; None when the board has no emulator.
    """

    project: Project
    board: Board
    runtime: Runtime
    twin: Board | None = None

    @property
    def audits(self) -> tuple[str, ...]:
        """The interpreter is other people's C++: what is in it is audited when the manifest asks for it."""
        if self.project.audits is not None:
            return self.project.audits
        return AUDITS if self.runtime == "aot" else ()

    @property
    def kernel_features(self) -> frozenset[str]:
        """What the aot runtime's kernels may use of the core: nothing but C where the manifest asks for `reference`."""
        own = self.project.kernels if self.project.runtime == "aot" else "builtin"
        return frozenset() if own == "reference" else self.board.cpu.features

    @property
    def stack_bytes(self) -> int:
        """What the linker script reserves: the project's stack budget where given, else the board's."""
        return self.project.budgets_bytes.get("stack", self.board.stack_bytes)
