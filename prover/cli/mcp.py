"""`prover mcp`: the Model Context Protocol server, on standard input and output."""

from __future__ import annotations

from pathlib import Path

import click

from prover.cli.serving import library_options, library_path
from prover.config import load_settings


@click.command()
@click.option("--write", is_flag=True, help="Let it put certified proofs into files, too.")
@library_options
def mcp(write: bool, db: str | None, no_library: bool) -> None:
    """Serve an AI assistant: the Model Context Protocol on standard input and output.

    \b
    Its tools: check_file, goals, try_tactics, prove_hole, prove_statement, search_lemmas, and
    with --write write_proof, the only one that writes a file.

    \b
    An assistant's configuration:
        {"mcpServers": {"prover": {"command": "prover", "args": ["mcp"]}}}
    """
    from prover.editor.mcp import server  # late, so that help is fast

    server(load_settings(Path.cwd()), library_path(db, no_library), write).run()
