/**
 * How the command is put together to be installed: a script that starts it, one for each command
 * and for what commands share, and one for a thread, all in one folder. They are in CommonJS, which
 * Node starts sooner; SQLite stays a package, since it is not JavaScript.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import type { InputOptions, OutputOptions, Plugin } from 'rolldown';
import { SCRIPTS, putTogether } from './bundle/check-script.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * What measures texts for the layout of help takes as long to prepare as Node to start (measured),
 * for the sake of letters that are not one column wide; no help has such a letter.
 */
const narrow: Plugin = {
  name: 'narrow',
  resolveId: (name) => (name === 'string-width' ? '\0narrow' : null),
  load: (id) => (id === '\0narrow' ? 'export default (text) => text.length;' : null),
};

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

const licenseIn = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
};

/** Whoever passes a package on passes on its licence as well. */
const licensed: Plugin = {
  name: 'licensed',
  generateBundle(_options, made) {
    const ids = Object.values(made).flatMap((each) =>
      each.type === 'chunk' ? each.moduleIds : [],
    );
    const folders = new Set(ids.flatMap((id) => PACKAGE.exec(id)?.[0] ?? []));
    const source = [...folders].toSorted().map(licenseIn).join('\n\n');
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
  },
};

/** The scripts that go with what is handed out lie beside the command. */
const handedOut: Plugin = {
  name: 'handed-out',
  async generateBundle() {
    for (const fileName of SCRIPTS)
      this.emitFile({ type: 'asset', fileName, source: await putTogether(fileName) });
  },
};

/** input is what it is made of. */
export const input: InputOptions = {
  input: { bin: pathOf('bin.ts'), worker: pathOf('verify/worker.ts') },
  platform: 'node',
  // ndjson comes without the text of its licence. In a clone alone the command puts together the
  // scripts that lie beside it here.
  external: ['better-sqlite3', 'ndjson', 'rolldown'],
  plugins: [narrow, licensed, handedOut],
  // yargs asks where it lies, to read settings out of files; it is given none.
  transform: { define: { 'import.meta.resolve': 'undefined' } },
};

/** output is how it is written, wherever that is. */
export const output: OutputOptions = {
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
};

export default defineConfig({ ...input, output: { ...output, dir: pathOf('../dist/command') } });
