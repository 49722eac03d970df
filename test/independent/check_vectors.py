"""Checks every known answer in a folder of vectors: python3 check_vectors.py FOLDER"""
import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import ledger_format as f
import strict_ed25519 as ed25519


def refused(action, *arguments):
    try:
        action(*arguments)
        return None
    except f.Refused as reason:
        return str(reason)


class Check:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def that(self, condition, where, detail=""):
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {where}{': ' if detail else ''}{detail}")

    def accepted(self, where, action, *arguments):
        reason = refused(action, *arguments)
        self.that(reason is None, where, reason)

    def refused(self, where, action, *arguments):
        self.that(refused(action, *arguments) is not None, where, "accepted")


def lines_of(journal):
    return [line.encode() for line in journal]


def check_canonical(check, vectors, _):
    for i, case in enumerate(vectors["accept"]):
        where = f"canonical accept {i}"
        if reason := refused(f.parse_json, case["input"]):
            check.that(False, where, reason)
            continue
        check.that(f.canonical(f.parse_json(case["input"])) == case["canonical"], where)
        check.that(f.canonical(f.parse_json(case["canonical"])) == case["canonical"], where + " again")
    for i, case in enumerate(vectors["refuse"]):
        check.refused(f"canonical refuse {i} {case['why']}", f.parse_json, case["input"])


def check_chain(check, vectors, _):
    for role, key in vectors["keys"].items():
        public = ed25519.public_of(bytes.fromhex(key["seed"]))
        name, key_id, stored = f.parse_vkey(key["vkey"])
        skey = f"PRIVATE+KEY+{key_id}+" + f.to_base64(b"\x01" + bytes.fromhex(key["seed"]))
        check.that((public, key_id, skey) == (stored, key["key_id"], key["skey"]), f"chain key {role}")
    check.that(vectors["keys"]["log"]["vkey"].startswith(vectors["origin"] + "+"), "chain log key")
    lines = lines_of(e["line"] for e in vectors["events"])
    damage, chain = f.first_damage(lines, vectors["origin"])
    check.that(damage is None, "chain is sound", damage)
    check.that(chain.policy_set == vectors["adopted_policy_set"], "chain adopted_policy_set")
    for i, event in enumerate(vectors["events"]):
        header = json.loads(event["line"])["header"]
        check.that(f.event_hash(header) == event["event_hash"], f"chain event_hash {i}")
        check.that(f.canonical(header) == event["canonical_header"], f"chain canonical_header {i}")
        message = event.get("attestation_message_hex")
        attestation = header.get("attestation")
        check.that((message is None) == (attestation is None), f"chain attested {i}")
        if attestation:
            check.that(f.attestation_message(header, attestation).hex() == message, f"chain message {i}")
        set_named = header["policy"]["policy_set"]
        check.that(set_named in (vectors["policy_set"], vectors["adopted_policy_set"]), f"chain set {i}")
    for case in vectors["withheld"]:
        changed = list(lines)
        changed[case["at"]] = case["line"].encode()
        check.that(f.first_damage(changed)[0] is None, f"chain withheld {case['at']}")


def chain_of(folder):
    vectors = json.loads((folder / "chain.json").read_text("utf-8"))
    return vectors, lines_of(e["line"] for e in vectors["events"])


def check_checkpoints(check, vectors, folder):
    _, lines = chain_of(folder)
    _, chain = f.first_damage(lines)
    for case in vectors:
        check.accepted(f"checkpoint {case['size']}", chain.check_checkpoint, case["note"])
        check.that(chain.root(case["size"]).hex() == case["root_hex"], f"checkpoint root {case['size']}")


def check_ed25519(check, vectors, _):
    for i, case in enumerate(vectors):
        parts = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
        check.that(ed25519.verify(*parts) == case["valid"], f"ed25519 {i} {case['why']}")


def check_journals(check, vectors, _):
    for case in vectors["journals"]:
        where = f"journal {case['why']}"
        damage, chain = f.first_damage(lines_of(case["lines"]), vectors["origin"])
        check.that(damage == (None if case["sound"] else case["at"]), where, f"damage at {damage}")
        for i, point in enumerate(case.get("checkpoints", [])):
            reason = refused(chain.check_checkpoint, point["note"])
            check.that((reason is None) == point["good"], f"{where} checkpoint {i}", reason)


