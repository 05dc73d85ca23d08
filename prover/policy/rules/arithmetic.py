"""What arithmetic beyond `omega` takes: remainders, small ranges of values, sums over ranges."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from math import gcd

from prover.policy.conjectures import induction_calls
from prover.policy.ranges import limits
from prover.policy.rules.common import Proposal, block
from prover.policy.terms import connective, telescope, variables_in
from prover.policy.view import Kind, Variable, View

_MODULUS = re.compile(r"% (\d+)\b|(?<![\w^] )(?<![\w'.])(\d+) ∣")
NONLINEAR = re.compile(r"\^|(?<!\d) \* (?!\d)|% (?!\d)")
_POWER = re.compile(r"(?<![\w'.])(\d+) \^ ([^\W\d][\w']*|\([^()]*\))")
_RAISED = re.compile(r"\^ [^\W\d]|\^ \([^()]*[^\W\d]")
_NUMERAL = re.compile(r"(?<![\w'.])\d+\b")
_KNOWN_VALUES = re.compile(r"∀ (?P<binders>[^,]+), (?P<function>[^\W\d][\w'✝]*) (?P<arguments>[^=]+?) = ")
_FACTOR = re.compile(r"(?<![\w'.^])(?<!\^ )(\d+) \* [^\W\d]")
_EXPONENT = re.compile(r"\^ (\d+)\b")
_NUMBERED = re.compile(r"List\.range \d+\b")
_LARGEST_FACTOR = 16
_LARGEST_POWER = {"Nat": 256, "Int": 12}
"""As Lean computes them: powers of integers by multiplying."""
_LARGEST_MODULUS = 1000
_MOST_CASES = 64
_LONGEST_PERIOD = 24
_LARGEST_BOUND = 128
_AT_ONCE = 36
"""Values of a variable that are tried in one tactic; a longer range is halved first."""

_REMAINDERS = {
    "Nat": ["Nat.dvd_iff_mod_eq_zero", "Nat.pow_succ", "Nat.mul_mod", "Nat.add_mod"],
    "Int": ["Int.dvd_iff_emod_eq_zero", "Int.pow_succ", "Int.mul_emod", "Int.add_emod", "Int.sub_emod"],
}
"""What makes the remainder of a term one of the remainders of its parts."""


def by_remainders(view: View) -> Iterator[Proposal]:
    """Each remainder of the variables in turn, where a term that is not linear is divided by a number."""
    numbers = numbers_in(view, view.text)
    if not numbers or not NONLINEAR.search(view.text):
        return
    types = dict.fromkeys(variable.type for variable in numbers)
    simp = f"simp [{', '.join([rule for type_ in types for rule in _REMAINDERS[type_]])}, *]"
    moduli = _moduli(view)
    if any(_MODULUS.search(proof.type) for proof in view.proofs) and moduli:
        yield simp, -1.0
    for modulus in moduli or _factors(view):
        raised = [each for each in numbers if _is_raised(view, each.name)]
        if not raised or modulus ** len(raised) > _MOST_CASES:
            continue
        steps, cases, powers = [], [], []
        for variable in raised:
            fact = view.fresh("h")
            values = " ∨ ".join(f"{variable.name} % {modulus} = {value}" for value in range(modulus))
            steps.append(f"have {fact} : {values} := by omega")
            cases.append(f"rcases {fact} with {' | '.join([fact] * modulus)}")
            for power in _powers_of(view, variable):
                powers.append(view.fresh("power"))
                name = variable.name
                of = f"{name} ^ {power} % {modulus} = ({name} % {modulus}) ^ {power} % {modulus}"
                if variable.type == "Int":
                    steps.append(f"have {powers[-1]} : {of} := by simp [{', '.join(_REMAINDERS['Int'])}]")
                else:
                    steps.append(f"have {powers[-1]} : {of} := Nat.pow_mod ..")
                    steps.append(f"have := Nat.le_self_pow (n := {power}) (by decide) {variable.name}")
        for one, other in itertools.combinations_with_replacement(raised, 2):
            if one.type == other.type and (found := _product(view, one.name, other.name)):
                powers.append(view.fresh("product"))
                of = f"{found} % {modulus} = {one.name} % {modulus} * ({other.name} % {modulus}) % {modulus}"
                rule = "Nat.mul_mod .." if one.type == "Nat" else "Int.mul_emod .."
                steps.append(f"have {powers[-1]} : {of} := {rule}")
        if powers:
            ending = f"simp [*] at {' '.join(powers)} <;> omega"
            yield block([*steps, " <;> ".join([*cases, ending])]), -0.9
        if moduli and max(map(int, _EXPONENT.findall(view.text)), default=0) <= _LARGEST_POWER["Int"]:
            ending = f"first | ({simp}; done) | omega"  # which sees that a case is none
            yield block([*steps, " <;> ".join([*cases, ending])]), -1.1


def by_periods(view: View) -> Iterator[Proposal]:
    """Powers of a number have remainders that come again; with a case for each, all is linear."""
    powers = dict.fromkeys((int(base), exponent) for base, exponent in _POWER.findall(view.text))
    powers = {power: None for power in powers if variables_in(power[1]) & view.local}
    for modulus in _moduli(view):
        steps, splits = [], []
        for base, exponent in powers:
            period = _period(base, modulus)
            if period is None:
                continue
            power, remainder = view.fresh("power"), view.fresh("h")
            rest = f"{exponent} % {period}"
            values = " ∨ ".join(f"{rest} = {value}" for value in range(period))
            again = f"{base} ^ ({period} * q + r) % {modulus} = {base} ^ r % {modulus}"
            steps += [
                f"have {power} : {base} ^ {exponent} % {modulus} = {base} ^ ({rest}) % {modulus} := by\n"
                f"   have h (q r : Nat) : {again} := by\n"
                "     rw [Nat.pow_add, Nat.mul_mod, Nat.pow_mul, Nat.pow_mod]\n"
                "     simp\n"
                f"   have := h ({exponent} / {period}) ({rest})\n"
                "   rwa [Nat.div_add_mod] at this",
                f"have : 0 < {base} ^ {exponent} := Nat.pow_pos (by decide)",
                f"have {remainder} : {values} := by omega",
            ]
            cases = f"rcases {remainder} with {' | '.join([remainder] * period)}"
            splits.append(f"{cases} <;> simp [{remainder}] at {power}")
        if steps:
            yield block([*steps, " <;> ".join([*splits, "omega"])]), -0.9


def by_exponents(view: View) -> Iterator[Proposal]:
    """Powers of the same number are compared by their exponents."""
    if not _RAISED.search(view.target) or connective(view.target) != "=":
        return
    together = ["← Nat.pow_two", "← Nat.pow_mul", "← Nat.pow_succ'", "← Nat.pow_add"]
    ending = f"simp_all [{', '.join([*view.definitions_for_simp, *together])}] <;> (congr 1; omega)"
    yield ending, -1.4
    for call in itertools.islice(induction_calls(view, view.target, view.local), 1):
        yield f"fun_induction {call} <;> {ending}", -1.5


def by_values(view: View) -> Iterator[Proposal]:
    """Each value in turn of a variable that is bounded by the numbers in the goal."""
    if not NONLINEAR.search(view.text) or view.definitions:
        return
    numerals = [int(numeral) for proof in view.proofs for numeral in _NUMERAL.findall(proof.type)]
    guess = max((numeral for numeral in numerals if 1 < numeral <= _LARGEST_BOUND), default=None)
    for variable in numbers_in(view, "\n".join(proof.type for proof in view.proofs)):
        low, high = limits([proof.type for proof in view.proofs], variable.name)
        least = 0 if low is None else low
        if high is not None and high - least > _AT_ONCE:
            yield f"by_cases {view.fresh('h')} : {variable.name} < {(least + high) // 2 + 1}", -1.4
        elif (bound := guess if high is None else high) is not None and bound >= least:
            yield _values_between(view, variable, least, bound), -1.5 if high is None else -1.2


def _values_between(view: View, variable: Variable, low: int, high: int) -> str:
    name, counter = variable.name, variable.name
    steps = []
    for power in _powers_of(view, variable) if low >= 0 else ():
        larger = f"Nat.le_self_pow (n := {power}) (by decide)"
        if variable.type == "Nat":
            steps.append(f"have := {larger} {name}")
        else:
            fact = view.fresh("h")
            steps += [
                f"have {fact} := Int.ofNat_le.2 ({larger} {name}.toNat)",
                f"rw [Int.natCast_pow, Int.toNat_of_nonneg (by omega)] at {fact}",
            ]
    steps.append(f"have {view.fresh('h')} : {name} ≤ {high} := by omega")
    if variable.type == "Int" or low:
        counter = view.fresh("k")
        number = f"({name} - {low}).toNat" if variable.type == "Int" else f"{name} - {low}"
        cast = f"({counter} : Int)" if variable.type == "Int" else counter
        steps.append(
            f"obtain ⟨{counter}, rfl⟩ : ∃ {counter} : Nat, {name} = {low} + {cast} := ⟨{number}, by omega⟩"
        )
    case = f"rcases {counter} with _ | {counter}; · first | omega | grind | simp_all"
    steps += [f"iterate {high - low + 1} ({case})", "omega"]
    return block(steps)


def by_sums(view: View) -> Iterator[Proposal]:
    """Induction along a range that is summed up."""
    if "List.range" not in view.text:
        return
    simp = ", ".join(["List.range_succ", *view.definitions_for_simp])
    linear = ", ".join(
        ["List.range_succ", "Nat.pow_succ", "Nat.mul_add", "Nat.add_mul", *view.definitions_for_simp, "*"]
    )
    for variable in numbers_in(view, view.target):
        if variable.type == "Nat" and re.search(
            rf"List\.range \(?{re.escape(variable.name)}(?!\w)", view.text
        ):
            yield f"induction {variable.name} <;> simp_all [{simp}] <;> grind", -0.6
            yield f"induction {variable.name} <;> simp [{linear}] <;> omega", -0.8


def compute(view: View) -> Iterator[Proposal]:
    """Terms without variables come to a number."""
    calls = (call.args for _, call in view.symbols.calls(view.text))
    if _NUMBERED.search(view.text) or any(all(arg.isdigit() for arg in args) for args in calls):
        yield "simp +ground at * <;> omega", -1.0


def know_functions(view: View) -> Iterator[Proposal]:
    """A function whose values are given is that function."""
    functions = {variable.name for variable in view.of_kind(Kind.FUNCTION)}
    for proof in view.proofs:
        known = _KNOWN_VALUES.match(proof.type)
        if known is None or known["function"] not in functions:
            continue
        bound, conclusion = telescope(proof.type)
        value = conclusion.partition(" = ")[2]
        if known["arguments"].split() == list(bound) and known["function"] not in variables_in(value):
            named = " ".join(bound)
            yield (
                f"obtain rfl : {known['function']} = fun {named} => {value} := by\n"
                f"   funext {named}\n   exact {proof.name} {named}"
            ), -0.9  # fmt: skip


def _moduli(view: View) -> list[int]:
    found = (int(one or other) for one, other in _MODULUS.findall(view.text))
    return [modulus for modulus in dict.fromkeys(found) if 1 < modulus <= _LARGEST_MODULUS]


def _factors(view: View) -> list[int]:
    """The numbers that variables are multiplied by."""
    found = dict.fromkeys(map(int, _FACTOR.findall(view.text)))
    return [factor for factor in found if 2 < factor <= _LARGEST_FACTOR]


def _powers_of(view: View, variable: Variable) -> list[str]:
    """The exponents with which it stands, those that are not too large."""
    found = re.findall(rf"(?<![\w'.]){re.escape(variable.name)} \^ (\d+)\b", view.text)
    return [power for power in dict.fromkeys(found) if int(power) <= _LARGEST_POWER[variable.type]]


def _product(view: View, one: str, other: str) -> str:
    """How that of the two stands in the goal; empty where it does not."""
    orders = (f"{one} * {other}", f"{other} * {one}")
    return next((way for way in orders if re.search(rf"(?<![\w'.]){re.escape(way)}(?![\w'])", view.text)), "")


def numbers_in(view: View, text: str) -> list[Variable]:
    mentioned = variables_in(text)
    data = view.of_kind(Kind.DATA)
    return [each for each in data if each.type in _REMAINDERS and each.name in mentioned]


def number_type(view: View) -> str:
    """`Int` where one of the goal's numbers is of it, else `Nat`."""
    return "Int" if any(each.type == "Int" for each in numbers_in(view, view.text)) else "Nat"


def _is_raised(view: View, name: str) -> bool:
    """Whether it stands in a power's base or in a product."""
    it = re.escape(name)
    return (
        re.search(rf"(?<![\w'.])\(?{it}(?![\w'])[^=≤<∧∨;]*[\^*]|\* \(?{it}(?![\w'])", view.text) is not None
    )


def _period(base: int, modulus: int) -> int | None:
    if gcd(base, modulus) > 1:
        return None
    power, period = base % modulus, 1
    while power != 1 % modulus and period <= _LONGEST_PERIOD:
        power, period = power * base % modulus, period + 1
    return period if period <= _LONGEST_PERIOD else None
