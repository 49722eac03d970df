/**
 * Policies from the command line: adopted, explained, tested, and tried on the past.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BILLING, LARGE, withBilling, withBillingAdopted } from './billing.ts';
import type { Line } from './shell.ts';

const said = (line: Line | undefined): object => line ?? {};

describe('a policy set', () => {
  it('is tested without a ledger before it is adopted; 1 where a case fails', async () => {
    const shell = await withBilling();
    const [table, set] = [shell.path('policies', BILLING[1]), shell.path('policies')];
    const told = await shell.told(['policy', 'test', table, '--with', set]);
    expect(told.at(-1)).toMatchObject({ passed: 9, failed: 0 });
    rmSync(shell.path('.ledger'), { recursive: true });
    const open = await shell.inside(['policy', 'test', table, '--set', 'open']);
    expect([open.status, open.stdout.includes('FAIL: nobody signed it')]).toEqual([1, true]);
    expect(await shell.refusals([['policy', 'test', table]])).toEqual(['10 no_ledger']);
  });

  it('has every rule of its own in the coverage, one that no case is about too', async () => {
    const shell = await withBilling();
    const [table, set] = [shell.path('policies', BILLING[1]), shell.path('never.yaml')];
    const rule = {
      id: 'never-tried',
      match: ['z.z'],
      when: 'true',
      outcome: 'reject',
      reason: 'z',
    };
    writeFileSync(set, JSON.stringify({ version: 1, rules: [rule] }));
    const { stdout } = await shell.inside(['policy', 'test', table, '--with', set, '--json']);
    const { coverage } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
      readonly coverage: readonly object[];
    };
    expect(coverage).toContainEqual(
      expect.objectContaining({ rule: 'never-tried', spoke: 0, held: 0 }),
    );
  });

  it('comes into force once an operator adopts it, and not twice', async () => {
    const shell = await withBilling();
    const set = shell.path('policies');
    const before = await shell.told('policy list');
    expect(before).toMatchObject([{ in_force: true, seq: null, documents: ['open'] }]);
    expect(await shell.refusals([['policy', 'adopt', set, '--sign', 'carol']])).toEqual([
      '24 refused',
    ]);
    const adopting = await shell.inside(['policy', 'adopt', set, '--sign', 'alice']);
    expect(adopting.stderr).toContain('changed: types *: attested: new: true');
    expect(await shell.told('policy list')).toMatchObject([
      { in_force: false },
      { in_force: true, seq: 2, documents: ['billing.yaml'] },
    ]);
    const [again] = await shell.told(['policy', 'adopt', set, '--sign', 'alice']);
    expect(again?.status).toBe('already_in_force');
    expect(await shell.told('log')).toHaveLength(3);
    const shown = await shell.inside(['policy', 'show']);
    expect(shown.stdout).toContain('large-discounts-wait');
    const [digest] = before.map(({ policy_set }) => policy_set ?? '');
    expect((await shell.inside(['policy', 'show', digest ?? ''])).stdout).toContain('name: open');
    expect((await shell.told('policy show 2'))[0]).toMatchObject({ in_force: true });
    expect(await shell.refusals(['policy show 1', 'policy show nothing'])).toEqual([
      '3 not_found',
      '3 not_found',
    ]);
  });

  it('is refused with the place of what is wrong with it', async () => {
    const shell = await withBilling();
    const bad = shell.path('bad.yaml');
    writeFileSync(bad, 'version: 1\nname: bad\nrulez: []\n');
    const { status, stderr } = await shell.inside(['policy', 'adopt', bad, '--sign', 'alice']);
    expect([status, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining('bad.yaml:3:1:')]);
    mkdirSync(shell.path('empty'));
    expect(
      await shell.refusals([
        ['policy', 'adopt', bad, '--sign', 'alice'],
        ['policy', 'adopt', shell.path('empty'), '--sign', 'alice'],
        ['policy', 'adopt', shell.path('nowhere'), '--sign', 'alice'],
        ['policy', 'adopt', '--sign', 'alice'],
        ['policy', 'adopt', '--set', 'lax', '--sign', 'alice'],
        ['policy', 'adopt', bad, '--set', 'open', '--sign', 'alice'],
        ['policy', 'replay'],
        ['policy', 'test'],
        ['policy', 'test', bad, '--set', 'open'],
      ]),
    ).toEqual([
      '2 policy_refused',
      '2 policy_refused',
      '3 file_unreadable',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 policy_refused',
    ]);
    expect(await shell.told('policy list')).toHaveLength(1);
  });

  it('explains what would become of a draft, and records nothing', async () => {
    const shell = await withBillingAdopted();
    const draft = shell.path('draft.json');
    writeFileSync(draft, `{"event_type":"invoice.issued","payload":${LARGE}}`);
    const before = shell.journal();
    const explain = ['policy', 'explain', draft];
    const [unsigned] = await shell.told(explain);
    expect(unsigned?.outcome).toBe('reject');
    expect(unsigned?.contributing?.map(({ rule }) => rule)).toEqual([
      'an-attestation-is-there',
      'the-tier-is-enough',
    ]);
    const [signed] = await shell.told([...explain, '--sign', 'carol']);
    expect(said(signed)).toMatchObject({
      outcome: 'quarantine',
      contributing: [{ rule: 'large-discounts-wait', overridable: true }],
      policy_set: (await shell.told('policy list')).at(-1)?.policy_set,
    });
    expect(signed?.contributing?.[0]?.change).toContain('payload.discount > payload.total * 0.5');
    const [open] = await shell.told([...explain, '--set', 'open']);
    expect(open?.outcome).toBe('allow');
    const { stdout } = await shell.inside([...explain, '--sign', 'carol']);
    expect(stdout).toMatch(/^quarantine: invoice\.issued\n {2}large-discounts-wait: quarantine: /);
    expect(stdout).toMatch(/\n {2}holds: an-attestation-is-there, /);
    expect(shell.journal()).toEqual(before);
    writeFileSync(draft, '{"event_type":"x"}');
    expect(await shell.refusals([explain])).toEqual(['2 missing']);
  });

  it('is tried on what was recorded under another', async () => {
    const shell = await withBilling();
    await shell.told(['append', '--type', 'invoice.issued', '--payload', '{"total":1}']);
    const [told] = await shell.told(['policy', 'replay', '--with', shell.path('policies')]);
    expect(said(told)).toMatchObject({
      events: 3,
      same: 2,
      altered: { count: 0 },
      groups: [{ type: 'invoice.issued', was: 'allow', would: 'reject', count: 1, first: 2 }],
    });
    const { stdout } = await shell.inside(['policy', 'replay', '--set', 'open']);
    expect(stdout).toContain('3 events: 3 decided alike');
  });
});

describe('a folder of documents', () => {
  it('is read without what is hidden in it', async () => {
    const shell = await withBilling();
    writeFileSync(shell.path('policies', '.hidden.yaml'), 'no: document');
    const set = shell.path('policies');
    await shell.told(['policy', 'adopt', set, '--sign', 'alice']);
    const [, adopted] = await shell.told('policy list');
    expect(adopted).toMatchObject({ in_force: true, documents: ['billing.yaml'] });
  });
});

describe('a reason with braces', () => {
  it('is filled where an author is refused', async () => {
    const shell = await withBilling();
    const rule = {
      id: 'small',
      match: ['b.*'],
      when: 'payload.total > 10',
      outcome: 'reject',
      reason: 'a total of {payload.total} is too much',
    };
    writeFileSync(shell.path('set.json'), JSON.stringify({ version: 1, rules: [rule] }));
    await shell.told(['policy', 'adopt', shell.path('set.json'), '--sign', 'alice']);
    const { stderr } = await shell.inside('append --type b.x --payload {"total":11}');
    expect(stderr).toContain('small: a total of 11 is too much');
  });
});

describe('refusals', () => {
  it('beyond the limit are told by the next that is recorded, whoever counted', async () => {
    const shell = await withBilling();
    const refusals = { record: 'all', per_source: 1, window: 3 };
    const types = [{ match: 'b.*', attested: true }];
    const set = { version: 1, refusals, types };
    writeFileSync(shell.path('set.json'), JSON.stringify(set));
    await shell.told(['policy', 'adopt', shell.path('set.json'), '--sign', 'alice']);
    const attempt = 'append --type b.x --payload {}';
    for (let i = 0; i < 4; i++) expect(await shell.refusals([attempt])).toEqual(['24 refused']);
    for (let i = 0; i < 3; i++) await shell.told('append --type a.x --payload {}');
    expect(await shell.refusals([attempt])).toEqual(['24 refused']);
    const recorded = await shell.told('log --type policy.refused');
    expect(recorded.map(({ payload }) => payload)).toMatchObject([{}, { unrecorded: 3 }]);
  });
});
