"""The report as JSON, for another program, and as Markdown, for a chat or a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from prover.batch.models import said_of
from prover.batch.records import HoleStatus
from prover.batch.report.figures import HoleView, Report, shown_path
from prover.batch.report.words import capitalized, first_line, last_line, moment, money, seen
from prover.events import Json
from prover.words import counted, duration

VERSION = 1
_LENGTH = 60_000
"""Characters of Markdown: what a pull request takes."""
_MARKUP = re.compile(r"([\\`*_\[\]|~])")
_LINKED = re.compile(r"[@#]|://|www\.")
"""What chats and forges make a link or a mention of, wherever it is but in code."""


def as_json(report: Report) -> str:
    """`version` grows when a key changes its meaning or goes away."""
    night = report.night
    record: dict[str, Json] = {
        "version": VERSION,
        "folder": str(night.folder),
        "at_work": report.at_work,
        "state": report.state,
        "began": report.began,
        "ended": report.ended,
        "seconds": round(night.seconds, 3),
        "workers": report.workers,
        "total": report.total,
        "counts": {status.value: count for status, count in report.counts.items()},
        "tactics": report.tactics,
        "tokens": report.tokens,
        "usd": report.usd,
        "holes": [_hole(hole, night.plan.folder) for hole in report.holes],
        "curve": [asdict(point) for point in report.curve],
        "models": [{**asdict(row), "usd_each": row.usd_each} for row in report.models],
        "fits": [asdict(fit) for fit in night.fits],
        "lemmas": [
            {
                "name": lemma.record.name,
                "kind": lemma.record.kind,
                "statement": lemma.record.statement,
                "from": lemma.source,
                "helped": list(lemma.helped),
            }
            for lemma in report.lemmas
        ],
        "next_hour": [
            {
                "theorem": each.name,
                "hole": each.hole,
                "todo": each.todo,
                "reasons": list(each.reasons),
                "tactics": each.tactics,
                "seconds": round(each.seconds, 1),
                "in_time": each.in_time,
            }
            for each in report.advice
        ],
        "deaths": [{**asdict(each.event), "theorem": each.hole} for each in report.deaths],
        "replaced": report.replaced,
        "refused": {shown_path(file.path, night.plan.folder): file.refused for file in report.refused},
        "sessions": [asdict(session) for session in night.sessions],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def _hole(hole: HoleView, folder: str) -> dict[str, Json]:
    record = hole.record
    return {
        "hole": record.number,
        "theorem": record.name,
        "file": shown_path(record.file, folder),
        "line": record.line,
        "column": record.column,
        "statement": record.statement,
        "status": record.status.value,
        "proof": record.proof,
        "declaration": record.declaration,
        "axioms": list(record.axioms),
        "needs": list(record.needs),
        "lemmas": list(hole.lemmas),
        "counterexample": record.counterexample,
        "message": record.message,
        "why": hole.why,
        "partial": None if hole.best is None else hole.best.partial,
        "goals": [] if hole.best is None else list(hole.best.goals),
        "failures": [asdict(failure) for tried in hole.tried for failure in tried.failures],
        "attempts": [
            {
                "round": attempt.round,
                "budget": attempt.budget,
                "tactics": attempt.tactics,
                "seconds": attempt.seconds,
                "tokens": attempt.tokens,
                "usd": attempt.usd,
                "policy": attempt.policy,
                "outcome": attempt.outcome.value,
                "stop": attempt.stop,
            }
            for attempt in hole.attempts
        ],
        "tactics": hole.tactics,
        "seconds": round(hole.seconds, 3),
        "usd": hole.usd,
    }


def as_markdown(report: Report) -> str:
    """As much of it as a pull request takes, the proofs first."""
    parts, left = [_head(report)], _LENGTH
    left -= len(parts[0])
    for title, blocks in _sections(report):
        shown: list[str] = []
        total = 0
        for block in blocks:
            total += 1
            if len(block) + 200 <= left and len(shown) == total - 1:
                shown.append(block)
                left -= len(block)
        if not total:
            continue
        rest = [f"… and {total - len(shown)} more, in the page.\n"] if len(shown) < total else []
        parts.append("\n".join([f"\n## {title} ({total})\n", *shown, *rest]))
        left -= len(title) + 60
    return "\n".join(parts)


def _head(report: Report) -> str:
    counts = [f"**{report.counts[HoleStatus.PROVED]} of {report.total} proved**"]
    counts += [
        f"{count} {status.value}"
        for status, count in report.counts.items()
        if count and status is not HoleStatus.PROVED
    ]
    spent = f"in {duration(report.night.seconds)}, {counted(report.tactics, 'tactic')}"
    cost = f", {money(report.usd)}" if report.usd else ""
    began = f" Began {moment(report.began)}." if report.began else ""
    name = _text(report.night.folder.resolve().name)
    return f"# {name}\n\n{', '.join(counts)}, {spent}{cost}. {_text(capitalized(report.state))}.{began}\n"


def _sections(report: Report) -> Iterator[tuple[str, Iterator[str]]]:
    yield (
        "What the next hour would best be spent on",
        (
            f"{number}. {_code(each.name)}: {_text(each.todo)} ({_text('; '.join(each.reasons))})"
            for number, each in enumerate(report.advice, 1)
        ),
    )
    yield "False", map(_false, report.of(HoleStatus.FALSE))
    yield "Proved", map(_proved, report.of(HoleStatus.PROVED))
    yield "Open", map(_open, report.of(HoleStatus.CONDITIONAL, HoleStatus.OPEN, HoleStatus.ASIDE))
    yield (
        "Not searched",
        (
            f"- {_code(each.record.name)} {_code(each.place)}:"
            f" {_text(each.record.message or each.status.value)}"
            for each in report.of(HoleStatus.INVALID, HoleStatus.ERROR)
        ),
    )
    yield (
        "Models",
        (
            f"- {_code(row.policy)}: {row.proved} proofs in {counted(row.attempts, 'attempt')},"
            f" {counted(row.tactics, 'tactic')}, {counted(row.tokens, 'token')}, {money(row.usd)}"
            for row in report.models
        ),
    )
    yield "Models fitted", (f"- {_text(capitalized(said_of(fit)))}" for fit in report.night.fits)
    yield (
        "Lemmas that helped",
        (
            f"- {_code(lemma.record.name)} helped {', '.join(map(_code, lemma.helped))}"
            for lemma in report.lemmas
            if lemma.helped
        ),
    )
    yield (
        "Deaths of workers",
        (
            f"- after {duration(each.event.at)}: {_code(each.event.worker)}: {_text(each.event.why)}"
            f"{f', at {_code(each.hole)}' if each.hole else ''}"
            for each in report.deaths
        ),
    )


def _proved(hole: HoleView) -> str:
    return _folded(
        hole, counted(hole.tactics, "tactic"), _block(hole.record.declaration or hole.record.proof or "")
    )


def _false(hole: HoleView) -> str:
    example = hole.record.counterexample or "the statement is false as it stands"
    return f"- {_code(hole.record.name)} {_code(hole.place)}: {_code(example)}"


def _open(hole: HoleView) -> str:
    parts = [_text(f"{capitalized(hole.why)}.") if hole.why else ""]
    if hole.best is not None and hole.best.partial:
        parts += ["The best partial proof:", _block(hole.best.partial)]
    parts += [_block(last_line(goal)) for goal in hole.goals]
    failures = [failure for tried in hole.tried for failure in tried.failures]
    parts += [
        "\n".join(
            f"- {_code(first_line(each.tactic))}: {_text(each.reason)}: {_code(first_line(each.message))}"
            for each in failures
        )
    ]
    left = f"{counted(len(hole.goals) + hole.more_goals, 'goal')} left" if hole.goals else hole.status.value
    return _folded(hole, left, "\n\n".join(part for part in parts if part))


def _folded(hole: HoleView, note: str, body: str) -> str:
    summary = f"{_html(hole.record.name)} · {_html(hole.place)} · {_html(note)}"
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>\n"


def _block(code: str) -> str:
    """A fenced block whose fence is in none of its lines."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{fence}lean\n{seen(code)}\n{fence}"


def _code(text: str) -> str:
    """Inline code, on one line."""
    text = " ".join(seen(text).split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    blank = " " if text[:1] == "`" or text[-1:] == "`" or not text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _text(text: str) -> str:
    """Words, and no markup."""
    return _code(text) if _LINKED.search(text) else _html(_MARKUP.sub(r"\\\1", " ".join(text.split())))


def _html(text: str) -> str:
    return seen(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
