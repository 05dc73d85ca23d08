"""A Lean file as text: its imports, its declarations, its holes; and writing proofs into it.

source = read_source(path)
for theorem in source.theorems:
    ...
write_proofs(source, {theorem.hole: "by simp"})
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prover.errors import FileChanged, SourceError
from prover.lean.declarations import Declared, declarations
from prover.lean.imports import header, imported
from prover.lean.layout import Layout, layout
from prover.lean.lexis import Lines, tokens
from prover.lean.places import sites
from prover.types import Declaration, Hole, Span, Theorem

_BOM = "\ufeff"
_NOT_LEAN_SOURCES = frozenset(("lakefile.lean",))


@dataclass(frozen=True)
class Source:
    """A file as it was read.

    `text` is what Lean reads: `raw` decoded, without byte order mark, each `\\r\\n` a `\\n`; all offsets and
    positions refer to it. `header` spans the imports: the first command may start where it ends. `imported`
    are the declarations of the modules of its own package that it imports, directly or not. `theorems` has
    one for each hole, in the order of the file.
    """

    path: Path
    raw: bytes
    text: str
    header: Span
    imports: tuple[str, ...]
    imported: tuple[Declaration, ...] = field(repr=False)
    declarations: tuple[Declaration, ...]
    theorems: tuple[Theorem, ...]
    _layouts: tuple[Layout, ...] = field(repr=False, compare=False)  # one for each of `theorems`

    def layout(self, hole: Hole) -> Layout:
        """What stands around one of the file's holes."""
        return next(
            each for theorem, each in zip(self.theorems, self._layouts, strict=True) if theorem.hole == hole
        )

    def replaced(self, proofs: Mapping[Hole, str]) -> str:
        """`text` with the `sorry` of each hole replaced by the text given for it."""
        return _substituted(self.text, [(hole.span, proof) for hole, proof in proofs.items()])

    def declared(self, declaration: Declaration, proofs: Mapping[Hole, str]) -> str:
        """The text of one of its declarations, with these proofs for holes of it."""
        rest = len(self.text) - declaration.span.end
        text = self.replaced(proofs)[declaration.span.start :]
        return text[: len(text) - rest]


def read_source(path: Path) -> Source:
    """Raises `SourceError`."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder, not a Lean file")
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror})") from error
    return parse_source(path, raw)


def parse_source(path: Path, raw: bytes) -> Source:
    """The bytes of a file as a `Source`. Any UTF-8 text is one; raises `SourceError` for other bytes."""
    text = _decoded(path, raw).removeprefix(_BOM).replace("\r\n", "\n")
    lines = Lines(text)
    found = tokens(text)
    header_end, imports = header(found)
    around = imported(path, imports)
    declared = list(declarations(text, found[header_end:], lines))
    theorems = list(_theorems(path, declared, around, lines))
    return Source(
        path=path,
        raw=raw,
        text=text,
        header=Span(0, found[header_end - 1].end if header_end else 0),
        imports=imports,
        imported=around,
        declarations=tuple(each.declaration for each in declared),
        theorems=tuple(theorem for theorem, _ in theorems),
        _layouts=tuple(around for _, around in theorems),
    )


def find_sources(path: Path) -> list[Path]:
    """The Lean files that a path stands for: itself, or those of the folder and its folders, sorted.

    Leaves out hidden folders (`.lake` too) and `lakefile.lean`. Raises `SourceError` when there are none.
    """
    if path.is_file():
        return [path]
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    found: list[Path] = []
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        lean = (name for name in files if name.endswith(".lean") and name not in _NOT_LEAN_SOURCES)
        found.extend(Path(folder) / name for name in lean)
    if not found:
        raise SourceError(f"{path}: no .lean files in this folder")
    return sorted(found)


def write_proofs(source: Source, proofs: Mapping[Hole, str], expected: bytes | None = None) -> bytes:
    """Put each text in the place of its hole, in the real file, all of them or none. As `write_edits`."""
    return write_edits(source, [(hole.span, proof) for hole, proof in proofs.items()], expected)


def write_edits(source: Source, edits: Iterable[tuple[Span, str]], expected: bytes | None = None) -> bytes:
    """Replace spans of the text in the real file as `edited` does, all of them or none.

    Raises `FileChanged` when the file is no longer what was read, `SourceError` when it can't be written.
    """
    content = edited(source, edits)
    _replace_file(source, content, source.raw if expected is None else expected)
    return content


def edited(source: Source, edits: Iterable[tuple[Span, str]]) -> bytes:
    """The file with spans of its text replaced that don't overlap.

    Every byte outside them stays as it is; line ends inside a new text become those of the lines around it.
    """
    decoded = source.raw.decode("utf-8")
    returns = [match.start() for match in re.finditer("\r\n", decoded)]
    shift = len(_BOM) if decoded.startswith(_BOM) else 0
    removed = [at - shift - n for n, at in enumerate(returns)]  # where in the text each `\r` is missing

    def real(offset: int) -> int:
        return offset + shift + bisect_left(removed, offset)

    return _substituted(
        decoded,
        [
            (Span(real(span.start), real(span.end)), text.replace("\n", _line_end(decoded, real(span.start))))
            for span, text in edits
        ],
    ).encode("utf-8")


def _decoded(path: Path, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path}: not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start} (line {line}); "
            "save the file as UTF-8"
        ) from error


def _theorems(
    path: Path, declared: Sequence[Declared], around: tuple[Declaration, ...], lines: Lines
) -> Iterator[tuple[Theorem, Layout]]:
    every = tuple(each.declaration for each in declared)
    for number, (declaration, found, keyword, body) in enumerate(declared):
        if declaration.kind == "axiom" or not any(token.text == "sorry" for token in found):
            continue
        name = declaration.name or f"{declaration.kind}@{lines.line(found[keyword].start)}"
        context = every[:number]
        for ordinal, site in enumerate(sites(found, lines)):
            start = found[site.token].start
            hole = Hole(Span(start, found[site.token].end), lines.position(start), site.place)
            theorem = Theorem(name, path, hole, ordinal, declaration, context, around)
            yield theorem, layout(found, body, site, lines)


def _substituted(text: str, edits: Sequence[tuple[Span, str]]) -> str:
    pieces: list[str] = []
    position = 0
    for span, replacement in sorted(edits, key=lambda edit: edit[0].start):
        pieces += (text[position : span.start], replacement)
        position = span.end
    return "".join([*pieces, text[position:]])


def _line_end(decoded: str, offset: int) -> str:
    """How the line at `offset` ends; the last one, when it has no end, as the one before."""
    end = decoded.find("\n", offset)
    if end < 0:
        end = decoded.rfind("\n", 0, offset)
    return "\r\n" if end > 0 and decoded[end - 1] == "\r" else "\n"


def _replace_file(source: Source, content: bytes, expected: bytes) -> None:
    target = source.path.resolve()
    try:
        with target.open("r+b") as file:  # a file that may not be written can't be opened so
            current, mode = file.read(), stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if current != expected:
            raise FileChanged(f"{source.path} has changed since it was read: nothing was written; run again")
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except FileNotFoundError as error:
        raise FileChanged(f"{source.path} is gone since it was read: nothing was written") from error
    except OSError as error:
        raise _unwritable(source.path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(source.path, error) from error
    finally:
        temporary.unlink(missing_ok=True)  # gone already, unless something failed


def _unwritable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"{path}: can't be written ({error.strerror}); its content is as it was")
