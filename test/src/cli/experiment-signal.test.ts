/**
 * The numbers of an experiment that are computed when a signal comes: it is heard between two
 * steps, nothing is told, and nothing is concluded.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { BIN } from './shell.ts';
import { BY_VALUE, append, begun, session } from './trial.ts';

const SESSIONS = 2500;
/** To the end it takes eight: a type of few events takes one, and each of the two others three. */
const PAGES = 8;

/** Tells when a page of events is read, and sends the signal at the first one. */
const HOOK = `
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
const { prototype } = createRequire(process.argv[1])('better-sqlite3');
const { prepare } = prototype;
let pages = 0;
prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (!sql.includes('INDEXED BY event_type')) return statement;
  const { all } = statement;
  statement.all = (...values) => {
    if (pages++ === 0) process.kill(process.pid, 'SIGINT');
    writeSync(2, '[page]');
    return all.apply(statement, values);
  };
  return statement;
};
`;

const withSessions = async (): Promise<Shell> => {
  const shell = await begun(BY_VALUE);
  const events = Array.from({ length: SESSIONS }, (_, n) =>
    session(n, n % 2 === 0 ? 'old' : 'new', n % 7),
  );
  await append(shell, events.flat());
  return shell;
};

describe('an experiment', () => {
  it('is left where its numbers are computed, and nothing is told or concluded', async () => {
    const shell = await withSessions();
    shell.write('hook.mjs', HOOK);
    for (const line of ['report --no-look', 'report', 'sessions', 'conclude --sign alice']) {
      const [name = '', ...options] = line.split(' ');
      const args = ['--import', shell.path('hook.mjs'), BIN, 'experiment', name, 'cheaper-cache'];
      const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...options], {
        cwd: shell.folder,
        encoding: 'utf8',
      });
      const [pages, said] = [stderr.split('[page]').length - 1, stderr.split('[page]').at(-1)];
      expect([line, status, stdout, said]).toEqual([
        line,
        130,
        '',
        'it was interrupted\nRun it again.\n',
      ]);
      expect([pages > 0, pages < PAGES]).toEqual([true, true]);
    }
    expect(await shell.told('log --type experiment.*')).toHaveLength(2);
  });
});
