"""All that is done with a proof once it is in the store, and what was missed when the driver was killed.
Trouble with one of these costs the night no more than that one, and is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from prover.batch.branch import Branch
from prover.batch.drafts import Gained
from prover.batch.ledger import Ledger
from prover.batch.publishing import FileWriting, LibraryFilling, with_proofs
from prover.batch.records import HoleStatus, Plan
from prover.batch.store import NightStore
from prover.errors import InputError, LibraryError
from prover.types import Hole, Theorem


class Outlets:
    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._ledger = ledger
        self._plan = plan
        self._library: LibraryFilling | None = None
        self._files: dict[Path, FileWriting] = {}
        self._branch: Branch | None = None
        self._committed: dict[Path, list[tuple[Hole, str]]] = {}
        self._proved: dict[int, str] = {}

    def begin(self, store: NightStore) -> Iterator[str]:
        """Make up for what is missing. Answers what to say of trouble."""
        self._proved = {
            proof.hole: proof.text for proof in store.proofs() if proof.status is HoleStatus.PROVED
        }
        if self._plan.library is not None:
            yield from self._fill(Path(self._plan.library), [gained for _, gained in store.gained()])
        if self._plan.write:
            yield from self._open_files()
        if self._plan.branch is not None:
            yield from self._open_branch(self._plan.branch)

    def tell(self, proofs: dict[int, str], gained: Gained) -> Iterator[str]:
        """New proofs, by the numbers of their holes, and the lemmas that came with them."""
        self._proved.update(proofs)
        if self._library is not None and gained.drafts:
            yield from self._fill_with(self._library, [gained])
        for hole, proof in proofs.items():
            theorem = self._ledger.theorem(hole)
            if theorem.file in self._files:
                yield from self._write(theorem, proof)
        if self._branch is not None:
            yield from self._commit(self._branch, proofs)

    def close(self) -> None:
        if self._library is not None:
            self._library.close()

    # -- the library -------------------------------------------------------------------------------------

    def _fill(self, path: Path, missed: Iterable[Gained]) -> Iterator[str]:
        try:
            self._library = LibraryFilling(path)
        except LibraryError as error:
            yield f"{error}. Going on without filling it"
            return
        yield from self._fill_with(self._library, missed)

    def _fill_with(self, library: LibraryFilling, missed: Iterable[Gained]) -> Iterator[str]:
        try:
            for gained in missed:
                library.add(gained)
        except LibraryError as error:
            library.close()
            self._library = None
            yield f"{error}. Going on without filling it"

    # -- the files ---------------------------------------------------------------------------------------

    def _open_files(self) -> Iterator[str]:
        for number, source in self._ledger.sources.items():
            done = [(hole, text) for hole, text in self._in_file(number)]
            try:
                self._files[source.path] = FileWriting(source, done)
            except InputError as error:
                yield str(error)

    def _write(self, theorem: Theorem, proof: str) -> Iterator[str]:
        try:
            self._files[theorem.file].add(theorem.hole, proof)
        except InputError as error:
            del self._files[theorem.file]
            yield str(error)

    def _in_file(self, number: int) -> Iterator[tuple[Hole, str]]:
        source = self._ledger.sources[number]
        for hole, text in self._proved.items():
            if self._ledger.source_of(hole) is source:
                yield self._ledger.theorem(hole).hole, text

    # -- the branch --------------------------------------------------------------------------------------

    def _open_branch(self, name: str) -> Iterator[str]:
        try:
            branch = Branch.existing(name, self._ledger.sources.values())
            there = branch.committed()
        except InputError as error:
            yield f"{error}. Going on without the branch"
            return
        self._branch = branch
        missed = {}
        for hole, text in self._proved.items():
            theorem = self._ledger.theorem(hole)
            if _mark(branch, theorem) in there:
                self._committed.setdefault(theorem.file, []).append((theorem.hole, text))
            else:
                missed[hole] = text
        yield from self._commit(branch, missed)

    def _commit(self, branch: Branch, proofs: dict[int, str]) -> Iterator[str]:
        """These proofs, all those of one theorem together."""
        theorems: dict[tuple[Path, str], list[int]] = {}
        for hole in proofs:
            theorem = self._ledger.theorem(hole)
            theorems.setdefault((theorem.file, theorem.name), []).append(hole)
        for (path, name), holes in theorems.items():
            done = self._committed.setdefault(path, [])
            done += [(self._ledger.theorem(hole).hole, proofs[hole]) for hole in holes]
            content = with_proofs(self._ledger.source_of(holes[0]), done)
            try:
                branch.commit(path, content, f"Prove {name}", _mark(branch, self._ledger.theorem(holes[0])))
            except InputError as error:
                self._branch = None
                yield f"{error}. Going on without the branch"
                return


def _mark(branch: Branch, theorem: Theorem) -> str:
    return f"{branch.place(theorem.file)}:{theorem.declaration.span.start} {theorem.name}"
