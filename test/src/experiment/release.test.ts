/**
 * What a policy held of an experiment: its release lets it happen if it still can, and records
 * nothing if it cannot.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { happensStill } from '../../../src/cli/experiment/release.ts';
import { layoutOf } from '../../../src/storage/layout.ts';
import { Reader } from '../../../src/usecase/reader.ts';
import { realPorts } from '../../../src/wiring.ts';
import type { Shell } from '../cli/shell.ts';
import { linesOf } from '../cli/shell.ts';
import { PLAN, house, tag, written } from '../cli/trial.ts';

const RULES = [
  ['begins', 'experiment.started', 'true'],
  ['treats', 'experiment.tagged', 'payload.variant == "treatment"'],
  ['ends', 'experiment.archived', 'payload.reason == "hold"'],
].map(([id = '', match = '', when = '']) => ({
  id,
  match: [match],
  when,
  outcome: 'quarantine',
  reason: 'a second person looks',
}));

const ID = 'cheaper-cache';

const world = async (): Promise<Shell> => {
  const shell = await house();
  const path = shell.write('p.yaml', JSON.stringify({ version: 1, name: 'p', rules: RULES }));
  await shell.told(['policy', 'adopt', path, '--sign', 'alice']);
  await shell.told(['experiment', 'create', written(shell)]);
  return shell;
};

const held = async (shell: Shell, line: string): Promise<string> => {
  const { status, stdout } = await shell.inside(`${line} --json`);
  expect([line, status]).toEqual([line, 24]);
  return linesOf(stdout)[0]?.quarantine ?? '';
};

const release = (hold: string): string => `quarantine release ${hold} --sign alice`;

/** Releases it in vain: nothing is recorded, which is told with why. */
const refused = async (shell: Shell, hold: string): Promise<string> => {
  const before = await shell.told('log');
  expect(await shell.refusals([release(hold)])).toEqual(['25 held_overtaken']);
  const { stderr } = await shell.inside(release(hold));
  expect(await shell.told('log')).toEqual(before);
  await shell.told(`quarantine discard ${hold} --reason late --sign alice`);
  const discard = `ledger quarantine discard ${hold} --reason TEXT --sign KEY.`;
  expect(stderr).toContain(`Reject it: ${discard}`);
  return stderr;
};

const isSound = async (shell: Shell): Promise<void> => {
  const before = await shell.told(`experiment show ${ID}`);
  expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified' }]);
  await shell.told('replay');
  expect(await shell.told(`experiment show ${ID}`)).toEqual(before);
};

describe('the release of what was to happen to an experiment', () => {
  it('lets it happen: begun, tagged, archived', async () => {
    const shell = await world();
    await shell.told(release(await held(shell, `experiment start ${ID}`)));
    await shell.told(release(await held(shell, tag(1, 'treatment'))));
    expect(await shell.told(`experiment show ${ID}`)).toMatchObject([{ status: 'running' }]);
    expect(await shell.told(`experiment sessions ${ID}`)).toMatchObject([
      { session: 's-1', arm: 'treatment' },
    ]);
    await shell.told(`experiment conclude ${ID}`);
    await shell.told(release(await held(shell, `experiment archive ${ID} --reason hold`)));
    expect(await shell.told(`experiment show ${ID}`)).toMatchObject([{ status: 'archived' }]);
    expect(await shell.told('quarantine list')).toEqual([]);
    await isSound(shell);
  });

  it('is answered with its receipt where a crash left the draft that has entered', async () => {
    const shell = await world();
    const hold = await held(shell, `experiment start ${ID}`);
    const path = shell.path('.ledger', 'quarantine', `${hold}.json`);
    const kept = readFileSync(path);
    const [, started] = await shell.told(release(hold));
    writeFileSync(path, kept);
    expect(await shell.told(release(hold))).toEqual([{ ...started, status: 'already_recorded' }]);
    expect(existsSync(path)).toBe(false);
  });

  it('begins none whose plan was amended, and none that was archived since', async () => {
    const shell = await world();
    const [one, other] = [
      await held(shell, `experiment start ${ID}`),
      await held(shell, `experiment start ${ID}`),
    ];
    const amended = written(shell, PLAN.replace('14', '7'), 'amended.yaml');
    await shell.told(['experiment', 'amend', ID, amended]);
    expect(await refused(shell, one)).toContain('its plan was amended meanwhile');
    await shell.told(`experiment archive ${ID} --reason now`);
    expect(await refused(shell, other)).toContain('is archived: start is not allowed');
    await isSound(shell);
  });

  it('tags no session that has another tag by now', async () => {
    const shell = await world();
    await shell.told(release(await held(shell, `experiment start ${ID}`)));
    const late = await held(shell, tag(1, 'treatment'));
    await shell.told(tag(1, 'control'));
    expect(await refused(shell, late)).toContain('the session has another tag in it');
    await isSound(shell);
  });

  it('is asked of what somebody wants to happen, and not of what was noted', async () => {
    const shell = await house();
    const reader = new Reader(realPorts, layoutOf(shell.path('.ledger')));
    const experiment = 'none';
    const asked = (event_type: string, payload: object) =>
      happensStill(reader, { event_type, payload: { experiment, ...payload } });
    const digest = '0'.repeat(64);
    const looked = { at: { size: 1, root: digest }, report_digest: digest };
    expect(asked('experiment.looked', looked)).toBeUndefined();
    expect(asked('experiment.resolved', { commits: {} })).toBeUndefined();
    expect(asked('experiment.other', {})).toBeUndefined();
    const started = asked('experiment.started', { plan_digest: digest });
    expect(started && E.isLeft(started)).toBe(true);
    reader.close();
  });
});
