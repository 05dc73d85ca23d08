/-
What families of problems are drawn from. Each of these types and functions may come with any of the others,
under other names, with the types of Lean's library in the place of `N`, `L`, `O` and `P`, with its arguments
in another order, and with other constants in it.

`A` is a type of elements. `f`, `g`, `p`, `q`, `r` and `op` are arguments of the functions that mention them;
what stands here is what statements are tried with.
-/

inductive A where | A0 | A1 | A2
inductive N where | Z | S (n : N)
inductive L (X : Type) where | Nil | Cons (x : X) (xs : L X)
inductive O (X : Type) where | None | Some (x : X)
inductive P (X : Type) (Y : Type) where | Pair (x : X) (y : Y)
inductive T (X : Type) where | Leaf | Node (l : T X) (x : X) (r : T X)
inductive B (X : Type) where | Tip (x : X) | Fork (l : B X) (r : B X)
inductive M where | End | Branch (l : M) (m : M) (r : M)
inductive D where | D0 | Dup (d : D) | Dsh (d : D)
inductive E where | Lit (n : N) | Plus (a : E) (b : E) | Times (a : E) (b : E) | Inc (a : E)
inductive F where | Con (b : Bool) | Neg (a : F) | Both (a : F) (b : F) | Either (a : F) (b : F)
inductive G where | Val (n : N) | Cond (c : N) (a : G) (b : G) | Sum (a : G) (b : G)
inductive I where | Push (n : N) | AddI | IncI
inductive C where | Skip | Tick (n : N) | Seq (a : C) (b : C) | Rep (n : N) (a : C)
inductive K where | Red | Amber | Green
inductive W where | Eps | Wa (w : W) | Wb (w : W)

def f (x : A) : A := match x with | .A0 => .A1 | .A1 => .A0 | .A2 => .A2
def g (x : A) : A := match x with | .A0 => .A1 | .A1 => .A2 | .A2 => .A2
def p (x : A) : Bool := match x with | .A0 => true | .A1 => false | .A2 => true
def q (x : A) : Bool := match x with | .A0 => true | .A1 => true | .A2 => false
def r (x : A) (y : A) : Bool := match x, y with | .A0, _ => true | .A1, .A0 => false | .A1, _ => true | .A2, .A2 => true | .A2, _ => false
def op (x : A) (y : A) : A := match x, y with | .A0, z => z | .A1, .A0 => .A1 | .A1, .A1 => .A2 | .A1, .A2 => .A0 | .A2, .A1 => .A1 | .A2, _ => .A2

-- numbers
def add : N → N → N
  | .Z, y => y
  | .S x, y => .S (add x y)
def addRight : N → N → N
  | x, .Z => x
  | x, .S y => .S (addRight x y)
def addSwap : N → N → N
  | .Z, y => y
  | .S x, y => addSwap x (.S y)
def mul : N → N → N
  | .Z, _ => .Z
  | .S x, y => add y (mul x y)
def mulAcc : N → N → N → N
  | .Z, _, a => a
  | .S x, y, a => mulAcc x y (add y a)
def pow : N → N → N
  | _, .Z => .S .Z
  | x, .S n => mul x (pow x n)
def monus : N → N → N
  | .Z, _ => .Z
  | .S x, .Z => .S x
  | .S x, .S y => monus x y
def pred (x : N) : N := match x with | .Z => .Z | .S y => y
def double : N → N
  | .Z => .Z
  | .S x => .S (.S (double x))
def triple : N → N
  | .Z => .Z
  | .S x => .S (.S (.S (triple x)))
def doubleAcc : N → N → N
  | .Z, a => a
  | .S x, a => doubleAcc x (.S (.S a))
def half : N → N
  | .Z => .Z
  | .S .Z => .Z
  | .S (.S x) => .S (half x)
def third : N → N
  | .Z => .Z
  | .S .Z => .Z
  | .S (.S .Z) => .Z
  | .S (.S (.S x)) => .S (third x)
def parity : N → Bool
  | .Z => true
  | .S x => !(parity x)
