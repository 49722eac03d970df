/**
 * From the tree of an expression to a closure per node, each of which costs a step. Whatever is not
 * named here or in the tables of operators and functions is refused with its place.
 */
import type { Node } from './parse.ts';
import { at, NO_OVERLOAD, OPERATORS, ownMember, UNARY } from './operation.ts';
import { compileCall, compileMethod } from './call.ts';
import { messageOf } from './refusal.ts';
import type { Compiled, Run, Scope } from './scope.ts';
import { deny, denyKinds, label, mayBe, resultOf, within } from './scope.ts';
import type { Result, Value } from './value.ts';
import { DATA, Failed, isMapping, kindOf, only } from './value.ts';

/** An operator stands behind its left operand. */
const behind = (scope: Scope, left: Node, word: string): number =>
  Math.max(left.end, scope.text.indexOf(word, left.end));

const literal = (node: Node & { op: 'value' }, scope: Scope): Compiled => {
  const value = node.args;
  if (typeof value === 'bigint' && value >= 2n ** 63n)
    return deny(scope, 'out_of_range', node.start, 'an integer has at most 64 bits');
  if (typeof value === 'object' && value !== null)
    return deny(scope, 'not_permitted', node.start, 'there are no bytes and no unsigned integers');
  return {
    type: only(kindOf(value)),
    run: (frame) => {
      frame.left -= 1;
      return value;
    },
  };
};

const binary = (op: string, [left, right]: readonly [Node, Node], scope: Scope): Compiled => {
  const apply = op === '[]' ? at : OPERATORS[op];
  const offset = behind(scope, left, op === '[]' ? '[' : op);
  if (apply === undefined) return deny(scope, 'not_permitted', offset, `there is no ${op} here`);
  const [a, b] = [compile(left, scope), compile(right, scope)];
  const what = (x: string, y: string): string => (op === '[]' ? `${x}[${y}]` : `${x} ${op} ${y}`);
  const kinds = resultOf(a.type, b.type, apply);
  if (kinds.length === 0) return denyKinds(scope, offset, what(label(a.type), label(b.type)));
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    const y = b.run(frame);
    if (y instanceof Failed) return y;
    const given = apply(x, y, frame);
    if (!(given instanceof Failed)) return given;
    const isMixed = given === NO_OVERLOAD;
    return new Failed(given.reason, offset, isMixed ? what(kindOf(x), kindOf(y)) : '');
  };
  return { type: op === '[]' ? within(a.type, DATA) : only(...kinds), run };
};

const unary = (op: '!_' | '-_', node: Node, operand: Node, scope: Scope): Compiled => {
  const apply = UNARY[op] ?? (() => NO_OVERLOAD);
  const a = compile(operand, scope);
  const what = (x: string): string => `${op.slice(0, 1)}${x}`;
  const kinds = resultOf(a.type, only('null'), apply);
  if (kinds.length === 0) return denyKinds(scope, node.start, what(label(a.type)));
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    const given = apply(x);
    if (!(given instanceof Failed)) return given;
    return new Failed(given.reason, node.start, given === NO_OVERLOAD ? what(kindOf(x)) : '');
  };
  return { type: only(...kinds), run };
};

/** condition compiles what must be true or false. */
const condition = (node: Node, scope: Scope): Compiled => {
  const made = compile(node, scope);
  if (mayBe(made.type, 'bool')) return made;
  return deny(scope, 'not_bool', node.start, messageOf('not_bool', label(made.type)));
};

const notBool = (node: Node, given: Result): Failed =>
  given instanceof Failed ? given : new Failed('not_bool', node.start, kindOf(given));

/** `decisive` decides alone: false in a conjunction, whatever became of the other side. */
const logic = (decisive: boolean, [left, right]: readonly [Node, Node], scope: Scope): Compiled => {
  const [a, b] = [condition(left, scope), condition(right, scope)];
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x === decisive) return x;
    const y = b.run(frame);
    if (y === decisive) return y;
    if (x !== !decisive) return notBool(left, x);
    return y === !decisive ? y : notBool(right, y);
  };
  return { type: only('bool'), run };
};

const ternary = ([asked, yes, no]: readonly [Node, Node, Node], scope: Scope): Compiled => {
  const a = condition(asked, scope);
  const [b, c] = [compile(yes, scope), compile(no, scope)];
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x === true) return b.run(frame);
    return x === false ? c.run(frame) : notBool(asked, x);
  };
  const kinds = [...new Set([...b.type.kinds, ...c.type.kinds])];
  return { type: { kinds, isData: b.type.isData && c.type.isData }, run };
};

const select = (node: Node, [operand, key]: readonly [Node, string], scope: Scope): Compiled => {
  const a = compile(operand, scope);
  const offset = node.pos;
  const what = (x: string): string => `${x}.${key}`;
  if (!mayBe(a.type, 'map')) return denyKinds(scope, offset, what(label(a.type)));
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    if (!isMapping(x)) return new Failed('no_such_overload', offset, what(kindOf(x)));
    const member = ownMember(x, key);
    return member === undefined ? new Failed('no_such_key', offset, key) : member;
  };
  return { type: within(a.type, DATA), run };
};

const list = (nodes: readonly Node[], scope: Scope): Compiled => {
  const items = nodes.map((node) => compile(node, scope));
  const run: Run = (frame) => {
    frame.left -= 1;
    const made: Value[] = [];
    for (const item of items) {
      const given = item.run(frame);
      if (given instanceof Failed) return given;
      made.push(given);
    }
    return made;
  };
  return { type: only('list'), run };
};

/** Keys are literals: what an object holds can be read off its text. */
const map = (entries: readonly (readonly [Node, Node])[], scope: Scope): Compiled => {
  const keys = new Set<string>();
  const members: (readonly [string, Compiled])[] = [];
  for (const [key, value] of entries) {
    const made = compile(value, scope);
    if (key.op !== 'value' || typeof key.args !== 'string' || keys.has(key.args))
      return deny(scope, 'bad_argument', key.start, 'a key is a string literal and stands once');
    keys.add(key.args);
    members.push([key.args, made]);
  }
  const run: Run = (frame) => {
    frame.left -= 1;
    const made = Object.create(null) as Record<string, Value>;
    for (const [key, member] of members) {
      const given = member.run(frame);
      if (given instanceof Failed) return given;
      made[key] = given;
    }
    return made;
  };
  return { type: only('map'), run };
};

/** compile makes a closure of a node; what is wrong is gathered in the scope. */
export const compile = (node: Node, scope: Scope): Compiled => {
  if (node.op === 'value') return literal(node, scope);
  if (node.op === '.') return select(node, node.args, scope);
  if (node.op === '&&') return logic(false, node.args, scope);
  if (node.op === '||') return logic(true, node.args, scope);
  if (node.op === '?:') return ternary(node.args, scope);
  if (node.op === '!_' || node.op === '-_') return unary(node.op, node, node.args, scope);
  if (node.op === 'list') return list(node.args, scope);
  if (node.op === 'map') return map(node.args, scope);
  if (node.op === 'call') return compileCall(node, scope, compile);
  if (node.op === 'rcall') return compileMethod(node, scope, compile);
  if (node.op === '.?' || node.op === '[?]')
    return deny(scope, 'not_permitted', node.start, 'there are no optional values here');
  if (node.op !== 'id') return binary(node.op, node.args, scope);
  const found = scope.names.get(node.args);
  if (found !== undefined) return found;
  const known = [...scope.names.keys()].join(', ');
  return deny(scope, 'unknown_name', node.start, `one of ${known}, not ${node.args}`);
};
