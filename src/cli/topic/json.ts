/**
 * `ledger help json`: what programs may rely on.
 */
export const text = `JSON for programs

With --json a command prints lines of JSON on stdout, one object in each; whatever is said to people
beside them goes to stderr. A command that fails prints as its last line

  {"error":{"code":"…","message":"…","next":"…","exit":24}}

and exits with that number (ledger help exit-codes). What it printed before stands: append prints a
receipt for each draft, and then why it stopped.

An export to stdout (--to -) is what it is, whatever its format: its line goes to stderr.

The shape of every line is a JSON Schema (draft 2020-12), in the package under src/cli/schema, named
after the command: key-list.schema.json is that of ledger key list, error.schema.json that of the
last line above. What several commands print lies beside them: event.schema.json is a line of
ledger log and ledger show, receipt.schema.json what became of a draft.

  import schema from 'sealed-ledger/schema/receipt.schema.json' with { type: 'json' };

Members, and the codes in them, are stable: more may be added, and none changes its meaning or goes
away. So read the members that you know, and pass over those that you do not. Sentences (message,
next, reason, not_proved) are for people and may be put better any time.

  ledger append drafts.ndjson --json    a receipt per line, in order
  ledger log --json                     the journal's own lines, byte for byte
  ledger verify --json                  one object, to be kept by the job that ran it
`;