def even : N → Bool
  | .Z => true
  | .S .Z => false
  | .S (.S x) => even x
def byThree : N → Bool
  | .Z => true
  | .S .Z => false
  | .S (.S .Z) => false
  | .S (.S (.S x)) => byThree x
def modTwo : N → N
  | .Z => .Z
  | .S .Z => .S .Z
  | .S (.S x) => modTwo x
def eqn : N → N → Bool
  | .Z, .Z => true
  | .Z, .S _ => false
  | .S _, .Z => false
  | .S x, .S y => eqn x y
def le : N → N → Bool
  | .Z, _ => true
  | .S _, .Z => false
  | .S x, .S y => le x y
def lt : N → N → Bool
  | _, .Z => false
  | .Z, .S _ => true
  | .S x, .S y => lt x y
def max : N → N → N
  | .Z, y => y
  | .S x, .Z => .S x
  | .S x, .S y => .S (max x y)
def min : N → N → N
  | .Z, _ => .Z
  | .S _, .Z => .Z
  | .S x, .S y => .S (min x y)
def pick (x : N) (y : N) : N := if le x y then x else y
def larger (x : N) (y : N) : N := if le x y then y else x
def isZero (x : N) : Bool := match x with | .Z => true | .S _ => false
def gap : N → N → N
  | .Z, y => y
  | .S x, .Z => .S x
  | .S x, .S y => gap x y
def upTo : N → N
  | .Z => .Z
  | .S n => add (.S n) (upTo n)
def upToAcc : N → N → N
  | .Z, a => a
  | .S n, a => upToAcc n (add (.S n) a)
def oddSum : N → N
  | .Z => .Z
  | .S n => add (.S (double n)) (oddSum n)
def square (x : N) : N := mul x x
def fib : N → N
  | .Z => .Z
  | .S .Z => .S .Z
  | .S (.S n) => add (fib n) (fib (.S n))
def fact : N → N
  | .Z => .S .Z
  | .S n => mul (.S n) (fact n)
def collapse : N → N
  | .Z => .Z
  | .S n => pred (.S (.S (collapse n)))

-- lists
def app {X : Type} : L X → L X → L X
  | .Nil, ys => ys
  | .Cons x xs, ys => .Cons x (app xs ys)
def revApp {X : Type} : L X → L X → L X
  | .Nil, ys => ys
  | .Cons x xs, ys => revApp xs (.Cons x ys)
def snoc {X : Type} : L X → X → L X
  | .Nil, y => .Cons y .Nil
  | .Cons x xs, y => .Cons x (snoc xs y)
def rev {X : Type} : L X → L X
  | .Nil => .Nil
  | .Cons x xs => app (rev xs) (.Cons x .Nil)
def flipped {X : Type} : L X → L X
  | .Nil => .Nil
  | .Cons x xs => snoc (flipped xs) x
def len {X : Type} : L X → N
  | .Nil => .Z
  | .Cons _ xs => .S (len xs)
def lenAcc {X : Type} : L X → N → N
  | .Nil, n => n
  | .Cons _ xs, n => lenAcc xs (.S n)
def weave {X : Type} : L X → L X → L X
  | .Nil, ys => ys
  | .Cons x xs, .Nil => .Cons x xs
  | .Cons x xs, .Cons y ys => .Cons x (.Cons y (weave xs ys))
def twice {X : Type} : L X → L X
  | .Nil => .Nil
  | .Cons x xs => .Cons x (.Cons x (twice xs))
def everyOther {X : Type} : L X → L X
  | .Nil => .Nil
  | .Cons x .Nil => .Cons x .Nil
  | .Cons x (.Cons _ xs) => .Cons x (everyOther xs)
def take {X : Type} : N → L X → L X
  | .Z, _ => .Nil
  | .S _, .Nil => .Nil
  | .S n, .Cons x xs => .Cons x (take n xs)
def drop {X : Type} : N → L X → L X
  | .Z, xs => xs
  | .S _, .Nil => .Nil
  | .S n, .Cons _ xs => drop n xs
