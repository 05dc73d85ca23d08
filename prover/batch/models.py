"""The models that a night fits: whether it can, where it keeps them, and what is said of them."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from prover.batch.records import Fit
from prover.errors import InputError, NightError
from prover.words import counted

BUILTIN = "builtin"
_CARD = "card.json"


def require_learning(policy: str) -> None:
    """Raises `InputError` where no model can be fitted that would take the place of this policy."""
    if policy != BUILTIN and (not policy.startswith(f"{BUILTIN}:") or "+" in policy):
        raise InputError(
            f"--learn fits the built-in kind of model, and the policy is `{policy}`: give --policy builtin"
        )
    if find_spec("torch") is None:
        raise InputError("--learn needs torch: pip install 'prover[train]'")


def model_of(night: Path, round_: int) -> Path:
    """The folder of the one that was fitted after that round."""
    return night / "models" / str(round_)


def require_model(night: Path, round_: int) -> None:
    folder = model_of(night, round_)
    if not (folder / _CARD).is_file():
        raise NightError(f"{folder}: the model that this night goes on with is gone; put it back")


def workshop_of(night: Path, round_: int) -> Path:
    """What a fit needs while it lasts, and goes on from."""
    return night / "models" / f"{round_}.fit"


def clear_workshop(night: Path, round_: int) -> None:
    shutil.rmtree(workshop_of(night, round_), ignore_errors=True)


def said_of(fit: Fit) -> str:
    """A sentence, without its end."""
    if not fit.steps:
        return f"after round {fit.round} no model could be fitted: {fit.message}"
    made = (
        f"after round {fit.round} a model was fitted to {counted(fit.goals, 'goal')} of"
        f" {counted(fit.proofs, 'proof')} in {counted(fit.steps, 'step')}"
    )
    (first_before, first), (among_before, among) = fit.first, fit.among
    good = (
        f"on {counted(fit.measured, 'goal')} left out, a tactic of the proof came first for {first:.0%}"
        f" ({first_before:.0%} before), among the first eight for {among:.0%} ({among_before:.0%} before)"
    )
    return f"{made}; {good}; {'used from then on' if fit.used else f'not used: {fit.message}'}"
