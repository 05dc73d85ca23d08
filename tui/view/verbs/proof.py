"""The verbs of a proof: preview, write, copy, shorten."""

from __future__ import annotations

from prover.errors import ProverError
from tui.state.holes import Phase
from tui.view.bench import Bench
from tui.view.dialogs import Preview


class ProofVerbs(Bench):
    def action_preview(self) -> None:
        hole = self.hole
        if hole is None or hole.proof is None:
            self.notify("There is no proof yet; the pane Proof shows how far it is")
            return

        def answered(word: str | None) -> None:
            match word:
                case "write":
                    self.action_write()
                case "copy":
                    self.action_copy()
                case "shorter":
                    self.action_shorter()

        self.app.push_screen(Preview(hole), answered)

    def action_write(self) -> None:
        if self.hole is None:
            return
        if self.hole.written is not None:
            self.notify("This proof is in the file")
            return
        try:
            self.workshop.write(self.hole)
        except ProverError as error:
            self.notify(str(error), severity="error", timeout=10)
        else:
            self.notify(f"Written into {self.hole.theorem.file.name}")
        self.show_all()

    def action_copy(self) -> None:
        if self.hole is not None and self.hole.proof is not None:
            self.app.copy_to_clipboard(self.hole.proof.text)
            self.notify("Copied, where the terminal allows it")
        else:
            self.notify("There is no proof to copy yet")

    def action_shorter(self) -> None:
        if self.hole is None or not self.hole.solved:
            self.notify("A proof comes first: s starts the search")
        elif self.hole.phase is Phase.IDLE:
            self.workshop.searches.shorten(self.hole)
            self.show_standing()
