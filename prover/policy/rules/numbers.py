"""Goals about numbers in disguise, decided by Lean's arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prover.policy.conjectures import inductions, recursion_spots
from prover.policy.numbers import Constructor, Count, Numbers, Reading, numbers_in
from prover.policy.predicates import about, meaning
from prover.policy.programs import programs_of
from prover.policy.rewriting import heads
from prover.policy.rules.common import Proposal, block, listed
from prover.policy.symbols import Symbol
from prover.policy.syntax import Term
from prover.policy.terms import connective, names, sides
from prover.policy.theory import MAX_FUNCTIONS
from prover.policy.view import View

_MOST_HALVED = 2
_VARIABLES = ("x", "y", "z", "u", "v", "w")


def by_numbers(view: View) -> Iterator[Proposal]:
    """One tactic: how values are counted, what each function does to the numbers, and arithmetic."""
    absurd = _is_absurd(view)
    inside = any("ih" in proof.name for proof in view.proofs)
    if inside and not absurd:
        return  # better done before the induction
    functions = tuple(symbol.name for symbol in view.mentioned if symbol.is_definition)
    predicates = [symbol for symbol in view.mentioned if symbol.is_predicate]
    types = dict.fromkeys([*view.value_types, *(of for symbol in predicates for of in about(symbol))])
    if not (functions or predicates) or len(functions) > MAX_FUNCTIONS or not types:
        return
    numbers = numbers_in(view.symbols.without_theorems, functions, tuple(types), growing=absurd)
    read = {reading.function.name for reading in numbers.readings}
    recursive = {name for name in functions if view.symbols[name].is_recursive}
    meanings = {symbol: _meaning(symbol, numbers) for symbol in predicates}
    if not (recursive or predicates) or not recursive <= read or None in meanings.values():
        return
    said = {symbol: meaning for symbol, meaning in meanings.items() if meaning is not None}
    equations = [(proof.name, _of_equation(view, numbers, proof.type)) for proof in view.proofs]
    measured = {name: count for name, count in equations if count is not None and not count.exact}
    if absurd and measured:
        yield _Script(view, numbers, said, measured).text, -0.4
        return
    of_target = _of_equation(view, numbers, view.target)
    if not inside and (of_target is None or of_target.exact):
        yield _Script(view, numbers, said).text, -1.1


def _is_absurd(view: View) -> bool:
    """Whether the target can't be, as far as its looks go."""
    made = [programs_of(view.symbols).constructor(_head(side)) for side in sides(view.target) or ()]
    return view.target == "False" or (len(made) == 2 and None not in made and made[0] != made[1])


def _meaning(predicate: Symbol, numbers: Numbers) -> str | None:
    """None where it is about other things than natural numbers, in disguise or not."""
    natural = {
        str(each.type): each for each in numbers.counts if each.exact and not (each.signed or each.positive)
    }
    if not natural.keys() | {"Nat"} >= set(about(predicate)):
        return None
    return meaning(predicate, tuple(made for count in natural.values() for made in count.constructors))


def _of_equation(view: View, numbers: Numbers, proposition: str) -> Count | None:
    """How the values are counted that it says are equal. Where different ones may count as the same, numbers
    do not tell that they are; that they are not, they do."""
    counts = {str(count.type): count for count in numbers.counts}
    types = {variable.name: variable.type for variable in view.variables}
    types |= {view.symbols.short(each.function.name): str(each.function.result) for each in numbers.readings}
    types |= {made.name: of for of, count in counts.items() for made in count.constructors}
    found = (counts.get(types.get(_head(side), "")) for side in sides(proposition) or ())
    return next((count for count in found if count is not None), None)


def _head(term: str) -> str:
    return next(iter(names(term)), "")


