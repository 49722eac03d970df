"""What the generators share: random material from a seed, keys, and a journal that grows by any event,
well made or not."""
import random
from datetime import datetime, timedelta, timezone

import ledger_format as f
import strict_ed25519 as ed25519

ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
HEX = "0123456789abcdef"
START = datetime(1970, 1, 1, tzinfo=timezone.utc)
# Characters that break careless code: quotes, controls, separators, marks, planes beyond the first.
ODD_CHARACTERS = ('"\\/\b\f\n\r\t\x00\x01\x1f\x7f\x80\x9f\xa0\xe9\u0301\u2028\u2029\u200b\u202e\ufeff'
                  '\ufffd\uffff\ud7ff\ue000\ufb33€ßΩ中あ한😀𐀀𝄞\U0010ffff<>&\'$`')
FREE_ODD = "\xa0é\u0301\u200b\u202e\ufeff\ufffd\uffff€ßΩ中あ😀𐀀\U0010ffff \"\\/<>&'`$"
HARMLESS_TYPES = ("meter.read", "invoice.issued", "a.b", "x9_.0.z", "build_1.finished.late", "z._",
                  "ledgers.kept", "keys.counted", "keyring.turned", "policyholder.called", "outbox.sent",
                  "experiment.begun", "schema_migration.applied")


class Dice(random.Random):
    """Randomness by name, so that one part's cases do not depend on how many another part drew."""

    def __init__(self, seed, part):
        super().__init__(f"{seed}/{part}")

    def hex(self, digits):
        return "".join(self.choices(HEX, k=digits))

    def word(self, alphabet, low, high):
        return "".join(self.choices(alphabet, k=self.randint(low, high)))

    def chance(self, share):
        return self.random() < share

    def name(self, extra, longest=24):
        """A legal name with the unusual characters in `extra`."""
        length = self.choice((1, 2, 5, 12, longest))
        return self.choice(ALNUM) + self.word(ALNUM + extra * 4, length - 1, length - 1)

    def origin(self):
        form = self.randrange(6)
        if form == 0:
            return f"{self.word(LOWER, 3, 9)}.example/{self.word(LOWER, 1, 8)}"
        if form == 1:
            return f"Log-{self.randrange(10**6)}.EXAMPLE.org/a//b/../{self.word(ALNUM, 1, 5)}/"
        if form == 2:
            return self.choice(ALNUM)
        if form == 3:
            return self.choice(ALNUM) + self.word(ALNUM + "._/-", 127, 127)
        return self.name("._/-")

    def key_name(self):
        return self.name("._/@-", self.choice((24, 60, 128)))

    def event_id(self):
        form = self.randrange(5)
        if form == 0:
            return self.hex(64)[:63] + self.choice("g:.-_Z")
        if form == 1:
            return self.choice(ALNUM) + self.word(ALNUM + "._:-", 126, 126) + "x"
        if form == 2:
            return f"{self.randrange(10**12)}:{self.hex(8)}x"
        if form == 3:
            milliseconds = self.randrange(2**48)
            digits = f"{milliseconds:012x}7{self.hex(3)}{self.choice('89ab')}{self.hex(15)}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return "e" + self.name("._:-")

    def event_type(self):
        return self.choice(HARMLESS_TYPES)

    def free_text(self):
        length = self.choice((1, 2, 7, 20, 256)) if self.chance(0.2) else self.randint(1, 12)
        return "".join(self.choices(ALNUM + FREE_ODD, k=length))

    def reason(self):
        return self.word(ALNUM, 1, 9)

    def tags(self, count=None):
        alphabet = LOWER + DIGITS
        wanted = count or self.randint(1, 5)
        found = set()
        while len(found) < wanted:
            found.add(self.choice(alphabet) + self.word(alphabet + "._:-", 0, 63 if count else 9))
        return sorted(found)

    def rules(self, count=None):
        wanted = count or self.randint(1, 3)
        found = set()
        while len(found) < wanted:
            found.add(self.choice(LOWER) + self.word(LOWER + DIGITS + "._-", 0, 20))
        return sorted(found)

    def source(self):
        source = {"kind": self.choice(f.KINDS), "name": self.free_text()}
        for member in ("version", "model", "instance"):
            if self.chance(0.2):
                source[member] = self.free_text()
        return source

    def number(self):
        """Any number a payload may hold: safe integers and fractions over the whole range of doubles."""
        form = self.randrange(7)
        if form == 0:
            return self.randint(-(2**53 - 1), 2**53 - 1)
        if form == 1:
            return self.randint(-20, 20)
        if form == 2:
            return self.choice((2**53 - 1, 1 - 2**53, 2**32, 2**31, 10**15, 999999999999999))
        if form == 3:
            value = float(f"{self.randint(-999, 999)}.{self.randint(1, 99)}1")
        elif form == 4:
            value = self.choice((5e-324, 1e-7, 1e-6, 9.99e-7, 2.2250738585072014e-308, 0.1 + 0.2,
                                 4.35, 123456789.12345679, 1.5e-300, 2.225073858507201e-308))
        else:
            value = self.choice((1, -1)) * self.random() * 10 ** self.randint(-320, 12)
        return int(value) if value == int(value) else value

    def string(self):
        return "".join(self.choices(ALNUM + ODD_CHARACTERS, k=self.choice((0, 1, 3, 8, 20))))

    def json(self, depth=4):
        form = self.randrange(8 if depth else 5)
        if form == 0:
            return self.choice((None, True, False))
        if form in (1, 2):
            return self.number()
        if form in (3, 4):
            return self.string()
        if form == 5:
            return [self.json(depth - 1) for _ in range(self.randint(0, 4))]
        keys = [self.string() for _ in range(self.randint(0, 5))]
        if self.chance(0.2):
            keys += self.sample(("constructor", "toString", "hasOwnProperty", "valueOf", "length",
                                 "1", "10", "9", "-1", "", "__proto", "\ue000", "😀"), 4)
        return {key: self.json(depth - 1) for key in keys}


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


