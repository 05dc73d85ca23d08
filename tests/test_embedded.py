"""The embedded Lean itself, at each of its levels: process, protocol, file, session, certificate."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from shapes import PREAMBLE, SHAPES

from prover.bench.kills import processes
from prover.errors import HoleUnreachable, InputError, LeanDied, NotAProposition
from prover.lean.certificate import Message
from prover.lean.embedded import gateway as gateways
from prover.lean.embedded.file import ElaboratedFile
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.install import embedded_root
from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.lean.embedded.node import START_SCRIPT, environment, node_binary, node_command
from prover.lean.embedded.process import START_SECONDS, launch
from prover.lean.gateway import ran_out
from prover.lean.source import Source, parse_source
from prover.lean.transport import LineProcess
from prover.types import Advanced, Failed, FailureReason, Outcome, Position, Proved, Standing, Theorem

HEARTBEATS = 20_000
SECONDS = 60.0


def source_of(text: str | bytes) -> Source:
    return parse_source(Path("File.lean"), text if isinstance(text, bytes) else text.encode())


def root() -> Path:
    found = embedded_root()
    assert found is not None, "run `prover setup` first"
    return found


@pytest.fixture(scope="module")
def bare() -> Iterator[EmbeddedLean]:
    """A Lean at its command level, without a gateway around it."""
    process = launch(root(), ())
    yield EmbeddedLean(process, START_SECONDS)
    process.kill()


def messages(commands: list[Command]) -> list[tuple[str, str]]:
    return [(message.severity, message.text) for command in commands for message in command.messages]


# -- the image that a Lean starts from --------------------------------------------------------------------

BUSY = """
const { Worker } = require("worker_threads");
const { atRest } = require(process.argv[1]);
const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
const cells = new Int32Array(memory.buffer);
const finishing = `
  const cells = new Int32Array(require("worker_threads").workerData.buffer);
  for (let step = 1; step <= 20; step++) {
    Atomics.wait(cells, 0, 0, 50);
    Atomics.store(cells, 1000 * step, step);
    Atomics.notify(cells, 1);
  }
`;
new Worker(finishing, { eval: true, workerData: memory });
Atomics.wait(cells, 1, 0);
process.stdout.write(String(new Int32Array(atRest(memory).buffer)[20000]));
"""
"""A thread that works for a second while another one copies the memory."""


def test_the_memory_is_copied_when_all_threads_are_at_rest() -> None:
    script = str(START_SCRIPT.with_name("image.cjs"))
    done = subprocess.run([node_binary(), "-e", BUSY, script], capture_output=True, timeout=60, check=True)
    assert done.stdout == b"20"


# -- text over the ABI, and lines over the pipes -----------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "ascii", "∀ ε > 0, 𝔸𝕀 ⟨x⟩ ✝ é e\u0301", "\U0001f600" * 9, "long " * 40_000]
)
def test_text_comes_back_as_it_went(text: str, bare: EmbeddedLean) -> None:
    shown = json.dumps(text, ensure_ascii=False)
    commands = bare.elaborate(0, f"/-- {text} -/\nexample : True := by trace {shown}; trivial")
    assert messages(commands) == [("information", text)]


def test_spans_count_characters(bare: EmbeddedLean) -> None:
    texts = ["def «𝔸 é» := 1\n", "-- ∀∀∀\ntheorem t : 1 = 1 := rfl\n\n", "example := «𝔸 é»"]
    commands = bare.elaborate(0, "".join(texts))
    assert [command.span.end - command.span.start for command in commands][:2] == [
        len(texts[0]) + len("-- ∀∀∀\n"),
        len(texts[1]) - len("-- ∀∀∀\n"),
    ]
    assert commands[-1].span.end == len("".join(texts))


def test_arrays_of_many_elements_come_whole(bare: EmbeddedLean) -> None:
    commands = bare.elaborate(0, "".join(f"theorem t{n} : {n} = {n} := rfl\n" for n in range(300)))
    assert len(commands) == 300 and not messages(commands)
    foundation = bare.foundation(0, commands[-1].state)
    assert len(foundation.declared) == 300
    bare.forget(command.state for command in commands)


def test_requests_may_come_in_pieces_and_together(bare: EmbeddedLean) -> None:
    request = json.dumps({"sid": 0, "cmd": "example : True := trivial -- é"}, ensure_ascii=False)
    stdin = bare.process._stdin
    line = request.encode() + b"\n"
    for at in range(len(line)):
        os.write(stdin.fileno(), line[at : at + 1])
    assert bare.process.receive(SECONDS)["error"] is None
    os.write(stdin.fileno(), line * 3)
    assert [bare.process.receive(SECONDS)["error"] for _ in range(3)] == [None] * 3


def test_an_unknown_state_is_refused(bare: EmbeddedLean) -> None:
    bare.process.send(json.dumps({"sid": 10**6, "cmd": ""}))
    assert bare.process.receive(SECONDS)["error"] == "[fatal] unknown csid: 1000000"


# -- the hooks, and messages -------------------------------------------------------------------------------


def test_the_borrowed_tactic_and_command_do_what_they_did(bare: EmbeddedLean) -> None:
    commands = bare.elaborate(0, 'init_quot\nexample : True := by trace "x"; trivial\ninit_quot')
    assert messages(commands) == [("information", "x")]


def test_messages_say_how_bad_and_where(bare: EmbeddedLean) -> None:
    text = (
        'example : True := by\n  trace "é"\n  trivial\n'
        "theorem t : 1 = 1 := by sorry\n"
        'def x : Nat := "é∀" + y\n'
    )
    found = [message for command in bare.elaborate(0, text) for message in command.messages]
    assert found[0] == Message("information", 2, 2, "é")
    assert (found[1].severity, found[1].line, found[1].column) == ("warning", 4, 8)
    assert found[1].says_sorry and not found[0].says_sorry
    assert ("error", 5, 22) in [(each.severity, each.line, each.column) for each in found]


def test_a_syntax_error_does_not_end_the_file(bare: EmbeddedLean) -> None:
    commands = bare.elaborate(
        0, "theorem a : True := by foo bar\ntheorem := 1\ntheorem b : True := trivial\n"
    )
    assert [message.line for command in commands for message in command.messages if message.is_error]
    assert any("b" in name for name in bare.foundation(0, commands[-1].state).declared)


def test_states_are_values(bare: EmbeddedLean) -> None:
    one, other = (bare.elaborate(0, f"def x := {n}")[-1].state for n in (1, 2))
    for state, n in [(one, 1), (other, 2), (one, 1)]:
        assert not messages(bare.elaborate(state, f"example : x = {n} := rfl"))
    assert messages(bare.elaborate(0, "example : x = 1 := rfl"))


def test_a_forgotten_state_is_gone_and_the_rest_stays(bare: EmbeddedLean) -> None:
    first, second = (command.state for command in bare.elaborate(0, "def a := 1\ndef b := a"))
    bare.forget([first])
    assert not messages(bare.elaborate(second, "example : b = 1 := rfl"))
    bare.process.send(json.dumps({"sid": first, "cmd": ""}))
    assert "unknown csid" in bare.process.receive(SECONDS)["error"]


def test_ordinary_programs_are_accepted(bare: EmbeddedLean) -> None:
    text = """
