"""`runtime: tflm` end to end with fixture trees: the real compiler, the real linker, the twin in QEMU."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.scons import Run, files_below, scons
from tests.tflm.fixture_tree import HEAD, TAIL, TEMPORARY, FixtureTree
from tests.tflm.models import identity, keyword_spotter

pytestmark = pytest.mark.slow
BOARDS = {"A": "nrf5340", "D": "stm32f4-discovery"}
NEEDED = HEAD + TAIL + TEMPORARY


def write(folder: Path, data: bytes, extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.tflite").write_bytes(data)
    text = f"schema: 1\nname: demo\nmodel: {{source: model.tflite}}\nruntime: tflm\n{extra}"
    (folder / "project.yaml").write_text(text)
    return folder / "project.yaml"


def build(project: Path, tree: Path, board: str, *words: str) -> Run:
    build_dir = f"build_dir={project.parent.parent / 'build'}"
    return scons("-Q", f"project={project}", f"board={board}", f"tflm_dir={tree}", build_dir, *words)


def compiled(run: Run) -> set[str]:
    """The objects that a run made, below the folder of objects."""
    return {match.split("/obj/")[-1] for match in re.findall(r"CC +(\S+)\.o", run.out)}


def without_prefix(objects: set[str]) -> set[str]:
    return {name.rsplit("/", 1)[-1] for name in objects}


@dataclass(frozen=True)
class Built:
    """A project built three times: from nothing, unchanged, and with one more operator in its model."""

    era: str
    folder: Path
    first: Run
    second: Run
    third: Run
    unchanged: bool

    @property
    def output(self) -> Path:
        return self.folder / "build" / "demo" / BOARDS[self.era]


@pytest.fixture(scope="module", params=["A", "D"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    era, folder = request.param, tmp_path_factory.mktemp(f"built_{request.param}")
    FixtureTree(era).write(folder / "tree")
    project = write(folder / "demo", keyword_spotter(), "kernels: cmsis-nn\n")
    runs, made = [], []
    for _ in range(2):
        runs.append(build(project, folder / "tree", BOARDS[era]))
        made.append(files_below(folder / "build", ".o", ".elf", ".hex", ".json"))
    write(folder / "demo", keyword_spotter("RELU"), "kernels: cmsis-nn\n")
    runs.append(build(project, folder / "tree", BOARDS[era]))
    assert [run.code for run in runs] == [0, 0, 0], [run.text for run in runs]
    return Built(era, folder, *runs, unchanged=made[0] == made[1])


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The same model natively, in an arena of a given size, and what emulating it says."""
    folder = tmp_path_factory.mktemp("hosted")
    FixtureTree("A").write(folder / "tree")
    project = write(folder / "demo", keyword_spotter(), "arena: 8 KiB\nlabels: [a, b, c]\n")
    run = build(project, folder / "tree", "host")
    assert run.code == 0, run.text
    return folder, build(project, folder / "tree", "host", "emulate")


def test_an_image_is_linked_from_exactly_the_selected_files(built: Built) -> None:
    objects = compiled(built.first)
    core = {f"tflm/core/{file.removesuffix('.cc')}" for file in FixtureTree(built.era).core()}
    assert {name for name in objects if name.startswith("tflm/core/")} == core
    kernels = without_prefix({name for name in objects if name.startswith("tflm/kernels/tensorflow")})
    own = {"conv", "depthwise_conv", "fully_connected", "pooling", "reshape", "softmax"}
    assert kernels == own | {f"{name}_common" for name in own}
    assert "CMSIS-NN computes 5 of 6 layers" in built.first.out


def test_a_second_build_does_nothing(built: Built) -> None:
    assert built.second.verbs == [] and built.unchanged, built.second.text


def test_one_more_operator_compiles_its_files_and_what_holds_the_model(built: Built) -> None:
    objects = compiled(built.third)
    added = without_prefix({name for name in objects if name.startswith("tflm/")})
    assert added == {"activations", "activations_common"}
    assert {"demo_model", "demo_op_resolver"} <= objects


