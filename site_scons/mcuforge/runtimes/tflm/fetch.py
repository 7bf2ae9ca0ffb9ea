"""`scons fetch`: the only step that ever uses a network. Exactly the pinned commits, with git, into the cache.

A fetched folder appears under its name only when it is complete and its commit is the pinned one; until then it has
another name, and what an interrupted fetch left under such a name is cleared away by the next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.runtimes.tflm.pins import Library, Pin, load_libraries

try:
    import fcntl
except ImportError:  # Windows: no advisory locks; fetches there are not protected from each other
    fcntl = None  # type: ignore[assignment]

COMMIT_FILE = ".mcuforge-commit"
_PARTIAL = ".fetching-"
_TIMEOUT_S = 1800
# Kept whatever is taken: they say under which terms.
_LICENSES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
_QUIET_GIT = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


def cache_dir() -> Path:
    """MCUFORGE_CACHE, else the user's cache folder."""
    given = os.environ.get("MCUFORGE_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mcuforge"


def cached(library: Library, pin: Pin) -> Path:
    """Where a pinned commit lies in the cache once it is fetched."""
    return cache_dir() / "third_party" / f"{library.name}-{pin.commit}"


def is_fetched(library: Library, pin: Pin) -> bool:
    return (cached(library, pin) / COMMIT_FILE).is_file()


def fetch_all(say: Callable[[str], None], libraries: Iterable[Library] | None = None) -> None:
    """Fetches every pin that the cache lacks. Raises UserError at the first that cannot be had."""
    for library in load_libraries().values() if libraries is None else libraries:
        for pin in library.pins:
            if is_fetched(library, pin):
                say(f"  FETCH     {library.name} {pin.commit[:12]} is in the cache")
            else:
                say(f"  FETCH     {library.name} {pin.commit[:12]} from {library.url}")
                fetch(library, pin)


def fetch(library: Library, pin: Pin) -> Path:
    """The folder of a pinned commit in the cache. Raises UserError when git or the commit is missing."""
    if shutil.which("git") is None:
        raise UserError("the tool `git` is not installed", hint="on Debian and Ubuntu: apt-get install git")
    target = cached(library, pin)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent):
        for left in target.parent.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left, ignore_errors=True)
        if is_fetched(library, pin):
            return target
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=_PARTIAL) as name:
            folder = Path(name) / "tree"
            _check_out(library, pin, folder)
            (folder / COMMIT_FILE).write_text(f"{pin.commit}\n", encoding="ascii")
            if target.exists():  # without its commit file: somebody took it apart
                shutil.rmtree(target)
            os.replace(folder, target)
    return target


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One fetch at a time: what another is still fetching is not what an interrupted one left behind."""
    with (folder / ".lock").open("w", encoding="ascii") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _check_out(library: Library, pin: Pin, folder: Path) -> None:
    """Only what is taken of the pinned commit, without git's own data."""
    folder.mkdir()
    _git(folder, "init", "--quiet")
    failure = _try_git(folder, "fetch", "--quiet", "--depth=1", library.url, pin.commit)
    if failure is not None:
        raise _fetch_error(library, pin, failure)
    found = _git(folder, "rev-parse", "--verify", "FETCH_HEAD^{commit}").strip()
    if found != pin.commit:
        raise UserError(f"{library.url} gave the commit {found} for {pin.commit}", location=_place(library, pin))
    missing = [path for path in library.take if _try_git(folder, "cat-file", "-e", f"FETCH_HEAD:{path}") is not None]
    if missing:
        raise UserError(
            f"{library.name} {pin.commit[:12]} has no {', '.join(missing)}",
            location=library.positions.at_key("take"),
            hint="take only what this commit has",
        )
    licenses = [name for name in _git(folder, "ls-tree", "--name-only", "FETCH_HEAD").split() if _is_license(name)]
    _git(folder, "checkout", "--quiet", "FETCH_HEAD", "--", *library.take, *licenses)
    shutil.rmtree(folder / ".git")


def _is_license(name: str) -> bool:
    return name.upper().startswith(_LICENSES)


def _fetch_error(library: Library, pin: Pin, failure: str) -> UserError:
    if "not our ref" in failure or "couldn't find remote ref" in failure or "did not send all necessary" in failure:
        return UserError(
            f"{library.name} has no commit {pin.commit}",
            location=_place(library, pin),
            details=(f"asked {library.url}",),
            hint="pin a commit that the repository has",
        )
    lines = [line.strip() for line in failure.splitlines() if line.strip()]
    return UserError(
        f"{library.name} cannot be fetched from {library.url}",
        location=library.positions.at("url"),
        details=tuple(lines[:4]),
        hint="is this computer online? a TFLM tree that is there already can be named instead: tflm_dir=… or TFLM_DIR",
    )


def _place(library: Library, pin: Pin) -> Location:
    return library.positions.at("pins", library.pins.index(pin), "commit")


def _git(folder: Path, *words: str) -> str:
    done = _run(folder, words)
    if done.returncode != 0:
        raise UserError(f"git {words[0]} failed in {folder}", details=tuple(done.stderr.splitlines()[:4]))
    return done.stdout


def _try_git(folder: Path, *words: str) -> str | None:
    """None when it worked, else what git said."""
    done = _run(folder, words)
    return None if done.returncode == 0 else done.stderr or f"exit code {done.returncode}"


def _run(folder: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**environment, **_QUIET_GIT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_TIMEOUT_S,
        check=False,
    )
