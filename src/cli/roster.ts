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
    'check-proof FILE',
    'checks a proof against the key of its log; needs no ledger',
    async () => (await import('./command/check-proof.ts')).command,
  ),
];
