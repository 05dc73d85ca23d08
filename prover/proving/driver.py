"""The driver: many files, many holes, several workers.

    proving = Proving(jobs, pools, policies, settings)
    for event in proving.events():
        ...                          # and `proving.stop()`, from a signal handler if need be, ends it early

All state is kept here, in the thread that iterates; workers get tasks and send messages. Under a budget of
tactics the results are the same for any number of workers.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from types import MappingProxyType

from prover.config import Settings
from prover.errors import InputError, LeanUnavailable
from prover.policy.protocols import PolicyFactory
from prover.proving.helping import Helping
from prover.proving.results import FileTrouble, Finished, ProvingEvent, Searching
from prover.proving.tasks import Broken, Help, Job, Try
from prover.proving.waves import FileWork, Recordings
from prover.proving.workers import (
    PATIENCE,
    Done,
    Fatal,
    GatewayFactory,
    Message,
    Progress,
    Stopped,
    Worker,
)
from prover.proving.writing import ProofWriter
from prover.types import Status


class Proving:
    """One run. With `write`, each certified proof is in its file before it is told of. Searches go on where
    those of `recordings` end.

    A file that can't be used or written costs itself a `FileTrouble`, and the run goes on.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        pools: GatewayFactory,
        policies: PolicyFactory,
        settings: Settings,
        write: bool = False,
        recordings: Recordings = MappingProxyType({}),
    ) -> None:
        self._files = [FileWork(job, settings, recordings) for job in jobs]
        self._writers = {job.source.path: ProofWriter(job.source) for job in jobs} if write else {}
        self._outbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stopping = False
        self._fatal: LeanUnavailable | None = None
        self._workers = [
            Worker(pools(), policies, self._outbox, lambda: self._stopping) for _ in range(settings.jobs)
        ]
        self._idle = list(self._workers)
        self._at: dict[Worker, FileWork] = {}
        self._helping = Helping()

    def stop(self) -> None:
        """End the run soon: what is certified is kept and told, the rest is left."""
        self._stopping = True
        self._outbox.put(Stopped())

    def events(self) -> Generator[ProvingEvent, None, None]:
        """Work, once. Closing this stops it like `stop`, but tells nothing more.

        Raises `LeanUnavailable`, after everything else has been told.
        """
        for worker in self._workers:
            worker.start()
        try:
            yield from self._work()
        finally:
            self._end_workers()
            rest = list(self._rest())
        yield from rest
        if self._fatal is not None:
            raise self._fatal

    def _work(self) -> Iterator[ProvingEvent]:
        while not self._stopping:
            for file in [file for file in self._files if not file.advance()]:
                self._files.remove(file)
                yield from self._tell(file.conclude(interrupted=False))
            if not self._files:
                return
            self._assign()
            yield from self._hear(self._outbox.get())

    def _assign(self) -> None:
        """Give each idle worker a task, of the file that it was at where possible. Those for whom there is
        none help with searches that go on for long."""
        for worker in list(self._idle):
            files = [file for file in self._files if file.waiting]
            if not files:
                break
            last = self._at.get(worker)
            file = min(files, key=lambda file: (file is not last, file.out))
            file.out += 1
            self._at[worker] = file
            self._idle.remove(worker)
            task = file.waiting.popleft()
            if isinstance(task, Try):
                self._helping.begin(task)
            worker.assign(task)
        if any(file.waiting for file in self._files):
            self._helping.send_away()
            return
        for worker in list(self._idle):
            search = self._helping.choose()
            if search is None:
                break
            self._idle.remove(worker)
            worker.assign(Help(search))

    def _hear(self, message: Message) -> Iterator[ProvingEvent]:
        match message:
            case Progress(_, theorem, event):
                self._helping.note(theorem, event)
                yield Searching(theorem, event)
            case Done(worker, task, answer):
                self._idle.append(worker)
                self._helping.end(task, answer)
                if not isinstance(task, Help):
                    yield from self._tell(self._at[worker].record(task, answer))
            case Fatal(error):
                self._fatal = error
                self.stop()
            case Stopped():
                pass

    def _end_workers(self) -> None:
        self._stopping = True
        self._helping.close()
        for worker in self._workers:
            worker.dismiss()
        deadline = time.monotonic() + PATIENCE
        for worker in self._workers:
            worker.end(max(0.0, deadline - time.monotonic()))

    def _rest(self) -> Iterator[ProvingEvent]:
        """What came while the workers ended, and what was held back. A failure now comes of the ending."""
        with suppress(queue.Empty):
            while True:
                message = self._outbox.get_nowait()
                if isinstance(message, Done) and not isinstance(message.answer, Broken):
                    yield from self._hear(message)
        for file in self._files:
            yield from self._tell(file.conclude(interrupted=True))

    def _tell(self, events: Iterable[ProvingEvent]) -> list[ProvingEvent]:
        """The events, after what is to be written because of them is written."""
        told = list(events)
        troubles = [self._write(event) for event in told if isinstance(event, Finished)]
        return [*told, *(trouble for trouble in troubles if trouble is not None)]

    def _write(self, event: Finished) -> FileTrouble | None:
        result = event.result
        writer = self._writers.get(result.theorem.file)
        if writer is None or result.status is not Status.PROVED or result.proof is None:
            return None
        try:
            writer.add(result.theorem.hole, result.proof)
        except InputError as error:
            del self._writers[result.theorem.file]
            return FileTrouble(result.theorem.file, str(error), refused=True)
        return None
