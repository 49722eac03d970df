/**
 * A ledger whose policy holds what says `hold`, of all that people say of the outbox, and one who
 * releases it.
 */
import { expect } from 'vitest';
import type { Line, Shell } from '../src/cli/shell.ts';
import { linesOf, withLedger } from '../src/cli/shell.ts';
import { receive } from './ground.ts';
import type { Receiver } from './receiver.ts';

export interface World {
  readonly shell: Shell;
  readonly receiver: Receiver;
  /** Says what is held, and gives the hold. */
  readonly held: (line: string) => Promise<string>;
  readonly release: (hold: string) => Promise<readonly Line[]>;
  /** Releases it in vain: nothing is recorded, which is told with why. */
  readonly refused: (hold: string) => Promise<string>;
  readonly listed: (state: string) => Promise<readonly string[]>;
}

const NAMED = ['paused', 'resumed', 'retired'].map((each) => `outbox.destination_${each}`);

/** What says `hold` is held, of which kind it may be. */
const RULES = [
  ['moves', 'outbox.set_aside", "outbox.dropped", "outbox.retried', 'payload.reason == "hold"'],
  ['items', 'outbox.enqueued', 'payload.owner == "hold"'],
  ['named', NAMED.join('", "'), 'has(payload.reason) && payload.reason == "hold"'],
  ['set', 'outbox.destination_set', 'payload.url.endsWith("hold")'],
].map(([id = '', match = '', when = '']) => ({
  id,
  match: JSON.parse(`["${match}"]`) as unknown,
  when,
  outcome: 'quarantine',
  reason: 'a second person looks',
}));

const HOOKS = '--format ndjson --type a.* --kind fact --max-attempts 1';

const release = (hold: string): string => `quarantine release ${hold} --sign alice`;

/** world makes a ledger with a policy that holds what says so, and two items for a destination. */
export const world = async (): Promise<World> => {
  const [shell, receiver] = [withLedger(), await receive()];
  await shell.told(`outbox destination set hooks --url ${receiver.url} ${HOOKS}`);
  const path = shell.write('p.yaml', JSON.stringify({ version: 1, name: 'p', rules: RULES }));
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  for (const id of ['i-1', 'i-2']) await shell.told(`append --type a.b --id ${id}`);
  return {
    shell,
    receiver,
    held: async (line) => {
      const { status, stdout } = await shell.inside(`${line} --json`);
      expect([line, status]).toEqual([line, 24]);
      return linesOf(stdout)[0]?.quarantine ?? '';
    },
    release: (hold) => shell.told(release(hold)),
    refused: async (hold) => {
      const before = await shell.told('log');
      expect(await shell.refusals([release(hold)])).toEqual(['25 held_overtaken']);
      const { stderr } = await shell.inside(release(hold));
      expect(stderr).toContain(`ledger quarantine discard ${hold}`);
      expect(await shell.told('log')).toEqual(before);
      await shell.told(`quarantine discard ${hold} --reason late --sign alice`);
      return stderr;
    },
    listed: async (state) =>
      (await shell.told(`outbox list --state ${state}`)).map((each) =>
        String((each as { readonly item?: unknown }).item),
      ),
  };
};

/** isSound says that the ledger is, and that a replay changes nothing. */
export const isSound = async ({ shell }: World): Promise<void> => {
  const before = await shell.told('outbox status');
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  await shell.told('replay');
  expect(await shell.told('outbox status')).toEqual(before);
};
