"""Reads exports by the libraries of others, and compares them with the lines that were sealed.

    read_exports.py FOLDER VKEY

FOLDER holds events.ndjson, .csv, .parquet, .sqlite and .cloudevents of the same events, and a
bundle. Prints a line for each claim, and exits 1 where one does not hold.
"""

import base64
import csv
import json
import shutil
import sqlite3
import sys
from datetime import datetime, timezone
from pathlib import Path

import bagit
import duckdb
import pyarrow.parquet as pq
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.json_format import Parse
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

folder = Path(sys.argv[1])
failures = 0


def expect(claim, holds):
    """Tells whether a claim holds."""
    global failures
    print(("ok   " if holds else "FAIL ") + claim, flush=True)
    failures += 0 if holds else 1


def refuses(kinds, run):
    """Whether something is refused as it should be."""
    try:
        run()
    except kinds:
        return True
    return False


DECODER = json.JSONDecoder()


def payload_text(line):
    """The payload as it stands in a line."""
    start = line.index('"header":') + len('"header":')
    end = DECODER.raw_decode(line, start)[1]
    if line[end] == "}":
        return None
    assert line.startswith(',"payload":', end)
    start = end + len(',"payload":')
    return line[start : DECODER.raw_decode(line, start)[1]]


def pointed(payload, name):
    """What the column of a pointer shows, for members that are texts or numbers without a point."""
    value = payload.get(name) if isinstance(payload, dict) else None
    return None if value is None else value if isinstance(value, str) else json.dumps(value)


def row_of(line):
    """What a table says of a line, by names."""
    event = json.loads(line)
    header = event["header"]
    attestation, seen = header.get("attestation", {}), header.get("seen", {})
    policy, source = header["policy"], header["source"]
    return {
        **{name: header.get(name) for name in PLAIN},
        **{f"source_{name}": source.get(name) for name in SOURCE},
        "policy_outcome": policy["outcome"],
        "policy_contributing": policy.get("contributing"),
        "policy_set": policy["policy_set"],
        **{name: attestation.get(name) for name in ATTESTATION},
        "seen_seq": seen.get("seq"),
        "seen_event_hash": seen.get("event_hash"),
        "event_hash": event["event_hash"],
        "payload": payload_text(line),
        "salt": event.get("salt"),
        "payload/note": pointed(event.get("payload"), "note"),
    }


PLAIN = (
    "seq id event_type recorded_at observed_at session_id trace_id domain_tags causation_id "
    "supersedes authorization ledger schema_version payload_hash prev_event_hash"
).split()
SOURCE = "kind name version model instance".split()
ATTESTATION = "key_id meaning signed_at signature".split()
TIMES = {"recorded_at", "observed_at", "signed_at"}
SETS = {"domain_tags", "policy_contributing"}

lines = (folder / "events.ndjson").read_bytes().decode("utf-8").split("\n")[:-1]
expected = [row_of(line) for line in lines]
count = len(lines)


def same(rows):
    """Whether rows are those of the lines, their columns too."""
    return len(rows) == count and all(
        len(row) == len(wanted) and all(row[name] == wanted[name] for name in wanted)
        for row, wanted in zip(rows, expected)
    )


