"""What laws are, and what terms are made with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from prover.policy.rewriting import heads
from prover.policy.syntax import Term
from prover.policy.values import Value

TRUE = Term("true")


@dataclass(frozen=True)
class Law:
    """`left = right` for all values of the variables in them, which have these types, that satisfy the
    `premises`, equations too. The `type` of both sides is written where no variable shows it."""

    left: Term
    right: Term
    types: tuple[tuple[str, Term], ...]
    premises: tuple[tuple[Term, Term], ...] = ()
    type: Term | None = None

    def __str__(self) -> str:
        binders = " ".join(f"({name} : {type_})" for name, type_ in self.types)
        unclear = self.type is not None and self.type.args and self.type not in dict(self.types).values()
        typed = f"({self.left} : {self.type}) = {self.right.as_side}"
        return f"∀ {binders}, {typed if unclear and not self.premises else self.body}"

    @cached_property
    def body(self) -> str:
        """What holds for all values."""
        return " → ".join(f"{left.as_side} = {right.as_side}" for left, right in self.equations)

    @property
    def equations(self) -> tuple[tuple[Term, Term], ...]:
        return (*self.premises, (self.left, self.right))

    @cached_property
    def size(self) -> int:
        return sum(left.size + right.size for left, right in self.equations)

    @cached_property
    def heads(self) -> frozenset[str]:
        return frozenset().union(*(heads(left) | heads(right) for left, right in self.equations))

    @property
    def preserves(self) -> bool:
        """`p x → p y → p (f x y)`."""
        return len(self.premises) > 1 and {left.head for left, _ in self.premises} == {self.left.head}

    @property
    def tests(self) -> bool:
        """What a test of two values says of them, `p x y = true → x = y`, `p x y = false → p y x = true`, and
        what it says of a value and itself."""
        if self.is_of_itself:
            return True
        if len(self.premises) != 1 or len(self.types) != 2:
            return False
        (test, _), variables = self.premises[0], {Term(name) for name, _ in self.types}
        said = (self.left, self.right) if self.right != TRUE else self.left.args
        return {*test.args} == {*said} == variables and self.left.head in (test.head, *dict(self.types))

    @property
    def is_of_itself(self) -> bool:
        """`p x x = true`, `p x x = false`."""
        same = len(self.left.args) == 2 and self.left.args[0] == self.left.args[1]
        return (
            same and not self.premises and not self.left.args[0].args and self.right.head in ("true", "false")
        )

    @property
    def commutes(self) -> bool:
        """Both sides are made of the same."""
        return sorted(_all_heads(self.left)) == sorted(_all_heads(self.right))

    @property
    def spreads(self) -> bool:
        """`f (g x y) = h (f (g x c)) (f y)`: what is asked of the whole is what it is of its parts."""
        return not self.premises and self.right.size > self.left.size and len(self.right.args) == 2

    @property
    def steps(self) -> bool:
        """`f (g a x) (h a y) = f x y`."""
        return (
            self.left.head == self.right.head
            and not any(part.args for part in self.right.args)
            and sum(len(part.args) > 1 for part in self.left.args) > 1
        )

    @property
    def rejoins(self) -> bool:
        """`g (f₁ … x) (f₂ … x) = … x`: what two functions make of something is all of it."""
        return len(self.left.args) == 2 and self.right.size < min(part.size for part in self.left.args)


class Valued(Protocol):
    """A term and its values on the samples; None where it can't be computed."""

    @property
    def term(self) -> Term: ...

    @property
    def type(self) -> Term: ...

    @property
    def values(self) -> tuple[Value | None, ...]: ...


def _all_heads(term: Term) -> list[str]:
    return [term.head, *(head for arg in term.args for head in _all_heads(arg))]


@dataclass(frozen=True)
class Builder:
    """Something to make terms with: what to call, how it is written, and its types."""

    name: str
    written: str
    arguments: tuple[Term, ...]
    result: Term
    rank: int
