/**
 * What a recipe is: sentences, files to be written, and lines to be typed, in the order in which
 * they are told. `ledger help recipes NAME`, the README and the tests that run them read the same.
 */

export interface Script {
  /** The name of the file that it is; what is typed has none. */
  readonly file?: string;
  readonly text: string;
}

export interface Recipe {
  readonly summary: string;
  readonly parts: readonly (string | Script)[];
}

/** type makes a part of lines that are typed. */
export const type = (...lines: readonly string[]): Script => ({ text: `${lines.join('\n')}\n` });

/** file makes a part of the lines of a file. */
export const file = (name: string, ...lines: readonly string[]): Script => ({
  file: name,
  text: `${lines.join('\n')}\n`,
});

const partText = (part: string | Script): string => {
  if (typeof part === 'string') return `${part}\n`;
  const lines = part.text.trimEnd().split('\n');
  const shown = lines.map((line) => `  ${line}`.trimEnd()).join('\n');
  return part.file === undefined ? `${shown}\n` : `${part.file}:\n\n${shown}\n`;
};

/** recipeText prints a recipe. */
export const recipeText = ({ summary, parts }: Recipe): string =>
  [`${summary}\n`, ...parts.map(partText)].join('\n');
