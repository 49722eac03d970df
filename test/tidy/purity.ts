/**
 * The kernel and the policies are pure: no I/O, clock, randomness or process; and only the
 * outermost file of src decides how the process exits. What the pure rooms import, `arrow.ts` says.
 */
import type { Rule } from './project.ts';
import { isScript, offencesIn, roomOf } from './project.ts';
import { scan } from './scan.ts';

const pureRooms = new Set(['ledger', 'policies']);

const impure = new RegExp(
  [
    String.raw`(?<![.\w$])(?:Date|Intl|eval|Function|globalThis)\b`,
    String.raw`(?<![.\w$])Math\b(?!\s*\.\s*(?!random)\w)`,
    String.raw`(?<![.\w$])(?:process|console|performance)\s*(?:\?\.|[.[])`,
    String.raw`(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\s*\(`,
    String.raw`\b(?:getRandomValues|randomUUID|randomBytes|randomInt)\b`,
  ].join('|'),
  'g',
);
const buffer = /(?<![.\w$])Buffer\b/g;

export const purity: Rule = (files) =>
  files
    .filter((file) => isScript(file) && pureRooms.has(roomOf(file.path)))
    .flatMap((file) => {
      const { code } = scan(file.text);
      const say = (found: string): string => `${found} in ${roomOf(file.path)}/, which is pure`;
      const buffers =
        file.path === 'ledger/crypto/native.ts' ? [] : offencesIn(file, code, buffer, say);
      return [...offencesIn(file, code, impure, say), ...buffers];
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
