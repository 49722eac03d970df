/**
 * The appending process as one script: it is started thousands of times, and finding and reading
 * a hundred modules would take longer than all that it does.
 */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
}

/** appenderIn puts it in a folder. */
export const appenderIn = async (folder: string): Promise<Program> => {
  const built = await rolldown({
    input: join(ROOT, 'test/crash/appender.ts'),
    platform: 'node',
    external: 'better-sqlite3',
  });
  const script = join(folder, 'appender.mjs');
  await built.write({ format: 'esm', file: script, codeSplitting: false });
  await built.close();
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { script, env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') } };
};
