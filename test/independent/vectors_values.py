"""Cases for canonical JSON and for strict Ed25519."""
import json
from decimal import Decimal

import ledger_format as f
import strict_ed25519 as ed
from forge import Dice, nested

BLANKS = ("", "", "", " ", "\n", "\t", "\r\n  ")


class Writer:
    """Writes a value as JSON text in a random spelling that means the same."""

    def __init__(self, dice):
        self.dice = dice

    def blank(self):
        return self.dice.choice(BLANKS)

    def text(self, value):
        return self.blank() + self.bare(value) + self.blank()

    def bare(self, value):
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, list):
            return "[" + ",".join(map(self.text, value)) + (self.blank() if not value else "") + "]"
        if isinstance(value, dict):
            members = list(value.items())
            self.dice.shuffle(members)
            return "{" + self.blank() + ",".join(
                f"{self.blank()}{self.string(k)}{self.blank()}:{self.text(v)}" for k, v in members) + "}"
        return self.number(value)

    def string(self, value):
        short = {**f.SHORT, "/": "\\/"}
        written = []
        for character in value:
            form = self.dice.randrange(4)
            if character in short and (form or character == "/"):
                written.append(short[character])
            elif form == 0 or character in f.SHORT or character < " ":
                units = f.code_units(character).hex()
                cased = units.upper() if self.dice.chance(0.5) else units
                written += ["\\u" + cased[i : i + 4] for i in range(0, len(cased), 4)]
            else:
                written.append(character)
        return '"' + "".join(written) + '"'

    def number(self, value):
        exact = Decimal(value)
        form = self.dice.randrange(5)
        if value == 0:
            return self.dice.choice(("0", "0.0", "0e5", "0E-9", "0.000e+400", "0e999999"))
        if form == 0:
            return f.number_text(value)
        if form == 1:
            return f"{exact:.{self.dice.randint(17, 30)}{self.dice.choice('eE')}}"
        if form == 2:
            sign, digits, exponent = exact.as_tuple()
            shift = self.dice.randint(-30, 30)
            body = "".join(map(str, digits)) + "0" * max(shift, 0)
            sign = "-" if sign else ""
            return f"{sign}{body}{self.dice.choice('eE')}{exponent - max(shift, 0):+d}"
        if form == 3 and type(value) is int:
            return f"{value}.{'0' * self.dice.randint(1, 25)}"
        return repr(value)


FIXED_ACCEPT = (
    "[1.0,1e0,10E-1,0.1e1,100e-2,1E+0,1.000000000000000000000000000001]",
    "[9007199254740991.4,-9007199254740991.25,9007199254740990.5,90071992547409910e-1]",
    "[0,0.0,0e0,0E+400,0.000e-999]",
    "[5e-324,3e-324,2.4703282292062328e-324,4.9406564584124654417656879286822137e-324]",
    "[1e-6,1e-7,0.000001,0.0000001,123e-9,9.999999999999999e-7,0.0000009999999999999999]",
    "[2.2250738585072014e-308,2.2250738585072011e-308,2.225073858507201e-308]",
    "[0.1,0.30000000000000004,1.0000000000000002,0.99999999999999999999]",
    "[4503599627370496.5,4503599627370495.5,1125899906842624.125,0.000012345678901234567]",
    "[1e15,123456789012345e1,9.007199254740991e15,-9.007199254740991E+15]",
    '"\\u00e9\\u00E9é\\u0301e\\u0301"', '"\\uD83D\\uDE00\\uD800\\uDC00\\udbff\\udfff"',
    '"\\u2028\\u2029\\u007f\\u0080\\ufeff\\uffff\\ufffe"', '"\\/\\b\\f\\n\\r\\t\\u000b\\u001F"',
    '{"\\ufb33":1,"\\ud83d\\ude00":2,"\\ue000":3,"\\uffff":4,"\\ud7ff":5,"z":6,"":7}',
    '{"__proto":1,"_proto__":2,"__PROTO__":3,"proto":"__proto__","__proto__ ":4}',
    '{"2":1,"10":2,"1":3,"01":4,"-1":5,"1.5":6,"1e3":7}', '{"a":1,"A":2,"á":3,"aa":4,"a\\u0000":5}',
    "\t\r\n null \n", '""', "[]", "{}", "true", '{"a":"a","b":{"a":"a"}}',
)


