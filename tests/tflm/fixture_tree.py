"""Writes a source tree with the layout of TensorFlow Lite Micro, of era A or D: real file names, bodies of our own.

The bodies compile and link for any target. The interpreter in them computes the identity (an output is the memory of
the input with its number; with resource variables, how many inferences there were before is added to the first
element), needs `HEAD + TAIL` bytes of the arena, and `TEMPORARY` more while it prepares; so does a
model of RESHAPE alone, and everything around the kernels can be tested to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MICRO = "tensorflow/lite/micro"
KERNELS = f"{MICRO}/kernels"
DOWNLOADS = f"{MICRO}/tools/make/downloads"
HEAD, TAIL, TEMPORARY = 4096, 640, 400
MUST_NOT_COMPILE = "#error this file is not for devices\n"


@dataclass(frozen=True)
class Op:
    """An operator: its `Add…` method, and where its kernel is. `types`: specialised registrations of CMSIS-NN."""

    add: str
    file: str
    common: bool = False
    types: tuple[str, ...] = ()
    cmsis: str = ""
    esp: bool = False
    custom: str = ""


OPS = {
    "ADD": Op("AddAdd", "add", True, ("INT8", "INT16"), "arm_elementwise_add_s8", True),
    "AVERAGE_POOL_2D": Op("AddAveragePool2D", "pooling", True, ("INT8", "INT16"), "arm_avgpool_s8", True),
    "CONV_2D": Op("AddConv2D", "conv", True, ("INT8", "INT16", "INT4"), "arm_convolve_wrapper_s8", True),
    "DEPTHWISE_CONV_2D": Op(
        "AddDepthwiseConv2D", "depthwise_conv", True, ("INT8",), "arm_depthwise_conv_wrapper_s8", True
    ),
    "FULLY_CONNECTED": Op("AddFullyConnected", "fully_connected", True, ("INT8",), "arm_fully_connected_s8", True),
    "LOGISTIC": Op("AddLogistic", "logistic", True),
    "MAX_POOL_2D": Op("AddMaxPool2D", "pooling", True, ("INT8",), "arm_max_pool_s8", True),
    "MEAN": Op("AddMean", "reduce", True),
    "MUL": Op("AddMul", "mul", True, ("INT8",), "arm_elementwise_mul_s8", True),
    "RELU": Op("AddRelu", "activations", True),
    "RESHAPE": Op("AddReshape", "reshape", True),
    "SOFTMAX": Op("AddSoftmax", "softmax", True, ("INT8", "INT8_INT16"), "arm_softmax_s8", True),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": Op("AddUnidirectionalSequenceLSTM", "unidirectional_sequence_lstm"),
    "VAR_HANDLE": Op("AddVarHandle", "var_handle"),
    "READ_VARIABLE": Op("AddReadVariable", "read_variable"),
    "ASSIGN_VARIABLE": Op("AddAssignVariable", "assign_variable"),
    "CALL_ONCE": Op("AddCallOnce", "call_once"),
    "CIRCULAR_BUFFER": Op("AddCircularBuffer", "circular_buffer", True, custom="CIRCULAR_BUFFER"),
    "DETECTION_POSTPROCESS": Op(
        "AddDetectionPostprocess", "detection_postprocess", custom="TFLite_Detection_PostProcess"
    ),
    "RFFT": Op("AddRfft", "rfft", custom="SignalRfft"),
    "ETHOSU": Op("AddEthosU", "ethosu", custom="ethos-u"),
}
# Kernels without an operator of their own, and what they include.
HELPERS = {"lstm_eval": ("micro_tensor_utils",), "lstm_eval_common": (), "micro_tensor_utils": ()}
INCLUDED = {"unidirectional_sequence_lstm": ("lstm_eval",), "depthwise_conv": ("conv",)}
# CMSIS-NN functions: file, and what they call.
CMSIS_NN = {
    "arm_convolve_wrapper_s8": ("ConvolutionFunctions", ("arm_convolve_s8", "arm_convolve_1x1_s8")),
    "arm_convolve_s8": ("ConvolutionFunctions", ("arm_nn_mat_mult_nt_t_s8",)),
    "arm_convolve_1x1_s8": ("ConvolutionFunctions", ("arm_nn_mat_mult_nt_t_s8",)),
    "arm_depthwise_conv_wrapper_s8": ("ConvolutionFunctions", ("arm_depthwise_conv_s8",)),
    "arm_depthwise_conv_s8": ("ConvolutionFunctions", ()),
    "arm_fully_connected_s8": ("FullyConnectedFunctions", ("arm_nn_vec_mat_mult_t_s8",)),
    "arm_avgpool_s8": ("PoolingFunctions", ()),
    "arm_max_pool_s8": ("PoolingFunctions", ()),
    "arm_softmax_s8": ("SoftmaxFunctions", ("arm_inline_step",)),
    "arm_elementwise_add_s8": ("BasicMathFunctions", ()),
    "arm_elementwise_mul_s8": ("BasicMathFunctions", ()),
    "arm_nn_mat_mult_nt_t_s8": ("NNSupportFunctions", ()),
    "arm_nn_vec_mat_mult_t_s8": ("NNSupportFunctions", ()),
    "arm_nn_softmax_common_s8": ("NNSupportFunctions", ()),
    "arm_lstm_unidirectional_s8": ("LSTMFunctions", ()),
}
_CORE = {
    "A": (
        *(f"{MICRO}/{name}" for name in ("micro_op_resolver", "memory_helpers", "micro_context", "micro_utils")),
        f"{MICRO}/tflite_bridge/flatbuffer_conversions_bridge",
        "tensorflow/lite/core/api/flatbuffer_conversions",
        "tensorflow/lite/core/c/common",
        "tensorflow/lite/kernels/kernel_util",
        "tensorflow/lite/kernels/internal/quantization_util",
        "tensorflow/lite/kernels/internal/reference/comparisons",
        "tensorflow/compiler/mlir/lite/schema/schema_utils",
        f"{KERNELS}/kernel_util",
    ),
    "D": (
        *(f"{MICRO}/{name}" for name in ("micro_op_resolver", "memory_helpers", "micro_context", "micro_utils")),
        *(f"{MICRO}/{name}" for name in ("micro_common", "flatbuffer_conversions")),
        f"{KERNELS}/internal/quantization_util",
        f"{KERNELS}/internal/common",
        f"{KERNELS}/kernel_util",
    ),
}
_SHARED_CORE = (
    f"{MICRO}/memory_planner/greedy_memory_planner",
    f"{MICRO}/arena_allocator/single_arena_buffer_allocator",
    f"{MICRO}/micro_allocator",
    f"{MICRO}/micro_interpreter",
    f"{MICRO}/micro_resource_variable",
)
_NOT_FOR_DEVICES = (
    *(
        f"{MICRO}/{name}.cc"
        for name in ("micro_interpreter_test", "fake_micro_context", "test_helpers", "mock_micro_graph")
    ),
    *(f"{MICRO}/{name}.cc" for name in ("debug_log", "micro_time", "system_setup")),
    *(f"{KERNELS}/{name}.cc" for name in ("conv_test", "kernel_runner", "xtensa/conv", "testdata/conv_test_data")),
    f"{MICRO}/examples/hello_world/main.cc",
)


@dataclass(frozen=True)
class FixtureTree:
    """What to write. `per_channel`: fully connected layers know scales for each channel.

    `registers`: the resolver takes operators; else it behaves like one that is full. Files in `without` are left out.
    """

    era: str = "A"
    flatbuffers: str = "23.5.26"
    downloaded_flatbuffers: str = ""
    per_channel: bool = True
    registers: bool = True
    without: Sequence[str] = ()

    @property
    def namespace(self) -> str:
        return "tflite" if self.era == "A" else "tflite::micro"

    def write(self, root: Path) -> Path:
        for path, text in self.files().items():
            if path not in self.without:
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        return root

    def core(self) -> set[str]:
        """The sources of the interpreter's core that a build compiles."""
        return {f"{stem}.cc" for stem in (*_CORE[self.era], *_SHARED_CORE)}

    def files(self) -> dict[str, str]:
        return {
            **self._headers(),
            **{f"{stem}.cc": f"int tflm_stub_{abs(hash_of(stem))};\n" for stem in (*_CORE[self.era], *_SHARED_CORE)},
            f"{MICRO}/micro_interpreter.cc": self._interpreter_source(),
            **dict.fromkeys(_NOT_FOR_DEVICES, MUST_NOT_COMPILE),
            **self._kernels(),
            **self._downloads(),
        }

    def _in_namespace(self, text: str) -> str:
        return f"namespace {self.namespace} {{\n{text}}}  // namespace\n"

    def _headers(self) -> dict[str, str]:
        common = (
            "struct TfLiteTensor { union { void *data; char *raw; } data; };\n"
            "enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };\n"
        )
        where = "tensorflow/lite/c/common.h" if self.era == "A" else f"{MICRO}/c/common.h"
        include = f'#include "{where}"\n#include <stddef.h>\n#include <stdint.h>\n'
        own = self._in_namespace
        return {
            where: guarded(common if self.era == "A" else own(common)),
            f"{MICRO}/micro_common.h": guarded(include + own("struct TFLMRegistration { int builtin_code; };\n")),
            f"{MICRO}/system_setup.h": guarded(own("void InitializeTarget();\n")),
            f"{MICRO}/micro_time.h": guarded(
                include + own("uint32_t ticks_per_second();\nuint32_t GetCurrentTimeTicks();\n")
            ),
            f"{MICRO}/debug_log.h": guarded(
                "#include <stdarg.h>\n#include <stddef.h>\n"
                'extern "C" void DebugLog(const char *, va_list);\n'
                'extern "C" int DebugVsnprintf(char *, size_t, const char *, va_list);\n'
            ),
            f"{MICRO}/memory_planner/greedy_memory_planner.h": guarded(
                own("class MicroMemoryPlanner {};\nclass GreedyMemoryPlanner : public MicroMemoryPlanner {};\n")
            ),
            f"{MICRO}/arena_allocator/single_arena_buffer_allocator.h": guarded(
                include
                + own(
                    "class SingleArenaBufferAllocator {\n public:\n"
                    "  static SingleArenaBufferAllocator *Create(uint8_t *head, size_t size) {\n"
                    "    static SingleArenaBufferAllocator it;\n    it.head_ = head;\n    it.size_ = size;\n"
                    "    return &it;\n  }\n"
                    f"  size_t GetNonPersistentUsedBytes() const {{ return {HEAD}; }}\n"
                    "  uint8_t *head_;\n  size_t size_;\n};\n"
                )
            ),
            f"{MICRO}/micro_allocator.h": guarded(
                include
                + f'#include "{MICRO}/arena_allocator/single_arena_buffer_allocator.h"\n'
                + f'#include "{MICRO}/memory_planner/greedy_memory_planner.h"\n'
                + own(
                    "class MicroAllocator {\n public:\n"
                    "  static MicroAllocator *Create(uint8_t *arena, size_t size) {\n"
                    "    static MicroAllocator it;\n    it.arena_ = arena;\n    it.size_ = size;\n    return &it;\n"
                    "  }\n"
                    "  static MicroAllocator *Create(SingleArenaBufferAllocator *memory, MicroMemoryPlanner *) {\n"
                    "    return Create(memory->head_, memory->size_);\n  }\n"
                    "  uint8_t *arena_;\n  size_t size_;\n};\n"
                )
            ),
            f"{MICRO}/micro_resource_variable.h": guarded(
                f'#include "{MICRO}/micro_allocator.h"\n'
                + include
                + own(
                    "class MicroResourceVariables {\n public:\n"
                    "  static MicroResourceVariables *Create(MicroAllocator *, int) {\n"
                    "    static MicroResourceVariables it;\n    it.inferences_ = 0;\n    return &it;\n  }\n"
                    "  int inferences_;\n};\n"
                )
            ),
            f"{MICRO}/micro_interpreter.h": self._interpreter_header(include),
            f"{MICRO}/micro_mutable_op_resolver.h": self._resolver(),
            "tensorflow/lite/schema/schema_generated.h": self._schema(),
        }

    def _interpreter_header(self, include: str) -> str:
        return guarded(
            include
            + f'#include "{MICRO}/micro_resource_variable.h"\n#include "{MICRO}/micro_mutable_op_resolver.h"\n'
            + '#include "tensorflow/lite/schema/schema_generated.h"\n'
            + self._in_namespace(
                "class MicroInterpreter {\n public:\n"
                "  MicroInterpreter(const ::tflite::Model *, const MicroOpResolver &, uint8_t *arena, size_t size,\n"
                "                   MicroResourceVariables * = nullptr);\n"
                "  MicroInterpreter(const ::tflite::Model *, const MicroOpResolver &, MicroAllocator *,\n"
                "                   MicroResourceVariables * = nullptr);\n"
                "  ~MicroInterpreter() {}\n"
                "  TfLiteStatus initialization_status() const { return kTfLiteOk; }\n"
                "  TfLiteStatus AllocateTensors();\n  TfLiteStatus Invoke();\n"
                "  TfLiteTensor *input(size_t index);\n  TfLiteTensor *output(size_t index) { return input(index); }\n"
                "  size_t arena_used_bytes() const;\n\n"
                " private:\n  uint8_t *arena_;\n  size_t size_;\n  MicroResourceVariables *variables_;\n"
                "  TfLiteTensor tensor_;\n};\n"
            )
        )

    def _interpreter_source(self) -> str:
        return f'#include "{MICRO}/micro_interpreter.h"\n' + self._in_namespace(
            "MicroInterpreter::MicroInterpreter(const ::tflite::Model *, const MicroOpResolver &, uint8_t *arena,\n"
            "                                   size_t size, MicroResourceVariables *variables)\n"
            "    : arena_(arena), size_(size), variables_(variables) {}\n"
            "MicroInterpreter::MicroInterpreter(const ::tflite::Model *, const MicroOpResolver &,\n"
            "                                   MicroAllocator *allocator, MicroResourceVariables *variables)\n"
            "    : arena_(allocator->arena_), size_(allocator->size_), variables_(variables) {}\n"
            "TfLiteStatus MicroInterpreter::AllocateTensors() {\n"
            f"  return size_ >= {HEAD + TAIL + TEMPORARY} ? kTfLiteOk : kTfLiteError;\n}}\n"
            "TfLiteStatus MicroInterpreter::Invoke() {\n  if (variables_ != nullptr) {\n"
            "    *arena_ = static_cast<uint8_t>(*arena_ + variables_->inferences_++);\n  }\n  return kTfLiteOk;\n}\n"
            "TfLiteTensor *MicroInterpreter::input(size_t index) {\n"
            "  tensor_.data.data = arena_ + 1024 * index;\n  return &tensor_;\n}\n"
            f"size_t MicroInterpreter::arena_used_bytes() const {{ return {HEAD + TAIL}; }}\n"
        )

    def _resolver(self) -> str:
        methods = []
        for name, op in OPS.items():
            if op.custom == "ethos-u":
                body = (
                    "auto *found = Register_ETHOSU(); return found ? AddCustom(GetString_ETHOSU(), found) : kTfLiteOk;"
                )
            elif op.custom:
                body = f'return AddCustom("{op.custom}", Register_{name}());'
            elif op.types:
                methods.append(
                    f"  TfLiteStatus {op.add}(const TFLMRegistration &registration = Register_{name}()) {{\n"
                    f"    return AddBuiltin(BuiltinOperator_{name}, registration);\n  }}\n"
                )
                continue
            else:
                body = f"return AddBuiltin(BuiltinOperator_{name}, Register_{name}());"
            methods.append(f"  TfLiteStatus {op.add}() {{\n    {body}\n  }}\n")
        enum = "".join(f"  BuiltinOperator_{name},\n" for name, op in OPS.items() if not op.custom)
        return guarded(
            f'#include "{KERNELS}/micro_ops.h"\n'
            + "".join(f'#include "{KERNELS}/{file}.h"\n' for file in specialised_headers())
            + self._in_namespace(
                f"enum BuiltinOperator {{\n{enum}}};\n"
                "class MicroOpResolver {\n public:\n  virtual int Count() const = 0;\n};\n"
                "// TfLiteStatus AddNothing() { return AddBuiltin(BuiltinOperator_NOTHING, Register_NOTHING()); }\n"
                "template <unsigned int tOpCount>\nclass MicroMutableOpResolver : public MicroOpResolver {\n public:\n"
                "  int Count() const override { return static_cast<int>(count_); }\n" + "".join(methods) + " private:\n"
                "  TfLiteStatus AddBuiltin(BuiltinOperator, const TFLMRegistration &registration) {\n"
                f"    if (count_ >= {'tOpCount' if self.registers else 0}) {{\n      return kTfLiteError;\n    }}\n"
                "    registrations_[count_++] = registration;\n    return kTfLiteOk;\n  }\n"
                "  TfLiteStatus AddCustom(const char *, TFLMRegistration *registration) {\n"
                "    return AddBuiltin(BuiltinOperator_ADD, *registration);\n  }\n"
                "  TFLMRegistration registrations_[tOpCount];\n  unsigned int count_ = 0;\n};\n"
            )
        )

    def _schema(self) -> str:
        major, minor, revision = self.flatbuffers.split(".")
        return guarded(
            '#include "flatbuffers/flatbuffers.h"\n'
            f"static_assert(FLATBUFFERS_VERSION_MAJOR == {major} &&\n"
            f"              FLATBUFFERS_VERSION_MINOR == {minor} &&\n"
            f"              FLATBUFFERS_VERSION_REVISION == {revision},\n"
            '             "Non-compatible flatbuffers version included");\n'
            "namespace tflite {\n"
            "class Model {\n public:\n  unsigned version() const { return 3; }\n};\n"
            "inline const Model *GetModel(const void *buffer) { return static_cast<const Model *>(buffer); }\n"
            "}  // namespace tflite\n"
        )

    def _kernels(self) -> dict[str, str]:
        own = self._in_namespace
        pointer = {name: "*" if op.custom else "" for name, op in OPS.items()}
        declared = "".join(f"TFLMRegistration {pointer[name]}Register_{name}();\n" for name in OPS)
        files = {
            f"{KERNELS}/micro_ops.h": guarded(
                f'#include "{MICRO}/micro_common.h"\n' + own(declared + "const char *GetString_ETHOSU();\n")
            )
        }
        for header, names in specialised_headers().items():
            text = "".join(f"TFLMRegistration {name}();\n" for name in names)
            generic = "".join(f"inline TFLMRegistration {name}() {{ return {base_of(name)}(); }}\n" for name in names)
            note = "// per_channel scales are known\n" if self.per_channel else ""
            known = "int per_channel_stub();\n" if header == "fully_connected" and self.per_channel else ""
            files[f"{KERNELS}/{header}.h"] = guarded(
                f'#include "{KERNELS}/micro_ops.h"\n{note}'
                + own(f"{known}#if defined(CMSIS_NN)\n{text}#else\n{generic}#endif\n")
            )
        stems = {op.file for op in OPS.values()}
        for stem in sorted(stems):
            names = [name for name, op in OPS.items() if op.file == stem]
            included = "".join(f'#include "{KERNELS}/{name}.h"\n' for name in INCLUDED.get(stem, ()))
            definitions = "".join(definition(f"Register_{name}", pointer[name], "") for name in names)
            if stem == "ethosu":
                definitions = "TFLMRegistration *Register_ETHOSU() { return nullptr; }\n" + (
                    'const char *GetString_ETHOSU() { return "ethos-u"; }\n'
                )
            files[f"{KERNELS}/{stem}.cc"] = f'#include "{KERNELS}/micro_ops.h"\n{included}' + own(definitions)
            if any(OPS[name].common for name in names):
                files[f"{KERNELS}/{stem}_common.cc"] = f"int tflm_stub_{stem}_common;\n"
            files.update(self._vendor_kernels(stem, names))
        for stem, includes in HELPERS.items():
            files[f"{KERNELS}/{stem}.h"] = guarded("")
            lines = "".join(f'#include "{KERNELS}/{name}.h"\n' for name in includes)
            files[f"{KERNELS}/{stem}.cc"] = f"{lines}int tflm_stub_{stem};\n"
        return files

    def _vendor_kernels(self, stem: str, names: list[str]) -> dict[str, str]:
        files = {}
        ops = {name: OPS[name] for name in names}
        if any(op.cmsis for op in ops.values()):
            text = "".join(
                definition(f"Register_{name}{suffix}", "", f"{op.cmsis}();")
                for name, op in ops.items()
                for suffix in ("", *(f"_{kind}" for kind in op.types))
            )
            files[f"{KERNELS}/cmsis_nn/{stem}.cc"] = (
                f'#include "Include/arm_nnfunctions.h"\n#include "{KERNELS}/micro_ops.h"\n' + self._in_namespace(text)
            )
        if any(op.esp for op in ops.values()):
            text = "".join(definition(f"Register_{name}", "", f"esp_nn_{stem}();") for name in ops)
            files[f"{KERNELS}/esp_nn/{stem}.cc"] = (
                f'#include <esp_nn.h>\n#include "{KERNELS}/micro_ops.h"\n' + self._in_namespace(text)
            )
        return files

    def _downloads(self) -> dict[str, str]:
        major, minor, revision = (self.downloaded_flatbuffers or self.flatbuffers).split(".")
        base = (
            f"#define FLATBUFFERS_VERSION_MAJOR {major}\n#define FLATBUFFERS_VERSION_MINOR {minor}\n"
            f"#define FLATBUFFERS_VERSION_REVISION {revision}\n"
        )
        files = {
            "flatbuffers/include/flatbuffers/base.h": guarded(base),
            "flatbuffers/include/flatbuffers/flatbuffers.h": '#include "flatbuffers/base.h"\n',
            "gemmlowp/fixedpoint/fixedpoint.h": guarded(""),
            "ruy/ruy/profiler/instrumentation.h": guarded(""),
            "cmsis/CMSIS/Core/Include/cmsis_compiler.h": guarded(""),
            "ethos_u_core_driver/include/ethosu_driver.h": guarded(""),
            **cmsis_nn_files(),
            **esp_nn_files(),
        }
        return {f"{DOWNLOADS}/{path}": text for path, text in files.items()}


