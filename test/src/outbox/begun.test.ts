/**
 * A destination that has begun: what it has passed is not looked at again, and nobody is told that
 * it were.
 */
import { describe, expect, it } from 'vitest';
import { receive } from '../../outbox/ground.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';

const append = (shell: Shell, type: string, id: string) =>
  shell.told(['append', '--type', type, '--id', id]);

/** Three events, of which the second is of another type; those of the first type are delivered. */
const withBegun = async (...more: readonly string[]) => {
  const [shell, receiver] = [withLedger(), await receive()];
  const set = (name: string, ...rest: readonly string[]): readonly string[] => [
    'outbox',
    'destination',
    'set',
    name,
    '--url',
    receiver.url,
    '--format',
    'ndjson',
    ...rest,
  ];
  await shell.told(set('hooks', '--type', 'a.*', ...more));
  await append(shell, 'a.b', 'e-1');
  await append(shell, 'b.b', 'e-2');
  await append(shell, 'a.b', 'e-3');
  await shell.told('outbox flush');
  return { shell, receiver, set };
};
const WIDER = ['--type', 'a.*', '--type', 'b.*'];

describe('a destination that has begun', () => {
  it('begins nowhere else, and says what to do for what it has passed', async () => {
    const { shell, receiver, set } = await withBegun();
    const refused = [
      set('hooks', ...WIDER, '--from', 'start'),
      set('hooks', ...WIDER, '--from', '1'),
      set('hooks', '--type', 'a.*', '--from', 'head'),
      set('hooks', '--type', 'a.*', '--from', '2'),
      set('hooks', '--type', 'a.*', '--tag', 'x:y', '--from', 'start'),
    ];
    expect(await shell.refusals(refused)).toEqual(refused.map(() => '25 destination_begun'));
    const { stderr } = await shell.inside(set('hooks', ...WIDER, '--from', 'start'));
    expect(stderr).toContain('what lies before 5 is not looked at again');
    expect(stderr).toContain('set another destination, of another name');
    expect(await shell.told('outbox destination show')).toMatchObject([
      { set: { types: ['a.*'] } },
    ]);
    await shell.told(set('more', '--type', 'b.*', '--from', 'start'));
    await shell.told('outbox flush');
    expect(receiver.effective).toEqual(['e-1', 'e-3', 'e-2']);
  });

  it('says from where on its filter speaks where that is another', async () => {
    const { shell, receiver, set } = await withBegun();
    expect(await shell.told(set('hooks', ...WIDER))).toMatchObject([
      { status: 'appended' },
      { destination: 'hooks', filter_from: 5 },
    ]);
    const { stderr } = await shell.inside(set('hooks', '--type', 'b.*', '--type', 'c.*'));
    expect(stderr).toContain('hooks has begun: its filter speaks of what lies at 5 or later');
    await append(shell, 'b.b', 'e-4');
    await shell.told('outbox flush');
    expect(receiver.effective).toEqual(['e-1', 'e-3', 'e-4']);
    // In another order, or at another place, it is the same.
    const same = set('hooks', '--type', 'c.*', '--type', 'b.*', '--gzip');
    expect(await shell.told(same)).toHaveLength(1);
  });

  it.each([
    [[], ['start', '0'], ['head', '1']],
    [
      ['--from', 'start'],
      ['start', '0'],
      ['head', '1'],
    ],
    [['--from', '1'], ['1'], ['start', 'head', '2']],
    [['--from', 'head'], ['head'], ['start', '0']],
  ])('and was set with %j may be set so again', async (more, same, others) => {
    const { shell, receiver, set } = await withBegun(...more);
    const from = (each: string) => set('hooks', '--type', 'a.*', '--from', each);
    for (const each of same) expect(await shell.told(from(each))).toHaveLength(1);
    expect(await shell.refusals(others.map(from))).toEqual(
      others.map(() => '25 destination_begun'),
    );
    // Where it begins is kept where nothing is stated.
    await shell.told(set('hooks', '--type', 'a.*'));
    for (const each of same) await shell.told(from(each));
    await shell.told('replay');
    for (const each of same) await shell.told(from(each));
    await shell.told('outbox flush');
    expect(receiver.effective).toEqual(['e-1', 'e-3']);
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  });

  it('not yet may be told to begin anywhere', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    const set = (from: string) =>
      `outbox destination set hooks --url ${receiver.url} --format ndjson --from ${from}`;
    await append(shell, 'a.b', 'e-1');
    await append(shell, 'a.b', 'e-2');
    for (const from of ['head', 'start', '2']) await shell.told(set(from));
    // Nothing is passed yet: its filter speaks of all.
    for (const type of ['b.b', 'a.b'])
      expect(await shell.told(`${set('2')} --type ${type}`)).toHaveLength(1);
    expect(await shell.told('outbox flush')).toMatchObject([{ delivered: 1 }]);
    expect(receiver.effective).toEqual(['e-2']);
  });

  it('and stands at the head stays there when told so again, but not once retired', async () => {
    const [shell, receiver] = [withLedger(), await receive()];
    const set = `outbox destination set hooks --url ${receiver.url} --format ndjson --from head`;
    await append(shell, 'a.b', 'e-1');
    await shell.told(set);
    await shell.told('outbox flush');
    await append(shell, 'a.b', 'e-2');
    for (const line of [set, set.replace(' --from head', ' --gzip'), set]) {
      await shell.told(line);
      expect(await shell.told('outbox status')).toMatchObject([{ waiting: 1 }]);
    }
    await shell.told('replay --projections');
    expect(await shell.told('outbox status')).toMatchObject([{ waiting: 1 }]);
    // From elsewhere it is another head.
    for (const from of ['start', 'head']) await shell.told(set.replace('head', from));
    expect(await shell.told('outbox status')).toMatchObject([{ waiting: 0 }]);
    await append(shell, 'a.b', 'e-2b');
    await shell.told(set);
    expect(await shell.told('outbox status')).toMatchObject([{ waiting: 1 }]);
    await shell.told('outbox destination retire hooks');
    await append(shell, 'a.b', 'e-3');
    await shell.told(set);
    expect(await shell.told('outbox status')).toMatchObject([{ waiting: 0 }]);
    await append(shell, 'a.b', 'e-4');
    await shell.told('outbox flush');
    expect(receiver.effective).toEqual(['e-4']);
  });
});
