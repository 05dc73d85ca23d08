"""Make the package's `lean.wasm` quick to start: `regroup` takes its bytes and gives the runtime's.

The module exports 201,110 names. Each thread makes a JavaScript object of each, and puts each function
into the function table, one by one: over a second, at every start and for every thread that Lean starts
for a task. Here the functions of Lean and of C++ are in the table from the start, put there by the module
itself, and are exported no more, nor are the addresses of Lean's values. `symbols` says where each of them
is; `runtime/symbols.cjs` reads that.

The format: https://webassembly.github.io/spec/core/binary/modules.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prover.errors import SetupError

SYMBOLS = "symbols.txt"

_HEADER = b"\0asm\x01\0\0\0"
_IMPORT, _TABLE, _GLOBAL, _EXPORT, _ELEMENT = 2, 4, 6, 7, 9
_FUNCTION, _MEMORY_KIND, _GLOBAL_KIND = 0, 2, 3
_CONSTANT, _END = 0x41, 0x0B  # of `i32.const`, whose argument has the sign bit only where it is negative
_CHANGED = {_IMPORT, _TABLE, _GLOBAL, _EXPORT, _ELEMENT}
_SIGN = 0x40  # in the last byte of a signed LEB128
_FUNCTION_REFERENCES = 0x70
_COMPILED = (b"l_", b"initialize_")  # Lean's functions and values
_MANGLED = b"_Z"  # C++


@dataclass(frozen=True, slots=True)
class Regrouped:
    """`symbols`: a line `NAME NUMBER` for each export that is none any more, in the order of the bytes of the
    names. The number is a function's place in the table, or a value's address."""

    module: bytes
    symbols: bytes


@dataclass(frozen=True, slots=True)
class _Export:
    name: bytes
    kind: int
    index: int

    @property
    def is_function(self) -> bool:
        return self.kind == _FUNCTION

    @property
    def is_moved(self) -> bool:
        return self.name.startswith(_COMPILED) or (self.is_function and self.name.startswith(_MANGLED))

    def encoded(self) -> bytes:
        return _number(len(self.name)) + self.name + bytes([self.kind]) + _number(self.index)


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def number(self) -> int:
        """An unsigned LEB128."""
        value = shift = 0
        while True:
            byte = self.bytes(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def bytes(self, count: int) -> bytes:
        self.at += count
        if self.at > len(self.data):
            raise _changed("it ends too early")
        return self.data[self.at - count : self.at]


def regroup(module: bytes) -> Regrouped:
    """Raises `SetupError` when `module` is not built as expected."""
    in_order = list(_sections(module))
    sections = dict(in_order)
    if len(sections) != len(in_order) or not sections.keys() >= _CHANGED:
        raise _changed("its sections are others")
    size = _table_size(sections[_TABLE])
    exports = list(_exports(sections[_EXPORT]))
    slots = _slots(sections[_ELEMENT], size)
    addresses = _addresses(sections[_GLOBAL], _imported_globals(sections[_IMPORT]))
    added: list[int] = []
    for export in exports:
        if export.is_moved and export.is_function and export.index not in slots:
            slots[export.index] = size + len(added)
            added.append(export.index)
    kept = [export.encoded() for export in exports if not export.is_moved]
    moved = [
        (export.name, (slots if export.is_function else addresses)[export.index])
        for export in exports
        if export.is_moved
    ]
    changed = {
        _TABLE: bytes([1, _FUNCTION_REFERENCES, 0]) + _number(size + len(added)),
        _EXPORT: _number(len(kept)) + b"".join(kept),
        _ELEMENT: _elements(sections[_ELEMENT], size, added),
    }
    return Regrouped(
        _HEADER + b"".join(_section(id_, changed.get(id_, body)) for id_, body in in_order),
        b"".join(b"%b %d\n" % entry for entry in sorted(moved)),
    )


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    if not module.startswith(_HEADER):
        raise _changed("it is no WebAssembly")
    reader = _Reader(module, len(_HEADER))
    while reader.at < len(module):
        id_ = reader.bytes(1)[0]
        yield id_, reader.bytes(reader.number())


def _table_size(body: bytes) -> int:
    reader = _Reader(body)
    if (reader.number(), *reader.bytes(2)) != (1, _FUNCTION_REFERENCES, 0):
        raise _changed("its function table is another")
    return reader.number()


def _exports(body: bytes) -> Iterator[_Export]:
    reader = _Reader(body)
    for _ in range(reader.number()):
        name = reader.bytes(reader.number())
        yield _Export(name, reader.bytes(1)[0], reader.number())


def _slots(body: bytes, size: int) -> dict[int, int]:
    """Where in the table each function is, from its one segment, which fills it from 1 to its end."""
    reader = _Reader(body)
    if (reader.number(), *reader.bytes(4)) != (1, 0, _CONSTANT, 1, _END) or reader.number() != size - 1:
        raise _changed("its function table is filled otherwise")
    return {reader.number(): slot for slot in range(1, size)}


def _elements(body: bytes, size: int, added: list[int]) -> bytes:
    """The one segment, and a second behind it."""
    second = bytes([0, _CONSTANT]) + _number(size, last=_SIGN) + bytes([_END]) + _number(len(added))
    return _number(2) + body[1:] + second + b"".join(map(_number, added))


def _imported_globals(body: bytes) -> int:
    reader, count = _Reader(body), 0
    for _ in range(reader.number()):
        for _name in range(2):
            reader.bytes(reader.number())
        kind = reader.bytes(1)[0]
        if kind == _FUNCTION:
            reader.number()
        elif kind == _MEMORY_KIND:
            for _bound in range(1 + reader.number() % 2):  # whether there is an upper bound
                reader.number()
        elif kind == _GLOBAL_KIND:
            reader.bytes(2)
            count += 1
        else:
            raise _changed("it imports what it did not")
    return count


def _addresses(body: bytes, imported: int) -> dict[int, int]:
    """The values of the constants among the globals, by their index behind those that are imported."""
    reader, found = _Reader(body), {}
    for index in range(reader.number()):
        reader.bytes(2)
        if reader.bytes(1)[0] != _CONSTANT:
            raise _changed("its globals are filled otherwise")
        found[imported + index] = reader.number()
        if reader.bytes(1)[0] != _END:
            raise _changed("its globals are filled otherwise")
    return found


def _section(id_: int, body: bytes) -> bytes:
    return bytes([id_]) + _number(len(body)) + body


def _number(value: int, last: int = 0x80) -> bytes:
    """A LEB128 whose last byte is less than `last`."""
    encoded = bytearray()
    while value >= last:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def _changed(what: str) -> SetupError:
    return SetupError(f"the embedded Lean's lean.wasm is not the one this version of prover knows: {what}")
