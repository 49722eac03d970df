/**
 * The commands there are. One more is a file in `command/` and a line here; its file is loaded when
 * it runs.
 */
import type { Entry } from './command.ts';

const entry = (usage: string, summary: string, load: Entry['load']): Entry => ({
  usage,
  summary,
  load,
});

export const ROSTER: readonly Entry[] = [
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
];
