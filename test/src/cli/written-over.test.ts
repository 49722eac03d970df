/**
 * What is written to a file that somebody names takes the place of that file and of nothing else,
 * and of no file that is read, or lies in a ledger; where it cannot be written, nothing is signed
 * or recorded for it.
 */
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLedger } from './shell.ts';

const PLAN = '--id e --hypothesis h --change c --metric cost_per_session --relative 10';

const begun = async () => {
  const shell = withLedger();
  await shell.told(`experiment create ${PLAN} --sign alice`);
  await shell.told('experiment start e --sign alice');
  await shell.told('checkpoint --out held.note');
  return shell;
};

const OUT = [
  'checkpoint --out',
  'prove 1 --out',
  'prove --consistent-with held.note --out',
  'experiment report e --sign alice --html',
  'verify --mark',
];

describe('a file that is handed out', () => {
  it('takes away nothing that lies beside it', async () => {
    const shell = await begun();
    for (const [nth, line] of OUT.entries()) {
      shell.write(`own${nth}.part`, 'mine');
      await shell.told(`${line} own${nth}`);
      expect([line, shell.read(`own${nth}.part`)]).toEqual([line, 'mine']);
    }
    const left = readdirSync(shell.folder).filter((name) => name.endsWith('.part'));
    expect(left).toHaveLength(OUT.length);
  });

  it('does not take the place of what the same line reads', async () => {
    const shell = await begun();
    const [own = ''] = readdirSync(shell.path('.ledger', 'keys')).filter((name) =>
      name.startsWith('alice'),
    );
    const key = shell.read(`.ledger/keys/${own}`);
    shell.write('own.key', key, 0o600);
    shell.write('map.yaml', (await shell.inside('help ocsf-map')).stdout);
    const map = shell.read('map.yaml');
    const lines = [
      'experiment report e --sign ./own.key --html own.key',
      'export --format ndjson --sign ./own.key --to own.key',
      'export --format ocsf --ocsf-map map.yaml --to ./map.yaml',
    ];
    expect(await shell.refusals(lines)).toEqual(Array.from(lines, () => '2 usage'));
    expect([shell.read('own.key'), shell.read('map.yaml')]).toEqual([key, map]);
  });

  it('lies neither in another ledger nor in a backup', async () => {
    const shell = await begun();
    await shell.told('backup --to copy');
    const [name = ''] = readdirSync(shell.path('copy', 'journal'));
    const line = shell.read(`copy/journal/${name}`);
    const outs = [...OUT, 'export --format csv --to'];
    const there = [`copy/journal/${name}`, 'copy/keys/new', 'copy/ledger.json'];
    const lines = outs.flatMap((out) => there.map((path) => `${out} ${path}`));
    expect(await shell.refusals(lines)).toEqual(Array.from(lines, () => '2 usage'));
    expect(shell.read(`copy/journal/${name}`)).toBe(line);
    // What is beside them is no matter of theirs.
    await shell.told('checkpoint --out copy/held.note');
    // Other folders may have a file of that name, too.
    mkdirSync(shell.path('own', 'journal'), { recursive: true });
    shell.write('own/ledger.json', '{}');
    await shell.told('checkpoint --out own/held.note');
  });

  it('has a place before anything is signed or recorded for it', async () => {
    const shell = await begun();
    mkdirSync(shell.path('folder'));
    symlinkSync('held.note', shell.path('link'));
    await shell.told('append --type a.b --sign alice');
    const there = async () => [
      (await shell.inside('log --json')).stdout,
      readdirSync(shell.path('.ledger', 'checkpoints')),
    ];
    const before = await there();
    const lines = OUT.flatMap((out) => [`${out} folder`, `${out} link`]);
    const fit = lines.filter((line) => line !== 'prove --consistent-with held.note --out link');
    expect(await shell.refusals(fit)).toEqual(Array.from(fit, () => '2 place_refused'));
    expect(await there()).toEqual(before);
  });

  it('is where its name leads to no other one: a mark, too', async () => {
    const shell = await begun();
    await shell.told('verify --mark far');
    symlinkSync('far', shell.path('near'));
    copyFileSync(shell.path('far'), shell.path('kept'));
    expect(await shell.refusal('verify --mark near')).toBe('2 place_refused');
    expect(shell.read('far')).toBe(shell.read('kept'));
  });
});

describe('a ledger or a backup that is made', () => {
  it('lies in nothing that another ledger or a backup keeps', async () => {
    const shell = await begun();
    await shell.told('backup --to copy');
    await shell.told('-C other init --origin example.com/other --as bob');
    symlinkSync('.ledger/journal', shell.path('link'));
    const others = ['other/torn', 'other/torn/in/it'];
    const kept = ['.ledger/journal', '.ledger/journal/in', 'copy/keys', 'link', ...others];
    const lines = kept.flatMap((place) => [
      `-C ${place} init --origin example.com/new --as carol`,
      `-C ${place} restore --from copy`,
      `-C other backup --to ${place}`,
    ]);
    const refused = await shell.refusals(lines);
    // The folder that a backup is to be in must be there; its own ledger it cannot lie in.
    const differ = refused.filter((each) => each !== '2 usage');
    expect(differ).toEqual(['25 within', '3 place_refused']);
    for (const each of ['.ledger', 'other']) await shell.told(`-C ${each} verify`);
    const { stderr } = await shell.inside('-C .ledger/keys init --origin example.com/new');
    expect(stderr).toMatch(/outside of every ledger: -C names a folder elsewhere\n/);
  });
});
