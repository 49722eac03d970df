/**
 * The exit codes there are, each with what it says and what to do about it. `exit-code.ts` gives
 * nothing else, and no command can be documented with a code that is not here.
 */

interface ExitText {
  readonly meaning: string;
  readonly next: string;
}

export const EXITS = {
  0: { meaning: 'done; of verify: all that was asked is proved', next: 'Nothing.' },
  1: {
    meaning: 'an unexpected failure; of doctor: something is wrong',
    next: 'Read what is printed. What was acknowledged stands.',
  },
  2: {
    meaning: 'a command line or an input that means nothing',
    next: 'Correct it; the same again fails again.',
  },
  3: {
    meaning: 'not found: no such event, key, draft or file',
    next: 'Look at what there is: ledger log, ledger key list.',
  },
  10: {
    meaning: 'there is no ledger here',
    next: 'Name it with -C or LEDGER_DIR, or make one: ledger init.',
  },
  11: {
    meaning: 'another writer held the lock for longer than was waited',
    next: 'Run it again, or wait longer: --lock-wait.',
  },
  12: {
    meaning: 'a key file is missing, unreadable or unsafe',
    next: 'Name another key, or mend its file as is said.',
  },
  20: {
    meaning: 'tampered or corrupt: nothing is written any more',
    next: 'Keep everything as it is, and see ledger help verify.',
  },
  21: {
    meaning: 'the last line is torn, as a crash leaves it',
    next: 'The next append, or ledger replay, sets it aside.',
  },
  22: {
    meaning: 'the mirror or a projection drifts; the journal is sound',
    next: 'Run ledger replay.',
  },
  23: {
    meaning: 'sound, but something that was asked for could not be checked',
    next: 'Bring what is missing: a checkpoint, a key, more time.',
  },
  24: {
    meaning: 'refused or held back by policy',
    next: 'Look at why: ledger policy explain, ledger quarantine list.',
  },
  25: {
    meaning: 'a conflict: something else stands there already',
    next: 'Read what stands there, and decide anew.',
  },
  74: {
    meaning: 'the disk failed, or has no room; the writer stopped',
    next: 'Look at the disk; ledger doctor says what it sees.',
  },
  75: {
    meaning: 'try again later: somebody else was at it, or a receiver fails',
    next: 'Run it again; what was delivered is not sent twice.',
  },
  77: {
    meaning: 'a destination refuses us and is stopped',
    next: 'Mend what is said, then: ledger outbox destination resume.',
  },
  130: {
    meaning: 'it was interrupted',
    next: 'Run it again; drafts with ids are not recorded twice.',
  },
} as const satisfies Readonly<Record<number, ExitText>>;

export type Exit = keyof typeof EXITS;

/** exitRows lists them for people, in their order. */
export const exitRows = (codes: readonly Exit[]): readonly (readonly [string, string])[] =>
  codes.toSorted((a, b) => a - b).map((code) => [String(code), EXITS[code].meaning]);

/** allExits lists the codes. */
export const allExits = (): readonly Exit[] =>
  Object.keys(EXITS).map((code) => Number(code) as Exit);