def pad (xs : List Nat) := xs ++ List.replicate 3 0
def twice (f : α → α) (x : α) := f (f x)
structure Point where (x y : Nat) deriving DecidableEq, Repr
inductive Tree (α : Type) | leaf | node (l : Tree α) (x : α) (r : Tree α)
def Tree.size : Tree α → Nat | leaf => 0 | node l _ r => l.size + 1 + r.size
instance : Add Point := ⟨fun p q => ⟨p.x + q.x, p.y + q.y⟩⟩
notation "⟪" x "⟫" => List.length x
example : ⟪pad [1]⟫ = 4 := by decide
example : (⟨1, 2⟩ + ⟨3, 4⟩ : Point) = ⟨4, 6⟩ := by decide
example (t : Tree Nat) : (Tree.node t 1 t).size = t.size + 1 + t.size := by simp [Tree.size]
"""
    assert messages(bare.elaborate(0, text)) == []


# -- no way to the machine ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        'def s : String := include_str "/etc/passwd"',
        '#eval IO.FS.readFile "/etc/passwd"',
        '#eval IO.FS.readFile "/proc/self/environ"',
        f'#eval IO.FS.readFile "{__file__}"',
        '#eval IO.FS.writeFile "/tmp/prover_was_here" "x"',
        '#eval (do return (← IO.Process.output {cmd := "id"}).stdout : IO String)',
    ],
)
def test_lean_code_reaches_no_file_and_no_program(command: str, bare: EmbeddedLean) -> None:
    found = messages(bare.elaborate(0, command))
    written = "writeFile" in command  # goes to a file system in memory
    assert not Path("/tmp/prover_was_here").exists()
    assert "root:" not in str(found) and "uid=" not in str(found) and "import annotations" not in str(found)
    assert written or [severity for severity, _ in found] == ["error"], found


def test_lean_sees_an_environment_of_ours(bare: EmbeddedLean) -> None:
    found = messages(bare.elaborate(0, '#eval IO.getEnv "HOME"\n#eval IO.getEnv "PATH"'))
    assert os.environ["PATH"] not in str(found) and str(Path.home()) not in str(found)


def test_keys_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    process = launch(root(), ())
    try:
        process.receive(START_SECONDS)
        seen = psutil.Process(process.pid).environ()
    finally:
        process.kill()
    assert seen and set(seen) <= {"LANG", "TZ", "LEAN_ROOT"}


@pytest.mark.parametrize(
    "attempt",
    [
        "require('fs').readFileSync('/etc/passwd')",
        f"require('fs').readFileSync({json.dumps(__file__)})",
        "require('fs').readdirSync('/')",
        "require('fs').writeFileSync(process.env.LEAN_ROOT + '/x', 'x')",
        "require('fs').writeFileSync('/tmp/prover_was_here', 'x')",
        "require('fs').unlinkSync(process.env.LEAN_ROOT + '/lean.js')",
        "require('child_process').execSync('id')",
        "process.dlopen({exports: {}}, '/lib/x86_64-linux-gnu/libc.so.6')",
    ],
)
def test_node_refuses_the_machine(attempt: str) -> None:
    done = subprocess.run(
        [*node_command(root()), "-e", attempt],
        env=environment(root()),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1 and re.search("ERR_(ACCESS_DENIED|DLOPEN_DISABLED)", done.stderr), done.stderr


def test_node_grants_what_lean_needs() -> None:
    script = "console.log(require('fs').readFileSync(process.env.LEAN_ROOT + '/manifest.json').length > 0)"
    command = [*node_command(root()), "-e", script]
    done = subprocess.run(command, env=environment(root()), capture_output=True, encoding="utf-8")
    assert done.stdout == "true\n", done.stderr


# -- the imports -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("import Std\n", "example (m : Std.HashMap Nat Nat) : m = m := by\n  sorry\n"),
        ("import Lean\n", "example (e : Lean.Expr) : e = e := by\n  sorry\n"),
    ],
)
def test_the_library_can_be_imported(header: str, body: str) -> None:
    source = source_of(header + body)
    gateway = EmbeddedGateway(root(), source.imports, Limits())
    try:
        with gateway.open(source, source.theorems[0]) as session:
            assert isinstance(session.run(session.root, "rfl"), Proved)
    finally:
        gateway.close()


def test_what_it_lacks_is_named() -> None:
    with pytest.raises(InputError, match=r"unknown import Mathlib\.Logic\.Basic, Mine: .* --lean native"):
        launch(root(), ("Init", "Mathlib.Logic.Basic", "Mine"))


# -- the tactic level --------------------------------------------------------------------------------------

STEPS = source_of("theorem t (p q : Prop) (hp : p) (hq : q) (n : Nat) : p ∧ q := by\n  sorry\n")


def reason(outcome: Outcome) -> FailureReason:
    assert isinstance(outcome, Failed), outcome
    return outcome.reason


def step(outcome: Outcome) -> Advanced:
    assert isinstance(outcome, Advanced), outcome
    return outcome


def test_every_state_stays_and_steps_branch(lean: EmbeddedGateway) -> None:
    with lean.open(STEPS, STEPS.theorems[0]) as session:
        split = step(session.run(session.root, "constructor")).state
        assert [(goal.case, goal.target) for goal in split.goals] == [("left", "p"), ("right", "q")]
        assert split.groups == ((0,), (1,))
        assert isinstance(session.run(split, "exact hp", 0), Proved)
        assert reason(session.run(split, "exact hp", 1)) is FailureReason.TACTIC
        right = step(session.run(split, "have r := hq", 1)).state
        assert [goal.target for goal in right.goals] == ["q"]
        assert isinstance(session.run(right, "exact r"), Proved)
        assert isinstance(session.run(session.root, "exact ⟨hp, hq⟩"), Proved)
        numbers = [session.root.id, split.id, right.id]
        assert numbers == sorted(set(numbers))


def test_a_tactic_s_message_is_what_it_said_itself(lean: EmbeddedGateway) -> None:
    with lean.open(STEPS, STEPS.theorems[0]) as session:
        first = step(session.run(session.root, "have a : p := by show_term assumption"))
        second = step(session.run(first.state, "have b : q := by show_term assumption"))
        assert "hp" in first.message
        assert "hq" in second.message and "hp" not in second.message
        assert step(session.run(second.state, "skip")).message == ""
        both = "have b : p ∧ q := ⟨by show_term exact hp, by show_term exact hq⟩"
        assert re.findall("hp|hq", step(session.run(first.state, both)).message) == ["hp", "hq"]


def test_failures_are_told_apart(lean: EmbeddedGateway) -> None:
    with lean.open(STEPS, STEPS.theorems[0]) as session:
        tried = {
            tactic: session.run(session.root, tactic)
            for tactic in (
                "exact ⟨hp,",
                "exact hq",
                "frobnicate",
                "constructor <;> nonsense hp",
                "sorry",
                "exact?%",
                "simp at *; done",
            )
        }
        assert reason(tried["exact hq"]) is FailureReason.TACTIC
        assert reason(tried["frobnicate"]) is FailureReason.PARSE
        assert reason(tried["constructor <;> nonsense hp"]) is FailureReason.PARSE
        assert reason(tried["sorry"]) is FailureReason.FORBIDDEN
        assert reason(tried["exact ⟨hp,"]) is FailureReason.FORBIDDEN
        assert isinstance(session.run(session.root, "exact ⟨hp, hq⟩"), Proved)


def test_a_tactic_that_reports_an_error_and_goes_on_has_failed(lean: EmbeddedGateway) -> None:
    with lean.open(STEPS, STEPS.theorems[0]) as session:
        assert reason(session.run(session.root, "rename_i x y z u v w")) is FailureReason.TACTIC


def test_a_sorry_in_a_lemma_that_a_tactic_declares_is_seen(lean: EmbeddedGateway) -> None:
    source = source_of("theorem t (xs : List Nat) : xs.length = 2 := by sorry\n")
    with lean.open(source, source.theorems[0]) as session:
        assert reason(session.run(session.root, "grind?")) is FailureReason.SORRY


def test_a_sorry_under_another_name_is_a_sorry(bare: EmbeddedLean) -> None:
    dojo = bare.open(0, "theorem t (p : Prop) : p := by\n  lean_dojo_repl", HEARTBEATS, SECONDS)
    for tactic in ("sorry", "admit", "exact sorryAx _ true", "exact?", "have h := sorryAx p; exact h"):
        bare.process.send(json.dumps({"sid": 0, "cmd": tactic}))
        reply = bare.process.receive(SECONDS)
        assert reply["error"] is not None, tactic
    bare.process.send(json.dumps({"sid": 99, "cmd": "skip"}))
    assert "unknown tsid" in bare.process.receive(SECONDS)["error"]
    assert not dojo.closed
    bare.leave()
    assert dojo.closed


HEAVY = source_of(
    "theorem t (a b c d e : Nat) (h : 3 * a + 2 * b < c) (k : c < d + e) (l : d < a) (m : e < 2 * a) :\n"
    "    2 * b < c ∧ a > 0 → False ∨ d + e > b := by\n  sorry\n"
)


def omegas(lean: EmbeddedLean, heartbeats: int, times: int) -> list[str | None]:
    """The error of each of so many runs of the same tactic from the same state."""
    text = HEAVY.replaced({HEAVY.theorems[0].hole: "lean_dojo_repl"})
    dojo = lean.open(0, text, heartbeats, SECONDS)
    _, root_state = dojo.__enter__()
    errors = []
    for _ in range(times):
        dojo.run_tac(root_state, "omega")
        errors.append(dojo.reply["error"])
    lean.leave()
    return errors


@pytest.mark.parametrize("limit", [1, 5, 25, 125, HEARTBEATS])
def test_a_limit_in_heartbeats_is_deterministic(limit: int, bare: EmbeddedLean) -> None:
    assert len(set(omegas(bare, limit, 5))) == 1


def test_a_limit_in_heartbeats_is_one(bare: EmbeddedLean) -> None:
    assert omegas(bare, HEARTBEATS, 1) == [None]
    assert "maximum number of heartbeats (1)" in str(omegas(bare, 1, 1))


def test_heartbeats_are_counted_afresh_for_each_tactic(bare: EmbeddedLean) -> None:
    enough = next(limit for limit in range(10, HEARTBEATS, 10) if omegas(bare, limit, 1) == [None])
    assert set(omegas(bare, 2 * enough, 20)) == {None}


def test_a_tactic_may_get_a_share_of_the_heartbeats(lean: EmbeddedGateway) -> None:
    with lean.open(HEAVY, HEAVY.theorems[0]) as session:
        cut = session.run(session.root, "omega", share=0.0001)
        assert reason(cut) is FailureReason.TIMEOUT and ran_out(cut)
        assert isinstance(session.run(session.root, "omega"), Proved)


def test_past_the_limit_is_a_timeout() -> None:
    gateway = EmbeddedGateway(root(), (), Limits(heartbeats=1))
    try:
        with gateway.open(HEAVY, HEAVY.theorems[0]) as session:
            assert reason(session.run(session.root, "omega")) is FailureReason.TIMEOUT
    finally:
        gateway.close()


SLOW = "have : ∀ n : Fin 60, ∀ m : Fin 60, n.1 + m.1 = m.1 + n.1 := by decide"


def test_a_tactic_whose_time_is_up_ends_and_its_lean_goes_on(lean: EmbeddedGateway) -> None:
    source = source_of("theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by\n  sorry\n")
    with lean.open(source, source.theorems[0]) as session:
        state = step(session.run(session.root, "constructor")).state
        before = processes()
        for _ in range(10):
            assert reason(session.run(session.root, f"try ({SLOW})", seconds=0.03)) is FailureReason.TIMEOUT
            # the end of one tactic's time is never that of the next
            assert reason(session.run(session.root, "exact hp", seconds=30.0)) is FailureReason.TACTIC
            assert isinstance(session.run(state, "exact hq", goal=1, seconds=30.0), Proved)
        assert processes() == before


def test_names_that_cannot_be_typed_are_shown(lean: EmbeddedGateway) -> None:
    source = source_of("theorem t : ∀ n : Nat, n = n ∨ n = 0 := by\n  sorry\n")
    with lean.open(source, source.theorems[0]) as session:
        state = step(session.run(session.root, "intro")).state
        assert [h.name for h in state.goals[0].hypotheses] == ["n✝"]
        assert isinstance(session.run(state, "(rename_i m; exact Or.inl rfl)"), Proved)


def test_a_goal_with_a_turnstile_in_it_is_no_error_of_ours(lean: EmbeddedGateway) -> None:
    source = source_of('theorem t (s : String) : s = "⊢" := by\n  sorry\n')
    with pytest.raises(HoleUnreachable, match="cannot read the goal"), lean.open(source, source.theorems[0]):
        pass


# -- files -------------------------------------------------------------------------------------------------

RICH = """\
/- A file with everything around its holes. -/
universe u

