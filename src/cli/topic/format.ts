/**
 * `ledger help format`: what lies in the folder of a ledger, and what a line of it says.
 */
export const text = `The format of a ledger

  .ledger/
    ledger.json      what it is called, and its limits
    journal/         the ledger: files of lines, named by the position of their first event
    mirror.db        the same events in SQLite, to be searched; made anew of the journal any time
    checkpoint       the last signed checkpoint; checkpoints/ has the earlier ones
    keys/            private keys, a file each, for nobody but their owner
    policies/        the documents of the policy sets that were adopted
    quarantine/      drafts that are held back
    torn/            what recovery set aside; nothing is deleted
    unrecorded.json  how many refusals were counted beyond the limit, until one tells of them
    writer.lock.db   who writes at the moment; writer.info says it in words

The journal alone counts. Each event is one line of canonical JSON, which ends in a line feed:

  {"event_hash":"…","header":{…},"payload":…,"salt":"…"}

The header has its position (seq), its id and type, the time at which it was recorded, who brought
it, the hash of the event before it (prev_event_hash), a salted hash of its payload, the decision of
the policies and, where it is signed, the author's attestation. event_hash is the hash of the
header. So a changed byte changes a hash, and a line that is left out breaks the chain. The hashes
are the leaves of a Merkle tree; a checkpoint is a few lines that sign its size and its root.

  ledger log --json        prints lines as they are stored, byte for byte
  ledger show 0            explains the first of them
  ledger checkpoint        signs the tree as it stands

Every byte of it is written down in ledger/FORMAT.md, with known answers for other programs.
`;
