"""Nights as they come out of a store, made up: small ones, large ones, and hostile ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from prover.batch.records import (
    Attempt,
    Failure,
    FileRecord,
    HoleRecord,
    HoleStatus,
    LemmaRecord,
    Limits,
    Night,
    Plan,
    Point,
    Session,
    WorkerEvent,
)

FOLDER = Path("/home/someone/theory")
PLAN = Plan(
    paths=("Theory",),
    folder=str(FOLDER),
    policy="fixed",
    strategy="best-first",
    seed=0,
    lean="auto",
    workers=2,
    ray=None,
    first=16,
    window=16,
    memory=3_000_000_000,
    library=None,
    write=False,
    branch=None,
    limits=Limits(seconds=8 * 3600.0),
    prover="0.1.0",
)
_NAMES = tuple(
    f"{one}_{other}"
    for one in ("append", "map", "rev", "sorted", "count", "height")
    for other in ("nil", "assoc", "insert", "comm", "mirror")
)
_STATUSES = (
    [HoleStatus.PROVED] * 58
    + [HoleStatus.OPEN] * 30
    + [HoleStatus.FALSE] * 5
    + [HoleStatus.CONDITIONAL] * 4
    + [HoleStatus.ASIDE, HoleStatus.INVALID, HoleStatus.ERROR]
)
_STATEMENT = (
    "theorem {name} {{α : Type}} (xs ys zs : List' α) :\n    rev (append (rev xs) (append ys zs)) = {name} xs"
)
_GOAL = (
    "case cons\nα : Type\nx : α\nxs ys zs : List' α\n"
    "ih : rev (append (rev xs) (append ys zs)) = append (rev (append ys zs)) xs\n"
    "⊢ rev (append (append (rev xs) (cons x nil)) (append ys zs)) = append (rev (append ys zs)) (cons x xs)"
)


def hole(
    number: int, name: str, status: HoleStatus, file: Path = FOLDER / "Theory/Lists.lean", **more: object
) -> HoleRecord:
    statement = _STATEMENT.format(name=name)
    proof = "induction xs <;> simp_all [rev, append]" if status is HoleStatus.PROVED else None
    values: dict[str, object] = {
        "number": number,
        "file": file,
        "place": number - 1,
        "name": name,
        "line": 10 * number,
        "column": 3,
        "statement": statement,
        "status": status,
        "proof": proof,
        "declaration": f"{statement} := by\n  {proof}" if proof else "",
        "axioms": ("propext",) if proof else (),
        "needs": (),
        "lemmas": (),
        "known": (),
        "counterexample": "xs = cons 0 nil, ys = cons 1 nil" if status is HoleStatus.FALSE else None,
        "message": "",
    }
    return HoleRecord(**{**values, **more})  # type: ignore[arg-type]


def attempt(number: int, of: int, round_: int, at: float, outcome: HoleStatus, **more: object) -> Attempt:
    opened = outcome is HoleStatus.OPEN
    budget = 16 * 2 ** (round_ - 1)
    failure = Failure(_GOAL, "grind [rev, append]", "tactic", "`grind` failed\ncase grind\nα : Type")
    timeout = Failure(
        _GOAL, "simp_all [rev, append, append_assoc]", "timeout", "maximum number of heartbeats"
    )
    values: dict[str, object] = {
        "number": number,
        "hole": of,
        "round": round_,
        "worker": f"w{number % 2 + 1}",
        "began": "2026-01-30T22:00:00+00:00",
        "at": at,
        "budget": budget,
        "continued": round_ > 1,
        "outcome": outcome,
        "stop": "tactics budget" if opened else outcome.value,
        "seconds": budget / 4,
        "lean": budget / 5,
        "tactics": budget if opened else budget // 2,
        "expansions": budget // 8,
        "tokens": 0,
        "usd": 0.0,
        "policy": "fixed",
        "message": "",
        "partial": "induction xs with\n  | nil => simp [rev]\n  | cons x xs ih => sorry" if opened else None,
        "goals": (_GOAL,) if opened else (),
        "failures": (failure, timeout) if opened else (),
        "lemmas": 0,
    }
    return Attempt(**{**values, **more})  # type: ignore[arg-type]


def night(
    holes: Sequence[HoleRecord],
    attempts: Sequence[Attempt] = (),
    lemmas: Sequence[LemmaRecord] = (),
    events: Sequence[WorkerEvent] = (),
    sessions: Sequence[Session] | None = None,
    folder: Path = FOLDER / "night-2026-01-30",
) -> Night:
    status = {each.number: each.status for each in holes}
    point, points = Point(0.0, 0, 0, 0.0, 0, 0), []
    for each in attempts:
        point = Point(
            each.at,
            point.tactics + each.tactics,
            point.tokens + each.tokens,
            point.usd + each.usd,
            point.solved + (each.outcome is HoleStatus.PROVED),
            point.false + (each.outcome is HoleStatus.FALSE),
        )
        points.append(point)
    if sessions is None:
        end = attempts[-1].at if attempts else 0.0
        began, ended = "2026-01-30T22:00:00+00:00", "2026-01-31T06:00:00+00:00"
        sessions = (Session(1, 2, began, ended, end, "the time is up"),)
    files = tuple(
        FileRecord(number, path, b"", "")
        for number, path in enumerate(dict.fromkeys(h.file for h in holes), 1)
    )
    assert len(status) == len(holes)
    return Night(
        folder,
        PLAN,
        tuple(sessions),
        files,
        tuple(holes),
        tuple(attempts),
        tuple(lemmas),
        tuple(events),
        tuple(points),
    )


def large_night(count: int) -> Night:
    """So many holes of every kind, some rounds, two models, a few deaths."""
    drawing = random.Random(7)
    holes: list[HoleRecord] = []
    attempts: list[Attempt] = []
    lemmas: list[LemmaRecord] = []
    at = 0.0
    for number in range(1, count + 1):
        status = drawing.choice(_STATUSES)
        name = f"Theory.{drawing.choice(_NAMES)}_{number}"
        file = FOLDER / f"Theory/{('Lists', 'Trees', 'Numbers', 'Sorting')[number * 4 // (count + 1)]}.lean"
        more: dict[str, object] = {}
        if status is HoleStatus.ASIDE:
            more["message"] = "its worker died three times"
        if status is HoleStatus.CONDITIONAL:
            more |= {"proof": "exact open_one xs", "needs": (holes[-1].name,) if holes else ()}
        if status is HoleStatus.PROVED and lemmas and drawing.random() < 0.2:
            more["lemmas"] = (lemmas[-1].number,)
        holes.append(hole(number, name, status, file, **more))
    order = [(drawing.random() * drawing.choice((1, 2, 4)), each) for each in holes]
    for _, each in sorted(order, key=lambda pair: (pair[0], pair[1].number)):
        if each.status in (HoleStatus.INVALID, HoleStatus.ERROR):
            continue
        rounds = 5 if each.status is HoleStatus.OPEN else drawing.choice((1, 1, 1, 2, 3))
        for round_ in range(1, rounds + 1):
            last = round_ == rounds
            outcome = each.status if last else HoleStatus.OPEN
            at += drawing.random() * 90
            model = {"policy": "api:big-model", "tokens": 12_000, "usd": 0.031} if round_ > 3 else {}
            goals = (_GOAL,) * drawing.choice((1, 1, 2, 3)) if outcome is HoleStatus.OPEN else ()
            attempts.append(
                attempt(len(attempts) + 1, each.number, round_, at, outcome, **{**model, "goals": goals})
            )
        if each.status is HoleStatus.PROVED:
            helped = tuple(
                h.number for h in holes if h.status is HoleStatus.PROVED and drawing.random() < 0.004
            )
            lemmas.append(
                LemmaRecord(
                    len(lemmas) + 1,
                    each.number,
                    f"{each.name}_lemma",
                    "goal",
                    "(xs : List' α) : append xs nil = xs",
                    helped,
                )
            )
    events = [
        WorkerEvent(
            600.0 * n,
            "2026-01-30T23:00:00+00:00",
            f"w{n % 2 + 1}",
            "died",
            "signal 9 (killed from outside)",
            n * 3,
        )
        for n in range(1, 4)
    ]
    return night(holes, attempts, lemmas, events)


HOSTILE = (
    "<script>alert(1)</script>",
    "</code></pre></details></main><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "{{ 7 * 7 }}{% raw %}",
    "`` ``` ~~~\n# heading\n- [x](javascript:alert(1)) @someone #1",
    "a\u202eb\u0000c\u200b\ud800",
    "</style><style>*{display:none}",
    "<!-- ]]>",
)
"""Texts that a file, Lean or a model might say, and that want to be more than text."""


def hostile_night() -> Night:
    """Every text of it is one of `HOSTILE`."""
    holes, attempts = [], []
    for number, text in enumerate(HOSTILE, 1):
        for offset, status in enumerate(HoleStatus):
            key = number * 10 + offset
            texts: dict[str, object] = {
                "statement": text, "proof": text, "declaration": text, "axioms": (text,), "needs": (text,),
                "known": (text,), "counterexample": text, "message": text,
            }  # fmt: skip
            holes.append(hole(key, text, status, FOLDER / "x.lean", **texts))
            said = Failure(text, text, text, text)
            outcome = HoleStatus.OPEN if status is not HoleStatus.PROVED else status
            more: dict[str, object] = {
                "worker": text, "stop": text, "policy": text, "message": text, "partial": text,
                "goals": (text, text), "failures": (said,),
            }  # fmt: skip
            attempts.append(attempt(key, key, 1, float(key), outcome, **more))
    lemmas = [
        LemmaRecord(number, 10, text, text, text, (20, 30) if number % 2 else ())
        for number, text in enumerate(HOSTILE, 1)
    ]
    events = [WorkerEvent(1.0, text, text, "died", text, 10) for text in HOSTILE]
    sessions = [Session(1, 2, "2026-01-30T22:00:00+00:00", "", 90.0, text) for text in HOSTILE]
    return night(holes, attempts, lemmas, events, sessions)
