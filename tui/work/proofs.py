"""The proofs of a workshop: put together from the tree, judged on the desk, written into the file."""

from __future__ import annotations

from prover.errors import FileChanged, InputError
from prover.types import Standing, Statistics
from tui.state.files import FileState
from tui.state.holes import Found, HoleState
from tui.state.scripts import events_of, proof_of, text_of
from tui.work.desk import Desk, Judge
from tui.work.journal import Journal
from tui.work.messages import Judged


class Proofs:
    def __init__(self, desk: Desk, journal: Journal) -> None:
        self._desk = desk
        self._journal = journal

    def put_together(self, hole: HoleState) -> None:
        """Have a proof certified that stands in the tree, unless there is one."""
        if not hole.forest.proved or hole.solved or hole.judging:
            return
        script = proof_of(hole.forest.roots[0])
        texts = tuple(text_of(hole.source, hole.theorem, script, shape) for shape in ("structured", "flat"))
        hole.judging = True
        hole.thoughts.add("All goals are closed: having Lean check the file with the proof")
        told = tuple(events_of(hole.theorem, hole.forest.roots[0]))
        spent = Statistics(tactics=hole.forest.tactics, seconds=hole.seconds)
        self._desk.ask(Judge(hole, texts, told, spent))

    def judge_again(self, hole: HoleState) -> None:
        """Have the newest proof certified in the file as it is now."""
        proof = hole.proof
        if hole.stale and proof is not None and not hole.judging:
            hole.judging = True
            self._desk.ask(Judge(hole, (proof.text,)))

    def judged(self, message: Judged) -> None:
        hole, verdict = message.hole, message.verdict
        hole.judging = False
        if hole.stale:
            hole.stale = False
            hole.found.clear()
        if verdict.standing is Standing.REJECTED:
            hole.thoughts.add(f"The proof does not stand in the file: {verdict.reason}")
            return
        hole.keep(message.text, verdict)
        self._journal.kept(hole, message.text, verdict, written=False)
        if verdict.standing is Standing.CERTIFIED:
            hole.thoughts.add("Lean's kernel accepts the proof; w writes it")
        else:
            hole.thoughts.add(f"The proof stands, but leans on {', '.join(verdict.assumes)}")

    def write(self, hole: HoleState, file: FileState) -> Found:
        """Put the certified proof into the file. Raises `InputError`, and leaves the file alone, when there
        is none, when the file was changed by somebody else, or when it can't be written."""
        proof = hole.proof
        if proof is None or proof.verdict.standing is not Standing.CERTIFIED:
            raise InputError("there is no certified proof to write")
        if hole.stale:
            self.judge_again(hole)
            raise InputError("the file may have changed since: Lean checks the proof again; then w writes it")
        try:
            file.write(hole.theorem.hole, proof.text)
        except FileChanged:
            file.changed = True
            raise FileChanged(
                f"{file.path.name} was changed on disk by somebody else: nothing was written; ctrl+r reads it"
                " again, what was found for unchanged theorems stays"
            ) from None
        hole.written = proof
        self._journal.kept(hole, proof.text, proof.verdict, written=True)
        self._journal.flush()
        return proof