def front {X : Type} : L X → L X
  | .Nil => .Nil
  | .Cons _ .Nil => .Nil
  | .Cons x (.Cons y ys) => .Cons x (front (.Cons y ys))
def tail {X : Type} (xs : L X) : L X := match xs with | .Nil => .Nil | .Cons _ ys => ys
def head {X : Type} (xs : L X) : O X := match xs with | .Nil => .None | .Cons x _ => .Some x
def last {X : Type} : L X → O X
  | .Nil => .None
  | .Cons x .Nil => .Some x
  | .Cons _ (.Cons y ys) => last (.Cons y ys)
def nth {X : Type} : L X → N → O X
  | .Nil, _ => .None
  | .Cons x _, .Z => .Some x
  | .Cons _ xs, .S n => nth xs n
def isNil {X : Type} (xs : L X) : Bool := match xs with | .Nil => true | .Cons _ _ => false
def copies {X : Type} : N → X → L X
  | .Z, _ => .Nil
  | .S n, x => .Cons x (copies n x)
def turn {X : Type} : N → L X → L X
  | .Z, xs => xs
  | .S _, .Nil => .Nil
  | .S n, .Cons x xs => turn n (snoc xs x)
def sameLen {X : Type} : L X → L X → Bool
  | .Nil, .Nil => true
  | .Nil, .Cons _ _ => false
  | .Cons _ _, .Nil => false
  | .Cons _ xs, .Cons _ ys => sameLen xs ys
def evenLen {X : Type} : L X → Bool
  | .Nil => true
  | .Cons _ xs => !(evenLen xs)
def zip {X : Type} {Y : Type} : L X → L Y → L (P X Y)
  | .Nil, _ => .Nil
  | .Cons _ _, .Nil => .Nil
  | .Cons x xs, .Cons y ys => .Cons (.Pair x y) (zip xs ys)
def lefts {X : Type} {Y : Type} : L (P X Y) → L X
  | .Nil => .Nil
  | .Cons (.Pair x _) zs => .Cons x (lefts zs)
def rights {X : Type} {Y : Type} : L (P X Y) → L Y
  | .Nil => .Nil
  | .Cons (.Pair _ y) zs => .Cons y (rights zs)
def swapAll {X : Type} {Y : Type} : L (P X Y) → L (P Y X)
  | .Nil => .Nil
  | .Cons (.Pair x y) zs => .Cons (.Pair y x) (swapAll zs)
def swap {X : Type} {Y : Type} (z : P X Y) : P Y X := match z with | .Pair x y => .Pair y x
def join {X : Type} : L (L X) → L X
  | .Nil => .Nil
  | .Cons xs xss => app xs (join xss)
def single {X : Type} (x : X) : L X := .Cons x .Nil
def rot {X : Type} (xs : L X) : L X := match xs with | .Nil => .Nil | .Cons x ys => snoc ys x

-- with arguments that are functions
def map : L A → L A
  | .Nil => .Nil
  | .Cons x xs => .Cons (f x) (map xs)
def mapTwo : L A → L A
  | .Nil => .Nil
  | .Cons x xs => .Cons (g x) (mapTwo xs)
def mapBoth : L A → L A
  | .Nil => .Nil
  | .Cons x xs => .Cons (f (g x)) (mapBoth xs)
def mapAcc : L A → L A → L A
  | .Nil, ys => ys
  | .Cons x xs, ys => mapAcc xs (.Cons (f x) ys)
def keep : L A → L A
  | .Nil => .Nil
  | .Cons x xs => if p x then .Cons x (keep xs) else keep xs
def reject : L A → L A
  | .Nil => .Nil
  | .Cons x xs => if p x then reject xs else .Cons x (reject xs)
def keepToo : L A → L A
  | .Nil => .Nil
  | .Cons x xs => if q x then .Cons x (keepToo xs) else keepToo xs
def every : L A → Bool
  | .Nil => true
  | .Cons x xs => p x && every xs
def some : L A → Bool
  | .Nil => false
  | .Cons x xs => p x || some xs
