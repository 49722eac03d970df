/**
 * What a replay answers that cannot go on, and one of the projections alone where more is wrong.
 */
import Sqlite from 'better-sqlite3';
import {
  appendFileSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

const SEGMENT = 'journal/00000000000000000000.jsonl';

it('projections made anew beside a row that differs are drift, and on a false line refused', () => {
  const shell = withLedger();
  shell.json('append --type a.b --payload {"n":7}');
  shell.json('append --type a.b --payload {"n":9}');
  const replayed = (): number | null => shell.run(['replay', '--projections']).status;
  expect(replayed()).toBe(0);
  const mirror = new Sqlite(shell.path('.ledger', 'mirror.db'));
  mirror.exec(`DROP TRIGGER event_stays; UPDATE events SET line = replace(line, '"n":7', '"n":8')`);
  mirror.close();
  expect(replayed()).toBe(22);
  expect(shell.run(['replay']).status).toBe(0);
  expect(replayed()).toBe(0);
  const journal = shell.path('.ledger', SEGMENT);
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"n":7', '"n":8'));
  expect(replayed()).toBe(20);
});

const loseMirror = (shell: Shell): void => {
  for (const end of ['', '-wal', '-shm'])
    rmSync(shell.path('.ledger', `mirror.db${end}`), { force: true });
};

const tear = (shell: Shell): void =>
  appendFileSync(shell.path('.ledger', SEGMENT), '{"event_hash":"00');

it.each<[string, (shell: Shell) => void, readonly string[]]>([
  ['nothing is wrong', () => undefined, []],
  ['the tail is torn', tear, ['set_aside']],
  ['the mirror is gone', loseMirror, ['rebuild_mirror']],
  [
    'the mirror is none',
    (shell) => {
      loseMirror(shell);
      shell.write('.ledger/mirror.db', 'x'.repeat(5000));
    },
    ['set_mirror_aside', 'rebuild_mirror'],
  ],
])('a plan of the projections alone foretells what is mended where %s', (_, damage, steps) => {
  const shell = withLedger();
  shell.json('append --type a.b');
  damage(shell);
  const [plan] = shell.json('replay --projections --dry-run') as readonly {
    readonly plan?: readonly { readonly step: string }[];
  }[];
  const told = (plan?.plan ?? []).map(({ step }) => step);
  const mending = told.filter((step) => step !== 'begin_projection');
  expect([mending, told.length - mending.length]).toEqual([steps, 6]);
  const torn = readdirSync(shell.path('.ledger', 'torn'));
  const { status, stderr } = shell.run(['replay', '--projections']);
  expect([status, /^mended: /m.test(stderr)]).toEqual([0, steps.length > 0]);
  const isAside = readdirSync(shell.path('.ledger', 'torn')).length > torn.length;
  expect(isAside).toBe(steps.some((step) => step.endsWith('_aside')));
  expect(shell.run(['verify']).status).toBe(0);
});

describe('a replay that cannot go on', () => {
  it('leads on to the one that can, where the mirror holds what the journal lost', async () => {
    const shell = withLedger();
    await shell.told('append --type a.b --id lost');
    const journal = shell.path('.ledger', SEGMENT);
    truncateSync(journal, statSync(journal).size - 30);
    const { status, stderr } = await shell.inside('replay');
    expect([status, stderr]).toEqual([20, expect.stringContaining('ledger replay --from mirror ')]);
    await shell.told('replay --from mirror');
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified', size: 2 }]);
  });
});
