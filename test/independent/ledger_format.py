"""The ledger format, written a second time, from its specification alone.

In the order of the specification: canonical JSON, names, keys and notes, the Merkle tree, one line, the
fold that verifies a chain, and proof files. Whatever is not in form raises `Refused`.
"""
import base64
import re
from calendar import monthrange
from hashlib import sha256

import strict_ed25519 as ed25519

MAX_SAFE = 2**53 - 1
MAX_DEPTH = 64
MAX_HEADER, MAX_LINE = 16_384, 1_048_576
NO_HASH = "0" * 64


class Refused(Exception):
    pass


def demand(condition, reason):
    if not condition:
        raise Refused(reason)


# --- canonical JSON ---------------------------------------------------------------------------------

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
BLANK = re.compile(r"[ \t\n\r]*")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def parse_json(text, max_depth=MAX_DEPTH):
    """Strict JSON whose meaning survives. Integers come back as int, everything else as float."""
    reader = _Reader(text, max_depth)
    value = reader.value(0)
    reader.blank()
    demand(reader.at == len(text), "text after the value")
    return value


class _Reader:
    def __init__(self, text, max_depth):
        self.text, self.at, self.max_depth = text, 0, max_depth

    def blank(self):
        self.at = BLANK.match(self.text, self.at).end()

    def peek(self):
        self.blank()
        demand(self.at < len(self.text), "the text ends too early")
        return self.text[self.at]

    def take(self, wanted):
        demand(self.peek() == wanted, f"expected {wanted}")
        self.at += 1

    def value(self, depth):
        first = self.peek()
        if first in "{[":
            demand(depth < self.max_depth, "nested too deep")
            return self.object(depth + 1) if first == "{" else self.array(depth + 1)
        if first == '"':
            return self.string()
        for word, meaning in (("null", None), ("true", True), ("false", False)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        return self.number()

    def array(self, depth):
        self.take("[")
        items = []
        if self.peek() != "]":
            items.append(self.value(depth))
            while self.peek() == ",":
                self.take(",")
                items.append(self.value(depth))
        self.take("]")
        return items

    def object(self, depth):
        self.take("{")
        members = {}
        if self.peek() != "}":
            self.member(members, depth)
            while self.peek() == ",":
                self.take(",")
                self.member(members, depth)
        self.take("}")
        return members

    def member(self, members, depth):
        demand(self.peek() == '"', "a key is a string")
        key = self.string()
        demand(key not in members, "repeated key")
        demand(key != "__proto__", "the key __proto__")
        self.take(":")
        members[key] = self.value(depth)

    def string(self):
        self.at += 1
        units = []
        while True:
            plain = PLAIN.match(self.text, self.at)
            units.append(plain.group())
            self.at = plain.end()
            demand(self.at < len(self.text), "unterminated string")
            here = self.text[self.at]
            self.at += 1
            if here == '"':
                break
            demand(here == "\\", "control character in a string")
            units.append(self.escape())
        try:  # joins surrogate pairs that were escaped, refuses lone ones
            joined = "".join(units).encode("utf-16-le", "surrogatepass")
            return joined.decode("utf-16-le")
        except UnicodeError:
            raise Refused("lone surrogate") from None

    def escape(self):
        letter = self.text[self.at : self.at + 1]
        self.at += 1
        if letter == "u":
            digits = self.text[self.at : self.at + 4]
            demand(re.fullmatch("[0-9A-Fa-f]{4}", digits), "bad escape")
            self.at += 4
            return chr(int(digits, 16))
        demand(letter in ESCAPES, "bad escape")
        return ESCAPES[letter]

    def number(self):
        found = NUMBER.match(self.text, self.at)
        demand(found, "not JSON")
        self.at = found.end()
        return number_of(found.group())


def number_of(text):
    value = float(text)
    demand(abs(value) != float("inf"), "overflows a double")
    if value == 0:
        demand(not text.startswith("-"), "negative zero, or rounds to it")
        demand(not re.search("[1-9]", re.split("[eE]", text)[0]), "rounds to zero")
        return 0
    if value == int(value):
        demand(abs(value) <= MAX_SAFE, "unsafe integer")
        return int(value)
    return value


def number_text(value):
    """ECMAScript's Number::toString. Python's repr finds the same shortest digits."""
    if type(value) is int:
        return str(value)
    sign, whole, fraction, exponent = re.fullmatch(
        r"(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?", repr(value)).groups()
    digits = whole + (fraction or "")
    point = len(whole) + int(exponent or 0)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.strip("0")
    count = len(digits)
    if count <= point <= 21:
        body = digits + "0" * (point - count)
    elif 0 < point <= 21:
        body = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        body = "0." + "0" * -point + digits
    else:
        body = digits[0] + ("." + digits[1:] if count > 1 else "") + f"e{point - 1:+d}"
    return sign + body


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def string_text(value):
    return '"' + re.sub(r'["\\\x00-\x1f]',
                        lambda m: SHORT.get(m.group(), f"\\u{ord(m.group()):04x}"), value) + '"'


def code_units(text):
    return text.encode("utf-16-be", "surrogatepass")


def canonical(value):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return string_text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=code_units)
        return "{" + ",".join(string_text(k) + ":" + canonical(value[k]) for k in keys) + "}"
    return number_text(value)


