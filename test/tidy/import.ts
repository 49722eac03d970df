/**
 * What a script imports: `import`, `export … from`, `import type`, `import()` and `require()`.
 */
import type { SourceFile } from './project.ts';
import { scan } from './scan.ts';

/** The specifier is undefined where it is computed, so that no reader can tell what is imported. */
export type Import = { readonly specifier: string | undefined; readonly at: number };

/** A literal may stand for a name, in braces or after `as`; the scanner leaves its quotes. */
const quoted = String.raw`(?:'[^']*'|"[^"]*")`;
const names = String.raw`\{(?:[^'"\`;()={}]|${quoted})*\}`;
const clause = String.raw`(?:[^'"\`;()={]|\bas\s*${quoted}|${names})*?`;

const patterns = [
  new RegExp(String.raw`(?<![.\w$])(?:import|export)\b(?:${clause}\bfrom)?\s*(?=['"])`, 'g'),
  /(?<![.\w$])(?:import|require(?:\.resolve)?)\s*\(\s*/g,
];

/** The text between the quotes that open at `at`; undefined where no plain literal stands there. */
export const literalAt = (text: string, code: string, at: number): string | undefined => {
  const quote = code.charAt(at);
  if (!/['"`]/.test(quote)) return undefined;
  const literal = text.slice(at + 1, code.indexOf(quote, at + 1));
  return quote === '`' && literal.includes('${') ? undefined : literal;
};

export const importsOf = (file: SourceFile): readonly Import[] => {
  const { code } = scan(file.text);
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => {
      const at = match.index + match[0].length;
      return { specifier: literalAt(file.text, code, at), at };
    }),
  );
};
