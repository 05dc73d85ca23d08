"""Functions like those of the schemas: with other constants, other turns, other orders of arguments."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence

from prover.policy.syntax import Arm, Term
from prover.train.making.schemas import PARAMETERS, Function

_OPPOSITES = {"true": "false", "false": "true", "&&": "||", "||": "&&"}


def varied(rng: random.Random, function: Function, wanted: Collection[str]) -> Function:
    """With one change in one arm; only functions that the family is about change."""
    if function.name not in wanted or function.name in PARAMETERS:
        return function
    number = rng.randrange(len(function.arms))
    patterns, body = function.arms[number]
    changes = list(_changes(body, function))
    if not changes:
        return function
    arms = list(function.arms)
    arms[number] = patterns, rng.choice(changes)
    return Function(function.name, function.variables, function.arguments, function.result, tuple(arms))


def _changes(body: Term, function: Function) -> Iterator[Term]:
    """Bodies of the same type that differ in one place."""
    if body.head in _OPPOSITES:
        yield Term(_OPPOSITES[body.head], body.args)
    if body.head == "Z":
        yield Term("S", (Term("Z"),))
    if body.head == "S" and body.args[0].head != "S":
        yield Term("S", (body,))
        if body.args[0].head == function.name:
            yield body.args[0]
    if body.head == "if":
        yield Term("if", (body.args[0], body.args[2], body.args[1]))
    if body.head in ("app", "max", "add", "Node", "Fork", "Both", "Either"):
        first, *middle, last = body.args
        yield Term(body.head, (last, *middle, first))
    if body.head == "¬":
        yield body.args[0]
    for number, arg in enumerate(body.args):
        for changed in _changes(arg, function):
            yield Term(body.head, (*body.args[:number], changed, *body.args[number + 1 :]))


def reordered(rng: random.Random, functions: Sequence[Function]) -> list[Function]:
    """Some with their arguments in another order, here and where they are used."""
    orders = {
        each.name: rng.sample(range(len(each.arguments)), len(each.arguments))
        for each in functions
        if each.name not in PARAMETERS and rng.random() < 0.2
    }
    return [_in_order(each, orders) for each in functions]


def _in_order(function: Function, orders: Mapping[str, Sequence[int]]) -> Function:
    order = orders.get(function.name, range(len(function.arguments)))
    arms: tuple[Arm, ...] = tuple(
        (tuple(patterns[at] for at in order), _called(body, orders)) for patterns, body in function.arms
    )
    arguments = tuple(function.arguments[at] for at in order)
    return Function(function.name, function.variables, arguments, function.result, arms)


def _called(term: Term, orders: Mapping[str, Sequence[int]]) -> Term:
    args = [_called(arg, orders) for arg in term.args]
    order = orders.get(term.head)
    if order is not None and len(order) == len(args):
        args = [args[at] for at in order]
    return Term(term.head, tuple(args))