def none : L A → Bool
  | .Nil => true
  | .Cons x xs => !(p x) && none xs
def tally : L A → N
  | .Nil => .Z
  | .Cons x xs => if p x then .S (tally xs) else tally xs
def takeWhile : L A → L A
  | .Nil => .Nil
  | .Cons x xs => if p x then .Cons x (takeWhile xs) else .Nil
def dropWhile : L A → L A
  | .Nil => .Nil
  | .Cons x xs => if p x then dropWhile xs else .Cons x xs
def find : L A → O A
  | .Nil => .None
  | .Cons x xs => if p x then .Some x else find xs
def foldr : A → L A → A
  | a, .Nil => a
  | a, .Cons x xs => op x (foldr a xs)
def foldl : A → L A → A
  | a, .Nil => a
  | a, .Cons x xs => foldl (op a x) xs
def zipWith : L A → L A → L A
  | .Nil, _ => .Nil
  | .Cons _ _, .Nil => .Nil
  | .Cons x xs, .Cons y ys => .Cons (op x y) (zipWith xs ys)
def scan : A → L A → L A
  | a, .Nil => .Cons a .Nil
  | a, .Cons x xs => .Cons a (scan (op a x) xs)
def place : A → L A → L A
  | x, .Nil => .Cons x .Nil
  | x, .Cons y ys => if r x y then .Cons x (.Cons y ys) else .Cons y (place x ys)
def arrange : L A → L A
  | .Nil => .Nil
  | .Cons x xs => place x (arrange xs)
def below : A → L A → Bool
  | _, .Nil => true
  | x, .Cons y ys => r x y && below x ys
def iterate : N → A → A
  | .Z, x => x
  | .S n, x => f (iterate n x)
def iterateIn : N → A → A
  | .Z, x => x
  | .S n, x => iterateIn n (f x)
def update : L A → N → L A
  | .Nil, _ => .Nil
  | .Cons x xs, .Z => .Cons (f x) xs
  | .Cons x xs, .S n => .Cons x (update xs n)
def mapO (o : O A) : O A := match o with | .None => .None | .Some x => .Some (f x)
def keepO (o : O A) : O A := match o with | .None => .None | .Some x => if p x then .Some x else .None
def testO (o : O A) : Bool := match o with | .None => false | .Some x => p x
def mapT : T A → T A
  | .Leaf => .Leaf
  | .Node l x r => .Node (mapT l) (f x) (mapT r)
def everyT : T A → Bool
  | .Leaf => true
  | .Node l x r => p x && everyT l && everyT r
def someT : T A → Bool
  | .Leaf => false
  | .Node l x r => someT l || p x || someT r
def tallyT : T A → N
  | .Leaf => .Z
  | .Node l x r => if p x then .S (add (tallyT l) (tallyT r)) else add (tallyT l) (tallyT r)
def mapB : B A → B A
  | .Tip x => .Tip (f x)
  | .Fork l r => .Fork (mapB l) (mapB r)
def reduceB : B A → A
  | .Tip x => x
  | .Fork l r => op (reduceB l) (reduceB r)
def everyB : B A → Bool
  | .Tip x => p x
  | .Fork l r => everyB l && everyB r

-- lists of numbers
def total : L N → N
  | .Nil => .Z
  | .Cons x xs => add x (total xs)
def totalAcc : L N → N → N
  | .Nil, a => a
  | .Cons x xs, a => totalAcc xs (add x a)
def product : L N → N
  | .Nil => .S .Z
  | .Cons x xs => mul x (product xs)
def biggest : L N → N
  | .Nil => .Z
  | .Cons x xs => max x (biggest xs)
def elem : N → L N → Bool
  | _, .Nil => false
  | x, .Cons y ys => eqn x y || elem x ys
def count : N → L N → N
  | _, .Nil => .Z
  | x, .Cons y ys => if eqn x y then .S (count x ys) else count x ys
def remove : N → L N → L N
  | _, .Nil => .Nil
  | x, .Cons y ys => if eqn x y then ys else .Cons y (remove x ys)
