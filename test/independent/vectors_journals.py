"""Whole journals, sound and unsound, and checkpoints judged against them."""
import copy

import ledger_format as f
import strict_ed25519 as ed
from forge import Dice, HARMLESS_TYPES, Journal, Signer, flip_case, make_signer, nested

GOVERNED = ("key.enrolled", "key.retired", "key.revoked", "policy.adopted", "break_glass.authorized",
            "ledger.payload_erased")


def spoil_base64(text):
    """The same bytes with an unused bit set; a form that lax decoders take."""
    body = text.rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return body[:-1] + alphabet[alphabet.index(body[-1]) | 1] + text[len(body) :]


BAD_TIMES = (
    "2026-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2026-04-31T00:00:00.000Z", "2026-00-10T00:00:00.000Z",
    "2026-13-10T00:00:00.000Z", "2026-01-00T00:00:00.000Z", "2026-01-32T00:00:00.000Z", "2026-01-01T24:00:00.000Z",
    "2026-01-01T23:60:00.000Z", "2016-12-31T23:59:60.000Z", "1969-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z",
    "10000-01-01T00:00:00.000Z", "+2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0Z",
    "2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000", "2026-01-01T00:00:00.000+00:00",
    "2026-01-01T00:00:00.000z", "2026-01-01t00:00:00.000Z", "2026-01-01 00:00:00.000Z", "2026-01-01T00:00:00,000Z",
    "2026-1-01T00:00:00.000Z", "2026-01-01", " 2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z\n", "",
    "２026-01-01T00:00:00.000Z", 1767225600000, None, True, [], {})
GOOD_TIMES = (
    "1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2000-02-29T12:00:00.001Z", "2024-02-29T23:59:59.999Z",
    "2400-02-29T00:00:00.000Z", "2038-01-19T03:14:08.000Z", "1972-06-30T23:59:59.999Z")
NO_TEXT = ("", "a" * 257, "😀" * 257, "a\x00", "\x1f", "\x7f", "a\x80", "\x9f", "\u2028", "a\u2029b", "a\nb",
           "tab\t", None, True, 1, [], {}, ["a"])
GOOD_TEXT = ("a", "a" * 256, "😀" * 256, "\U0010ffff" * 256, "\xa0", "\ufeff", "\u2027\u202a", "\uffff", " ",
             "e\u0301", "\"\\", "\u200b", "null", "中文 العربية")


def bad_ids(dice):
    return ("", "a" * 129, "7", "0123456789", dice.hex(64), dice.hex(64).upper(), flip_case(dice, dice.hex(64)),
            "1" * 64, "f" * 64, ".a", ":a", "-a", "_a", "a b", "a/b", "a+b", "a@b", "é", "a\n", "a\x00", "a,b",
            "a%20", "\u0661a", None, True, 7, [], {})


def good_ids(dice):
    return ("a", "0a", "Z", dice.hex(63)[:62] + "a", dice.hex(64) + "a", dice.hex(63) + "g", "a" * 128,
            "1" * 127 + "a", "9.9", "1-", "0:", "1_1", "A..b::c--d__", "toString", "null", "1e5",
            "0" + "F" * 64)


BAD_TYPES = ("meter", "", "a.", ".a", "a..b", "A.b", "a.B", "1a.b", "_a.b", "a-b.c", "a.b-c", "a b.c", "a.b ",
             "a/b.c", "é.a", "a.é", "a:b", "a." + "b" * 127, "a.b\n", None, True, 1, [], {})
GOOD_TYPES = ("a.b", "a.1", "a._", "a_1.0.0", "a." + "b" * 126, "a.b.c.d.e.f.g", "a__.__", "z9.9z", *HARMLESS_TYPES)
BAD_TAG = ("", "A", "a" * 65, "-a", ".a", ":a", "_a", "a b", "a/b", "é", "a\n", None, 1, True, [])


def edit(name, value):
    return lambda header: header.update({name: value})


def edit_in(outer, name, value):
    def apply(header):
        inner = dict(header[outer])
        inner[name] = value
        header[outer] = inner
    return apply


def drop(name):
    return lambda header: header.pop(name)


def drop_in(outer, name):
    return lambda header: header.update({outer: {k: v for k, v in header[outer].items() if k != name}})


def judged(outcome, rules, digest=None):
    def apply(header):
        header["policy"] = {"outcome": outcome, "contributing": rules,
                            "policy_set": digest or header["policy"]["policy_set"]}
    return apply


def BAD_MEMBERS(dice):
    """Name and edit of headers out of form; each is wrong wherever an unattested event stands."""
    cases = []
    for name in f.NEEDED:
        cases += [(f"{name} left out", drop(name)), (f"{name} null", edit(name, None))]
    for name in f.OPTIONAL:
        cases += [(f"{name} null", edit(name, None)), (f"{name} false", edit(name, False)),
                  (f"{name} an empty object", edit(name, {})), (f"{name} an empty list", edit(name, []))]
    for name in ("comment", "Id", "toString", "", "signature", "event_hash", "salt", "payload"):
        cases.append((f"unknown member {name or 'without a name'}", edit(name, "x")))
    for value in dice.sample(BAD_TIMES, 10):
        cases.append((f"observed_at {value!r}", edit("observed_at", value)))
    for value in dice.sample(BAD_TIMES, 6):
        cases.append((f"recorded_at {value!r}", edit("recorded_at", value)))
    for name in ("id", "supersedes", "causation_id", "authorization"):
        for value in bad_ids(dice) if name == "id" else dice.sample(bad_ids(dice), 8):
            cases.append((f"{name} {value!r}", edit(name, value)))
    for value in BAD_TYPES:
        cases.append((f"event_type {value!r}", edit("event_type", value)))
    for value in (*dice.sample(BAD_TAG, 6), "a" * 65, "A"):
        cases.append((f"tag {value!r}", edit("domain_tags", [value])))
    for why, value in (("unsorted", ["b", "a"]), ("repeated", ["a", "a"]), ("33", dice.tags(33)),
                       ("sorted as numbers", ["9", "10"]), ("an object", {"0": "a"}), ("a text", "a"),
                       ("0.z before 0-z", ["0.z", "0-z"])):
        cases.append((f"tags {why}", edit("domain_tags", value)))
    for value in (2, 0, -1, 1.5, "1", True, [1]):
        cases.append((f"schema_version {value!r}", edit("schema_version", value)))
    for value in (-1, 1.5, "1", True, [0], 2**53 - 1):
        cases.append((f"seq {value!r}", edit("seq", value)))
    for name in ("payload_hash", "prev_event_hash"):
        for value in (dice.hex(63), dice.hex(65), dice.hex(63) + "A", "", dice.hex(63) + "g", 0, [dice.hex(64)]):
            cases.append((f"{name} {value!r:.20}", edit(name, value)))
    for value in ("0" * 32, dice.hex(31), dice.hex(33), dice.hex(31) + "A", dice.hex(31) + "g", "", 1, True):
        cases.append((f"trace_id {value!r}", edit("trace_id", value)))
    for value in dice.sample(NO_TEXT, 6):
        cases.append((f"session_id {value!r:.20}", edit("session_id", value)))
        cases.append((f"source name {value!r:.20}", edit_in("source", "name", value)))
        member = dice.choice(("version", "model", "instance"))
        cases.append((f"source {member} {value!r:.20}", edit_in("source", member, value)))
    for value in ("User", "human", "", "users", None, True, 1, ["user"], "toString"):
        cases.append((f"source kind {value!r}", edit_in("source", "kind", value)))
    cases += [("source without kind", drop_in("source", "kind")), ("source without name", drop_in("source", "name")),
              ("source with an unknown member", edit_in("source", "host", "x")), ("source a text", edit("source", "user")),
              ("source a list", edit("source", ["user", "x"])), ("source an empty object", edit("source", {}))]
    for value in ("quarantine", "reject", "Allow", "", "denied", None, True, ["warn"]):
        cases.append((f"outcome {value!r}", edit_in("policy", "outcome", value)))
        cases.append((f"outcome {value!r} with rules", judged(value, ["a"])))
    cases += [
        ("policy without outcome", drop_in("policy", "outcome")), ("policy without a set", drop_in("policy", "policy_set")),
        ("policy with an unknown member", edit_in("policy", "rules", [])), ("policy a text", edit("policy", "allow")),
        ("allow with contributing rules", judged("allow", ["a"])), ("allow with no contributing rules, but there", judged("allow", [])),
        ("warn without contributing", edit_in("policy", "outcome", "warn")), ("warn with no rules", judged("warn", [])),
        ("33 contributing rules", judged("warn", dice.rules(33))), ("rules unsorted", judged("warn", ["b", "a"])),
        ("a rule twice", judged("warn", ["a", "a"])), ("rules a text", judged("warn", "a")),
        ("rules null", judged("warn", None)), ("rules an object", judged("warn", {"0": "a"}))]
    for value in ("", "A", "1a", "a b", "_a", ".a", "a:b", "a/b", "a" * 129, "é", None, 1):
        cases.append((f"rule id {value!r:.20}", judged("warn", [value])))
    for value in (dice.hex(63), dice.hex(63) + "A", "", None, 0):
        cases.append((f"policy_set {value!r:.20}", edit_in("policy", "policy_set", value)))
    for why, value in (("without seq", {"event_hash": f.NO_HASH}), ("without a hash", {"seq": 0}),
                       ("with an unknown member", {"event_hash": f.NO_HASH, "seq": 0, "id": "a"}), ("a text", "0"),
                       ("a list", [0]), ("of a seq as text", {"event_hash": f.NO_HASH, "seq": "0"}),
                       ("of a seq below zero", {"event_hash": f.NO_HASH, "seq": -1}),
                       ("of half a seq", {"event_hash": f.NO_HASH, "seq": 0.5}),
                       ("of a hash in no form", {"event_hash": "0", "seq": 0}), ("true", True)):
        cases.append((f"seen {why}", edit("seen", value)))
    for value in ("x", True, 1, ["x"]):
        cases.append((f"attestation {value!r}", edit("attestation", value)))
    return cases