def canonical_bytes(value):
    return canonical(value).encode()


# --- names ------------------------------------------------------------------------------------------

ORIGIN = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}"
EVENT_ID = r"(?![0-9]+\Z)(?![0-9A-Fa-f]{64}\Z)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}"
EVENT_TYPE = r"(?=.{1,128}\Z)[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
KEY_NAME = r"[A-Za-z0-9][A-Za-z0-9._/@-]{0,127}"
KEY_ID = KEY_NAME + r"\+[0-9a-f]{8}"
DIGEST = r"[0-9a-f]{64}"
SALT = r"[0-9a-f]{32}"
TRACE_ID = r"(?!0{32})[0-9a-f]{32}"
TAG = r"[a-z0-9][a-z0-9._:-]{0,63}"
RULE_ID = r"[a-z][a-z0-9._-]{0,127}"
MEANING = r"[a-z][a-z_]{0,31}"
FREE_TEXT = "[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,256}"
TIME = r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z"
RECORD_PREFIXES = ("ledger.", "key.", "policy.", "break_glass.")


def is_form(pattern, value):
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII | re.DOTALL) is not None


def is_time(value):
    if not is_form(TIME, value):
        return False
    year, month, day, hour, minute, second = map(int, re.fullmatch(TIME, value).groups())
    return (1970 <= year and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
            and hour < 24 and minute < 60 and second < 60)


def is_count(value):
    return type(value) is int and 0 <= value <= MAX_SAFE


def is_set(pattern, value, most):
    return (isinstance(value, list) and 1 <= len(value) <= most
            and all(is_form(pattern, item) for item in value)
            and all(a < b for a, b in zip(value, value[1:])))


def has_members(value, needed, optional=()):
    return (isinstance(value, dict) and set(needed) <= set(value)
            and set(value) <= set(needed) | set(optional))


def from_base64(text):
    demand(re.fullmatch("[A-Za-z0-9+/]*={0,2}", text) and len(text) % 4 == 0, "not base64")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("not base64") from None
    demand(to_base64(data) == text, "base64 with unused bits set")
    return data


def to_base64(data):
    return base64.b64encode(data).decode()


# --- keys and notes ---------------------------------------------------------------------------------


def key_hash(name, public):
    return sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def format_vkey(name, public):
    return f"{name}+{key_hash(name, public).hex()}+" + to_base64(b"\x01" + public)


