"""Cases for the Merkle tree: whole small trees, and paths through trees too large to exist."""
from hashlib import sha256

import ledger_format as f
from forge import ALNUM, Dice

LARGEST = 2**64 - 1


def make_merkle(seed):
    dice = Dice(seed, "merkle")
    label = dice.word(ALNUM + "-._", 1, 12) + dice.choice((" leaf", "", " é€😀", "  of"))
    count = dice.randint(72, 140)
    leaves = [sha256(b"\x00" + f"{label} {i}".encode()).digest() for i in range(count)]
    inclusion = [(index, size) for size in range(1, 9) for index in range(size)]
    consistency = [(old, size) for size in range(1, 9) for old in range(1, size + 1)]
    for _ in range(40):
        size = dice.choice((dice.randint(9, count), 16, 17, 31, 32, 33, 63, 64, 65))
        inclusion.append((dice.choice((0, size - 1, dice.randrange(size))), size))
        consistency.append((dice.choice((1, size - 1, size, dice.randint(1, size), 8, 9)), size))
    return {
        "leaf_data": f'the text "{label} I", I from 0',
        "roots": [f.root_of(leaves[:size]).hex() for size in range(count + 1)],
        "inclusion": [{"index": i, "size": n, "proof": as_hex(f.inclusion_proof(i, leaves[:n]))}
                      for i, n in inclusion],
        "consistency": [{"old": m, "size": n, "proof": as_hex(f.consistency_proof(m, leaves[:n]))}
                        for m, n in consistency],
    }


def as_hex(hashes):
    return [h.hex() for h in hashes]


def invent_inclusion(dice, index, size, leaf):
    """Root and proof in a tree whose other subtrees are random: the definition of RFC 6962, run forwards."""
    if size == 1:
        return leaf, []
    k, other = f.split_of(size), dice.randbytes(32)
    if index < k:
        root, proof = invent_inclusion(dice, index, k, leaf)
        return f.inner_node(root, other), proof + [other]
    root, proof = invent_inclusion(dice, index - k, size - k, leaf)
    return f.inner_node(other, root), proof + [other]


def invent_consistency(dice, old, size, whole=True):
    """Old root, new root and proof, likewise."""
    if old == size:
        root = dice.randbytes(32)
        return root, root, [] if whole else [root]
    k, other = f.split_of(size), dice.randbytes(32)
    if old <= k:
        first, second, proof = invent_consistency(dice, old, k, whole)
        return first, f.inner_node(second, other), proof + [other]
    first, second, proof = invent_consistency(dice, old - k, size - k, False)
    return f.inner_node(other, first), f.inner_node(other, second), proof + [other]


