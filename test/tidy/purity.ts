/**
 * The kernel and the policies are pure: no I/O, clock, randomness or process; and only the
 * outermost file of src decides how the process exits. What the pure rooms import, `arrow.ts` says.
 */
import { importsOf } from './import.ts';
import type { Offence, Rule, SourceFile } from './project.ts';
import { isScript, offenceAt, offencesIn, roomOf } from './project.ts';
import { BARE, scan } from './scan.ts';

const pureRooms = new Set(['ledger', 'policies']);

/** Names that a member may bear too: as the key of something one is a word like any other. */
const held = [
  'process|console|performance|self|window|global|navigator',
  'setTimeout|setInterval|setImmediate|queueMicrotask|fetch',
].join('|');
const key = String.raw`(?<=[{,;]\s*(?:readonly\s+)?)(?:${held})\s*\??:`;

const impure = new RegExp(
  [
    String.raw`${BARE}(?:Date|Intl|Temporal|eval|Function|globalThis)\b`,
    String.raw`${BARE}Math\b(?!\s*\.\s*(?!random)\w)`,
    String.raw`${BARE}(?!${key})(?:${held})\b`,
    String.raw`${BARE}import\s*\.\s*meta\b`,
    // A name that is written in escapes, and the way to every function's maker.
    String.raw`\\u`,
    String.raw`\.\s*constructor\b`,
    String.raw`${BARE}crypto\s*(?:\?\.\s*)?\[`,
    String.raw`\b(?:getRandomValues|random(?:UUID|Bytes|Int|Fill|FillSync))\b`,
    String.raw`\b(?:generate(?:Key|Prime)\w*|create(?:DiffieHellman|ECDH)\w*|subtle|webcrypto)\b`,
  ].join('|'),
  'g',
);
const buffer = new RegExp(String.raw`${BARE}Buffer\b`, 'g');

const native = 'ledger/crypto/native.ts';

/** All that the one file which knows `node:crypto` takes of it, under the one name: no chance. */
const permitted = 'hash|sign|verify|createPrivateKey|createPublicKey|KeyObject';
const beyond = new RegExp(
  String.raw`${BARE}crypto\b(?!\s+from\b)(?!\s*\.\s*(?:${permitted})\b)`,
  'g',
);

const natively = (file: SourceFile, code: string): readonly Offence[] => [
  ...offencesIn(file, code, beyond, (found) => `${found}: more of node:crypto than ${permitted}`),
  ...importsOf(file)
    .filter(({ specifier, at }) => {
      const isNamed = /(?<![.\w$])import\s+crypto\s+from\s*$/.test(code.slice(0, at));
      return specifier === 'node:crypto' && !isNamed;
    })
    .map(({ at }) => offenceAt(file, at, 'node:crypto under another name than crypto')),
];

export const purity: Rule = (files) =>
  files
    .filter((file) => isScript(file) && pureRooms.has(roomOf(file.path)))
    .flatMap((file) => {
      const { code } = scan(file.text);
      const say = (found: string): string => `${found} in ${roomOf(file.path)}/, which is pure`;
      const own = file.path === native ? natively(file, code) : offencesIn(file, code, buffer, say);
      return [...offencesIn(file, code, impure, say), ...own];
    });

const exits =
  /(?<![.\w$])process\s*\??\.\s*exit(?:Code)?\b|[{,]\s*exit(?:Code)?\b[^{}]*\}\s*=\s*process\b/g;

export const oneExit: Rule = (files) =>
  files
    .filter((file) => isScript(file) && roomOf(file.path) === 'src' && file.path !== 'src/bin.ts')
    .flatMap((file) =>
      offencesIn(
        file,
        scan(file.text).code,
        exits,
        (found) => `${found}, which only src/bin.ts may touch`,
      ),
    );
