"""Pins, `fetch`, and where sources are looked for. The upstream repositories here are local ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.runtimes.tflm import fetch as fetching
from mcuforge.runtimes.tflm.pins import Library, load_libraries, load_library
from mcuforge.runtimes.tflm.sources import Origin, find_sources
from tests.support.scons import ROOT, scons
from tests.tflm.fixture_tree import DOWNLOADS, FixtureTree


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def upstream(tmp_path: Path) -> tuple[Path, str]:
    """A repository with two commits, and the id of the first."""
    folder = tmp_path / "upstream"
    (folder / "Source").mkdir(parents=True)
    (folder / "Source" / "code.c").write_text("int first;\n")
    (folder / "README").write_text("not taken\n")
    (folder / "LICENSE.txt").write_text("taken, though nobody names it\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    commit = git(folder, "rev-parse", "HEAD")
    (folder / "Source" / "code.c").write_text("int second;\n")
    git(folder, "commit", "--quiet", "-a", "-m", "second")
    return folder, commit


def library(folder: Path, url: Path | str, commit: str, take: str = "[Source]", name: str = "lib") -> Library:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(
        f"schema: 1\nname: {name}\nsource: a test\nurl: {url}\nlicense: MIT\ntake: {take}\n"
        f"pins:\n  - {{commit: {commit}}}\n"
    )
    return load_library(path)


def test_every_pin_of_ours_is_a_full_commit_with_a_license() -> None:
    libraries = load_libraries()
    names = {"tflm", "cmsis-nn", "cmsis-core", "esp-nn", "flatbuffers", "gemmlowp", "ruy", "kissfft"}
    assert set(libraries) == names
    assert all(re.fullmatch(r"[0-9a-f]{40}", pin.commit) for each in libraries.values() for pin in each.pins)
    assert libraries["flatbuffers"].pin("25.9.23") != libraries["flatbuffers"].pin("23.5.26")


def test_a_version_without_a_pin_names_those_that_have_one() -> None:
    with pytest.raises(UserError, match=r"flatbuffers 1\.2\.3 is needed") as caught:
        load_libraries()["flatbuffers"].pin("1.2.3")
    assert "23.5.26" in str(caught.value.hint)


def test_a_wrong_commit_id_is_refused_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="`commit` cannot be") as caught:
        library(tmp_path, "./x", "main")
    assert caught.value.location is not None and caught.value.location.line == 8


def test_fetch_takes_the_pinned_commit_and_only_what_is_named(
    upstream: tuple[Path, str], tmp_path: Path, own_cache: Path
) -> None:
    url, commit = upstream
    said: list[str] = []
    fetching.fetch_all(said.append, [library(tmp_path / "pins", url, commit)])
    (folder,) = (own_cache / "third_party").glob("lib-*")
    assert (folder / "Source" / "code.c").read_text() == "int first;\n"
    assert sorted(path.name for path in folder.iterdir()) == [fetching.COMMIT_FILE, "LICENSE.txt", "Source"]
    assert (folder / fetching.COMMIT_FILE).read_text().strip() == commit
    shutil.rmtree(url)  # a second fetch needs no upstream
    fetching.fetch_all(said.append, [library(tmp_path / "pins", url, commit)])
    assert "is in the cache" in said[-1]


def test_a_fetch_that_is_killed_leaves_nothing_half_made(
    upstream: tuple[Path, str], tmp_path: Path, own_cache: Path
) -> None:
    url, commit = upstream
    pinned = library(tmp_path / "pins", url, commit)
    tools = tmp_path / "tools"
    tools.mkdir()
    real = shutil.which("git")
    (tools / "git").write_text(f'#!/bin/sh\n[ "$1" = checkout ] && kill -9 $PPID && exit 1\nexec {real} "$@"\n')
    (tools / "git").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "mcuforge.cli", "fetch"],
        env=os.environ
        | {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "site_scons"),
            "MCUFORGE_THIRD_PARTY": str(tmp_path / "pins"),
        },
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9
    assert list((own_cache / "third_party").glob(".fetching-*")) and not fetching.is_fetched(pinned, pinned.pin())
    folder = fetching.fetch(pinned, pinned.pin())
    assert (folder / "Source" / "code.c").exists()
    assert not list((own_cache / "third_party").glob(".fetching-*"))


def test_a_commit_without_what_is_taken_is_refused_and_not_kept(
    upstream: tuple[Path, str], tmp_path: Path, own_cache: Path
) -> None:
    url, commit = upstream
    with pytest.raises(UserError, match="has no Include"):
        fetching.fetch_all(print, [library(tmp_path / "pins", url, commit, "[Source, Include]")])
    assert not list((own_cache / "third_party").glob("lib-*"))


def test_an_unreachable_repository_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lib cannot be fetched from") as caught:
        fetching.fetch_all(print, [library(tmp_path / "pins", "./nowhere", "abc1" * 10)])
    assert "TFLM_DIR" in str(caught.value.hint)


def test_scons_fetch_then_a_build_needs_no_tflm_dir(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: a local repository with the fixture tree is pinned, fetched, found in the cache and recorded."""
    repository = FixtureTree("A").write(tmp_path / "repository")
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "tree")
    pins = tmp_path / "pins"
    library(pins, repository, git(repository, "rev-parse", "HEAD"), "[tensorflow]", name="tflm")
    run = scons("-Q", "fetch", MCUFORGE_THIRD_PARTY=str(pins))
    assert run.code == 0 and "all pinned sources are in" in run.out, run.text
    for name in ("cmsis-nn", "cmsis-core", "esp-nn", "flatbuffers", "gemmlowp", "ruy", "kissfft"):
        shutil.copy(ROOT / "third_party" / f"{name}.yaml", pins)
    monkeypatch.setenv("MCUFORGE_THIRD_PARTY", str(pins))
    sources = find_sources(None, "builtin")
    assert own_cache in sources.tree.root.parents
    assert sources.origins[0] == Origin("tflm", git(repository, "rev-parse", "HEAD"), True, "cache")


def test_the_command_line_wins_over_the_environment_and_both_over_the_cache(
    tree_a: Path, tree_d: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFLM_DIR", str(tree_d))
    assert find_sources(str(tree_a), "builtin").tree.era == "A"
    sources = find_sources(None, "builtin")
    assert sources.tree.era == "D"
    assert [origin.found for origin in sources.origins] == ["TFLM_DIR", "tree", "tree", "tree"]
    assert not any(origin.is_pinned for origin in sources.origins)


def test_a_library_that_the_tree_lacks_is_named_with_its_version(tmp_path: Path) -> None:
    root = FixtureTree("D", flatbuffers="25.9.23").write(tmp_path / "tree")
    shutil.rmtree(root / DOWNLOADS / "flatbuffers")
    with pytest.raises(UserError, match=r"needs flatbuffers 25\.9\.23") as caught:
        find_sources(str(root), "builtin")
    assert "scons fetch" in str(caught.value.hint)


def test_an_origin_survives_a_command_line() -> None:
    for origin in (Origin("tflm", None, False, "TFLM_DIR"), Origin("ruy", "a" * 40, True, "cache")):
        assert Origin.from_word(origin.to_word()) == origin
        assert not set(origin.to_word()) & set(" \"'$\\")
