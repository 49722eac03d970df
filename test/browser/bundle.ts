/**
 * Bundling the portable conformance run for a browser, and the vector files for it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const VECTORS = new URL('../vectors/', import.meta.url);

/** bundle gives one script without imports. */
export const bundle = async (): Promise<string> => {
  const built = await rolldown({
    input: fileURLToPath(new URL('conformance.ts', import.meta.url)),
    platform: 'browser',
  });
  const { output } = await built.generate({ format: 'iife', codeSplitting: false, minify: true });
  await built.close();
  return output[0].code;
};

/** vectorFiles gives the files as JSON text by name. */
export const vectorFiles = (): string =>
  JSON.stringify(
    Object.fromEntries(
      readdirSync(VECTORS).map((name) => [
        name,
        JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8')) as unknown,
      ]),
    ),
  );
