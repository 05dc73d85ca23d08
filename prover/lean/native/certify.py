"""A native Lean's certificate: the file with the proofs in it, compiled afresh, beside that with its holes.

Two processes, so that nothing a proof does while it is elaborated can touch the judgement: one compiles the
file with the proofs, another reads what was compiled, has the kernel check it again, and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.lean.certificate import Message, judge, new_errors, rejected
from prover.lean.native.elaborate import Elaborated, elaborate
from prover.lean.native.examine import Range, Report, examine
from prover.lean.native.texts import Edited, Ruler, with_names, with_proofs
from prover.lean.native.workshop import Workshop
from prover.lean.source import Source
from prover.types import Declaration, Hole, Verdict


@dataclass(frozen=True, slots=True)
class Baseline:
    """The file with its holes. `named` is what `compiled` was made from; a file with errors has none."""

    source: Source
    errors: tuple[Message, ...]
    named: Edited
    compiled: Path | None

    @classmethod
    def elaborate(cls, workshop: Workshop, source: Source) -> Baseline:
        named = with_names(source)
        real = elaborate(workshop, source.text)
        compiled = elaborate(workshop, named.text).compiled if named.edits else real.compiled
        return cls(source, tuple(real.errors), named, compiled)


def certify(workshop: Workshop, baseline: Baseline, proofs: Mapping[Hole, str]) -> dict[Hole, Verdict]:
    """A verdict for each proof, in the presence of the others that are not rejected."""
    if baseline.compiled is None:
        first = baseline.errors[0].text.splitlines()[0] if baseline.errors else "an example can't have a name"
        why = f"Lean compiles no file with errors, and this one has its own: {first}"
        return dict.fromkeys(proofs, rejected(why))
    if not proofs:
        return {}
    candidate = _Candidate.elaborate(workshop, baseline, proofs)
    verdicts = candidate.refusals()
    if candidate.compiled is not None and not verdicts:
        places = [candidate.place(candidate.declaration(hole)) for hole in proofs]
        report = examine(workshop, baseline.compiled, candidate.compiled, places)
        return candidate.verdicts(report)
    left = {hole: proof for hole, proof in proofs.items() if hole not in verdicts}
    return {**verdicts, **certify(workshop, baseline, left)}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The file with proofs. `messages` are about `edited`, which has names for examples."""

    baseline: Baseline
    proofs: Mapping[Hole, str]
    edited: Edited
    ruler: Ruler
    messages: tuple[Message, ...]
    compiled: Path | None

    @classmethod
    def elaborate(cls, workshop: Workshop, baseline: Baseline, proofs: Mapping[Hole, str]) -> _Candidate:
        edited = with_proofs(baseline.named, proofs)
        text = edited.text
        real = baseline.source.replaced(proofs)
        result = Elaborated((), None)
        if text != real:
            result = elaborate(workshop, real)
        if not result.errors:
            result = elaborate(workshop, text)
        return cls(baseline, proofs, edited, Ruler(text), result.messages, result.compiled)

    def declaration(self, hole: Hole) -> Declaration:
        return next(each.declaration for each in self.baseline.source.theorems if each.hole == hole)

    def place(self, declaration: Declaration) -> Range:
        """Where a declaration of the file is now."""
        span = declaration.span
        start, end = (self.edited.moved(self.baseline.named.moved(at)) for at in (span.start, span.end))
        return self.ruler.mark(start), self.ruler.mark(end)

    def refusals(self) -> dict[Hole, Verdict]:
        """The proofs that have an error in their declaration; all, where an error is elsewhere."""
        errors = new_errors(self.baseline.errors, self.messages)
        found: dict[Hole, Verdict] = {}
        for hole in self.proofs:
            own = [error for error in errors if self._is_in(error, self.declaration(hole))]
            if own:
                found[hole] = rejected(own[0].text)
        if errors and not found:
            found = dict.fromkeys(self.proofs, rejected(f"it breaks a later declaration: {errors[0].text}"))
        return found

    def verdicts(self, report: Report) -> dict[Hole, Verdict]:
        flaws = [*report.flaws, *self._moved_declarations(report)]
        if flaws:
            return dict.fromkeys(self.proofs, rejected(flaws[0]))
        verdicts = {}
        for hole, foundation in zip(self.proofs, report.foundations, strict=True):
            declaration = self.declaration(hole)
            says_sorry = any(m.says_sorry and self._is_in(m, declaration) for m in self.messages)
            other_holes = any(
                theorem.declaration == declaration and theorem.hole not in self.proofs
                for theorem in self.baseline.source.theorems
            )
            verdicts[hole] = judge(foundation, other_holes, says_sorry)
        return verdicts

    def _is_in(self, message: Message, declaration: Declaration) -> bool:
        start, end = self.place(declaration)
        return start <= (message.line, message.column) <= end

    def _moved_declarations(self, report: Report) -> list[str]:
        """A declaration must begin and end where it did, as far as the proofs let it; new ones must be parts
        of those that were proved. Else a proof has closed its theorem early."""
        before = Ruler(self.edited.original)
        for name, (start, end) in report.before.items():
            moved = [self.edited.moved(before.offset(mark)) for mark in (start, end)]
            expected = self.ruler.mark(moved[0]), self.ruler.mark(self.ruler.code_end(moved[1]))
            if report.after.get(name) != expected:
                return ["the proof changes where declarations begin and end"]
        changed = [self.place(self.declaration(hole)) for hole in self.proofs]
        for name, (start, end) in report.after.items():
            inside = any(outer[0] <= start and end <= outer[1] for outer in changed)
            if name not in report.before and not inside:
                return [f"the proof declares {name} besides"]
        return []
