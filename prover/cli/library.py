"""The lemma library of a run of `prover prove`: lent as it was at the start, filled on the way.

Whatever goes wrong with it is said once, and costs the run no more than the library.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType

import click

from lemmas.records import Standing
from lemmas.staleness import outdated
from lemmas.store import Library
from prover.errors import LibraryError
from prover.lean.source import Source, read_source
from prover.policy.library import Shelf, with_library
from prover.policy.protocols import PolicyFactory
from prover.proving import Finished, GatewayFactory, HoleResult, ProvingEvent
from prover.proving.keeping import Keeper
from prover.proving.lifting import LEMMA, lift
from prover.types import Status


class Lending:
    """A library while a run lasts. Without a path, or where it can't be used, nothing is lent or kept."""

    def __init__(self, path: Path | None, sources: Sequence[Source]) -> None:
        self._shelf: Shelf | None = None
        self._keeper: Keeper | None = None
        self._open: list[Library] = []
        self._proved: list[HoleResult] = []
        if path is None:
            return
        try:
            self._begin(path, sources)
        except LibraryError as error:
            self._end()
            click.echo(f"prover: {_going_on(error)}", err=True)

    def _begin(self, path: Path, sources: Sequence[Source]) -> None:
        written = Library.open(path)
        self._open.append(written)
        for source in sources:
            stale = outdated(written, source)
            if stale:
                written.mark(stale, Standing.STALE)
        read = Library.open(path)
        self._open.append(read)
        read.freeze()  # so that what is found does not depend on what is kept meanwhile, by whomever
        self._shelf = Shelf(read)
        self._keeper = Keeper(written, sources, f"run {uuid.uuid4().hex[:12]}")

    def __enter__(self) -> Lending:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def policies(self, policies: PolicyFactory) -> PolicyFactory:
        shelf = self._shelf
        return policies if shelf is None else lambda barred: with_library(policies(barred), shelf, barred)

    def see(self, event: ProvingEvent) -> Iterator[str]:
        """Keep what the event proves, before anyone is told of it. Answers what to say of trouble."""
        if isinstance(event, Finished) and event.result.status is Status.PROVED:
            self._proved.append(event.result)
        if self._keeper is not None:
            try:
                self._keeper.see(event)
            except LibraryError as error:
                yield self._given_up(error)
        if self._shelf is not None and self._shelf.trouble is not None:
            yield self._given_up(self._shelf.trouble)

    def lift(self, pools: GatewayFactory) -> Iterator[str]:
        """Make theorems of the lemmas that the written proofs bring. Answers what there is to say of trouble.
        Raises `ProverError`."""
        if self._shelf is None or not any(
            result.proof and LEMMA.search(result.proof) for result in self._proved
        ):
            return
        with closing(pools()) as pool:
            for result in self._proved:
                if result.proof is None or not LEMMA.search(result.proof):
                    continue
                source, name = read_source(result.theorem.file), result.theorem.declaration.name
                declaration = next((each for each in source.declarations if each.name == name), None)
                gateway = pool.for_source(source)
                done = declaration and lift(source, declaration, result.proof, self._shelf.library, gateway)
                if not done:
                    yield f"{result.theorem.file}: {name}: its lemmas stay inside its proof"

    def _given_up(self, error: LibraryError) -> str:
        if self._shelf is not None:
            self._shelf.trouble = error
        self._shelf = self._keeper = None
        return _going_on(error)

    def _end(self) -> None:
        for library in self._open:
            library.close()
        self._open.clear()


def _going_on(error: LibraryError) -> str:
    return f"{error}. Going on without it"