class Signer:
    """An Ed25519 key under a name."""

    def __init__(self, name, seed):
        self.name, self.seed = name, seed
        self.public = ed25519.public_of(seed)
        self.id = f.key_hash(name, self.public)
        self.key_id = f"{name}+{self.id.hex()}"
        self.vkey = f.format_vkey(name, self.public)
        self.skey = f"PRIVATE+KEY+{self.key_id}+" + f.to_base64(b"\x01" + seed)

    def sign(self, message):
        return ed25519.sign(self.seed, message)

    def sign_again(self, message, nonce):
        """Another good signature of the same message."""
        scalar = ed25519.secret_scalar(self.seed)
        r = ed25519.encode(ed25519.multiply(nonce, ed25519.BASE))
        s = (nonce + ed25519.challenge(r, self.public, message) * scalar) % ed25519.L
        return r + s.to_bytes(32, "little")

    def note_line(self, text, name=None, key_id=None, signature=None):
        data = (key_id or self.id) + (self.sign(text.encode()) if signature is None else signature)
        return f"\u2014 {name or self.name} {f.to_base64(data)}\n"


def signed_note(text, *signers):
    return text + "\n" + "".join(s if isinstance(s, str) else s.note_line(text) for s in signers)


def checkpoint_text(origin, size, root, *extensions):
    encoded = root if isinstance(root, str) else f.to_base64(root)
    return "".join(f"{line}\n" for line in (origin, size, encoded, *extensions))


def make_signer(dice, name=None):
    return Signer(name or dice.key_name(), dice.randbytes(32))


def seal(event):
    event["event_hash"] = f.event_hash(event["header"])
    return f.canonical(event) + "\n"