def accepted(dice):
    writer = Writer(dice)
    texts = list(FIXED_ACCEPT)
    for _ in range(120):
        texts.append(writer.text(dice.json()))
    for _ in range(12):
        texts.append(writer.text([dice.number() for _ in range(25)]))
    texts.append(writer.text({dice.string() + str(i): i for i in range(60)}))
    texts.append("[" * 64 + "]" * 64)
    texts.append('{"a":' * 63 + "[]" + "}" * 63)
    texts.append('[{"b":' * 32 + '"bottom"' + "}]" * 32)
    texts.append(f.canonical([nested(63), nested(63), {"c": nested(62)}]))
    return [{"input": text, "canonical": f.canonical(f.parse_json(text))} for text in texts]


BAD_NUMBERS = {
    "negative zero": ("-0", "-0.0", "-0e0", "-0E+5", "-0.000e-7", "-0e400"),
    "too large for a double": ("1e309", "-1e309", "1.8e308", "1e999999", "17976931348623159" + "0" * 292),
    "not zero, yet rounds to it": ("1e-324", "-1e-400", "0.0001e-330", "2e-324", "1e-999999",
                                   "2.4703282292062327e-324", "0." + "0" * 400 + "1"),
    "an integer out of reach": ("9007199254740992", "-9007199254740992", "9007199254740993",
                                "9007199254740992.0", "9.007199254740993e15", "9007199254740991.5",
                                "90071992547409930e-1", "1e16", "-1e20", "1e22", "1e300",
                                "18446744073709551615", "9007199254740991999", "4503599627370496e1"),
    "no JSON number": ("+1", ".5", "1.", "01", "-01", "00", "0x10", "1e", "1e+", "1.e5", "-", "--1",
                       "1_000", "Infinity", "-Infinity", "NaN", "1.2.3", "1e5.5", "0b1", "- 1", "١"),
}
BAD_STRINGS = {
    "lone surrogate": ("\\ud800", "\\udfff", "\\udc00\\ud800", "x\\ud83dx", "\\ud83d\\u0041",
                       "\\ud83d\\ud83d\\ude00", "\\uDBFF", "\\ud800\\n"),
    "bad escape": ("\\x41", "\\u12G4", "\\u{41}", "\\'", "\\u41", "\\a", "\\0", "\\U00000041", "\\u 041"),
    "raw control character": ("\x00", "\n", "\t", "\x1f", "\r"),
}
BAD_TEXTS = {
    "nothing there": ("", " ", "\n\t"),
    "a comma too many": ("[1,]", "[,1]", "[1,,2]", '{"a":1,}', '{,"a":1}', "[,]", "{,}"),
    "a comma or colon missing": ("[1 2]", '{"a" 1}', '{"a":1 "b":2}', '{"a"}', '{"a":}', '{"a"::1}',
                                 '{"a",1}', "[1:2]"),
    "keys that are no strings": ("{a:1}", "{1:2}", "{null:1}", "{'a':1}", "{[]:1}"),
    "brackets that do not match": ("[", "]", "{", "}", "[}", "{]", "[1}", '{"a":1]', "[[]", "[]]"),
    "a second value": ("1 2", "{}{}", "[] null", "null,", '"a""b"', "{}\x00", "1;"),
    "words JSON does not know": ("undefined", "True", "None", "nul", "tru", "NULL", "nulll", "truefalse"),
    "comments": ("/* */1", "1//x", "[1,#\n2]", "{/**/}"),
    "blanks JSON does not know": ("\ufeff1", "\xa01", "[1,\u20282]", "1\x0b", "\x0c1", "[\u3000]", "1\x00"),
    "single quotes or none": ("'a'", "[`a`]", '"a', 'a"', '"a\\"', '{"a:1}', '"\\'),
}


