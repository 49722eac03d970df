/**
 * The text of `check.mjs`: where the package was built it lies beside it; in a clone it is put
 * together when it is asked for, by the same recipe.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InputOptions, OutputOptions } from 'rolldown';

export const SCRIPT = 'check.mjs';

/** Beside what was compiled, or what was put together. */
const PLACES = [`../../check/${SCRIPT}`, `../check/${SCRIPT}`] as const;

const ENTRY = `import { main } from './main.ts';
process.exitCode = main(
  import.meta.url,
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
);
`;

/** checkInput is what it is made of: the check, all that it takes, and a line that runs it. */
export const checkInput = (): InputOptions => {
  const entry = fileURLToPath(new URL('./check-entry.ts', import.meta.url));
  return {
    input: entry,
    platform: 'node',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? ENTRY : null),
      },
    ],
  };
};

/** checkOutput is how it is written: one file, which takes no package. */
export const checkOutput: OutputOptions = { format: 'esm', codeSplitting: false, minify: true };

const putTogether = async (): Promise<string> => {
  const { rolldown } = await import('rolldown');
  const built = await rolldown(checkInput());
  const { output } = await built.generate(checkOutput);
  await built.close();
  return output[0].code;
};

/** checkScript gives the text of the script. */
export const checkScript = async (): Promise<string> => {
  const place = PLACES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
    existsSync(path),
  );
  return place === undefined ? putTogether() : readFileSync(place, 'utf8');
};