class Journal:
    """Grows line by line; `bad_at` is where its maker put the first damage."""

    def __init__(self, dice, origin):
        self.dice, self.origin = dice, origin
        self.lines, self.events, self.bad_at = [], [], None
        self.clock = dice.randrange(10**12, 3 * 10**12)
        self.policy_set = f.policy_set_of({"built-in": dice.randrange(100)})
        self.previous = f.NO_HASH

    @property
    def seq(self):
        return len(self.lines)

    def hash_at(self, seq):
        return self.events[seq]["event_hash"]

    def time(self, milliseconds=None):
        at = START + timedelta(milliseconds=self.clock if milliseconds is None else milliseconds)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"

    def see(self, seq):
        return {"event_hash": self.hash_at(seq), "seq": seq}

    def draft(self, kind, payload, by=None, over=None, meaning="authored", signed_at=None,
              policy=None, after=None, attestation=None):
        """An event in its place. `over` sets members before signing, `after(header)` once signed."""
        dice = self.dice
        self.clock += dice.choice((0, 1, 250, 3_600_000))
        salt = dice.hex(32)
        used = [event["header"].get("id") for event in self.events]
        name = next(name for name in iter(dice.event_id, None) if name not in used)
        header = {"event_type": kind, "id": name, "ledger": self.origin,
                  "observed_at": self.time(self.clock + dice.randint(-10**9, 10**6)),
                  "schema_version": 1, "source": dice.source()}
        header["payload_hash"] = f.payload_hash(salt, payload)
        header.update(over or {})
        if by:
            # signed_at decides nothing, so it may be any moment at all.
            stated = {"key_id": by.key_id, "meaning": meaning,
                      "signed_at": signed_at or self.time(dice.randrange(0, 4 * 10**12))}
            message = f.attestation_message(header, stated)
            stated["signature"] = f.to_base64(by.sign(message))
            stated.update(attestation or {})
            header["attestation"] = stated
        header["policy"] = policy or {"outcome": "allow", "policy_set": self.policy_set}
        header["prev_event_hash"] = self.previous
        header["recorded_at"] = self.time()
        header["seq"] = self.seq
        if after:
            after(header)
        return {"header": header, "payload": payload, "salt": salt}

    def put(self, event, line=None, withheld=False):
        line = line or seal(event)
        if withheld:
            line = f.canonical({name: event[name] for name in ("event_hash", "header")}) + "\n"
        event.setdefault("event_hash", f.event_hash(event["header"]))
        self.previous = event["event_hash"]
        self.lines.append(line)
        self.events.append(event)
        return event

    def add(self, kind=None, payload=None, withheld=False, **options):
        kind = kind or self.dice.event_type()
        event = self.put(self.draft(kind, payload, **options), withheld=withheld)
        if kind == "policy.adopted" and isinstance(payload.get("documents"), dict):
            self.policy_set = f.policy_set_of(payload["documents"])
        return event

    def bad(self, *arguments, **options):
        """The event that damages the journal, if none did before."""
        self.mark()
        return self.add(*arguments, **options)

    def mark(self):
        if self.bad_at is None:
            self.bad_at = self.seq

    def create(self, **keys):
        payload = {"format": 1, "origin": self.origin}
        payload.update({name: key if isinstance(key, str) else key.vkey for name, key in keys.items()})
        return self.add("ledger.created", payload)

    def ordinary(self, low, high, authors=()):
        """Some events of no consequence, as filler."""
        for _ in range(self.dice.randint(low, high)):
            self.add(payload=self.dice.json(2), **self.decoration(authors))

    def decoration(self, authors=()):
        """Random optional members for an ordinary event."""
        dice, over = self.dice, {}
        if dice.chance(0.2):
            over["domain_tags"] = dice.tags()
        if dice.chance(0.2):
            over["session_id"] = dice.free_text()
        if dice.chance(0.2):
            over["trace_id"] = dice.hex(31) + "1"
        for name in ("causation_id", "supersedes", "authorization"):
            if dice.chance(0.1):
                over[name] = dice.event_id()
        options = {"over": over}
        if dice.chance(0.15):
            options["policy"] = {"outcome": "warn", "contributing": dice.rules(),
                                 "policy_set": self.policy_set}
        if authors and dice.chance(0.5):
            options["by"] = dice.choice(authors)
            if self.seq and dice.chance(0.5):
                over["seen"] = self.see(dice.randrange(self.seq))
        return options

    def note(self, size, *signers, root=None, extensions=()):
        leaves = [bytes.fromhex(e["event_hash"]) for e in self.events[:size]]
        text = checkpoint_text(self.origin, size, root or f.root_of(leaves), *extensions)
        return signed_note(text, *signers)


def flip_case(dice, text):
    """`text` with the case of some letter changed, where it has one."""
    letters = [i for i, character in enumerate(text) if character.isalpha()]
    at = dice.choice(letters)
    return text[:at] + text[at].swapcase() + text[at + 1 :]
