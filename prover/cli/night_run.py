"""Beginning a night, going on with one, ending one."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

import prover
from lemmas.store import default_path
from prover.batch.heart import ask_to_stop, held, is_at_work
from prover.batch.models import require_learning
from prover.batch.records import HoleStatus, Limits, Plan
from prover.batch.shift import Changed, Event, Noted, Over, Shift
from prover.batch.start import FIRST, begin, fleet_for, window_for
from prover.batch.status import read_status
from prover.batch.store import NightStore
from prover.cli.amounts import parse_budget
from prover.cli.night import default_workers
from prover.cli.night_show import line
from prover.cli.run import ALL_PROVED, REFUSED, SOME_OPEN
from prover.cli.signals import stopped_by_signals
from prover.cli.targets import find_targets
from prover.config import Settings, load_settings
from prover.errors import INTERRUPTED, InputError
from prover.lean.connect import gateway_factory
from prover.policy.specs import policy_factory
from prover.proving import require_writable

DEFAULT_HOURS = 8.0
_STOP_SECONDS = 120.0
_LOG = "night.log"
_OPEN = (HoleStatus.OPEN, HoleStatus.CONDITIONAL, HoleStatus.ASIDE, HoleStatus.ERROR, HoleStatus.INVALID)


def begin_night(
    paths: tuple[str, ...],
    names: tuple[str, ...],
    out: str | None,
    write: bool,
    branch: str | None,
    detach: bool,
    workers: int | None,
    ray: str | None,
    memory: float,
    learn: bool,
    db: str | None,
    no_library: bool,
    until: str | None,
    hours: float | None,
    budgets: tuple[str, ...],
    cost: str | None,
    **given: Any,
) -> int:
    """Answers the exit status. Raises `ProverError`."""
    if no_library and db is not None:
        raise InputError("--db and --no-library exclude each other: give one of them")
    settings = dataclasses.replace(
        load_settings(Path.cwd()), **{name: value for name, value in given.items() if value is not None}
    )
    _require_means(settings, learn, ray)
    limits = limits_from(until, hours, budgets, cost)
    if limits == Limits():
        limits = Limits(seconds=DEFAULT_HOURS * 3600)
    targets = find_targets(paths, names)
    for error in targets.unreadable:
        click.echo(f"prover: {error}", err=True)
    if not targets.jobs:
        click.echo("nothing to prove", err=True)
        return REFUSED if targets.unreadable else ALL_PROVED
    for job in targets.jobs if write else ():
        require_writable(job.source.path)
    library = None if no_library else str((default_path() if db is None else Path(db)).absolute())
    bytes_each = int(memory * 2**30)
    count = workers or default_workers(bytes_each)
    plan = Plan(
        paths=paths,
        folder=str(Path.cwd()),
        policy=settings.policy,
        strategy=settings.strategy,
        seed=settings.seed,
        lean=settings.lean,
        workers=count,
        ray=ray,
        first=FIRST,
        window=window_for(count),
        memory=bytes_each,
        library=library,
        write=write,
        branch=branch,
        limits=limits,
        prover=prover.__version__,
        models=settings.models,
        learn=learn,
    )
    _require_cluster(ray)
    folder = Path(out or f"night-{datetime.now():%Y-%m-%d}")
    begin(folder, plan, targets.jobs)
    return _detached(folder) if detach else _work(folder)


def resume_night(
    folder: Path,
    workers: int | None,
    ray: str | None,
    detach: bool,
    until: str | None,
    hours: float | None,
    budgets: tuple[str, ...],
    cost: str | None,
) -> int:
    """Answers the exit status. Raises `ProverError`."""
    with NightStore.open(folder) as store, held(folder):
        plan, worked = store.plan, store.seconds()
        settings = Settings(policy=plan.policy, seed=plan.seed, lean=plan.lean, models=plan.models)
        _require_means(settings, plan.learn, ray)
        limits = limits_from(until, hours, budgets, cost)
        if limits.seconds is not None and hours is not None:
            limits = dataclasses.replace(limits, seconds=limits.seconds + worked)
        if limits != Limits():
            plan = dataclasses.replace(plan, limits=limits)
        elif plan.limits.until is not None and plan.limits.until <= time.time():
            raise InputError(f"{folder}: it is past its --until; give a new limit")
        elif plan.limits.seconds is not None and plan.limits.seconds <= worked:
            raise InputError(f"{folder}: its time is spent; give a new limit, like --hours 2")
        _require_cluster(ray)
        store.change(dataclasses.replace(plan, workers=workers or plan.workers, ray=ray or plan.ray))
    return _detached(folder) if detach else _work(folder)


def stop_night(folder: Path) -> None:
    """Returns when the night has ended. Raises `NightError`, and `InputError` where there is none to end."""
    read_status(folder)
    if not is_at_work(folder):
        raise InputError(f"{folder}: this night is not at work")
    ask_to_stop(folder)
    deadline = time.monotonic() + _STOP_SECONDS
    while is_at_work(folder):
        if time.monotonic() > deadline:
            raise InputError(f"{folder}: it has not ended in {_STOP_SECONDS:.0f} s; see {folder / _LOG}")
        time.sleep(0.2)


def limits_from(until: str | None, hours: float | None, budgets: Sequence[str], cost: str | None) -> Limits:
    """What the options say. Raises `InputError`."""
    amounts = parse_budget(budgets)
    if "expansions" in amounts:
        raise InputError("--budget: a night counts tactics, seconds, tokens and US dollars, not expansions")
    if cost is not None:
        if "usd" in amounts:
            raise InputError("--budget and --cost both limit the cost: give one of them")
        amounts["usd"] = _dollars(cost)
    if hours is not None:
        if "seconds" in amounts:
            raise InputError("--budget and --hours both limit the time: give one of them")
        amounts["seconds"] = hours * 3600
    return Limits(
        until=None if until is None else next_time(until, datetime.now()),
        seconds=amounts.get("seconds"),
        tactics=_whole(amounts.get("tactics")),
        tokens=_whole(amounts.get("tokens")),
        usd=amounts.get("usd"),
    )


def next_time(text: str, now: datetime) -> float:
    """When it will next be that time of day here, in seconds since 1970. Raises `InputError`."""
    try:
        time_of_day = datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise InputError(f"--until {text}: write a time of day, like 07:00") from None
    at = datetime.combine(now.date(), time_of_day)
    return (at if at > now else at + timedelta(days=1)).timestamp()


def _dollars(text: str) -> float:
    try:
        number = float(text.lower().removesuffix("usd"))
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise InputError(f"--cost {text}: write US dollars, like 20usd")
    return number


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _require_means(settings: Settings, learn: bool, ray: str | None) -> None:
    """Say it now if there is no such policy, Lean or torch, and not from each worker."""
    if learn and ray is not None:
        raise InputError("--learn and --ray exclude each other: a model is kept where the night is")
    if learn:
        require_learning(settings.policy)
    policy_factory(settings.policy, settings.seed, settings.models)
    gateway_factory(settings.lean)


def _require_cluster(address: str | None) -> None:
    if address is not None:
        from prover.batch.cluster import require_answer  # late: Ray is heavy

        require_answer(address)


def _detached(folder: Path) -> int:
    with (folder / _LOG).open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "prover", "night", "resume", str(folder.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    click.echo(f"at work in the background; `prover night status {folder} --follow` shows it")
    return 0


def _work(folder: Path) -> int:
    console = Console(stderr=True, highlight=False)
    with held(folder), NightStore.open(folder) as store:
        night = Shift(store, fleet_for(folder, store.plan))
        click.echo(f"{folder}: `prover night status {folder}` tells how it stands", err=True)
        with stopped_by_signals(night.stop) as signals, closing(night.events()) as events:
            for event in events:
                _tell(console, event)
    status = read_status(folder)
    click.echo(line(status))
    if signals:
        return INTERRUPTED
    return SOME_OPEN if any(status.count(each) for each in _OPEN) else ALL_PROVED


_STYLES = {HoleStatus.PROVED: "green", HoleStatus.FALSE: "magenta", HoleStatus.CONDITIONAL: "yellow"}


def _tell(console: Console, event: Event) -> None:
    match event:
        case Changed(theorem, status, _, said):
            more = f": {' '.join(said.split())}" if said else ""
            text = f"{theorem.file}:{theorem.hole.position} {theorem.name}: {status.value}{more}"
            console.out(text, style=_STYLES.get(status, "red"), highlight=False)
        case Noted(text):
            console.out(f"prover: {text}", style="red", highlight=False)
        case Over(why):
            console.out(f"the night has ended: {why}", highlight=False)
