/**
 * The commands there are. One more is a file in `command/` and a line here; its file is loaded when
 * it runs.
 */
import type { Entry } from './command.ts';
import { entry } from './command.ts';
import { EXPERIMENTS } from './experiment/roster.ts';
import { OUTBOX } from './outbox/roster.ts';

export const ROSTER: readonly Entry[] = [
  entry(
    'demo',
    'a guided minute in a folder of its own',
    async () => (await import('./command/demo.ts')).command,
  ),
  entry(
    'init',
    'makes a ledger, with its keys and its first event',
    async () => (await import('./command/init.ts')).command,
  ),
  entry(
    'append [FILE]',
    'records one event, or a draft per line of FILE (- for stdin)',
    async () => (await import('./command/append.ts')).command,
  ),
  entry(
    'sign FILE',
    'signs drafts, a line each; needs no ledger',
    async () => (await import('./command/sign.ts')).command,
  ),
  entry('log', 'prints events, filtered', async () => (await import('./command/log.ts')).command),
  entry(
    'show REF',
    'prints one event, named by its position, id or hash',
    async () => (await import('./command/show.ts')).command,
  ),
  entry(
    'key new NAME',
    'makes a key in keys/, or takes one over from OpenSSH',
    async () => (await import('./command/key-new.ts')).command,
  ),
  entry(
    'key enroll VKEY',
    'lets a key count',
    async () => (await import('./command/key-enroll.ts')).command,
  ),
  entry(
    'key retire KEY_ID',
    'ends a key whose work is done',
    async () => (await import('./command/key-retire.ts')).command,
  ),
  entry(
    'key revoke KEY_ID',
    'ends a key that is in the wrong hands',
    async () => (await import('./command/key-revoke.ts')).command,
  ),
  entry(
    'key list',
    'prints the keys that the ledger knows',
    async () => (await import('./command/key-list.ts')).command,
  ),
  entry(
    'approve SUBJECT',
    'says that somebody else has seen a key or an event',
    async () => (await import('./command/approve.ts')).command,
  ),
  entry(
    'policy adopt [PATH…]',
    'puts a set of policies in force',
    async () => (await import('./command/policy-adopt.ts')).command,
  ),
  entry(
    'policy list',
    'prints the sets that were adopted',
    async () => (await import('./command/policy-list.ts')).command,
  ),
  entry(
    'policy show [SET]',
    'prints the documents of a set',
    async () => (await import('./command/policy-show.ts')).command,
  ),
  entry(
    'policy explain DRAFT',
    'tells what would become of a draft, rule by rule',
    async () => (await import('./command/policy-explain.ts')).command,
  ),
  entry(
    'policy test FILE…',
    'runs tables of cases that a set must decide as they say',
    async () => (await import('./command/policy-test.ts')).command,
  ),
  entry(
    'policy replay',
    'tells what another set would have decided of the past',
    async () => (await import('./command/policy-replay.ts')).command,
  ),
  entry(
    'break-glass authorize',
    'lets pass for a while what a rule refuses',
    async () => (await import('./command/break-glass-authorize.ts')).command,
  ),
  entry(
    'break-glass revoke ID',
    'ends an authorization',
    async () => (await import('./command/break-glass-revoke.ts')).command,
  ),
  entry(
    'break-glass review ID',
    'says that its uses were looked at',
    async () => (await import('./command/break-glass-review.ts')).command,
  ),
  entry(
    'break-glass list',
    'prints the authorizations there were',
    async () => (await import('./command/break-glass-list.ts')).command,
  ),
  entry(
    'quarantine list',
    'prints the drafts that are held back',
    async () => (await import('./command/quarantine-list.ts')).command,
  ),
  entry(
    'quarantine show ID',
    'prints a draft that is held back',
    async () => (await import('./command/quarantine-show.ts')).command,
  ),
  entry(
    'quarantine release ID',
    'lets a draft be judged anew',
    async () => (await import('./command/quarantine-release.ts')).command,
  ),
  entry(
    'quarantine discard ID',
    'ends a draft that is held back',
    async () => (await import('./command/quarantine-discard.ts')).command,
  ),
  ...OUTBOX,
  ...EXPERIMENTS,
  entry(
    'verify',
    'the audit: proves what can be proved, and says what was not',
    async () => (await import('./command/verify.ts')).command,
  ),
  entry(
    'replay',
    'makes anew what a disaster took',
    async () => (await import('./command/replay.ts')).command,
  ),
  entry(
    'erase EVENT…',
    'takes payloads away that must not be kept; what they prove stays',
    async () => (await import('./command/erase.ts')).command,
  ),
  entry(
    'backup',
    'copies what is new into a folder, and verifies all of it',
    async () => (await import('./command/backup.ts')).command,
  ),
  entry(
    'restore',
    'makes a ledger of a backup',
    async () => (await import('./command/restore.ts')).command,
  ),
  entry(
    'drill',
    'rehearses a recovery, and says how long it takes',
    async () => (await import('./command/drill.ts')).command,
  ),
  entry(
    'import cortex PATH',
    'takes over a log of cortex, and proves what can be proved of it',
    async () => (await import('./command/import-cortex.ts')).command,
  ),
  entry(
    'import kaizen DIR',
    'takes over what kaizen has not delivered yet, and its experiments',
    async () => (await import('./command/import-kaizen.ts')).command,
  ),
  entry(
    'import ndjson FILE',
    'takes over lines of JSON by a mapping',
    async () => (await import('./command/import-ndjson.ts')).command,
  ),
  entry(
    'import report REF',
    'prints again what an import proved, from the ledger alone',
    async () => (await import('./command/import-report.ts')).command,
  ),
  entry(
    'checkpoint',
    'signs the log as it stands',
    async () => (await import('./command/checkpoint.ts')).command,
  ),
  entry(
    'prove [REF]',
    'proves that an event was recorded, or that the log has only grown',
    async () => (await import('./command/prove.ts')).command,
  ),
  entry(
    'check-proof FILE',
    'checks a proof against the key of its log; needs no ledger',
    async () => (await import('./command/check-proof.ts')).command,
  ),
  entry(
    'export',
    'writes events in a format that others read',
    async () => (await import('./command/export.ts')).command,
  ),
  entry(
    'check-bundle PATH',
    'checks a bundle that was exported; needs no ledger',
    async () => (await import('./command/check-bundle.ts')).command,
  ),
  entry(
    'doctor',
    'looks at this installation and this ledger, and says what to mend',
    async () => (await import('./command/doctor.ts')).command,
  ),
  entry(
    'completion SHELL [WORD…]',
    'prints a script that completes command lines in bash, zsh or fish',
    async () => (await import('./command/completion.ts')).command,
  ),
  entry(
    'help [NAME…]',
    'explains the commands, one of them, or a topic',
    async () => (await import('./command/help.ts')).command,
  ),
];
