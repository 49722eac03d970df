/**
 * A bundle of a part of a ledger: what lies outside of it is taken on trust, and nothing that rests
 * on that is said to be proved. Somebody whose key was revoked leaves the revocation out and signs
 * anew, with all digests, proofs and tables as they should be.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import type { BundleReport } from '../../../src/bundle/report.ts';
import type { Told as Heard } from '../../../src/page/work.ts';
import { work } from '../../../src/page/work.ts';
import { enrolled, withBillingAdopted } from '../cli/billing.ts';
import type { Shell } from '../cli/shell.ts';
import { withLedger } from '../cli/shell.ts';
import { bundled, bytesIn, checked, codesOf, filesOf, having, keyOf } from './made.ts';
import { refitted, textIn } from './made.ts';

type Row = Readonly<Record<string, unknown>>;

const rowsIn = (files: Files, name: string): readonly string[] =>
  textIn(files, name).split('\n').slice(0, -1);

const rows = (files: Files, name: string, isKept: (row: Row) => boolean): Files =>
  having(
    files,
    name,
    rowsIn(files, name)
      .filter((line) => isKept(JSON.parse(line) as Row))
      .map((line) => `${line}\n`)
      .join(''),
  );

/** Without one event outside the range, its proof, and what it put in force. */
const without = (files: Files, seq: number): Files => {
  const isOther = (row: Row): boolean => (row['header'] as Row)['seq'] !== seq;
  const unproved = rows(files, FILE.proofs, ({ index }) => index !== seq);
  const ungoverned = rows(unproved, FILE.governing, isOther);
  return rows(ungoverned, FILE.policies, (row) => row['seq'] !== seq);
};

const contents = (files: Files) => [...files.keys()].map((name) => [name, bytesIn(files, name)]);

/** With the key as it was before it was revoked. */
const unrevoked = (files: Files): Files => {
  const text = textIn(files, FILE.keyring).replace(/"revoked_at":\d+,"state":"revoked"/, () => {
    return '"state":"active"';
  });
  return having(files, FILE.keyring, text);
};

const seqOf = (shell: Shell, type: string): number =>
  shell.journal().findIndex((line) => line.includes(`"event_type":"${type}"`));

/** Nobody who may vouch signs any of the events but those that govern. */
const revoking = async () => {
  const shell = withLedger();
  const bob = await enrolled(shell, 'bob', 'verified');
  const note = (id: string) => shell.told(`append --type note.taken --id ${id}`);
  await shell.told('append --type note.taken --id by-bob --sign bob');
  await note('n-1');
  await shell.told(['key', 'revoke', bob.id, '--reason', 'stolen', '--sign', 'alice']);
  for (const id of ['n-2', 'n-3', 'n-4']) await note(id);
  await shell.told('checkpoint');
  const by = { shell, signer: keyOf({ shell }, 'alice') } as Parameters<typeof bundled>[0];
  return { by, shell, bob: keyOf({ shell }, 'bob'), revoked: seqOf(shell, 'key.revoked') };
};

const exitOf = { verified: 0, tampered: 20, incomplete: 23 } as const;

/** What the command, the script and the page say; all three the same. */
const everywhere = async (shell: Shell, files: Files, name: string): Promise<BundleReport> => {
  const folder = shell.path(name);
  mkdirSync(`${folder}/data`, { recursive: true });
  for (const file of files.keys()) writeFileSync(`${folder}/${file}`, bytesIn(files, file));
  const report = checked(files);
  const exit = exitOf[report.verdict];
  const told = await shell.inside(['check-bundle', folder, '--json']);
  const alone = spawnSync(process.execPath, [`${folder}/check.mjs`, '--json'], {
    encoding: 'utf8',
    env: {},
  });
  expect([told.status, alone.status, alone.stdout]).toEqual([exit, exit, told.stdout]);
  const heard: Heard[] = [];
  const texts = Object.fromEntries([...files.keys()].map((file) => [file, textIn(files, file)]));
  work({ texts, key: undefined }, (each) => heard.push(each));
  expect(JSON.parse(told.stdout)).toEqual(
    JSON.parse(JSON.stringify((heard.at(-1) as { readonly report: object }).report)),
  );
  return report;
};