def removeAll : N → L N → L N
  | _, .Nil => .Nil
  | x, .Cons y ys => if eqn x y then removeAll x ys else .Cons y (removeAll x ys)
def insert : N → L N → L N
  | x, .Nil => .Cons x .Nil
  | x, .Cons y ys => if le x y then .Cons x (.Cons y ys) else .Cons y (insert x ys)
def sort : L N → L N
  | .Nil => .Nil
  | .Cons x xs => insert x (sort xs)
def ordered : L N → Bool
  | .Nil => true
  | .Cons _ .Nil => true
  | .Cons x (.Cons y ys) => le x y && ordered (.Cons y ys)
def atMost : N → L N → Bool
  | _, .Nil => true
  | x, .Cons y ys => le y x && atMost x ys
def countdown : N → L N
  | .Z => .Nil
  | .S n => .Cons n (countdown n)
def zeros : N → L N
  | .Z => .Nil
  | .S n => .Cons .Z (zeros n)
def raise : L N → L N
  | .Nil => .Nil
  | .Cons x xs => .Cons (.S x) (raise xs)
def shift : N → L N → L N
  | _, .Nil => .Nil
  | n, .Cons x xs => .Cons (add n x) (shift n xs)
def sumUp : L N → L N → L N
  | .Nil, ys => ys
  | .Cons x xs, .Nil => .Cons x xs
  | .Cons x xs, .Cons y ys => .Cons (add x y) (sumUp xs ys)
def evens : L N → L N
  | .Nil => .Nil
  | .Cons x xs => if even x then .Cons x (evens xs) else evens xs
def allEven : L N → Bool
  | .Nil => true
  | .Cons x xs => even x && allEven xs
def prefixOf : L N → L N → Bool
  | .Nil, _ => true
  | .Cons _ _, .Nil => false
  | .Cons x xs, .Cons y ys => eqn x y && prefixOf xs ys
def subOf : L N → L N → Bool
  | .Nil, _ => true
  | .Cons x xs, ys => elem x ys && subOf xs ys
def eqList : L N → L N → Bool
  | .Nil, .Nil => true
  | .Nil, .Cons _ _ => false
  | .Cons _ _, .Nil => false
  | .Cons x xs, .Cons y ys => eqn x y && eqList xs ys
def sizes {X : Type} : L (L X) → L N
  | .Nil => .Nil
  | .Cons xs xss => .Cons (len xs) (sizes xss)

-- trees
def size {X : Type} : T X → N
  | .Leaf => .Z
  | .Node l _ r => .S (add (size l) (size r))
def height {X : Type} : T X → N
  | .Leaf => .Z
  | .Node l _ r => .S (max (height l) (height r))
def leaves {X : Type} : T X → N
  | .Leaf => .S .Z
  | .Node l _ r => add (leaves l) (leaves r)
def mirror {X : Type} : T X → T X
  | .Leaf => .Leaf
  | .Node l x r => .Node (mirror r) x (mirror l)
def inOrder {X : Type} : T X → L X
  | .Leaf => .Nil
  | .Node l x r => app (inOrder l) (.Cons x (inOrder r))
def preOrder {X : Type} : T X → L X
  | .Leaf => .Nil
  | .Node l x r => .Cons x (app (preOrder l) (preOrder r))
def postOrder {X : Type} : T X → L X
  | .Leaf => .Nil
  | .Node l x r => app (postOrder l) (snoc (postOrder r) x)
def inOrderAcc {X : Type} : T X → L X → L X
  | .Leaf, a => a
  | .Node l x r, a => inOrderAcc l (.Cons x (inOrderAcc r a))
def leftmost {X : Type} : T X → O X
  | .Leaf => .None
  | .Node .Leaf x _ => .Some x
  | .Node (.Node l y r) _ _ => leftmost (.Node l y r)
def spine {X : Type} : T X → L X
  | .Leaf => .Nil
  | .Node l x _ => .Cons x (spine l)
def comb {X : Type} : L X → T X
  | .Nil => .Leaf
  | .Cons x xs => .Node .Leaf x (comb xs)
