/**
 * The conditions that an expression is put together of by `&&`, `||`, `!` and `?:`, so that a test
 * can tell which of them were ever true and which ever false.
 *
 *     payload.total > 1000.0 || !payload.isPaid    =>    payload.total > 1000.0
 *                                                        payload.isPaid
 *
 * What stands within a macro, or within an operand of anything else, is part of one condition.
 */
import { newPurse } from '../pattern/pattern.ts';
import * as E from 'fp-ts/lib/Either.js';
import { compile } from './compile.ts';
import type { Context, Variables } from './expression.ts';
import { BUDGET, variable } from './expression.ts';
import type { Node } from './parse.ts';
import { parse } from './parse.ts';
import type { Scope } from './scope.ts';

/** True, false, or undefined where it was not asked or failed. */
export type Answer = boolean | undefined;

export interface Branches {
  /** The conditions, in the order in which they stand. */
  readonly sources: readonly string[];
  /** What each of them answers, asked in turn as the whole expression asks them. */
  readonly ask: (context: Context) => readonly Answer[];
}

type Visit = (context: Context, answers: Answer[]) => Answer;

/** What stands in quotes, raw or not, or in a comment: brackets there are none. */
const QUOTED = new RegExp(
  [
    `[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"]*"|'[^']*')`,
    `"""(?:\\\\[^]|[^\\\\])*?"""|'''(?:\\\\[^]|[^\\\\])*?'''`,
    `"(?:\\\\[^]|[^"\\\\])*"|'(?:\\\\[^]|[^'\\\\])*'`,
    '//[^\\n]*',
  ].join('|'),
  'g',
);

const count = (text: string, bracket: string): number =>
  text.replaceAll(QUOTED, '').split(bracket).length - 1;

/** The text of a node; a bracket around the whole of an operand at its end is not in the tree. */
const textOf = (text: string, { start, end }: Node): string => {
  const inner = text.slice(start, end);
  const [opened, closed] = [count(inner, '('), count(inner, ')')];
  const [before] = /(?:\(\s*)*$/.exec(text.slice(0, start)) ?? [''];
  const [behind] = /^(?:\s*\))*/.exec(text.slice(end)) ?? [''];
  const missing = (bracket: string, around: string, by: number): string =>
    bracket.repeat(Math.min(Math.max(by, 0), count(around, bracket)));
  return missing('(', before, closed - opened) + inner + missing(')', behind, opened - closed);
};

const visit = (node: Node, scope: Scope, sources: string[]): Visit => {
  const within = (inner: Node): Visit => visit(inner, scope, sources);
  if (node.op === '&&' || node.op === '||') {
    const isDecisive = node.op === '||';
    const [a, b] = [within(node.args[0]), within(node.args[1])];
    return (context, answers) => {
      const x = a(context, answers);
      if (x === isDecisive) return x;
      const y = b(context, answers);
      return y === isDecisive || x !== undefined ? y : undefined;
    };
  }
  if (node.op === '!_') {
    const a = within(node.args);
    return (context, answers) => {
      const x = a(context, answers);
      return x === undefined ? undefined : !x;
    };
  }
  if (node.op === '?:') {
    const [asked, yes, no] = [within(node.args[0]), within(node.args[1]), within(node.args[2])];
    return (context, answers) => {
      const x = asked(context, answers);
      return x === undefined ? undefined : (x ? yes : no)(context, answers);
    };
  }
  const { run } = compile(node, scope);
  // What is always so is no condition.
  const at = node.op === 'value' ? undefined : sources.push(textOf(scope.text, node)) - 1;
  return (context, answers) => {
    const given = run({ context, slots: [], left: BUDGET });
    const answer = typeof given === 'boolean' ? given : undefined;
    if (at !== undefined) answers[at] = answer;
    return answer;
  };
};

/** branchesOf takes apart an expression that has been read before. */
export const branchesOf = (source: string, variables: Variables): Branches => {
  const tree = parse(source);
  const sources: string[] = [];
  if (E.isLeft(tree)) return { sources, ask: () => [] };
  const names = new Map(
    Object.entries(variables).map(([name, kind]) => [name, variable(name, kind)]),
  );
  const ask = visit(
    tree.right,
    { text: source, names, depth: 0, refused: [], purse: newPurse() },
    sources,
  );
  return {
    sources,
    ask: (context) => {
      const answers: Answer[] = sources.map(() => undefined);
      ask(context, answers);
      return answers;
    },
  };
};
