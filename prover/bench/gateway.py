"""How much the way to the embedded Lean costs, all of it measured in one run.

    for seen in measure(root):      # `Step`s while it works, then what was found
        ...

Closing the generator ends its Lean. Times are wall times of this machine, so only those of one run compare.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from prover.lean.dojo import StockDojo
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.images import image_of
from prover.lean.embedded.node import environment
from prover.lean.embedded.process import START_SECONDS, command
from prover.lean.marker import marked
from prover.lean.source import Source, parse_source
from prover.types import Advanced, Failed, Proved

STARTS = 3
OPENINGS = 40
RUNS = {"skip": 2000, "simp": 150, "omega": 75}
"""How often each tactic runs; through LeanDojo's transport, where each takes more than 50 ms, less often."""
STOCK_RUNS = {"skip": 100, "simp": 50, "omega": 50}
WARM_UP_SECONDS = 2.0
"""How long a tactic runs before it is measured: V8 compiles meanwhile what is called often."""
SAVING = "have saved := h"
"""A tactic whose state is one goal with one more hypothesis."""
CHECKPOINTS = (10, 100, 1_000, 10_000)
PROBES = 50

SLOW_MILLISECONDS = 5.0
"""From here on the way to Lean must not show."""

_STATEMENT = (
    "(a b c d e : Nat) (h : 3 * a + 2 * b < c) (k : c < d + e) (l : d < a) (m : e < 2 * a) (n : b > 5) :\n"
    "    2 * b < c ∧ a > 0 → False ∨ d + e > b := by\n  sorry\n"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is being measured now, and how far it is: `done` of `total`."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Measured:
    """`goal` is the most that `value` should be, or the least when `more_is_better`; None for no goal.

    `stock`: through LeanDojo's own transport, not ours.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False
    stock: bool = False

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Grown:
    """What a Lean is like that has saved so many states. Times are medians of a `skip`, memory is in MB."""

    states: int
    wall_milliseconds: float
    lean_milliseconds: float
    wasm: float
    resident: float


Seen = Step | Measured | Grown


def measure(root: Path) -> Generator[Seen, None, None]:
    """Needs the machine for itself for a minute or two. Raises `ProverError`."""
    source = parse_source(
        Path("Benchmark.lean"), "".join(f"theorem t{n} {_STATEMENT}\n" for n in range(OPENINGS)).encode()
    )
    yield from _starts(root, source)
    with closing(EmbeddedGateway(root, (), Limits())) as gateway:
        gateway.check(source)
        yield from _openings(gateway, source, "opening a theorem, warm")
        yield from _tactics(gateway, source)
        yield from _growth(gateway, source)
        yield from _openings(gateway, source, f"the same, {CHECKPOINTS[-1]:,} states later")
    yield from _stock(root, source)


def _starts(root: Path, source: Source) -> Iterator[Seen]:
    seconds = []
    for n in range(STARTS):
        yield Step("starting Lean", n, STARTS)
        begun = time.perf_counter()
        with (
            closing(EmbeddedGateway(root, (), Limits())) as gateway,
            gateway.open(source, source.theorems[0]),
        ):
            seconds.append(time.perf_counter() - begun)
    yield Measured("start to first state", median(seconds), "s", 3.0)


def _openings(gateway: EmbeddedGateway, source: Source, what: str) -> Iterator[Seen]:
    milliseconds = []
    for n, theorem in enumerate(source.theorems):
        yield Step("opening theorems", n, OPENINGS)
        begun = time.perf_counter()
        with gateway.open(source, theorem):
            milliseconds.append(1000 * (time.perf_counter() - begun))
    yield Measured(what, median(milliseconds), "ms", 20.0)
    yield Measured("  the slowest of them", max(milliseconds), "ms")


def _tactics(gateway: EmbeddedGateway, source: Source) -> Iterator[Seen]:
    with gateway.open(source, source.theorems[0]) as session:

        def run(tactic: str) -> float:
            outcome = session.run(session.root, tactic)
            assert not isinstance(outcome, Failed), outcome
            return outcome.lean_seconds

        yield from _timed(run, RUNS, stock=False)


def _stock(root: Path, source: Source) -> Iterator[Seen]:
    yield Step("starting Lean for LeanDojo's transport", 0, 1)
    theorem = source.theorems[0]
    text = source.replaced({theorem.hole: marked(source, theorem.hole, ())})
    with StockDojo(command(root, image_of(root, ())), environment(root), Path("/"), START_SECONDS) as dojo:
        state = dojo.open(text[: text.index("theorem t1")])

        def run(tactic: str) -> float:
            dojo.run_tac(state, tactic)
            return float(dojo.reply["ms"]) / 1000

        yield from _timed(run, STOCK_RUNS, stock=True)


def _timed(run: Callable[[str], float], runs: Mapping[str, int], stock: bool) -> Iterator[Seen]:
    """`run` runs a tactic and answers the seconds inside Lean."""
    for tactic, count in runs.items():
        yield Step(f"warming up for {tactic}", 0, 1)
        warm = time.perf_counter() + WARM_UP_SECONDS
        while time.perf_counter() < warm:
            run(tactic)
        wall = lean = 0.0
        for n in range(count):
            if n % 25 == 0:
                yield Step(f"{tactic}, LeanDojo's transport" if stock else tactic, n, count)
            begun = time.perf_counter()
            lean += run(tactic)
            wall += time.perf_counter() - begun
        if tactic == "skip":
            yield Measured(tactic, count / wall, "/s", 3000.0, more_is_better=True, stock=stock)
        slow = 1000 * lean / count >= SLOW_MILLISECONDS
        yield Measured(f"{tactic}: inside Lean", 1000 * lean / count, "ms", stock=stock)
        yield Measured(f"{tactic}: wall / inside Lean", wall / lean, "", 1.05 if slow else None, stock=stock)


def _growth(gateway: EmbeddedGateway, source: Source) -> Iterator[Seen]:
    grown: list[Grown] = []
    with gateway.open(source, source.theorems[0]) as session:
        for n in range(1, CHECKPOINTS[-1] + 1):
            if n % 100 == 1:
                yield Step("saving states", n, CHECKPOINTS[-1])
            outcome = session.run(session.root, SAVING)
            assert isinstance(outcome, Advanced), outcome
            if n in CHECKPOINTS:
                wall, lean = [], []
                for _ in range(PROBES):
                    begun = time.perf_counter()
                    outcome = session.run(session.root, "skip")
                    wall.append(time.perf_counter() - begun)
                    assert isinstance(outcome, Advanced | Proved)
                    lean.append(outcome.lean_seconds)
                wasm, resident = session.memory / 1e6, _resident() / 1e6
                grown.append(Grown(n, 1000 * median(wall), 1000 * median(lean), wasm, resident))
                yield grown[-1]
    yield from _for_each_thousand(grown)


def _for_each_thousand(grown: Sequence[Grown]) -> Iterator[Measured]:
    first, last = grown[0], grown[-1]
    thousands = (last.states - first.states) / 1000
    yield Measured("1,000 states, WebAssembly", (last.wasm - first.wasm) / thousands, "MB")
    yield Measured("1,000 states, resident", (last.resident - first.resident) / thousands, "MB")


def _resident() -> int:
    """Bytes, of the processes that this one has started: its Lean."""
    return sum(process.memory_info().rss for process in psutil.Process().children(recursive=True))
