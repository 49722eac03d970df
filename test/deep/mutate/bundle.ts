/**
 * The quick part of the tests and the kernel under them as one script, with one file of the kernel
 * replaced by its mutant.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SHIM = join(ROOT, 'test/deep/mutate/expectation.ts');
const ENTRY = 'mutation-entry.ts';

/** Tests that take longer than the others together; what they would find, others do. */
const LEFT_OUT = ['every flipped bit ', 'a hundred megabytes '];

const testsIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .toSorted()
    .map((name) => join(ROOT, folder, name));

/** Laws of other rooms find nothing in the kernel that its own do not. */
const isAboutKernel = (path: string): boolean => {
  const text = readFileSync(path, 'utf8');
  const laws = Array.from(text.matchAll(/'\.\/(law\/[\w-]+\.ts)'/g), ([, law = '']) =>
    readFileSync(join(ROOT, 'properties', law), 'utf8'),
  );
  return ![text, ...laws].some((each) => each.includes('/policies/'));
};

const imports = (files: readonly string[]): readonly string[] =>
  files.map((file) => `await import(${JSON.stringify(file)});`);

const examples = [
  ...testsIn('test/ledger'),
  join(ROOT, 'test/deep/mutate/answers.ts'),
  join(ROOT, 'test/published.test.ts'),
];

/** The laws are loaded only where all examples pass: making their inputs takes longest. */
const entryText = `
import { parentPort } from 'node:worker_threads';
import { firstFailure } from ${JSON.stringify(SHIM)};
const isLeftOut = (title) => ${JSON.stringify(LEFT_OUT)}.some((start) => title.startsWith(start));
${imports(examples).join('\n')}
let failure = firstFailure(isLeftOut);
if (failure === undefined) {
  ${imports(testsIn('properties').filter(isAboutKernel)).join('\n  ')}
  failure = firstFailure(isLeftOut);
}
parentPort.postMessage({ failure });
`;

export interface Replacement {
  readonly path: string;
  readonly text: string;
}

/** bundle gives the script; without a replacement the kernel in it is whole. */
export const bundle = async (replacement?: Replacement): Promise<string> => {
  const load = (id: string): string | undefined => {
    if (id === ENTRY) return entryText;
    if (!id.endsWith('.ts') || id.includes('node_modules')) return undefined;
    const text = id === replacement?.path ? replacement.text : readFileSync(id, 'utf8');
    // One script stands for all files: each is told where it would have been.
    return text
      .replaceAll('import.meta.main', 'false')
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
  };
  const resolveId = (id: string): string | undefined => {
    if (id === ENTRY) return ENTRY;
    return id === 'vitest' ? SHIM : undefined;
  };
  const built = await rolldown({
    input: ENTRY,
    platform: 'node',
    cwd: ROOT,
    treeshake: false,
    logLevel: 'silent',
    plugins: [{ name: 'mutation', resolveId, load }],
  });
  const { output } = await built.generate({ format: 'esm', codeSplitting: false });
  await built.close();
  return output[0].code;
};
