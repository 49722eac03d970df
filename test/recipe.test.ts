/**
 * The recipes do what they say, typed into a real shell as help prints them, and the README tells
 * the same.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Recipe, Script } from '../src/cli/topic/recipe/recipe.ts';
import { VERDICTS } from '../src/cli/topic/recipe/verdicts.ts';
import { RECIPES } from '../src/cli/topic/recipes.ts';
import { inMirror } from './src/cli/doctor.ts';
import { BIN, Shell } from './src/cli/shell.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const SEGMENT = '.ledger/journal/00000000000000000000.jsonl';

/** The events of the bundle that is handed out: 10,000 in `npm run test:deep -- recipe`. */
const EVENTS = Number(process.env['LEDGER_EVENTS'] ?? '60');
const TIMEOUT_MS = 600_000;

/** Node as whoever has not installed anything of ours has it. */
const bareNode = (): string => {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders
    .filter((each) => !each.includes('node_modules'))
    .map((f) => join(f, 'node'));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error('there is no node outside of node_modules');
  return found;
};

const isScript = (part: string | Script): part is Script => typeof part !== 'string';

/** A recipe as the README has it. */
const markdownOf = ({ summary, parts }: Recipe): string =>
  [
    `### ${summary}`,
    ...parts.map((part) => {
      if (!isScript(part)) return part;
      const name = part.file === undefined ? '' : `\`${part.file}\`:\n\n`;
      return `${name}\`\`\`${part.file === undefined ? 'sh' : 'text'}\n${part.text}\`\`\``;
    }),
  ].join('\n\n');

