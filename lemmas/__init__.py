"""The lemma library: certified proofs, kept in one SQLite file, found again by the goal that they prove.

    with Library.open(path) as library:
        for lemma in library.by_key(goal_key(goal, symbols)):
            ...

The library believes nobody: what it answers are candidates, and Lean has the last word on each.
"""

from lemmas.records import Context, Draft, Kind, Lemma, Provenance, Standing
from lemmas.store import Library, default_path

__all__ = ["Context", "Draft", "Kind", "Lemma", "Library", "Provenance", "Standing", "default_path"]
