/**
 * `ledger erase`: what must be forgotten is in no file of the ledger any more, and everything else
 * stands as it stood.
 */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withLedger } from './shell.ts';
import { begun } from './trial.ts';

const NAME = 'Annabella Whitlock';

/** The files under a folder that hold a text. */
const holding = (folder: string, text: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return holding(path, text);
    return readFileSync(path).includes(text) ? [path] : [];
  });

const PAYLOAD = JSON.stringify({ name: NAME });
const met = (id: string): readonly string[] => [
  'append',
  '--type',
  'person.met',
  '--id',
  id,
  '--payload',
  PAYLOAD,
];
const WHY = ['--reason', 'request 114', '--sign', 'alice'];

const HELD = `version: 1
name: waiting
rules: [{ id: r1, match: [person.*], when: 'true', outcome: quarantine, reason: it waits }]
`;

describe('ledger erase', () => {
  it('takes away what was held of a draft that came in once the policy was another', async () => {
    const shell = withLedger();
    mkdirSync(shell.path('policies'));
    shell.write('policies/waiting.yaml', HELD);
    await shell.told(['policy', 'adopt', shell.path('policies'), '--sign', 'alice']);
    for (const id of ['m-1', 'm-2']) expect(await shell.refusal(met(id))).toBe('24 held');
    await shell.told('policy adopt --set open --sign alice');
    await shell.told(met('m-1'));
    await shell.told(['erase', 'm-1', ...WHY]);
    const [waits, ...more] = await shell.told('quarantine list');
    expect(more).toEqual([]);
    expect(holding(shell.path('.ledger'), NAME)).toEqual([
      shell.path('.ledger', 'quarantine', `${waits?.id}.json`),
    ]);
  });

  it('takes payloads away, once, and says so in the ledger', async () => {
    const shell = withLedger();
    for (const id of ['m-1', 'm-2', 'm-3']) await shell.told(met(id));
    await shell.told('checkpoint');
    const before = shell.journal();
    const [done] = await shell.told(['erase', 'm-1', '2', 'm-1', ...WHY]);
    expect(done).toMatchObject({ erased: [{ seq: 1, id: 'm-1' }, { seq: 2 }], lines: 2 });
    expect(shell.journal().filter((line) => line.includes(NAME))).toEqual([before[3]]);
    const [again] = await shell.told(['erase', 'm-1', 'm-3', ...WHY]);
    expect(again).toMatchObject({ erased: [{ seq: 1 }, { seq: 3 }], lines: 1, set_aside: [] });
    expect(holding(shell.path('.ledger'), NAME)).toEqual([]);
    const left = readdirSync(shell.path('.ledger')).filter((name) => name.includes('.new'));
    expect(left).toEqual([]);
    const erasures = (await shell.told('log --type ledger.payload_erased')) as readonly unknown[];
    expect(erasures).toMatchObject(
      [1, 2, 3].map((seq) => ({ payload: { seq, reason: 'request 114' } })),
    );
    const { stdout } = await shell.inside('show m-2');
    expect(stdout).toContain('what it said was erased: ledger show 5\n');
    const [report] = await shell.told('verify');
    expect(report).toMatchObject({ verdict: 'verified', findings: [], size: 7 });
    await shell.told('prove m-1');
  });

  it('erases all that are named, or none: not what governs, nor what is not there', async () => {
    const shell = withLedger();
    await shell.told(met('m-1'));
    const before = shell.journal();
    expect(
      await shell.refusals([
        ['erase', 'm-1', 'm-9', ...WHY],
        ['erase', 'm-1', '0', ...WHY],
        ['erase', 'm-1', ...WHY.slice(2)],
        ['erase', 'm-1', ...WHY.slice(0, 2)],
        ['erase', ...WHY],
      ]),
    ).toEqual(['3 not_found', '2 usage', '2 usage', '24 refused', '2 usage']);
    // Refusals by policy are recorded.
    expect(shell.journal().slice(0, before.length)).toEqual(before);
    expect(shell.journal().filter((line) => line.includes('payload_erased"'))).toEqual([]);
  });

  it('asks for another folder only where the journal is another one by now', async () => {
    const shell = withLedger();
    await shell.told(met('e-1'));
    const folders: boolean[] = [];
    for (let times = 0; times < 2; times++) {
      const { stdout } = await shell.inside(['erase', 'e-1', ...WHY]);
      folders.push(stdout.includes('the next backup goes into an empty folder'));
    }
    expect(folders).toEqual([true, false]);
  });

  it('leaves what an experiment rests on', async () => {
    const shell = await begun();
    const told = await shell.inside(['erase', '2', ...WHY]);
    expect([told.status, told.stderr]).toEqual([2, expect.stringContaining('experiment.started')]);
  });

  it('names what was set aside earlier, and leaves it alone', async () => {
    const shell = withLedger();
    await shell.told(met('m-1'));
    shell.write(join('.ledger', 'torn', 'mirror.db'), NAME);
    const [done] = await shell.told(['erase', 'm-1', ...WHY]);
    const aside = join(shell.path('.ledger'), 'torn', 'mirror.db');
    expect(done).toMatchObject({ set_aside: [aside] });
    expect(holding(shell.path('.ledger'), NAME)).toEqual([aside]);
  });
});

/** A mirror that is not as the journal, beside one that is. */
const halfway = async () => {
  const shell = withLedger();
  await shell.told(met('m-1'));
  await shell.told(['erase', 'm-1', ...WHY]);
  const mirror = shell.path('.ledger/mirror.db');
  const good = shell.path('good.db');
  copyFileSync(mirror, good);
  const opened = new Sqlite(mirror);
  opened.exec('DROP TRIGGER event_stays');
  opened.close();
  const verdict = async () => {
    const { status, stdout } = await shell.inside(['verify', '--json']);
    return [status, (JSON.parse(stdout) as { readonly verdict?: string }).verdict];
  };
  return { shell, mirror, good, verdict };
};

describe('verify beside an erasure', () => {
  it.each([
    ['the mirror', 'mirror.db.new'],
    ['a segment', 'torn/00000000000000000000.ndjson.new'],
  ])('asks to be run again where %s is made anew meanwhile', async (_, name) => {
    const { shell, mirror, good, verdict } = await halfway();
    expect(await verdict()).toEqual([22, 'drift']);
    const made = shell.path(`.ledger/${name}`);
    mkdirSync(dirname(made), { recursive: true });
    appendFileSync(made, 'half');
    let isEnded = false;
    const growing = setInterval(() => appendFileSync(made, '.'), 100);
    const swap = setTimeout(() => {
      clearInterval(growing);
      copyFileSync(good, made);
      renameSync(made, mirror);
      isEnded = true;
    }, 700);
    onTestFinished(() => [growing, swap].forEach(clearTimeout));
    const { status, stderr } = await shell.inside(['verify']);
    expect([status, isEnded]).toEqual([75, true]);
    expect(stderr).toContain('mirror.db: it changed while it was read');
    expect(await verdict()).toEqual([0, 'verified']);
  });

  it('says what it found where nobody goes on', async () => {
    const { mirror, verdict } = await halfway();
    appendFileSync(`${mirror}.new`, 'left by somebody who was stopped');
    expect(await verdict()).toEqual([22, 'drift']);
  });
});