class _Script:
    """`absurd` are equations whose sides count differently."""

    def __init__(
        self,
        view: View,
        numbers: Numbers,
        meanings: Mapping[Symbol, str],
        absurd: Mapping[str, Count] | None = None,
    ) -> None:
        self._view = view
        self._names: dict[Term, str] = {count.type: view.fresh("num") for count in numbers.counts}
        self._read_ones = {reading.function.name for reading in numbers.readings}
        self._facts: list[str] = []
        lines = [
            *map(self._counted, numbers.counts),
            *(self._positive(count) for count in numbers.counts if count.positive),
            *map(self._read, numbers.readings),
            *(self._told_apart(count) for count in numbers.counts if count.exact),
            *(self._meant(predicate, said) for predicate, said in meanings.items()),
        ]
        if absurd:
            counted = {name: view.fresh("same") for name in absurd}
            lines += [
                f"have {fact} := congrArg {self._names[absurd[name].type]} {name}"
                for name, fact in counted.items()
            ]
            lines.append(f"simp only [{', '.join(self._facts)}] at {' '.join(counted.values())} <;> omega")
            self.text = block(lines)
            return
        places = f" at {' '.join(proof.name for proof in view.proofs)} ⊢" if view.proofs else ""
        facts = " ".join(self._facts)
        stated = [each for each in view.mentioned if each.is_definition and _states(each)]
        known = ", ".join([*map(view.written, stated), *self._facts])
        closing = listed("grind", [*self._unread(*view.mentioned), *self._powers(numbers)])
        said = f"simp only [{known}]{places} <;> (try clear {facts}) <;>"
        ways = [f"{said} {end}" for end in (closing, *self._halves(stated))]
        lines.append("first" + "".join(f"\n   | {way}" for way in (*ways, closing)))
        self.text = block(lines)

    def _halves(self, stated: Sequence[Symbol]) -> list[str]:
        """What shows that there is a half of a number, where the target, or what is `stated` in it in other
        words, asks for one."""
        view = self._view
        if not any("∃" in text for text in (view.target, *(each.declaration.body for each in stated))):
            return []
        found = []
        for number in [variable.name for variable in view.variables if variable.type == "Nat"][:_MOST_HALVED]:
            half = f"exact ⟨{number} / 2, by grind⟩"
            found.append(half)
            if connective(view.target) == "↔":
                fact = view.fresh("h")
                both = f"(refine ⟨fun {fact} => ?_, fun {fact} => ?_⟩)"
                found.append(f"{both} <;> (first | {half} | (obtain ⟨_, {fact}⟩ := {fact}; grind))")
        return found

    def _counted(self, count: Count) -> str:
        """There is such a function."""
        number, to = self._names[count.type], "Int" if count.signed else "Nat"
        said, cases, proofs = [], [], []
        for made in count.constructors:
            last = made.name.rpartition(".")[2]
            self._facts.append(self._view.fresh(f"{number}_{last}"))
            names = _variables(made.arguments)
            counted = [
                self._atom(names[place], made.arguments[place], count.signed) for place in made.counted
            ]
            again = [f"n{place}" for place, of in enumerate(made.arguments) if of == count.type]
            inside = [f"{number} {names[place]}" for place in made.counted] if again else counted
            call = " ".join([f".{last}", *names])
            said.append(
                f"(∀ {' '.join(names)}, {number} ({call}) = {_linear(made, inside)})"
                if names
                else f"{number} {call} = {made.more}"
            )
            value = _linear(made, again or counted)
            cases.append(f"(fun {' '.join([*names, *again])} => {value})" if names else f"({value})")
            proofs.append(f"fun {' '.join('_' * len(names))} => rfl" if names else "rfl")
        facts = ", ".join(self._facts[-len(said) :])
        stated = f"∃ {number} : {count.type} → {to}, {' ∧ '.join(said)}"
        return (
            f"obtain ⟨{number}, {facts}⟩ : {stated} :=\n"
            f"   ⟨fun x => x.rec (motive := fun _ => {to}) {' '.join(cases)}, {', '.join(proofs)}⟩"
        )

    def _read(self, reading: Reading) -> str:
        view, function = self._view, reading.function
        names = _variables(function.arguments)
        atoms = [
            self._atom(name, type_, reading.signed)
            for name, type_ in zip(names, function.arguments, strict=True)
        ]
        call = " ".join([view.written(view.symbols[function.name]), *names])
        right = _written(reading.expression, atoms)
        if function.result.head == "Bool":
            said = f"{call} = decide ({right})"
        else:
            left = self._atom(f"({call})" if names else call, function.result, reading.signed)
            said = f"{left} = {right}"
            if reading.expression.head == "/" and reading.expression.args[0].args:  # that of a product
                said = f"2 * {left} = {_written(reading.expression.args[0], atoms)}"
        binders = [f"({name} : {of})" for name, of in zip(names, function.arguments, strict=True)]
        stated = f"∀ {' '.join(binders)}, {said}" if names else said
        fact = view.fresh(f"num_{function.name.rpartition('.')[2]}")
        self._facts.append(fact)
        ways = [f"| {way}" for way in self._ways(reading, said, call, names)]
        intro = [f"intro {' '.join(names)}"] if names else []
        return "".join(
            [f"have {fact} : {stated} := by", *(f"\n   {line}" for line in [*intro, "first", *ways])]
        )

    def _ways(self, reading: Reading, said: str, call: str, names: Sequence[str]) -> list[str]:
        view = self._view
        symbol = view.symbols[reading.function.name]
        unfolded = ", ".join([view.written(symbol), *self._unread(symbol)])
        grind, simp = f"grind [{unfolded}]", f"simp [{unfolded}, *] <;> first | omega | grind"
        if not symbol.is_recursive:
            apart = [f"cases {name}" for name in names]
            return [" <;> ".join([*apart, simp]), f"fun_cases {call} <;> {grind}"]
        spots = recursion_spots(view, said)
        apart = [way for way in inductions(spots, names, simp) if "cases" in way]
        ways = [
            *(apart or inductions(spots, names, simp))[:1],
            f"fun_induction {call} <;> {grind}",
            *inductions(spots, names, grind)[:1],
        ]
        return ways[::-1] if reading.expression.head == "/" else ways

    def _unread(self, *symbols: Symbol) -> list[str]:
        """The definitions behind these, and among them, that are not known by their numbers."""
        reached = self._view.symbols.closure(symbol.name for symbol in symbols)
        told = [each for each in reached if each.is_definition and not each.is_unfolded]
        unread = [each for each in told if each.name not in self._read_ones]
        return [self._view.written(symbol) for symbol in unread]

    def _powers(self, numbers: Numbers) -> list[str]:
        raised = any("^" in heads(reading.expression) for reading in numbers.readings)
        return ["Nat.pow_mul", "Nat.mul_pow"] if raised else []

    def _told_apart(self, count: Count) -> str:
        number = self._names[count.type]
        fact = self._view.fresh(f"{number}_eq")
        self._facts.append(fact)
        return (
            f"have {fact} : ∀ x y : {count.type}, x = y ↔ {number} x = {number} y := by\n"
            "   intro x\n"
            "   induction x <;> intro y <;> cases y <;> simp [*, Nat.mul_eq_zero] <;> omega"
        )

    def _meant(self, predicate: Symbol, meaning: str) -> str:
        """What it says of the numbers."""
        view, arguments = self._view, about(predicate)
        name, names = view.written(predicate), _VARIABLES[: len(arguments)]
        own = {str(type_): type_ for type_ in self._names}
        atoms = [
            self._atom(each, own.get(of, Term(of)), False) for each, of in zip(names, arguments, strict=True)
        ]
        rules = f"grind [{name}]"
        plain, apart = [], []
        for at in reversed(range(len(names))):
            others = [other for other in names if other != names[at]]
            generalizing = f" generalizing {' '.join(others)}" if others else ""
            form = f"induction {names[at]}{generalizing} <;> "
            plain.append(f"{form}{rules}")
            apart += [f"{form}cases {other} <;> {rules}" for other in others]
            if len(names) == 1 and arguments[at] == "Nat":
                cases = f"rcases {names[at]} with _ | _ | {names[at]} <;> {rules}"
                apart.append(
                    f"induction {names[at]} using Nat.strongRecOn with | _ {names[at]} ih => {cases}"
                )
        binders = " ".join(f"({each} : {of})" for each, of in zip(names, arguments, strict=True))
        fact = view.fresh(f"num_{predicate.name.rpartition('.')[2]}")
        forwards = "omega" if arguments == ("Nat",) * len(names) else "simp [*] <;> omega"
        proof = [
            f"have {fact} : ∀ {binders}, {' '.join([name, *names])} ↔ {meaning.format(*atoms)} := by",
            f"  intro {' '.join(names)}",
            "  refine ⟨fun h => ?_, fun h => ?_⟩",
            "  · trivial" if meaning == "True" else f"  · induction h <;> {forwards}",
            "  first",
            *(f"  | {way}" for way in ((*plain, *apart) if len(names) < 3 else (*apart, *plain))),
        ]
        self._facts.append(fact)
        return "\n ".join(proof)

    def _positive(self, count: Count) -> str:
        number = self._names[count.type]
        fact = self._view.fresh(f"{number}_ne_zero")
        self._facts.append(fact)
        stated = f"∀ x : {count.type}, {number} x ≠ 0"
        return f"have {fact} : {stated} := by\n   intro x\n   induction x <;> simp [*] <;> omega"

    def _atom(self, name: str, type_: Term, signed: bool) -> str:
        """The number of a value, as an integer if `signed`."""
        number = self._names.get(type_)
        bare = f"{number} {name}" if number else name
        return f"({bare} : Int)" if signed else bare


