"""A native Lean's command lines, answered by the embedded Lean.

`lake`, `lean` and `elan` go on PATH. A `lean` that talks runs an embedded Lean of its own (that of
LEAN_STANDIN_ROOT) in its own process group; one that runs to its end asks the one warm embedded Lean of
`server.py`, so that tests are fast. They find the server in LEAN_STANDIN_SERVER, and write what they were
asked to LEAN_STANDIN_LOG. LEAN_STANDIN_HANGS makes one that should talk sleep, LEAN_STANDIN_TOO_OLD one that
compiles the REPL fail.
"""