def refused(dice):
    writer, cases = Writer(dice), []

    def refuse(why, text):
        cases.append({"input": text, "why": why})

    for why, numbers in BAD_NUMBERS.items():
        for number in numbers:
            refuse(why, number)
            shape = dice.choice(("[%s]", '{"a":%s}', "[1, %s , 2]", '{"a":[{"b":%s}]}', " %s ", "[[[%s]]]"))
            refuse(why + ", inside", shape % number)
    for why, bodies in BAD_STRINGS.items():
        for body in bodies:
            refuse(why, dice.choice(('"%s"', '["%s"]', '{"k":"%s"}', '"a%sb"')) % body)
            refuse(why + ", in a key", dice.choice(('{"%s":1}', '{"a":0,"%s":1}', '[{"b%s":1}]')) % body)
    for why, texts in BAD_TEXTS.items():
        for text in texts:
            refuse(why, text)
    for name in ('"__proto__"', '"\\u005f_proto__"', '"__prot\\u006F__"'):
        refuse("the key __proto__", "{%s:%s}" % (name, writer.text(dice.json(1))))
        refuse("the key __proto__, far inside", '[1,{"a":[{"b":0,%s:null}]}]' % name)
    for _ in range(15):
        key, other = dice.string(), dice.json(1)
        first, again = writer.string(key), writer.string(key)
        pair = f"{first}:{writer.text(other)},{again}:{writer.text(dice.choice((other, 1)))}"
        refuse("a repeated key", "{%s}" % pair)
        refuse("a repeated key, not side by side, far inside",
               '{"\\u0061\\u0062":[[{%s:1,"%s":2,%s:3}]]}' % (first, dice.hex(40), again))
    for text in ("[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65, '[{"k":' * 32 + "[]" + "}]" * 32):
        refuse("nested 65 deep", text)
    refuse("nested 65 deep, beside shallow ones", "[1,[]," + "[" * 64 + "]" * 64 + "]")
    refuse("nested very deep", "[" * 20_000 + "]" * 20_000)
    refuse("nested very deep and never closed", '{"a":' * 5_000)
    for _ in range(40):
        value = dice.choice((dice.json, lambda: [dice.json()], lambda: {"a": dice.json()}))()
        text = f.canonical(value if isinstance(value, (dict, list, str)) else [value])
        refuse("cut short", text[: dice.randrange(len(text))])
        refuse("something after it", text + dice.choice((",", "]", "}", "0", "x", '"', ":", text)))
    return list({case["input"]: case for case in cases}.values())


def make_canonical(seed):
    dice = Dice(seed, "canonical")
    cases = {"accept": accepted(dice), "refuse": refused(dice)}
    for case in cases["accept"]:
        again = json.loads(case["input"])
        assert f.parse_json(case["canonical"]) == again, case
    for case in cases["refuse"]:
        try:
            f.parse_json(case["input"])
        except f.Refused:
            continue
        raise AssertionError(case)
    return cases


# --- Ed25519 ----------------------------------------------------------------------------------------


def torsion_generator(dice):
    """A point of order 8: L times a random point of the curve."""
    while True:
        point = ed.decode(dice.randbytes(32))
        if point:
            point = ed.multiply(ed.L, point)
            if not ed.equal(ed.multiply(4, point), ed.IDENTITY):
                return point