def graft {X : Type} : T X → T X → T X
  | .Leaf, t => t
  | .Node l x r, t => .Node l x (graft r t)
def totalT : T N → N
  | .Leaf => .Z
  | .Node l x r => add x (add (totalT l) (totalT r))
def elemT : N → T N → Bool
  | _, .Leaf => false
  | x, .Node l y r => eqn x y || elemT x l || elemT x r
def insertT : N → T N → T N
  | x, .Leaf => .Node .Leaf x .Leaf
  | x, .Node l y r => if le x y then .Node (insertT x l) y r else .Node l y (insertT x r)
def raiseT : T N → T N
  | .Leaf => .Leaf
  | .Node l x r => .Node (raiseT l) (.S x) (raiseT r)
def build : L N → T N
  | .Nil => .Leaf
  | .Cons x xs => insertT x (build xs)
def tips {X : Type} : B X → N
  | .Tip _ => .S .Z
  | .Fork l r => add (tips l) (tips r)
def forks {X : Type} : B X → N
  | .Tip _ => .Z
  | .Fork l r => .S (add (forks l) (forks r))
def depth {X : Type} : B X → N
  | .Tip _ => .Z
  | .Fork l r => .S (max (depth l) (depth r))
def reflect {X : Type} : B X → B X
  | .Tip x => .Tip x
  | .Fork l r => .Fork (reflect r) (reflect l)
def fringe {X : Type} : B X → L X
  | .Tip x => .Cons x .Nil
  | .Fork l r => app (fringe l) (fringe r)
def fringeAcc {X : Type} : B X → L X → L X
  | .Tip x, a => .Cons x a
  | .Fork l r, a => fringeAcc l (fringeAcc r a)
def totalB : B N → N
  | .Tip x => x
  | .Fork l r => add (totalB l) (totalB r)
def biggestB : B N → N
  | .Tip x => x
  | .Fork l r => max (biggestB l) (biggestB r)
def firstTip {X : Type} : B X → X
  | .Tip x => x
  | .Fork l _ => firstTip l
def lastTip {X : Type} : B X → X
  | .Tip x => x
  | .Fork _ r => lastTip r
def nodes : M → N
  | .End => .Z
  | .Branch a b c => .S (add (nodes a) (add (nodes b) (nodes c)))
def ends : M → N
  | .End => .S .Z
  | .Branch a b c => add (ends a) (add (ends b) (ends c))
def cycle : M → M
  | .End => .End
  | .Branch a b c => .Branch (cycle b) (cycle c) (cycle a)
def exchange : M → M
  | .End => .End
  | .Branch a b c => .Branch (exchange c) (exchange b) (exchange a)
def tallM : M → N
  | .End => .Z
  | .Branch a b c => .S (max (tallM a) (max (tallM b) (tallM c)))

-- options, pairs
def isSome {X : Type} (o : O X) : Bool := match o with | .None => false | .Some _ => true
def orElse {X : Type} (o : O X) (u : O X) : O X := match o with | .None => u | .Some x => .Some x
def getOr {X : Type} (o : O X) (y : X) : X := match o with | .None => y | .Some x => x
def listO {X : Type} (o : O X) : L X := match o with | .None => .Nil | .Some x => .Cons x .Nil
def catO {X : Type} : L (O X) → L X
  | .Nil => .Nil
  | .Cons .None os => catO os
  | .Cons (.Some x) os => .Cons x (catO os)
def somes {X : Type} : L (O X) → N
  | .Nil => .Z
  | .Cons o os => if isSome o then .S (somes os) else somes os
def wrap {X : Type} : L X → L (O X)
  | .Nil => .Nil
  | .Cons x xs => .Cons (.Some x) (wrap xs)
def predO (n : N) : O N := match n with | .Z => .None | .S m => .Some m
def minus : N → N → O N
  | x, .Z => .Some x
  | .Z, .S _ => .None
  | .S x, .S y => minus x y

-- binary digits, words, colours
def value : D → N
  | .D0 => .Z
  | .Dup d => double (value d)
  | .Dsh d => .S (double (value d))