def parse_vkey(vkey):
    """name, key_id, public."""
    demand(isinstance(vkey, str) and vkey.count("+") >= 2, "not a vkey")
    name, hex_id, last = vkey.split("+", 2)
    demand(is_form(KEY_NAME, name), "key name")
    data = from_base64(last)
    demand(len(data) == 33 and data[0] == 1, "not an Ed25519 key")
    demand(format_vkey(name, data[1:]) == vkey, "the id is not that of the key")
    demand(ed25519.is_good_public(data[1:]), "weak or malformed public key")
    return name, f"{name}+{hex_id}", data[1:]


def open_note(note, known):
    """Text, key_ids that signed it, and the other signature lines. `known`: key_id to public key."""
    demand(isinstance(note, str) and not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", note),
           "control character")
    demand(note.endswith("\n"), "no LF at the end")
    cut = note.rfind("\n\n")
    demand(cut >= 0, "no blank line")
    text, lines = note[: cut + 1], note[cut + 2 : -1].split("\n")
    demand(len(lines) <= 100, "too many signatures")
    signers, others = [], []
    for line in lines:
        demand(line.startswith("\u2014 ") and line.count(" ") == 2, "signature line")
        _, name, encoded = line.split(" ")
        demand(name and "+" not in name and not any(c.isspace() for c in name), "signer's name")
        data = from_base64(encoded)
        demand(len(data) > 4, "signature too short")
        key_id = f"{name}+{data[:4].hex()}"
        if key_id not in known:
            others.append(line)
            continue
        demand(ed25519.verify(known[key_id], text.encode(), data[4:]), "bad signature")
        if key_id not in signers:
            signers.append(key_id)
    demand(signers, "no signature by a known key")
    return text, signers, others


def parse_checkpoint(text):
    """Origin, size and root of a checkpoint's text."""
    demand(text.endswith("\n") and text.count("\n") >= 3, "a checkpoint has three lines")
    origin, size, root, *extensions = text[:-1].split("\n")
    demand(is_form(ORIGIN, origin), "origin")
    demand(all(extensions), "empty extension line")
    demand(is_form("0|[1-9][0-9]{0,15}", size) and int(size) <= MAX_SAFE, "size")
    root = from_base64(root)
    demand(len(root) == 32, "root")
    demand(size != "0" or root == EMPTY_ROOT, "size 0 has the empty root")
    return origin, int(size), root


def open_checkpoint(note, known, origin):
    text, _, _ = open_note(note, known)
    named, size, root = parse_checkpoint(text)
    demand(named == origin, "another ledger")
    return size, root


# --- Merkle tree ------------------------------------------------------------------------------------

EMPTY_ROOT = sha256(b"").digest()


def inner_node(left, right):
    return sha256(b"\x01" + left + right).digest()


def split_of(size):
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves):
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split_of(len(leaves))
    return inner_node(root_of(leaves[:k]), root_of(leaves[k:]))


def inclusion_proof(index, leaves):
    if len(leaves) == 1:
        return []
    k = split_of(len(leaves))
    if index < k:
        return inclusion_proof(index, leaves[:k]) + [root_of(leaves[k:])]
    return inclusion_proof(index - k, leaves[k:]) + [root_of(leaves[:k])]


def consistency_proof(old, leaves, whole=True):
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = split_of(len(leaves))
    if old <= k:
        return consistency_proof(old, leaves[:k], whole) + [root_of(leaves[k:])]
    return consistency_proof(old - k, leaves[k:], False) + [root_of(leaves[:k])]


