"""`prover lsp`: the language server, on standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from prover.cli.serving import library_options, library_path


@click.command()
@library_options
def lsp(db: str | None, no_library: bool) -> None:
    """Serve an editor: the Language Server Protocol on standard input and output.

    Runs beside Lean's own server. On a `sorry`, or where goals are left, it offers to prove it and to suggest
    tactics; over theorems with holes it shows how they stand. The README has settings for VS Code, Neovim,
    Emacs and Helix.

    Options are taken from `prover.toml`: `seconds`, `jobs`, `policy`, and `background = true` for hints at
    holes that a short search closes by itself.
    """
    from prover.editor.server import EditorServer  # late, so that help is fast

    library = library_path(db, no_library)
    wire = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not speak to the editor
    server = EditorServer(Path.cwd(), library)
    try:
        server.start_io(stdout=wire)
    finally:
        server.end()
