"""The report as one HTML file: no network, no fonts, readable without its script.

All that comes from files, from Lean and from models is escaped; what could be seen as something else, or not
at all (control and direction characters), is shown by its number. The page's own policy lets nothing be
loaded, and no script run but its own.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import prover
from prover.batch.models import said_of
from prover.batch.records import HoleStatus
from prover.batch.report.curves import curves_of
from prover.batch.report.figures import Report
from prover.batch.report.words import capitalized, first_line, last_line, moment, money, seen
from prover.batch.store import now
from prover.words import counted, duration

_MOST_LEMMAS, _MOST_DEATHS = 200, 50
_SHOWN = (
    HoleStatus.PROVED,
    HoleStatus.CONDITIONAL,
    HoleStatus.FALSE,
    HoleStatus.OPEN,
    HoleStatus.ASIDE,
    HoleStatus.INVALID,
    HoleStatus.ERROR,
)
_MARKS = {HoleStatus.OPEN: "…", HoleStatus.CONDITIONAL: "↪", HoleStatus.ASIDE: "⚠"}


def as_html(report: Report) -> str:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.filters.update(
        seen=seen, counted=counted, duration=duration, money=money, moment=moment,
        first_line=first_line, last_line=last_line, capitalized=capitalized, said_of=said_of,
    )  # fmt: skip
    script = _own("page.js")
    proved = report.of(HoleStatus.PROVED)
    left = report.of(HoleStatus.CONDITIONAL, HoleStatus.OPEN, HoleStatus.ASIDE)
    refuted = report.of(HoleStatus.FALSE)
    other = report.of(HoleStatus.INVALID, HoleStatus.ERROR)
    curves = curves_of(report.curve, report.total)
    return environment.from_string(_own("page.html.j2")).render(
        report=report,
        name=report.night.folder.resolve().name,
        S=HoleStatus,
        shown=_SHOWN,
        rest=_SHOWN[1:],
        marks=_MARKS,
        curves=curves,
        proved=proved,
        refuted=refuted,
        open=left,
        other=other,
        helpful=[lemma for lemma in report.lemmas if lemma.helped],
        others=[lemma for lemma in report.lemmas if not lemma.helped],
        most_lemmas=_MOST_LEMMAS,
        most_deaths=_MOST_DEATHS,
        sections=[
            (key, text)
            for key, text, there in (
                ("curves", "How it went", curves),
                ("next", "Next", report.advice),
                ("proved", f"Proved {len(proved)}", proved),
                ("false", f"False {len(refuted)}", refuted),
                ("open", f"Open {len(left)}", left),
                ("other", "Not searched", other or report.refused),
                ("cost", "Cost", True),
                ("lemmas", "Lemmas", report.lemmas),
                ("workers", "Workers", True),
            )
            if there
        ],
        style=Markup(_own("page.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        written=now(),
        version=prover.__version__,
    )


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
