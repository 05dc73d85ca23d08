"""A native Lean's command lines, answered by the embedded Lean.

`lake`, `lean` and `elan` go on PATH. A `lean` that talks runs an embedded Lean of its own, in its own process
group; one that runs to its end asks the one warm embedded Lean of `server.py`, so that tests are fast. They find
the server in LEAN_STANDIN_SERVER, and write what they were asked to the file in LEAN_STANDIN_LOG.
"""
