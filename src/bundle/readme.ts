/**
 * `README.txt` of a bundle: what this is and how to check it, for somebody who has never heard of
 * any of it. It follows from the claim alone.
 */
import { harmless } from '../../ledger/render/render.ts';
import { selectionData } from '../export/selection.ts';
import type { Claim } from './claim.ts';

/** readmeText writes it. */
export const readmeText = (claim: Claim): string => {
  const { origin, selection, checkpoint, counts } = claim;
  const { from, to } = selection;
  return `WHAT THIS IS

An excerpt of the ledger ${origin}: the events ${from} to ${to - 1}, exported
as evidence. A ledger is a list of events to which one can only add. Each event
bears the digest of the one before it, and a signed checkpoint commits to all
of them, so that none can be changed, removed or slipped in without it showing.

  events in the range           ${counts.events}
  events that were asked for    ${counts.meant}
  events with their content     ${counts.disclosed}
  what was asked for            ${harmless(JSON.stringify(selectionData(selection)))}
  events the checkpoint covers  ${checkpoint.size}
  root of the checkpoint        ${checkpoint.root}

An event whose content is kept back is still here with its position, type,
author, time and digest. That it is there is proved; what it says is not shown.

HOW TO CHECK IT

You need nothing but Node.js 20 or newer (https://nodejs.org), and no network:

  node check.mjs --vkey KEY

KEY is the public key of the ledger. Take it from where its keeper published it
or gave it to you earlier, not from this bundle: whoever makes a bundle could
put any key into it. Without --vkey the check still finds every change, but it
cannot tell whether this is the ledger that you mean.

The answer is "verified" (exit 0), "tampered" (exit 20) or "incomplete" (exit
23), and behind it a list of what was proved, what is withheld, and what was
not proved. Read the last one, too.

check.mjs came with the evidence. If you do not trust it, take the same check
from elsewhere (npm package sealed-ledger, command: ledger check-bundle PATH),
or let somebody write another one: the format is published with that package.
The digests can be checked with any BagIt tool, or with:

  sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt

WHAT LIES HERE

  data/events.ndjson      every event of the range, one JSON text per line
  data/events.csv         the events that were asked for, as a table. A cell that
                          begins with an apostrophe has it so that no program
                          takes it for a formula: leave the apostrophe away.
  data/events.parquet     where it is there: the same table for programs that
                          analyse data, with numbers and times as such
  data/governing.ndjson   events elsewhere in the ledger about keys and policies,
                          on which the events of the range rest; where times were
                          asked for, the events right before and behind the range
  data/proofs.ndjson      for each of these events the proof that it is in the log
  data/checkpoint         the signed commitment to the log
  data/consistency.json   where it is there: that a later checkpoint only adds
  data/keyring.json       whose keys count, from when to when
  data/policies.ndjson    the rules that were in force, and since which event
  data/verify.json        what the ledger's own audit said of the log up to the
                          checkpoint, by the word of whoever exported this
  data/profile.md         where it is there: which requirements of a regime this
                          has to do with, how far, and how far not
  data/profile.json       the same for programs
  data/bundle.json        what this bundle claims to be; the check compares it
  statement.dsse.json     the signature of whoever exported this, over every file

WHAT IT DOES NOT SHOW

That what was recorded is true. It shows that it was recorded, by which key, in
which order, and that it was not changed since. Times are those of the ledger's
and its authors' clocks. Who holds a key is for its holder to say, and whether the
key that signed this counts today is for the ledger's keeper to say: it is shown
for one event, which the check names. Where the range begins later than the ledger,
even that may not be seen, and the answer is "incomplete": an event that ended the
key could have been left out. An excerpt of all events shows it, with the content
of most of them kept back if need be.
`;
};
