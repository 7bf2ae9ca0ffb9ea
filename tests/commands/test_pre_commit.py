"""The hook that this repository ships, run by the real pre-commit on a repository of somebody's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.export.tools import run_tool
from tests.support.projects import copy_hello
from tests.support.scons import ROOT

HOOKS = ROOT / ".pre-commit-hooks.yaml"


def test_pre_commit_accepts_the_definition(tmp_path: Path) -> None:
    done = run_tool("pre-commit", "validate-manifest", HOOKS, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_commit_with_a_wrong_manifest_is_stopped_at_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that pre-commit would install is this one: the definition's `language` is all that differs."""
    repository = tmp_path / "repository"
    manifest = copy_hello(repository / "models")
    (hook,) = yaml.safe_load(HOOKS.read_text())
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    (repository / ".pre-commit-config.yaml").write_text(json.dumps(config))
    (repository / "other.yaml").write_text("not: a manifest\n")
    program = tmp_path / "bin" / "mcuforge"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mcuforge.cli "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "site_scons"))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    assert shutil.which("git"), "pre-commit works on git repositories"
    for words in ("init -q", "add -A"):
        subprocess.run(["git", *words.split()], cwd=repository, check=True)

    passed = run_tool("pre-commit", "run", "--all-files", cwd=repository)
    assert passed.returncode == 0 and "Passed" in passed.stdout, passed.stdout + passed.stderr
    manifest.write_text(manifest.read_text().replace("model:", "modl:"))
    failed = run_tool("pre-commit", "run", "--all-files", cwd=repository)
    assert failed.returncode == 1 and "Traceback" not in failed.stdout
    assert "models/project.yaml:3:1: unknown key `modl`" in failed.stdout
    assert "other.yaml" not in failed.stdout
