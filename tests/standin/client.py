"""The command line of the stand-in `lean`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FLAGS_WITH_VALUE = ("-R", "-o")


def main(arguments: list[str]) -> int:
    library = [Path(folder) for folder in os.environ.get("LEAN_PATH", "").split(os.pathsep) if folder]
    with Path(os.environ["LEAN_STANDIN_LOG"]).open("a") as log:
        entry = {
            "lean": arguments,
            "cwd": str(Path.cwd()),
            "library": list(map(str, library)),
            "pid": os.getpid(),
            "names": sorted(os.environ),
        }
        log.write(json.dumps(entry) + "\n")
    options, rest = _parsed(arguments)
    if "--run" in options:
        return _examine(rest)
    file = Path(rest[0])
    if "-o" not in options:
        return _talk(file, library)
    assert file.is_relative_to(options["-R"]), "Lean names the module by its place under the root"
    olean = Path(options["-o"])
    if file.stem in ("Lean4Repl", "ProverRepl"):
        return _compile_support(file, olean, library)
    return _compile(file, olean, library)


def _parsed(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options up to the first word that is none; after `--run FILE` all belongs to the program."""
    options: dict[str, str] = {}
    words = list(arguments)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        options[word.partition("=")[0]] = words.pop(0) if word in FLAGS_WITH_VALUE else ""
    return options, words


def _compile_support(file: Path, olean: Path, library: list[Path]) -> int:
    needed = "Lean4Repl" if file.stem == "ProverRepl" else None
    if needed and not any((folder / f"{needed}.olean").is_file() for folder in library):
        print(f"{file}:1:0: error: unknown module prefix '{needed}'")
        return 1
    if "LEAN_STANDIN_TOO_OLD" in os.environ:
        print(f"{file}:7:0: error: unknown namespace 'Lean.Elab'")
        return 1
    assert "elab" in file.read_text()
    olean.write_text("compiled")
    return 0


def _compile(file: Path, olean: Path, library: list[Path]) -> int:
    text = file.read_text()
    answer = _ask({"text": text, "library": [str(folder) for folder in library]})
    for severity, line, column, data in answer["messages"]:
        message = {"severity": severity, "pos": {"line": line, "column": column}, "data": data}
        print(json.dumps({"fileName": str(file), "kind": "[anonymous]", "endPos": None, **message}))
    if any(severity == "error" for severity, *_ in answer["messages"]):
        return 1
    olean.write_text(text)
    return 0


def _examine(rest: list[str]) -> int:
    program, holes, proofs, report, *places = rest
    assert Path(program).name == "ProverExamine.lean" and Path(program).is_file()
    texts = {"holes": Path(holes).read_text(), "proofs": Path(proofs).read_text()}
    answer = _ask({**texts, "places": [int(number) for number in places]})
    Path(report).write_text(json.dumps(answer))
    return 0


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["LEAN_STANDIN_SERVER"])
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile() as lines:
            answer: dict[str, Any] = json.loads(lines.readline())
    if "died" in answer:
        os.kill(os.getpid(), signal.SIGSEGV)
    return answer


def _talk(file: Path, library: list[Path]) -> int:
    if "LEAN_STANDIN_HANGS" in os.environ:
        time.sleep(3600)
    from prover.errors import HoleError
    from prover.lean.embedded.lean import EmbeddedLean
    from prover.lean.embedded.process import START_SECONDS, launch
    from standin import files

    popen = subprocess.Popen

    def in_our_group(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        return popen(*args, **{**options, "start_new_session": False})

    subprocess.Popen = in_our_group  # type: ignore[assignment, misc]
    read = files.read(file.read_text(), library)
    if read.missing:
        print(f"{file}:1:0: error: unknown module prefix '{read.missing[0]}'")
        return 1
    lean = EmbeddedLean(launch(Path(os.environ["LEAN_STANDIN_ROOT"]), ()), START_SECONDS)
    try:
        messages, dojo = files.open_hole(lean, read)
        for m in messages:
            print(f"{file}:{m.line}:{m.column}: {m.severity}: {m.text}")
        _relay(dojo)
    except HoleError as error:
        print(f"{file}:1:0: error: {error}")
        return 1
    finally:
        os.kill(lean.process.pid, signal.SIGKILL)
    return 0


def _relay(dojo: Any) -> None:
    """LeanDojo's own protocol, and not a word more, on our standard streams."""
    _print(dojo.reply)
    for line in sys.stdin:
        if line.strip() == "exit":
            return
        request = json.loads(line)
        assert request.keys() == {"sid", "cmd"}
        limit, _, tactic = request["cmd"].partition(" =>\n")
        heartbeats = int(limit.removeprefix("prover_limited "))
        request = {"sid": request["sid"], "cmd": tactic, "heartbeats": heartbeats}
        dojo.process.send(json.dumps(request))
        _print(dojo.process.receive(None))


def _print(reply: dict[str, Any]) -> None:
    shown = {key: reply.get(key) for key in ("sid", "tacticState", "error")}
    if shown["error"] is not None:
        shown["error"] = shown["error"].replace("<tactic>:", "<stdin>:")
    print(f"REPL> {json.dumps(shown, ensure_ascii=False)}", flush=True)
