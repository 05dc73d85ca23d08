from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.errors import SetupError
from prover.lean.embedded.node import node_binary
from prover.lean.embedded.slim import PATCHES, drop_unused_exports, patch, prepare

names = st.lists(st.from_regex(r"_[a-z$][A-Za-z0-9_$]{0,6}", fullmatch=True), min_size=1, unique=True)


def runtime(exports: list[str], before: str = "", after: str = "") -> str:
    bindings = ";".join(f'{name}=Module["{name}"]=wasmExports["{name[1:]}"]' for name in exports)
    declared = f"var {','.join(exports)};function assignWasmExports(wasmExports){{{bindings}}}"
    return f"{before}{declared}{after}"


def every_place() -> str:
    return "\n".join(each.old for each in PATCHES)


@given(names, st.data())
def test_exports_stay_exactly_when_something_names_them(exports: list[str], data: st.DataObject) -> None:
    used = data.draw(st.lists(st.sampled_from(exports), min_size=1, unique=True))
    half = len(used) // 2
    before, after = "".join(f"f({n});" for n in used[:half]), "".join(f"f({n});" for n in used[half:])
    kept = [name for name in exports if name in used]
    assert drop_unused_exports(runtime(exports, before, after)) == runtime(kept, before, after)


@given(names)
def test_a_name_inside_a_longer_name_is_no_use_of_it(exports: list[str]) -> None:
    slim = drop_unused_exports(
        runtime([*exports, "_kept"], after="_kept();" + "".join(f"q{n}();" for n in exports))
    )
    assert slim.startswith("var _kept;")


def test_the_slimmed_runtime_is_javascript_that_does_the_same() -> None:
    source = runtime(
        ["_one", "_two", "_three"],
        before="var Module={};",
        after="assignWasmExports({one:()=>1,two:()=>2,three:()=>3});console.log(_one()+_three());",
    )
    slim = drop_unused_exports(source)
    assert "_two" not in slim
    said = [subprocess.check_output([node_binary(), "--eval", each], text=True) for each in (source, slim)]
    assert said == ["4\n", "4\n"]


@pytest.mark.parametrize("copies", [0, 2])
def test_exports_that_are_not_there_once_are_an_error(copies: int) -> None:
    with pytest.raises(SetupError, match=f"{copies} places instead of one for “assignWasmExports”"):
        drop_unused_exports(runtime(["_a"], after="_a();") * copies)


def test_every_patch_is_applied() -> None:
    patched = patch(every_place())
    assert patched == "\n".join(each.new for each in PATCHES)
    assert patched.count("installRepl();") == 2


@pytest.mark.parametrize("wrong", PATCHES, ids=lambda each: each.purpose)
@pytest.mark.parametrize("copies", [0, 2])
def test_a_place_that_is_not_there_once_is_an_error(wrong: object, copies: int) -> None:
    source = "\n".join(each.old * (copies if each is wrong else 1) for each in PATCHES)
    with pytest.raises(SetupError, match=f"{copies} places instead of one"):
        patch(source)


def test_prepare_does_both() -> None:
    prepared = prepare(runtime(["_a", "_b"], after="_a();" + every_place()))
    assert prepared.startswith("var _a;function") and "installRepl();" in prepared
