"""Arithmetic: identities, remainders, divisors, inequalities, sequences with closed forms. What is stated was
computed for small numbers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from prover.train.making.naming import Names
from prover.train.making.written import Family

Polynomial: TypeAlias = "dict[tuple[int, ...], int]"
"""Coefficients, by the powers of the variables."""

_LINE = 100


@dataclass(frozen=True, slots=True)
class _Claim:
    """`types` are those of the variables; `{x}` in the texts is one of them."""

    types: Mapping[str, str]
    premises: tuple[str, ...]
    conclusion: str
    holds: bool = True


def arithmetic_family(rng: random.Random, most: int) -> Family:
    names = Names(rng)
    if rng.random() < 0.4:
        return _sequence_family(rng, names, most)
    makers = (_identity, _remainder, _divisor, _inequality, _exists, _bounded)
    chosen = rng.sample(makers, 3)
    drawn = refuted = 0
    found: list[_Claim] = []
    while len(found) < most and drawn < 40 * most:
        claim = rng.choice(chosen)(rng)
        drawn += 1
        refuted += not claim.holds
        if claim.holds:
            found.append(claim)
    kind = "+".join(sorted(maker.__name__.removeprefix("_") for maker in chosen))
    theorems = tuple(_written(rng, names, claim) for claim in found)
    return Family(f"arithmetic/{kind}", _NOTHING, theorems, "", drawn, refuted)


_NOTHING = "set_option linter.unusedVariables false"


def _written(rng: random.Random, names: Names, claim: _Claim, before: str = "") -> tuple[str, str]:
    given = dict(zip(claim.types, names.variables(["number"] * len(claim.types)), strict=True))
    labels = names.premises(len(claim.premises), list(given.values()))
    premises, conclusion = [each.format(**given) for each in claim.premises], claim.conclusion.format(**given)
    name = names.theorem(())
    binders = [before] if before else []
    grouped = rng.random() < 0.5 and len(set(claim.types.values())) == 1
    if grouped and given:
        binders.append(f"({' '.join(given.values())} : {next(iter(claim.types.values()))})")
    else:
        binders += [f"({given[variable]} : {type_})" for variable, type_ in claim.types.items()]
    if rng.random() < 0.7:
        binders += [f"({label} : {premise})" for label, premise in zip(labels, premises, strict=False)]
    else:
        conclusion = " → ".join([*(f"({p})" if "→" in p or "∃" in p else p for p in premises), conclusion])
    line = f"theorem {name} {' '.join(binders)} :" if binders else f"theorem {name} :"
    text = f"{line} {conclusion}" if len(line + conclusion) < _LINE else f"{line}\n    {conclusion}"
    return name, f"{text} := by sorry"


# -- polynomials -----------------------------------------------------------------------------------------


def _sum(one: Polynomial, other: Polynomial, sign: int = 1) -> Polynomial:
    result = dict(one)
    for powers, factor in other.items():
        result[powers] = result.get(powers, 0) + sign * factor
    return {powers: factor for powers, factor in result.items() if factor}


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for (p, a), (q, b) in itertools.product(one.items(), other.items()):
        powers = tuple(x + y for x, y in zip(p, q, strict=True))
        result[powers] = result.get(powers, 0) + a * b
    return {powers: factor for powers, factor in result.items() if factor}


def _value(of: Polynomial, at: Sequence[int]) -> int:
    total = 0
    for powers, factor in of.items():
        for base, power in zip(at, powers, strict=True):
            factor *= base**power
        total += factor
    return total


def _shown(rng: random.Random, of: Polynomial, variables: Sequence[str], caret: bool) -> str:
    """Sums of products in some order; factors below zero are subtracted."""
    terms = list(of.items())
    rng.shuffle(terms)
    terms.sort(key=lambda term: term[1] < 0)
    text = ""
    for powers, factor in terms:
        parts = []
        for variable, power in zip(variables, powers, strict=True):
            name = f"{{{variable}}}"
            parts += [f"{name} ^ {power}"] if caret and power > 1 else [name] * power
        rng.shuffle(parts)
        if abs(factor) != 1 or not parts:
            parts.insert(0, str(abs(factor)))
        shown = " * ".join(parts)
        text += f" {'-' if factor < 0 else '+'} {shown}" if text else f"-({shown})" if factor < 0 else shown
    return text or "0"


def _linear(rng: random.Random, count: int, signed: bool) -> Polynomial:
    """A sum of some variables and perhaps a number."""
    result: Polynomial = {}
    for at in rng.sample(range(count), rng.randint(1, count)):
        powers = tuple(int(at == other) for other in range(count))
        result[powers] = rng.choice((1, 1, 1, 2, 3)) * (rng.choice((1, -1)) if signed else 1)
    if rng.random() < 0.5:
        result[(0,) * count] = rng.randint(1, 4) * (rng.choice((1, -1)) if signed else 1)
    return result


def _types(rng: random.Random, count: int) -> tuple[dict[str, str], bool]:
    """Variables of one type, and whether it has negative numbers."""
    type_ = rng.choice(("Nat", "Int"))
    return dict.fromkeys("abcd"[:count], type_), type_ == "Int"


def _grid(count: int, signed: bool) -> Iterator[tuple[int, ...]]:
    numbers = range(-4, 5) if signed else range(7)
    return itertools.product(numbers, repeat=count)


# -- claims ----------------------------------------------------------------------------------------------


def _identity(rng: random.Random) -> _Claim:
    """A product of sums is what it expands to."""
    count = rng.choice((1, 2, 2, 3))
    types, signed = _types(rng, count)
    caret = rng.random() < 0.5
    parts = [_linear(rng, count, signed) for _ in range(rng.choice((2, 2, 3)))]
    if rng.random() < 0.4:
        parts[-1] = parts[0]
    whole = parts[0]
    for part in parts[1:]:
        whole = _product(whole, part)
    left = " * ".join(
        text if "+" not in text and "-" not in text else f"({text})"
        for text in (_shown(rng, part, "abcd"[:count], caret) for part in parts)
    )
    if rng.random() < 0.4:
        more = _linear(rng, count, False)
        whole, left = _sum(whole, more), f"{left} + {_shown(rng, more, 'abcd'[:count], caret)}"
    right = _shown(rng, whole, "abcd"[:count], caret)
    conclusion = f"{left} = {right}" if rng.random() < 0.7 else f"{right} = {left}"
    return _Claim(types, (), conclusion)


def _remainder(rng: random.Random) -> _Claim:
    """What is left of a polynomial when what is left of its variables is known."""
    count = rng.choice((1, 1, 2))
    types, _ = _types(rng, count)
    modulus = rng.choice((2, 2, 3, 3, 4, 5, 6, 7, 8, 10))
    rests = [rng.randrange(modulus) for _ in range(count)]
    of = _product(_linear(rng, count, False), _linear(rng, count, False))
    if rng.random() < 0.4:
        of = _sum(of, _linear(rng, count, False))
    known = count if rng.random() < 0.8 else 0
    seen = {
        _value(of, at) % modulus
        for at in itertools.product(range(2 * modulus), repeat=count)
        if all(value % modulus == rest for value, rest in zip(at[:known], rests, strict=False))
    }
    premises = tuple(
        f"{{{name}}} % {modulus} = {rest}" for name, rest in zip("ab", rests[:known], strict=False)
    )
    said = f"({_shown(rng, of, 'abcd'[:count], rng.random() < 0.4)}) % {modulus}"
    if len(seen) == 1:
        return _Claim(types, premises, f"{said} = {seen.pop()}")
    if len(seen) == 2 and modulus > 2:
        return _Claim(types, premises, " ∨ ".join(f"{said} = {rest}" for rest in sorted(seen)))
    missing = sorted(set(range(modulus)) - seen)
    return _Claim(types, premises, f"{said} ≠ {rng.choice(missing)}" if missing else "", bool(missing))


def _divisor(rng: random.Random) -> _Claim:
    count = rng.choice((1, 2, 3))
    types, signed = _types(rng, count)
    if rng.random() < 0.5:
        modulus = rng.choice((2, 3, 4, 6))
        of = _product(_linear(rng, count, False), _linear(rng, count, False))
        of = _product(of, _linear(rng, count, False)) if rng.random() < 0.6 else of
        holds = all(_value(of, at) % modulus == 0 for at in _grid(count, signed))
        return _Claim(types, (), f"{modulus} ∣ {_shown(rng, of, 'abcd'[:count], False)}", holds)
    types = {**types, "d": next(iter(types.values()))}
    combined = " + ".join(
        rng.choice(("{%s}", "{%s} * {a}", "{a} * {%s}", "2 * {%s}", "{%s} * {%s}", "{%s} * 3")).replace(
            "%s", name
        )
        for name in list(types)[:count]
    )
    return _Claim(types, tuple(f"{{d}} ∣ {{{name}}}" for name in list(types)[:count]), f"{{d}} ∣ {combined}")


def _inequality(rng: random.Random) -> _Claim:
    count = rng.choice((2, 2, 3))
    types, signed = _types(rng, count)
    left = _product(_linear(rng, count, signed), _linear(rng, count, signed))
    right = _product(_linear(rng, count, signed), _linear(rng, count, signed))
    if signed and rng.random() < 0.5:
        left, right = _sum(left, right, -1), {(0,) * count: 0}
        left, right = {}, _product(part := _linear(rng, count, True), part)
    if rng.random() < 0.5:
        right = _sum(right, {(0,) * count: rng.randint(1, 5)})
    names = list(types)
    premise = rng.choice(("{a} ≤ {b}", "{a} < {b}", "1 ≤ {a}", "0 < {b}", "{a} + {b} = 5", "2 ≤ {b}"))
    checks: dict[str, Callable[[Sequence[int]], bool]] = {
        "{a} ≤ {b}": lambda at: at[0] <= at[1],
        "{a} < {b}": lambda at: at[0] < at[1],
        "1 ≤ {a}": lambda at: at[0] >= 1,
        "0 < {b}": lambda at: at[1] > 0,
        "{a} + {b} = 5": lambda at: at[0] + at[1] == 5,
        "2 ≤ {b}": lambda at: at[1] >= 2,
    }
    points = [(at, _value(left, at), _value(right, at)) for at in _grid(count, signed)]
    if not signed and any(factor < 0 for factor in (*left.values(), *right.values())):
        return _Claim(types, (), "", False)
    text = f"{_shown(rng, left, names, False)} ≤ {_shown(rng, right, names, False)}"
    if all(one <= other for _, one, other in points):
        return _Claim(types, (), text)
    holds = all(one <= other for at, one, other in points if checks[premise](at))
    return _Claim(types, (premise,), text, holds)


def _exists(rng: random.Random) -> _Claim:
    """Squares, sums and products of numbers of a kind are of a kind."""
    factor, rest, other = rng.choice((2, 2, 3, 4, 5)), rng.randrange(3), rng.randrange(3)
    types, _ = _types(rng, 2)
    type_ = types["a"]
    of = _product(_linear(rng, 2, False), _linear(rng, 2, False))
    if rng.random() < 0.4:
        of = _linear(rng, 2, False)
    results = {
        _value(of, (factor * i + rest, factor * j + other)) % factor
        for i, j in itertools.product(range(4), repeat=2)
    }
    left = min(results)

    def kind(name: str, remainder: int) -> str:
        return f"∃ k, {name} = {factor} * k" + (f" + {remainder}" if remainder else "")

    shown = _shown(rng, of, "ab", False)
    enough = left < factor and factor * 0 + left <= _value(of, (rest, other))
    types = {"a": type_, "b": type_}
    return _Claim(
        types, (kind("{a}", rest), kind("{b}", other)), kind(shown, left), len(results) == 1 and enough
    )


def _bounded(rng: random.Random) -> _Claim:
    """Equations that leave few possibilities."""
    total = rng.randint(2, 30)
    product = rng.random() < 0.5
    pairs = [
        (x, y)
        for x, y in itertools.product(range(total + 1), repeat=2)
        if (x * y if product else x * x + y) == total
    ]
    types = {"a": "Nat", "b": "Nat"}
    premise = f"{{a}} * {{b}} = {total}" if product else f"{{a}} * {{a}} + {{b}} = {total}"
    claims = [
        (f"{{a}} ≤ {max(x for x, _ in pairs)}", True),
        (f"{{a}} + {{b}} ≤ {max(x + y for x, y in pairs)}", True),
        (f"{{a}} + {{b}} ≠ {total + 2}", all(x + y != total + 2 for x, y in pairs)),
        (f"{min(x + y for x, y in pairs)} ≤ {{a}} + {{b}}", True),
        ("{a} ≠ {b}", all(x != y for x, y in pairs)),
    ]
    conclusion, holds = rng.choice(claims)
    return _Claim(types, (premise,), conclusion, holds)


# -- sequences -------------------------------------------------------------------------------------------


def _sequence_family(rng: random.Random, names: Names, most: int) -> Family:
    """A function on numbers by recursion, and what its values are."""
    function = names.function("total")
    if rng.random() < 0.5:
        closed: Polynomial = {
            (2,): rng.choice((0, 1, 1, 2, 3)),
            (1,): rng.randint(0, 4),
            (0,): rng.randint(0, 3),
        }
        if rng.random() < 0.3:
            closed[3,] = rng.choice((1, 2))
        values = [_value(closed, (n,)) for n in range(40)]
        step = _sum(_shifted(closed), closed, -1)
        rule = (
            f"{{f}} {{n}} + ({_shown(rng, step, 'n', False)})"
            if len(step) > 1
            else f"{{f}} {{n}} + {_shown(rng, step, 'n', False)}"
        )
        claims = [
            _Claim({"n": "Nat"}, (), f"{function} {{n}} = {_shown(rng, closed, 'n', rng.random() < 0.5)}")
        ]
    else:
        factor, more, first = rng.choice((1, 2, 2, 3, 4)), rng.randint(0, 5), rng.randint(0, 4)
        values = [first]
        for _ in range(14):
            values.append(factor * values[-1] + more)
        rule = f"{factor} * {{f}} {{n}}" if factor > 1 else "{f} {n}"
        rule += f" + {more}" if more else ""
        claims = []
    given = rng.random() < 0.3
    claims += _on_values(rng, function, values)
    drawn = len(claims)
    found = [claim for claim in claims if claim.holds]
    chosen = rng.sample(found, min(most, len(found)))
    (n,) = names.variables(["number"])
    body = rule.format(f=function, n=n)
    if given:
        before = f"({function} : Nat → Nat) (h₀ : {function} 0 = {values[0]})"
        before += f" (h_step : ∀ {n}, {function} ({n} + 1) = {body})"
        theorems = tuple(_written(rng, names, claim, before) for claim in chosen)
        return Family("sequence/given", _NOTHING, theorems, "", drawn, drawn - len(found))
    text = f"def {function} : Nat → Nat\n  | 0 => {values[0]}\n  | {n} + 1 => {body}"
    theorems = tuple(_written(rng, names, claim) for claim in chosen)
    return Family("sequence/defined", text, theorems, "", drawn, drawn - len(found))


def _shifted(of: Polynomial) -> Polynomial:
    """With `n + 1` in the place of `n`."""
    result: Polynomial = {}
    for (power,), factor in of.items():
        term: Polynomial = {(0,): factor}
        for _ in range(power):
            term = _product(term, {(1,): 1, (0,): 1})
        result = _sum(result, term)
    return result


def _on_values(rng: random.Random, function: str, values: Sequence[int]) -> list[_Claim]:
    last = len(values) - 2
    n = {"n": "Nat"}
    found: list[_Claim] = []
    for modulus in (2, 3, 4, 5, 6, 7):
        rests = {value % modulus for value in values}
        late = {value % modulus for value in values[1:]}
        found.append(_Claim(n, (), f"{function} {{n}} % {modulus} = {min(rests)}", len(rests) == 1))
        found.append(_Claim(n, (), f"{function} ({{n}} + 1) % {modulus} = {min(late)}", len(late) == 1))
        pairs = {(i % modulus, values[i] % modulus) for i in range(last)}
        for rest in range(modulus):
            of = {value for place, value in pairs if place == rest}
            said = f"{function} {{n}} % {modulus} = {min(of, default=0)}"
            found.append(_Claim(n, (f"{{n}} % {modulus} = {rest}",), said, len(of) == 1 and len(rests) > 1))
    for a, b in itertools.product(range(4), range(6)):
        below = all(a * i + b <= values[i] for i in range(last))
        tight = any(a * i + b == values[i] for i in range(last))
        shown = " + ".join(
            part for part in (f"{a} * {{n}}" if a else "", str(b) if b or not a else "") if part
        )
        found.append(_Claim(n, (), f"{shown} ≤ {function} {{n}}", below and tight and a + b > 0))
    two = {"m": "Nat", "n": "Nat"}
    grows = all(values[i] <= values[i + 1] for i in range(last))
    strict = all(values[i] < values[i + 1] for i in range(last))
    found.append(_Claim(two, ("{m} ≤ {n}",), f"{function} {{m}} ≤ {function} {{n}}", grows))
    found.append(_Claim(two, ("{m} < {n}",), f"{function} {{m}} < {function} {{n}}", strict))
    found.append(_Claim(two, (f"{function} {{m}} = {function} {{n}}",), "{m} = {n}", strict))
    for gap in (2, 3):
        differences = {values[i + gap] - values[i] for i in range(last - gap)}
        said = f"{function} ({{n}} + {gap}) = {function} {{n}} + {min(differences)}"
        found.append(_Claim(n, (), said, len(differences) == 1))
    for extra in range(6):
        half = len(values) // 2
        sums = itertools.product(range(half), repeat=2)
        holds = all(values[i + j] == values[i] * values[j] + extra * (i * j) for i, j in sums)
        said = f"{function} ({{m}} + {{n}}) = {function} {{m}} * {function} {{n}}"
        found.append(_Claim(two, (), said + (f" + {extra} * ({{m}} * {{n}})" if extra else ""), holds))
    rng.shuffle(found)
    return found
