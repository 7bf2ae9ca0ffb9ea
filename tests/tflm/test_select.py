"""Which files a build compiles: exactly these, for each era, kernel library and core; what one more operator adds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.manifest.types import Cpu, Kernels
from mcuforge.runtimes.tflm.select import Selection, select
from mcuforge.runtimes.tflm.sources import find_sources
from mcuforge.toolchain.flags import machine_flags
from tests.tflm.fixture_tree import DOWNLOADS, KERNELS, FixtureTree
from tests.tflm.models import graph_of, keyword_spotter, unary

CORES = {
    "nrf5340": Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none"),
    "stm32f4-discovery": Cpu("cortex-m4", "fpv4-sp-d16", "hard", True, "none"),
    "esp32c3": Cpu("esp32c3", None, "soft", False, "none"),
    "esp32s3": Cpu("esp32s3", None, "soft", False, "none"),
}
# conv.cc and the like as the kernel library has them; what has no twin there is the reference's.
OWN = ("conv", "depthwise_conv", "fully_connected", "pooling", "softmax")
COMMON = ("conv", "depthwise_conv", "fully_connected", "pooling", "reshape", "softmax")


def chosen(tree: Path, tmp_path: Path, kernels: Kernels, board: str, *extra: str) -> Selection:
    graph = graph_of(keyword_spotter(*extra), tmp_path)
    return select([graph], find_sources(str(tree), kernels), kernels, CORES[board])


def kernel_names(vendor: str) -> set[str]:
    own = {f"{KERNELS}/{vendor}{name}.cc" for name in OWN}
    return own | {f"{KERNELS}/reshape.cc"} | {f"{KERNELS}/{name}_common.cc" for name in COMMON}


@pytest.mark.parametrize("era", ["A", "D"])
@pytest.mark.parametrize(
    ("board", "kernels", "vendor"),
    [
        ("nrf5340", "cmsis-nn", "cmsis_nn/"),
        ("stm32f4-discovery", "cmsis-nn", "cmsis_nn/"),
        ("stm32f4-discovery", "reference", ""),
        ("esp32c3", "esp-nn", "esp_nn/"),
    ],
)
def test_exactly_the_expected_files_compile(
    era: str, board: str, kernels: Kernels, vendor: str, tmp_path: Path
) -> None:
    tree = FixtureTree(era)
    selection = chosen(tree.write(tmp_path / "tree"), tmp_path, kernels, board)
    assert set(selection.kernels) == kernel_names(vendor)
    assert set(selection.core) == tree.core()


def test_cmsis_nn_files_are_those_that_the_kernels_reach(tree_a: Path, tmp_path: Path) -> None:
    names = {path.stem for path in chosen(tree_a, tmp_path, "cmsis-nn", "nrf5340").library}
    assert names == {
        *("arm_convolve_wrapper_s8", "arm_convolve_s8", "arm_convolve_1x1_s8", "arm_nn_mat_mult_nt_t_s8"),
        *("arm_depthwise_conv_wrapper_s8", "arm_depthwise_conv_s8"),
        *("arm_fully_connected_s8", "arm_nn_vec_mat_mult_t_s8"),
        *("arm_avgpool_s8", "arm_max_pool_s8"),  # both in pooling.cc
        *("arm_softmax_s8", "arm_nn_softmax_common_s8"),  # the second through an inline function of a header
    }


@pytest.mark.parametrize(
    ("board", "suffixes"), [("esp32c3", {"_ansi.c", "_opt.c"}), ("esp32s3", {"_ansi.c", "_opt.c", "_esp32s3.S"})]
)
def test_esp_nn_files_follow_the_chip(board: str, suffixes: set[str], tree_a: Path, tmp_path: Path) -> None:
    selection = chosen(tree_a, tmp_path, "esp-nn", board)
    assert {path.name[path.name.rindex("_") :] for path in selection.library} == suffixes
    assert {"ESP_NN", "CONFIG_NN_OPTIMIZED=1", f"CONFIG_IDF_TARGET_{board.upper()}=1"} <= set(selection.defines)
    assert ("-mlongcalls" in selection.library_flags) == (board == "esp32s3")


def test_an_esp32c3_is_compiled_for_as_the_riscv_that_it_is() -> None:
    assert machine_flags(CORES["esp32c3"]) == ("-mabi=ilp32", "-mcmodel=medany", "-march=rv32imc")


def test_what_an_esp32c3_is_given_compiles(tree_d: Path, tmp_path: Path) -> None:
    """With the chip's own compiler and flags where there is one; else with this computer's, and its defines only."""
    selection = chosen(tree_d, tmp_path, "esp-nn", "esp32c3")
    riscv = shutil.which("riscv64-unknown-elf-gcc")
    flags = [riscv, *machine_flags(CORES["esp32c3"]), "--specs=picolibc.specs"] if riscv else ["gcc"]
    flags += [*(f"-I{folder}" for folder in selection.include_dirs), *(f"-D{define}" for define in selection.defines)]
    cxx = [str(tree_d / file) for file in (*selection.core, *selection.kernels)]
    for language, files in (("c++", cxx), ("c", [str(path) for path in selection.library])):
        done = subprocess.run(
            [*flags, "-x", language, "-fsyntax-only", *files], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("kernels", "define"), [("cmsis-nn", "CMSIS_NN"), ("esp-nn", "ESP_NN")])
def test_defines_and_include_order_are_upstreams(kernels: Kernels, define: str, tree_a: Path, tmp_path: Path) -> None:
    selection = chosen(tree_a, tmp_path, kernels, "esp32c3" if kernels == "esp-nn" else "nrf5340")
    assert {"TF_LITE_STATIC_MEMORY", "TF_LITE_STRIP_ERROR_STRINGS", "NDEBUG", define} <= set(selection.defines)
    shown = [str(folder.relative_to(tree_a)) for folder in selection.include_dirs[:4]]
    assert shown == [".", f"{DOWNLOADS}/gemmlowp", f"{DOWNLOADS}/flatbuffers/include", f"{DOWNLOADS}/ruy"]


@pytest.mark.parametrize(
    ("operator", "added"),
    [
        ("RELU", {"activations.cc", "activations_common.cc"}),
        ("LOGISTIC", {"logistic.cc", "logistic_common.cc"}),
    ],
)
def test_one_more_operator_adds_exactly_its_files(operator: str, added: set[str], tree_d: Path, tmp_path: Path) -> None:
    before = chosen(tree_d, tmp_path, "cmsis-nn", "nrf5340")
    after = chosen(tree_d, tmp_path, "cmsis-nn", "nrf5340", operator)
    assert set(after.kernels) - set(before.kernels) == {f"{KERNELS}/{name}" for name in added}
    assert set(before.kernels) <= set(after.kernels)
    assert (after.core, after.library) == (before.core, before.library)


def test_helpers_come_with_the_operator_that_includes_their_headers(tree_a: Path, tmp_path: Path) -> None:
    graph = graph_of(unary("UNIDIRECTIONAL_SEQUENCE_LSTM"), tmp_path)
    selection = select([graph], find_sources(str(tree_a), "builtin"), "builtin", CORES["nrf5340"])
    names = ("unidirectional_sequence_lstm", "lstm_eval", "lstm_eval_common", "micro_tensor_utils")
    assert set(selection.kernels) == {f"{KERNELS}/{name}.cc" for name in names}


def test_several_models_share_what_they_need(tree_a: Path, tmp_path: Path) -> None:
    graphs = []
    for name, data in (("one", unary("RELU")), ("two", keyword_spotter())):
        (tmp_path / name).mkdir()
        graphs.append(graph_of(data, tmp_path / name))
    selection = select(graphs, find_sources(str(tree_a), "builtin"), "builtin", CORES["nrf5340"])
    own = {f"{KERNELS}/activations.cc", f"{KERNELS}/activations_common.cc"}
    assert set(selection.kernels) == kernel_names("") | own


@pytest.mark.parametrize("folder", ["", "tools/"])
def test_signal_operators_find_kissfft_as_old_and_new_releases_lay_it_out(folder: str, tmp_path: Path) -> None:
    root = FixtureTree("A").write(tmp_path / "tree")
    kissfft = root / DOWNLOADS / "kissfft"
    (kissfft / folder).mkdir(parents=True)
    (kissfft / folder / "kiss_fftr.h").touch()
    graph = graph_of(unary("CUSTOM:SignalRfft"), tmp_path)
    selection = select([graph], find_sources(str(root), "builtin", signal=True), "builtin", CORES["nrf5340"])
    assert kissfft in selection.include_dirs
    source = '#include "tools/kiss_fftr.h"\n'
    include = [f"-I{path}" for path in selection.include_dirs]
    subprocess.run(["gcc", "-fsyntax-only", "-x", "c", *include, "-"], input=source, text=True, check=True)


def test_a_tree_without_the_kernel_library_is_refused(tmp_path: Path) -> None:
    root = FixtureTree("A").write(tmp_path / "tree")
    for path in (root / KERNELS / "esp_nn").iterdir():
        path.unlink()
    with pytest.raises(UserError, match="has no kernels for esp-nn"):
        chosen(root, tmp_path, "esp-nn", "esp32c3")