def GOOD_MEMBERS(dice):
    """The like, in form though at its edge."""
    cases = [(f"observed_at {value}", {"observed_at": value}) for value in GOOD_TIMES]
    for name in ("id", "supersedes", "causation_id", "authorization"):
        for value in good_ids(dice) if name == "id" else dice.sample(good_ids(dice), 4):
            cases.append((f"{name} {value:.20}", {name: value}))
    cases += [(f"event_type {value:.20}", {"event_type": value}) for value in GOOD_TYPES]
    cases += [(f"session_id {value!r:.20}", {"session_id": value}) for value in GOOD_TEXT]
    for value in dice.sample(GOOD_TEXT, 5):
        cases.append((f"source of {value!r:.20}", {"source": {"kind": "agent", "name": value, "version": value,
                                                              "model": value, "instance": value}}))
    cases += [(f"source kind {kind}", {"source": {"kind": kind, "name": "n"}}) for kind in f.KINDS]
    cases += [("32 tags", {"domain_tags": dice.tags(32)}), ("tags by code unit", {"domain_tags": ["0-z", "0.z", "0:z", "0_z", "0a"]}),
              ("tags 10 and 9", {"domain_tags": ["10", "9"]}), ("a tag of 64", {"domain_tags": ["a" * 64]}),
              ("trace id", {"trace_id": "0" * 31 + "1"})]
    return cases


