from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest
from modules import HEADER, module

from prover.errors import SetupError
from prover.lean.embedded.exports import SYMBOLS, regroup
from prover.lean.embedded.node import START_SCRIPT, node_binary

ASK = """
const fs = require("fs");
const { placeOf, compiled } = require(process.argv[1]);
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const other = () => new WebAssembly.Global({ value: "i32", mutable: true });
const env = new Proxy({ memory }, { get: (own, name) => own[name] ?? other() });
const wasm = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const { exports } = new WebAssembly.Instance(wasm, { env });
globalThis.wasmTable = exports.__indirect_function_table;
const names = JSON.parse(fs.readFileSync(0, "utf8"));
const answer = (name) => (name.startsWith("l_value") ? placeOf(name) : (compiled(name)?.() ?? null));
const answers = names.map(answer);
const table = Array.from({ length: wasmTable.length }, (_, i) => wasmTable.get(i)?.() ?? null);
console.log(JSON.stringify({ answers, table, exports: Object.keys(exports) }));
"""


def asked(folder: Path, built: bytes, names: list[str]) -> dict[str, list[object]]:
    """What a thread sees that has the regrouped module, asked for `names`."""
    regrouped = regroup(built)
    (folder / "lean.wasm").write_bytes(regrouped.module)
    (folder / SYMBOLS).write_bytes(regrouped.symbols)
    script = str(START_SCRIPT.parent / "symbols.cjs")
    done = subprocess.run(
        [str(node_binary()), "-e", ASK, script, str(folder / "lean.wasm")],
        input=json.dumps(names),
        env={"LEAN_ROOT": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, list[object]] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("seed", range(4))
def test_each_function_and_value_is_where_its_name_says(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    count = chance.choice([3, 90, 300, 9000])
    prefixes = ["l_", "initialize_", "_Z", "lean_", "malloc"]
    functions = {f"{chance.choice(prefixes)}{chance.randrange(10**6)}": n for n in range(count)}
    functions |= {"l_same": 0, "l_Zoë": 1}
    values = {f"l_value{n}": 1000 * n + 8 for n in range(chance.randrange(1, 200))} | {
        "stdout": 16,
        "_ZTI": 24,
    }
    listed = chance.sample(range(count), chance.randrange(1, count))
    names = [*functions, *values, "l_", "", "zzz", "l_same "]
    seen = asked(tmp_path, module(functions, values, listed, count, imported=chance.randrange(3)), names)
    kept = {name for name in functions if name.startswith(("lean_", "malloc"))} | {"stdout", "_ZTI"}
    assert set(seen["exports"]) == kept | {"__indirect_function_table"}
    assert seen["table"][1 : 1 + len(listed)] == listed  # whoever knows a place still finds the same there
    for name, answer in zip(names, seen["answers"], strict=True):
        known = None if name in kept else functions.get(name, values.get(name))
        assert answer == known, name


def test_a_module_that_is_built_otherwise_is_refused() -> None:
    good = module({"l_a": 0, "b": 1}, {"l_v": 8}, [1], 2)
    regroup(good)
    wrong = {
        b"no module": "it is no WebAssembly",
        HEADER: "its sections are others",
        good + good[len(HEADER) :]: "its sections are others",
        good[:-3]: "it ends too early",
        module({"l_a": 0}, {}, [0], 1, table=b"\x01\x70\x01\x02\x09"): "its function table is another",
        module({"l_a": 0}, {}, [0], 1, table=b"\x01\x70\x00\x07"): "its function table is filled otherwise",
    }
    for built, why in wrong.items():
        with pytest.raises(SetupError, match=f"lean.wasm is not the one this version of prover knows: {why}"):
            regroup(built)
