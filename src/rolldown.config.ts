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

/** What yargs takes assertions from loads more than the rest of it; they hold, or it is broken. */
const asserted: Plugin = {
  name: 'asserted',
  resolveId: (name) => (name === 'assert' ? '\0asserted' : null),
  load: (id) =>
    id === '\0asserted'
      ? `const test = (is) => (a, b, text) => { if (Object.is(a, b) !== is) throw Error(text); };
         export const [strictEqual, notStrictEqual] = [test(true), test(false)];`
      : null,
};

/** As modules of today: of such no more is taken than what is used. */
const shaken: Plugin = {
  name: 'shaken',
  resolveId(name, from) {
    return name.startsWith('fp-ts/lib/') ? this.resolve(name.replace('lib', 'es6'), from) : null;
  },
};

const REQUIRED = /^const (require_[\w$]+) = require\("(\.\/(?!rolldown-runtime)[^"]+)"\);$/gm;

/**
 * A script loads another when something of it is used first, not when it is loaded itself: an
 * append that no expression looks at does not load what reads them.
 */
const deferred: Plugin = {
  name: 'deferred',
  renderChunk: (code) =>
    Array.from(code.matchAll(REQUIRED)).reduce((before, [line, name = '', path = '']) => {
      const [kept, now] = [`${name}$kept`, `${name}$now`];
      const use = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])(.?)`, 'g');
      const rest = before.replace(line, '').replaceAll(use, (_use, next: string) => {
        if (next !== '.') throw new Error(`${name} is used as a whole: ${path}`);
        return `(${now}()).`;
      });
      return `let ${kept};\nconst ${now} = () => (${kept} ??= require("${path}"));${rest}`;
    }, code),
};

/** Packages that most starts have no use for. */
const APART = [
  { name: 'cel', test: /\/node_modules\/@marcbachmann\// },
  { name: 're2js', test: /\/node_modules\/re2js\// },
  { name: 'yaml', test: /\/node_modules\/yaml\// },
];

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
  plugins: [narrow, asserted, shaken, deferred, licensed, handedOut],
  // yargs asks where it lies, to read settings out of files; it is given none.
  transform: { define: { 'import.meta.resolve': 'undefined' } },
};

/** output is how it is written, wherever that is. */
export const output: OutputOptions = {
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  // By its content: what is kept of one is never taken for what is kept of another.
  chunkFileNames: '[name]-[hash].cjs',
  comments: false,
  // What is kept of a script has no loader of its own.
  dynamicImportInCjs: false,
  codeSplitting: { groups: APART },
};

export default defineConfig({ ...input, output: { ...output, dir: pathOf('../dist/command') } });