namespace Outer
variable {α : Type u} (xs : List α)

section
variable (n : Nat) (hn : 0 < n)

theorem pos (h : 0 < n) : n ≠ 0 := by
  sorry

end

mutual
theorem even (n : Nat) : n + n = 2 * n := by
  sorry
theorem odd (n : Nat) : n + n + 1 = 2 * n + 1 := sorry
end

theorem outer : xs ++ [] = xs := helper
where
  helper : xs ++ [] = xs := by sorry

open Nat in
private theorem «a strange name» : ∀ n : Nat, n = id n := fun n => sorry

end Outer

instance : Inhabited (1 = 1) := ⟨sorry⟩
example (p : Prop) : p → p := sorry
"""
PROOFS = ("omega", "omega", "by omega", "simp", "rfl", "rfl", "id")


@pytest.mark.parametrize(
    "encode", [str, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")]
)
def test_holes_anywhere_open_and_are_certified_together(encode: object, lean: EmbeddedGateway) -> None:
    assert callable(encode)
    source = source_of(encode(RICH))
    assert lean.check(source) == []
    for theorem, proof in zip(source.theorems, PROOFS, strict=True):
        tactic = proof.removeprefix("by ") if proof in ("omega", "by omega", "simp") else f"exact {proof}"
        with lean.open(source, theorem) as session:
            assert isinstance(session.run(session.root, tactic), Proved), theorem.name
    verdicts = lean.certify(source, {t.hole: p for t, p in zip(source.theorems, PROOFS, strict=True)})
    assert {verdict.standing for verdict in verdicts.values()} == {Standing.CERTIFIED}, verdicts


def test_variables_come_as_the_file_has_them(lean: EmbeddedGateway) -> None:
    source = source_of(RICH)
    with lean.open(source, source.theorems[0]) as session:
        names = [hypothesis.name for hypothesis in session.root.goals[0].hypotheses]
        assert names == ["n", "h"], "`hn` is not mentioned, so it is no assumption"


@pytest.mark.parametrize("text", ["def n : Nat := sorry\n", "structure S where\n  x : Nat := sorry\n"])
def test_data_is_not_attempted(text: str, lean: EmbeddedGateway) -> None:
    source = source_of(text)
    with pytest.raises(NotAProposition), lean.open(source, source.theorems[0]):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "theorem t : True := by\n  exact trivial\n  sorry\n",
        "theorem t : True := by\n  )\n  sorry\n",
        "theorem t : True := by\n  fail\n  sorry\n",
        "#exit\ntheorem t : True := by\n  sorry\n",
    ],
)
def test_a_hole_that_lean_does_not_reach_says_why(text: str, lean: EmbeddedGateway) -> None:
    source = source_of(text)
    with pytest.raises(HoleUnreachable) as error, lean.open(source, source.theorems[0]):
        pass
    assert str(error.value) and "\n" not in str(error.value)


def test_errors_stand_where_an_editor_shows_them(lean: EmbeddedGateway) -> None:
    source = source_of("\ntheorem a : 1 = 1 := rfl\n\ntheorem «é» : 1 = 2 := rfl\n\n  theorem c : «é» := x\n")
    found = lean.check(source)
    assert {complaint.position.line for complaint in found} == {4, 6}
    assert Position(4, 24) in [complaint.position for complaint in found]


def kinds() -> dict[str, Source]:
    """One shape for each kind of place: what comes before the hole, and whether it stands for a tactic."""
    found: dict[str, Source] = {}
    for shape in SHAPES:
        source = source_of(f"{PREAMBLE}\n{shape}")
        for theorem in source.theorems:
            around = source.layout(theorem.hole)
            kind = f"{theorem.hole.place.value} after {around.before!r} before {around.after!r}"
            found.setdefault(kind, source)
    return found


def opens(lean: EmbeddedGateway, source: Source, theorem: Theorem) -> bool:
    try:
        with lean.open(source, theorem) as session:
            return bool(session.root.goals)
    except HoleUnreachable as error:
        assert "without it" in str(error), source.text
        return False


def test_holes_in_every_kind_of_place_open(lean: EmbeddedGateway) -> None:
    """Or Lean itself does not come by them, as in a `first | simp | sorry`."""
    sources = {source.text: source for source in kinds().values()}.values()
    holes = [(source, theorem) for source in sources for theorem in source.theorems]
    passed_by = [source.text for source, theorem in holes if not opens(lean, source, theorem)]
    assert len(passed_by) < 5, passed_by


def test_a_second_visit_opens_when_the_first_is_solved(lean: EmbeddedGateway) -> None:
    source = source_of(
        "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ True := by\n  refine ⟨?_, ?_, ?_⟩ <;> sorry\n"
    )
    theorem = source.theorems[0]
    solved: list[str] = []
    for target, script in [("p", "exact hp"), ("q", "exact hq"), ("True", "trivial")]:
        with lean.open(source, theorem, solved) as session:
            assert session.root.goals[0].target == target
            assert isinstance(session.run(session.root, script), Proved)
        solved.append(script)
    with pytest.raises(HoleUnreachable), lean.open(source, theorem, solved):
        pass
    verdict = lean.certify(source, {theorem.hole: "first | exact hp | exact hq | trivial"})[theorem.hole]
    assert verdict.standing is Standing.CERTIFIED


# -- certificates ------------------------------------------------------------------------------------------


def test_axioms_are_listed(lean: EmbeddedGateway) -> None:
    source = source_of(
        "theorem t (p q : Prop) (h : p ↔ q) : p = q ∧ Nonempty p = Nonempty q := by\n  sorry\n"
    )
    hole = source.theorems[0].hole
    proof = "exact have e := propext h; ⟨e, congrArg (fun r : Prop => Nonempty r) e⟩"
    verdict = lean.certify(source, {hole: proof})[hole]
    assert verdict.standing is Standing.CERTIFIED and verdict.axioms == ("propext",), verdict


def test_errors_that_were_there_before_are_not_the_proofs(lean: EmbeddedGateway) -> None:
    """The numbers of metavariables in them differ from one elaboration to the next."""
    source = source_of(
        "theorem t : 1 = 1 := by\n  sorry\n\ntheorem bad (xs : List Nat) : flip xs = xs := rfl\n"
    )
    assert "?" in str(lean.check(source))
    hole = source.theorems[0].hole
    assert lean.certify(source, {hole: "rfl"})[hole].standing is Standing.CERTIFIED
    assert lean.certify(source, {hole: "exact 1"})[hole].standing is Standing.REJECTED


def test_an_elaborated_file_knows_which_command_a_hole_is_in(bare: EmbeddedLean) -> None:
    source = source_of(RICH)
    file = ElaboratedFile(bare, source)
    for theorem in source.theorems:
        index = file.index_of(theorem.hole)
        assert index is not None
        command = file.commands[index]
        assert command.span.start <= theorem.declaration.span.start < command.span.end
        replaced = file.command_text(index, {theorem.hole: "HERE"})
        assert (
            replaced.count("HERE") == 1
            and replaced.count("sorry")
            == source.text[command.span.start : command.span.end].count("sorry") - 1
        )
    assert file.state_before(0) == 0
    bare.forget(file.states)


def test_a_file_is_elaborated_as_far_as_it_is_needed(bare: EmbeddedLean) -> None:
    """In pieces or at one go, commands and messages come out the same."""
    source = source_of(f"/-! head -/ def wrong := nothing -- two on a line\n{RICH}\ntheorem bad : no := 1\n")
    whole, lazy = ElaboratedFile(bare, source), ElaboratedFile(bare, source)
    whole.complete()
    assert lazy.index_of(source.theorems[0].hole) == whole.index_of(source.theorems[0].hole)
    assert 0 < len(lazy.commands) < len(whole.commands)
    for theorem in source.theorems:
        assert lazy.index_of(theorem.hole) == whole.index_of(theorem.hole)
    assert lazy.complaints() == whole.complaints() != []
    assert [each.span for each in lazy.commands] == [each.span for each in whole.commands]
    assert [each.messages for each in lazy.commands] == [each.messages for each in whole.commands]
    bare.forget([*whole.states, *lazy.states])


def test_a_hole_that_lean_does_not_read_is_nowhere(bare: EmbeddedLean) -> None:
    source = source_of("theorem t : True := trivial\n#exit\ntheorem u : True := by\n  sorry\n")
    file = ElaboratedFile(bare, source)
    assert [file.index_of(source.theorems[0].hole) for _ in range(2)] == [None, None]
    assert len(file.commands) == 1
    bare.forget(file.states)


# -- memory ------------------------------------------------------------------------------------------------


def test_a_lean_beyond_its_memory_is_replaced_and_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "MEMORY_LIMIT", 1)
    launched: list[LineProcess] = []

    def launched_too(root: Path, imports: tuple[str, ...]) -> LineProcess:
        launched.append(launch(root, imports))
        return launched[-1]

    monkeypatch.setattr(gateways, "launch", launched_too)
    gateway = EmbeddedGateway(root(), (), Limits())
    try:
        with gateway.open(STEPS, STEPS.theorems[0]) as session:
            split = step(session.run(session.root, "constructor")).state
            assert isinstance(session.run(split, "exact hq", 1), Proved)
        assert len(launched) >= 2
    finally:
        gateway.close()
    assert not any(process.alive for process in launched)


def test_saved_states_are_freed_with_their_hole(bare: EmbeddedLean) -> None:
    """They take 25 MB a round, so they would not fit into what memory may grow by."""
    memory = []
    for _ in range(10):
        dojo = bare.open(0, "theorem t (p : Prop) (h : p) : p := by\n  lean_dojo_repl", HEARTBEATS, SECONDS)
        _, root_state = dojo.__enter__()
        for _ in range(1000):
            dojo.run_tac(root_state, "have saved := h")
        memory.append(dojo.reply["memory"])
        bare.leave()
    assert memory[-1] - memory[0] < 130_000_000, memory


def test_a_refused_request_ends_that_lean() -> None:
    lean = EmbeddedLean(launch(root(), ()), START_SECONDS)
    with pytest.raises(LeanDied, match="refuses"):
        lean.elaborate(77, "")
    assert not lean.process.alive


@pytest.mark.parametrize(
    ("edited", "kept"),
    [
        ("def a := 1\n\ndef b := a\n\ndef c := b + 1\n", 1),  # the last one that reads alike is read again
        ("def a := 1\n\ndef b := a\n\ndef c := b\n", 1),
        ("def a := 1\n\ndef b := a\n\ndef c := b\n\ndef d := a\n", 2),
        ("def a := 2\n\ndef b := a\n\ndef c := b\n", 0),
        ("def a := 1\n\ndef b := a\n  + 1\n\ndef c := b\n", 0),
        ("def a := 1\n\ndef b := a + c\n\ndef c := b\n", 0),
    ],
)
def test_an_edited_file_is_elaborated_from_the_edit_on(bare: EmbeddedLean, edited: str, kept: int) -> None:
    before = ElaboratedFile(bare, source_of("def a := 1\n\ndef b := a\n\ndef c := b\n\ndef d := c\n"))
    before.complete()
    known = before.shared_with(source_of(edited))
    after, fresh = (ElaboratedFile(bare, source_of(edited), first) for first in (known, ()))
    after.complete()
    fresh.complete()
    assert len(known) == kept
    assert [(c.span, c.messages) for c in after.commands] == [(c.span, c.messages) for c in fresh.commands]