def digits : D → N
  | .D0 => .Z
  | .Dup d => .S (digits d)
  | .Dsh d => .S (digits d)
def next : D → D
  | .D0 => .Dsh .D0
  | .Dup d => .Dsh d
  | .Dsh d => .Dup (next d)
def flipD : D → D
  | .D0 => .D0
  | .Dup d => .Dsh (flipD d)
  | .Dsh d => .Dup (flipD d)
def ones : D → N
  | .D0 => .Z
  | .Dup d => ones d
  | .Dsh d => .S (ones d)
def glue : W → W → W
  | .Eps, v => v
  | .Wa w, v => .Wa (glue w v)
  | .Wb w, v => .Wb (glue w v)
def backwards : W → W
  | .Eps => .Eps
  | .Wa w => glue (backwards w) (.Wa .Eps)
  | .Wb w => glue (backwards w) (.Wb .Eps)
def countA : W → N
  | .Eps => .Z
  | .Wa w => .S (countA w)
  | .Wb w => countA w
def countB : W → N
  | .Eps => .Z
  | .Wa w => countB w
  | .Wb w => .S (countB w)
def lengthW : W → N
  | .Eps => .Z
  | .Wa w => .S (lengthW w)
  | .Wb w => .S (lengthW w)
def invert : W → W
  | .Eps => .Eps
  | .Wa w => .Wb (invert w)
  | .Wb w => .Wa (invert w)
def onlyA : W → W
  | .Eps => .Eps
  | .Wa w => .Wa (onlyA w)
  | .Wb w => onlyA w
def nextK (k : K) : K := match k with | .Red => .Green | .Amber => .Red | .Green => .Amber
def warmer (k : K) : K := match k with | .Red => .Red | .Amber => .Red | .Green => .Amber
def isStop (k : K) : Bool := match k with | .Red => true | .Amber => true | .Green => false
def mixK (k : K) (j : K) : K := match k, j with | .Red, _ => .Red | .Amber, .Red => .Red | .Amber, _ => .Amber | .Green, i => i
def stepK : N → K → K
  | .Z, k => k
  | .S n, k => nextK (stepK n k)
def mixAll : L K → K
  | .Nil => .Green
  | .Cons k ks => mixK k (mixAll ks)
def stepAll : L K → L K
  | .Nil => .Nil
  | .Cons k ks => .Cons (nextK k) (stepAll ks)
def stops : L K → N
  | .Nil => .Z
  | .Cons k ks => if isStop k then .S (stops ks) else stops ks

-- expressions, formulas, programs
def evalE : E → N
  | .Lit n => n
  | .Plus a b => add (evalE a) (evalE b)
  | .Times a b => mul (evalE a) (evalE b)
  | .Inc a => .S (evalE a)
def sizeE : E → N
  | .Lit _ => .S .Z
  | .Plus a b => .S (add (sizeE a) (sizeE b))
  | .Times a b => .S (add (sizeE a) (sizeE b))
  | .Inc a => .S (sizeE a)
def commute : E → E
  | .Lit n => .Lit n
  | .Plus a b => .Plus (commute b) (commute a)
  | .Times a b => .Times (commute b) (commute a)
  | .Inc a => .Inc (commute a)
def unInc : E → E
  | .Lit n => .Lit n
  | .Plus a b => .Plus (unInc a) (unInc b)
  | .Times a b => .Times (unInc a) (unInc b)
  | .Inc a => .Plus (.Lit (.S .Z)) (unInc a)
def plusZero (a : E) (b : E) : E := match a with | .Lit .Z => b | .Lit (.S n) => .Plus (.Lit (.S n)) b | .Plus c d => .Plus (.Plus c d) b | .Times c d => .Plus (.Times c d) b | .Inc c => .Plus (.Inc c) b
def tidy : E → E
  | .Lit n => .Lit n
  | .Plus a b => plusZero (tidy a) (tidy b)
  | .Times a b => .Times (tidy a) (tidy b)
  | .Inc a => .Inc (tidy a)