def test_the_arena_is_measured_to_sixteen_bytes_and_reserved(built: Built) -> None:
    arena = json.loads((built.output / "gen" / "arena.json").read_text())
    assert (arena["needed"], arena["head"], arena["tail"]) == (NEEDED, HEAD, TAIL)
    assert json.loads((built.output / "size.json").read_text())["arena"]["used"] == NEEDED


def test_the_image_has_no_heap_and_runs_nothing_before_main(built: Built) -> None:
    image = built.output / "demo.elf"
    symbols = subprocess.run(["arm-none-eabi-nm", image], capture_output=True, text=True, check=True).stdout
    forbidden = r"\b(malloc|_sbrk|_Znwj|_Znaj|__cxa_throw|__cxa_guard_acquire|_ZTI\w+)$"
    assert not re.search(forbidden, symbols, re.MULTILINE)
    assert b".init_array" not in image.read_bytes()


def test_what_memory_is_for_is_told_apart(built: Built) -> None:
    causes = json.loads((built.output / "size.json").read_text())["causes"]
    assert causes["weights"]["flash"] == (built.folder / "demo" / "model.tflite").stat().st_size
    assert causes["kernels"]["flash"] > 0 and causes["runtime"]["flash"] > 0
    assert causes["arena"]["sram"] == NEEDED


def test_sources_are_recorded_beside_the_build(built: Built) -> None:
    lock = json.loads((built.output / "gen" / "tflm.lock.json").read_text())
    assert lock["era"] == built.era
    assert [source["name"] for source in lock["sources"]][:2] == ["tflm", "flatbuffers"]
    assert "note: tflm is not what is pinned" in built.first.out


def test_both_runtimes_agree_and_are_shown_side_by_side(tmp_path: Path) -> None:
    """The fixture's interpreter computes the identity: outputs equal mcuforge's own and the released TFLM's."""
    FixtureTree("D").write(tmp_path / "tree")
    project = write(tmp_path / "demo", identity(), "golden: {random: 3, seed: 7}\n")
    run = build(project, tmp_path / "tree", "nrf5340", "compare", "report")
    assert run.code == 0, run.text
    report = json.loads((tmp_path / "build" / "demo" / "nrf5340" / "report.json").read_text())
    assert report["provenance"]["sources"][0] == "tflm of no known commit (not what is pinned, tflm_dir)"
    assert "equal: all 24 output bytes of 3 vectors" in run.out
    for row in ("flash", "sram", "arena", "stack used", "instructions"):
        assert re.search(rf"^ +{row} .*\d", run.out, re.MULTILINE), row


def test_wrong_outputs_of_tflm_fail_the_emulation(hosted: tuple[Path, Run]) -> None:
    """The fixture's interpreter computes no softmax, and that is found."""
    _, run = hosted
    assert run.code == 2 and "output bytes on native differ from TensorFlow Lite Micro's" in run.err, run.text


def test_an_arena_that_is_enough_is_taken_as_given(hosted: tuple[Path, Run]) -> None:
    output = hosted[0] / "build" / "demo" / "host"
    done = subprocess.run([output / "demo.elf"], capture_output=True, text=True, check=True, timeout=10)
    assert done.stdout.startswith("demo 0:")
    assert "#define DEMO_ARENA_BYTES 8192" in (output / "gen" / "demo.h").read_text()


def test_the_public_header_is_the_same_for_both_runtimes(hosted: tuple[Path, Run], tmp_path: Path) -> None:
    folder, _ = hosted
    own = (folder / "build" / "demo" / "host" / "gen" / "demo.h").read_text()
    header = tmp_path / "build" / "demo" / "host" / "gen" / "demo.h"
    words = (f"project={folder / 'demo'}", "board=host", "runtime=aot", f"build_dir={tmp_path / 'build'}", header)
    assert scons("-Q", *words).code == 0
    texts = [re.sub(r"ARENA_BYTES \d+", "ARENA_BYTES", text) for text in (own, header.read_text())]
    assert texts[0] == texts[1] and "demo_labels" in texts[0]