describe('whoever leaves out that a key was revoked, and signs with that key', () => {
  it('has not shown that the key counts, in a range behind it, filtered or not', async () => {
    const { by, shell, bob, revoked } = await revoking();
    const range = ['--after', String(revoked + 1), '--at', String(revoked + 2)];
    for (const [name, ...more] of [
      ['range'],
      ['filtered', '--type', 'note.*'],
      ['kept-back', '--withhold', 'payloads'],
    ] as const) {
      const honest = filesOf(await bundled(by, name, ...range, ...more));
      const forged = refitted(unrevoked(without(honest, revoked)), bob);
      const report = await everywhere(shell, forged, `${name}-forged`);
      expect([name, ...codesOf(report)]).toEqual([name, 'incomplete', 'signer_unproved']);
      expect(report.proved.join('\n')).not.toContain('vouched');
      expect(report.notProved.join('\n')).toContain(`that ${bob.keyId} may vouch`);
      expect([name, ...codesOf(checked(honest))]).toEqual([name, 'incomplete', 'signer_unproved']);
    }
    // Whoever is honest can show it by an event behind the range that a checkpoint covers: the
    // receipt of the first one. Nothing but that checkpoint makes the same export another one.
    const again = filesOf(await bundled(by, 'again', ...range));
    expect(contents(again)).toEqual(contents(filesOf(shell.path('range'))));
    await shell.told('checkpoint');
    expect(codesOf(checked(filesOf(await bundled(by, 'shown', ...range))))).toEqual(['verified']);
  });

  it('is found out where the revocation is in the range, however that is filtered', async () => {
    const { by, shell, bob, revoked } = await revoking();
    for (const [name, ...more] of [
      ['all'],
      ['filtered', '--type', 'note.*'],
      ['inner', '--after', '1'],
    ] as const) {
      const honest = filesOf(await bundled(by, name, ...more));
      const left = rows(honest, FILE.events, (row) => (row['header'] as Row)['seq'] !== revoked);
      const fewer = refitted(unrevoked(without(left, revoked)), bob);
      const { verdict } = await everywhere(shell, fewer, `${name}-forged`);
      expect([name, verdict]).toEqual([name, 'tampered']);
    }
  });

  it('has shown no more than that the key counted up to the end of the range', async () => {
    const { by, shell, bob, revoked } = await revoking();
    const honest = filesOf(await bundled(by, 'before', '--at', String(revoked - 1)));
    expect(codesOf(checked(honest))).toEqual(['verified', 'key_distrusted']);
    const forged = refitted(unrevoked(without(honest, revoked)), bob);
    const report = await everywhere(shell, forged, 'before-forged');
    expect(codesOf(report)).toEqual(['verified']);
    const end = `event ${revoked - 1}`;
    expect(report.proved.join('\n')).toContain(
      `${bob.keyId} vouched for, whose key counted at ${end}`,
    );
    expect(report.notProved.join('\n')).toContain(`that ${bob.keyId} was not ended behind ${end}`);
  });
});

/** Two sets are adopted before the range, and alice signs in it. */
const adopting = async () => {
  const shell = await withBillingAdopted();
  for (const id of ['n-2', 'n-3'])
    await shell.told(`append --type note.taken --id ${id} --sign alice`);
  await shell.told('policy adopt --set signed --sign alice');
  await shell.told('append --type note.taken --id n-4 --sign alice');
  await shell.told('checkpoint');
  const signer = keyOf({ shell }, 'alice');
  return { by: { shell, signer } as Parameters<typeof bundled>[0], shell, signer };
};

const noted = async (
  { shell }: { readonly shell: Shell },
  name: string,
  ...range: readonly string[]
): Promise<string> => {
  const to = ['--to', shell.path(name), '--sign', 'alice', ...range];
  return (await shell.inside(['export', '--format', 'bundle', ...to])).stderr;
};

describe('whoever exports a part in which it cannot be seen that the own key counts', () => {
  it('is told so, and that all events show it', async () => {
    const told = 'exits 23: whether the key that signed was ended before the range';
    const by = await revoking();
    const { revoked } = by;
    const part = ['--after', `${revoked + 1}`, '--at', `${revoked + 2}`];
    for (const name of ['part.zip', 'part.tar'])
      expect(await noted(await revoking(), name, ...part)).toContain(told);
    const data = await by.shell.told([
      ...'export --format bundle --sign alice --to'.split(' '),
      by.shell.path('part'),
      ...part,
    ]);
    expect(data).toMatchObject([{ open: [expect.stringContaining('the key that signed')] }]);
    // The receipt of that export was signed, and stands behind the range, or in it.
    expect(await noted(by, 'again', ...part)).toContain(told);
    await by.shell.told('checkpoint');
    expect(await noted(by, 'covered', ...part)).not.toContain('23');
    expect(await noted(by, 'receipt', '--after', `${revoked + 1}`)).not.toContain('23');
    const behind = ['--after', `${revoked}`, '--at', `${revoked + 1}`];
    for (const range of [[], behind, ['--at', '1']])
      expect(await noted(by, `all-${range.join('')}`, ...range)).not.toContain('23');
  });
});

