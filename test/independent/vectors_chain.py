"""Cases around one long chain: the chain itself, its checkpoints, lines that must not stand in it, notes
and proof files."""
import copy
import json

import ledger_format as f
from forge import Dice, Journal, Signer, checkpoint_text, make_signer, nested, signed_note
from forge import seal as seal_event
from vectors_journals import BAD_MEMBERS, GOVERNED, spoil_base64
from vectors_trees import flip, invent_consistency, invent_inclusion, mutated_steps


class LongChain:
    """log, alice (an operator) and bot (verified), and every kind of event."""

    def __init__(self, seed):
        dice = Dice(seed, "chain")
        origin = dice.origin()
        self.dice, self.journal = dice, Journal(dice, origin)
        self.log, self.alice, self.bot = make_signer(dice, origin), make_signer(dice), make_signer(dice)
        journal, alice, bot = self.journal, self.alice, self.bot
        self.policy_set = journal.policy_set
        journal.create(log_key=self.log, operator_key=alice)
        journal.ordinary(0, 3)
        self.bot_from = journal.seq
        journal.add("key.enrolled", {"vkey": bot.vkey, "tier": "verified", "purpose": "author"}, by=alice)
        erasable = [self.plain(by=bot), self.plain(), self.plain(by=alice)]
        journal.ordinary(1, 8, (alice, bot))
        self.plain(by=bot)
        pass_id = journal.add("break_glass.authorized", {"reason": dice.string(), "scope": dice.json(2)},
                              by=alice, over={"seen": journal.see(journal.seq - 1)})["header"]["id"]
        self.plain()
        journal.add("deploy.forced", dice.json(), by=dice.choice((alice, bot, None)),
                    over={"authorization": pass_id}, policy=self.outcome("break_glass"))
        journal.add(payload=dice.json(), policy=self.outcome("warn"))
        journal.ordinary(3, 12, (alice, bot))
        journal.add(payload={"deep": nested(63), "wide": [dice.number() for _ in range(30)]})
        journal.add("policy.adopted", {"documents": {dice.string() + ".yaml": dice.json()}}, by=alice)
        self.adopted_from = journal.seq
        journal.ordinary(2, 8, (alice, bot))
        self.plain(by=bot)
        journal.add("key.retired", {"key_id": bot.key_id, "reason": dice.reason()},
                    by=dice.choice((alice, bot)))
        self.bot_until = journal.seq
        journal.ordinary(1, 4, (alice,))
        self.erased = sorted(dice.sample(erasable, dice.randint(1, 3)))
        for seq in self.erased:
            journal.add("ledger.payload_erased", {"seq": seq, "event_hash": journal.hash_at(seq),
                                                  "reason": dice.string()}, by=alice)
            journal.ordinary(0, 3, (alice,))
        self.plain(by=alice)
        self.plain()
        self.size = journal.seq

    def outcome(self, outcome):
        return {"outcome": outcome, "contributing": self.dice.rules(), "policy_set": self.journal.policy_set}

    def plain(self, by=None):
        journal = self.journal
        journal.add(payload={"text": self.dice.string(), "any": self.dice.json()}, by=by)
        return journal.seq - 1

    def header(self, seq):
        return self.journal.events[seq]["header"]

    def where(self, wanted, low=0, high=None):
        """A random position whose header is as wanted."""
        high = self.size if high is None else high
        return self.dice.choice([seq for seq in range(low, high) if wanted(self.header(seq))])

    def plain_at(self, low=1, high=None):
        """A position of an ordinary event without attestation."""
        return self.where(is_plain, low, high)

    def until(self, seq):
        """The journal as it was before `seq`, so that another event can be tried there."""
        journal = copy.copy(self.journal)
        journal.dice = self.dice
        journal.lines, journal.events = self.journal.lines[:seq], self.journal.events[:seq]
        journal.previous = journal.hash_at(seq - 1) if seq else f.NO_HASH
        journal.policy_set = self.header(seq)["policy"]["policy_set"]
        journal.clock = self.clock_at(seq - 1) if seq else 10**12
        return journal

    def clock_at(self, seq):
        low, high = 0, 2**47
        while low < high:  # time() is monotonous
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.journal.time(middle) < self.header(seq)["recorded_at"] \
                else (low, middle)
        return low


def is_plain(header):
    return ("attestation" not in header and header["policy"]["outcome"] == "allow"
            and not header["event_type"].startswith(f.RECORD_PREFIXES))


def make_chain(chain):
    def entry(event, line):
        header = event["header"]
        found = {"line": line, "event_hash": event["event_hash"], "canonical_header": f.canonical(header)}
        if "attestation" in header:
            found["attestation_message_hex"] = f.attestation_message(header, header["attestation"]).hex()
        return found

    journal = chain.journal
    keys = {"log": chain.log, "alice": chain.alice, "bot": chain.bot}
    return {
        "origin": journal.origin,
        "keys": {role: {"seed": k.seed.hex(), "vkey": k.vkey, "skey": k.skey, "key_id": k.key_id}
                 for role, k in keys.items()},
        "policy_set": chain.policy_set,
        "adopted_policy_set": journal.policy_set,
        "events": [entry(event, line) for event, line in zip(journal.events, journal.lines)],
        "withheld": [{"at": at, "line": withhold(journal.events[at])} for at in chain.erased],
    }


def withhold(event):
    return f.canonical({name: event[name] for name in ("event_hash", "header")}) + "\n"


def make_checkpoints(chain):
    journal, dice = chain.journal, chain.dice
    sizes = sorted({0, 1, 2, 3, 7, 8, chain.size, *dice.sample(range(chain.size), 6)})
    leaves = [bytes.fromhex(event["event_hash"]) for event in journal.events]
    return [{"size": size, "root_hex": f.root_of(leaves[:size]).hex(),
             "note": journal.note(size, chain.log)} for size in sizes]


# --- lines that must not stand in the chain ---------------------------------------------------------