def includes(index, size, leaf, root, proof):
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size or any(len(step) != 32 for step in [leaf, *proof]):
        return False
    fn, sn, here = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            here = inner_node(step, here)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            here = inner_node(here, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and here == root


def is_consistent(old, size, old_root, root, proof):
    """RFC 9162, section 2.1.4.2."""
    if not 1 <= old <= size or any(len(step) != 32 for step in proof):
        return False
    if old == size:
        return not proof and old_root == root
    steps = ([old_root] if old & (old - 1) == 0 else []) + proof
    if not proof:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = inner_node(step, fr), inner_node(step, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = inner_node(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == root


# --- one line ---------------------------------------------------------------------------------------

NEEDED = ("event_type", "id", "ledger", "observed_at", "payload_hash", "policy", "prev_event_hash",
          "recorded_at", "schema_version", "seq", "source")
OPTIONAL = ("attestation", "authorization", "causation_id", "domain_tags", "seen", "session_id",
            "supersedes", "trace_id")
NOT_CLAIMED = ("attestation", "policy", "prev_event_hash", "recorded_at", "seq")
KINDS = ("user", "agent", "tool", "runtime", "external", "correction")
FORMS = {"event_type": EVENT_TYPE, "id": EVENT_ID, "ledger": ORIGIN, "payload_hash": DIGEST,
         "prev_event_hash": DIGEST, "authorization": EVENT_ID, "causation_id": EVENT_ID,
         "supersedes": EVENT_ID, "session_id": FREE_TEXT, "trace_id": TRACE_ID}


def payload_hash(salt_hex, payload):
    return sha256(b"ledger/payload/1\n" + bytes.fromhex(salt_hex) + canonical_bytes(payload)).hexdigest()


def event_hash(header):
    return sha256(b"\x00" + canonical_bytes(header)).hexdigest()


def policy_set_of(documents):
    return sha256(b"ledger/policy_set/1\n" + canonical_bytes(documents)).hexdigest()


def attestation_message(header, attestation):
    claim = {name: header[name] for name in header if name not in NOT_CLAIMED}
    parts = ("ledger/attestation/1", attestation["key_id"], attestation["signed_at"],
             attestation["meaning"], canonical(claim))
    return "\n".join(parts).encode()


def check_header(header):
    demand(has_members(header, NEEDED, OPTIONAL), "members of the header")
    for name, form in FORMS.items():
        demand(name not in header or is_form(form, header[name]), name)
    demand(is_time(header["observed_at"]) and is_time(header["recorded_at"]), "time")
    demand(type(header["schema_version"]) is int and header["schema_version"] == 1, "schema_version")
    demand(is_count(header["seq"]), "seq")
    demand("domain_tags" not in header or is_set(TAG, header["domain_tags"], 32), "domain_tags")
    check_source(header["source"])
    check_policy(header["policy"])
    if "seen" in header:
        seen = header["seen"]
        demand(has_members(seen, ("event_hash", "seq")) and is_form(DIGEST, seen["event_hash"])
               and is_count(seen["seq"]), "seen")
    if "attestation" in header:
        check_attestation(header["attestation"])
    demand(len(canonical_bytes(header)) <= MAX_HEADER, "header too long")


def check_source(source):
    demand(has_members(source, ("kind", "name"), ("version", "model", "instance")), "source")
    demand(isinstance(source["kind"], str) and source["kind"] in KINDS, "source kind")
    demand(all(is_form(FREE_TEXT, source[m]) for m in source if m != "kind"), "source text")


def check_policy(policy):
    demand(isinstance(policy, dict) and "outcome" in policy, "policy")
    allowed = policy["outcome"] == "allow"
    demand(has_members(policy, ("outcome", "policy_set") + (() if allowed else ("contributing",))),
           "members of policy")
    demand(policy["outcome"] in ("allow", "warn", "break_glass"), "outcome")
    demand(is_form(DIGEST, policy["policy_set"]), "policy_set")
    demand(allowed or is_set(RULE_ID, policy["contributing"], 32), "contributing")


def check_attestation(attestation):
    demand(has_members(attestation, ("key_id", "meaning", "signature", "signed_at")), "attestation")
    demand(is_form(KEY_ID, attestation["key_id"]), "key_id")
    demand(is_form(MEANING, attestation["meaning"]), "meaning")
    demand(is_time(attestation["signed_at"]), "signed_at")
    demand(isinstance(attestation["signature"], str)
           and len(from_base64(attestation["signature"])) == 64, "signature")


def open_line(line):
    """The line's object, checked as far as one line alone can be. `line` is bytes, LF included."""
    demand(len(line) <= MAX_LINE, "line too long")
    demand(line.endswith(b"\n") and line.count(b"\n") == 1, "one LF, at the end")
    try:
        text = line[:-1].decode("utf-8")
    except UnicodeError:
        raise Refused("not UTF-8") from None
    event = parse_json(text, MAX_DEPTH + 1)
    demand(canonical(event) == text, "not canonical")
    withheld = has_members(event, ("event_hash", "header"))
    demand(withheld or has_members(event, ("event_hash", "header", "payload", "salt")), "members")
    header = event["header"]
    check_header(header)
    demand(event["event_hash"] == event_hash(header), "event_hash")
    if withheld:
        demand(not header["event_type"].startswith(RECORD_PREFIXES), "such an event is never withheld")
    else:
        demand(is_form(SALT, event["salt"]), "salt")
        demand(payload_hash(event["salt"], event["payload"]) == header["payload_hash"], "payload_hash")
    return event


# --- the chain --------------------------------------------------------------------------------------

OPERATORS_ONLY = ("policy.adopted", "break_glass.authorized", "ledger.payload_erased")
TIERS = ("untrusted", "observed", "verified", "operator")
PURPOSES = ("author", "log", "recovery")


class Key:
    def __init__(self, vkey, tier, purpose, origin, seq):
        self.name, self.key_id, self.public = parse_vkey(vkey)
        demand(isinstance(tier, str) and tier in TIERS, "tier")
        demand(isinstance(purpose, str) and purpose in PURPOSES, "purpose")
        demand(purpose != "log" or self.name == origin, "a log key bears the origin's name")
        self.tier, self.purpose, self.enrolled_at = tier, purpose, seq
        self.ended_at, self.revoked = None, False

    @property
    def lives(self):
        return self.ended_at is None

    @property
    def is_operator(self):
        return self.purpose == "author" and self.tier == "operator"


class Chain:
    """Verifies line after line; a line that is refused changes nothing."""

    def __init__(self, origin=None):
        self.origin = origin
        self.hashes, self.types, self.ids = [], [], {}
        self.recorded_at = ""
        self.policy_set = None
        self.keys = {}
        self.first_key_is_its_own = False
        self.withheld, self.erased = set(), set()

    def push(self, line):
        event = open_line(line)
        header, payload = event["header"], event.get("payload")
        self.check_place(header)
        self.check_attested(header, payload)
        effect = self.judge(header, payload)
        if effect:
            effect()
        seq = header["seq"]
        self.origin = header["ledger"]
        self.hashes.append(event["event_hash"])
        self.types.append(header["event_type"])
        self.ids[header["id"]] = seq
        self.recorded_at = header["recorded_at"]
        if "payload" not in event:
            self.withheld.add(seq)
        return event

    def finish(self):
        demand(self.withheld <= self.erased, "withheld, and no later event erased it")

    def check_place(self, header):
        seq = len(self.hashes)
        demand(header["seq"] == seq, "seq")
        demand(header["prev_event_hash"] == (self.hashes[-1] if seq else NO_HASH), "prev_event_hash")
        demand(self.origin in (None, header["ledger"]), "ledger")
        demand(header["recorded_at"] >= self.recorded_at, "recorded_at goes back")
        demand(header["id"] not in self.ids, "id used before")
        demand((header["event_type"] == "ledger.created") == (seq == 0), "ledger.created comes first")
        if "seen" in header:
            seen = header["seen"]
            demand(seen["seq"] < seq and self.hashes[seen["seq"]] == seen["event_hash"], "seen")
        policy = header["policy"]
        demand(self.policy_set in (None, policy["policy_set"]), "policy_set not in force")
        if policy["outcome"] == "break_glass":
            at = self.ids.get(header.get("authorization"))
            demand(at is not None and self.types[at] == "break_glass.authorized", "authorization")

    def check_attested(self, header, payload):
        """The signature is good, and its key may attest such an event."""
        kind, attestation = header["event_type"], header.get("attestation")
        if attestation is None:
            demand(not kind.startswith("key.") and kind not in OPERATORS_ONLY, "attestation missing")
            return
        demand(kind != "ledger.created", "the first event bears no attestation")
        key = self.own_first_key(header, payload) or self.keys.get(attestation["key_id"])
        demand(key and key.key_id == attestation["key_id"] and key.lives, "not a live key")
        message = attestation_message(header, attestation)
        demand(ed25519.verify(key.public, message, from_base64(attestation["signature"])), "signature")
        if kind.startswith("key."):
            itself = (kind in ("key.retired", "key.revoked") and key.purpose == "author"
                      and isinstance(payload, dict) and payload.get("key_id") == key.key_id)
            demand(key.is_operator or key.purpose == "recovery" or itself, "may not govern keys")
        else:
            demand(key.purpose == "author", "not an author's key")
            demand(kind not in OPERATORS_ONLY or key.is_operator, "not an operator")

    def own_first_key(self, header, payload):
        """Where event 0 named no governor, the key that the first key.enrolled brings."""
        if not (self.first_key_is_its_own and header["event_type"] == "key.enrolled"):
            return None
        key = self.enrolment(payload)
        demand(key.is_operator, "the first key is an operator")
        return key

    def enrolment(self, payload):
        demand(isinstance(payload, dict) and {"vkey", "tier", "purpose"} <= set(payload), "payload")
        return Key(payload["vkey"], payload["tier"], payload["purpose"], self.origin, len(self.hashes))

    def judge(self, header, payload):
        """What the event does to the state, or a refusal."""
        kind = header["event_type"]
        if kind == "ledger.created":
            return self.judge_created(header, payload)
        if kind == "key.enrolled":
            key = self.enrolment(payload)
            self.check_new([key])
            return lambda: self.enrol(key)
        if kind in ("key.retired", "key.revoked"):
            return self.judge_end(kind, payload)
        demand(not kind.startswith("key."), "unknown type under key.")
        if kind == "policy.adopted":
            demand(isinstance(payload, dict) and isinstance(payload.get("documents"), dict), "documents")
            return lambda: setattr(self, "policy_set", policy_set_of(payload["documents"]))
        if kind == "ledger.payload_erased":
            return self.judge_erasure(payload)
        return None

    def judge_created(self, header, payload):
        demand(isinstance(payload, dict), "payload")
        demand(type(payload.get("format")) is int and payload["format"] == 1, "format")
        demand(payload.get("origin") == header["ledger"], "origin")
        roles = (("log_key", "verified", "log"), ("operator_key", "operator", "author"),
                 ("recovery_key", "verified", "recovery"))
        keys = [Key(payload[name], tier, purpose, header["ledger"], 0)
                for name, tier, purpose in roles if name in payload]
        self.check_new(keys)

        def effect():
            for key in keys:
                self.enrol(key)
            self.first_key_is_its_own = not {"operator_key", "recovery_key"} & set(payload)
        return effect

    def check_new(self, keys):
        publics = [key.public for key in [*self.keys.values(), *keys]]
        demand(len(set(publics)) == len(publics), "a key is enrolled once, ever")

    def enrol(self, key):
        self.keys[key.key_id] = key
        self.first_key_is_its_own = False

    def judge_end(self, kind, payload):
        demand(isinstance(payload, dict) and "reason" in payload, "payload")
        named = payload.get("key_id")
        key = self.keys.get(named) if isinstance(named, str) else None
        demand(key and (key.lives or (kind == "key.revoked" and not key.revoked)), "names no such key")
        if kind == "key.revoked":
            demand("compromised_at" not in payload or is_time(payload["compromised_at"]),
                   "compromised_at")
        if key.lives:
            self.check_governed_without(key)

        def effect():
            key.revoked = kind == "key.revoked"
            if key.lives:
                key.ended_at = len(self.hashes)
        return effect

    def check_governed_without(self, key):
        others = [k for k in self.keys.values() if k.lives and k is not key]
        operator = any(k.is_operator for k in others)
        recovery = any(k.purpose == "recovery" for k in others)
        if key.is_operator or key.purpose == "recovery":
            demand(operator or recovery, "nobody is left to govern")

    def judge_erasure(self, payload):
        demand(isinstance(payload, dict), "payload")
        seq = payload.get("seq")
        demand(is_count(seq) and seq < len(self.hashes), "erases no earlier event")
        demand(payload.get("event_hash") == self.hashes[seq], "erases by another hash")
        demand(not self.types[seq].startswith(RECORD_PREFIXES), "such an event is never erased")
        return lambda: self.erased.add(seq)

    def log_keys(self, size):
        """The log keys that a checkpoint of this size may be signed with."""
        below = max(size, 1)
        return {key.key_id: key.public for key in self.keys.values()
                if key.purpose == "log" and key.enrolled_at < below
                and (key.ended_at is None or key.ended_at >= below)}

    def root(self, size):
        return root_of([bytes.fromhex(h) for h in self.hashes[:size]])

    def check_checkpoint(self, note):
        text = note[: note.rfind("\n\n") + 1]
        _, size, _ = parse_checkpoint(text)
        demand(size <= len(self.hashes), "larger than the chain")
        _, root = open_checkpoint(note, self.log_keys(size), self.origin)
        demand(root == self.root(size), "another root")


def first_damage(lines, origin=None):
    """None where the chain is sound, the position of the first bad line, or "end"."""
    chain = Chain(origin)
    for at, line in enumerate(lines):
        try:
            chain.push(line)
        except Refused:
            return at, chain
    try:
        chain.finish()
    except Refused:
        return "end", chain
    return None, chain


# --- proof files ------------------------------------------------------------------------------------


def check_inclusion_file(text, vkey):
    head, blank, note = text.partition("\n\n")
    demand(blank, "no blank line")
    lines = head.split("\n")
    demand(len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1", "first line")
    demand(lines[1].startswith("extra ") and lines[2].startswith("index "), "extra, index")
    try:
        extra = from_base64(lines[1][6:]).decode("utf-8")
    except UnicodeError:
        raise Refused("extra is not UTF-8") from None
    header = parse_json(extra)
    demand(canonical(header) == extra, "extra is not canonical")
    check_header(header)
    demand(str(header["seq"]) == lines[2][6:], "index is not the header's seq")
    proof = [from_base64(line) for line in lines[3:]]
    name, key_id, public = parse_vkey(vkey)
    size, root = open_checkpoint(note, {key_id: public}, name)
    demand(header["ledger"] == name, "another ledger")
    leaf = bytes.fromhex(event_hash(header))
    demand(includes(header["seq"], size, leaf, root, proof), "not included")


def check_consistency_file(text, vkey):
    demand(text.endswith("\n") and text.count("\n") == 1, "one line")
    value = parse_json(text[:-1])
    demand(canonical(value) + "\n" == text, "not canonical")
    demand(has_members(value, ("kind", "new", "old", "proof")), "members")
    demand(value["kind"] == "ledger/consistency/1", "kind")
    demand(isinstance(value["proof"], list) and all(isinstance(s, str) for s in value["proof"]), "proof")
    name, key_id, public = parse_vkey(vkey)
    old, old_root = open_checkpoint(value["old"], {key_id: public}, name)
    new, new_root = open_checkpoint(value["new"], {key_id: public}, name)
    proof = [from_base64(step) for step in value["proof"]]
    demand(is_consistent(old, new, old_root, new_root, proof), "not consistent")


def check_proof_file(text, vkey):
    (check_consistency_file if text.lstrip().startswith("{") else check_inclusion_file)(text, vkey)