def check_merkle(check, vectors, _):
    label = re.fullmatch(r'the text "(.*) I", I from 0', vectors["leaf_data"]).group(1)
    count = len(vectors["roots"])
    leaves = [sha256(b"\x00" + f"{label} {i}".encode()).digest() for i in range(count)]
    for size, root in enumerate(vectors["roots"]):
        check.that(f.root_of(leaves[:size]).hex() == root, f"merkle root {size}")
    roots = [bytes.fromhex(root) for root in vectors["roots"]]
    for case in vectors["inclusion"]:
        index, size, proof = case["index"], case["size"], list(map(bytes.fromhex, case["proof"]))
        where = f"merkle inclusion {index} {size}"
        check.that(f.inclusion_proof(index, leaves[:size]) == proof, where)
        check.that(f.includes(index, size, leaves[index], roots[size], proof), where + " verified")
    for case in vectors["consistency"]:
        old, size, proof = case["old"], case["size"], list(map(bytes.fromhex, case["proof"]))
        where = f"merkle consistency {old} {size}"
        check.that(f.consistency_proof(old, leaves[:size]) == proof, where)
        check.that(f.is_consistent(old, size, roots[old], roots[size], proof), where + " verified")


def check_notes(check, vectors, _):
    known = {key_id: public for _, key_id, public in map(f.parse_vkey, vectors["vkeys"])}
    for i, case in enumerate(vectors["accept"]):
        where = f"note accept {i}"
        if reason := refused(f.open_note, case["note"], known):
            check.that(False, where, reason)
            continue
        text, signers, others = f.open_note(case["note"], known)
        check.that((text, signers) == (case["text"], case["signers"]), where, signers)
        check.that(case.get("unknown", len(others)) == len(others), where + " unknown", len(others))
        reason = refused(f.open_checkpoint, case["note"], known, vectors["origin"])
        check.that((reason is None) == case.get("checkpoint", True), where + " checkpoint", reason)
    for i, case in enumerate(vectors["refuse"]):
        where = f"note refuse {i} {case['why']}"
        if case.get("checkpoint", False):
            check.refused(where, f.open_checkpoint, case["note"], known, vectors["origin"])
        else:
            check.refused(where, f.open_note, case["note"], known)


def check_proof_files(check, vectors, _):
    for case in vectors["files"]:
        reason = refused(f.check_proof_file, case["text"], vectors["vkey"])
        check.that((reason is None) == case["valid"], f"proof file {case['why']}", reason)


def check_proofs(check, vectors, _):
    for i, case in enumerate(vectors["inclusion"]):
        leaf, root = bytes.fromhex(case["leaf"]), bytes.fromhex(case["root"])
        proof = list(map(bytes.fromhex, case["proof"]))
        answer = f.includes(int(case["index"]), int(case["size"]), leaf, root, proof)
        check.that(answer == case["valid"], f"inclusion {i} {case['why']}")
    for i, case in enumerate(vectors["consistency"]):
        old_root, root = bytes.fromhex(case["old_root"]), bytes.fromhex(case["root"])
        proof = list(map(bytes.fromhex, case["proof"]))
        answer = f.is_consistent(int(case["old"]), int(case["size"]), old_root, root, proof)
        check.that(answer == case["valid"], f"consistency {i} {case['why']}")


def check_refused_lines(check, vectors, folder):
    _, lines = chain_of(folder)
    for i, case in enumerate(vectors["lines"]):
        changed = list(lines)
        changed[case["at"]] = case["line"].encode()
        expected = {"here": case["at"], "at the next event": case["at"] + 1, "at the end": "end"}
        damage, _ = f.first_damage(changed, vectors["origin"])
        check.that(damage == expected[case["shows"]], f"refused line {i} {case['why']}", damage)


FILES = {"canonical": check_canonical, "chain": check_chain, "checkpoints": check_checkpoints,
         "ed25519": check_ed25519, "journals": check_journals, "merkle": check_merkle,
         "notes": check_notes, "proof-files": check_proof_files, "proofs": check_proofs,
         "refused-lines": check_refused_lines}


def check_folder(folder):
    check = Check()
    for name, action in FILES.items():
        action(check, json.loads((folder / f"{name}.json").read_text("utf-8")), folder)
    print(f"{check.passed} passed, {check.failed} failed")
    return check.failed == 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check_vectors.py FOLDER")
    sys.exit(0 if check_folder(Path(sys.argv[1])) else 1)
