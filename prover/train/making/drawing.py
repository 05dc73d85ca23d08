"""Types drawn at random, and the functions that any such type has."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from prover.policy.syntax import Arm, Term
from prover.train.making.schemas import Datatype, Function

_NUMBER, _BOOL = Term("N"), Term("Bool")
_ZERO, _TRUE, _FALSE = Term("Z"), Term("true"), Term("false")
_Body = Callable[[str, "list[tuple[Term, Term]]"], Term]


def drawn_datatype(rng: random.Random) -> Datatype:
    """With a constructor or more that takes others of its type, and one or more that don't."""
    itself = Term("U")
    plain = [tuple(rng.choices((_NUMBER, _BOOL, Term("K")), k=rng.choice((0, 0, 1)))) for _ in range(2)]
    constructors = [plain[0]] if rng.random() < 0.7 else plain
    for _ in range(rng.randint(1, 3)):
        fields = [itself] * rng.choice((1, 1, 2, 2, 3))
        if rng.random() < 0.5:
            fields.insert(rng.randrange(len(fields) + 1), rng.choice((_NUMBER, _NUMBER, _BOOL, Term("K"))))
        constructors.append(tuple(fields))
    return Datatype("U", (), tuple((f"U{number}", fields) for number, fields in enumerate(constructors)))


def drawn_functions(rng: random.Random, of: Datatype, known: Mapping[str, Function]) -> list[Function]:
    """Three or four of the functions that any type of trees has; `known` are those that they may use."""
    made = [
        _function(of, "u_size", _NUMBER, lambda _, parts: _successor(_sum("u_size", parts))),
        _function(
            of, "u_ends", _NUMBER, lambda _, parts: _sum("u_ends", parts) if parts else Term("S", (_ZERO,))
        ),
        _function(of, "u_tall", _NUMBER, lambda _, parts: _successor(_highest("u_tall", parts))),
        _counting(rng, of),
        _turning(rng, of),
        _collecting(of),
        _testing(rng, of),
        _grafting(rng, of),
        _exchanging(rng, of),
    ]
    usable = [each for each in made if each is not None]
    return rng.sample(usable, min(len(usable), rng.randint(3, 4)))


def _function(
    of: Datatype, name: str, result: Term, body: _Body, extra: tuple[tuple[str, Term], ...] = ()
) -> Function:
    """`body` gets the constructor and its fields of the same type, each with the field's type."""
    arms: list[Arm] = []
    for constructor, fields in of.constructors:
        variables = [Term(f"v{number}") for number in range(len(fields))]
        pattern = Term(constructor, tuple(variables))
        given = tuple(Term(variable) for variable, _ in extra)
        arms.append(((pattern, *given), body(constructor, list(zip(variables, fields, strict=True)))))
    return Function(name, (), (of.itself, *(type_ for _, type_ in extra)), result, tuple(arms))


def _inner(parts: list[tuple[Term, Term]]) -> list[Term]:
    return [variable for variable, type_ in parts if type_.head == "U"]


def _joined(operator: str, terms: list[Term], empty: Term) -> Term:
    if not terms:
        return empty
    result = terms[-1]
    for term in reversed(terms[:-1]):
        result = Term(operator, (term, result))
    return result


def _sum(name: str, parts: list[tuple[Term, Term]]) -> Term:
    return _joined("add", [Term(name, (variable,)) for variable in _inner(parts)], _ZERO)


def _highest(name: str, parts: list[tuple[Term, Term]]) -> Term:
    return _joined("max", [Term(name, (variable,)) for variable in _inner(parts)], _ZERO)


def _successor(term: Term) -> Term:
    return Term("S", (term,))


def _counting(rng: random.Random, of: Datatype) -> Function:
    chosen = rng.choice(of.constructors)[0]

    def body(constructor: str, parts: list[tuple[Term, Term]]) -> Term:
        inner = _sum("u_count", parts)
        return _successor(inner) if constructor == chosen else inner

    return _function(of, "u_count", _NUMBER, body)


def _turning(rng: random.Random, of: Datatype) -> Function:
    """Its inner parts change places."""
    turn = rng.choice((1, -1))

    def body(constructor: str, parts: list[tuple[Term, Term]]) -> Term:
        inner = [Term("u_turn", (variable,)) for variable in _inner(parts)]
        inner = inner[::-1] if turn == 1 else inner[1:] + inner[:1]
        return Term(constructor, tuple(inner.pop(0) if t.head == "U" else v for v, t in parts))

    return _function(of, "u_turn", of.itself, body)


def _collecting(of: Datatype) -> Function | None:
    """The numbers in it, as a list."""
    if not any(_NUMBER in fields for _, fields in of.constructors):
        return None

    def body(_: str, parts: list[tuple[Term, Term]]) -> Term:
        last = [at for at, (_, type_) in enumerate(parts) if type_.head == "U"]
        result = Term("Nil")
        for at in range(len(parts) - 1, -1, -1):
            variable, type_ = parts[at]
            if type_ == _NUMBER:
                result = Term("Cons", (variable, result))
            elif type_.head == "U":
                more = Term("u_list", (variable,))
                result = more if at == last[-1] and result.head == "Nil" else Term("app", (more, result))
        return result

    return _function(of, "u_list", Term("L", (_NUMBER,)), body)


def _testing(rng: random.Random, of: Datatype) -> Function:
    """Whether a constructor is nowhere in it, or somewhere."""
    chosen, nowhere = rng.choice(of.constructors)[0], rng.random() < 0.5

    def body(constructor: str, parts: list[tuple[Term, Term]]) -> Term:
        if constructor == chosen:
            return _FALSE if nowhere else _TRUE
        inner = [Term("u_test", (variable,)) for variable in _inner(parts)]
        return _joined("&&" if nowhere else "||", inner, _TRUE if nowhere else _FALSE)

    return _function(of, "u_test", _BOOL, body)


def _grafting(rng: random.Random, of: Datatype) -> Function:
    """Another one in the place of its first constructor without parts."""
    chosen = next(name for name, _ in of.constructors if not of.is_recursive(name))
    everywhere = rng.random() < 0.6

    def body(constructor: str, parts: list[tuple[Term, Term]]) -> Term:
        if constructor == chosen:
            return Term("w")
        last = [variable for variable, type_ in parts if type_.head == "U"][-1:]
        return Term(
            constructor,
            tuple(
                Term("u_graft", (v, Term("w"))) if t.head == "U" and (everywhere or [v] == last) else v
                for v, t in parts
            ),
        )

    return _function(of, "u_graft", of.itself, body, extra=(("w", of.itself),))


def _exchanging(rng: random.Random, of: Datatype) -> Function | None:
    """Two constructors with the same fields for each other, or numbers one larger."""
    pairs = [
        (one, other)
        for one, fields in of.constructors
        for other, others in of.constructors
        if one < other and fields == others
    ]
    if not pairs and not any(_NUMBER in fields for _, fields in of.constructors):
        return None
    one, other = rng.choice(pairs) if pairs else ("", "")

    def body(constructor: str, parts: list[tuple[Term, Term]]) -> Term:
        name = {one: other, other: one}.get(constructor, constructor)
        return Term(
            name,
            tuple(
                Term("u_swap", (v,))
                if t.head == "U"
                else Term("S", (v,))
                if t == _NUMBER and not pairs
                else v
                for v, t in parts
            ),
        )

    return _function(of, "u_swap", of.itself, body)
