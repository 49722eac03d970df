/**
 * A bundle of a subject: of the headers in sight none that belongs to the chain of corrections is
 * left out, and none is added.
 */
import { expect, it } from 'vitest';
import { Chain } from '../../../src/bundle/chain.ts';
import type { Claim } from '../../../src/bundle/claim.ts';
import { formatClaim, parseClaim } from '../../../src/bundle/claim.ts';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { readmeText } from '../../../src/bundle/readme.ts';
import { withLedger } from '../cli/shell.ts';
import type { Told } from './made.ts';
import { bundled, checked, codesOf, filesOf, having, keyOf, refitted, textIn } from './made.ts';

/** a-0, its corrections a-1 and a-2, and b-0 that has nothing to do with them. */
const corrected = async (): Promise<Told> => {
  const shell = withLedger();
  const paid = (id: string, ...more: readonly string[]) =>
    shell.told(['append', '--type', 'invoice.paid', '--id', id, '--sign', 'alice', ...more]);
  await paid('a-0');
  await paid('b-0');
  await paid('a-1', '--supersedes', 'a-0');
  await paid('a-2', '--supersedes', 'a-1');
  await shell.told('checkpoint');
  return { shell, signer: keyOf({ shell }, 'alice') } as Told;
};

const claimIn = (files: Files): Claim => {
  const claim = parseClaim(textIn(files, FILE.claim));
  if (claim === undefined) throw new Error('no claim');
  return claim;
};

const seqOf = (files: Files, id: string): number =>
  textIn(files, FILE.events)
    .split('\n')
    .findIndex((line) => line.includes(`"id":"${id}"`)) + claimIn(files).selection.from;

const lines = (files: Files, name: string, change: (line: string) => string | undefined): Files =>
  having(
    files,
    name,
    textIn(files, name)
      .split(/(?<=\n)/)
      .map((line) => change(line) ?? '')
      .join(''),
  );

/** Without one of the events that are meant: all files fit, and its header is there. */
const leavingOut = (files: Files, id: string): Files => {
  const claim = claimIn(files);
  const seq = seqOf(files, id);
  const { selection, counts } = claim;
  const ids = new Set([...(selection.ids ?? [])].filter((each) => each !== id));
  const less = { meant: counts.meant - 1, disclosed: counts.disclosed - 1 };
  const next = { ...claim, selection: { ...selection, ids }, counts: { ...counts, ...less } };
  let left = having(files, FILE.claim, formatClaim(next));
  left = having(left, FILE.readme, readmeText(next));
  left = lines(left, FILE.proofs, (line) =>
    line.startsWith(`{"index":${seq},`) ? undefined : line,
  );
  left = lines(left, FILE.table, (line) => (line.startsWith(`${seq},`) ? undefined : line));
  return lines(left, FILE.events, (line) => {
    if (!line.includes(`"id":"${id}"`)) return line;
    const { event_hash: hash } = JSON.parse(line) as { readonly event_hash: string };
    const header = /"header":(\{.*\})(?=,"payload":)/.exec(line)?.[1] ?? '';
    return `{"event_hash":"${hash}","header":${header}}\n`;
  });
};

it('no correction of the subject is left out, wherever in its chain it stands', async () => {
  const by = await corrected();
  for (const [subject, left] of [
    ['a-0', 'a-2'],
    ['a-0', 'a-1'],
    ['a-2', 'a-0'],
    ['a-1', 'a-1'],
  ] as const) {
    const files = filesOf(await bundled(by, `of-${subject}-${left}`, '--subject', subject));
    expect(codesOf(checked(files))).toEqual(['verified']);
    expect(claimIn(files).selection).toMatchObject({
      subject,
      ids: new Set(['a-0', 'a-1', 'a-2']),
    });
    const report = checked(refitted(leavingOut(files, left), by.signer));
    expect(codesOf(report)).toEqual(['tampered', 'chain_differs']);
    expect(report.findings).toMatchObject([{ file: FILE.claim, actual: left }]);
  }
});

it('what a part leaves open of a chain is said, what is in sight is checked', async () => {
  const by = await corrected();
  const whole = filesOf(await bundled(by, 'whole', '--subject', 'a-0'));
  expect(checked(whole).notProved.join('\n')).not.toContain('ties others');
  const from = seqOf(whole, 'a-1');
  const part = filesOf(await bundled(by, 'part', '--subject', 'a-0', '--after', `${from - 1}`));
  const report = checked(part);
  expect(codesOf(report)).toEqual(['verified']);
  expect(report.notProved).toContain(
    'that no event outside the range corrects a-0, or ties others to it',
  );
  const left = checked(refitted(leavingOut(part, 'a-2'), by.signer));
  expect(codesOf(left)).toEqual(['tampered', 'chain_differs']);
});

it('nobody says which ids were asked for without saying of what', async () => {
  const by = await corrected();
  const files = filesOf(await bundled(by, 'ids', '--subject', 'a-0'));
  const unnamed = textIn(files, FILE.claim).replace(',"subject":"a-0"', '');
  expect(codesOf(checked(refitted(having(files, FILE.claim, unnamed), by.signer)))).toEqual([
    'tampered',
    'claim_refused',
  ]);
});

const sorted = (text: string) => [...new Set(text)].toSorted().join('');

const chainOf = (ties: readonly (readonly [id: string, of: string])[]) => {
  const chain = new Chain();
  for (const [id, of] of ties) chain.add(id, of);
  return (here: string, ids: string, isWhole: boolean) =>
    chain.differing('a', new Set(ids), isWhole, (id) => here.includes(id)).join('');
};

it('a chain is closed over what ties events, to the letter where all of them are here', () => {
  const differing = chainOf([
    ['b', 'a'],
    ['c', 'b'],
    ['e', 'd'],
    ['f', 'x'],
    ['a', 'x'],
  ]);
  for (const [here, ids, whole, part] of [
    ['abcdef', 'abcf', '', ''],
    // Left out at either end, or between.
    ['abcdef', 'abf', 'c', 'c'],
    ['abcdef', 'acf', 'b', 'b'],
    ['abcdef', 'abc', 'f', 'f'],
    // Of another chain: its other end shows, too.
    ['abcdef', 'abcfe', 'de', 'de'],
    ['abcdef', 'abcfde', 'de', 'de'],
    // What the others are tied to by may stand elsewhere, if not everything is here.
    ['abcef', 'abcfde', 'ed', ''],
    ['abcef', 'abcfz', 'z', ''],
    ['cef', 'abcf', 'ab', ''],
  ] as const) {
    expect([here, ids, sorted(differing(here, ids, true))]).toEqual([here, ids, sorted(whole)]);
    expect([here, ids, sorted(differing(here, ids, false))]).toEqual([here, ids, part]);
  }
});
