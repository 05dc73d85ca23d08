"""Propositional and first-order logic: formulas drawn at random that no small model refutes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from prover.train.making.naming import Names
from prover.train.making.written import Family

_DRAWN = 1500
_MODELS = 240
_SUPPORT = 8  # models, or all of the few there are, in which the premises hold
_SIZES = (1, 2, 2, 3, 3)

Formula: TypeAlias = "tuple[object, ...]"
"""`("atom", predicate, variables…)`, a connective and its parts, or `∀`/`∃`, a variable and a part."""


@dataclass(frozen=True, slots=True)
class _Model:
    size: int
    relations: Mapping[tuple[str, int], frozenset[tuple[int, ...]]]


def logic_family(rng: random.Random, most: int) -> Family:
    """Statements about the same propositions, or about the same predicates on one type."""
    first_order = rng.random() < 0.6
    predicates = _predicates(rng, first_order)
    models = list(_models(predicates, first_order, rng))
    drawn = refuted = 0
    found: list[tuple[list[Formula], Formula]] = []
    for _ in range(_DRAWN):
        premises = [
            _formula(rng, predicates, (), rng.choice((1, 1, 2)))
            for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))
        ]
        conclusion = _formula(rng, predicates, (), rng.choice((1, 2, 2, 3)))
        drawn += 1
        if not _valid(premises, conclusion, models):
            refuted += 1
        elif _tells(premises, conclusion, models):
            found.append((premises, conclusion))
        if len(found) == most:
            break
    names = Names(rng)
    theorems = tuple(_written(rng, names, predicates, *each, first_order) for each in found)
    kind = "first-order" if first_order else "propositional"
    return Family(f"{kind}/{len(predicates)}", _NOTHING, theorems, "", drawn, refuted)


_NOTHING = "set_option linter.unusedVariables false"


def _predicates(rng: random.Random, first_order: bool) -> list[tuple[str, int]]:
    names = ("P", "Q", "R", "S")
    if not first_order:
        return [(name, 0) for name in names[: rng.randint(2, 4)]]
    return [(name, rng.choice((0, 1, 1, 1, 2))) for name in names[1 : rng.randint(2, 4)]] + [("P", 1)]


def _formula(
    rng: random.Random, predicates: Sequence[tuple[str, int]], variables: tuple[str, ...], depth: int
) -> Formula:
    quantifies = any(arity for _, arity in predicates) and len(variables) < 3
    if depth == 0 or rng.random() < 0.15:
        usable = [each for each in predicates if not each[1] or variables]
        if usable and (variables or not quantifies or rng.random() < 0.5):
            name, arity = rng.choice(usable)
            return ("atom", name, *(rng.choice(variables) for _ in range(arity)))
    if quantifies and (depth == 0 or rng.random() < (0.55 if not variables else 0.3)):
        variable = "xyz"[len(variables)]
        body = _formula(rng, predicates, (*variables, variable), max(0, depth - 1))
        return (rng.choice("∀∃"), variable, body) if _mentions(body, variable) else body
    operator = rng.choice(("∧", "∧", "∨", "∨", "→", "→", "↔", "¬", "¬"))
    if operator == "¬":
        return ("¬", _formula(rng, predicates, variables, max(0, depth - 1)))
    parts = [_formula(rng, predicates, variables, max(0, depth - 1)) for _ in range(2)]
    return (operator, *parts) if parts[0] != parts[1] else parts[0]


def _mentions(formula: Formula, variable: str) -> bool:
    if formula[0] == "atom":
        return variable in formula[2:]
    return any(_mentions(part, variable) for part in formula[1:] if isinstance(part, tuple))


def _models(predicates: Sequence[tuple[str, int]], first_order: bool, rng: random.Random) -> Iterator[_Model]:
    if not first_order:
        for values in itertools.product(
            (frozenset[tuple[int, ...]](), frozenset([()])), repeat=len(predicates)
        ):
            yield _Model(1, dict(zip(predicates, values, strict=True)))
        return
    for _ in range(_MODELS):
        size, density = rng.choice(_SIZES), rng.choice((0.15, 0.5, 0.5, 0.85))
        yield _Model(
            size,
            {
                (name, arity): frozenset(
                    each for each in itertools.product(range(size), repeat=arity) if rng.random() < density
                )
                for name, arity in predicates
            },
        )


def _true(formula: Formula, model: _Model, given: Mapping[str, int]) -> bool:
    head, *parts = formula
    match head:
        case "atom":
            name, *variables = parts
            values = tuple(given[str(variable)] for variable in variables)
            return values in model.relations[str(name), len(values)]
        case "∀" | "∃":
            variable, body = parts
            over = (_true(_part(body), model, {**given, str(variable): value}) for value in range(model.size))
            return all(over) if head == "∀" else any(over)
        case "¬":
            return not _true(_part(parts[0]), model, given)
    one = _true(_part(parts[0]), model, given)
    other = _true(_part(parts[1]), model, given)
    tables: Mapping[object, Callable[[bool, bool], bool]] = {
        "∧": lambda a, b: a and b,
        "∨": lambda a, b: a or b,
        "→": lambda a, b: not a or b,
        "↔": lambda a, b: a == b,
    }
    return tables[head](one, other)


def _part(of: object) -> Formula:
    assert isinstance(of, tuple)
    return of


def _valid(premises: Sequence[Formula], conclusion: Formula, models: Sequence[_Model]) -> bool:
    return all(
        _true(conclusion, model, {})
        for model in models
        if all(_true(premise, model, {}) for premise in premises)
    )


def _tells(premises: Sequence[Formula], conclusion: Formula, models: Sequence[_Model]) -> bool:
    """Whether all premises are needed, can hold together, and do not contain the conclusion."""
    if conclusion in premises or (conclusion[0] == "atom" and not premises):
        return False
    held = sum(all(_true(premise, model, {}) for premise in premises) for model in models)
    if held < min(_SUPPORT, max(1, len(models) // 16)):
        return False
    if premises and _valid([], conclusion, models):
        return False
    return not any(
        _valid([*premises[:at], *premises[at + 1 :]], conclusion, models) for at in range(len(premises))
    )


def _written(
    rng: random.Random,
    names: Names,
    predicates: Sequence[tuple[str, int]],
    premises: Sequence[Formula],
    conclusion: Formula,
    first_order: bool,
) -> tuple[str, str]:
    used = [each for each in predicates if any(_speaks(f, each[0]) for f in (*premises, conclusion))]
    given = dict(zip([name for name, _ in used], names.variables(["test"] * len(used)), strict=True))
    bound = dict(zip("xyz", names.variables(["element"] * 3), strict=True))
    shown = [_shown(each, {**given, **bound}) for each in (*premises, conclusion)]
    binders: list[str] = []
    type_ = names.variables(["type"])[0]
    if first_order and any(arity for _, arity in used):
        binders += [f"{{{type_} : Type}}", f"[Nonempty {type_}]"]
    if not first_order and rng.random() < 0.6:
        binders.append(f"({' '.join(given.values())} : Prop)")
    else:
        binders += [f"({given[name]} : {' → '.join([type_] * arity + ['Prop'])})" for name, arity in used]
    name = names.theorem(())
    if rng.random() < 0.5:
        labels = names.premises(len(premises), [*given.values(), *bound.values()])
        binders += [f"({label} : {text})" for label, (text, _) in zip(labels, shown, strict=False)]
        body = shown[-1][0]
    else:
        body = " → ".join([text if level > 1 else f"({text})" for text, level in shown[:-1]] + [shown[-1][0]])
    line = f"theorem {name} {' '.join(binders)} :"
    text = f"{line} {body}" if len(line + body) < 100 else f"{line}\n    {body}"
    return name, f"{text} := by sorry"


def _speaks(formula: Formula, predicate: str) -> bool:
    if formula[0] == "atom":
        return formula[1] == predicate
    return any(_speaks(part, predicate) for part in formula[1:] if isinstance(part, tuple))


def _shown(formula: Formula, given: Mapping[str, str]) -> tuple[str, int]:
    """The text, and 0 for a quantifier, 1 for a connective, 2 for what binds tighter."""
    head, *parts = formula
    if head == "atom":
        return " ".join(given[str(part)] for part in parts), 2
    if head in ("∀", "∃"):
        return f"{head} {given[str(parts[0])]}, {_shown(_part(parts[1]), given)[0]}", 0
    texts = [text if level == 2 else f"({text})" for text, level in (_shown(_part(p), given) for p in parts)]
    if head == "¬":
        inner = texts[0] if " " not in texts[0] or texts[0].startswith(("(", "¬")) else f"({texts[0]})"
        return f"¬ {inner}", 2
    return f" {head} ".join(texts), 1
