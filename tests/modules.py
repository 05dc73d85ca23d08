"""WebAssembly modules built as the embedded Lean's is, but small: function `n` answers `n`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEADER = b"\0asm\x01\0\0\0"


def unsigned(value: int) -> bytes:
    encoded = bytearray()
    while value >= 128:
        encoded.append(value % 128 + 128)
        value //= 128
    return bytes([*encoded, value])


def constant(value: int) -> bytes:
    """`i32.const value`, and the end."""
    encoded = bytearray()
    while value >= 64:
        encoded.append(value % 128 + 128)
        value //= 128
    return bytes([0x41, *encoded, value, 0x0B])


def vector(parts: Sequence[bytes]) -> bytes:
    return unsigned(len(parts)) + b"".join(parts)


def text(name: str) -> bytes:
    return unsigned(len(name.encode())) + name.encode()


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + unsigned(len(body)) + body


def module(
    functions: Mapping[str, int],
    values: Mapping[str, int],
    listed: Sequence[int],
    count: int,
    imported: int = 1,
    table: bytes | None = None,
) -> bytes:
    """`functions` and `values` are exports: the function's number, the value's address. Functions with the
    numbers `listed` are in the table from 1 on. There are `count` functions and `imported` globals."""
    types = vector([b"\x60\x00\x01\x7f"])
    imports = [text("env") + text(f"g{n}") + b"\x03\x7f\x01" for n in range(imported)]
    imports.append(text("env") + text("memory") + b"\x02\x03\x01\x01")  # shared: has an upper bound
    exports = [text(name) + b"\x00" + unsigned(n) for name, n in functions.items()]
    exports += [text(name) + b"\x03" + unsigned(imported + place) for place, name in enumerate(values)]
    exports.append(text("__indirect_function_table") + b"\x01\x00")
    bodies = [b"\x00" + constant(n) for n in range(count)]
    return HEADER + b"".join(
        [
            section(1, types),
            section(2, vector(imports)),
            section(3, vector([b"\x00"] * count)),
            section(4, table or b"\x01\x70\x00" + unsigned(len(listed) + 1)),
            section(6, vector([b"\x7f\x00" + constant(address) for address in values.values()])),
            section(7, vector(exports)),
            section(9, vector([b"\x00" + constant(1) + vector([unsigned(n) for n in listed])])),
            section(10, vector([unsigned(len(body)) + body for body in bodies])),
        ]
    )