def flip(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def swapped(dice, steps):
    a, b = dice.sample(range(len(steps)), 2)
    steps = list(steps)
    steps[a], steps[b] = steps[b], steps[a]
    return steps


def mutated_steps(dice, proof):
    """Name and steps of every way to spoil a proof."""
    yield "one step too many", proof + [dice.randbytes(32)]
    yield "a step too many in front", [dice.randbytes(32)] + proof
    if proof:
        at = dice.randrange(len(proof))
        yield "one step too few", proof[:-1]
        yield "first step missing", proof[1:]
        yield "no steps", []
        yield "a bit of a step flipped", proof[:at] + [flip(dice, proof[at])] + proof[at + 1 :]
        yield "a step twice", proof[:at] + [proof[at]] + proof[at:]
        yield "last step twice", proof + proof[-1:]
        for length in (0, 31, 33, 64):
            yield f"a step of {length} bytes", proof[:at] + [(proof[at] * 2)[:length]] + proof[at + 1 :]
    if len(proof) > 1:
        yield "two steps swapped", swapped(dice, proof)
        yield "steps backwards", proof[::-1]
        yield "two steps run together", [proof[0] + proof[1]] + proof[2:]


class Proofs:
    def __init__(self, dice):
        self.dice, self.inclusion, self.consistency = dice, [], []

    def include(self, why, valid, index, size, leaf, root, proof):
        assert f.includes(index, size, leaf, root, proof) == valid, (why, index, size)
        self.inclusion.append({"index": str(index), "size": str(size), "leaf": leaf.hex(),
                               "root": root.hex(), "proof": as_hex(proof), "valid": valid, "why": why})

    def consist(self, why, valid, old, size, old_root, root, proof):
        assert f.is_consistent(old, size, old_root, root, proof) == valid, (why, old, size)
        self.consistency.append({"old": str(old), "size": str(size), "old_root": old_root.hex(),
                                 "root": root.hex(), "proof": as_hex(proof), "valid": valid, "why": why})

    def inclusion_family(self, index, size, share):
        dice, leaf = self.dice, self.dice.randbytes(32)
        root, proof = invent_inclusion(dice, index, size, leaf)
        self.include("good", True, index, size, leaf, root, proof)
        bad = [("another leaf", index, size, flip(dice, leaf), root, proof),
               ("another root", index, size, leaf, flip(dice, root), proof),
               ("leaf and root exchanged", index, size, root, leaf, proof) if proof else None,
               ("index equals the size", size, size, leaf, root, proof),
               ("index past the end", size + dice.randint(1, 9), size, leaf, root, proof),
               ("index at the end of the numbers", LARGEST, size, leaf, root, proof),
               ("a tree of nothing", index, 0, leaf, root, proof),
               ("a leaf of 31 bytes", index, size, leaf[:31], root, proof),
               ("a leaf of 33 bytes", index, size, leaf + b"\0", root, proof)]
        for other in (index - 1, index + 1, index ^ 1 << dice.randrange(size.bit_length())):
            if 0 <= other < size:
                bad.append(("another index", other, size, leaf, root, proof))
        for other in (size * 2 + 1, size - 1, size // 2):
            if self.length_of(index, other) != len(proof) and other <= LARGEST:
                bad.append(("another size", index, other, leaf, root, proof))
        bad += [(why, index, size, leaf, root, steps) for why, steps in mutated_steps(dice, proof)
                if steps != proof]
        for why, *case in filter(None, bad):
            if dice.chance(share) and case[1:] is not None:
                self.include(why, False, *case)

    @staticmethod
    def length_of(index, size):
        """How many steps an index has in a tree of this size."""
        steps = 0
        while 0 <= index < size and size > 1:
            k = f.split_of(size)
            index, size, steps = (index, k, steps + 1) if index < k else (index - k, size - k, steps + 1)
        return steps

    def consistency_family(self, old, size, share):
        dice = self.dice
        old_root, root, proof = invent_consistency(dice, old, size)
        self.consist("good", True, old, size, old_root, root, proof)
        bad = [("another old root", old, size, flip(dice, old_root), root, proof),
               ("another new root", old, size, old_root, flip(dice, root), proof),
               ("roots exchanged", old, size, root, old_root, proof) if old < size else None,
               ("old larger than new", size + 1, size, old_root, root, proof),
               ("sizes exchanged", size, old, root, old_root, proof) if old < size else None,
               ("old is nothing", 0, size, old_root, root, proof),
               ("both are nothing", 0, 0, f.EMPTY_ROOT, f.EMPTY_ROOT, []),
               ("old is nothing, no steps", 0, size, f.EMPTY_ROOT, root, []),
               ("another root, same size, no steps", size, size, old_root, root, [])
               if old < size else None]
        bad += [(why, old, size, old_root, root, steps) for why, steps in mutated_steps(dice, proof)
                if steps != proof]
        for why, *case in filter(None, bad):
            if dice.chance(share):
                self.consist(why, False, *case)


def sizes(dice):
    """Sizes with a character: powers of two and their neighbours, the edges of 32, 53 and 64 bits."""
    edges = [1, 2, 3, 5, 6, 7, 8, 9, 100, 2**31 - 1, 2**31, 2**32, 2**32 + 1, 2**53 - 1, 2**53, 2**53 + 1,
             2**63 - 1, 2**63, 2**63 + 1, LARGEST - 1, LARGEST]
    for _ in range(25):
        power = dice.randint(2, 63)
        edges.append(2**power + dice.choice((-1, 0, 1, dice.randrange(2**power))))
    return edges


def make_proofs(seed):
    dice = Dice(seed, "proofs")
    proofs = Proofs(dice)
    for size in sizes(dice):
        near = {0, size - 1, size // 2, dice.randrange(size), f.split_of(size) if size > 2 else 0,
                f.split_of(size) - 1 if size > 2 else 0}
        for index in dice.sample(sorted(near), min(3, len(near))):
            proofs.inclusion_family(index, size, 0.12)
        near = {1, size, max(size - 1, 1), dice.randint(1, size), max(f.split_of(size) if size > 1 else 1, 1)}
        for old in dice.sample(sorted(near), min(3, len(near))):
            proofs.consistency_family(old, size, 0.12)
    return {"inclusion": proofs.inclusion, "consistency": proofs.consistency}