const withCommand = async (): Promise<Shell> => {
  const shell = new Shell();
  await shell.told('init --origin example.com/acme --as alice');
  mkdirSync(shell.path('.bin'));
  shell.write('.bin/ledger', `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(shell.path('.bin/ledger'), 0o755);
  return shell;
};

const bash = ({ folder }: Shell, text: string) =>
  spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LEDGER_DIR: '', PATH: `${folder}/.bin:${process.env['PATH'] ?? ''}` },
  });

/** Writes and types what a recipe says, in one shell; gives what it prints. */
const cook = (shell: Shell, parts: Recipe['parts']): string => {
  for (const { file, text } of parts.filter(isScript)) if (file) shell.write(file, text);
  const typed = parts.filter(isScript).filter(({ file }) => file === undefined);
  const { status, stdout, stderr } = bash(shell, typed.map(({ text }) => text).join(''));
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return stdout;
};

const partsOf = (name: string): Recipe['parts'] => RECIPES[name]?.parts ?? [];

const typesIn = (shell: Shell): readonly unknown[] =>
  shell
    .journal()
    .map((line) => (JSON.parse(line) as { header: { event_type: string } }).header)
    .map(({ event_type: type }) => type);

describe('a recipe', () => {
  it('is listed, printed by its name, and quoted in the README', async () => {
    const shell = new Shell();
    const { stdout: list } = await shell.inside('help recipes');
    expect(Object.keys(RECIPES).length).toBeGreaterThan(6);
    for (const [name, recipe] of Object.entries(RECIPES)) {
      expect(list).toContain(`ledger help recipes ${name}`);
      const { stdout } = await shell.inside(['help', 'recipes', name]);
      expect(stdout.startsWith(`${recipe.summary}\n\n`)).toBe(true);
      for (const { text } of recipe.parts.filter(isScript))
        expect(stdout).toContain(`  ${text.trimEnd().replaceAll(/\n(?=.)/g, '\n  ')}\n`);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(README).toContain(`${markdownOf(recipe)}\n`);
    }
    expect(await shell.refusals(['help recipes soup', 'help recipes toString'])).toEqual([
      '2 usage',
      '2 usage',
    ]);
  });

  it('signs from a shell script, once', async () => {
    const shell = await withCommand();
    cook(shell, partsOf('signing'));
    const done = typesIn(shell).filter((type) => type === 'build.done');
    expect(done.length).toBe(3);
    expect(bash(shell, 'ledger append signed.ndjson').status).toBe(0);
    expect(shell.journal().length).toBe(5);
  });

  it('records from Node, Python and Bash', async () => {
    const shell = await withCommand();
    const printed = cook(shell, partsOf('pipeline'));
    expect(printed.match(/appended/g)?.length).toBe(6);
    expect(typesIn(shell)).toEqual([
      'ledger.created',
      'room.cleaned',
      'room.cleaned',
      'sensor.read',
      'sensor.read',
      'door.moved',
      'door.moved',
    ]);
    shell.write('.bin/ledger', '#!/bin/sh\nexit 24\n');
    expect([
      bash(shell, 'node record.mjs').status,
      bash(shell, 'python3 record.py').status,
    ]).toEqual([24, 24]);
  });

  it('verifies every night, against the checkpoint of the night before', async () => {
    const shell = await withCommand();
    cook(shell, partsOf('nightly'));
    expect(shell.read('kept/report.json')).toContain('"verdict":"verified"');
    const job = parse(shell.read('ledger-verify.yml')) as {
      jobs: { verify: { steps: readonly { run?: string }[] } };
    };
    const runs = job.jobs.verify.steps.map(({ run }) => run ?? ':');
    const git = 'git init -qb main kept --bare && git clone -q kept work';
    const cron = /^[\d*]+(?: [\d*]+){4} {2}(?:cd \S+ && )(.*) \|\| mail/.exec(
      shell.read('ledger.cron'),
    );
    const unit = /^ExecStart=(.*)$/m.exec(shell.read('ledger-verify.service'));
    for (const line of [cron?.[1], unit?.[1], runs[1]])
      expect([line, bash(shell, line ?? 'false').status]).toEqual([line, 0]);
    rmSync(shell.path('kept'), { recursive: true });
    const identity = 'git config user.name a; git config user.email a@example.com';
    const place = `${git}; mv kept far; mv work kept; git -C kept remote set-url origin ../far`;
    const first = bash(shell, `${place}; cd kept; ${identity}; cd ..; ${runs.slice(1).join('\n')}`);
    expect([first.status, first.status === 0 ? '' : first.stderr]).toEqual([0, '']);
    // A ledger that was rolled back is one that the kept checkpoint does not fit.
    writeFileSync(shell.path(SEGMENT), shell.read(SEGMENT).replace('alice', 'malic'));
    expect(bash(shell, runs[1] ?? '').status).toBe(20);
  });

  it('has units and a table that their programs take', async () => {
    const shell = await withCommand();
    for (const { file, text } of partsOf('nightly').filter(isScript))
      if (file) shell.write(file, text);
    const verify = (name: string): string | undefined => {
      const ran = bash(shell, `systemd-analyze verify --man=no ./${name}`);
      // Where there is no systemd its own checks cannot be had; the form is checked above.
      return ran.status === 127 ? '' : ran.stderr.split('\n').find((line) => line.includes(name));
    };
    for (const name of ['ledger-verify.service', 'ledger-verify.timer'])
      expect(verify(name) ?? '').not.toMatch(/Unknown|Invalid|Failed to parse|bad/);
    for (const name of ['ledger-verify.service', 'ledger-verify.timer'])
      expect(shell.read(name)).toMatch(/^(?:\[[A-Z][a-z]+\]\n(?:[A-Z]\w+=.+\n)+\n?)+$/);
  });

  it('restores after a disaster, and loses nothing', async () => {
    const shell = await withCommand();
    const printed = cook(shell, partsOf('disaster'));
    expect(printed).toContain('verified: example.com/acme, 1 events');
    expect(typesIn(shell)).toEqual(['ledger.created', 'note.taken']);
    expect((await shell.inside('checkpoint')).status).toBe(0);
  });

  it('hands evidence to an auditor, who checks it alone', async () => {
    const shell = await withCommand();
    expect(cook(shell, partsOf('evidence'))).toContain('proof: inclusion');
    cpSync(shell.path('evidence'), shell.path('elsewhere/evidence'), { recursive: true });
    cpSync(shell.path('log-key.json'), shell.path('elsewhere/log-key.json'));
    cpSync(shell.path('check.sh'), shell.path('elsewhere/check.sh'));
    expect(bash(shell, 'cd elsewhere && sh check.sh').stdout).toContain('event_type: invoice.paid');
    const proof = join(shell.path('elsewhere'), 'evidence/event.tlog-proof');
    writeFileSync(proof, readFileSync(proof, 'utf8').replace('index 1', 'index 0'));
    expect(bash(shell, 'cd elsewhere && sh check.sh').status).toBe(20);
  });

  it(
    'hands out a bundle that bare Node checks alone, to the last byte',
    async () => {
      const shell = await withCommand();
      symlinkSync(bareNode(), shell.path('.bin/node'));
      const half = EVENTS / 2;
      const parts = partsOf('hand-out').map((part) =>
        isScript(part) ? { ...part, text: part.text.replace('=5000', `=${half}`) } : part,
      );
      const printed = cook(shell, parts);
      expect(printed).toContain(`invoices.csv: ${half} events, `);
      expect(printed).toContain(`\nwithheld: ${half} × secret.noted\n`);
      expect(shell.read('siem.json').match(/"word":/g)).toBeNull();
      expect(shell.read('case-7.html')).toContain('data/events.ndjson');
      // Somewhere else, with nothing but Node.
      const bundle = shell.path('alone');
      cpSync(shell.path('stranger', 'bundle'), bundle, { recursive: true });
      const check = () =>
        spawnSync(bareNode(), ['check.mjs'], { cwd: bundle, encoding: 'utf8', env: {} });
      const whole = check();
      expect([whole.status, whole.stderr]).toEqual([0, '']);
      expect(whole.stdout).toContain(`\nproved: the events 0 to ${EVENTS + 2} are all there`);
      expect(whole.stdout).toContain('\nproved: the text of the profile soc2 says');
      expect(whole.stdout).toContain(`\nwithheld: ${half} × secret.noted\n`);
      expect(whole.stdout).toContain('\nnot proved: what withheld payloads say');
      const names = readdirSync(bundle, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) {
        const bytes = readFileSync(name);
        const altered = bytes.length === 0 ? Buffer.from('x') : Buffer.from(bytes);
        const place = altered.length >> 1;
        altered[place] = (altered[place] ?? 0) ^ 1;
        writeFileSync(name, altered);
        const { status, stdout } = check();
        const isScriptItself = name.endsWith('check.mjs');
        expect([name, status === 0, stdout.includes('verified:')]).toEqual([name, false, false]);
        if (!isScriptItself) expect([name, status]).toEqual([name, 20]);
        writeFileSync(name, bytes);
      }
      expect(check().status).toBe(0);
    },
    TIMEOUT_MS,
  );

  it('rotates keys, and revokes one', async () => {
    const shell = await withCommand();
    const printed = cook(shell, partsOf('keys'));
    expect(printed).toMatch(/\nbot\+\w+ {2}verified {2}author {2}revoked since/);
    expect(printed).toMatch(/\nbot\+\w+ {2}verified {2}author {2}retired since/);
    expect(printed).toMatch(/\nexample.com\/acme\+\w+ {2}verified {2}log {2}retired since/);
    expect(await shell.refusals(['append --type build.done --sign bot'])).toEqual(['24 refused']);
  });

  it.each<[keyof typeof VERDICTS, number, (shell: Shell) => void]>([
    ['verified', 0, () => undefined],
    [
      'tampered',
      20,
      (shell) => shell.write(SEGMENT, shell.read(SEGMENT).replace('"n-1"', '"n-2"')),
    ],
    ['torn_tail', 21, (shell) => shell.write(SEGMENT, `${shell.read(SEGMENT)}{"torn`)],
    ['drift', 22, (shell) => inMirror(shell, 'DROP TRIGGER event_stays')],
    ['incomplete', 23, () => undefined],
  ])('knows what to do at %s', async (verdict, exit, happens) => {
    const shell = await withCommand();
    await shell.told('append --type note.taken --id n-1 --sign alice');
    happens(shell);
    const asked = verdict === 'incomplete' ? 'verify --require checkpoint' : 'verify';
    expect((await shell.inside(asked)).status).toBe(exit);
    expect(cook(shell, VERDICTS[verdict])).toContain('verified: example.com/acme, 2 events');
  });
});
