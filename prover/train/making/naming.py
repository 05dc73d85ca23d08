"""Names: of types, constructors, functions, variables, theorems, as different people would choose them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WORDS = _listed(
    "acc add alpha apply arrange ascend atom band base beam bend bind blend block bloom bolt bond bound "
    "branch bridge build bump bundle carry cast chain check chip chop clamp clip close code coil collect "
    "copy core count cover crop cross curl cut cycle dash deal decode deck delta dig dot double draw drift "
    "drop dual each edge elem emit encode even expand fade feed fence field fill find first fit flat flip "
    "flow fold fork form frame front fuse gate gather gauge glue go grade graft grid grow half hash head "
    "heap hop idx inner insert item iter join jump keep kind knot label last layer leaf left lift limit "
    "line link list load lock long loop mark mask match meet meld merge mesh mirror mix mode move mul "
    "nest net next node norm note odd open order outer pack pad pair pass patch path peel phase pick pile "
    "pin pipe place plan plot pop port pos post prefix prep press pull push put quick quot rank rate "
    "reach read rest rev ring rise roll root rot round row run scale scan score seal seek send seq set "
    "shape shift side size skip slide slot snap snoc sort span spin split spot spread stack stage star "
    "start stem step stir strip sub sum swap sweep swing tag tail take tap tie tilt tip total trace trail "
    "tree trim turn twin twist unit unzip val view walk wave weave weigh width wind wrap zero zip zone"
)
_TYPES = _listed(
    "Seq Chain Row Stack Queue Pile Line Vec Bag Items Stream Trail Tree Bush Shrub Forest Node Shape Rope "
    "Heap Trie Cell Box Slot Maybe Opt Num Nn Peano Unary Count Size Level Term Expr Exp Formula Form Prog "
    "Code Cmd Instr Op Word Path Bits Bin Digits Color State Mode Light Dir Side Sign Grade Kind Tok Symbol "
    "Graph Layer Part Piece Frame Tower Brick Bead Knot Ring Gate Circuit Wire Lamp Plan Task Job Step"
)
_CONSTRUCTORS = _listed(
    "nil cons leaf node zero succ empty push tip fork branch lit plus times neg app lam var base step one "
    "two pair inl inr left right mk end more stop go unit link join single twin stem bud twig root wrap "
    "none some here there lo hi on off cold warm hot top bot null snoc add mul cond seq skip tick loop "
    "north south east west red green blue black white gray first second third start done wait both either"
)
_SYNONYMS: Mapping[str, str] = {
    "add": "add plus sum",
    "mul": "mul times mult prod",
    "monus": "sub minus monus",
    "double": "double dbl twice",
    "half": "half div2 halve",
    "even": "even isEven evenb",
    "parity": "even evenb par",
    "eqn": "eq beq eqb same equal",
    "le": "le leb lte leq",
    "lt": "lt ltb less",
    "max": "maxi maximum larger upper",
    "min": "mini minimum smaller lower",
    "app": "append app cat concat plus",
    "rev": "rev reverse backwards",
    "flipped": "rev reverse revs",
    "revApp": "revAcc revAppend revOnto qrev shunt itrev",
    "snoc": "snoc addLast addEnd put",
    "len": "len length size count",
    "take": "take firstn prefix",
    "drop": "drop skipn skip",
    "map": "map mapAll each",
    "keep": "filter keep select",
    "every": "all every forallb",
    "some": "any exists' some'",
    "elem": "elem mem member contains",
    "count": "count occ num",
    "insert": "insert ins insort place",
    "sort": "sort isort insertionSort",
    "ordered": "sorted ordered isSorted",
    "total": "sum total sumAll",
    "product": "prod product",
    "size": "size count nodes",
    "height": "height depth hgt",
    "mirror": "mirror flip reflect swap",
    "inOrder": "flatten inorder toList",
    "evalE": "eval aeval denote value",
    "evalF": "eval beval interp holds",
    "exec": "exec run execute",
    "compileG": "compile comp",
    "N": "Nat' Peano Natural Num Unary",
    "L": "List' MyList Seq Lst Listing",
    "O": "Option' Maybe Opt",
    "P": "Pair Prod' Two",
    "T": "Tree BinTree Tree'",
    "Z": "zero z Z O ze",
    "S": "succ s S suc next",
    "Nil": "nil empty nl Nil",
    "Cons": "cons push cn Cons",
    "None": "none nothing",
    "Some": "some just",
    "Leaf": "leaf empty nil tip",
    "Node": "node branch bin",
    "last": "last final",
    "head": "head first hd",
    "tail": "tail rest tl",
    "join": "flatten concat join",
    "zip": "zip pairUp",
    "zipWith": "zipWith map2 combine",
    "foldr": "foldr reduce fold",
    "foldl": "foldl accumulate",
    "copies": "replicate repeat' copies",
    "nth": "nth get at' index",
    "isZero": "isZero zerob iszero",
}
_TAKEN = frozenset(
    _listed(
        "and at by cast class close compare cond const def deriving do else end exists' export extends "
        "flip for forall from fun guard have id if import in infix inferInstance instance ite let local "
        "macro match max min mut mutual namespace nofun not notation open or panic partial prefix private "
        "protected repr return scoped seq set show sorry step structure syntax then theorem toString "
        "trace trivial universe unless unsafe using variable where while with xor absurd dite inline "
        "max_prec meta pure bind some none Nat List Option Prod Bool Unit Type Prop Sort Int String Char "
        "Fin Array Task Seq Stream Sum Sigma Quot Eq Or And Not Iff True False Subtype Option' init "
        "section lemma example inductive abbrev attribute tactic declare_syntax_cat elab calc suffices "
        "try catch finally throw assert any rfl decreasing_by termination_by continue break nomatch this "
        "Type' postfix stop "
    )
)
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnprstvwz"
_VARIABLES = {
    "number": ("n m k", "x y z", "a b c", "i j k", "m n p", "n₁ n₂ n₃", "u v w", "p q r", "k l m",
               "x₁ x₂ x₃"),
    "list": ("xs ys zs", "l l' l''", "as bs cs", "l₁ l₂ l₃", "s t u", "us vs ws", "xs xs' xs''", "p q r"),
    "element": ("x y z", "a b c", "e d c", "v w u", "x x' x''", "a₁ a₂ a₃", "u v w", "h k j"),
    "tree": ("t u v", "t₁ t₂ t₃", "s t u", "a b c", "t t' t''", "l r m", "x y z"),
    "other": ("a b c", "e f g", "x y z", "c d e", "e₁ e₂ e₃", "u v w", "w w' w''", "s t r"),
    "function": ("f g h", "f f' f''", "φ ψ χ", "F G H", "u v w"),
    "type": ("α", "α", "β", "A", "T", "U", "D", "S", "ι"),
    "test": ("p q r", "P Q R", "p p' p''", "φ ψ χ", "test chk sel"),
}  # fmt: skip
_GREEK = ("α", "β", "γ", "τ", "σ", "A", "B", "X", "E", "T")
_PREMISES = (
    "h h' h''",
    "h₁ h₂ h₃",
    "H H1 H2",
    "hp hq hr",
    "h0 h1 h2",
    "hx hy hz",
    "hyp₁ hyp₂ hyp₃",
    "e e' e''",
)
_ENDINGS = _listed(
    "eq comm assoc id nil cons zero succ left right dist idem inv mono le pos ne spec lemma aux fact"
)


class Names:
    """Draws names for one file, each once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self._case = rng.choice(("camel", "camel", "snake", "plain", "short"))
        self._theorems = rng.choice(("words", "words", "numbered", "ends", "plain"))
        self._count = rng.randrange(1, 60)
        self._stem = rng.choice(("thm", "prop", "lemma", "ex", "p", "goal", "fact", "law", "T", "exercise"))
        self._style = {kind: rng.choice(choices).split() for kind, choices in _VARIABLES.items()}
        self._premises = rng.choice(_PREMISES).split()
        self._type_variables = rng.sample(_GREEK, len(_GREEK))

    def function(self, meaning: str) -> str:
        if meaning in _SYNONYMS and self._rng.random() < 0.6:
            return self._fresh(self._rng.choice(_SYNONYMS[meaning].split()))
        return self._fresh(self._word())

    def type(self, meaning: str) -> str:
        rng = self._rng
        if meaning in _SYNONYMS and rng.random() < 0.5:
            return self._fresh(rng.choice(_SYNONYMS[meaning].split()))
        word = rng.choice(_TYPES) if rng.random() < 0.8 else self._syllables().capitalize()
        return self._fresh(word + rng.choice(("", "", "", "'", "T", "2")))

    def constructors(self, meanings: Sequence[str]) -> list[str]:
        """For one type, so different among themselves alone."""
        rng, found = self._rng, list[str]()
        similar, capital = rng.random() < 0.5, rng.random() < 0.2
        while len(found) < len(meanings):
            meaning = meanings[len(found)]
            known = similar and meaning in _SYNONYMS
            name = rng.choice(_SYNONYMS[meaning].split() if known else _CONSTRUCTORS)
            if rng.random() < 0.1:
                name = self._syllables()
            name = name.capitalize() if capital else name
            if name not in found and name not in _TAKEN - {"some", "none", "cond", "seq"}:
                found.append(name)
        return found

    def theorem(self, about: Sequence[str]) -> str:
        rng = self._rng
        self._count += 1
        if self._theorems == "numbered":
            return self._fresh(f"{self._stem}_{self._count:02}")
        if self._theorems == "plain":
            return self._fresh(f"{self._stem}{self._count}")
        words = list(about[: rng.randint(1, 3)]) or [self._word()]
        if self._theorems == "ends" or len(words) == 1:
            words.append(rng.choice(_ENDINGS))
        return self._fresh("_".join(words))

    def namespace(self) -> str:
        return self._fresh(self._rng.choice(_TYPES) + self._rng.choice(("Theory", "Lib", "Facts", "s", "")))

    def type_variable(self) -> str:
        return self._fresh(self._type_variables.pop())

    def argument(self, kind: str) -> str:
        """Of a function that is an argument wherever it is mentioned."""
        return self._fresh(self._rng.choice(self._rng.choice(_VARIABLES[kind]).split()))

    def variables(self, kinds: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
        """For one statement or definition: each kind's usual names, in order, but those that are taken."""
        counted: dict[str, int] = {}
        found: list[str] = []
        for kind in kinds:
            usual = self._style[kind]
            number = counted[kind] = counted.get(kind, -1) + 1
            name = usual[number] if number < len(usual) else f"{usual[0]}{number}"
            while name in found or name in taken or name in self._used:
                name += "'"
            found.append(name)
        return found

    def premises(self, count: int, taken: Sequence[str]) -> list[str]:
        usual = [*self._premises, *(f"h{number}" for number in range(7, 7 + count))]
        return [name for name in usual if name not in taken and name not in self._used][:count]

    def _word(self) -> str:
        rng = self._rng
        if rng.random() < 0.12:
            return self._syllables()
        if self._case == "short" or rng.random() < 0.45:
            return rng.choice(_WORDS)
        one, other = rng.sample(_WORDS, 2)
        return {"camel": one + other.capitalize(), "snake": f"{one}_{other}"}.get(self._case, one + other)

    def _syllables(self) -> str:
        rng = self._rng
        return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 3)))

    def _fresh(self, name: str) -> str:
        number = 1
        base = re.sub(r"\W+$", "", name) or "x"
        while name in self._used or name in _TAKEN:
            number += 1
            name = f"{base}{number}" if self._rng.random() < 0.8 else f"{base}_{number}"
        self._used.add(name)
        return name
