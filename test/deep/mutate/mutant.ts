/**
 * The mutants of a file: where, what stood there, what stands there instead.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'rolldown/experimental';
import { ROOT } from './bundle.ts';
import type { Change, Node } from './operator.ts';
import { OPERATORS, isNode } from './operator.ts';

export interface Mutant {
  /** From the root of the project. */
  readonly file: string;
  readonly line: number;
  readonly original: string;
  readonly changed: string;
  /** The whole file with the change in it. */
  readonly text: string;
}

/** What only the type checker reads, and what holds words for people. */
const isLeftOut = (node: Node): boolean =>
  (node.type.startsWith('TS') &&
    !['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node.type)) ||
  node.type === 'ImportDeclaration';

const isText = (file: string): boolean => /^ledger\/render\/.*text\.ts$/.test(file);

/** Behind `??` often stands what the type checker asks for and no input reaches. */
const isFallback = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === 'LogicalExpression' &&
  parent['operator'] === '??' &&
  parent['right'] === node &&
  ['Literal', 'NewExpression'].includes(node.type);

const isDefault = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === 'AssignmentPattern' && parent['right'] === node;

const isKey = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === 'Property' && parent['key'] === node && parent['computed'] !== true;

const changesIn = (node: Node, text: string, file: string, parent?: Node): readonly Change[] => {
  if (isLeftOut(node) || isFallback(node, parent) || isKey(node, parent)) return [];
  if (isDefault(node, parent) && node.type === 'Literal') return [];
  const isWord = node.type === 'TemplateLiteral' || typeof node['value'] === 'string';
  const own = isText(file) && isWord ? [] : (OPERATORS[node.type]?.(node, text) ?? []);
  const inner = Object.values(node)
    .flat()
    .filter(isNode)
    .flatMap((each) => changesIn(each, text, file, node));
  return [...own, ...inner];
};

/** pathOf gives the full path of a file of the project. */
export const pathOf = (file: string): string => join(ROOT, file);

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const short = (text: string): string => {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 70 ? `${flat.slice(0, 60)}…${flat.slice(-8)}` : flat;
};

/** mutantsOf finds the mutants of a file. */
export const mutantsOf = (file: string): readonly Mutant[] => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const program = parseSync(file, text).program as unknown as Node;
  return changesIn(program, text, file).map(({ start, end, text: put }) => {
    // What little was changed is shown with what stands around it.
    const isShort = end - start <= 12;
    const from = isShort ? Math.max(text.lastIndexOf('\n', start) + 1, start - 24) : start;
    const to = isShort ? Math.min(text.indexOf('\n', end), end + 24) : end;
    return {
      file,
      line: lineOf(text, start),
      original: short(text.slice(from, to)),
      changed: short(`${text.slice(from, start)}${put}${text.slice(end, to)}`),
      text: `${text.slice(0, start)}${put}${text.slice(end)}`,
    };
  });
};

/** kernelFiles lists the scripts of the kernel. */
export const kernelFiles = (): readonly string[] =>
  readdirSync(join(ROOT, 'ledger'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `ledger/${name}`)
    .toSorted();
