/**
 * `ledger help verify`: what the audit proves and what it does not, and what to do at each verdict.
 */
export const text = `What verify proves

It reads every line of the journal and checks its form, its hashes, its place in the chain, its
signature and whether the key was one that counted; it builds the Merkle tree anew and compares it
with the checkpoints; it compares the mirror with the journal byte by byte and folds every
projection anew. Where all of that holds:

- no line was changed, left out, inserted or moved since, as far as a checkpoint reaches that was
  kept where nobody who keeps the ledger can change it (--checkpoint);
- every signed event was signed by the key that it names, for this ledger, with these words;
- no key signed before it was enrolled, or after it was retired or revoked.

What it does not prove

- That the end is there. A chain that is cut off is a sound chain: only a checkpoint, or an event
  that has seen it, from elsewhere shows the loss.
- That the whole was not made anew by whoever holds all its keys. The same evidence shows that.
- That everybody was shown the same ledger. Compare checkpoints with others.
- That what a payload says is true, or that a clock was right.
- That the policies decided rightly: --decisions judges every sealed decision again.
- What a withheld payload said.

What was left open in this ledger stands in the report as "not proved".

Verdicts, and what to do

verified (exit 0)
  All that was asked is proved. Keep a checkpoint elsewhere for the next time:
    ledger checkpoint --out held.note

tampered (exit 20)
  A line, a signature or a checkpoint is not what was recorded. Nothing is written from now on.
  Stop whatever appends. Copy the whole folder, as evidence. Compare it with a backup and with
  checkpoints from elsewhere; the report names file, line and event. Only then restore a backup, or
  go back to what is proved:
    ledger replay --to-last-good --dry-run

torn_tail (exit 21)
  The last line was not finished, as a crash or a power cut leaves it; nobody was told that it was
  recorded. Nothing is lost. The next append sets it aside, and so does
    ledger replay

drift (exit 22)
  The journal is sound; the mirror, or a projection in it, is not what the journal makes of it. Make
  it anew:
    ledger replay

incomplete (exit 23)
  What was looked at is sound; something that was asked for could not be looked at: the time was
  up, or there is no line to check. Give it more time, or bring what is missing.

Where more than one applies, the gravest is answered: the order is the one above.
`;
