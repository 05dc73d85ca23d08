"""Proofs as commits of a git branch, one for each theorem, by git's plumbing: no working tree, no index and
no other branch of the user is touched.

    branch = Branch.create("night/proofs", sources)
    branch.commit(path, content, "Prove Nat.foo", "src/Foo.lean:12 Nat.foo")
    branch.committed()                     # the marks of what is there, after a kill too
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.lean.source import Source

_MARK = "Hole: "
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the repository with that working tree."""

    name: str
    tree: Path

    @classmethod
    def create(cls, name: str, sources: Iterable[Source]) -> Branch:
        """A new branch at the present commit. Raises `InputError` where that can't be."""
        branch = cls.planned(name, sources)
        _git(branch.tree, "update-ref", branch._ref, "HEAD", "")
        return branch

    @classmethod
    def planned(cls, name: str, sources: Iterable[Source]) -> Branch:
        """What `create` would make. Raises `InputError` where it could not."""
        paths = [source.path.resolve() for source in sources]
        trees = {_working_tree(path) for path in paths}
        if len(trees) != 1:
            raise InputError("--branch: the files are in several git repositories; give those of one")
        tree = trees.pop()
        if not _succeeds(tree, "check-ref-format", "--branch", name):
            raise InputError(f"--branch {name}: not a name for a branch")
        if _succeeds(tree, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
            raise InputError(f"--branch {name}: there is such a branch already; give another name")
        if not _succeeds(tree, "rev-parse", "--verify", "--quiet", "HEAD"):
            raise InputError(f"--branch {name}: {tree} has no commit to begin a branch at")
        for path in paths:
            _require_committed(tree, path)
        _git(tree, "var", "GIT_COMMITTER_IDENT")
        return cls(name, tree)

    @classmethod
    def existing(cls, name: str, sources: Iterable[Source]) -> Branch:
        """One that `create` made. Raises `InputError` where it is gone."""
        tree = _working_tree(next(iter(sources)).path.resolve())
        if not _succeeds(tree, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
            raise InputError(f"--branch {name}: the branch is gone from {tree}")
        return cls(name, tree)

    def committed(self) -> frozenset[str]:
        """The marks of all commits of the branch."""
        text = _git(self.tree, "log", "--format=%B", self._ref, "--")
        lines = (line for line in text.split("\n") if line.startswith(_MARK))
        return frozenset(line.removeprefix(_MARK) for line in lines)

    def commit(self, path: Path, content: bytes, title: str, mark: str) -> None:
        """Add a commit where the file has this content. Raises `InputError`."""
        parent = _git(self.tree, "rev-parse", self._ref)
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            _git(self.tree, "read-tree", parent, env=index)
            place = self.place(path)
            mode = _git(self.tree, "ls-tree", parent, "--", place).split()[0]
            blob = _git(self.tree, "hash-object", "-w", "--stdin", "--path", place, given=content)
            _git(self.tree, "update-index", "--cacheinfo", f"{mode},{blob},{place}", env=index)
            tree = _git(self.tree, "write-tree", env=index)
        message = f"{title}\n\n{_MARK}{mark}\n".encode()
        made = _git(self.tree, "commit-tree", tree, "-p", parent, "-F", "-", given=message)
        _git(self.tree, "update-ref", self._ref, made, parent)

    def place(self, path: Path) -> str:
        """Where a file is in the working tree."""
        return path.resolve().relative_to(self.tree).as_posix()

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.name}"


def _working_tree(path: Path) -> Path:
    try:
        return Path(_git(path.parent, "rev-parse", "--show-toplevel")).resolve()
    except InputError:
        raise InputError(f"--branch: {path} is in no git repository; leave out --branch") from None


def _require_committed(tree: Path, path: Path) -> None:
    place = path.relative_to(tree).as_posix()
    here = _git(tree, "hash-object", "--path", place, str(path))
    if (
        not _succeeds(tree, "cat-file", "-e", f"HEAD:{place}")
        or _git(tree, "rev-parse", f"HEAD:{place}") != here
    ):
        raise InputError(f"--branch: {place} has changes that are not committed; commit them first")


def _succeeds(tree: Path, *words: str) -> bool:
    return _run(tree, words, None, {}).returncode == 0


def _git(tree: Path, *words: str, given: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
    done = _run(tree, words, given, env or {})
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise InputError(f"git {words[0]} failed in {tree}: {said}")
    return done.stdout.decode(errors="replace").strip()


def _run(
    tree: Path, words: tuple[str, ...], given: bytes | None, env: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Without the variables that would lead git elsewhere (hooks set them)."""
    clean = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        return subprocess.run(
            ["git", "-C", str(tree), *words],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            env={**clean, **env},
        )
    except OSError as error:
        raise InputError(f"--branch needs git, which does not start: {error.strerror}") from None