def small_encodings(eighth):
    """Every encoding that a lax decoder takes for a point of small order."""
    found = []
    for i in range(8):
        found.append(("small-order", ed.encode(ed.multiply(i, eighth))))
    one, minus_one, zero, sign = 1, ed.P - 1, 0, 1 << 255
    for number in (one | sign, minus_one | sign, ed.P + one, ed.P + one | sign, ed.P + zero,
                   ed.P + zero | sign):
        found.append(("non-canonical small-order", number.to_bytes(32, "little")))
    return found


class Ed25519Cases:
    def __init__(self, dice):
        self.dice, self.cases = dice, []
        self.eighth = torsion_generator(dice)

    def add(self, why, valid, public, message, signature):
        answer = ed.verify(public, message, signature)
        assert answer == valid, why
        self.cases.append({"public": public.hex(), "message": message.hex(),
                           "signature": signature.hex(), "valid": valid, "why": why})

    def message(self):
        return self.dice.randbytes(self.dice.choice((0, 1, 31, 32, 64, 100, 200)))

    def ordinary(self):
        dice = self.dice
        seed, message = dice.randbytes(32), self.message()
        public, good = ed.public_of(seed), ed.sign(seed, message)
        self.add("good", True, public, message, good)
        r, s = good[:32], int.from_bytes(good[32:], "little")
        for times in range(1, 16):
            self.add(f"S + {times} L", False, public, message, r + (s + times * ed.L).to_bytes(32, "little"))
        for why, number in (("S = L", ed.L), ("S = 0", 0), ("S = L - 1", ed.L - 1), ("S + 1", s + 1),
                            ("S negated", ed.L - s), ("S all ones", 2**256 - 1), ("S plus 2^255", s | 1 << 255),
                            ("S plus 2^253", s | 1 << 253)):
            self.add(why, False, public, message, r + number.to_bytes(32, "little"))
        for _ in range(6):
            at, bit = dice.randrange(64), 1 << dice.randrange(8)
            self.add(f"a bit of byte {at} flipped", False, public, message,
                     good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])
        at = dice.randrange(32)
        changed = public[:at] + bytes([public[at] ^ 1 << dice.randrange(8)]) + public[at + 1 :]
        self.add("a bit of the public key flipped", False, changed, message, good)
        self.add("R negated", False, public, message, bytes([*r[:31], r[31] ^ 0x80]) + good[32:])
        self.add("key negated", False, bytes([*public[:31], public[31] ^ 0x80]), message, good)
        self.add("message longer", False, public, message + b"\0", good)
        if message:
            self.add("message shorter", False, public, message[:-1], good)
        self.add("halves exchanged", False, public, message, good[32:] + r)
        self.add("another's key", False, ed.public_of(dice.randbytes(32)), message, good)
        for length in (0, 1, 32, 63, 65, 128):
            self.add(f"signature of {length} bytes", False, public, message, (good * 2)[:length])
        for length in (0, 31, 33, 64):
            self.add(f"public key of {length} bytes", False, (public * 2)[:length], message, good)
        self.add("all zero", False, public, message, bytes(64))
        self.add("all ones", False, public, message, b"\xff" * 64)

    def small_key(self, why, encoding):
        """R = [s]B - [k]A: the equation holds, the key is worthless."""
        dice, message = self.dice, self.message()
        point = ed.decode(encoding)
        s = dice.randrange(1, ed.L)
        r = ed.encode(ed.multiply(s, ed.BASE))
        for _ in range(64 if point else 0):
            k = ed.challenge(r, encoding, message) % ed.L
            if ed.equal(ed.multiply(k % 8, point), ed.IDENTITY):
                break
            s = dice.randrange(1, ed.L)
            r = ed.encode(ed.multiply(s, ed.BASE))
        self.add(f"{why} key, the equation holds" if point else f"{why} key", False, encoding, message,
                 r + s.to_bytes(32, "little"))
        self.add(f"{why} key, R the same, S zero", False, encoding, message, encoding + bytes(32))

    def small_r(self, why, encoding):
        """S = k a, so that [S]B = [k]A: with the identity for R the equation holds."""
        seed, message = self.dice.randbytes(32), self.message()
        public = ed.public_of(seed)
        k = ed.challenge(encoding, public, message)
        s = k * ed.secret_scalar(seed) % ed.L
        self.add(f"{why} R, nonce zero", False, public, message, encoding + s.to_bytes(32, "little"))

    def mixed(self, why, wanted, valid, tweak_key=True, tweak_r=False):
        """Key a B + T, R = r B + U. Honest but for T and U; `wanted(k, t, u)` picks the case. The
        cofactored equation holds every time."""
        dice = self.dice
        for _ in range(2000):
            t = dice.randrange(1, 8) if tweak_key else 0
            u = dice.randrange(1, 8) if tweak_r else 0
            a, r, message = dice.randrange(1, ed.L), dice.randrange(1, ed.L), self.message()
            key = ed.add(ed.multiply(a, ed.BASE), ed.multiply(t, self.eighth))
            public = ed.encode(key)
            r_bytes = ed.encode(ed.add(ed.multiply(r, ed.BASE), ed.multiply(u, self.eighth)))
            k = ed.challenge(r_bytes, public, message)
            if wanted(k, t, u):
                s = (r + k * a) % ed.L
                return self.add(why, valid, public, message, r_bytes + s.to_bytes(32, "little"))
        raise AssertionError(why)

    def off_curve(self):
        dice = self.dice
        while True:
            encoding = dice.randbytes(31) + bytes([dice.randrange(128)])
            if ed.decode(encoding) is None:
                return encoding

    def hostile_encodings(self):
        dice = self.dice
        for _ in range(4):
            seed, message = dice.randbytes(32), self.message()
            good = ed.sign(seed, message)
            self.add("key not on the curve", False, self.off_curve(), message, good)
            self.add("R not on the curve", False, ed.public_of(seed), message, self.off_curve() + good[32:])
        for excess in range(19):
            encoding = (ed.P + excess | dice.randrange(2) << 255).to_bytes(32, "little")
            seed, message = dice.randbytes(32), self.message()
            good = ed.sign(seed, message)
            self.add(f"key encoded with y = p + {excess}", False, encoding, message, good)
            self.add(f"R encoded with y = p + {excess}", False, ed.public_of(seed), message,
                     encoding + good[32:])

    def all(self):
        for _ in range(4):
            self.ordinary()
        for why, encoding in small_encodings(self.eighth):
            self.small_key(why, encoding)
            self.small_r(why, encoding)
        self.hostile_encodings()
        reduced, whole = (lambda k: k % ed.L % 8), (lambda k: k % 8)
        for _ in range(3):
            self.mixed("key with a torsion part that k cancels",
                       lambda k, t, u: reduced(k) * t % 8 == 0, True)
            self.mixed("key with a torsion part, only the cofactored equation holds",
                       lambda k, t, u: reduced(k) * t % 8 != 0, False)
            self.mixed("k a multiple of 8 once reduced, not before",
                       lambda k, t, u: t % 2 and reduced(k) == 0 and whole(k) != 0, True)
            self.mixed("k a multiple of 8 before it is reduced, not after",
                       lambda k, t, u: t % 2 and reduced(k) != 0 and whole(k) == 0, False)
            self.mixed("torsion in R only", lambda k, t, u: True, False, False, True)
            self.mixed("torsion in key and R that cancels",
                       lambda k, t, u: (reduced(k) * t + 8 - u) % 8 != 0 and (u + reduced(k) * t) % 8 == 0,
                       True, True, True)
            self.mixed("torsion in key and R that does not cancel",
                       lambda k, t, u: (u + reduced(k) * t) % 8 != 0, False, True, True)
        self.dice.shuffle(self.cases)
        return self.cases


def make_ed25519(seed):
    return Ed25519Cases(Dice(seed, "ed25519")).all()
