"""What a model wrote, taken for what it is: prose with Lean in it.

Nothing here judges a proof. Whatever is taken for a tactic is tried in Lean behind the guard; a theorem that
the answer states anew gives its script, and what it states is of no account.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from prover.lean.declarations import declarations
from prover.lean.guard import MAX_LENGTH
from prover.lean.lexis import Kind, Lines, tokens, words

MOST = 64
"""How many tactics are taken from one answer."""

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_INLINE = re.compile(r"`([^`\n]+)`")
_NUMBERING = re.compile(r"(?:\(?\d{1,3}[.):]\)?|[-*•+])[ \t]+|\*\*|#+ +")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_COMMENT = re.compile(r"--(?![^\n]*-/)[^\n]*")
_BY = re.compile(r"(?::=\s*)?by\b[ \t]*\n?")
_GOES_ON = re.compile(r"[|)\]}⟩]|<;>|at\b|with\b|using\b|generalizing\b|else\b|from\b")
_STATED = frozenset({"theorem", "lemma", "example", "def", "instance", "abbrev"})
_TACTICS = words(
    """
    ac_nf ac_rfl aesop all_goals and_intros any_goals apply apply? apply_assumption apply_fun
    apply_rules assumption bound by_cases by_contra by_contra! calc case case' cases cases' cc change
    choose congr constructor contradiction contrapose contrapose! conv cutsat decide delta dsimp eq_refl
    erw exact exact? exact_mod_cast exacts exfalso exists ext field_simp fin_cases first focus fun_cases
    fun_induction funext gcongr generalize grind grobner group have haveI hint induction induction'
    infer_instance injection injections injectivity interval_cases intro intros iterate left let lia
    linarith native_decide next nlinarith nofun nomatch norm_cast norm_num nth_rewrite obtain omega
    on_goal positivity pull_cast push_cast push_neg rcases refine refine' refine_lift rename rename_i
    repeat replace revert rewrite rfl rfl' right ring ring_nf rintro rotate_left rw rw? rwa set show
    show_term simp simp! simp? simp_all simp_all_arith simp_arith simpa specialize split split_ifs subst
    subst_eqs subst_vars suffices swap symm tauto tauto_set trans trivial try unfold unhygienic use
    """
)


def tactics_in(answer: str) -> list[str]:
    """The tactics that an answer offers to go on with, in its order, each once: those in its code where it
    has code, else the lines that begin with the name of a tactic."""
    text = _clean(answer)
    fenced = _fences(text)
    if fenced:
        found = [tactic for block in fenced for tactic in _of_block(block)]
    else:
        inline = [piece for piece in _INLINE.findall(text) if _is_tactic(piece)]
        found = [tactic for piece in inline for tactic in _of_block(piece)] or _of_prose(text)
    return list(dict.fromkeys(tactic for tactic in found if 0 < len(tactic) <= MAX_LENGTH))[:MOST]


def script_in(answer: str, theorem: str) -> str | None:
    """The lines of the proof that an answer gives, of the theorem of that name where it states several; None
    where there is none. Of several blocks it is the last that speaks of the theorem, else the longest."""
    text = _clean(answer)
    fenced = _fences(text)
    blocks = fenced or ([text] if _is_script(text) else _prose_script(text))
    last = theorem.rpartition(".")[2]
    stating = [block for block in blocks if re.search(rf"(?<![\w.]){re.escape(last)}(?![\w.'])", block)]
    for block in [*reversed(stating), *sorted(blocks, key=len, reverse=True)]:
        script = _script_of(block, last)
        if script is not None and 0 < len(script) <= MAX_LENGTH:
            return script
    return None


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(2).replace("\xa0", " ")
    return _INVISIBLE.sub("", text)


def _fences(text: str) -> list[str]:
    """The code between fences, without what is set in before all of it."""
    return [block for _, inner in _FENCE.findall(text) if (block := _dedented(inner))]


def _dedented(text: str) -> str:
    return textwrap.dedent(text.strip("\n")).rstrip()


def _of_block(block: str) -> list[str]:
    """A block that states a theorem, or begins with `by`, is one script; else each line that is not set in
    begins a tactic of its own."""
    if _states(block) or _BY.match(block):
        script = _script_of(block, "")
        return [] if script is None else [script]
    return [tactic for part in _parts(block) if (tactic := _bare(part))]


def _parts(block: str) -> Iterator[str]:
    lines: list[str] = []
    for line in block.split("\n"):
        goes_on = line.startswith((" ", "·", ".")) or _GOES_ON.match(line) or not line
        if lines and not goes_on:
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    yield "\n".join(lines)


def _bare(part: str) -> str:
    """Without numbering, back quotes, and comments around it."""
    part = _COMMENT.sub("", part)
    part = _NUMBERING.sub("", part.strip(), count=1) if _NUMBERING.match(part.strip()) else part
    lines = part.strip().removesuffix("**").strip("`").split("\n")
    return "\n".join(line.rstrip() for line in lines if line.strip()).strip()


def _of_prose(text: str) -> list[str]:
    found = []
    for line in text.split("\n"):
        bare = _bare(line)
        if _is_tactic(bare) and not bare.endswith((".", ":", "?")):
            found.append(bare)
    return found


def _is_tactic(text: str) -> bool:
    word = re.match(r"[\w'!?]+", text)
    return text[:1] in ("·", "(") or (word is not None and word[0] in _TACTICS)


def _is_script(text: str) -> bool:
    return _states(text) or _BY.match(text.lstrip()) is not None


def _prose_script(text: str) -> list[str]:
    """From the first line that begins a proof or is a tactic to the last that may be."""
    lines = text.split("\n")
    begins = [at for at, line in enumerate(lines) if _is_tactic(line.strip()) or _is_script(line.lstrip())]
    if not begins:
        return []
    last = max(at for at, line in enumerate(lines) if _is_tactic(line.strip()) or line.startswith(" "))
    return [_dedented("\n".join(lines[begins[0] : max(last, begins[0]) + 1]))]


def _states(text: str) -> bool:
    return any(token.kind is Kind.WORD and token.text in _STATED and token.first for token in tokens(text))


def _script_of(block: str, name: str) -> str | None:
    """The proof in a block, as the lines of a tactic block."""
    if not _states(block):
        return _tactic_block(_dedented(block))
    stated = [
        declared.declaration
        for declared in declarations(block, tokens(block), Lines(block))
        if declared.declaration.kind in _STATED
    ]
    named = [each for each in stated if name and each.name.rpartition(".")[2] == name]
    proofs = [each.body for each in (named or stated) if each.body.lstrip().startswith(":=")]
    if not proofs:
        return None
    body = proofs[-1].lstrip().removeprefix(":=")
    return _tactic_block(body) if _BY.match(body.lstrip()) else _exact(body)


def _exact(term: str) -> str | None:
    lines = _dedented(term).strip().split("\n")
    if lines == [""]:
        return None
    return "\n".join([f"exact {lines[0]}", *(f"  {line}" for line in lines[1:])])


def _tactic_block(text: str) -> str | None:
    """Without the `by` before it, and set in as far as its first line."""
    stripped = text.lstrip("\n").rstrip()
    by = _BY.match(stripped.lstrip())
    if by:
        stripped = stripped.lstrip()[by.end() :]
    script = _aligned(stripped.split("\n"))
    return script if script.strip() else None


def _aligned(lines: Sequence[str]) -> str:
    """The first line may have lost what was before it: `by simp` with further lines set in."""
    kept = [line.rstrip() for line in lines if line.strip() and not _COMMENT.fullmatch(line.strip())]
    if len(kept) > 1 and not kept[0].startswith(" "):
        rest = textwrap.dedent("\n".join(kept[1:])).split("\n")
        hangs = min(len(line) - len(line.lstrip()) for line in kept[1:])
        if hangs and not _opens(kept[0]):
            return "\n".join([kept[0], *rest])
    return textwrap.dedent("\n".join(kept))


def _opens(line: str) -> bool:
    """Whether the lines after this one are set in because they belong to it."""
    return line.endswith(
        ("by", "=>", ":=", "with", "calc", ",", "(", "[", "⟨", "{", "do", "then", "else", "first", "fun")
    ) or (
        line.startswith(
            ("·", "calc", "conv", "first", "case", "next", "have", "obtain", "suffices", "show", "all_goals")
        )
    )