def guarded(text: str) -> str:
    return f"#pragma once\n{text}"


def hash_of(text: str) -> int:
    """The same in every process, unlike Python's own."""
    return sum((index + 1) * ord(character) for index, character in enumerate(text))


def base_of(registration: str) -> str:
    """`Register_CONV_2D` of `Register_CONV_2D_INT8`."""
    for name, op in OPS.items():
        if registration in {f"Register_{name}_{kind}" for kind in op.types}:
            return f"Register_{name}"
    raise KeyError(registration)


def specialised_headers() -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, op in OPS.items():
        if op.types:
            headers.setdefault(op.file, []).extend(f"Register_{name}_{kind}" for kind in op.types)
    return headers


def definition(function: str, pointer: str, call: str) -> str:
    if pointer:
        return f"TFLMRegistration *{function}() {{ static TFLMRegistration it = {{0}}; return &it; }}\n"
    return f"TFLMRegistration {function}() {{\n  {call}\n  return TFLMRegistration{{0}};\n}}\n"


def cmsis_nn_files() -> dict[str, str]:
    inline = "static inline void arm_inline_step(void) { arm_nn_softmax_common_s8(); }\n"
    declared = "".join(f"void {name}(void);\n" for name in CMSIS_NN)
    files = {
        "cmsis_nn/Include/arm_nnfunctions.h": guarded(
            f'#include "cmsis_compiler.h"\n#ifdef __cplusplus\nextern "C" {{\n#endif\n{declared}{inline}'
            "#ifdef __cplusplus\n}\n#endif\n"
        )
    }
    for name, (folder, calls) in CMSIS_NN.items():
        body = "".join(f"    {call}();\n" for call in calls)
        files[f"cmsis_nn/Source/{folder}/{name}.c"] = (
            '/* See arm_lstm_unidirectional_s8 for more. */\n#include "arm_nnfunctions.h"\n\n'
            f"void {name}(void)\n{{\n{body}}}\n"
        )
    return files


def esp_nn_files() -> dict[str, str]:
    stems = sorted({op.file for op in OPS.values() if op.esp})
    declared = "".join(f"void esp_nn_{stem}(void);\n" for stem in stems)
    files = {
        "esp_nn/include/esp_nn.h": guarded(
            f'#ifdef __cplusplus\nextern "C" {{\n#endif\n{declared}#ifdef __cplusplus\n}}\n#endif\n'
        )
    }
    for stem in stems:
        files[f"esp_nn/src/{stem}/esp_nn_{stem}_ansi.c"] = f"#include <esp_nn.h>\nvoid esp_nn_{stem}(void) {{}}\n"
        files[f"esp_nn/src/{stem}/esp_nn_{stem}_opt.c"] = f"int esp_nn_{stem}_opt;\n"
        files[f"esp_nn/src/{stem}/esp_nn_{stem}_esp32s3.S"] = "    .text\n"
        files[f"esp_nn/src/{stem}/esp_nn_{stem}_riscv_pie.c"] = f"int esp_nn_{stem}_pie;\n"
    return files
