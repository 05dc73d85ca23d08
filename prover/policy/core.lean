/-! What functions of Lean's own library compute, for those that only compute: on values of data types, with
explicit arguments first to last as the library has them. Where the library is more general, so much of it. -/

def List.length : List α → Nat
  | [] => 0
  | _ :: xs => List.length xs + 1

def List.reverse : List α → List α
  | [] => []
  | x :: xs => List.reverse xs ++ [x]

def List.append (xs : List α) (ys : List α) : List α := xs ++ ys

def List.map (f : α → β) : List α → List β
  | [] => []
  | x :: xs => f x :: List.map f xs

def List.filter (p : α → Bool) : List α → List α
  | [] => []
  | x :: xs => if p x then x :: List.filter p xs else List.filter p xs

def List.filterMap (f : α → Option β) : List α → List β
  | [] => []
  | x :: xs => match f x with
    | none => List.filterMap f xs
    | some y => y :: List.filterMap f xs

def List.foldr (f : α → β → β) (start : β) : List α → β
  | [] => start
  | x :: xs => f x (List.foldr f start xs)

def List.foldl (f : β → α → β) (start : β) : List α → β
  | [] => start
  | x :: xs => List.foldl f (f start x) xs

def List.sum : List Nat → Nat
  | [] => 0
  | x :: xs => x + List.sum xs

def List.take : Nat → List α → List α
  | 0, _ => []
  | _ + 1, [] => []
  | n + 1, x :: xs => x :: List.take n xs

def List.drop : Nat → List α → List α
  | 0, xs => xs
  | _ + 1, [] => []
  | n + 1, _ :: xs => List.drop n xs

def List.replicate : Nat → α → List α
  | 0, _ => []
  | n + 1, x => x :: List.replicate n x

def List.all : List α → (α → Bool) → Bool
  | [], _ => true
  | x :: xs, p => p x && List.all xs p

def List.any : List α → (α → Bool) → Bool
  | [], _ => false
  | x :: xs, p => p x || List.any xs p

def List.isEmpty : List α → Bool
  | [] => true
  | _ :: _ => false

def List.head? : List α → Option α
  | [] => none
  | x :: _ => some x

def List.tail : List α → List α
  | [] => []
  | _ :: xs => xs

def List.getLast? : List α → Option α
  | [] => none
  | [x] => some x
  | _ :: y :: xs => List.getLast? (y :: xs)

def List.dropLast : List α → List α
  | [] => []
  | [_] => []
  | x :: y :: xs => x :: List.dropLast (y :: xs)

def List.takeWhile (p : α → Bool) : List α → List α
  | [] => []
  | x :: xs => if p x then x :: List.takeWhile p xs else []

def List.dropWhile (p : α → Bool) : List α → List α
  | [] => []
  | x :: xs => if p x then List.dropWhile p xs else x :: xs

def List.flatten : List (List α) → List α
  | [] => []
  | x :: xs => x ++ List.flatten xs

def List.flatMap (f : α → List β) : List α → List β
  | [] => []
  | x :: xs => f x ++ List.flatMap f xs

def List.zip : List α → List β → List (α × β)
  | x :: xs, y :: ys => (x, y) :: List.zip xs ys
  | _, _ => []

def List.zipWith (f : α → β → γ) : List α → List β → List γ
  | x :: xs, y :: ys => f x y :: List.zipWith f xs ys
  | _, _ => []

def List.elem (x : α) : List α → Bool
  | [] => false
  | y :: ys => x == y || List.elem x ys

def List.contains : List α → α → Bool
  | [], _ => false
  | y :: ys, x => x == y || List.contains ys x

def List.count (x : α) : List α → Nat
  | [] => 0
  | y :: ys => if y == x then List.count x ys + 1 else List.count x ys

def List.countP (p : α → Bool) : List α → Nat
  | [] => 0
  | x :: xs => if p x then List.countP p xs + 1 else List.countP p xs

def List.erase : List α → α → List α
  | [], _ => []
  | y :: ys, x => if y == x then ys else y :: List.erase ys x

def List.range : Nat → List Nat
  | 0 => []
  | n + 1 => List.range n ++ [n]

def Option.bind : Option α → (α → Option β) → Option β
  | none, _ => none
  | some x, f => f x

def Option.map (f : α → β) : Option α → Option β
  | none => none
  | some x => some (f x)

def Option.isSome : Option α → Bool
  | none => false
  | some _ => true

def Option.isNone : Option α → Bool
  | none => true
  | some _ => false

def Option.getD : Option α → α → α
  | none, default => default
  | some x, _ => x

def Option.toList : Option α → List α
  | none => []
  | some x => [x]

def Prod.fst : α × β → α
  | (x, _) => x

def Prod.snd : α × β → β
  | (_, y) => y

def Prod.swap : α × β → β × α
  | (x, y) => (y, x)

def Nat.succ (n : Nat) : Nat := n + 1

def Nat.pred : Nat → Nat
  | 0 => 0
  | n + 1 => n

def Nat.max (m n : Nat) : Nat := if m ≤ n then n else m

def Nat.min (m n : Nat) : Nat := if m ≤ n then m else n

def max (m n : Nat) : Nat := if m ≤ n then n else m

def min (m n : Nat) : Nat := if m ≤ n then m else n

def Bool.not : Bool → Bool
  | true => false
  | false => true

def Bool.and : Bool → Bool → Bool
  | true, y => y
  | false, _ => false

def Bool.or : Bool → Bool → Bool
  | true, _ => true
  | false, y => y

def Bool.xor : Bool → Bool → Bool
  | true, y => Bool.not y
  | false, y => y
