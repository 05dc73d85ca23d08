"""What a file imports from its own package, as text: the declarations of those modules that lie beside it.

A module `A.B` is looked for as `A/B.lean`, in the file's folder and those above it up to its Lake package.
What is not there (Lean's own modules, dependencies) or can't be read is left out, and so are private
declarations, and theorems with holes: no proof may rest on them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from prover.lean.declarations import Declared, declarations
from prover.lean.lexis import Kind, Lines, Token, tokens, words
from prover.types import Declaration

LAKE_FILES = ("lakefile.toml", "lakefile.lean")
"""One of these lies in the root of a Lake package."""

MOST_FILES = 100
"""Those that are imported from nearest are read."""

_MODIFIERS = words("public meta all runtime")


def header(found: Sequence[Token]) -> tuple[int, tuple[str, ...]]:
    """How many tokens the header of a file has, and the modules it imports."""
    imports: list[str] = []
    end = 0
    while end < len(found) and found[end].text in ("module", "prelude"):
        end += 1
    while True:
        i = end
        while i < len(found) and found[i].text in _MODIFIERS:
            i += 1
        if i == len(found) or found[i].text != "import":
            return end, tuple(imports)
        i += 1
        while i + 1 < len(found) and found[i].text in _MODIFIERS and not found[i + 1].first:
            i += 1
        if i == len(found) or found[i].kind is not Kind.WORD:
            return end, tuple(imports)
        imports.append(found[i].text)
        end = i + 1


def imported(path: Path, modules: Sequence[str]) -> tuple[Declaration, ...]:
    """The declarations of these modules and of those that they import in turn, the nearest import last."""
    roots = list(_roots(path.resolve().parent)) if modules else []
    pending, seen = deque(reversed(modules)), {path.resolve()}
    found: list[tuple[Declaration, ...]] = []
    while pending and len(found) < MOST_FILES:
        file = _file(roots, pending.popleft())
        if file is None or file in seen:
            continue
        seen.add(file)
        try:
            state = file.stat()
            further, declared = _read(file, state.st_mtime_ns, state.st_size)
        except (OSError, UnicodeDecodeError):
            continue
        pending.extend(reversed(further))
        found.append(declared)
    return tuple(declaration for declared in reversed(found) for declaration in declared)


def _roots(folder: Path) -> Iterator[Path]:
    """Where modules of the package may lie: up to its Lake file; in the folder alone where there is none."""
    above = [folder, *folder.parents]
    top = next(
        (at for at, each in enumerate(above) if any((each / name).is_file() for name in LAKE_FILES)), 0
    )
    yield from above[: top + 1]


def _file(roots: Sequence[Path], module: str) -> Path | None:
    parts = [part.strip("«»") for part in module.split(".")]
    if any(not part or "/" in part or part.startswith(".") for part in parts):
        return None
    places = (root.joinpath(*parts[:-1], f"{parts[-1]}.lean") for root in roots)
    return next((place.resolve() for place in places if place.is_file()), None)


@lru_cache(maxsize=256)
def _read(file: Path, changed: int, size: int) -> tuple[tuple[str, ...], tuple[Declaration, ...]]:
    text = file.read_bytes().decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    found = tokens(text)
    end, modules = header(found)
    declared = declarations(text, found[end:], Lines(text))
    return modules, tuple(each.declaration for each in declared if _is_of_use(each))


def _is_of_use(declared: Declared) -> bool:
    said = [token.text for token in declared.tokens]
    is_open = declared.declaration.kind in ("theorem", "lemma") and "sorry" in said
    return not is_open and "private" not in said[: declared.keyword]
