/**
 * The user's guide as a test reads it: its fenced blocks by the name behind their language, blocks
 * of one name joined, and its tables by the heading above them.
 */
import { readFileSync } from 'node:fs';

const FILE = new URL('../../../policies/README.md', import.meta.url);
export const GUIDE = readFileSync(FILE, 'utf8');

/** blocksOf gives the text of named blocks by the name, such as `yaml billing.yaml`. */
export const blocksOf = (page: string): ReadonlyMap<string, string> => {
  const blocks = new Map<string, string>();
  for (const [, name = '', text = ''] of page.matchAll(/^```(\w+ [\w.-]+)\n([^]*?)^```$/gm))
    blocks.set(name, (blocks.get(name) ?? '') + text);
  return blocks;
};

const BLOCKS = blocksOf(GUIDE);

/** block gives the text of a named block. */
export const block = (name: string): string => {
  const text = BLOCKS.get(name);
  if (text === undefined) throw new Error(`the guide has no block ${name}`);
  return text;
};

const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** tableUnder gives the rows of the first table below a heading, without its head. */
export const tableUnder = (page: string, heading: string): readonly (readonly string[])[] => {
  const [, ...rest] = page.split(`# ${heading}\n`);
  const lines = rest.join('').split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  if (start < 0) throw new Error(`the guide has no table under ${heading}`);
  return lines.slice(start + 2, end).map(cellsOf);
};
