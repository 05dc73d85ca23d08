"""A language model behind an API: what it is asked, what comes of its answers, and of its failures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from fakes import FakeGateway, Rules
from model_server import (
    Answer,
    BreaksOff,
    Disconnects,
    Drips,
    Floods,
    ModelServer,
    Status,
    error,
    say,
    scripted,
)

from prover.errors import InputError, ModelError, ModelUnusable
from prover.events import Consulted, Event, Expanding, Proposed, Tried, as_json
from prover.lean.source import Source, read_source
from prover.models import ModelSettings
from prover.policy.api.account import Account, account_path
from prover.policy.api.client import ModelClient, Request
from prover.policy.api.prompts import Matter, written
from prover.policy.api.replies import Reply, estimated_tokens
from prover.policy.protocols import RevisingGenerator, SlowGenerator
from prover.policy.specs import parts_of, policy_factory
from prover.search.loop import search
from prover.search.trace import recording_of
from prover.types import Attempt, Budget, Goal, Hypothesis, SearchResult, Stop
from prover.types import Status as Standing

KEY = "sk-very-secret/1234567890"
RULES: Rules = {
    "root": {"split": ("left", "right"), "(dull\n no)": (), "dull": ("mid",)},
    "mid": {"no": ()},
    "left": {"l1": ()},
    "right": {"r1": ()},
}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path: Path = tmp_path_factory.mktemp("models") / "Example.lean"
    path.write_text("theorem example_1 (p : Prop) : p → p := by\n  sorry\n", encoding="utf-8")
    return read_source(path)


def lean(*lines: str) -> str:
    return "\n".join(["```lean", *lines, "```"])


def request(**more: Any) -> Request:
    return Request("be a prover", "prove it", **{"samples": 1, "seed": 3, **more})


def client(server: ModelServer, tmp_path: Path, **settings: Any) -> ModelClient:
    return ModelClient(
        ModelSettings("m", base_url=server.url, **{"timeout": 20, "retries": 2, **settings}),
        Account(tmp_path / "account.sqlite"),
    )


def outcome(
    tmp_path: Path, *answers: Answer, **settings: Any
) -> tuple[Reply | ModelError, ModelServer, ModelClient]:
    with scripted(*answers) as server:
        asked = client(server, tmp_path, **settings)
        (reply,) = asked.ask([request()])
    return reply, server, asked


# -- requests ----------------------------------------------------------------------------------------------


def test_a_request_says_what_the_settings_say(tmp_path: Path) -> None:
    reply, server, asked = outcome(
        tmp_path, say("simp"), temperature=0.25, price=(1.0, 10.0), reasoning="low"
    )
    assert isinstance(reply, Reply)
    assert [sample.text for sample in reply.samples] == ["simp"]
    assert (reply.read, reply.written) == (100, 10)
    assert asked.usd(reply) == pytest.approx(0.0002)
    (said,) = server.asked
    assert (said["model"], said["seed"], said["temperature"], said["reasoning_effort"]) == (
        "m",
        3,
        0.25,
        "low",
    )
    assert server.keys == [f"Bearer {KEY}"]
    spent = asked.account.spent_on(asked.settings)
    assert (spent.requests, spent.failures, spent.read, spent.written) == (1, 0, 100, 10)
    assert spent.usd == pytest.approx(0.0002)


def test_many_requests_are_in_flight_at_once(tmp_path: Path) -> None:
    import threading

    together = threading.Barrier(4)

    def answer(_: dict[str, Any]) -> Status:
        together.wait(20)
        return say("simp")

    with scripted(answer) as server:
        replies = client(server, tmp_path, parallel=4).ask([request() for _ in range(4)])
    assert all(isinstance(reply, Reply) for reply in replies)


def test_samples_come_in_one_request_or_in_several(tmp_path: Path) -> None:
    with scripted(say("a", "b", "c")) as server:
        (reply,) = client(server, tmp_path).ask([request(samples=3)])
        assert isinstance(reply, Reply) and len(server.asked) == 1 and server.asked[0]["n"] == 3
        assert [sample.text for sample in reply.samples] == ["a", "b", "c"]
    with scripted(say("a")) as server:  # it takes no notice of `n`
        asked = client(server, tmp_path)
        (reply,) = asked.ask([request(samples=3)])
        assert isinstance(reply, Reply) and len(reply.samples) == 3
        assert sorted(said["seed"] for said in server.asked) == [3, 4, 5]
        assert (reply.read, reply.written) == (300, 30)
        asked.ask([request(samples=3)])
        assert [said.get("n") for said in server.asked] == [3, *[None] * 5]


def test_what_a_server_does_not_take_is_left_out_from_then_on(tmp_path: Path) -> None:
    taken = {"model", "messages", "max_completion_tokens"}

    def picky(said: dict[str, Any]) -> Answer:
        for name in said:
            if name not in taken:
                return error(400, f"Unsupported parameter: '{name}' is not supported with this model.")
        return say("simp")

    with scripted(picky) as server:
        asked = client(server, tmp_path, reasoning="high")
        (reply,) = asked.ask([request(samples=2, logprobs=True)])
        assert isinstance(reply, Reply) and len(reply.samples) == 2
        before = len(server.asked)
        asked.ask([request()])
    assert len(server.asked) == before + 1
    assert set(server.asked[-1]) == taken


def test_the_server_says_how_long_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    limited = Status(429, b'{"error": {"message": "slow down"}}', {"retry-after": "7"})
    reply, server, _ = outcome(tmp_path, limited, error(503, "busy", {"retry-after-ms": "1500"}), say("simp"))
    assert isinstance(reply, Reply)
    assert (waited, len(server.asked)) == ([7.0, 1.5], 3)


@pytest.mark.parametrize(
    ("answer", "unusable", "words"),
    [
        (error(401, "Incorrect API key provided"), True, ["OPENAI_API_KEY", "refused", "401"]),
        (error(403, "no"), True, ["OPENAI_API_KEY", "403"]),
        (error(404, "The model `m` does not exist"), True, ["no model `m`", "404"]),
        (error(400, "Invalid model name passed in model=m"), True, ["no model `m`"]),
        (error(402, "pay"), True, ["no credit"]),
        (error(429, "quota", code="insufficient_quota"), True, ["no credit"]),
        (error(429, "slow down"), False, ["too many requests", "429"]),
        (error(500, "oops"), False, ["fails", "500", "oops"]),
        (error(400, "This model's maximum context length is 10 tokens"), False, ["longer than", "`context`"]),
        (error(400, "what?"), False, ["refused", "what?"]),
        (Status(200, b"<html>hello</html>"), True, ["no such API", "base URL"]),
        (Status(200, b'{"hello": 1}'), True, ["no such API", "base URL"]),
        (Status(200, b'{"error": {"message": "overloaded"}}'), False, ["overloaded"]),
        (Status(404, b"<html>not found</html>"), True, ["no such API"]),
        (Disconnects(), False, ["the connection broke"]),
        (BreaksOff(), False, ["broke in the middle"]),
        (Floods(), False, ["longer than"]),
    ],
)  # fmt: skip
def test_each_failure_is_a_clear_outcome(
    tmp_path: Path, answer: Answer, unusable: bool, words: list[str]
) -> None:
    reply, _, asked = outcome(tmp_path, answer, retries=1)
    assert isinstance(reply, ModelError)
    assert isinstance(reply, ModelUnusable) == unusable == bool(asked.trouble)
    for word in words:
        assert word in str(reply)
    assert "\n" not in str(reply) and len(str(reply)) < 400
    assert asked.account.spent_on(asked.settings).failures == 1


def test_an_endless_answer_ends_with_its_time(tmp_path: Path) -> None:
    reply, _, asked = outcome(tmp_path, Drips(), timeout=0.3)
    assert isinstance(reply, ModelError) and "no answer within 0.3 s" in str(reply)
    assert not asked.trouble


def test_nobody_listens_there(tmp_path: Path) -> None:
    with scripted(say("")) as server:
        pass
    (reply,) = client(server, tmp_path, retries=0).ask([request()])
    assert isinstance(reply, ModelUnusable) and "nothing answers" in str(reply) and server.url in str(reply)


def test_a_model_that_fails_again_and_again_is_left_alone(tmp_path: Path) -> None:
    with scripted(error(500, "oops")) as server:
        asked = client(server, tmp_path, retries=0)
        for _ in range(5):
            asked.ask([request()])
        assert len(server.asked) == 3
        assert "in a row" in asked.trouble


def test_tokens_are_estimated_where_the_server_counts_none(tmp_path: Path) -> None:
    body = json.dumps({"choices": [{"message": {"content": "simp at h"}}]}).encode()
    reply, _, _ = outcome(tmp_path, Status(200, body))
    assert isinstance(reply, Reply)
    assert reply.read == estimated_tokens("be a proverprove it") and reply.written == estimated_tokens(
        "simp at h"
    )


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": "hm"},
        {"content": "<think>hm</think>"},
        {"content": "", "reasoning": "hm"},
        {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": ""}]},
    ],
)
def test_thinking_is_kept_apart(tmp_path: Path, message: dict[str, Any]) -> None:
    body = json.dumps({"choices": [{"message": message}, 3, {"message": None}]}).encode()
    reply, _, _ = outcome(tmp_path, Status(200, body))
    assert isinstance(reply, Reply)
    assert (reply.samples[0].text, reply.samples[0].reasoning) == ("", "hm")


def test_a_local_server_needs_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    reply, _, _ = outcome(tmp_path, say("simp"))
    assert isinstance(reply, Reply)
    with pytest.raises(InputError, match="OPENAI_API_KEY"):
        policy_factory("openai:gpt", 0)
    with pytest.raises(InputError, match="MY_KEY"):
        policy_factory("openai:m", 0, {"m": ModelSettings("m", "http://localhost/v1", key_variable="MY_KEY")})


def test_the_account_outlasts_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "account.sqlite").write_bytes(b"this is no database, but it is long enough to be read")
    reply, _, asked = outcome(tmp_path, say("simp"))
    assert isinstance(reply, Reply)
    assert "can't be kept" in asked.account.trouble


def test_what_is_short_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    reply, _, _ = outcome(tmp_path, say("exact Option.none"))
    assert isinstance(reply, Reply) and reply.samples[0].text == "exact Option.none"


# -- specs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("fixed", ["fixed"]),
        ("fixed+openai:a+b", ["fixed", "openai:a+b"]),
        ("only:simp +arith+openai:m@http://h+fixed", ["only:simp +arith", "openai:m@http://h", "fixed"]),
        ("only:simp + fixedpoint", ["only:simp + fixedpoint"]),
        ("fixed + fixed", ["fixed ", " fixed"]),
    ],
)  # fmt: skip
def test_a_spec_is_parted_before_policies_alone(spec: str, parts: list[str]) -> None:
    assert parts_of(spec) == parts


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("openai:", ["say which model"]),
        ("openai:m@localhost:8000", ["base_url must be a URL", "localhost:8000"]),
        ("openai:m@ftp://x/v1", ["base_url must be a URL"]),
        ("openai:m@http://user:secret@host/v1", ["base_url must be a URL", "without a key or password"]),
        ("fixed+nope", ["unknown policy `fixed+nope`"]),
        ("fixed+only:sorry", ["only:sorry"]),
        ("gpt-5", ["unknown policy", "openai:"]),
    ],
)
def test_a_spec_that_means_nothing_is_refused(spec: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        policy_factory(spec, 0)
    for word in words:
        assert word in str(caught.value)
    assert "secret" not in str(caught.value)


def test_models_with_an_at_in_their_names() -> None:
    assert policy_factory("openai:@cf/meta/llama", 0)(frozenset()).name == "openai:@cf/meta/llama"
    name = "openai:@cf/meta/llama@http://127.0.0.1:1/v1"
    assert policy_factory(name, 0)(frozenset()).name == name


# -- prompts -----------------------------------------------------------------------------------------------


def test_a_prompt_is_never_longer_than_there_is_room() -> None:
    matter = Matter(
        "n : Nat\n⊢ f n = n",
        tuple(f"def d{number} := {'x' * 50}" for number in range(9)),
        tuple(f"theorem p{number} : {'∀ ' * 30}" for number in range(9)),
        tuple(Attempt(f"tactic{number}", "it failed " * 200) for number in range(9)),
    )
    whole = written("proof", matter, 100_000)
    assert whole is not None and whole.left_out == () and whole.name == "proof.v1"
    assert all(text in whole.user for text in (*matter.definitions, *matter.premises, "⊢ f n = n", "tactic0"))
    before = 0
    for room in range(100, 6000, 97):
        prompt = written("proof", matter, room)
        if prompt is None:
            assert before == 0
            continue
        size = estimated_tokens(prompt.system) + estimated_tokens(prompt.user)
        assert before <= size <= room
        before = size
        assert "⊢ f n = n" in prompt.user
        if "theorem p5" in prompt.user:  # by rank
            assert "theorem p4" in prompt.user
        if "tactic5" in prompt.user:
            assert "tactic6" in prompt.user
    assert prompt is not None and not prompt.left_out
    tight = written("proof", matter, 1200)
    assert tight is not None and any("attempts" in what for what in tight.left_out)


# -- the search with it ------------------------------------------------------------------------------------


def found(
    source: Source,
    spec: str,
    server: ModelServer,
    budget: Budget | None = None,
    rules: Rules = RULES,
    **settings: Any,
) -> tuple[list[Event], SearchResult]:
    models = {"m": ModelSettings("m", base_url=server.url, **{"samples": 1, "retries": 0, **settings})}
    policy = policy_factory(spec, 0, models)(frozenset())
    assert isinstance(policy, SlowGenerator) and isinstance(policy, RevisingGenerator)
    running = search(
        source,
        source.theorems[0],
        FakeGateway(rules),
        policy,
        budget or Budget(tactics=100),
        clock=lambda: 0.0,
    )
    return drained(running)


def drained(running: Generator[Event, None, SearchResult]) -> tuple[list[Event], SearchResult]:
    events: list[Event] = []
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            assert isinstance(end.value, SearchResult)
            return events, end.value


def by_goal(said: dict[str, Any]) -> Answer:
    """Next tactics, as the fake Lean has them."""
    goal = said["messages"][-1]["content"].split("⊢ ")[1].split("\n")[0]
    return say(lean(*{"root": ["worse", "split"], "left": ["l0", "l1"], "right": ["r1"]}[goal]))


def test_next_tactics_prove_it(source: Source) -> None:
    with scripted(by_goal) as server:
        events, result = found(source, "openai:m", server, ways=("tactics",))
    assert result.status is Standing.PROVED
    asked = [event for event in events if isinstance(event, Consulted)]
    assert {each.consultation.prompt for each in asked} == {"tactics.v1"}
    assert result.statistics.tokens == 110 * len(server.asked)


def test_a_proof_is_repaired_by_what_lean_said(source: Source) -> None:
    with scripted(say(lean("bad", "worse")), say(lean("dull", "no"))) as server:
        events, result = found(source, "openai:m", server, ways=("proof",), repairs=2)
    assert result.status is Standing.PROVED
    assert len(server.asked) == 2
    assert "bad\nworse" in server.prompts()[1] and "no such tactic" in server.prompts()[1]
    prompts = [event.consultation.prompt for event in events if isinstance(event, Consulted)]
    assert prompts == ["proof.v1", "repair.v1"]
    (last,) = [event for event in events if isinstance(event, Tried) and not event.children][-1:]
    assert last.candidate.source == "openai:m repair.v1"


def test_the_ways_are_asked_in_turn_and_then_no_more(source: Source) -> None:
    with scripted(say("I don't know.")) as server:
        events, result = found(source, "openai:m", server, repairs=1)
    prompts = [event.consultation.prompt for event in events if isinstance(event, Consulted)]
    assert prompts == ["proof.v1", "proof.v1", "sketch.v1", "tactics.v1"]
    assert result.stop is Stop.MODEL and "no Lean in the model's answer" in result.message


def test_what_a_model_thinks_is_told_and_never_tried(source: Source) -> None:
    with scripted(say(lean("dull", "no"), reasoning_content="perhaps\n```lean\nsplit\n```")) as server:
        events, _ = found(source, "openai:m", server)
    (consulted,) = [event for event in events if isinstance(event, Consulted)]
    assert "split" in consulted.consultation.reasoning
    assert [event.candidate.tactic for event in events if isinstance(event, Tried)] == ["(dull\n no)"]


def test_the_slow_one_is_asked_where_the_fast_one_is_stuck(source: Source) -> None:
    rules: Rules = {**RULES, "root": {**RULES["root"], "rfl": ("root2",)}, "root2": {}}
    with scripted(say(lean("dull", "no"))) as server:
        events, result = found(source, "only:rfl+openai:m", server, rules=rules)
    assert result.status is Standing.PROVED
    tried = [event.candidate.tactic for event in events if isinstance(event, Tried)]
    assert tried[0] == "rfl" and "(dull\n no)" in tried
    assert "rfl" in server.prompts()[-1]  # it is told what was tried
    assert isinstance(events[1], Expanding) and not any(isinstance(event, Consulted) for event in events[:4])


def test_a_cascade_goes_on_without_a_model_that_fails(source: Source) -> None:
    rules: Rules = {"root": {"rfl": ("a",)}, "a": {"rfl": ("b",)}, "b": {}}
    with scripted(error(401, "no")) as server:
        events, result = found(source, "openai:m+only:rfl", server, rules=rules)
        assert len(server.asked) == 1
    assert "rfl" in [event.candidate.tactic for event in events if isinstance(event, Tried)]
    assert result.stop is Stop.MODEL and "OPENAI_API_KEY" in result.message


def test_a_budget_of_tokens_or_money_stops_cleanly(source: Source) -> None:
    with scripted(say("no")) as server:
        _, result = found(source, "openai:m", server, Budget(tokens=150), price=(1000.0, 1000.0))
        assert result.stop is Stop.TOKENS and result.statistics.tokens == 220
        _, result = found(source, "openai:m", server, Budget(usd=0.05), price=(1000.0, 1000.0))
        assert result.stop is Stop.USD and result.statistics.usd == pytest.approx(0.11)


def test_a_search_goes_on_from_its_trace_without_asking_again(source: Source) -> None:
    with scripted(say(lean("bad", "worse"), reasoning_content="hm"), say(lean("dull", "no"))) as server:
        events, _ = found(source, "openai:m", server)
    lines = [json.loads(json.dumps({"search": "x", **as_json(event)})) for event in events]
    with scripted(say("nothing")) as server:
        models = {"m": ModelSettings("m", base_url=server.url, samples=1)}
        policy = policy_factory("openai:m", 0, models)(frozenset())
        gateway, budget = FakeGateway(RULES), Budget(tactics=100)
        recording = recording_of(lines)
        again, result = drained(
            search(
                source, source.theorems[0], gateway, policy, budget, recording=recording, clock=lambda: 0.0
            )
        )
        assert not server.asked
    assert result.status is Standing.PROVED
    assert again == events


def test_the_same_search_asks_and_tells_the_same(source: Source) -> None:
    def told() -> tuple[list[Event], Sequence[dict[str, Any]]]:
        with scripted(say(lean("bad", "worse")), say(lean("dull", "no"))) as server:
            events, _ = found(source, "only:rfl+openai:m", server)
            return events, server.asked

    assert told() == told()


def test_the_key_is_nowhere_but_in_the_request(source: Source) -> None:
    shown = f"the key is {KEY}"
    leaks = [
        say(shown + "\n" + lean("bad", f"-- {KEY}", f"exact {KEY}"), reasoning_content=shown),
        error(500, shown),
        error(401, shown),
    ]
    with scripted(*leaks) as server:
        events, result = found(source, "openai:m", server)
        assert all(KEY in key for key in server.keys)
    said = json.dumps([as_json(event) for event in events]) + repr(events) + repr(result)
    assert "bad" in said and "refused" in said
    assert KEY not in said and KEY.split("/")[0] not in said
    if account_path().exists():
        with sqlite3.connect(account_path()) as connection:
            assert KEY not in "".join(connection.iterdump())
        connection.close()


def test_proposals_that_nobody_waits_for_any_more(source: Source) -> None:
    """A model that does not answer ends the search with its time, not later."""
    ticking = iter(range(10_000))
    with scripted(Drips()) as server:
        models = {"m": ModelSettings("m", base_url=server.url, timeout=30)}
        policy = policy_factory("openai:m", 0, models)(frozenset())
        running = search(
            source,
            source.theorems[0],
            FakeGateway(RULES),
            policy,
            Budget(seconds=1),
            clock=lambda: float(next(ticking)),
        )
        events, result = drained(running)
    assert result.stop is Stop.SECONDS
    assert not any(isinstance(event, Proposed) for event in events)


def test_a_goal_that_is_too_long_is_not_asked_about(tmp_path: Path, source: Source) -> None:
    with scripted(say("simp")) as server:
        models = {"m": ModelSettings("m", base_url=server.url, samples=1, context=2048, max_tokens=1024)}
        policy = policy_factory("openai:m", 0, models)(frozenset())
        long, short = (Goal((), "p" * size, "", f"⊢ {'p' * size}") for size in (5000, 5))
        answers = policy.propose(source.theorems[0], [long, short], 32)
        assert [len(answer) for answer in answers] == [0, 1]
        assert len(server.asked) == 1


def test_lemmas_of_the_library_are_shown_and_brought(tmp_path: Path) -> None:
    from lemma_samples import sample

    from lemmas import Library
    from prover.policy.library import Shelf, with_library

    path = tmp_path / "L.lean"
    path.write_text(
        "def f (x : Nat) := x\ntheorem g (x : Nat) : f (f x) = x := by\n  sorry\n", encoding="utf-8"
    )
    theorem = read_source(path).theorems[0]
    goal = Goal((Hypothesis("x", "Nat"),), "f (f x) = x", "", "x : Nat\n⊢ f (f x) = x")
    answers = say(lean("rw [t_1]", "exact t_1 x")), say(lean("simp [t_1]", "rfl"))
    with Library.open(tmp_path / "lemmas.sqlite") as library, scripted(*answers) as server:
        library.add([sample("A.t", definitions=())])
        models = {"m": ModelSettings("m", base_url=server.url, samples=1)}
        policy = with_library(
            policy_factory("only:rfl+openai:m", 0, models)(frozenset()), Shelf(library), frozenset()
        )
        assert isinstance(policy, RevisingGenerator)
        policy.propose(theorem, [goal], 32)
        first = policy.propose_again(theorem, goal, 64, (), 1)
        again = policy.propose_again(theorem, goal, 128, (), 2)
        assert all("theorem t_1 (x : Nat) : f x = x" in prompt for prompt in server.prompts())
        assert all("def f (x : Nat) := x" in prompt for prompt in server.prompts())
    bringing = [each for each in (*first, *again) if "t_1" in each.tactic]
    assert len(bringing) == 2
    for each in bringing:
        assert "have t_1 : ∀ (x : Nat), f x = x := by" in each.tactic and "simp [f]" in each.tactic
    assert bringing[0].tactic.endswith("\n rw [t_1]\n exact t_1 x)")


def test_a_terminal_shows_what_a_model_thinks(source: Source) -> None:
    from tui.state.forest import Scope
    from tui.state.holes import HoleState

    with scripted(say(lean("bad", "no"), reasoning_content="let me see"), error(401, "no")) as server:
        events, _ = found(source, "openai:m", server)
    hole, scope = HoleState(source, source.theorems[0]), Scope()
    for event in events:
        hole.apply(scope, event)
    assert "openai:m (proof.v1)" in hole.reasoning and "let me see" in hole.reasoning
    said = "\n".join(hole.thoughts.lines)
    assert "Asked openai:m about goal" in said and "a whole proof" in said
    assert "There is no model to ask" in said
