"""Make the package's `lean.js` small, and fit to be driven: `prepare` takes its text and gives the runtime's.

The package's file is 89 MB, of which 88 MB declare and bind one JavaScript variable for each of the 201,110
functions that lean.wasm exports. The runtime reads some fifty of them. Without the rest Lean starts in half
the time and a third of the memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover.errors import SetupError

PREPARATION = 3
"""The number of this way to prepare the package. Another number makes every machine install anew."""

IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
# `var _a,_b,…;` declares the exports, and the function right behind it binds them: `_a=wasmExports["a"];…`
EXPORTS = re.compile(
    r"var (?P<names>[\w$,]+);function assignWasmExports\(wasmExports\)\{(?P<bindings>[^{}]*)\}", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Patch:
    """A place of the runtime, which must be there exactly once, and what takes its place."""

    purpose: str
    old: str
    new: str


PATCHES = (
    # Lean looks up thousands of its functions by name at start; they are no exports any more (see `exports`).
    Patch(
        purpose="find a function by name",
        old="newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
        new="result=placeOf(symbol);if(result){return result}newSymIndex=-1;",
    ),
    # What JavaScript adds to the table is not there yet: no need to look through all of it.
    Patch(
        purpose="know only what was added to the function table",
        old="functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)",
        new="functionsInTableMap=new WeakMap",
    ),
    # Elaboration stays in one thread, so four spare ones would only cost 250 MB each, and time at start.
    Patch(
        purpose="keep one spare thread",
        old="pthreadPoolSize=4",
        new="pthreadPoolSize=1",
    ),
    # Node's permission model forbids `process.binding`; the public module has the same constants.
    Patch(
        purpose="read the file system's constants from a public module",
        old='process.binding("constants")',
        new='{fs:require("fs").constants}',
    ),
    # Under Node this build shows Lean the machine's own folders: no place for model-written tactics.
    Patch(
        purpose="show Lean no folder of the machine",
        old='FS.mount(NODEFS,{root:"/home"},"/home");FS.mount(NODEFS,{root:"/tmp"},"/tmp");',
        new="",
    ),
    # A thread queues what it is told before it is loaded, so the main thread need not wait for it.
    Patch(
        purpose="load the spare thread while the main thread goes on",
        old=(
            'var pthreadPoolReady=PThread.loadWasmModuleToAllWorkers();addRunDependency("loading-workers");'
            'await pthreadPoolReady;removeRunDependency("loading-workers")'
        ),
        new="PThread.loadWasmModuleToAllWorkers()",
    ),
    # Lean recurses deeply, and a thread of Node's has no more than 4 MB of stack by itself.
    Patch(
        purpose="give threads a larger stack",
        old='{workerData:"em-pthread",name:"em-pthread"}',
        new='{workerData:"em-pthread",name:"em-pthread",resourceLimits:threadLimits}',
    ),
    # Two things for image.cjs, which continues a thread of another process: it must know where the thread's
    # own variables are, and has a message of its own.
    Patch(
        purpose="tell where thread-local storage is",
        old="var __tls_base=tlsInitFunc();",
        new="var __tls_base=tlsInitFunc();globalThis.threadLocalStorage=__tls_base;",
    ),
    Patch(
        purpose="let a thread be restored",
        old='else if(msgData.target==="setimmediate"){}',
        new='else if(cmd==="restore"){restoreThread(msgData)}else if(msgData.target==="setimmediate"){}',
    ),
    # The REPL takes the place of two built-in functions in the function table, of which each thread has its
    # own: the main thread's is complete when the static constructors have run …
    Patch(
        purpose="install the REPL in the main thread",
        old="callRuntimeCallbacks(onPostCtors);FS.ignorePermissions=false",
        new="callRuntimeCallbacks(onPostCtors);FS.ignorePermissions=false;installRepl();",
    ),
    # … and another thread's just before its entry point is called.
    Patch(
        purpose="install the REPL in each further thread",
        old="try{invokeEntryPoint(msgData.start_routine,msgData.arg)}",
        new="installRepl();try{invokeEntryPoint(msgData.start_routine,msgData.arg)}",
    ),
)


def prepare(source: str) -> str:
    """The runtime. It calls `installRepl()`, which whoever loads it must define, once in each thread.

    Raises `SetupError` when `source` is not built as expected.
    """
    return patch(drop_unused_exports(source))


def drop_unused_exports(source: str) -> str:
    """Drop the variables of exports that nothing else in the runtime names."""
    places = list(EXPORTS.finditer(source))
    if len(places) != 1:
        raise _changed("assignWasmExports", len(places))
    (place,) = places
    before, after = source[: place.start()], source[place.end() :]
    used = set(IDENTIFIER.findall(before)) | set(IDENTIFIER.findall(after))
    names = ",".join(name for name in place["names"].split(",") if name in used)
    bindings = ";".join(
        binding for binding in place["bindings"].split(";") if binding.partition("=")[0] in used
    )
    return f"{before}var {names};function assignWasmExports(wasmExports){{{bindings}}}{after}"


def patch(source: str) -> str:
    for each in PATCHES:
        found = source.count(each.old)
        if found != 1:
            raise _changed(each.purpose, found)
        source = source.replace(each.old, each.new)
    return source


def _changed(what: str, found: int) -> SetupError:
    return SetupError(
        f"the embedded Lean's lean.js is not the one this version of prover knows: {found} places instead of "
        f"one for “{what}”"
    )