class Cases:
    def __init__(self, seed):
        self.dice = Dice(seed, "journals")
        self.origin = self.dice.origin()
        self.journals = []
        self.log, self.op, self.au, self.rec = (make_signer(self.dice, name) for name in (
            self.origin, None, None, None))

    # --- making and keeping journals

    def begin(self, **keys):
        journal = Journal(self.dice, self.origin)
        journal.create(**keys)
        return journal

    def usual(self, **more):
        """A log key and an operator; now and then a few events first."""
        journal = self.begin(log_key=self.log, operator_key=self.op, **more)
        journal.ordinary(0, 2, (self.op,))
        return journal

    def staffed(self, **more):
        journal = self.usual(**more)
        self.enrol(journal, self.au)
        return journal

    def enrol(self, journal, key, tier="verified", purpose="author", by=None, bad=False, **more):
        vkey = key if isinstance(key, str) else key.vkey
        add = journal.bad if bad else journal.add
        return add("key.enrolled", {"vkey": vkey, "tier": tier, "purpose": purpose, **more}, by=by or self.op)

    def end(self, journal, key, kind="key.retired", by=None, bad=False, **more):
        add = journal.bad if bad else journal.add
        key_id = key if isinstance(key, str) else key.key_id
        return add(kind, {"key_id": key_id, "reason": self.dice.reason(), **more}, by=by or self.op)

    def erase(self, journal, at, by=None, bad=False, **more):
        add = journal.bad if bad else journal.add
        payload = {"seq": at, "event_hash": journal.hash_at(at), "reason": "on request", **more}
        return add("ledger.payload_erased", payload, by=by or self.op)

    def keep(self, why, journal, checkpoints=None, trail=True):
        """Stores the journal after checking that the fold finds what its maker meant."""
        if trail and self.dice.chance(0.5):
            journal.ordinary(0, 2)
        lines = [line.encode() for line in journal.lines]
        damage, chain = f.first_damage(lines, self.origin)
        assert damage == journal.bad_at, (why, damage, journal.bad_at)
        case = {"why": why, "sound": journal.bad_at is None}
        if journal.bad_at is not None:
            case["at"] = journal.bad_at
        case["lines"] = list(journal.lines)
        if checkpoints:
            case["checkpoints"] = [{"note": note, "good": good} for note, good in checkpoints]
            for note, good in checkpoints:
                assert is_good(chain, note) == good, (why, note)
        self.journals.append(case)

    # --- form

    def forms(self):
        dice = self.dice
        for why, change in BAD_MEMBERS(dice):
            journal = self.usual()
            event = journal.draft("meter.read", dice.json(1))
            try:
                change(event["header"])
            except KeyError:  # nothing to leave out
                continue
            journal.mark()
            journal.put(event)
            self.keep(f"header: {why}", journal)
        for why, over in GOOD_MEMBERS(dice):
            journal = self.usual()
            journal.add("meter.read", dice.json(1), over=over, by=dice.choice((None, self.op)))
            self.keep(f"header in form: {why}", journal)
        self.attestation_forms()
        self.payloads()
        self.sizes()

    def attestation_forms(self):
        dice = self.dice
        for meaning in ("reviewed", "approved", "a", "z_", "a" * 32, "co_signed_"):
            journal = self.usual()
            journal.add("meter.read", 1, by=self.op, meaning=meaning)
            self.keep(f"meaning {meaning}", journal)
        for meaning in ("Authored", "", "a" * 33, "_a", "a b", "a-b", "a1", "é", "a\n"):
            journal = self.usual()
            journal.bad("meter.read", 1, by=self.op, meaning=meaning)
            self.keep(f"meaning {meaning!r}", journal)
        for moment in dice.sample(GOOD_TIMES, 4):
            journal = self.usual()
            journal.add("meter.read", 1, by=self.op, signed_at=moment)
            self.keep(f"signed_at {moment}, whatever the clock says", journal)
        for moment in dice.sample([t for t in BAD_TIMES if isinstance(t, str)], 8):
            journal = self.usual()
            journal.mark()
            event = journal.draft("meter.read", 1, by=self.op, signed_at=moment or " ")
            journal.put(event)
            self.keep(f"signed_at {moment!r}", journal)
        for why, change in (
                ("key_id without its id", {"key_id": self.op.name}), ("key_id in capitals", {
                    "key_id": self.op.name + "+" + self.op.id.hex().upper() + "A"}),
                ("a vkey for a key_id", {"key_id": self.op.vkey}), ("signature null", {"signature": None}),
                ("signature in hexadecimal", {"signature": dice.hex(128)}), ("signature empty", {"signature": ""}),
                ("signature of 65 bytes", {"signature": f.to_base64(dice.randbytes(65))}),
                ("signature of noise", {"signature": f.to_base64(dice.randbytes(64))}),
                ("an unknown member", {"algorithm": "ed25519"}), ("meaning null", {"meaning": None})):
            journal = self.usual()
            journal.bad("meter.read", 1, by=self.op, attestation=change)
            self.keep(f"attestation: {why}", journal)
        for name in ("key_id", "meaning", "signature", "signed_at"):
            journal = self.usual()
            journal.bad("meter.read", 1, by=self.op, after=lambda h: h["attestation"].pop(name))
            self.keep(f"attestation without {name}", journal)
        hostile = {
            "S plus L": lambda s: s[:32] + (int.from_bytes(s[32:], "little") + ed.L).to_bytes(32, "little"),
            "R of small order": lambda s: bytes([1]) + bytes(31) + s[32:],
            "R not canonical": lambda s: (ed.P + 1).to_bytes(32, "little") + s[32:],
            "a bit of R flipped": lambda s: bytes([s[0] ^ 1]) + s[1:],
            "a bit of S flipped": lambda s: s[:32] + bytes([s[32] ^ 1]) + s[33:],
        }
        for why, change in hostile.items():
            journal = self.usual()
            journal.bad("meter.read", 1, by=self.op, after=lambda h: h["attestation"].update(
                signature=f.to_base64(change(f.from_base64(h["attestation"]["signature"])))))
            self.keep(f"signature with {why}", journal)
        journal = self.usual()
        event = journal.draft("meter.read", 1, by=self.op)
        message = f.attestation_message(event["header"], event["header"]["attestation"])
        event["header"]["attestation"]["signature"] = f.to_base64(
            self.op.sign_again(message, dice.randrange(1, 2**250)))
        journal.put(event)
        self.keep("a good signature with a nonce of its own", journal)
        for claimed in ("policy", "recorded_at", "seq", "prev_event_hash"):
            journal = self.usual()
            event = journal.draft("meter.read", 1, by=self.op)
            stated = event["header"]["attestation"]
            claim = {name: event["header"][name] for name in event["header"]
                     if name not in f.NOT_CLAIMED or name == claimed}
            text = "\n".join(("ledger/attestation/1", self.op.key_id, stated["signed_at"], "authored",
                              f.canonical(claim)))
            stated["signature"] = f.to_base64(self.op.sign(text.encode()))
            journal.mark()
            journal.put(event)
            self.keep(f"a claim that takes in {claimed}", journal)

    def payloads(self):
        dice = self.dice
        for payload in (None, False, True, 0, "", [], {}, 5e-324, -1.5e-9, 2**53 - 1, "\u2028\x00😀",
                        nested(64), {"a": nested(63)}, dice.json(), dice.json(), dice.json()):
            journal = self.usual()
            journal.add("meter.read", payload, by=dice.choice((None, self.op)))
            self.keep(f"payload {f.canonical(payload)!r:.30}", journal)
        for why, payload in (("65 deep", nested(65)), ("66 deep", {"a": nested(65)}),
                             ("negative zero", -0.0), ("2^53", 2**53), ("a huge number", 1e300),
                             ("the key __proto__", {"__proto__": 1})):
            journal = self.usual()
            journal.bad("meter.read", payload)
            self.keep(f"payload with {why}", journal)
        for why, salt in (("31 digits", dice.hex(31)), ("34 digits", dice.hex(34)), ("capitals", "ABCDEF" + dice.hex(26)),
                          ("no digits", "")):
            journal = self.usual()
            event = journal.draft("meter.read", 1)
            event["salt"] = salt
            if why != "31 digits":
                event["header"]["payload_hash"] = f.payload_hash(salt, 1)
            journal.mark()
            journal.put(event)
            self.keep(f"salt of {why}", journal)
        journal = self.usual()
        journal.mark()
        event = journal.draft("meter.read", 1)
        event["header"]["payload_hash"] = f.payload_hash(event["salt"], 2)
        journal.put(event)
        self.keep("payload_hash of another payload", journal)

    def sizes(self):
        dice = self.dice
        for excess, why in ((0, "a line of 1,048,576 bytes"), (1, "a line of 1,048,577 bytes")):
            journal = self.begin()
            event = journal.draft("meter.read", "")
            filled = dice.choice(("x", "é", "😀", '"', "\x01"))
            wide = len(f.canonical_bytes(filled)) - 2
            room = f.MAX_LINE + excess - len((f.canonical({**event, "event_hash": f.NO_HASH}) + "\n").encode())
            event["payload"] = filled * (room // wide) + "y" * (room % wide)
            event["header"]["payload_hash"] = f.payload_hash(event["salt"], event["payload"])
            if excess:
                journal.mark()
            journal.put(event)
            assert len(journal.lines[-1].encode()) == f.MAX_LINE + excess
            self.keep(why, journal, trail=False)
        journal = self.usual()
        widest = lambda: "\U0010ffff" * 256
        journal.add("a." + "b" * 126, None, by=self.op, policy={
            "outcome": "warn", "policy_set": journal.policy_set,
            "contributing": sorted("a" * 126 + chr(97 + i // 26) + chr(97 + i % 26) for i in range(32))},
            over={"domain_tags": sorted("t" * 62 + chr(97 + i // 26) + chr(97 + i % 26) for i in range(32)),
                  "session_id": widest(), "trace_id": dice.hex(31) + "1", "id": "i" * 128,
                  "causation_id": "c" * 128, "supersedes": "s" * 128, "authorization": "a" * 128,
                  "seen": journal.see(0), "source": {"kind": "correction", "name": widest(),
                                                     "version": widest(), "model": widest(), "instance": widest()}})
        assert len(f.canonical_bytes(journal.events[-1]["header"])) <= f.MAX_HEADER
        self.keep("a header with every member as long as it may be", journal)

    # --- order, ids, seen, policy

    def chain_rules(self):
        dice = self.dice
        journal = self.usual()
        moment = journal.time()
        for _ in range(3):
            journal.add(after=edit("recorded_at", moment))
        self.keep("recorded in one millisecond", journal)
        journal = self.usual()
        journal.clock += 5
        journal.add()
        journal.bad(after=edit("recorded_at", journal.time(journal.clock - 1)))
        self.keep("recorded a millisecond before", journal)
        journal = self.usual()
        journal.add(after=edit("recorded_at", "9999-12-31T23:59:59.999Z"))
        journal.bad()
        self.keep("recorded before the end of time, after it", journal, trail=False)
        for why, change in (("seq skips one", lambda h: h.update(seq=h["seq"] + 1)),
                            ("seq repeats", lambda h: h.update(seq=h["seq"] - 1)),
                            ("another ledger", edit("ledger", "other.example/x")),
                            ("links to the first", lambda h: h.update(prev_event_hash=journal.hash_at(0))),
                            ("links to nothing", edit("prev_event_hash", f.NO_HASH)),
                            ("links to noise", edit("prev_event_hash", dice.hex(64)))):
            journal = self.usual()
            journal.add()
            journal.bad(after=change)
            self.keep(why, journal)
        for used in ("the one before", "the first", "of a key event"):
            journal = self.staffed()
            journal.ordinary(2, 5)
            at = {"the one before": journal.seq - 1, "the first": 0}.get(used, journal.seq - 3)
            journal.bad(over={"id": journal.events[at]["header"]["id"]})
            self.keep(f"id used before, {used}", journal)
        journal = self.usual()
        journal.add(over={"id": "Order.7:a"})
        journal.add(over={"id": "order.7:a"})
        journal.add(over={"id": "Order.7:A"})
        self.keep("ids that differ by a letter's case", journal)
        journal = self.usual()
        journal.bad("ledger.created", {"format": 1, "origin": self.origin})
        self.keep("created twice", journal)
        journal = Journal(dice, self.origin)
        journal.bad("meter.read", {"format": 1, "origin": self.origin})
        self.keep("begins with another event", journal)
        for why, change in (("seq 1", edit("seq", 1)), ("a hash before it", edit("prev_event_hash", dice.hex(64)))):
            journal = Journal(dice, self.origin)
            journal.bad("ledger.created", {"format": 1, "origin": self.origin}, after=change)
            self.keep(f"begins with {why}", journal, trail=False)
        journal = Journal(dice, self.origin)
        journal.bad("ledger.created", {"format": 1, "origin": self.origin},
                    over={"seen": {"event_hash": f.NO_HASH, "seq": 0}})
        self.keep("begins having seen something", journal)
        journal = Journal(dice, self.origin)
        journal.bad("ledger.created", {"format": 1, "origin": self.origin, "operator_key": self.op.vkey}, by=self.op)
        self.keep("begins attested", journal)
        journal = self.usual()
        self.put_withheld(journal, journal.draft("ledger.noted", 1), bad=True)
        self.keep("a ledger. event withheld", journal)
        journal = Journal(dice, self.origin)
        self.put_withheld(journal, journal.draft("ledger.created", {"format": 1, "origin": self.origin}), bad=True)
        self.keep("begins withheld", journal)

    def seen(self):
        dice = self.dice
        for _ in range(4):
            journal = self.staffed()
            journal.ordinary(1, 4)
            at = dice.choice((0, journal.seq - 1, dice.randrange(journal.seq)))
            journal.add(by=dice.choice((self.op, self.au)), over={"seen": journal.see(at)})
            self.keep(f"seen {journal.seq - 1 - at} before", journal)
        for why, seen in (
                ("of another seq", lambda j: {**j.see(1), "seq": 0}), ("of noise", lambda j: {**j.see(0), "event_hash": dice.hex(64)}),
                ("of itself", lambda j: {"event_hash": dice.hex(64), "seq": j.seq}),
                ("of the future", lambda j: {**j.see(0), "seq": j.seq + 1}),
                ("of the end of numbers", lambda j: {**j.see(0), "seq": 2**53 - 1}),
                ("one bit off", lambda j: {**j.see(0), "event_hash": f"{int(j.hash_at(0), 16) ^ 1:064x}"})):
            journal = self.staffed()
            journal.ordinary(1, 3)
            journal.bad(by=self.op, over={"seen": seen(journal)})
            self.keep(f"seen {why}", journal)
        other, journal = self.usual(), self.usual()
        for j in (other, journal):
            j.add()
        journal.bad(by=self.op, over={"seen": other.see(other.seq - 1 if other.seq <= journal.seq else 0)})
        self.keep("seen in another history", journal)

    def policies(self):
        dice = self.dice
        journal = self.usual()
        for _ in range(dice.randint(2, 4)):
            journal.add("policy.adopted", {"documents": {dice.string(): dice.json()}, "note": dice.json(1)}, by=self.op)
            journal.ordinary(0, 2, (self.op,))
        self.keep("policies adopted one after another", journal)
        journal = self.usual()
        journal.add("policy.adopted", {"documents": {}}, by=self.op)
        journal.add()
        self.keep("no documents adopted", journal)
        for why, digest in (("the set before", lambda j, before: before), ("noise", lambda j, before: dice.hex(64)),
                            ("the set of the whole payload", lambda j, before: f.policy_set_of(
                                j.events[-1]["payload"]))):
            journal = self.usual()
            before = journal.policy_set
            journal.add("policy.adopted", {"documents": {"a.yaml": dice.json()}}, by=self.op)
            journal.bad(after=edit_in("policy", "policy_set", digest(journal, before)))
            self.keep(f"after an adoption under {why}", journal)
        journal = self.usual()
        journal.add("policy.adopted", {"documents": {"a": 1}}, by=self.op)
        documents = {"b": 2}
        journal.bad("policy.adopted", {"documents": documents}, by=self.op,
                    after=edit_in("policy", "policy_set", f.policy_set_of(documents)))
        self.keep("an adoption under the set that it adopts", journal)
        journal = self.usual()
        for _ in range(3):
            journal.policy_set = dice.hex(64)
            journal.add()
        self.keep("policy sets of no document, before the first adoption", journal)
        journal = self.usual()
        journal.add("policy.adopted", {"documents": {"a": 1}}, by=self.op)
        journal.add("policy.proposed", {"documents": {"b": 1}})
        journal.add()
        self.keep("a policy event that adopts nothing", journal)

    def break_glass(self):
        dice = self.dice
        bent = lambda j: {"outcome": "break_glass", "contributing": dice.rules(), "policy_set": j.policy_set}
        allow = lambda j: j.add("break_glass.authorized", dice.json(1), by=self.op)["header"]["id"]
        for _ in range(3):
            journal = self.staffed()
            name = allow(journal)
            journal.ordinary(0, 2)
            for _ in range(dice.randint(1, 2)):
                journal.add(over={"authorization": name}, policy=bent(journal), by=dice.choice((None, self.au, self.op)))
            self.keep("break_glass under an authorisation", journal)
        for why, name in (("none", None), ("of an id that is not here", lambda j: "not-here"),
                          ("that is the first event", lambda j: j.events[0]["header"]["id"]),
                          ("that is an ordinary event", lambda j: j.add()["header"]["id"]),
                          ("that is a review", lambda j: j.add("break_glass.reviewed", 1)["header"]["id"])):
            journal = self.usual()
            allow(journal)
            over = {"authorization": name(journal)} if name else {}
            journal.bad(over=over, policy=bent(journal))
            self.keep(f"break_glass under an authorisation: {why}", journal)
        journal = self.usual()
        journal.bad(over={"authorization": "later-1"}, policy=bent(journal))
        journal.add("break_glass.authorized", 1, by=self.op, over={"id": "later-1"})
        self.keep("break_glass under an authorisation that comes later", journal)
        journal = self.usual()
        journal.bad(over={"id": "self-1", "authorization": "self-1"}, policy=bent(journal))
        self.keep("break_glass that authorises itself", journal)
        journal = self.usual()
        name = allow(journal)
        journal.bad(over={"authorization": flip_case(dice, name + "x")}, policy=bent(journal))
        self.keep("break_glass under an id written otherwise", journal)
        for outcome in ("allow", "warn"):
            journal = self.usual()
            policy = {"outcome": outcome, "policy_set": journal.policy_set}
            if outcome == "warn":
                policy["contributing"] = dice.rules(32)
            journal.add(over={"authorization": "not-here"}, policy=policy)
            self.keep(f"{outcome}, though it invokes an authorisation", journal)

    # --- keys

    def founding(self):
        dice, op, au, rec, log = self.dice, self.op, self.au, self.rec, self.log
        for names in ((), ("log",), ("log", "op"), ("log", "rec"), ("op", "rec"), ("log", "op", "rec"), ("rec",)):
            keys = {"log_key": log, "operator_key": op, "recovery_key": rec}
            given = {k: v for k, v in keys.items() if k[:2] in [n[:2] for n in names]}
            journal = self.begin(**given)
            if "op" in names:
                self.enrol(journal, au)
            elif "rec" in names:
                self.enrol(journal, op, "operator", by=rec)
            else:
                journal.ordinary(0, 2)
                self.enrol(journal, op, "operator", by=op)
                self.enrol(journal, rec, "observed", "recovery")
            journal.add(by=op)
            self.keep(f"founded with {', '.join(names) or 'no key'}", journal)
        for tier, purpose in (("verified", "author"), ("operator", "log"), ("operator", "recovery"),
                              ("untrusted", "author")):
            for keys in ({}, {"log_key": log}):
                journal = self.begin(**keys)
                journal.ordinary(0, 2)
                key = make_signer(dice, self.origin) if purpose == "log" else op
                self.enrol(journal, key, tier, purpose, by=key, bad=True)
                self.keep(f"first key, {tier} {purpose}, enrols itself", journal)
        for why, signer in (("by another", self.au), ("by the log key", log)):
            journal = self.begin(log_key=log)
            self.enrol(journal, op, "operator", by=signer, bad=True)
            self.keep(f"first operator enrolled {why}", journal)
        journal = self.begin(log_key=log)
        journal.bad("key.enrolled", {"vkey": op.vkey, "tier": "operator", "purpose": "author"})
        self.keep("first operator enrolled by nobody", journal)
        journal = self.begin()
        self.enrol(journal, op, "operator", by=op)
        self.enrol(journal, au, "operator", by=au, bad=True)
        self.keep("a second operator enrols itself", journal)
        for keys, name in (({"recovery_key": rec}, "recovery"), ({"operator_key": op}, "operator")):
            journal = self.begin(log_key=log, **keys)
            fresh = make_signer(dice)
            self.enrol(journal, fresh, "operator", by=fresh, bad=True)
            self.keep(f"an operator enrols itself where a {name} key was named", journal)
        for kind in GOVERNED[3:]:
            journal = self.begin(log_key=log)
            journal.add()
            payload = {"documents": {}, "seq": 1, "event_hash": journal.hash_at(1)}
            journal.bad(kind, payload, by=dice.choice((op, log, None)))
            self.keep(f"{kind} before there is an operator", journal)
        journal = self.begin(log_key=log)
        self.end(journal, log, by=dice.choice((log, op)), bad=True)
        self.keep("the log key ended before there is an operator", journal)
        for why, keys in (("log key of another name", {"log_key": make_signer(dice)}),
                          ("one key as operator and recovery", {"operator_key": op, "recovery_key": op}),
                          ("one public key under two names", {"operator_key": op, "recovery_key": Signer("else", op.seed)}),
                          ("one public key as log and operator", {"log_key": log, "operator_key": Signer("else", log.seed)}),
                          ("a key_id for a vkey", {"operator_key": op.key_id}), ("an skey", {"operator_key": op.skey}),
                          ("a vkey of small order", {"operator_key": weak_vkey(dice)}), ("an empty vkey", {"operator_key": ""})):
            journal = Journal(dice, self.origin)
            journal.mark()
            journal.create(**keys)
            self.keep(f"founded with {why}", journal)
        for why, payload in (("no format", {"origin": self.origin}), ("format 2", {"format": 2, "origin": self.origin}),
                             ("format as text", {"format": "1", "origin": self.origin}),
                             ("format true", {"format": True, "origin": self.origin}),
                             ("no origin", {"format": 1}), ("another origin", {"format": 1, "origin": self.origin + "x"}),
                             ("a list", [1, self.origin]), ("null", None)):
            journal = Journal(dice, self.origin)
            journal.bad("ledger.created", payload)
            self.keep(f"founded on {why}", journal)

    def enrolments(self):
        dice, op, au, rec = self.dice, self.op, self.au, self.rec
        for tier in f.TIERS:
            for purpose in ("author", "recovery", "log"):
                journal = self.usual()
                key = make_signer(dice, self.origin if purpose == "log" else None)
                self.enrol(journal, key, tier, purpose, note="ignored", reason=None)
                if purpose == "author":
                    journal.add(by=key)
                self.keep(f"{tier} {purpose} enrolled", journal)
                if purpose == "author":
                    fresh = make_signer(dice)
                    self.enrol(journal, fresh, by=key, bad=tier != "operator")
                    self.keep(f"enrolled by a {tier} author", copied(journal), trail=False)
        for name in ("A", "0", "a/../b", "a@b", "x" * 128, "a._/@-", self.origin):
            journal = self.usual()
            key = make_signer(dice, name)
            self.enrol(journal, key)
            journal.add(by=key)
            self.keep(f"key name {name:.20}", journal)
        vkey = au.vkey
        name, hex_id, last = vkey.split("+", 2)
        fresh = make_signer(dice)
        bad_vkeys = {
            "name with a dot first": named_vkey(".a", fresh), "name empty": named_vkey("", fresh),
            "name of 129": named_vkey("a" * 129, fresh), "name with a blank": named_vkey("a b", fresh),
            "name with a colon": named_vkey("a:b", fresh), "name beyond ASCII": named_vkey("é", fresh),
            "id in capitals": f"{name}+{'ABCDEF01' if hex_id.isdigit() else hex_id.upper()}+{last}",
            "id of another": f"{name}+{dice.hex(8)}+{last}", "id of 7": f"{name}+{hex_id[:7]}+{last}",
            "name of another": f"{name}x+{hex_id}+{last}", "padding": vkey + "=", "base64 cut": vkey[:-1],
            "base64url": f"{name}+{hex_id}+" + last.replace("+", "-").replace("/", "_")[:-1] + "_",
            "no key": f"{name}+{hex_id}+", "no id": f"{name}++{last}", "key_id only": au.key_id, "a blank after": vkey + " ",
            "a line feed after": vkey + "\n", "type 4": typed_vkey(name, b"\x04", fresh.public),
            "31 bytes": typed_vkey(name, b"\x01", fresh.public[:31]), "33 bytes": typed_vkey(name, b"\x01", fresh.public + b"\0"),
            "skey": au.skey, "null": None, "number": 7, "list": [vkey], "empty": "",
        }
        for why, bad in bad_vkeys.items():
            journal = self.usual()
            journal.bad("key.enrolled", {"vkey": bad, "tier": "verified", "purpose": "author"}, by=op)
            self.keep(f"vkey: {why}", journal)
        weak = [ed.encode(ed.multiply(i, torsion(dice))) for i in (0, 1, 2, 4)]
        weak += [number.to_bytes(32, "little") for number in (ed.P + 1, ed.P, 1 | 1 << 255, ed.P - 1 | 1 << 255)]
        weak += [(ed.P + y).to_bytes(32, "little") for y in range(2, 19)
                 if ed.decode(y.to_bytes(32, "little"))][:3]
        for public in weak:
            journal = self.usual()
            purpose = dice.choice(("author", "recovery", "log"))
            self.enrol(journal, f.format_vkey(self.origin, public), "verified", purpose, bad=True)
            self.keep("vkey: weak or not canonical", journal)
        for why, public in (("with a torsion part", mixed_public(dice)),):
            journal = self.usual()
            self.enrol(journal, f.format_vkey("mixed", public))
            self.keep(f"vkey {why}", journal)
        base = {"vkey": vkey, "tier": "verified", "purpose": "author"}
        for name, values in (("tier", ("admin", "", "Verified", None, 1, ["verified"], "toString")),
                             ("purpose", ("Author", "witness", "", None, True, ["author"], "toString"))):
            for value in values:
                journal = self.usual()
                journal.bad("key.enrolled", {**base, name: value}, by=op)
                self.keep(f"{name} {value!r}", journal)
        for name in base:
            journal = self.usual()
            journal.bad("key.enrolled", {k: v for k, v in base.items() if k != name}, by=op)
            self.keep(f"enrolled without {name}", journal)
        for payload in (None, [], vkey, 1):
            journal = self.usual()
            journal.bad("key.enrolled", payload, by=op)
            self.keep("enrolled without an object", journal)
        for fate in ("living", "retired", "revoked"):
            for again in ("the same key", "under another name", "as a recovery key"):
                journal = self.staffed()
                if fate != "living":
                    self.end(journal, au, f"key.{fate}")
                key = Signer(au.name + "x" if len(au.name) < 128 else "x", au.seed) if again == "under another name" else au
                self.enrol(journal, key, purpose="recovery" if "rec" in again else "author", bad=True)
                self.keep(f"enrolled again, {fate}, {again}", journal)
        journal = self.usual()
        self.enrol(journal, make_signer(dice), "verified", "log", bad=True)
        self.keep("log key of another name", journal)

    def endings(self):
        dice, op, au, rec, log = self.dice, self.op, self.au, self.rec, self.log
        second = make_signer(dice)
        for kind in ("key.retired", "key.revoked"):
            more = {"compromised_at": dice.choice(GOOD_TIMES)} if kind == "key.revoked" and dice.chance(0.6) else {}
            for by, name in ((op, "an operator"), (rec, "a recovery key"), (au, "itself")):
                journal = self.staffed(recovery_key=rec)
                journal.add(by=au)
                self.end(journal, au, kind, by=by, **more)
                journal.add(by=op)
                self.keep(f"{kind} by {name}", copied(journal))
                journal.bad(by=au)
                self.keep(f"{kind} by {name}, signs on", journal)
            for by, name in ((log, "the log key"), (second, "another author"), (make_signer(dice), "a stranger")):
                journal = self.staffed()
                self.enrol(journal, second, dice.choice(f.TIERS[:3]))
                self.end(journal, au, kind, by=by, bad=True)
                self.keep(f"{kind} by {name}", journal)
            journal = self.staffed()
            journal.bad(kind, {"key_id": au.key_id, "reason": "x"})
            self.keep(f"{kind} by nobody", journal)
            for named, name in ((second.key_id, "never enrolled"), (au.name, "by name only"), (au.vkey, "by vkey"),
                                (au.key_id.upper() if au.key_id.upper() != au.key_id else "X" + au.key_id, "in capitals"),
                                ("", "empty"), (None, "null"), ([au.key_id], "in a list"), ("toString", "toString")):
                journal = self.staffed()
                journal.bad(kind, {"key_id": named, "reason": "x"}, by=op)
                self.keep(f"{kind}, key_id {name}", journal)
            for payload in (None, [], au.key_id, {"reason": "x"}):
                journal = self.staffed()
                journal.bad(kind, payload, by=op)
                self.keep(f"{kind} that names nothing", journal)
            journal = self.usual()
            self.end(journal, op, kind, by=op, bad=True)
            self.keep(f"{kind}, the only operator", journal)
            journal = self.usual()
            self.enrol(journal, second, "operator")
            self.end(journal, op, kind, by=dice.choice((op, second)))
            journal.add("policy.adopted", {"documents": {}}, by=second)
            self.keep(f"{kind}, one of two operators", copied(journal))
            self.end(journal, second, kind, by=second, bad=True)
            self.keep(f"{kind}, the other of two operators", journal)
            journal = self.usual()
            key = make_signer(dice, self.origin)
            self.enrol(journal, key, "operator", "log")
            self.enrol(journal, second, dice.choice(f.TIERS[:3]))
            self.end(journal, op, kind, bad=True)
            self.keep(f"{kind}, the only operator beside an operator's log key", journal)
            journal = self.usual(recovery_key=rec)
            self.end(journal, op, kind, by=dice.choice((op, rec)))
            journal.ordinary(0, 2)
            self.keep(f"{kind}, the only operator while a recovery key lives", copied(journal))
            self.end(journal, rec, kind, by=rec, bad=True)
            self.keep(f"{kind}, then the recovery key too", journal)
            journal = self.usual(recovery_key=rec)
            self.end(journal, rec, kind, by=dice.choice((op, rec)))
            journal.add(by=op)
            self.keep(f"{kind}, the recovery key while an operator lives", copied(journal))
            self.end(journal, op, kind, by=op, bad=True)
            self.keep(f"{kind}, the recovery key and then the operator", journal)
            journal = self.begin(log_key=log, recovery_key=rec)
            self.end(journal, rec, kind, by=rec, bad=True)
            self.keep(f"{kind}, the only recovery key, no operator yet", journal)
            journal = self.usual()
            self.end(journal, log, kind)
            journal.add()
            self.keep(f"{kind}, the only log key", journal)
            journal = self.usual()
            self.end(journal, log, kind, by=log, bad=True)
            self.keep(f"{kind}, the log key by itself", journal)
            for why, by in (("itself once ended", au), ("an operator once ended", op)):
                journal = self.staffed()
                self.enrol(journal, second, "operator")
                target = au if by is au else second
                self.end(journal, by, kind, by=second)
                self.end(journal, target, "key.revoked", by=by, bad=True)
                self.keep(f"{kind}, then a revocation by {why}", journal)
        self.end_twice(second)
        self.compromised()

    def end_twice(self, second):
        op, au, rec = self.op, self.au, self.rec
        for first, then, sound in (("retired", "retired", False), ("retired", "revoked", True),
                                   ("revoked", "retired", False), ("revoked", "revoked", False)):
            for target, purpose in ((au, "author"), (second, "recovery"), (make_signer(self.dice, self.origin), "log")):
                journal = self.usual()
                self.enrol(journal, target, "operator", purpose)
                self.end(journal, target, f"key.{first}")
                journal.ordinary(0, 2)
                self.end(journal, target, f"key.{then}", bad=not sound)
                self.keep(f"{purpose} key {first}, then {then}", journal)
        journal = self.staffed()
        self.end(journal, au)
        self.end(journal, au, "key.revoked")
        self.end(journal, au, "key.revoked", bad=True)
        self.keep("retired, revoked, revoked", journal)
        journal = self.usual()
        self.enrol(journal, second, "operator")
        self.end(journal, second)
        self.end(journal, second, "key.revoked")
        self.keep("a retired operator revoked, one left", journal)
        journal = self.usual(recovery_key=rec)
        self.end(journal, op)
        self.enrol(journal, second, "operator", by=rec)
        self.end(journal, op, "key.revoked", by=second)
        self.end(journal, rec, by=second)
        journal.add("break_glass.authorized", {}, by=second)
        self.keep("lost, recovered, and the recovery key put away", journal)

    def compromised(self):
        for value in GOOD_TIMES[:4]:
            journal = self.staffed()
            journal.add(by=self.au)
            self.end(journal, self.au, "key.revoked", compromised_at=value)
            self.keep(f"compromised_at {value}", journal)
        for value in self.dice.sample(BAD_TIMES, 12):
            if value is None:
                continue
            journal = self.staffed()
            self.end(journal, self.au, "key.revoked", compromised_at=value, bad=True)
            self.keep(f"compromised_at {value!r}", journal)
        journal = self.staffed()
        self.end(journal, self.au, "key.retired", compromised_at="whenever", note=[1])
        self.keep("a retirement with members it does not need", journal)

    def authority(self):
        """Who may attest what."""
        dice, op, au, rec, log = self.dice, self.op, self.au, self.rec, self.log
        fresh, payloads = make_signer(dice), {}
        for kind in GOVERNED[3:]:
            for who, name in ((op, "the operator"), (au, "an author"), (rec, "a recovery key"), (log, "the log key"),
                              (fresh, "a stranger"), (None, "nobody")):
                journal = self.staffed(recovery_key=rec)
                seq = journal.seq
                journal.add()
                payload = {"documents": {"a": dice.json(1)}, "seq": seq, "event_hash": journal.hash_at(seq)}
                (journal.add if who is op else journal.bad)(kind, payload, by=who)
                self.keep(f"{kind} by {name}", journal)
        for who, name in ((rec, "a recovery key"), (log, "the log key"), (fresh, "a stranger")):
            for kind in ("meter.read", "ledger.verified", "policy.noted", "outbox.sent"):
                journal = self.staffed(recovery_key=rec)
                journal.bad(kind, 1, by=who)
                self.keep(f"{kind} by {name}", journal)
        for purpose, name in (("recovery", None), ("log", self.origin)):
            journal = self.usual()
            key = make_signer(dice, name)
            self.enrol(journal, key, "operator", purpose)
            journal.bad("policy.adopted", {"documents": {}}, by=key)
            self.keep(f"policy adopted by a {purpose} key of the highest tier", journal)
        journal = self.usual()
        key = make_signer(dice, self.origin)
        self.enrol(journal, key, "operator", "log")
        self.enrol(journal, fresh, by=key, bad=True)
        self.keep("a key enrolled by a log key of the highest tier", journal)
        journal = self.usual()
        key = make_signer(dice)
        self.enrol(journal, key, "untrusted", "recovery")
        self.enrol(journal, fresh, "operator", by=key)
        journal.add(by=fresh)
        self.keep("an operator enrolled by a recovery key of the lowest tier", journal)
        for kind in ("key.rotated", "key.enrolled2", "key.x.y", "key.enrolled.twice", "key.revoke"):
            for who in (op, None, rec):
                journal = self.usual(recovery_key=rec)
                journal.bad(kind, {"vkey": fresh.vkey, "tier": "verified", "purpose": "author"}, by=who)
                self.keep(f"{kind}, an unknown type of key.", journal)
        for kind in ("ledger.noted", "policy.proposed", "break_glass.reviewed", "outbox.sent", "experiment.a",
                     "schema_migration.z", "ledger.created2", "policy.adopted2", "ledger.payload_erased2"):
            for who in (None, au):
                journal = self.staffed()
                journal.add(kind, dice.json(1), by=who)
                self.keep(f"{kind}, ordinary to a verifier", journal)
        journal = self.usual()
        self.enrol(journal, au, by=op)
        journal.add(by=au)
        self.keep("signs right after its enrolment", journal)
        journal = self.usual()
        journal.bad(by=au)
        self.enrol(journal, au)
        self.keep("signs right before its enrolment", journal)
        journal = self.staffed()
        journal.bad(by=au, attestation={"key_id": op.key_id})
        self.keep("signs under another's key_id", journal)
        journal = self.staffed()
        journal.bad(by=Signer(au.name, op.seed))
        self.keep("signs under another's name", journal)

    # --- erasure

    def put_withheld(self, journal, event, bad=False):
        if bad:
            journal.mark()
        event["event_hash"] = f.event_hash(event["header"])
        journal.put(event, withheld=True)

    def withheld(self, journal, kind=None, **options):
        journal.add(kind, {"name": self.dice.string()}, withheld=True, **options)
        return journal.seq - 1

    def erasures(self):
        dice, op, au = self.dice, self.op, self.au
        for signer in (None, op, au):
            journal = self.staffed()
            seq = self.withheld(journal, by=signer, over={"domain_tags": dice.tags()})
            journal.ordinary(0, 3)
            self.erase(journal, seq)
            self.keep("withheld, erased later", journal)
        journal = self.staffed()
        seqs = [self.withheld(journal, by=dice.choice((None, au))) for _ in range(4)]
        dice.shuffle(seqs)
        for seq in seqs + seqs[:2]:
            self.erase(journal, seq, note=dice.json(1))
        self.keep("many withheld, some erased twice", journal)
        journal = self.staffed()
        journal.add()
        self.erase(journal, journal.seq - 1)
        self.keep("erased, payload still there", journal)
        journal = self.staffed()
        seq = self.withheld(journal)
        journal.add("ledger.payload_erased", {"seq": seq, "event_hash": journal.hash_at(seq)}, by=op)
        self.keep("erased without a reason", journal)
        for kind in ("outbox.sent", "experiment.begun", "schema_migration.applied", "ledgers.kept", "keys.counted",
                     "policyholder.called"):
            journal = self.usual()
            seq = self.withheld(journal, kind)
            self.erase(journal, seq)
            self.keep(f"{kind} withheld and erased", journal)
        for kind in ("ledger.noted", "policy.proposed", "break_glass.reviewed"):
            journal = self.usual()
            self.put_withheld(journal, journal.draft(kind, 1), bad=True)
            self.keep(f"{kind} withheld", journal)
            journal = self.usual()
            journal.add(kind, 1)
            self.erase(journal, journal.seq - 1, bad=True)
            self.keep(f"{kind} erased", journal)
        for kind, payload in (("policy.adopted", {"documents": {}}), ("break_glass.authorized", 1)):
            journal = self.usual()
            self.put_withheld(journal, journal.draft(kind, payload, by=op), bad=True)
            self.keep(f"{kind} withheld", journal)
        for at, why in ((0, "the first event"), (-1, "an enrolment"), (None, "an erasure")):
            journal = self.staffed()
            if at is None:
                journal.add()
                self.erase(journal, journal.seq - 1)
            self.erase(journal, at if at == 0 else journal.seq - 1, bad=True)
            self.keep(f"erasure of {why}", journal)
        journal = self.staffed()
        self.put_withheld(journal, journal.draft("key.retired", {"key_id": au.key_id, "reason": "x"}, by=op), bad=True)
        self.keep("key.retired withheld", journal)
        for why, change in (
                ("seq as text", lambda j, s: {"seq": str(s)}), ("half a seq", lambda j, s: {"seq": s + 0.5}),
                ("seq null", lambda j, s: {"seq": None}), ("seq true", lambda j, s: {"seq": True}),
                ("seq below zero", lambda j, s: {"seq": -1}), ("its own seq", lambda j, s: {"seq": j.seq}),
                ("a seq to come", lambda j, s: {"seq": j.seq + 1}), ("the seq before", lambda j, s: {"seq": s - 1}),
                ("a hash of noise", lambda j, s: {"event_hash": dice.hex(64)}), ("a hash in capitals", lambda j, s: {
                    "event_hash": j.hash_at(s).upper() if j.hash_at(s).upper() != j.hash_at(s) else None}),
                ("the hash before", lambda j, s: {"event_hash": j.hash_at(s - 1)}),
                ("a hash null", lambda j, s: {"event_hash": None}), ("a list of seqs", lambda j, s: {"seq": [s]})):
            journal = self.staffed()
            journal.add()
            seq = journal.seq
            journal.add() if dice.chance(0.5) else self.withheld(journal)
            self.erase(journal, seq, bad=True, **change(journal, seq))
            self.keep(f"erasure that names {why}", journal)
        for payload in (None, [], 1, {}, {"seq": 0}):
            journal = self.staffed()
            journal.add()
            journal.bad("ledger.payload_erased", payload, by=op)
            self.keep("erasure that names too little", journal)
        journal = self.staffed()
        seq = self.withheld(journal)
        self.erase(journal, seq)
        journal.lines[seq] = journal.lines[seq].replace('"schema_version":1', '"schema_version":2')
        journal.bad_at = seq
        self.keep("erased and changed", journal)
        journal = self.staffed()
        journal.add(by=au)
        seq = journal.seq
        event = journal.draft("meter.read", 1, by=au)
        event["header"]["attestation"]["signature"] = f.to_base64(dice.randbytes(64))
        self.put_withheld(journal, event, bad=True)
        self.erase(journal, seq)
        self.keep("withheld with a signature of noise", journal)

    # --- checkpoints

    def checkpoints(self):
        dice, op, log = self.dice, self.op, self.log
        second, third = make_signer(dice, self.origin), make_signer(dice, self.origin)
        for kind in ("key.retired", "key.revoked"):
            for _ in range(2):
                journal = self.usual()
                self.enrol(journal, second, "untrusted", "log")
                begun = journal.seq
                journal.ordinary(0, 2)
                self.end(journal, log, kind)
                ended = journal.seq
                journal.ordinary(1, 3)
                notes = []
                for size in range(journal.seq + 1):
                    notes.append((journal.note(size, log), size < ended))
                    notes.append((journal.note(size, second), size >= begun))
                    notes.append((journal.note(size, log, second), True))
                    notes.append((journal.note(size, op), False))
                    notes.append((journal.note(size, third), False))
                self.keep(f"log key rotated, {kind}", journal, notes, trail=False)
        journal = self.begin(operator_key=op)
        journal.ordinary(1, 2)
        self.enrol(journal, log, "operator", "log")
        begun = journal.seq
        journal.add()
        self.keep("first log key enrolled late", journal,
                  [(journal.note(size, log), size >= begun) for size in range(journal.seq + 1)], trail=False)
        journal = self.usual()
        self.enrol(journal, second, "observed", "log")
        self.end(journal, second, dice.choice(("key.retired", "key.revoked")))
        journal.ordinary(0, 1)
        at = [size for size in range(journal.seq + 1)]
        begun = next(e["header"]["seq"] for e in journal.events if e["header"]["event_type"] == "key.enrolled") + 1
        self.keep("log key enrolled and ended at once", journal,
                  [(journal.note(size, second), size == begun) for size in at], trail=False)
        journal = self.usual(recovery_key=self.rec)
        journal.ordinary(2, 6)
        size = journal.seq
        other = self.usual()
        other.ordinary(size, size)
        notes = [(journal.note(size, log), True), (journal.note(size - 1, log), True), (journal.note(0, log), True),
                 (journal.note(1, log, make_signer(dice)), True), (journal.note(size, log, extensions=("x",)), True),
                 (journal.note(size, log, root=dice.randbytes(32)), False), (other.note(size, log), False),
                 (journal.note(size, log, root=f.EMPTY_ROOT), False), (journal.note(size, self.rec), False),
                 (journal.note(size, make_signer(dice)), False), (journal.note(size, Signer("else", log.seed)), False),
                 (journal.note(size, log)[:-1], False), (journal.note(size, log).replace(f"\n{size}\n", f"\n0{size}\n"), False),
                 (beyond(journal, log, size + 1), False), (beyond(journal, log, 2**53 - 1), False),
                 (journal.note(size, log, op), True)]
        notes += [(note.replace(self.origin + "\n", "another.example\n", 1), False) for note, _ in notes[:1]]
        self.keep("checkpoints of one journal", journal, notes, trail=False)

    # --- at random

    def random_histories(self, count):
        """Random acts by random keys; the last may be one that is not allowed."""
        for number in range(count):
            dice = self.dice
            signers = [make_signer(dice, self.origin), make_signer(dice, self.origin)]
            signers += [make_signer(dice) for _ in range(5)]
            keys = {}
            if dice.chance(0.7):
                keys["log_key"] = signers[0]
            if dice.chance(0.6):
                keys["operator_key"] = signers[2]
            if dice.chance(0.5):
                keys["recovery_key"] = signers[3]
            journal = self.begin(**keys)
            chain = f.Chain(self.origin)
            chain.push(journal.lines[0].encode())
            for _ in range(dice.randint(8, 25)):
                event = self.random_act(journal, chain, signers)
                line = f.canonical({**event, "event_hash": f.event_hash(event["header"])}) + "\n"
                try:
                    chain.push(line.encode())
                except f.Refused as reason:
                    # A stranger's signature is the commonest refusal and the dullest.
                    if dice.chance(0.98 if str(reason) == "not a live key" else 0.8):
                        continue
                    journal.mark()
                    journal.put(event)
                    break
                journal.put(event)
                if event["header"]["event_type"] == "policy.adopted":
                    journal.policy_set = chain.policy_set
            if journal.bad_at is None:
                for seq in sorted(chain.erased):
                    if dice.chance(0.6):
                        journal.lines[seq] = f.canonical({name: journal.events[seq][name]
                                                          for name in ("event_hash", "header")}) + "\n"
            notes = [(journal.note(size, key), key.key_id in chain.log_keys(size))
                     for key in signers[:3] for size in {0, 1, dice.randint(0, journal.seq), journal.seq}] \
                if journal.bad_at is None else None
            self.keep(f"random history {number}", journal, notes, trail=False)

    def random_act(self, journal, chain, signers):
        dice = self.dice
        by = dice.choice([*signers, *[s for s in signers if s.key_id in chain.keys] * 3])
        target = dice.choice(signers)
        act = dice.randrange(12)
        over = {"seen": journal.see(dice.randrange(journal.seq))} if dice.chance(0.3) else {}
        if act < 4:
            key = target if dice.chance(0.9) else Signer(target.name + "x" if len(target.name) < 128 else "x", target.seed)
            payload = {"vkey": key.vkey, "tier": dice.choice((*f.TIERS, "operator", "operator")),
                       "purpose": dice.choice((*f.PURPOSES, "author", "author"))}
            by = dice.choice((by, by, by, key))
            return journal.draft("key.enrolled", payload, by=by, over=over)
        if act < 7:
            payload = {"key_id": dice.choice((by, target)).key_id, "reason": dice.reason()}
            kind = dice.choice(("key.retired", "key.revoked"))
            if dice.chance(0.3):
                payload["compromised_at"] = journal.time()
            return journal.draft(kind, payload, by=by, over=over)
        if act == 7:
            return journal.draft("policy.adopted", {"documents": {dice.string(): dice.json(1)}}, by=by, over=over)
        if act == 8:
            return journal.draft("break_glass.authorized", dice.json(1), by=by, over=over)
        if act == 9:
            seq = dice.randrange(journal.seq)
            return journal.draft("ledger.payload_erased", {"seq": seq, "event_hash": journal.hash_at(seq)},
                                 by=by, over=over)
        if act == 10:
            earlier = dice.choice(journal.events)["header"]["id"]
            policy = {"outcome": "break_glass", "contributing": dice.rules(), "policy_set": journal.policy_set}
            return journal.draft("deploy.forced", dice.json(1), by=by, policy=policy,
                                 over={**over, "authorization": earlier})
        options = journal.decoration(())
        options["over"].update(over)
        return journal.draft(dice.event_type(), dice.json(1), by=by, **options)


def copied(journal):
    other = copy.copy(journal)
    other.lines, other.events = list(journal.lines), list(journal.events)
    return other


def is_good(chain, note):
    try:
        chain.check_checkpoint(note)
        return True
    except f.Refused:
        return False


def beyond(journal, key, size):
    """A checkpoint for more events than there are."""
    text = journal.note(journal.seq, key).split("\n")
    body = f"{text[0]}\n{size}\n{text[2]}\n"
    return body + "\n" + key.note_line(body)


def torsion(dice):
    while True:
        point = ed.decode(dice.randbytes(32))
        point = point and ed.multiply(ed.L, point)
        if point and not ed.equal(ed.multiply(4, point), ed.IDENTITY):
            return point


def mixed_public(dice):
    return ed.encode(ed.add(ed.multiply(dice.randrange(1, ed.L), ed.BASE), torsion(dice)))


def weak_vkey(dice):
    return f.format_vkey("weak", ed.encode(torsion(dice)))


def named_vkey(name, key):
    return f.format_vkey(name, key.public)


def typed_vkey(name, kind, public):
    digest = f.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
    return f"{name}+{digest.hex()}+{f.to_base64(kind + public)}"


def make_journals(seed):
    cases = Cases(seed)
    for part in (cases.forms, cases.chain_rules, cases.seen, cases.policies, cases.break_glass, cases.founding,
                 cases.enrolments, cases.endings, cases.authority, cases.erasures, cases.checkpoints):
        part()
    cases.random_histories(40)
    return {"origin": cases.origin, "journals": cases.journals}