def literals : E → L N
  | .Lit n => .Cons n .Nil
  | .Plus a b => app (literals a) (literals b)
  | .Times a b => app (literals a) (literals b)
  | .Inc a => literals a
def evalF : F → Bool
  | .Con b => b
  | .Neg a => !(evalF a)
  | .Both a b => evalF a && evalF b
  | .Either a b => evalF a || evalF b
def dual : F → F
  | .Con b => .Con (!b)
  | .Neg a => .Neg (dual a)
  | .Both a b => .Either (dual a) (dual b)
  | .Either a b => .Both (dual a) (dual b)
def sizeF : F → N
  | .Con _ => .S .Z
  | .Neg a => .S (sizeF a)
  | .Both a b => .S (add (sizeF a) (sizeF b))
  | .Either a b => .S (add (sizeF a) (sizeF b))
def push : Bool → F → F
  | true, .Con b => .Con b
  | false, .Con b => .Con (!b)
  | true, .Neg a => push false a
  | false, .Neg a => push true a
  | true, .Both a b => .Both (push true a) (push true b)
  | false, .Both a b => .Either (push false a) (push false b)
  | true, .Either a b => .Either (push true a) (push true b)
  | false, .Either a b => .Both (push false a) (push false b)
def negs : F → N
  | .Con _ => .Z
  | .Neg a => .S (negs a)
  | .Both a b => add (negs a) (negs b)
  | .Either a b => add (negs a) (negs b)
def evalG : G → N
  | .Val n => n
  | .Cond c a b => if isZero c then evalG a else evalG b
  | .Sum a b => add (evalG a) (evalG b)
def fold : G → G
  | .Val n => .Val n
  | .Cond c a b => if isZero c then fold a else fold b
  | .Sum a b => .Sum (fold a) (fold b)
def condFree : G → Bool
  | .Val _ => true
  | .Cond _ _ _ => false
  | .Sum a b => condFree a && condFree b
def exec : L I → L N → L N
  | .Nil, s => s
  | .Cons (.Push n) is, s => exec is (.Cons n s)
  | .Cons .AddI is, .Nil => exec is .Nil
  | .Cons .AddI is, .Cons x .Nil => exec is (.Cons x .Nil)
  | .Cons .AddI is, .Cons x (.Cons y s) => exec is (.Cons (add y x) s)
  | .Cons .IncI is, .Nil => exec is .Nil
  | .Cons .IncI is, .Cons x s => exec is (.Cons (.S x) s)
def compileG : G → L I
  | .Val n => .Cons (.Push n) .Nil
  | .Cond c a b => if isZero c then compileG a else compileG b
  | .Sum a b => app (compileG a) (app (compileG b) (.Cons .AddI .Nil))
def compileAcc : G → L I → L I
  | .Val n, k => .Cons (.Push n) k
  | .Cond c a b, k => if isZero c then compileAcc a k else compileAcc b k
  | .Sum a b, k => compileAcc a (compileAcc b (.Cons .AddI k))
def cost : C → N
  | .Skip => .Z
  | .Tick n => n
  | .Seq a b => add (cost a) (cost b)
  | .Rep n a => mul n (cost a)
def run : C → N → N
  | .Skip, s => s
  | .Tick n, s => add n s
  | .Seq a b, s => run b (run a s)
  | .Rep n a, s => add (mul n (cost a)) s
def unskip : C → C
  | .Skip => .Skip
  | .Tick n => .Tick n
  | .Seq .Skip b => unskip b
  | .Seq (.Tick n) b => .Seq (.Tick n) (unskip b)
  | .Seq (.Seq a c) b => .Seq (unskip (.Seq a c)) (unskip b)
  | .Seq (.Rep n a) b => .Seq (.Rep n (unskip a)) (unskip b)
  | .Rep n a => .Rep n (unskip a)
def undoSeq : C → C
  | .Skip => .Skip
  | .Tick n => .Tick n
  | .Seq a b => .Seq (undoSeq b) (undoSeq a)
  | .Rep n a => .Rep n (undoSeq a)
