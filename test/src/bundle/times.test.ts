/**
 * A bundle of a time: the events right before and right behind the range show that no other is of
 * that time, and nobody can have another range taken for it.
 */
import { expect, it } from 'vitest';
import type { Claim } from '../../../src/bundle/claim.ts';
import { formatClaim, parseClaim } from '../../../src/bundle/claim.ts';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { readmeText } from '../../../src/bundle/readme.ts';
import { withLedger } from '../cli/shell.ts';
import type { Told } from './made.ts';
import { bundled, checked, codesOf, filesOf, having, keyOf, refitted, textIn } from './made.ts';

const noting = async (): Promise<Told> => {
  const shell = withLedger();
  for (let i = 0; i < 6; i++)
    await shell.told(
      `append --type note.taken --id n-${i} --payload {"text":"word-${i}"} --sign alice`,
    );
  await shell.told('checkpoint');
  return { shell, signer: keyOf({ shell }, 'alice') } as Told;
};

const timesOf = ({ shell }: Told): readonly string[] =>
  shell.journal().map((line) => /"recorded_at":"([^"]*)"/.exec(line)?.[1] ?? '');

/** As if other times had been asked for. */
const asking = (files: Files, times: Partial<Record<'since' | 'until', string>>): Files => {
  const claim = parseClaim(textIn(files, FILE.claim)) as Claim;
  const next = { ...claim, selection: { ...claim.selection, ...times } } as Claim;
  const named = having(files, FILE.claim, formatClaim(next));
  return having(named, FILE.readme, readmeText(next));
};

const lacking = (files: Files, seq: number): Files =>
  [
    [FILE.proofs, `{"index":${seq},`],
    [FILE.governing, `"seq":${seq},`],
  ].reduce((left, [name = '', part = '']) => {
    const lines = textIn(left, name).split(/(?<=\n)/);
    return having(left, name, lines.filter((line) => !line.includes(part)).join(''));
  }, files);

it('a time that was asked for is in the bundle, and that no other event is of it', async () => {
  const by = await noting();
  const times = timesOf(by);
  const [since = '', until = ''] = [times[3], times[5]];
  const files = filesOf(await bundled(by, 'time', '--since', since, '--until', until));
  const { selection } = parseClaim(textIn(files, FILE.claim)) as Claim;
  expect(selection).toMatchObject({ from: 3, to: 5, since, until });
  expect(textIn(files, FILE.readme)).toContain(`"since":"${since}","until":"${until}"`);
  const report = checked(files);
  expect(codesOf(report)).toEqual(['verified']);
  expect(report.proved.join('\n')).toContain(`the first that was recorded at ${since} or later`);
  expect(report.proved.join('\n')).toContain(`in that log that was recorded before ${until}`);
  // Right beside the range there are headers, and nothing of what they say.
  const beside = textIn(files, FILE.governing).split('\n').slice(0, -1);
  expect(beside.map((line) => /"seq":(\d+)/.exec(line)?.[1])).toEqual(['0', '2', '5']);
  expect(beside.join('')).not.toContain('word-');
  const codes = (other: Files) => codesOf(checked(refitted(other, by.signer)));
  for (const seq of [2, 5])
    expect(codes(lacking(files, seq))).toEqual(['tampered', 'beside_missing']);
  // Earlier and later than it was: the range would not be all of it.
  for (const other of [
    { since: times[2] ?? '' },
    { until: `${until.slice(0, 4)}-12-31T23:59:59.999Z` },
  ])
    expect(codes(asking(files, other))).toEqual(['tampered', 'time_differs']);
  // And the reverse: events of it are of another time.
  for (const other of [{ since: times[4] ?? '' }, { until: times[4] ?? '' }])
    expect(codes(asking(files, other))).toEqual(['tampered', 'time_differs']);
  const unasked = textIn(files, FILE.claim).replace(/,"until":"[^"]*"/, '');
  const claim = parseClaim(unasked) as Claim;
  const plain = having(having(files, FILE.claim, unasked), FILE.readme, readmeText(claim));
  expect(codes(plain)).toEqual(['tampered', 'event_twice']);
});

it('what was not asked for by time is not said to be; nor what came in later', async () => {
  const by = await noting();
  const times = timesOf(by);
  const said = async (name: string, ...range: readonly string[]) => {
    const files = filesOf(await bundled(by, name, ...range));
    const report = checked(files);
    expect([name, ...codesOf(report)]).toEqual([name, 'verified']);
    const { selection } = parseClaim(textIn(files, FILE.claim)) as Claim;
    const { from, to, since, until } = selection;
    const open = report.notProved.join('\n').includes('came in behind the checkpoint');
    return [from, to, since !== undefined, until !== undefined, open];
  };
  const [first = '', third = '', sixth = ''] = [times[0], times[3], times[6]];
  // To the end of the log as it stands, and from its beginning.
  expect(await said('all', '--since', first, '--until', '2999-01-01')).toEqual([
    0,
    7,
    true,
    true,
    true,
  ]);
  // What else was asked for is nearer.
  expect(await said('after', '--since', third, '--after', '3', '--until', sixth)).toEqual([
    4,
    6,
    false,
    true,
    false,
  ]);
  expect(await said('at', '--since', third, '--at', '4', '--until', sixth)).toEqual([
    3,
    5,
    true,
    false,
    false,
  ]);
});

it('a chain of corrections goes on behind the time that was asked for', async () => {
  const by = await noting();
  const [, , , , , until = ''] = timesOf(by);
  await by.shell.told('append --type note.taken --id c-1 --supersedes n-1 --sign alice');
  const files = filesOf(await bundled(by, 'chain', '--subject', 'n-1', '--until', until));
  expect(codesOf(checked(files))).toEqual(['verified']);
});
