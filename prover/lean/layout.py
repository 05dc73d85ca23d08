"""What stands around a hole, as far as it decides how a proof must be laid out there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from prover.lean.lexis import Kind, Lines, Token, words
from prover.lean.places import Site

_SET_COLUMNS = words("where calc do {")
_HAVE_FIELDS = words("structure class")


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns count from 0.

    `block` is the column of the tactics that the hole is one of (that of the hole, for a term). `indent` is
    that of the hole's line; `base` is the column that a block of tactics on lines of its own must be right
    of. `before` and `after` are the tokens on either side, "" where the declaration has none, and
    `after_column` is None on the hole's own line.

    `first`: the hole is the first token of its line. `second`: another hole is before it on its line.
    `inline`: something before it on its line sets a column that lines below are held to. `held`: so is what
    follows on its own line. `aligned`: lines below may be aligned to what follows on its own line. `field`:
    it may be the default of a structure's field, where a bare `by` would say how to fill the field later.
    """

    column: int
    block: int
    indent: int
    base: int
    before: str
    after: str
    after_closes: bool
    after_column: int | None
    first: bool
    second: bool
    inline: bool
    held: bool
    aligned: bool
    field: bool

    def ends_line(self, column: int) -> bool:
        """Whether nothing follows on the line, and the next one does not start right of `column`."""
        return not self.after or (self.after_column is not None and self.after_column <= column)

    def closed(self, column: int) -> bool:
        """Whether what follows can't become part of a tactic block at `column` or right of it."""
        return (self.after_closes or self.ends_line(column)) and not self.aligned


def _outside(earlier: Sequence[Token]) -> Iterator[Token]:
    """Those of the tokens, from right to left, that stand in no brackets which are closed again."""
    depth = 0
    for token in earlier:
        depth += token.kind is Kind.CLOSE
        if depth == 0:
            yield token
        depth -= token.kind is Kind.OPEN and depth > 0


def layout(tokens: Sequence[Token], body: int, site: Site, lines: Lines) -> Layout:
    """The layout around a hole of the declaration with these tokens, whose body starts at token `body`."""
    n, token = site.token, tokens[site.token]
    column = lines.column(token.start)
    earlier = [tokens[i] for i in takewhile(lambda i: not tokens[i + 1].first, range(n - 1, -1, -1))]
    later = [tokens[i] for i in takewhile(lambda i: not tokens[i].first, range(n + 1, len(tokens)))]
    below = tokens[n + 1 + len(later)] if n + 1 + len(later) < len(tokens) else None
    after = tokens[n + 1] if n + 1 < len(tokens) else None
    followed = any(each.kind is not Kind.CLOSE for each in later)
    inline = any(
        each.text in _SET_COLUMNS or (each.text == "|" and not each.first) for each in _outside(earlier)
    )
    indent = lines.indent(token.start)
    return Layout(
        column=column,
        block=column if site.block is None else site.block,
        indent=indent,
        base=_base(tokens, body, site, lines),
        before=tokens[n - 1].text if n else "",
        after=after.text if after else "",
        after_closes=after is not None and after.kind is Kind.CLOSE,
        after_column=lines.column(after.start) if after and after.first else None,
        first=token.first,
        second=any(each.text == "sorry" for each in earlier),
        inline=inline,
        held=followed and (inline or max(site.block or 0, site.around or 0) > indent),
        aligned=followed and below is not None and lines.column(below.start) > column,
        field=any(each.text in _HAVE_FIELDS for each in tokens[:body]),
    )


def _base(tokens: Sequence[Token], body: int, site: Site, lines: Lines) -> int:
    """The indent of the declaration's line for its whole body, of the hole's own line for a part of it."""
    token, lead = tokens[site.token], tokens[body : min(site.token, body + 3)]
    whole = [each.text for each in lead] in ([":="], [":=", "by"])
    if whole and not token.first and not lead[-1].first:
        return lines.indent(tokens[0].start)
    return max(lines.indent(token.start), site.around or 0)
