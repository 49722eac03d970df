/**
 * What is done to a node of the syntax tree: each operator gives texts to put in its place.
 */

/** A node as the parser gives it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** A change: the text from `start` to `end` becomes `text`. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

export const nodeIn = (node: Node, member: string): Node => node[member] as Node;
export const nodesIn = (node: Node, member: string): readonly Node[] =>
  (node[member] as readonly unknown[]).filter(isNode);

const SWAPPED: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['>>'],
  '&': ['|'],
  '|': ['&'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '>>=': ['<<='],
  '++': ['--'],
};

const RENAMED: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  floor: 'ceil',
};

const DROPPED = new Set(['filter', 'slice', 'subarray', 'toSorted', 'toReversed', 'replaceAll']);

type Operator = (node: Node, text: string) => readonly Change[];

const whole = (node: Node, ...texts: readonly string[]): readonly Change[] =>
  texts.map((text) => ({ start: node.start, end: node.end, text }));

/** The operator between two operands, found behind whatever closes the left one. */
const swap =
  (left: string, right: string): Operator =>
  (node, text) => {
    const between = nodeIn(node, left).end;
    const sign = String(node['operator']);
    const start = text.indexOf(sign, between);
    if (start < 0 || start > nodeIn(node, right).start) return [];
    const isText = [left, right].some((side) =>
      /^['"`]/.test(text.slice(nodeIn(node, side).start, nodeIn(node, side).end)),
    );
    if (isText && (sign === '+' || sign === '+=')) return [];
    return (SWAPPED[sign] ?? []).map((other) => ({ start, end: start + sign.length, text: other }));
  };

const condition: Operator = (node) => {
  const test = node['test'];
  if (!isNode(test)) return [];
  const isLoop = node.type === 'WhileStatement' || node.type === 'ForStatement';
  return whole(test, ...(isLoop ? ['false'] : ['true', 'false']));
};

const literal: Operator = (node, text) => {
  const { value } = node;
  if (typeof value === 'boolean') return whole(node, String(!value));
  if (typeof value === 'number') return whole(node, String(value + 1));
  if (typeof value === 'bigint') return whole(node, `${value + 1n}n`);
  if (isNode(node) && node['regex'] !== undefined) return pattern(node, text);
  if (typeof value !== 'string') return [];
  return [...whole(node, value === '' ? "'mutant'" : "''"), ...lengths(node, text)];
};

/** A pattern loses an anchor, or a bound of a length moves by one. */
const pattern: Operator = (node, text) => {
  const own = text.slice(node.start, node.end);
  const unanchored = own.startsWith('/^') ? whole(node, `/${own.slice(2)}`) : [];
  const open = own.replace(/\$(\/[a-z]*)$/, '$1');
  return [...unanchored, ...(open === own ? [] : whole(node, open)), ...lengths(node, text)];
};

const lengths: Operator = (node, text) => {
  const own = text.slice(node.start, node.end);
  return [...own.matchAll(/(?<=\{(?:\d+,)?)\d+(?=(?:,\d*)?\})/g)].map(({ 0: digits, index }) => ({
    start: node.start + index,
    end: node.start + index + digits.length,
    text: String(Number(digits) + 1),
  }));
};

const call: Operator = (node) => {
  const callee = nodeIn(node, 'callee');
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return [];
  const property = nodeIn(callee, 'property');
  const name = String(property['name']);
  const renamed = Object.hasOwn(RENAMED, name) ? whole(property, RENAMED[name] ?? '') : [];
  if (!DROPPED.has(name)) return renamed;
  return [...renamed, { start: nodeIn(callee, 'object').end, end: node.end, text: '' }];
};

const arrow: Operator = (node) => {
  const body = nodeIn(node, 'body');
  return body.type === 'BlockStatement' ? [] : whole(body, 'undefined');
};

const body: Operator = (node) => (nodesIn(node, 'body').length === 0 ? [] : whole(node, '{}'));

const unary: Operator = (node, text) => {
  const argument = nodeIn(node, 'argument');
  const isRemoved = node['operator'] === '!' || node['operator'] === '-';
  return isRemoved ? whole(node, text.slice(argument.start, argument.end)) : [];
};

const update: Operator = (node, text) => {
  const at = node['prefix'] === true ? node.start : node.end - 2;
  const other = text.slice(at, at + 2) === '++' ? '--' : '++';
  return [{ start: at, end: at + 2, text: other }];
};

const list: Operator = (node) => (nodesIn(node, 'elements').length === 0 ? [] : whole(node, '[]'));

export const OPERATORS: Readonly<Record<string, Operator>> = {
  BinaryExpression: swap('left', 'right'),
  LogicalExpression: swap('left', 'right'),
  AssignmentExpression: swap('left', 'right'),
  IfStatement: condition,
  ConditionalExpression: condition,
  WhileStatement: condition,
  ForStatement: condition,
  Literal: literal,
  TemplateLiteral: (node, text) => [...whole(node, '``'), ...lengths(node, text)],
  CallExpression: call,
  ArrowFunctionExpression: arrow,
  BlockStatement: body,
  UnaryExpression: unary,
  UpdateExpression: update,
  ArrayExpression: list,
  SpreadElement: (node) => whole(node, '...[]'),
  ExpressionStatement: (node) => whole(node, ';'),
};