def text_of(moment):
    """A moment as a ledger writes it."""
    if moment is None:
        return None
    moment = moment.astimezone(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def told(row):
    """A typed row as a ledger writes it."""
    return {name: text_of(row[name]) if name in TIMES else row[name] for name in row}


def as_text(wanted):
    """A row as CSV has it."""
    return {
        name: "" if value is None else " ".join(value) if name in SETS else str(value)
        for name, value in wanted.items()
    }


def read_csv():
    """csv of Python."""
    csv.field_size_limit(1 << 30)
    with open(folder / "events.csv", newline="", encoding="utf-8", errors="strict") as file:
        rows = list(csv.DictReader(file, strict=True))
    expect(
        f"csv: no cell of {count} rows begins as a formula",
        not any(cell[:1] in tuple("=+-@\t\r") and cell for row in rows for cell in row.values()),
    )
    plain = [
        {name: cell[1:] if cell.startswith("'") else cell for name, cell in row.items()}
        for row in rows
    ]
    wanted = [as_text(row) for row in expected]
    expect(f"csv: {count} rows are the lines", plain == wanted)
    plain[-1]["payload"] += " "
    expect("csv: a blank more would be seen", plain != wanted)


def read_pyarrow():
    """Parquet by pyarrow."""
    path = folder / "events.parquet"
    table = pq.read_table(path)
    types = {field.name: str(field.type) for field in table.schema}
    expect(
        "pyarrow: columns are typed, moments with their zone",
        all(types[name] == "timestamp[ms, tz=UTC]" for name in TIMES)
        and types["seq"] == types["seen_seq"] == types["schema_version"] == "int64"
        and all(types[name].startswith("list<") for name in SETS)
        and types["payload"] == "string",
    )
    metadata = pq.read_metadata(path).metadata
    expect(
        "pyarrow: the file says what it is about",
        metadata[b"ledger.origin"] == b"example.com/acme"
        and metadata[b"ledger.size"] == str(count).encode()
        and len(metadata[b"ledger.root"]) == 64
        and json.loads(metadata[b"ledger.selection"]) == {"from": 0, "to": count},
    )
    rows = [told(row) for row in table.to_pylist()]
    expect(f"pyarrow: {count} rows are the lines", same(rows))
    rows[count // 2]["salt"] = "0" * 32
    expect("pyarrow: another salt would be seen", not same(rows))


def read_duckdb():
    """Parquet and CSV by DuckDB."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'Pacific/Chatham'")
    parquet = f"read_parquet('{folder / 'events.parquet'}')"
    described = f"SELECT column_name, column_type FROM (DESCRIBE FROM {parquet})"
    types = dict(database.execute(described).fetchall())
    expect(
        "duckdb: columns are typed, moments with their zone",
        all(types[name] == "TIMESTAMP WITH TIME ZONE" for name in TIMES)
        and types["seq"] == "BIGINT"
        and all(types[name] == "VARCHAR[]" for name in SETS),
    )
    # As texts, since how a moment comes to Python is a matter of other packages.
    shown = ", ".join(
        f"strftime(\"{name}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')"
        if name in TIMES
        else f'"{name}"'
        for name in types
    )
    found = database.execute(f"SELECT {shown} FROM {parquet} ORDER BY seq").fetchall()
    rows = [dict(zip(types, row)) for row in found]
    expect(f"duckdb: {count} rows are the lines", same(rows))
    rows[0]["event_hash"] = "0" * 64
    expect("duckdb: another hash would be seen", not same(rows))
    tagged = sum(1 for row in expected if "eu" in (row["domain_tags"] or []))
    (counted,) = database.execute(
        f"SELECT count(*) FROM {parquet} WHERE list_contains(domain_tags, 'eu')"
    ).fetchone()
    expect(f"duckdb: {tagged} events have a tag", counted == tagged > 0)
    groups = database.execute(
        f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{folder / 'events.parquet'}')"
    ).fetchone()[0]
    expect(f"duckdb: there are {groups} row groups", groups > 1)


def read_sqlite():
    """The database by the SQLite of Python."""
    path = folder / "events.sqlite"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.execute("PRAGMA query_only = ON")
    (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
    expect("sqlite: the file is sound", integrity == "ok")
    stored = [line for (line,) in database.execute("SELECT line FROM lines ORDER BY seq")]
    expect(f"sqlite: {count} lines are the lines", stored == lines)
    database.row_factory = sqlite3.Row
    rows = [dict(row) for row in database.execute("SELECT * FROM events ORDER BY seq")]
    sets = {}
    for table, name in (("tags", "domain_tags"), ("rules", "policy_contributing")):
        for seq, value in database.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):
            sets.setdefault((seq, name), []).append(value)
    rows = [{**row, **{name: sets.get((row["seq"], name)) for name in SETS}} for row in rows]
    expect(f"sqlite: {count} rows are the lines", same(rows))
    views = [
        name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")
    ]
    for view in views:
        database.execute(f"SELECT * FROM {view}").fetchall()
    expect(f"sqlite: {len(views)} views answer", len(views) == 9)
    expect(
        "sqlite: nothing is written into it",
        refuses(sqlite3.OperationalError, lambda: database.execute("DELETE FROM lines")),
    )


def read_cloudevents():
    """CloudEvents by their SDK."""
    texts = (folder / "events.cloudevents").read_bytes().split(b"\n")[:-1]
    events = [JSONFormat().read(None, text) for text in texts]
    holds = len(events) == count
    for event, line, wanted in zip(events, lines, expected):
        attributes = event.get_attributes()
        data = json.loads(line).get("payload")
        holds = holds and (
            attributes["id"] == wanted["id"]
            and attributes["type"] == wanted["event_type"]
            and attributes["source"] == wanted["ledger"]
            and text_of(attributes["time"]) == wanted["observed_at"]
            and int(attributes["sequence"]) == wanted["seq"]
            and attributes["ledgerhash"] == wanted["event_hash"]
            and event.get_data() == data
        )
    expect(f"cloudevents: the SDK reads {count} events, and they are the lines", holds)
    broken = json.loads(texts[0])
    del broken["source"]
    expect(
        "cloudevents: one without a source would be refused",
        refuses(CloudEventValidationError, lambda: JSONFormat().read(None, json.dumps(broken))),
    )


def read_bag():
    """The bundle as a bag."""
    bag = bagit.Bag(str(folder / "bundle"))
    expect(f"bagit: {len(bag.entries)} files are those of their manifests", bag.validate())
    for name in ("data/events.parquet", "README.txt"):
        copy = folder / "altered"
        shutil.copytree(folder / "bundle", copy)
        bytes_ = bytearray((copy / name).read_bytes())
        bytes_[len(bytes_) // 2] ^= 1
        (copy / name).write_bytes(bytes_)
        expect(
            f"bagit: another bit in {name} is refused",
            refuses(bagit.BagValidationError, lambda: bagit.Bag(str(copy)).validate()),
        )
        shutil.rmtree(copy)


def read_statement():
    """The statement, by two that verify envelopes and one that reads statements."""
    text = (folder / "bundle" / "statement.dsse.json").read_text()
    raw = base64.b64decode(sys.argv[2].split("+", 2)[2])[1:]
    envelope = Envelope.from_dict(json.loads(text))
    (keyid,) = envelope.signatures
    key = SSlibKey(keyid, "ed25519", "ed25519", {"public": raw.hex()})
    expect("securesystemslib: the envelope is signed", keyid in envelope.verify([key], 1))
    pae = envelope.pae()
    signature = base64.b64decode(json.loads(text)["signatures"][0]["sig"])
    public = Ed25519PublicKey.from_public_bytes(raw)
    public.verify(signature, pae)
    expect("cryptography: its signature is good", True)
    expect(
        "cryptography: it would not be, of another text",
        refuses(InvalidSignature, lambda: public.verify(signature, pae + b" ")),
    )
    payload = envelope.payload
    statement = Parse(payload, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    digests = {subject.name: subject.digest["sha256"] for subject in statement.subject}
    bag = bagit.Bag(str(folder / "bundle"))
    listed = {name: hashes["sha256"] for name, hashes in bag.entries.items()}
    for name in ("statement.dsse.json", "tagmanifest-sha256.txt"):
        listed.pop(name, None)
    claim = f"in-toto: the statement is about {len(digests)} files, those of the bag"
    expect(claim, digests == listed)
    envelope.payload = payload.replace(b"acme", b"acne")
    expect(
        "securesystemslib: another statement is refused",
        refuses(VerificationError, lambda: envelope.verify([key], 1)),
    )


for read in (
    read_csv,
    read_pyarrow,
    read_duckdb,
    read_sqlite,
    read_cloudevents,
    read_bag,
    read_statement,
):
    read()
print(f"{failures} failed")
sys.exit(0 if failures == 0 else 1)
