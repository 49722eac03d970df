/**
 * The installation: the runtime, and the SQLite that is in it. Nothing that takes SQLite is loaded
 * before this has seen that it can be.
 */
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';

/** Releases before it can damage a database whose log begins anew while it is read. */
const SOUND = [3, 51, 3] as const;
const FEWEST = [22, 14] as const;

const partsOf = (version: string): readonly number[] =>
  version.replace(/^v/, '').split('.').map(Number);

const isBefore = (version: string, least: readonly number[]): boolean => {
  const parts = partsOf(version);
  const at = least.findIndex((part, index) => parts[index] !== part);
  return at >= 0 && (parts[at] ?? 0) < (least[at] ?? 0);
};

/** judgeRuntime tells whether a Node is new enough. */
export const judgeRuntime = (version: string): Check =>
  isBefore(version, FEWEST)
    ? fail('runtime', `Node ${version}: ${FEWEST.join('.')} is needed`, 'Install a newer Node.')
    : ok('runtime', `Node ${version} on ${process.platform} ${process.arch}`);

interface Build {
  readonly version: string;
  readonly options: readonly string[];
}

/** judgeSqlite tells whether a build of SQLite is one that a ledger may rest on. */
export const judgeSqlite = ({ version, options }: Build): Check => {
  const told = options.filter((each) => /^(?:THREADSAFE|DEFAULT_WAL_SYNCHRONOUS)=/.test(each));
  const message = [`SQLite ${version}`, ...told].join(', ');
  if (options.includes('THREADSAFE=0'))
    return fail('sqlite', `${message}: locks do not hold`, 'Install better-sqlite3 as published.');
  return isBefore(version, SOUND)
    ? warn(
        'sqlite',
        `${message}: releases before ${SOUND.join('.')} can damage a mirror`,
        'Install the better-sqlite3 that ledger names.',
      )
    : ok('sqlite', message);
};

const askBuild = async (): Promise<Build> => {
  const { default: Sqlite } = await import('better-sqlite3');
  const sqlite = new Sqlite(':memory:');
  try {
    const ask = (sql: string): readonly unknown[] => sqlite.prepare(sql).pluck().all();
    return {
      version: String(ask('SELECT sqlite_version()')[0]),
      options: ask('PRAGMA compile_options').map(String),
    };
  } finally {
    sqlite.close();
  }
};

/** installation looks at it. */
export const installation = async (): Promise<readonly Check[]> => {
  const runtime = judgeRuntime(process.version);
  try {
    return [runtime, judgeSqlite(await askBuild())];
  } catch (thrown) {
    const [reason] = String(thrown).split('\n');
    const next = 'Install it again for this Node and this machine: npm rebuild better-sqlite3.';
    return [runtime, fail('sqlite', `SQLite cannot be loaded (${reason})`, next)];
  }
};
