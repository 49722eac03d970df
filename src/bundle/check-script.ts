/**
 * The scripts that go with what is handed out: `check.mjs` for bare Node, and the one in the page.
 * Where the package was built they lie beside it; in a clone they are put together when they are
 * asked for, by the same recipe.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InputOptions, OutputOptions } from 'rolldown';

export const SCRIPTS = ['check.mjs', 'page.js'] as const;
export type Script = (typeof SCRIPTS)[number];

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Whoever reads the report may stop to do so; what it came to is the exit code all the same. */
const ENTRY = `import { main } from './main.ts';
process.stdout.on('error', ({ code }) => {
  if (code !== 'EPIPE') process.exitCode = 74;
});
process.exitCode = main(
  import.meta.url,
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  (text) => process.stderr.write(text),
);
`;

/** The check, all that it takes, and a line that runs it. */
const checkInput = (): InputOptions => {
  const entry = pathOf('./check-entry.ts');
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

/** How a script is put together: one file each, which takes no package. */
const recipeOf = (
  script: Script,
): { readonly input: InputOptions; readonly output: OutputOptions } => {
  const output = { codeSplitting: false, minify: true } as const;
  return script === 'check.mjs'
    ? { input: checkInput(), output: { ...output, format: 'esm' } }
    : {
        input: { input: pathOf('../page/main.ts'), platform: 'browser' },
        output: { ...output, format: 'iife' },
      };
};

/** putTogether makes a script; it takes what a clone has and an installation has not. */
export const putTogether = async (script: Script): Promise<string> => {
  const { rolldown } = await import('rolldown');
  const { input, output } = recipeOf(script);
  const built = await rolldown(input);
  const made = await built.generate(output);
  await built.close();
  return made.output[0].code;
};

/** scriptText gives the text of a script. */
export const scriptText = async (script: Script): Promise<string> => {
  const beside = pathOf(`./${script}`);
  return existsSync(beside) ? readFileSync(beside, 'utf8') : putTogether(script);
};
