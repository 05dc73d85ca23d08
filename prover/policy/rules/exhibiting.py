"""What there is: values that an inductive predicate holds of, as one of its rules makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from prover.policy.declared import read_rules
from prover.policy.programs import programs_of
from prover.policy.rewriting import matched, replaced
from prover.policy.rules.common import UNIVERSAL, Proposal, block
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import bound_names, connective, names, split_outer
from prover.policy.theory import unfielded
from prover.policy.view import Kind, View

_MOST_FACTS = 6
_MOST_VALUES = 2
_TRUTHS = ("true", "false")
_BY = "first | assumption | rfl | (constructor <;> assumption)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A constructor that may prove the target; `tests` are what it wants to be true or false."""

    name: str
    tests: tuple[tuple[Term, str], ...]


def exhibit(view: View) -> Iterator[Proposal]:
    """By a rule of the predicate that the target says to hold of something. Before that, what hypotheses say
    that there is is taken for what is there, and then for that; and the test is made on which it depends
    which rule it is."""
    if connective(view.target) != "∃":
        return
    binders, _, said = view.target.partition(",")
    unknown = bound_names(f"{binders},")
    full = None if connective(said.strip()) else view.symbols.resolve((names(said) or [""])[0])
    if full is None or not view.symbols[full].is_predicate:
        return
    predicate = view.symbols[full]
    rules = _rules(view, predicate, said, unknown)
    applied = f"{'apply Exists.intro; ' * len(unknown)}apply {view.written(predicate)}"
    test = next((test for rule in rules for test, _ in rule.tests), None)
    facts = [*islice(_facts(view), _MOST_FACTS)]
    if test is None:
        cases, lines = [rules], [*facts, _first(applied, rules)]
    else:
        cases = [[r for r in rules if (test, refused) not in r.tests] for refused in ("true", "false")]
        split = [f"cases {view.fresh('h')} : {test}", *(f"· {_first(applied, case)}" for case in cases)]
        lines = [*facts, *split]
    if all(cases):
        yield block(lines), -0.5


def _first(applied: str, rules: Sequence[_Rule]) -> str:
    ways = [f"{applied}.{rule.name} <;> {_BY}" for rule in rules]
    return ways[0] if len(ways) == 1 else "first" + "".join(f" | ({way})" for way in ways)


def _facts(view: View) -> Iterator[str]:
    """What there is by hypotheses `∀ x, … → ∃ y, …`: for what is there, and for what there is for that."""
    values: dict[str, list[str]] = {}
    for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)[::-1]:
        values.setdefault(variable.type, []).append(variable.name)
    claims = [(proof.name, claim) for proof in view.proofs if (claim := _claim(proof.type)) is not None]
    found: list[tuple[str, str]] = []
    for name, claim in claims:
        given = [
            values.get(type_, [])[:_MOST_VALUES] if type_ else ["(by simp_all)"] for type_ in claim.asked
        ]
        for chosen in product(*given):
            value = view.fresh("y")
            found.append((name, value))
            yield _obtained(view, value, " ".join([name + claim.part, *chosen]), "" in claim.asked)
    for name, value in found:
        for other, claim in claims:
            if other != name and len(claim.asked) == 1 and claim.asked[0]:
                yield _obtained(view, view.fresh("y"), f"{other} {value}", True)


def _obtained(view: View, value: str, term: str, may_fail: bool) -> str:
    return f"{'try ' if may_fail else ''}obtain ⟨{value}, {view.fresh('h')}⟩ := {term}"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a hypothesis says that there is. `asked` are the types of the values that it is said for, and what
    is empty is a premise; then comes the `part` of it."""

    asked: tuple[str, ...] = ()
    part: str = ""


def _claim(proposition: str) -> _Claim | None:
    """None for one that says no such thing."""
    of_all = UNIVERSAL.fullmatch(proposition)
    match connective(proposition):
        case "∃":
            return _Claim()
        case "↔" if connective(split_outer(proposition, "↔")[0]) == "∃":
            return _Claim(("",), ".mpr")
        case "∀" if of_all is not None:
            asked, then = [of_all["type"]] * len(of_all["names"].split()), of_all["says"]
        case "→":
            asked, then = [""], " → ".join(split_outer(proposition, "→")[1:])
        case _:
            return None
    said = _claim(then)
    return None if said is None or said.part else _Claim((*asked, *said.asked))


def _rules(view: View, predicate: Symbol, said: str, unknown: frozenset[str]) -> list[_Rule]:
    """Those that may prove it of something `unknown`."""
    constructors = programs_of(view.symbols).constructors
    variables = {variable.name for variable in view.variables}
    found = []
    try:
        target = unfielded(read_term(said.strip()), constructors)
        for rule in read_rules(predicate):
            given: dict[str, Term] = {}
            pairs = zip(unfielded(rule.proves, constructors).args, target.args, strict=False)
            told = [pair for pair in pairs if not unknown & {*names(str(pair[1]))}]
            if all(matched(*pair, dict.fromkeys(rule.variables, rule.proves), given) for pair in told):
                plain = {name: term for name, term in given.items() if term.head in variables}
                tests = [p.args for p in rule.premises if p.head == "=" and p.args[1].head in _TRUTHS]
                known = [
                    (replaced(test, plain), truth.head)
                    for test, truth in tests
                    if not {*names(str(test))} & rule.variables - plain.keys()
                ]
                found.append(_Rule(rule.name, tuple(known)))
    except NotRead:
        return []
    return found
