/**
 * Long work that is interrupted: a signal is heard long before all of it is done, nothing is told
 * as if it were, and what stands can be gone on from.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync } from 'node:fs';

import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startWriter } from '../../process/child.ts';
import type { Shell } from './shell.ts';
import { BIN, withLedger } from './shell.ts';
import { PLAN } from './trial.ts';

const EVENTS = 30_000;
const ERASURES = 300;
const LARGE = 150;
const LARGE_BYTES = 900_000;
/** So often it is looked, so long after one another, whether it prints: it is at work by then. */
const LOOKS = 60;
const LOOK_MS = 5;

/** Tells on the fourth stream when signals are listened to. */
const TELLS = [
  'const { writeSync } = await import("node:fs");',
  'process.on("newListener", (name) => name === "SIGINT" && writeSync(3, "heard"));',
].join(' ');
const HOOK = `data:text/javascript,${encodeURIComponent(TELLS)}`;

interface Interrupted {
  readonly status: number | null;
  readonly said: string;
}

/** Sends the signal when a file has its name that is the last to get it. */
const LAST = [
  'import fs from "node:fs";',
  'import { syncBuiltinESMExports } from "node:module";',
  'const rename = fs.renameSync;',
  'fs.renameSync = (from, to) => {',
  '  rename(from, to);',
  '  if (to.endsWith("backup.json")) process.kill(process.pid, "SIGINT");',
  '};',
  'syncBuiltinESMExports();',
].join(' ');

/** Sends the signal whenever a database is closed. */
const CLOSES = `
import { createRequire } from 'node:module';
const { prototype } = createRequire(process.argv[1])('better-sqlite3');
const { close } = prototype;
prototype.close = function () {
  process.kill(process.pid, 'SIGINT');
  return close.call(this);
};
`;

