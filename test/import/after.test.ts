/**
 * What was taken over is of the ledger: it is verified, replayed, delivered, reported and exported
 * like all else.
 */
import { describe, expect, it } from 'vitest';
import { receive } from '../outbox/ground.ts';
import { withLedger } from '../src/cli/shell.ts';
import { fixture } from './fixture.ts';

interface Row {
  readonly owner_id: string;
  readonly kind: string;
  readonly payload: string;
}

/** What no later row stands for, and what can be sent. */
const isPlain = ({ kind, payload }: Row): boolean =>
  ['session_evals', 'session_feedback', 'events'].includes(kind) && payload.endsWith('}');

describe('a folder of kaizen that was taken over', () => {
  it('is delivered as it waited there, and stands after a replay', async () => {
    const shell = withLedger();
    await shell.told(['import', 'kaizen', fixture('kaizen', 'legacy'), '--sign', 'alice']);
    await shell.told(['import', 'kaizen', fixture('kaizen', 'sqlite'), '--sign', 'alice']);
    const { url, got } = await receive();
    const set = `outbox destination set kaizen --url ${url} --format kaizen --sign alice`;
    await shell.told(`${set} --type nothing.at_all`);
    const enqueued = await shell.told('log --type outbox.enqueued');
    const { stdout } = await shell.inside('outbox flush --json');
    const [flushed] = stdout.split('\n');
    const counts = JSON.parse(flushed ?? '') as Readonly<Record<string, number>>;
    const { delivered = 0, parked = 0, waiting } = counts;
    const rows = enqueued.map(({ payload }) => payload as Row);
    expect([waiting, delivered > 0, parked > 0]).toEqual([0, true, true]);
    const sent = got.map(({ body }) => body).join('\n');
    expect(rows.filter(isPlain).length).toBeGreaterThan(2);
    for (const row of rows.filter(isPlain)) expect(sent).toContain(row.payload);
    const listed = await shell.told('outbox list --destination kaizen --state parked');
    const reasons = new Set(listed.map((each) => (each as { readonly reason?: string }).reason));
    expect(reasons).toEqual(new Set(['bad_payload', 'unknown_kind']));
    const before = await shell.told('verify --decisions');
    await shell.told('replay');
    const after = await shell.told('verify --decisions');
    expect([before, after]).toMatchObject([[{ verdict: 'verified' }], [{ verdict: 'verified' }]]);
    const { stdout: again } = await shell.inside('outbox flush --json');
    expect(JSON.parse(again.split('\n')[0] ?? '')).toMatchObject({ delivered: 0, waiting: 0 });
    const experiments = await shell.told('experiment list');
    expect(experiments.length).toBeGreaterThan(0);
    const running = experiments
      .map((each) => each as { readonly id?: string; readonly status?: string })
      .find(({ status }) => status === 'running');
    expect(running).toBeDefined();
    await shell.told(`experiment report ${running?.id} --sign alice`);
    const [exported] = await shell.told(`export --format ndjson --to ${shell.path('all.ndjson')}`);
    expect(exported).toMatchObject({ withheld: 0 });
  });
});