describe('whoever leaves out what put a policy set in force, or founded the ledger', () => {
  it('is told by the events that were judged by that set', async () => {
    const { by, shell, signer } = await adopting();
    const types = shell.journal().map((line) => /"event_type":"([^"]*)"/.exec(line)?.[1]);
    const [first, second] = [types.indexOf('policy.adopted'), types.lastIndexOf('policy.adopted')];
    expect([first, second]).toEqual([2, 5]);
    const early = filesOf(await bundled(by, 'early', '--after', '3', '--at', '4'));
    const late = filesOf(await bundled(by, 'late', '--after', '5', '--at', '6'));
    const front = filesOf(await bundled(by, 'front', '--at', '1'));
    const codes = (files: Files, ...seqs: readonly number[]) =>
      codesOf(checked(refitted(seqs.reduce(without, files), signer)));
    for (const files of [early, late, front]) expect(codes(files)).toEqual(['verified']);
    expect(codes(late, first)).toEqual(['incomplete', 'policy_set_unknown']);
    // The second was signed: it shows that the signer counts, too.
    const unshown = ['beside_missing'];
    expect(codes(late, second)).toEqual(['tampered', 'policy_set_mismatch', ...unshown]);
    expect(codes(late, first, second)).toEqual(['tampered', 'policy_set_unknown', ...unshown]);
    expect(codes(early, first)).toEqual(['incomplete', 'policy_set_unknown']);
    expect(codes(early, first, second)).toEqual(['incomplete', 'policy_set_unknown']);
    // Behind the range the second was judged by the first, which is not there.
    expect(codes(front, first)).toEqual(['incomplete', 'policy_set_unknown']);
    for (const files of [early, late]) expect(codes(files, 0)).toContain('founding_missing');
    const unfounded = await everywhere(shell, refitted(without(late, first), signer), 'forged');
    expect(unfounded.findings).toMatchObject([{ file: FILE.governing, seq: 5 }]);
  });
});

/** Nobody signs in the range; behind it alice does. */
const signingBehind = async () => {
  const shell = withLedger();
  for (const id of ['n-0', 'n-1', 'n-2', 'n-3'])
    await shell.told(`append --type note.taken --id ${id}`);
  await shell.told('checkpoint');
  const said = '--payload {"text":"hunter-2"}';
  await shell.told(`append --type note.taken --id n-4 --sign alice ${said}`);
  await shell.told('checkpoint');
  const signer = keyOf({ shell }, 'alice');
  return { by: { shell, signer } as Parameters<typeof bundled>[0], signer };
};

describe('whoever signed an event behind the range', () => {
  it('shows by its header that the key counts, and by a checkpoint that covers it', async () => {
    const { by, signer } = await signingBehind();
    const files = filesOf(await bundled(by, 'shown', '--after', '1', '--at', '3'));
    const report = checked(files);
    expect(codesOf(report)).toEqual(['verified']);
    expect(report.proved.join('\n')).toContain('whose key counted at event 5');
    const [, witness = ''] = rowsIn(files, FILE.governing);
    expect(witness).toContain('"seq":5,');
    expect(textIn(files, FILE.claim)).toContain('"witness":5}');
    expect(witness).not.toContain('hunter');
    const left = refitted(without(files, 5), signer);
    expect(codesOf(checked(left))).toEqual(['tampered', 'beside_missing', 'signer_unproved']);
    const claim = textIn(files, FILE.claim).replace(',"witness":5', '');
    const unclaimed = refitted(having(without(files, 5), FILE.claim, claim), signer);
    expect(codesOf(checked(unclaimed))).toEqual(['incomplete', 'signer_unproved']);
    const unasked = refitted(having(files, FILE.claim, claim), signer);
    expect(codesOf(checked(unasked))).toEqual(['tampered', 'event_twice']);
  });

  it('shows nothing on a page, which stays as it was before that', async () => {
    const shell = withLedger();
    for (const id of ['n-0', 'n-1', 'n-2', 'n-3'])
      await shell.told(`append --type note.taken --id ${id}`);
    await shell.told('checkpoint');
    const paged = async (name: string) => {
      const line = ['export', '--format', 'html', '--to', shell.path(name), '--sign', 'alice'];
      const { stderr } = await shell.inside([...line, '--after', '1', '--at', '3']);
      return { stderr, bytes: readFileSync(shell.path(name)) };
    };
    const page = await paged('one.html');
    expect(page.stderr).toContain('A bundle can show it of a part');
    await shell.told('append --type note.taken --id n-4 --sign alice');
    await shell.told('checkpoint');
    expect((await paged('two.html')).bytes).toEqual(page.bytes);
  });

  it('does not show that the key of the log was not ended', async () => {
    const { by } = await signingBehind();
    const said = async (name: string, ...range: readonly string[]) => {
      const { notProved } = checked(filesOf(await bundled(by, name, ...range)));
      return notProved[0] ?? '';
    };
    const open = 'was not ended before event ';
    expect(await said('part', '--after', '1', '--at', '3')).toContain(`${open}6`);
    expect(await said('front', '--at', '3')).toContain(`${open}5`);
    expect(await said('all', '--at', '5')).not.toContain(open);
  });
});

describe('whoever was enrolled right before the range', () => {
  it('shows by that alone that the key counts', async () => {
    const shell = withLedger();
    await shell.told('append --type note.taken --id n-0');
    await enrolled(shell, 'carol', 'verified');
    await shell.told('append --type note.taken --id n-1');
    await shell.told('checkpoint');
    const at = seqOf(shell, 'key.enrolled');
    const by = { shell } as Parameters<typeof bundled>[0];
    const files = filesOf(await bundled(by, 'new', '--after', `${at}`, '--sign', 'carol'));
    expect(codesOf(checked(files))).toEqual(['verified']);
    expect(textIn(files, FILE.claim)).not.toContain('witness');
  });
});
