"""`ct2:DIR`: models of others, run by CTranslate2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from neural_help import byt5_like
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from prover.cli.main import command
from prover.errors import InputError
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.neural.local import LocalPolicy, load_local
from prover.policy.neural.tokenizing import ByteTokenizer
from prover.policy.protocols import SlowGenerator
from prover.policy.specs import policy_factory
from prover.search.loop import search
from prover.types import Budget, Status

TEXT = "theorem one (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n"
GOAL = parse_goal("p q : Prop\nh : p ∧ q\n⊢ q ∧ p")


@pytest.fixture(scope="module")
def byt5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return byt5_like(tmp_path_factory.mktemp("ct2") / "byt5")


def with_options(folder: Path, **options: object) -> Path:
    (folder / "prover.json").write_text(json.dumps(options), encoding="utf-8")
    return folder


def test_bytes_are_tokens_and_back() -> None:
    tokenizer = ByteTokenizer()
    tokens = tokenizer.encode("h : p ∧ q\n⊢ q")
    assert tokens[-1] == "</s>" and len(tokens) == 1 + len("h : p ∧ q\n⊢ q".encode())
    assert tokenizer.decode(tokens) == "h : p ∧ q\n⊢ q"


def test_a_byt5_proposes_tactics_with_log_probabilities(byt5: Path) -> None:
    policy = policy_factory(f"ct2:{byt5}", 0)(frozenset())
    assert isinstance(policy, SlowGenerator)
    theorem = parse_source(Path("One.lean"), TEXT.encode()).theorems[0]
    first, second = policy.propose(theorem, [GOAL, parse_goal("⊢ True")], 8)
    logs = [candidate.logprob for candidate in first]
    assert 1 <= len(first) <= 8 and logs == sorted(logs, reverse=True) and logs[0] < 0
    assert len({candidate.tactic for candidate in first}) == len(first)
    assert all(candidate.source == "ct2:byt5" for candidate in first)
    assert policy.propose(theorem, [GOAL], 4)[0] == first[:4]
    fresh = policy_factory(f"ct2:{byt5}", 0)(frozenset())
    assert fresh.propose(theorem, [GOAL], 8)[0] == first and second


def test_a_search_with_nonsense_ends_in_good_order(lean: EmbeddedGateway, byt5: Path) -> None:
    source = parse_source(Path("One.lean"), TEXT.encode())
    policy = policy_factory(f"ct2:{byt5}", 0)(frozenset())
    steps = search(source, source.theorems[0], lean, policy, Budget(tactics=5))
    events = list(steps)
    assert any(type(event).__name__ == "Tried" for event in events)
    assert type(events[-1]).__name__ == "Finished"
    assert events[-1].result.status is Status.OPEN  # type: ignore[union-attr]


def test_sampling_and_other_options(tmp_path: Path) -> None:
    folder = with_options(byt5_like(tmp_path / "m"), count=3, temperature=0.8, output=12, input=30)
    policy = LocalPolicy(load_local(folder))
    theorem = parse_source(Path("One.lean"), TEXT.encode()).theorems[0]
    long = parse_goal("\n".join(f"h{n} : p ∧ q" for n in range(2000)) + "\n⊢ q")
    ((*candidates,),) = policy.propose(theorem, [long], 8)
    assert len(candidates) <= 3 and all(len(each.tactic) <= 12 for each in candidates)
    assert list(policy.propose(theorem, [long], 8)[0]) == candidates


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"beams": 3}, "beams"),
        ({"count": 0}, "from 1"),
        ({"count": "x"}, "from 1"),
        ({"temperature": -1}, "above 0"),
        ({"prompt": "prove it"}, "{goal}"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: dict[str, object], said: str) -> None:
    folder = with_options(byt5_like(tmp_path / "m"), **options)
    with pytest.raises(InputError) as refused:
        load_local(folder)
    assert said in str(refused.value) and "prover.json" in str(refused.value)


def test_folders_that_are_no_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_local(tmp_path / "missing")
    with pytest.raises(InputError, match="ct2-transformers-converter"):
        load_local(tmp_path)
    folder = byt5_like(tmp_path / "m")
    (folder / "model.bin").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="can't load it"):
        load_local(folder)
    (folder / "shared_vocabulary.json").write_text('["<pad>", "</s>", "<unk>", "a"]')
    with pytest.raises(InputError, match=r"no tokenizer\.json"):
        load_local(folder)
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="not a tokenizer"):
        load_local(folder)
    (folder / "shared_vocabulary.json").unlink()
    with pytest.raises(InputError, match="no vocabulary"):
        load_local(folder)


def decoder_only(folder: Path) -> Path:
    """A model like GPT-2 with random weights, and a tokenizer of characters."""
    from ctranslate2.specs import TransformerDecoderModelSpec

    words = ["<unk>", "</s>", *map(chr, range(32, 127)), "⊢", "∧", "\n"]
    width, rng = 16, np.random.default_rng(0)

    def some(*size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return (0.3 * rng.standard_normal(size)).astype(np.float32)

    spec = TransformerDecoderModelSpec.from_config(1, 2, pre_norm=True)
    decoder = spec.decoder
    decoder.embeddings.weight = decoder.projection.weight = some(len(words), width)
    decoder.position_encodings.encodings = some(512, width)
    layer = decoder.layer[0]
    for norm in (decoder.layer_norm, layer.self_attention.layer_norm, layer.ffn.layer_norm):
        norm.gamma, norm.beta = np.ones(width, np.float32), np.zeros(width, np.float32)
    for linear, size in (
        (layer.self_attention.linear[0], (3 * width, width)),
        (layer.self_attention.linear[1], (width, width)),
        (layer.ffn.linear_0, (32, width)),
        (layer.ffn.linear_1, (width, 32)),
    ):
        linear.weight, linear.bias = some(*size), np.zeros(size[0], np.float32)
    spec.register_vocabulary(words)
    spec.config.bos_token = spec.config.eos_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir()
    spec.save(str(folder))
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_decoder_only_model_answers_a_prompt(tmp_path: Path) -> None:
    policy = LocalPolicy(load_local(with_options(decoder_only(tmp_path / "gpt"), count=4, output=10)))
    theorem = parse_source(Path("One.lean"), TEXT.encode()).theorems[0]
    (candidates,) = policy.propose(theorem, [GOAL], 8)
    assert candidates and all("[GOAL]" not in each.tactic for each in candidates)
    assert all(len(each.tactic) <= 10 for each in candidates)


def test_bench_models_measures_any_policy(
    byt5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prover.bench.models._LEAST_SECONDS", 0.01)
    out = tmp_path / "out.json"
    arguments = ["bench", "models", "--policy", "fixed", "--no-lean", "--json", str(out)]
    result = CliRunner().invoke(command, [*arguments, "--policy", f"ct2:{byt5}"])
    assert result.exit_code == 0, result.output
    measured = json.loads(out.read_text())
    assert [each["goals"] for each in measured if each["what"] == "speed"] == [1, 4, 16, 64] * 2
    assert {each["policy"] for each in measured} == {"fixed", f"ct2:{byt5}"}