/** Runs a line of a shell, and interrupts the command soon after its start. */
const interrupt = async (shell: Shell, line: string): Promise<Interrupted> => {
  const out = openSync(shell.path('out'), 'w');
  const child = spawn(process.execPath, ['--import', HOOK, BIN, ...line.split(' ')], {
    cwd: shell.folder,
    env: { ...process.env, LEDGER_DIR: '', TMPDIR: shell.path('tmp') },
    // A file takes whatever is printed at once.
    stdio: ['ignore', out, 'pipe', 'pipe'],
  });
  closeSync(out);
  let stderr = '';
  child.stderr?.on('data', (text: Buffer) => void (stderr += text.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  await once(child.stdio[3] as NodeJS.ReadableStream, 'data');
  for (let look = 0; look < LOOKS && shell.read('out') === ''; look++) await setTimeout(LOOK_MS);
  child.kill('SIGINT');
  const [status] = await closed;
  return { status, said: `${shell.read('out')}${stderr}` };
};

const draftsOf = (name: string, length = EVENTS): string =>
  Array.from(
    { length },
    (_, at) => `{"event_type":"a.b","id":"${name}-${at}","payload":{"at":${at}}}\n`,
  ).join('');

/** Commands, and what they print last where nobody interrupts them. */
const LONG: readonly (readonly [line: string, last: RegExp])[] = [
  ['verify', /^verified/],
  ['verify --workers 1 --decisions', /^verified/],
  ['replay --dry-run', /^to read/m],
  ['replay --projections', /^journal and mirror/m],
  ['replay', /^journal and mirror/m],
  ['drill', /^restored/],
  ['backup --to copy', /^backed up/],
  ['-C anew restore --from whole', /^restored/],
  ['log --json', /"e-29999"/],
  ['export --format ndjson --to events', /SHA-256/],
  ['export --format bundle --to again --sign alice', /SHA-256|head/],
  ['sign drafts --key alice --origin example.com/acme', /"e-29999"/],
  ['policy replay --set signed', /decided alike/],
  ['check-bundle bundle', /^(?:verified|tampered|incomplete)/m],
  ['outbox list --json', /"e-29999"/],
  ['import ndjson rows --map map --dry-run', /the rows were judged/],
  ['import ndjson rows --map map', /sealed by event/],
  ['append more', /"m-29999"/],
];

describe('long work', () => {
  it('hears an interruption before its end', async () => {
    const shell = withLedger();
    shell.write('drafts', draftsOf('e'));
    shell.write('more', draftsOf('m'));
    shell.write('rows', draftsOf('r'));
    shell.write('map', 'type: { text: a.b }\n');
    shell.type('append drafts');
    shell.type('outbox destination set hooks --url http://127.0.0.1:9/ --format ndjson');
    shell.type('backup --to whole');
    shell.type('export --format bundle --to bundle --sign alice');
    mkdirSync(shell.path('tmp'));
    const heard: unknown[] = [];
    for (const [line, last] of LONG) {
      const { status, said } = await interrupt(shell, line);
      const isTold = said.includes('it was interrupted');
      // None of them records anything but what it tells by itself.
      heard.push([line, status, isTold, last.test(said), said.includes('recorded stands')]);
    }
    expect(heard).toEqual(LONG.map(([line]) => [line, 130, true, false, false]));
    // What was made elsewhere for the time being is gone, and what stands is whole.
    expect(readdirSync(shell.path('tmp'))).toEqual([]);
    expect(shell.type('verify').status).toBe(0);
  }, 300_000);

  it('says how many erasures it recorded, and goes on with the others', async () => {
    const shell = withLedger();
    const ids = Array.from({ length: ERASURES }, (_, at) => `e-${at}`);
    shell.write('drafts', draftsOf('e', ERASURES));
    shell.type('append drafts');
    const line = `erase ${ids.join(' ')} --reason asked --sign alice`;
    const { status, said } = await interrupt(shell, line);
    const erasures = shell.json('log --type ledger.payload_erased').length;
    expect([status, said]).toEqual([130, expect.stringContaining(`\n${erasures} of ${ERASURES} `)]);
    expect(erasures).toBeLessThan(ERASURES);
    expect(shell.type(line).status).toBe(0);
    expect(shell.json('log --type ledger.payload_erased')).toHaveLength(ERASURES);
    expect(shell.type('verify').status).toBe(0);
  }, 300_000);

  it('tells nothing as done where the signal came in the last step', () => {
    const shell = withLedger();
    shell.type('backup --to copy');
    shell.write('last.mjs', LAST);
    const args = ['--import', shell.path('last.mjs'), BIN, 'backup', '--to', 'copy'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: shell.folder,
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([
      130,
      '',
      expect.stringContaining('it was interrupted'),
    ]);
  });

  it('says of what was recorded that it stands, where something is', async () => {
    const shell = withLedger();
    shell.json(`experiment create ${shell.write('plan.yaml', PLAN)}`);
    shell.json('experiment start cheaper-cache');
    const holder = startWriter(['hold', shell.path('.ledger')]);
    await holder.says();
    for (const [line, next] of [
      ['append --type a.b', 'Nothing is recorded: run it again.'],
      ['key retire alice --reason old --sign alice', 'Nothing is recorded: run it again.'],
      ['verify --record --sign alice', 'Nothing is recorded: run it again.'],
      ['experiment conclude cheaper-cache', 'experiment show cheaper-cache: what was recorded'],
    ] as const) {
      const { status, said } = await interrupt(shell, line);
      expect([status, said]).toEqual([130, expect.stringContaining(next)]);
    }
    expect(await holder.end()).toBe(0);
  });

  it('says nothing of a signal where all was done, and ends as it would have', () => {
    const shell = withLedger();
    shell.write('hook.mjs', CLOSES);
    for (const [line, status, said] of [
      ['append --type a.b', 0, /^appended 1 /],
      ['append --type reserved', 2, /^$/],
      ['key list', 0, / operator /],
      ['checkpoint', 0, /^example\.com\/acme\n/],
    ] as const) {
      const args = ['--import', shell.path('hook.mjs'), BIN, ...line.split(' ')];
      const ran = spawnSync(process.execPath, args, { cwd: shell.folder, encoding: 'utf8' });
      expect([line, ran.status, ran.stdout]).toEqual([line, status, expect.stringMatching(said)]);
      expect(ran.stderr).not.toContain('interrupted');
    }
  });

  it('is followed by nothing once its end is told', () => {
    const leave = new URL('../../../src/cli/leave.ts', import.meta.url).href;
    const script = `
      import { halt, leave } from '${leave}';
      await halt();
      console.log('goes on');
      await leave('signal');
      await halt();
      console.log('went on');`;
    const args = ['--input-type=module', '--eval', script];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    // Node says by its 13 that something is waited for that never comes.
    expect([status, stdout]).toEqual([13, 'goes on\n']);
  });

  it('on few large events is heard as well', async () => {
    const shell = withLedger();
    const text = 'x'.repeat(LARGE_BYTES);
    const drafts = Array.from(
      { length: LARGE },
      () => `{"event_type":"a.b","payload":"${text}"}\n`,
    );
    shell.write('drafts', drafts.join(''));
    shell.type('append drafts');
    mkdirSync(shell.path('tmp'));
    const heard: unknown[] = [];
    for (const [line, last] of LONG.filter(([each]) => /^(?:policy )?replay/.test(each))) {
      const { status, said } = await interrupt(shell, line);
      heard.push([line, status, last.test(said)]);
    }
    expect(heard).toHaveLength(4);
    expect(heard.filter((each) => !String(each).endsWith(',130,false'))).toEqual([]);
  }, 300_000);
});
