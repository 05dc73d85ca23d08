"""How a night stands, cheap enough to ask every second, while it works or after."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from prover.batch.heart import Doing, is_at_work, last_beat
from prover.batch.reading import fit_from
from prover.batch.records import HoleStatus, Limits
from prover.batch.store import reading
from prover.events import Json


@dataclass(frozen=True, slots=True)
class NightStatus:
    """`holes` counts them by their status. `why` says how the last session ended: empty while one works, and
    where it was killed. `models` counts those that were fitted and are asked; `fitting`: one is being fitted.
    `when` is the last heartbeat, None where there was none."""

    folder: str
    at_work: bool
    why: str
    seconds: float
    holes: dict[str, int]
    tactics: int
    tokens: int
    usd: float
    lemmas: int
    models: int
    fitting: bool
    round: int
    limits: Limits
    doing: tuple[Doing, ...]
    when: str | None

    @property
    def total(self) -> int:
        return sum(self.holes.values())

    def count(self, status: HoleStatus) -> int:
        return self.holes.get(status.value, 0)


def read_status(folder: Path) -> NightStatus:
    """Raises `NightError`."""
    at_work = is_at_work(folder)
    beat = last_beat(folder)
    with reading(folder) as (plan, db):
        ((seconds,),) = db.execute("SELECT coalesce(sum(seconds), 0) FROM sessions")
        last = db.execute("SELECT why FROM sessions ORDER BY number DESC LIMIT 1").fetchone()
        ((tactics, tokens, usd),) = db.execute(
            "SELECT coalesce(sum(tactics), 0), coalesce(sum(tokens), 0), coalesce(sum(usd), 0) FROM attempts"
        )
        ((lemmas,),) = db.execute("SELECT count(*) FROM lemmas")
        models = sum(fit_from(content).used for (content,) in db.execute("SELECT content FROM fits"))
        ((fitting,),) = db.execute("SELECT count(*) FROM items WHERE kind = 'learn' AND ended IS NULL")
        holes = dict(db.execute("SELECT status, count(*) FROM holes GROUP BY status"))
    return NightStatus(
        folder=str(folder),
        at_work=at_work,
        why="" if at_work or last is None else last[0],
        seconds=round(beat.at if at_work and beat else seconds, 1),
        holes=holes,
        tactics=tactics,
        tokens=tokens,
        usd=usd,
        lemmas=lemmas,
        models=models,
        fitting=at_work and fitting > 0,
        round=beat.round if beat else 0,
        limits=plan.limits,
        doing=beat.doing if beat and at_work else (),
        when=beat.when if beat else None,
    )


def as_json(status: NightStatus) -> dict[str, Json]:
    return asdict(status)
