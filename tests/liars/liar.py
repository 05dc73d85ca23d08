"""A Lean that speaks the protocol and misbehaves on demand: `liar.py FOLDER [DEATHS [HOW]]`.

It counts its starts in FOLDER/starts, and does HOW in the first DEATHS of them. A tactic's text says what
happens; one that is no misdeed leads to a goal of that name, so that an answer shows what it is to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

LONG = 3600
LINE = "x" * 99 + "\n"


def answer(reply: object) -> None:
    print(f"REPL> {json.dumps(reply)}", flush=True)


def state(sid: int, goal: str, memory: int = 1) -> dict[str, object]:
    text = f"⊢ {goal}"
    goals = {"tacticState": text, "goals": [text], "groups": [[0]]}
    return {"sid": sid, **goals, "error": None, "ms": 1.0, "memory": memory}


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def flood(megabytes: int = LONG) -> None:
    for _ in range(megabytes):
        sys.stderr.write(LINE * 10_000)


def flood_a_while() -> None:
    flood(3)
    answer(state(1, "floods_a_while"))


def late() -> None:
    time.sleep(1.5)
    answer(state(1, "late"))


def closes_output() -> None:
    sys.stdout.flush()
    os.close(1)
    os.close(2)
    time.sleep(LONG)


def closes_input() -> None:
    os.close(0)
    answer(state(1, "closes_input"))
    time.sleep(LONG)


def half_a_line() -> None:
    print('REPL> {"sid": 1, "tact', end="", flush=True)
    os._exit(3)


MISDEEDS: dict[str, Callable[[], object]] = {
    "dies": lambda: sys.exit("out of luck"),
    "killed": killed,
    "hangs": lambda: time.sleep(LONG),
    "floods_for_ever": flood,
    "floods_a_while": flood_a_while,
    "closes_output": closes_output,
    "closes_input": closes_input,
    "late": late,
    "half_a_line": half_a_line,
    "rubbish": lambda: print("REPL> {rubbish", flush=True),
    "not_text": lambda: (sys.stdout.flush(), os.write(1, b"REPL> \xff\xfe\n")),
    "ended": lambda: answer({"error": "its time is up", "late": True}),
    "number": lambda: answer(42),
    "list": lambda: answer([]),
    "empty": lambda: answer({}),
    "silent_about_failure": lambda: answer({"sid": 1, "tacticState": "⊢ a"}),
    "wrong_types": lambda: answer({"sid": "1", "tacticState": 7, "error": None}),
    "wrong_error": lambda: answer({"error": ["no"]}),
    "no_groups": lambda: answer({"sid": 1, "tacticState": "⊢ a", "goals": ["⊢ a"], "error": None}),
    "no_state": lambda: answer({"sid": 1, "error": None}),
    "gives_up": lambda: answer({"error": "proof contains `sorry`"}),
    "fails": lambda: answer({"error": "tactic failed", "ms": 2.0, "memory": 1}),
    "does_not_parse": lambda: answer({"error": "<tactic>:1:1", "parse": True, "ms": 0.1, "memory": 1}),
    "proves": lambda: answer({"sid": 1, "tacticState": "no goals", "goals": [], "error": None, "ms": 3.0}),
    "eats": lambda: answer(state(1, "eats", memory=2_000_000_000)),
}


def serve() -> None:
    answer({"sid": 0, "error": None})
    opened = False
    for line in sys.stdin:
        request = json.loads(line) if line != "exit\n" else {}
        command = request.get("cmd", "")
        if request.get("open"):
            opened = True
            answer(state(0, "root"))
        elif not request or not opened:
            opened = False
            commands = [
                {"start": 0, "end": len(command.encode()), "sid": 1, "recovering": False, "messages": []}
            ]
            answer({"sid": 1, "commands": commands, "error": None, "ms": 1.0, "memory": 1})
        elif command in MISDEEDS:
            MISDEEDS[command]()
        else:
            answer(state(request["sid"] + 1, command))


if __name__ == "__main__":
    starts = Path(sys.argv[1], "starts")
    count = int(starts.read_text()) + 1 if starts.exists() else 1
    starts.write_text(str(count))
    if count <= int(sys.argv[2] if len(sys.argv) > 2 else 0):
        MISDEEDS[sys.argv[3]]()
    serve()
