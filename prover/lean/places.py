"""Where the holes of a declaration are: each `sorry`, and whether it stands for a tactic or a term.

A `sorry` is a tactic where a tactic may start: after `by`, `·`, `;`, `<;>`, after a `=>` that leads to
tactics, after a tactic that takes tactics (`try`), and on a new line at the column of an open tactic block.
Anywhere else it is a term. So one walk over the tokens keeps a stack of what is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover.lean.frames import Frame, Frames, Open
from prover.lean.lexis import Kind, Lines, Token, words
from prover.types import Place

_BY = words("by decreasing_by")
_TAKE_TACTICS = words(
    "try all_goals any_goals repeat repeat' repeat1 repeat1' focus iterate fail_if_success success_if_fail "
    "with_reducible with_reducible_and_instances with_unfolding_all with_unfolding_none unhygienic classical"
)
_HAVE_BRANCHES = words("match induction cases fun_induction fun_cases")
_HAVE_CHOICES = words("first solve")
_SCOPED = words("open set_option unseal")  # as tactics: `open … in tac`
_END_IN_TERMS = words("exact apply refine show have let obtain exacts use exists")
_LETS = words("let have letI haveI suffices")
_UNFINISHED = words(", := => ↦ exact refine from show fun ← <| |> $")
_CONTINUING = words("then else with at using")
_JOINING = words("| <;> <|>")
_NO_PATTERN = words(":= ; <;> by")
_PATTERN_LENGTH = 200  # tokens; how far the `=>` of an alternative is looked for
# What matters away from the start of a tactic.
_WORDS = _BY | _LETS | words("sorry fun match with if then else in where")


@dataclass(frozen=True, slots=True)
class Site:
    """One hole: the number of its token, and the columns (from 0) of the blocks around it.

    `block` is that of the tactic sequence that the hole belongs to, None for a term. `around` is that of
    the innermost sequence that starts before the hole, None where there is none.
    """

    token: int
    place: Place
    block: int | None
    around: int | None


def sites(tokens: Sequence[Token], lines: Lines) -> list[Site]:
    """The holes of a declaration, given all of its tokens."""
    return _Walk(tokens, lines).sites()


class _Walk:
    def __init__(self, tokens: Sequence[Token], lines: Lines) -> None:
        self._tokens = tokens
        self._lines = lines
        self._stack = Frames()
        self._opens = False  # whether the next token opens a block
        self._start = False  # whether a tactic may start at the next token
        self._found: list[Site] = []

    def sites(self) -> list[Site]:
        for i, token in enumerate(self._tokens):
            word = token.kind in (Kind.WORD, Kind.LITERAL)
            if word and not (self._opens or self._start or token.first or token.text in _WORDS):
                continue
            self._place(i)
            start, self._start = self._start, False
            if token.kind is Kind.OPEN:
                self._bracket(i, start)
            elif token.kind is Kind.CLOSE:
                self._stack.close()
            elif token.kind is Kind.SYMBOL and token.text != "λ":
                self._symbol(i, start)
            elif token.text == "sorry":
                self._hole(i, start)
            elif token.text in _BY:
                self._opens = True
            elif start:
                self._tactic(i)
            else:
                self._word(i)
        return self._found

    # Where a token stands

    def _before(self, i: int) -> str:
        return self._tokens[i - 1].text if i else ""

    def _column(self, i: int) -> int:
        return self._lines.column(self._tokens[i].start)

    def _place(self, i: int) -> None:
        """Open the block that starts here, or see what a new line ends."""
        token = self._tokens[i]
        if self._opens:
            self._opens = False
            self._start = token.kind is not Kind.CLOSE and token.text != "|"
            if self._start:
                self._stack.append(Frame(Open.BLOCK, True, i, self._column(i)))
        elif token.first and not self._start and token.text not in _JOINING:
            self._start = self._new_line(i)

    def _new_line(self, i: int) -> bool:
        """Answers whether the line starts a tactic."""
        column = self._column(i)
        self._stack.end_blocks(column)
        n = self._stack.latest(Open.BLOCK)
        if n is None or self._stack[n].column != column:
            return False
        if self._tokens[i].text in _CONTINUING or self._before(i) in _UNFINISHED:
            return False
        self._stack[n].lets = 0
        del self._stack[n + 1 :]
        return True

    # What a token does

    def _hole(self, i: int, start: bool) -> None:
        token = self._tokens[i]
        field = self._before(i) == "." and self._tokens[i - 1].end == token.start
        quoted = any(frame.kind is Open.BRACKET and frame.head[0] == "`" for frame in self._stack)
        if field or quoted:
            return
        blocks = [frame for frame in self._stack if frame.kind is Open.BLOCK]
        around = [frame.column for frame in blocks if frame.token != i]
        self._found.append(
            Site(
                token=i,
                place=Place.TACTIC if start else Place.TERM,
                block=blocks[-1].column if start else None,
                around=around[-1] if around else None,
            )
        )

    def _bracket(self, i: int, start: bool) -> None:
        text = self._tokens[i].text
        tactic = start and text in ("(", "{", "[")
        self._stack.append(Frame(Open.BRACKET, tactic, i, head=text))
        self._opens = tactic

    def _symbol(self, i: int, start: bool) -> None:
        text = self._tokens[i].text
        if text in ("·", ".") and start:
            self._opens = True
        elif text in ("=>", "↦"):
            self._arrow()
        elif text == "|":
            self._bar(i)
        elif text == ";":
            self._semicolon()
        elif text in ("<;>", "<|>"):
            block = self._stack.block()
            self._start = block is not None and (text == "<;>" or block.head not in _END_IN_TERMS)
        elif text == ",":
            inner = self._stack.inner()
            self._start = inner > 0 and self._stack[inner - 1].tactic and self._stack[inner - 1].head == "["

    def _semicolon(self) -> None:
        """After it comes the next tactic, or the body of a `let` in a term."""
        n = self._stack.latest(Open.BLOCK)
        if n is None:
            return
        if self._stack[n].lets:
            self._stack[n].lets -= 1
        else:
            del self._stack[n + 1 :]
            self._start = True

    def _tactic(self, i: int) -> None:
        token = self._tokens[i]
        if token.kind is Kind.LITERAL:  # `iterate 3 tac`
            self._start = True
            return
        block = self._stack.block()
        if block is not None:
            block.head = token.text
        if token.text in _TAKE_TACTICS:
            self._opens = True
        elif token.text in _HAVE_CHOICES:
            self._stack.append(Frame(Open.CHOICE, True, i))
        elif token.text == "if":
            self._stack.append(Frame(Open.IF, True, i))

    def _word(self, i: int) -> None:
        text, block = self._tokens[i].text, self._stack.block()
        if text in ("fun", "λ"):
            self._stack.append(Frame(Open.ARROW, False, i))
        elif text == "match":
            self._stack.append(Frame(Open.BRANCHES, False, i))
        elif text == "with" and block and block.head in _HAVE_BRANCHES:
            self._stack.append(Frame(Open.BRANCHES, True, i))
            block.head = ""  # a `with` that follows belongs to a term
        elif text == "if":
            self._stack.append(Frame(Open.IF, False, i))
        elif text in ("then", "else"):
            self._then(text)
        elif text in _LETS and block and self._before(i) != "if":
            block.lets += 1
        elif text == "in" and block and block.head in _SCOPED:
            self._start = True
        elif text == "where" and not self._stack.inner():
            self._stack.clear()

    def _then(self, text: str) -> None:
        n = self._stack.latest(Open.IF)
        if n is not None:
            self._opens = self._stack[n].tactic
            if text == "else":
                del self._stack[n:]

    def _arrow(self) -> None:
        """An arrow leads where its `fun` or alternative says; one of a tactic (`case x =>`) to tactics."""
        for n in range(len(self._stack) - 1, self._stack.inner() - 1, -1):
            if self._stack[n].kind is Open.ARROW:
                self._opens = self._stack[n].tactic
                del self._stack[n:]
                return
            if self._stack[n].kind is Open.BLOCK:
                self._opens = True
                return

    def _bar(self, i: int) -> None:
        """A `|` belongs to the innermost alternatives that are open and start no further right."""
        column, first = self._column(i), self._tokens[i].first
        leads = first or self._leads_to_arrow(i)
        if self._before(i) == "fun" and self._stack and self._stack[-1].kind is Open.ARROW:
            self._stack[-1] = Frame(Open.BRANCHES, False, i)
        for n in range(len(self._stack) - 1, self._stack.inner() - 1, -1):
            frame = self._stack[n]
            if frame.column > column:
                continue
            if frame.kind is Open.BLOCK and first and frame.column < column:
                break
            if frame.kind is Open.CHOICE or (frame.kind is Open.BRANCHES and leads):
                del self._stack[n + 1 :]
                self._alternative(frame, i)
                return
        if leads:
            self._own_alternative(i)

    def _alternative(self, frame: Frame, i: int) -> None:
        if frame.column < 0:
            frame.column = self._column(i)
        if frame.kind is Open.CHOICE:
            self._opens = True
        else:
            self._stack.append(Frame(Open.ARROW, frame.tactic, i))

    def _own_alternative(self, i: int) -> None:
        """The first alternative of the declaration itself, of a `have`, of an `intro`."""
        self._stack.end_blocks(self._column(i))
        block = self._stack.block()
        frame = Frame(Open.BRANCHES, block is not None and block.head not in _LETS, i)
        self._stack.append(frame)
        self._alternative(frame, i)

    def _leads_to_arrow(self, i: int) -> bool:
        """Whether the `|` of a line's middle starts an alternative: its `=>` is on the same line."""
        depth = 0
        for token in self._tokens[i + 1 : i + 1 + _PATTERN_LENGTH]:
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            if depth < 0 or token.first or token.text in _NO_PATTERN:
                return False
            if depth == 0 and token.text == "=>":
                return True
        return False
