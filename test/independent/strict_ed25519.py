"""Strict Ed25519 (RFC 8032) in plain integers.

Every input has one answer: S is below the group order, the key and R are canonically encoded points
of the curve and neither is of small order, and the cofactorless equation [S]B = R + [k]A holds, k
being SHA-512(R, A, message) reduced modulo the group order. Slow, and not constant time: for checking
known answers, never for keys that matter.
"""
from functools import lru_cache
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p):
    return -p[0] % P, p[1], p[2], -p[3] % P


def multiply(scalar, point):
    total = IDENTITY
    for bit in bin(scalar)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def is_small_order(point):
    return equal(multiply(8, point), IDENTITY)


def encode(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    """The point, or None where `data` is not the canonical encoding of one."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode(bytes([0x58]) + b"\x66" * 31)


def challenge(r, public, message):
    """k before any reduction."""
    return int.from_bytes(sha512(r + public + message).digest(), "little")


def secret_scalar(seed):
    number = int.from_bytes(sha512(seed).digest()[:32], "little")
    return number & (2**254 - 8) | 2**254


@lru_cache(None)
def public_of(seed):
    return encode(multiply(secret_scalar(seed), BASE))


@lru_cache(None)
def sign(seed, message):
    public, prefix = public_of(seed), sha512(seed).digest()[32:]
    r = int.from_bytes(sha512(prefix + message).digest(), "little") % L
    r_bytes = encode(multiply(r, BASE))
    s = (r + challenge(r_bytes, public, message) * secret_scalar(seed)) % L
    return r_bytes + s.to_bytes(32, "little")


@lru_cache(None)
def is_good_public(public):
    point = decode(public)
    return point is not None and not is_small_order(point)


@lru_cache(None)
def verify(public, message, signature):
    if len(signature) != 64 or not is_good_public(public):
        return False
    r, s = decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if r is None or is_small_order(r) or s >= L:
        return False
    k = challenge(signature[:32], public, message) % L
    return equal(multiply(s, BASE), add(r, multiply(k, decode(public))))