def _states(definition: Symbol) -> bool:
    """Whether it is a proposition, said in other words."""
    return not definition.is_recursive and definition.declaration.statement.rstrip(" :=").endswith("Prop")


def _variables(types: Sequence[Term]) -> list[str]:
    return [*_VARIABLES[: len(types)], *(f"x{number}" for number in range(len(_VARIABLES), len(types)))]


def _linear(made: Constructor, numbers: Sequence[str]) -> str:
    total = " + ".join(numbers)
    if not numbers:
        return str(made.more)
    grouped = f"({total})" if len(numbers) > 1 else total
    scaled = {1: total, -1: f"-{grouped}"}.get(made.factor, f"{made.factor} * {grouped}")
    return scaled if made.more == 0 else f"{scaled} {'+' if made.more > 0 else '-'} {abs(made.more)}"


def _written(term: Term, atoms: Sequence[str]) -> str:
    head, args = term.head, term.args
    if head.isdigit():
        return atoms[int(head)]
    if not args:
        return head.removeprefix("+")
    inner = [_written(arg, atoms) if not arg.args else f"({_written(arg, atoms)})" for arg in args]
    if head == "neg":
        return f"-{inner[0]}"
    if head in ("min", "max"):
        return " ".join([head, *(f"({each})" for each in inner)])
    return f" {head} ".join(inner)
