/**
 * What rules hold back or refuse, and who lets it in all the same: held drafts, released and
 * discarded, and the glass that is broken.
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LARGE, withBillingAdopted } from './billing.ts';
import type { Shell } from './shell.ts';

const append = (payload: string, ...more: readonly string[]): readonly string[] =>
  ['append', '--type', 'invoice.issued', '--payload', payload, '--sign', 'carol'].concat(more);

const hold = async (shell: Shell, id: string): Promise<string> => {
  const { status, stdout } = await shell.inside([...append(LARGE, '--id', id), '--json']);
  expect(status).toBe(24);
  const [line = '{}'] = stdout.split('\n');
  return (JSON.parse(line) as { readonly quarantine: string }).quarantine;
};

const AUTHORIZE =
  'break-glass authorize --type invoice.* --rule large-discounts-wait' +
  ' --reason-code operator_correction --reason agreed --expires 1h';

const authorize = (...more: readonly string[]): readonly string[] =>
  AUTHORIZE.split(' ').concat(more);

describe('a draft that is held back', () => {
  it('enters once another key releases it, as it was signed, and lies there no more', async () => {
    const shell = await withBillingAdopted();
    const held = await hold(shell, 'invoice:1');
    expect(await shell.told('quarantine list')).toMatchObject([
      { id: held, state: 'held', draft: 'invoice:1', rules: ['large-discounts-wait'] },
    ]);
    expect((await shell.told(['quarantine', 'show', held]))[0]?.payload).toEqual(JSON.parse(LARGE));
    const release = ['quarantine', 'release', held];
    expect(await shell.refusals([[...release, '--sign', 'carol'], release])).toEqual([
      '24 refused',
      '24 refused',
    ]);
    const receipts = await shell.told([...release, '--sign', 'alice']);
    expect(receipts).toMatchObject([{ status: 'appended' }, { id: 'invoice:1', policy: {} }]);
    const [event] = await shell.told('show invoice:1');
    expect(JSON.stringify(event?.header?.['attestation'])).toContain('"key_id":"carol+');
    expect(readdirSync(shell.path('.ledger', 'quarantine'))).toEqual([]);
    expect(await shell.told('quarantine list')).toEqual([]);
    expect(await shell.told('quarantine list --all')).toMatchObject([{ state: 'recorded' }]);
    expect(await shell.told([...release, '--sign', 'alice'])).toEqual([
      { ...receipts[1], status: 'already_recorded' },
    ]);
    expect(await shell.refusals(['quarantine show no-such-hold'])).toEqual(['3 not_found']);
  });

  it('is gone on behind, in a file: handed in again, it may be held once more', async () => {
    const shell = await withBillingAdopted();
    shell.write('file', `{"event_type":"invoice.issued","payload":${LARGE}}\n`);
    const held = await shell.inside('append file --sign carol');
    expect([held.status, held.stderr]).toEqual([
      24,
      expect.stringMatching(/release it\. Go on with --from-line 2\.\n$/),
    ]);
    const going = await shell.inside('append file --sign carol --continue');
    expect([going.status, going.stderr]).toEqual([
      24,
      expect.stringContaining('hand them in again, without those that are held back'),
    ]);
  });

  it('that other rules held once more lies there no more either, once it has entered', async () => {
    const shell = await withBillingAdopted();
    const first = await hold(shell, 'invoice:1');
    const path = shell.path('policies', 'billing.yaml');
    const rule = shell
      .read('policies/billing.yaml')
      .replace('large-discounts-wait', 'another-rule');
    writeFileSync(path, rule);
    await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
    const again = await shell.inside(['quarantine', 'release', first, '--sign', 'alice', '--json']);
    expect(again.status).toBe(24);
    const [, second = first] = readdirSync(shell.path('.ledger', 'quarantine'))
      .map((name) => name.replace('.json', ''))
      .toSorted((a) => (a === first ? -1 : 1));
    expect(second).not.toBe(first);
    await shell.told(['quarantine', 'release', second, '--sign', 'alice']);
    expect(readdirSync(shell.path('.ledger', 'quarantine'))).toEqual([]);
  });

  it('is released without its draft where that is gone, and handed in again', async () => {
    const shell = await withBillingAdopted();
    const held = await hold(shell, 'invoice:1');
    const [waiting] = readdirSync(shell.path('.ledger', 'quarantine'));
    const path = shell.path('.ledger', 'quarantine', waiting ?? '');
    const draft = shell.read(`.ledger/quarantine/${waiting}`);
    rmSync(path);
    const { status, stderr } = await shell.inside([
      'quarantine',
      'release',
      held,
      '--sign',
      'alice',
    ]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('have its author append it again'),
    ]);
    expect(await shell.told('quarantine list')).toMatchObject([{ state: 'released' }]);
    writeFileSync(shell.path('again.ndjson'), draft);
    expect(await shell.told(['append', shell.path('again.ndjson')])).toMatchObject([
      { status: 'appended', id: 'invoice:1', policy: { outcome: 'warn' } },
    ]);
  });

  it('is let in by its release as it was, and not as somebody changed it there', async () => {
    const shell = await withBillingAdopted();
    const held = await hold(shell, 'invoice:1');
    const name = `.ledger/quarantine/${held}.json`;
    writeFileSync(shell.path(name), shell.read(name).replace('"discount":9', '"discount":8'));
    expect(await shell.refusals([['quarantine', 'release', held, '--sign', 'alice']])).toEqual([
      '2 signature_invalid',
    ]);
    expect(await shell.refusals(['show invoice:1'])).toEqual(['3 not_found']);
    expect(existsSync(shell.path(name))).toBe(true);
  });

  it('is discarded with its payload, and what was held stays on record', async () => {
    const shell = await withBillingAdopted();
    const held = await hold(shell, 'invoice:1');
    const discard = ['quarantine', 'discard', held, '--reason', 'a mistake'];
    expect(await shell.refusals([[...discard, '--sign', 'carol', '--reason', ' ']])).toEqual([
      '2 usage',
    ]);
    const path = shell.path('.ledger', 'quarantine', `${held}.json`);
    const kept = readFileSync(path);
    const [done] = await shell.told([...discard, '--sign', 'alice']);
    expect(readdirSync(shell.path('.ledger', 'quarantine'))).toEqual([]);
    expect(await shell.told('quarantine list --all')).toMatchObject([{ state: 'discarded' }]);
    expect((await shell.told(['quarantine', 'show', held]))[0]?.payload).toBeNull();
    // As a crash between the event and the file leaves it.
    writeFileSync(path, kept);
    expect(await shell.told([...discard, '--sign', 'alice'])).toEqual([
      { ...done, status: 'already_recorded' },
    ]);
    expect(readdirSync(shell.path('.ledger', 'quarantine'))).toEqual([]);
    expect((await shell.inside([...discard, '--sign', 'alice'])).stdout).toMatch(
      /^already_recorded .*\n$/,
    );
    expect(await shell.refusals([['quarantine', 'release', held, '--sign', 'alice']])).toEqual([
      '24 refused',
    ]);
  });
});

describe('an exception', () => {
  it('lets one event pass what a rule refuses, and is reviewed', async () => {
    const shell = await withBillingAdopted();
    const [given] = await shell.told(authorize('--key', 'carol', '--sign', 'alice'));
    const id = given?.id ?? '';
    expect(await shell.told('break-glass list')).toMatchObject([
      { id, state: 'active', used: 0, uses: 1, needs_review: false, types: ['invoice.*'] },
    ]);
    const [used] = await shell.told(append(LARGE, '--break-glass', id));
    expect(used?.policy).toMatchObject({
      outcome: 'break_glass',
      contributing: ['large-discounts-wait'],
    });
    expect(await shell.refusals([append(LARGE, '--break-glass', id)])).toEqual(['24 refused']);
    expect(await shell.told('break-glass list')).toMatchObject([
      { state: 'spent', needs_review: true },
    ]);
    const review = ['break-glass', 'review', id, '--note', 'as agreed'];
    expect(await shell.refusals([[...review, '--sign', 'carol']])).toEqual(['24 refused']);
    await shell.told([...review, '--sign', 'alice']);
    expect(await shell.told('break-glass list')).toMatchObject([
      { state: 'reviewed', needs_review: false },
    ]);
  });

  it('counts from when it says on, and as long as it says from then', async () => {
    const shell = await withBillingAdopted();
    const later = ['--not-before', '2999-01-01', '--sign', 'alice'];
    const [waiting] = await shell.told(authorize(...later));
    const [early, id] = [append(LARGE, '--break-glass', waiting?.id ?? ''), waiting?.id];
    expect(await shell.told('break-glass list')).toMatchObject([
      {
        id,
        state: 'not_yet_valid',
        not_before: '2999-01-01T00:00:00.000Z',
        expires_at: '2999-01-01T01:00:00.000Z',
      },
    ]);
    expect((await shell.inside('break-glass list')).stdout).toContain(
      'from 2999-01-01T00:00:00.000Z until 2999-01-01T01:00:00.000Z',
    );
    expect(await shell.refusals([early, authorize('--not-before', 'soon')])).toEqual([
      '24 refused',
      '2 bad_form',
    ]);
    const [begun] = await shell.told(
      authorize('--not-before', '2020-01-01T10:00:00Z', '--sign', 'alice'),
    );
    const [, { state = '' } = {}] = await shell.told('break-glass list');
    expect(state).toBe('active');
    const [used] = await shell.told(append(LARGE, '--break-glass', begun?.id ?? ''));
    expect(used?.policy).toMatchObject({ outcome: 'break_glass' });
  });

  it('of an issuer who is distrusted by now is shown as that', async () => {
    const shell = await withBillingAdopted();
    const [dora] = await shell.told('key new dora');
    await shell.told(['key', 'enroll', dora?.vkey ?? '', '--tier', 'operator', '--sign', 'alice']);
    const [{ id = '' } = {}] = await shell.told(authorize('--sign', 'dora'));
    const stolen = '--reason stolen --compromised-at 2026-01-01 --sign alice';
    await shell.told(`key revoke dora ${stolen}`);
    expect(await shell.refusals([append(LARGE, '--break-glass', id)])).toEqual(['24 refused']);
    expect(await shell.told('break-glass list')).toMatchObject([{ id, state: 'distrusted' }]);
  });

  it('that is bad is answered with what would mend that', async () => {
    const shell = await withBillingAdopted();
    const [given] = await shell.told(authorize('--key', 'alice', '--sign', 'alice'));
    for (const id of [given?.id ?? '', 'no-such-id']) {
      const { stderr } = await shell.inside(append(LARGE, '--break-glass', id));
      expect(stderr).toContain(
        'ave an operator who does not sign it authorize this very case, and name that.',
      );
      expect(stderr.includes('Leave the authorization out')).toBe(id === 'no-such-id');
    }
    const [later] = await shell.told(authorize('--not-before', '2999-01-01', '--sign', 'alice'));
    const early = await shell.inside(append(LARGE, '--break-glass', later?.id ?? ''));
    expect(early.stderr).toContain('Wait until the authorization begins');
  });

  it('is for rules that there are, for a while, each of them once', async () => {
    const shell = await withBillingAdopted();
    const [strange] = [authorize('--rule', 'no-such-rule', '--sign', 'alice')];
    const twice = authorize('--rule', 'the-tier-is-enough', '--rule', 'the-tier-is-enough');
    expect(await shell.refusals([strange])).toEqual(['2 usage']);
    const instead = (of: string, by: string): readonly string[] =>
      authorize('--sign', 'alice').map((word) => (word === of ? by : word));
    const long = 'x'.repeat(1001);
    const types = Array.from({ length: 32 }, (_, at) => ['--type', `a.b${at}`]).flat();
    const mistaken = [
      instead('1h', '0s'),
      instead('invoice.*', 'x'),
      instead('agreed', ' '),
      instead('agreed', long),
      authorize('--sign', 'alice', '--uses', '1001'),
      authorize('--sign', 'alice', ...types),
    ];
    expect(new Set(await shell.refusals(mistaken))).toEqual(new Set(['2 usage']));
    expect(await shell.told('log --type policy.refused')).toEqual([]);
    const [given] = await shell.told([...twice, '--sign', 'alice']);
    const shown = await shell.told(['show', given?.id ?? '']);
    const { rules = [] } = (shown[0]?.payload ?? {}) as { readonly rules?: readonly string[] };
    expect(rules.filter((rule) => rule === 'the-tier-is-enough')).toHaveLength(1);
  });

  it('counts no more once it is revoked, and is given by nobody but an operator', async () => {
    const shell = await withBillingAdopted();
    const [given] = await shell.told(authorize('--uses', '3', '--sign', 'alice'));
    const id = given?.id ?? '';
    const [none] = [append(LARGE, '--break-glass', id)];
    const mistaken = ['--reason', '--note'].flatMap((option) =>
      [' ', 'x'.repeat(1001)].map((said) => {
        const verb = option === '--note' ? 'review' : 'revoke';
        return ['break-glass', verb, id, option, said, '--sign', 'alice'];
      }),
    );
    expect(new Set(await shell.refusals(mistaken))).toEqual(new Set(['2 usage']));
    await shell.told(['break-glass', 'revoke', id, '--reason', 'over', '--sign', 'alice']);
    expect(
      await shell.refusals([
        none,
        authorize('--sign', 'carol'),
        authorize(),
        authorize('--sign', 'alice', '--uses', '0'),
        authorize('--sign', 'alice', '--source', 'ghost'),
        authorize('--sign', 'alice', '--key', 'nobody'),
        ['break-glass', 'authorize', '--reason-code', 'incident_response', '--reason', 'x'],
        ['break-glass', 'revoke', 'no-such-id', '--reason', 'x', '--sign', 'alice'],
        append(LARGE, '--break-glass', 'no-such-id'),
      ]),
    ).toEqual([
      '24 refused',
      '24 refused',
      '24 refused',
      '2 usage',
      '2 usage',
      '3 not_found',
      '2 usage',
      '3 not_found',
      '24 refused',
    ]);
    expect(await shell.told('break-glass list')).toMatchObject([{ id, state: 'revoked' }]);
  });
});