class RefusedLines:
    def __init__(self, chain):
        self.chain, self.dice, self.lines = chain, chain.dice, []
        self.good = [line.encode() for line in chain.journal.lines]

    def add(self, why, at, line, shows="here"):
        changed = list(self.good)
        changed[at] = line.encode()
        expected = {"here": at, "at the next event": at + 1, "at the end": "end"}[shows]
        damage, _ = f.first_damage(changed, self.chain.journal.origin)
        assert damage == expected, (why, at, damage)
        self.lines.append({"why": why, "at": at, "shows": shows, "line": line})

    def event(self, at):
        return json.loads(self.chain.journal.lines[at])

    def any_at(self):
        return self.dice.randrange(self.chain.size)

    def kept_hash(self):
        """Members edited, the event's hash left as it was."""
        dice = self.dice
        edits = {
            "event_type": lambda h: h["event_type"] + "x", "id": lambda h: h["id"][:-1] + "Zz",
            "source": lambda h: {"kind": "tool", "name": "another"}, "ledger": lambda h: "another.example/x",
            "observed_at": lambda h: "2001-02-03T04:05:06.789Z", "payload_hash": lambda h: dice.hex(64),
            "recorded_at": lambda h: "2199-12-31T23:59:59.999Z", "prev_event_hash": lambda h: dice.hex(64),
            "seq": lambda h: h["seq"] + 1, "session_id": lambda h: "put in",
            "policy": lambda h: {"outcome": "allow", "policy_set": dice.hex(64)},
        }
        for name, edit in edits.items():
            for at in {self.any_at(), self.any_at()}:
                event = self.event(at)
                event["header"][name] = edit(event["header"])
                self.add(f"{name} changed under the old hash", at, f.canonical(event) + "\n")
        for why, name, value in (("payload changed", "payload", {"changed": dice.json()}),
                                 ("salt changed", "salt", dice.hex(32)),
                                 ("event_hash changed", "event_hash", dice.hex(64))):
            for at in {self.any_at(), self.any_at(), self.chain.size - 1}:
                event = self.event(at)
                event[name] = value
                self.add(why, at, f.canonical(event) + "\n")

    def bytes_of_the_line(self):
        journal, dice = self.chain.journal, self.dice
        edits = {
            "a blank before the line": lambda t: " " + t, "a blank after the line": lambda t: t[:-1] + " \n",
            "a blank after the first colon": lambda t: t.replace(":", ": ", 1),
            "a line feed inside": lambda t: t.replace(",", ",\n", 1), "CRLF": lambda t: t[:-1] + "\r\n",
            "no line feed": lambda t: t[:-1], "two line feeds": lambda t: t + "\n",
            "a blank line instead": lambda t: "\n", "nothing instead": lambda t: "",
            "a byte order mark": lambda t: "\ufeff" + t, "NUL bytes after it": lambda t: t[:-1] + "\0\0\n",
            "NUL bytes instead": lambda t: "\0" * 64, "NUL bytes and a line feed": lambda t: "\0" * 9 + "\n",
            "a letter as an escape": lambda t: t.replace("header", "\\u0068eader", 1),
            "1.0 for 1": lambda t: t.replace('"schema_version":1', '"schema_version":1.0', 1),
            "1e0 for 1": lambda t: t.replace('"schema_version":1', '"schema_version":1e0', 1),
            "a solidus escaped": lambda t: t.replace('"kind"', '"kind\\/"', 1),
            "a member twice": lambda t: t.replace('"event_hash"', f'"event_hash":"{dice.hex(64)}","event_hash"', 1),
            "a header member twice": lambda t: t.replace('"schema_version":1', '"schema_version":1,"schema_version":1', 1),
            "the line twice": lambda t: t + t, "the object twice": lambda t: t[:-1] + t,
            "a comma after it": lambda t: t[:-1] + ",\n", "cut in the middle": lambda t: t[: len(t) // 2] + "\n",
            "the last brace missing": lambda t: t[:-2] + "\n", "in an array": lambda t: f"[{t[:-1]}]\n",
            "as a string": lambda t: f.canonical(t[:-1]) + "\n", "null instead": lambda t: "null\n",
            "an empty object": lambda t: "{}\n", "a number": lambda t: "1\n", "not JSON": lambda t: "event\n",
            "a record separator before it": lambda t: "\x1e" + t,
            "__proto__ added": lambda t: '{"__proto__":{},' + t[1:],
        }
        for why, edit in edits.items():
            for at in {self.any_at(), dice.choice((0, 1, self.chain.size - 1))}:
                self.add(why, at, edit(journal.lines[at]))
        for _ in range(3):
            at = self.any_at()
            event = self.event(at)
            order = dice.sample(sorted(event["header"]), len(event["header"]))
            while order == sorted(order):
                dice.shuffle(order)
            inside = ",".join(f"{f.canonical(k)}:{f.canonical(event['header'][k])}" for k in order)
            line = journal.lines[at].replace(f.canonical(event["header"]), "{" + inside + "}")
            self.add("header members in another order", at, line)
            parts = [f"{f.canonical(k)}:{f.canonical(v)}" for k, v in reversed(event.items())]
            self.add("members of the line in another order", at, "{" + ",".join(parts) + "}\n")
        at = self.chain.where(lambda h: h["seq"] > 0 and "attestation" in h)
        self.add("another good line of this chain", at, journal.lines[at - 1])
        at = dice.randrange(self.chain.size - 1)
        self.add("the line that follows", at, journal.lines[at + 1])

    def members_of_the_line(self):
        dice = self.dice
        for name, value in (("extra", 1), ("Payload", None), ("", {}), ("seq", 0)):
            at = self.any_at()
            self.add("an unknown member in the line", at, f.canonical({**self.event(at), name: value}) + "\n")
        for name, why in (("payload", "payload left out, salt kept"), ("salt", "salt left out, payload kept"),
                          ("event_hash", "event_hash left out"), ("header", "header left out")):
            for at in {self.any_at(), self.any_at()}:
                event = self.event(at)
                del event[name]
                self.add(why, at, f.canonical(event) + "\n")
        for name, values in (("salt", (None, "", dice.hex(31), dice.hex(33), "A" * 32, "g" * 32, 7)),
                             ("event_hash", (None, dice.hex(63), dice.hex(64).upper() + "A", 0, True)),
                             ("header", (None, [], "{}", {}, True))):
            for value in values:
                at = self.any_at()
                self.add(f"{name} not in form", at, f.canonical({**self.event(at), name: value}) + "\n")
        at = self.chain.where(lambda h: True)
        event = self.event(at)
        event["event_hash"] = "A" + event["event_hash"][1:].upper()
        self.add("event_hash in capitals", at, f.canonical(event) + "\n")

    def withheld(self):
        chain = self.chain
        ordinary = lambda h: not h["event_type"].startswith(f.RECORD_PREFIXES) and h["seq"] not in chain.erased
        for _ in range(3):
            at = chain.where(ordinary)
            self.add("withheld, and nothing erased it", at, withhold(self.event(at)), "at the end")
        for prefix in f.RECORD_PREFIXES:
            at = chain.where(lambda h: h["event_type"].startswith(prefix))
            self.add(f"an event of {prefix} withheld", at, withhold(self.event(at)))
        at = self.dice.choice(chain.erased)
        event = self.event(at)
        event["header"]["observed_at"] = "2001-02-03T04:05:06.789Z"
        self.add("withheld with another header", at, withhold(event))
        event["event_hash"] = f.event_hash(event["header"])
        signed = "attestation" in event["header"]
        self.add("withheld with another header, resealed", at, withhold(event),
                 "here" if signed else "at the next event")

    def resealed(self):
        """Unattested events edited and hashed anew: form must catch them, or the next link."""
        chain, dice = self.chain, self.dice
        for why, edit in BAD_MEMBERS(dice):
            at = chain.plain_at(2)
            event = self.event(at)
            try:
                edit(event["header"])
            except KeyError:
                continue
            self.add(why + ", resealed", at, seal_event(event))
        sound = {
            "observed_at": lambda h: h.update(observed_at="2001-02-03T04:05:06.789Z"),
            "id": lambda h: h.update(id="another-" + dice.hex(9)),
            "tags": lambda h: h.update(domain_tags=dice.tags(32)),
            "source": lambda h: h.update(source=dice.source()),
            "event_type": lambda h: h.update(event_type="another.type"),
        }
        for name, edit in sound.items():
            at = chain.plain_at(1, chain.size - 1)
            event = self.event(at)
            edit(event["header"])
            self.add(f"{name} changed and resealed", at, seal_event(event), "at the next event")
        at = chain.plain_at(1, chain.size - 1)
        event = self.event(at)
        event["payload"] = {"other": dice.json()}
        event["header"]["payload_hash"] = f.payload_hash(event["salt"], event["payload"])
        self.add("payload changed and resealed", at, seal_event(event), "at the next event")
        places = {
            "seq one too low": lambda h: h.update(seq=h["seq"] - 1),
            "seq one too high": lambda h: h.update(seq=h["seq"] + 1),
            "seq 0 again": lambda h: h.update(seq=0),
            "linked to nothing": lambda h: h.update(prev_event_hash=f.NO_HASH),
            "linked to the event before the last": lambda h: h.update(
                prev_event_hash=chain.journal.hash_at(h["seq"] - 2)),
            "of another ledger": lambda h: h.update(ledger=h["ledger"][:127] + "0"
                                                    if h["ledger"][-1] != "0" else "another"),
            "recorded before the one before it": lambda h: h.update(recorded_at="1970-01-01T00:00:00.000Z"),
            "an id used before": lambda h: h.update(id=chain.header(dice.randrange(h["seq"]))["id"]),
            "created again": lambda h: h.update(event_type="ledger.created"),
            "an unknown type of key.": lambda h: h.update(event_type="key.rotated"),
            "break_glass without an authorisation": lambda h: (h.pop("authorization", None), h.update(
                policy={**h["policy"], "outcome": "break_glass", "contributing": ["a"]})),
            "break_glass by an event that authorises nothing": lambda h: h.update(
                authorization=chain.header(0)["id"],
                policy={**h["policy"], "outcome": "break_glass", "contributing": ["a"]}),
            "seen with another hash": lambda h: h.update(seen={"event_hash": dice.hex(64), "seq": 0}),
            "seen at its own seq": lambda h: h.update(seen={"event_hash": dice.hex(64), "seq": h["seq"]}),
            "seen under another seq": lambda h: h.update(
                seen={"event_hash": chain.journal.hash_at(0), "seq": 1}),
        }
        for why, edit in places.items():
            for at in {chain.plain_at(3), chain.plain_at(3)}:
                event = self.event(at)
                edit(event["header"])
                self.add(why, at, seal_event(event))
        at = chain.plain_at(chain.adopted_from)
        for digest in (chain.policy_set, dice.hex(64)):
            event = self.event(at)
            event["header"]["policy"]["policy_set"] = digest
            self.add("not the policy set in force", at, seal_event(event))

    def attested(self):
        """Attested events edited and resealed, the signature as it was."""
        chain, dice = self.chain, self.dice
        signed = lambda h: "attestation" in h
        claims = ("id", "observed_at", "event_type", "source", "payload_hash")
        for name in claims:
            at = chain.where(signed)
            event = self.event(at)
            other = chain.header(chain.where(lambda h: h["seq"] != at and h[name] != event["header"][name]))
            event["header"][name] = other[name] if name != "id" else "other-" + dice.hex(6)
            self.add(f"{name} changed under a signature, resealed", at, seal_event(event))
        ordinary = lambda h: signed(h) and not h["event_type"].startswith(f.RECORD_PREFIXES)
        edits = {
            "tags added under a signature": lambda h, a: h.update(domain_tags=["added"]),
            "trace added under a signature": lambda h, a: h.update(trace_id="1" * 32),
            "signed_at changed": lambda h, a: a.update(signed_at="2001-02-03T04:05:06.789Z"),
            "meaning changed": lambda h, a: a.update(meaning="somehow"),
            "key_id of a key never enrolled": lambda h, a: a.update(key_id="nobody+00000000"),
            "key_id of the log key": lambda h, a: a.update(key_id=chain.log.key_id),
            "signature of another event": lambda h, a: a.update(signature=chain.header(chain.where(
                lambda o: signed(o) and o["seq"] != h["seq"]))["attestation"]["signature"]),
            "signature all zero": lambda h, a: a.update(signature=f.to_base64(bytes(64))),
            "signature of 63 bytes": lambda h, a: a.update(signature=f.to_base64(bytes(63))),
            "signature without padding": lambda h, a: a.update(signature=a["signature"].rstrip("=")),
            "signature with unused bits set": lambda h, a: a.update(signature=spoil_base64(a["signature"])),
            "signature in base64url": lambda h, a: a.update(
                signature=a["signature"][:-3].replace("+", "-").replace("/", "_")[:-1] + "_" + a["signature"][-3:]),
            "signature with a blank": lambda h, a: a.update(signature=a["signature"] + " "),
            "attestation with a member too many": lambda h, a: a.update(version=1),
            "attestation null": lambda h, a: h.update(attestation=None),
        }
        for why, edit in edits.items():
            at = chain.where(ordinary)
            event = self.event(at)
            edit(event["header"], event["header"]["attestation"])
            self.add(why + ", resealed", at, seal_event(event))

    def forged(self, why, at, kind, payload, **options):
        self.add(why, at, seal_event(self.chain.until(at).draft(kind, payload, **options)))

    def governed(self):
        """Events well sealed, whose authors may not do what they do."""
        chain, dice = self.chain, self.dice
        alice, bot, log, stranger = chain.alice, chain.bot, chain.log, make_signer(dice)
        fresh = make_signer(dice)
        while_bot = lambda: dice.randrange(chain.bot_from + 1, chain.bot_until)
        later = lambda: dice.randrange(chain.bot_from + 1, chain.size)
        enrol = {"vkey": fresh.vkey, "tier": "verified", "purpose": "author"}
        erase = lambda seq: {"seq": seq, "event_hash": chain.journal.hash_at(seq), "reason": "asked"}
        for kind in GOVERNED:
            payload = {"key.enrolled": enrol, "key.retired": {"key_id": bot.key_id, "reason": "x"},
                       "key.revoked": {"key_id": bot.key_id, "reason": "x"},
                       "policy.adopted": {"documents": {}}, "break_glass.authorized": {},
                       "ledger.payload_erased": erase(chain.bot_from + 1)}[kind]
            if kind == "ledger.payload_erased":
                while_bot = lambda: dice.randrange(chain.bot_from + 2, chain.bot_until)
            self.forged(f"{kind} by nobody", while_bot(), kind, payload)
            self.forged(f"{kind} by a key never enrolled", while_bot(), kind, payload, by=stranger)
            self.forged(f"{kind} by the log key", while_bot(), kind, payload, by=log)
            if kind not in ("key.retired", "key.revoked"):
                self.forged(f"{kind} by a verified key", while_bot(), kind, payload, by=bot)
                self.forged(f"{kind} by a retired key", dice.randrange(chain.bot_until, chain.size),
                            kind, payload, by=bot)
        self.forged("an ordinary event by a retired key", dice.randrange(chain.bot_until, chain.size),
                    "meter.read", None, by=bot)
        self.forged("an ordinary event before its key was enrolled", dice.randint(1, chain.bot_from),
                    "meter.read", None, by=bot)
        self.forged("an ordinary event by the log key", later(), "meter.read", None, by=log)
        self.forged("a key enrolled by itself", later(), "key.enrolled", enrol, by=fresh)
        self.forged("an operator enrolled by itself", later(), "key.enrolled",
                    {**enrol, "tier": "operator"}, by=fresh)
        for owner in (alice, bot, log):
            again = Signer(dice.key_name(), owner.seed)
            self.forged("a public key under a second name", later(), "key.enrolled",
                        {**enrol, "vkey": again.vkey}, by=alice)
            self.forged("a key enrolled again", later(), "key.enrolled", {**enrol, "vkey": owner.vkey}, by=alice)
        for kind in ("key.retired", "key.revoked"):
            self.forged(f"{kind}, the last operator", later(), kind,
                        {"key_id": alice.key_id, "reason": "x"}, by=alice)
            self.forged(f"{kind}, a key never enrolled", later(), kind,
                        {"key_id": stranger.key_id, "reason": "x"}, by=alice)
            self.forged(f"{kind}, another's key by a verified key", while_bot(), kind,
                        {"key_id": alice.key_id, "reason": "x"}, by=bot)
        self.forged("retired twice", dice.randrange(chain.bot_until, chain.size), "key.retired",
                    {"key_id": bot.key_id, "reason": "x"}, by=alice)
        for prefix in f.RECORD_PREFIXES:
            seq = chain.where(lambda h: h["event_type"].startswith(prefix), 0, chain.size - 1)
            self.forged(f"erasure of an event of {prefix}", dice.randrange(seq + 1, chain.size),
                        "ledger.payload_erased", erase(seq), by=alice)
        at = dice.randrange(chain.bot_until, chain.size)
        good = erase(chain.bot_from + 1)
        for why, change in (("another hash", {"event_hash": dice.hex(64)}),
                            ("the hash of another event", {"event_hash": chain.journal.hash_at(0)}),
                            ("a seq as text", {"seq": str(good["seq"])}), ("a seq of the future", {"seq": at + 1}),
                            ("its own seq", {"seq": at}), ("a seq below zero", {"seq": -1}),
                            ("half a seq", {"seq": 1.5}), ("no seq", {"seq": None})):
            self.forged(f"erasure that names {why}", at, "ledger.payload_erased", {**good, **change}, by=alice)
        first = {"format": 1, "origin": chain.journal.origin, "log_key": log.vkey, "operator_key": alice.vkey}
        for why, kind, payload in (
                ("first event of another type", "meter.read", first),
                ("first event names another origin", "ledger.created", {**first, "origin": "another"}),
                ("first event of format 2", "ledger.created", {**first, "format": 2}),
                ("first event of format as text", "ledger.created", {**first, "format": "1"}),
                ("first event without a format", "ledger.created", {"origin": chain.journal.origin}),
                ("first event without an origin", "ledger.created", {"format": 1}),
                ("first event without a payload", "ledger.created", None),
                ("first event with one key in two roles", "ledger.created",
                 {**first, "recovery_key": alice.vkey}),
                ("first event with a log key of another name", "ledger.created",
                 {**first, "log_key": stranger.vkey}),
                ("first event with a key_id for a vkey", "ledger.created",
                 {**first, "operator_key": alice.key_id})):
            self.forged(why, 0, kind, payload)
        self.forged("first event attested", 0, "ledger.created", first, by=alice)


def make_refused_lines(chain):
    cases = RefusedLines(chain)
    for part in (cases.kept_hash, cases.bytes_of_the_line, cases.members_of_the_line, cases.withheld,
                 cases.resealed, cases.attested, cases.governed):
        part()
    return {"origin": chain.journal.origin,
            "note": "each line stands at position `at` of the chain in chain.json, in place of the good "
                    "one; `shows` says where the damage is found",
            "lines": cases.lines}


# --- notes ------------------------------------------------------------------------------------------


class Notes:
    def __init__(self, seed, chain):
        self.dice, self.chain = Dice(seed, "notes"), chain
        self.origin = chain.journal.origin
        self.log, self.other = chain.log, chain.alice
        self.known = {key.key_id: key.public for key in (self.log, self.other)}
        self.accepted, self.refused = [], []
        self.size = self.dice.choice((1, 7, 10**9, 2**53 - 1, self.dice.randrange(1, 2**53)))
        self.text = checkpoint_text(self.origin, self.size, self.dice.randbytes(32))
        self.good = self.log.note_line(self.text)

    def accept(self, note, text, *signers, unknown=None, checkpoint=True):
        found, signed, others = f.open_note(note, self.known)
        assert (found, signed) == (text, [s.key_id for s in signers])
        case = {"note": note, "text": text, "signers": signed}
        if unknown is not None:
            assert unknown == len(others)
            case["unknown"] = unknown
        if not checkpoint:
            case["checkpoint"] = False
        assert self.is_checkpoint(note) == checkpoint
        self.accepted.append(case)

    def is_checkpoint(self, note):
        try:
            f.open_checkpoint(note, self.known, self.origin)
            return True
        except f.Refused:
            return False

    def refuse(self, why, note):
        assert not self.is_checkpoint(note), why
        case = {"note": note, "why": why}
        if self.is_note(note):
            case["checkpoint"] = True  # a good note, whose text is no checkpoint of this origin
        self.refused.append(case)

    def is_note(self, note):
        try:
            f.open_note(note, self.known)
            return True
        except f.Refused:
            return False

    def stranger(self, name=None):
        return make_signer(self.dice, name).note_line(self.text)

    def good_ones(self):
        dice, text, good, log, other = self.dice, self.text, self.good, self.log, self.other
        second = other.note_line(text)
        self.accept(signed_note(text, good), text, log, unknown=0)
        self.accept(signed_note(text, good, second), text, log, other, unknown=0)
        self.accept(signed_note(text, second, good), text, other, log, unknown=0)
        for count in (1, 2, 15, 98):
            strangers = [self.stranger() for _ in range(count)]
            self.accept(signed_note(text, good, *strangers), text, log, unknown=count)
            self.accept(signed_note(text, *strangers, good), text, log, unknown=count)
        full = [self.stranger() for _ in range(98)]
        self.accept(signed_note(text, *full[:50], good, *full[50:], second), text, log, other, unknown=98)
        self.accept(signed_note(text, good, good), text, log)
        self.accept(signed_note(text, good, second, good, second), text, log, other)
        self.accept(signed_note(text, *[good] * 100), text, log)
        again = log.note_line(text, signature=log.sign_again(text.encode(), dice.randrange(1, 2**250)))
        self.accept(signed_note(text, good, again), text, log)
        self.accept(signed_note(text, again), text, log)
        self.accept(signed_note(text, good, self.stranger(self.origin)), text, log, unknown=1)
        self.accept(signed_note(text, good, log.note_line(text, name="x" + self.origin[1:] + "/y")),
                    text, log, unknown=1)
        self.accept(signed_note(text, good, log.note_line(text, key_id=dice.randbytes(4))), text, log, unknown=1)
        for length in (1, 32, 65, 2420):
            self.accept(signed_note(text, good, f"\u2014 wé#.@😀 {f.to_base64(dice.randbytes(4 + length))}\n"),
                        text, log, unknown=1)
        for extensions in (("one",), ("a b", "c\u00e9\U0001f600", " ", "\u2014 like a signature"), ("x" * 900,)):
            text = checkpoint_text(self.origin, self.size, dice.randbytes(32), *extensions)
            self.accept(signed_note(text, log), text, log)
        text = checkpoint_text(self.origin, 0, f.EMPTY_ROOT)
        self.accept(signed_note(text, log), text, log)
        for text in ("x\n", "a\n\nb\n", "\n", "\n\n\n", "\u2014 only a dash\n", "é😀\u2028\n",
                     checkpoint_text(dice.origin() + "-", 3, dice.randbytes(32)) + "\n"):
            self.accept(signed_note(text, log), text, log, checkpoint=False)

    def bad_wrapping(self):
        dice, text, good, log = self.dice, self.text, self.good, self.log
        note = signed_note(text, good)
        name, encoded = good[2:-1].split(" ")
        bad_line = log.note_line(text, signature=flip(dice, log.sign(text.encode())))
        cases = {
            "nothing": "", "a line feed": "\n", "two line feeds": "\n\n", "three": "\n\n\n",
            "text alone": text, "text and a blank line": text + "\n", "signature alone": good,
            "blank line and signature": "\n" + good, "no blank line": text + good,
            "no line feed at the end": note[:-1], "two line feeds at the end": note + "\n",
            "text after the signatures": note + "more\n", "CRLF": note.replace("\n", "\r\n"),
            "a carriage return": note.replace("\n\n", "\r\n\n"), "byte order mark": "\ufeff" + note,
            "a tab in the signature line": note.replace(f"{name} ", f"{name}\t"),
            "a NUL after it": note + "\0", "signature by a stranger only": signed_note(text, self.stranger()),
            "signature by a stranger of the same name": signed_note(text, self.stranger(self.origin)),
            "the id of the key under another name": signed_note(text, log.note_line(text, name=name + "x")),
            "the name of the key with another id": signed_note(text, log.note_line(text, key_id=dice.randbytes(4))),
            "a hyphen": note.replace("\u2014", "-"), "two hyphens": note.replace("\u2014", "--"),
            "an en dash": note.replace("\u2014", "\u2013"), "no blank after the dash": note.replace("\u2014 ", "\u2014"),
            "two blanks after the dash": note.replace("\u2014 ", "\u2014  "),
            "two blanks before the signature": note.replace(f" {encoded}", f"  {encoded}"),
            "a blank after the signature": note[:-1] + " \n", "a blank before the dash": note.replace("\n\u2014", "\n \u2014"),
            "no name": note.replace(f"{name} ", " "), "name only": signed_note(text, f"\u2014 {name}\n"),
            "a third field": note[:-1] + " x\n", "no padding": note[:-1].rstrip("=") + "\n",
            "padding too much": note[:-1] + "=\n", "unused bits set": signed_note(text, f"\u2014 {name} {spoil_base64(encoded)}\n"),
            "base64url": signed_note(text, f"\u2014 {name} {'-_' + encoded[2:]}\n"),
            "three bytes": signed_note(text, f"\u2014 {name} AAAA\n"),
            "signature of 63 bytes": signed_note(text, log.note_line(text, signature=log.sign(text.encode())[:63])),
            "signature of 65 bytes": signed_note(text, log.note_line(text, signature=log.sign(text.encode()) + b"\0")),
            "a bit flipped": signed_note(text, bad_line), "text changed": signed_note("x" + text, good),
            "size changed": note.replace(f"\n{self.size}\n", f"\n{self.size - 1 or 2}\n"),
            "a good and a bad signature of one key": signed_note(text, good, bad_line),
            "a bad and a good signature of one key": signed_note(text, bad_line, good),
            "a bad one by another known key": signed_note(text, good, self.other.note_line(text, signature=bytes(64))),
            "a bad one by another known key, first": signed_note(text, self.other.note_line("x"), good),
            "a stranger's line out of form": signed_note(text, good, "\u2014 witness.example !\n"),
            "a stranger without a name": signed_note(text, good, f"\u2014  {f.to_base64(bytes(68))}\n"),
            "a stranger with a plus in its name": signed_note(text, good, f"\u2014 a+b {f.to_base64(bytes(68))}\n"),
            "a stranger with a no-break space in its name": signed_note(text, good, f"\u2014 a\xa0b {f.to_base64(bytes(68))}\n"),
            "a stranger with an ideographic space": signed_note(text, good, f"\u2014 a\u3000 {f.to_base64(bytes(68))}\n"),
            "a blank line between signatures": signed_note(text, good, "\n", self.stranger()),
            "101 lines of strangers and one good": signed_note(text, good, *[self.stranger() for _ in range(100)]),
            "101 lines, the good one last": signed_note(text, *[self.stranger() for _ in range(100)], good),
            "101 times the same line": signed_note(text, *[good] * 101),
            "1000 signatures": signed_note(text, *[good] * 1000),
            "signature over the text without its line feed": signed_note(text, log.note_line(text[:-1])),
            "signature over text and blank line": signed_note(text, log.note_line(text + "\n")),
        }
        for why, case in cases.items():
            self.refuse(why, case)

    def bad_checkpoints(self):
        dice, log, origin = self.dice, self.log, self.origin
        root, size = f.to_base64(dice.randbytes(32)), str(self.size)
        bodies = {
            "size 0, another root": (origin, "0", root), "size 2^53": (origin, str(2**53), root),
            "size 2^53 + 1": (origin, str(2**53 + 1), root), "size 2^64 - 1": (origin, str(2**64 - 1), root),
            "size of 400 digits": (origin, "9" * 400, root), "size 00": (origin, "00", root),
            "zeros before the size": (origin, "0" + size, root), "size below zero": (origin, "-1", root),
            "size minus zero": (origin, "-0", f.to_base64(f.EMPTY_ROOT)), "a plus before the size": (origin, "+" + size, root),
            "a blank before the size": (origin, " " + size, root), "a blank after the size": (origin, size + " ", root),
            "size with a point": (origin, "7.0", root), "size with an exponent": (origin, "1e3", root),
            "size in hexadecimal": (origin, "0x10", root), "size in other digits": (origin, "\u0667", root),
            "size with separators": (origin, "1,000", root), "size empty": (origin, "", root),
            "size no number": (origin, "seven", root), "origin empty": ("", size, root),
            "another origin": (origin[:100] + "x", size, root), "a blank after the origin": (origin + " ", size, root),
            "origin out of form": ("/" + origin[:100], size, root), "lines exchanged": (size, origin, root),
            "root and size exchanged": (origin, root, size), "no root": (origin, size),
            "origin alone": (origin,), "root empty": (origin, size, ""),
            "root of 31 bytes": (origin, size, f.to_base64(dice.randbytes(31))),
            "root of 33 bytes": (origin, size, f.to_base64(dice.randbytes(33))),
            "root of 64 bytes": (origin, size, f.to_base64(dice.randbytes(64))),
            "root in hexadecimal": (origin, size, dice.hex(64)), "root without padding": (origin, size, root[:-1]),
            "root with unused bits set": (origin, size, spoil_base64(root)),
            "root in base64url": (origin, size, "-_" + root[2:]), "a blank after the root": (origin, size, root + " "),
            "an empty extension line": (origin, size, root, ""),
            "an empty line among extensions": (origin, size, root, "a", "", "b"),
            "a tab in an extension": (origin, size, root, "a\tb"), "a control in an extension": (origin, size, root, "\x1f"),
            "a blank line before the origin": ("", origin, size, root),
        }
        for why, lines in bodies.items():
            self.refuse(why, signed_note("".join(line + "\n" for line in lines), log))
        self.refuse("text without a line feed at its end", f"{origin}\n{size}\n{root}" + "\n" + log.note_line(
            f"{origin}\n{size}\n{root}"))


def make_notes(seed, chain):
    notes = Notes(seed, chain)
    notes.good_ones()
    notes.bad_wrapping()
    notes.bad_checkpoints()
    return {"origin": notes.origin, "vkeys": [notes.log.vkey, notes.other.vkey],
            "accept": notes.accepted, "refuse": notes.refused}


# --- proof files ------------------------------------------------------------------------------------


class ProofFiles:
    def __init__(self, seed, chain):
        self.dice, self.chain, self.files = Dice(seed, "proof files"), chain, []
        self.origin, self.log = chain.journal.origin, chain.log
        self.leaves = [bytes.fromhex(event["event_hash"]) for event in chain.journal.events]

    def add(self, why, valid, text):
        try:
            f.check_proof_file(text, self.log.vkey)
            answer = True
        except f.Refused:
            answer = False
        assert answer == valid, why
        self.files.append({"why": why, "text": text, "valid": valid})

    def note(self, size, root, *signers, origin=None, extensions=()):
        text = checkpoint_text(origin or self.origin, size, root, *extensions)
        return signed_note(text, *(signers or [self.log]))

    @staticmethod
    def inclusion(header, index, proof, note, extra=None, first="c2sp.org/tlog-proof@v1"):
        encoded = f.to_base64(f.canonical_bytes(header) if extra is None else extra)
        steps = "".join(f"{f.to_base64(step)}\n" for step in proof)
        return f"{first}\nextra {encoded}\nindex {index}\n{steps}\n{note}"

    def real(self, index, size):
        leaves = self.leaves[:size]
        return f.inclusion_proof(index, leaves), self.note(size, f.root_of(leaves))

    def good_inclusions(self):
        dice, size = self.dice, self.chain.size
        for index, of in ((0, 1), (0, size), (size - 1, size), *((dice.randrange(n), n) for n in (
                2, 3, 7, 8, size, size, size - 1))):
            self.add(f"event {index} of {of}", True,
                     self.inclusion(self.chain.header(index), index, *self.real(index, of)))
        header = self.chain.header(1)
        proof, _ = self.real(1, size)
        root = f.root_of(self.leaves)
        stranger = make_signer(dice)
        for why, note in (("a witness has cosigned", self.note(size, root, self.log, stranger)),
                          ("an extension line", self.note(size, root, extensions=("more",))),
                          ("signed twice", self.note(size, root, self.log, self.log))):
            self.add(why, True, self.inclusion(header, 1, proof, note))
        for of in (2**32 + 1, 2**52, 2**53 - 1, dice.randrange(2**40, 2**53)):
            index = dice.choice((of - 1, dice.randrange(of), 2**31 + 1))
            header, proof, root = self.far_event(index, of)
            self.add(f"event {index} of a huge ledger", True,
                     self.inclusion(header, index, proof, self.note(of, root)))
            for why, steps in mutated_steps(dice, proof):
                if steps != proof and dice.chance(0.3):
                    self.add(f"huge ledger, {why}", False,
                             self.inclusion(header, index, steps, self.note(of, root)))

    def far_event(self, index, of):
        header = copy.deepcopy(self.chain.header(self.chain.plain_at()))
        header.update(seq=index, prev_event_hash=self.dice.hex(64))
        leaf = bytes.fromhex(f.event_hash(header))
        root, proof = invent_inclusion(self.dice, index, of, leaf)
        return header, proof, root

    def bad_inclusions(self):
        dice, size = self.dice, self.chain.size
        index = dice.randrange(2, size)
        header = self.chain.header(index)
        proof, note = self.real(index, size)
        root = f.root_of(self.leaves)
        good = self.inclusion(header, index, proof, note)
        build = self.inclusion
        body, text = f.canonical(header), f.canonical_bytes(header)
        lines = good.split("\n")
        other = make_signer(dice)
        imposter = Signer(self.origin, dice.randbytes(32))
        cases = {
            "index of another": build(header, index - 1, proof, note),
            "event of another index": build(self.chain.header(index - 1), index, proof, note),
            "event and index of another": build(self.chain.header(index - 1), index - 1, proof, note),
            "header changed": build({**header, "id": "changed"}, index, proof, note),
            "seq changed to the index": build({**self.chain.header(1), "seq": index}, index, proof, note),
            "header of another ledger": build({**header, "ledger": "another"}, index, proof, note),
            "a zero before the index": build(header, f"0{index}", proof, note),
            "a plus before the index": build(header, f"+{index}", proof, note),
            "a blank after the index": build(header, f"{index} ", proof, note),
            "index with a point": build(header, f"{index}.0", proof, note),
            "index below zero": build(header, f"-{index}", proof, note),
            "index empty": build(header, "", proof, note), "index missing": "\n".join(lines[:2] + lines[3:]),
            "extra missing": "\n".join(lines[:1] + lines[2:]), "extra after the index": "\n".join(
                [lines[0], lines[2], lines[1], *lines[3:]]),
            "extra twice": "\n".join(lines[:2] + lines[1:]), "index twice": "\n".join(lines[:3] + lines[2:]),
            "first line missing": "\n".join(lines[1:]), "a blank line first": "\n" + good,
            "version 2": build(header, index, proof, note, first="c2sp.org/tlog-proof@v2"),
            "no version": build(header, index, proof, note, first="c2sp.org/tlog-proof"),
            "a blank after the version": build(header, index, proof, note, first="c2sp.org/tlog-proof@v1 "),
            "Extra with a capital": good.replace("\nextra ", "\nExtra "), "two blanks after extra": good.replace(
                "\nextra ", "\nextra  "), "a tab after extra": good.replace("\nextra ", "\nextra\t"),
            "extra empty": build(header, index, proof, note, extra=b""),
            "extra is a line of the journal": build(
                header, index, proof, note, extra=self.chain.journal.lines[index].encode()),
            "extra with a line feed": build(header, index, proof, note, extra=text + b"\n"),
            "extra with a blank": build(header, index, proof, note, extra=b"{ " + text[1:]),
            "extra in another order": build(header, index, proof, note, extra=json.dumps(
                dict(reversed(list(json.loads(body).items()))), separators=(",", ":"), ensure_ascii=False).encode()),
            "extra repeats a member": build(header, index, proof, note, extra=b'{"id":"x",' + text[1:]),
            "extra not UTF-8": build(header, index, proof, note, extra=text + b"\xff"),
            "extra an array": build(header, index, proof, note, extra=b"[" + text + b"]"),
            "extra the hash only": build(header, index, proof, note, extra=self.leaves[index]),
            "extra in base64url": good.replace(lines[1], lines[1][:-4] + "-_-_"),
            "extra without padding or cut": good.replace(lines[1], lines[1][:-1]),
            "CRLF": good.replace("\n", "\r\n"), "blank line missing": good.replace("\n\n", "\n", 1),
            "two blank lines": good.replace("\n\n", "\n\n\n", 1), "a blank line among the steps": "\n".join(
                lines[:4] + [""] + lines[4:]),
            "nothing": "", "cut after the steps": good[: good.index("\n\n") + 2], "text after it": good + "x\n",
            "a line feed after it": good + "\n", "no line feed at the end": good[:-1],
            "checkpoint not signed": build(header, index, proof, note[: note.rindex("\n\n") + 1]),
            "checkpoint by a stranger": build(header, index, proof, self.note(size, root, other)),
            "checkpoint by another key of that name": build(header, index, proof, self.note(size, root, imposter)),
            "checkpoint with a bad signature": build(header, index, proof, self.note(
                size, root, self.log.note_line("x"))),
            "checkpoint with another root": build(header, index, proof, self.note(size, flip(dice, root))),
            "checkpoint of a smaller tree": build(header, index, proof, self.note(
                index, f.root_of(self.leaves[:index]))),
            "checkpoint of nothing": build(header, index, proof, self.note(0, f.EMPTY_ROOT)),
            "checkpoint of another origin": build(header, index, proof, self.note(
                size, root, origin=self.origin[:100] + "x")),
            "steps in hexadecimal": good.replace(f.to_base64(proof[0]), proof[0].hex()),
            "a step without padding": good.replace(f.to_base64(proof[0]), f.to_base64(proof[0])[:-1]),
            "a step with unused bits set": good.replace(
                f.to_base64(proof[0]), spoil_base64(f.to_base64(proof[0]))),
            "a blank after a step": good.replace(f.to_base64(proof[0]), f.to_base64(proof[0]) + " "),
            "63 more steps": build(header, index, proof + [dice.randbytes(32)] * 63, note),
        }
        for why, steps in mutated_steps(dice, proof):
            if steps != proof:
                cases[why] = build(header, index, steps, note)
        for why, case in cases.items():
            self.add(why, False, case)

    @staticmethod
    def consistency(old, new, proof, **more):
        return f.canonical({"kind": "ledger/consistency/1", "new": new, "old": old,
                            "proof": [f.to_base64(step) for step in proof], **more}) + "\n"

    def good_consistencies(self):
        dice, size = self.dice, self.chain.size
        for old, new in ((1, 2), (1, size), (size - 1, size), (size, size), (8, size), (3, 7),
                         *((dice.randint(1, size - 1), size) for _ in range(3))):
            self.add(f"{old} to {new}", True, self.consistency(
                self.note(old, f.root_of(self.leaves[:old])), self.note(new, f.root_of(self.leaves[:new])),
                f.consistency_proof(old, self.leaves[:new])))
        for _ in range(4):
            new = dice.choice((2**53 - 1, dice.randrange(2**33, 2**53)))
            old = dice.choice((2**32, new - 1, dice.randint(1, new)))
            old_root, root, proof = invent_consistency(dice, old, new)
            notes = self.note(old, old_root), self.note(new, root, self.log, make_signer(dice))
            self.add(f"huge, {old} to {new}", True, self.consistency(*notes, proof))
            for why, steps in mutated_steps(dice, proof):
                if steps != proof and dice.chance(0.3):
                    self.add(f"huge, {old} to {new}, {why}", False, self.consistency(*notes, steps))

    def bad_consistencies(self):
        dice, size = self.dice, self.chain.size
        old = dice.choice([n for n in range(3, size - 1) if n & (n - 1)])
        proof = f.consistency_proof(old, self.leaves)
        old_root, root = f.root_of(self.leaves[:old]), f.root_of(self.leaves)
        first, second = self.note(old, old_root), self.note(size, root)
        build, good = self.consistency, self.consistency(first, second, proof)
        stranger = make_signer(dice)
        value = json.loads(good)
        cases = {
            "notes exchanged": build(second, first, proof), "old twice": build(first, first, proof),
            "new twice": build(second, second, proof), "another kind": build(first, second, proof, kind="ledger/consistency/2"),
            "kind null": build(first, second, proof, kind=None),
            "a member too many": build(first, second, proof, size=size),
            "old is nothing": build(self.note(0, f.EMPTY_ROOT), second, []),
            "old is nothing, with steps": build(self.note(0, f.EMPTY_ROOT), second, proof),
            "both are nothing": build(self.note(0, f.EMPTY_ROOT), self.note(0, f.EMPTY_ROOT), []),
            "old by a stranger": build(self.note(old, old_root, stranger), second, proof),
            "new by a stranger": build(first, self.note(size, root, stranger), proof),
            "old of another root": build(self.note(old, flip(dice, old_root)), second, proof),
            "new of another root": build(first, self.note(size, flip(dice, root)), proof),
            "old of another size": build(self.note(old + 1, old_root), second, proof),
            "old of another origin": build(self.note(old, old_root, origin="x" + self.origin[:99]), second, proof),
            "both of another origin": build(self.note(old, old_root, origin="x" + self.origin[:99]),
                                            self.note(size, root, origin="x" + self.origin[:99]), proof),
            "old unsigned": build(first[: first.rindex("\n\n") + 1], second, proof),
            "old null": f.canonical({**value, "old": None}) + "\n",
            "old a list": f.canonical({**value, "old": [first]}) + "\n",
            "proof null": f.canonical({**value, "proof": None}) + "\n",
            "proof a text": f.canonical({**value, "proof": "".join(value["proof"])}) + "\n",
            "a step null": f.canonical({**value, "proof": [None, *value["proof"]]}) + "\n",
            "a step a number": f.canonical({**value, "proof": [*value["proof"][:-1], 0]}) + "\n",
            "steps in hexadecimal": f.canonical({**value, "proof": [s.hex() for s in proof]}) + "\n",
            "a step with unused bits set": f.canonical(
                {**value, "proof": [spoil_base64(value["proof"][0]), *value["proof"][1:]]}) + "\n",
            "a step without padding": f.canonical(
                {**value, "proof": [value["proof"][0][:-1], *value["proof"][1:]]}) + "\n",
            "no line feed": good[:-1], "two line feeds": good + "\n", "CRLF": good[:-1] + "\r\n",
            "a blank first": " " + good, "a blank inside": good.replace(":", ": ", 1),
            "members in another order": json.dumps(dict(reversed(list(value.items()))), separators=(",", ":"),
                                                   ensure_ascii=False) + "\n",
            "a letter as an escape": good.replace("ledger/consistency/1", "ledger\\/consistency/1"),
            "a dash as an escape": good.replace("\u2014", "\\u2014"),
            "a member twice": good.replace('{"kind":', '{"kind":"ledger/consistency/1","kind":'),
            "the file twice": good + good, "in an array": f"[{good[:-1]}]\n", "byte order mark": "\ufeff" + good,
            "cut short": good[: len(good) // 2],
        }
        for name in ("kind", "new", "old", "proof"):
            cases[f"{name} left out"] = f.canonical({k: v for k, v in value.items() if k != name}) + "\n"
        for why, steps in mutated_steps(dice, proof):
            if steps != proof:
                cases[why] = build(first, second, steps)
        for why, case in cases.items():
            self.add(f"consistency, {why}", False, case)
        self.add("consistency, steps between equal sizes", False, build(second, second, proof[:1]))
        self.add("consistency, one size and two roots", False, build(self.note(size, dice.randbytes(32)), second, []))


def make_proof_files(seed, chain):
    files = ProofFiles(seed, chain)
    files.good_inclusions()
    files.bad_inclusions()
    files.good_consistencies()
    files.bad_consistencies()
    return {"origin": files.origin, "vkey": files.log.vkey, "files": files.files}
