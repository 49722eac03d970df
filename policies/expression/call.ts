/**
 * Functions, methods and macros: `size(x)`, `x.contains(y)`, `has(x.y)`, `x.all(v, …)`, and
 * `x.matches('…')`, whose pattern must be a literal, since it is compiled with the expression.
 */
import * as E from 'fp-ts/lib/Either.js';
import { compilePattern } from '../pattern/pattern.ts';
import type { Callable } from './function.ts';
import { FUNCTIONS, METHODS } from './function.ts';
import { isPredicate, MACROS } from './loop.ts';
import { NO_OVERLOAD, ownMember, SPENT } from './operation.ts';
import type { Node } from './parse.ts';
import { messageOf } from './refusal.ts';
import type { Compiled, Frame, Run, Scope } from './scope.ts';
import { deny, denyKinds, label, mayBe, resultOf, within } from './scope.ts';
import { DATA, Failed, isMapping, kindOf, only } from './value.ts';

type Compile = (node: Node, scope: Scope) => Compiled;
type Call = Node & { op: 'call' };
type MethodCall = Node & { op: 'rcall' };

const own = <A>(table: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const unknown = (scope: Scope, offset: number, name: string, names: readonly string[]): Compiled =>
  deny(scope, 'unknown_function', offset, `one of ${names.join(', ')}, not ${name}`);

/** What a call of literals alone fails with shows when it is read, not years later. */
const checked = (made: Compiled, operands: readonly Node[], scope: Scope): Compiled => {
  if (operands.some((node) => node.op !== 'value') || scope.refused.length > 0) return made;
  const given = made.run({ context: {}, slots: [], left: Infinity });
  if (!(given instanceof Failed)) return { ...made, run: () => given };
  return deny(scope, given.reason, given.offset, messageOf(given.reason, given.what));
};

const apply = (
  name: string,
  { arity, result, call }: Callable,
  operands: readonly Node[],
  offset: number,
  scope: Scope,
  compile: Compile,
): Compiled => {
  const [first, second] = operands;
  if (first === undefined || operands.length !== arity)
    return deny(scope, 'bad_argument', offset, `${name} takes another number of arguments`);
  const a = compile(first, scope);
  const b = second === undefined ? undefined : compile(second, scope);
  const what = (x: string, y: string): string =>
    b === undefined ? `${name}(${x})` : `${name}(${x}, ${y})`;
  const other = b?.type ?? only('null');
  if (resultOf(a.type, other, call).length === 0)
    return denyKinds(scope, offset, what(label(a.type), label(other)));
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    const y = b === undefined ? null : b.run(frame);
    if (y instanceof Failed) return y;
    const given = call(x, y, frame);
    if (!(given instanceof Failed)) return given;
    const isMixed = given === NO_OVERLOAD;
    return new Failed(given.reason, offset, isMixed ? what(kindOf(x), kindOf(y)) : '');
  };
  return checked({ type: only(result), run }, operands, scope);
};

/** `has(x.y)` asks whether there is a member, be it null; x itself must be there. */
const has = (node: Call, scope: Scope, compile: Compile): Compiled => {
  const [argument, more] = node.args[1];
  if (argument?.op !== '.' || more !== undefined)
    return deny(scope, 'bad_argument', node.start, 'has takes a member, as in has(payload.total)');
  const [operand, key] = argument.args;
  const a = compile(operand, scope);
  const what = (x: string): string => `has(${x}.${key})`;
  if (!mayBe(a.type, 'map')) return denyKinds(scope, argument.pos, what(label(a.type)));
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    if (isMapping(x)) return ownMember(x, key) !== undefined;
    return new Failed('no_such_overload', argument.pos, what(kindOf(x)));
  };
  return { type: only('bool'), run };
};

export const compileCall = (node: Call, scope: Scope, compile: Compile): Compiled => {
  const [name, args] = node.args;
  if (name === 'has') return has(node, scope, compile);
  const found = own(FUNCTIONS, name);
  if (found === undefined)
    return unknown(scope, node.start, name, ['has', ...Object.keys(FUNCTIONS)]);
  return apply(name, found, args, node.start, scope, compile);
};

const matches = (
  receiver: Node,
  args: readonly Node[],
  offset: number,
  scope: Scope,
  compile: Compile,
): Compiled => {
  const [pattern] = args;
  const a = compile(receiver, scope);
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string' || args.length !== 1)
    return deny(scope, 'bad_argument', offset, 'matches takes one pattern, as a string literal');
  const compiled = compilePattern(pattern.args, scope.purse);
  if (E.isLeft(compiled)) {
    const { expected, found } = compiled.left;
    return deny(scope, 'bad_pattern', pattern.start, `${expected}: ${found}`);
  }
  if (!mayBe(a.type, 'string')) return denyKinds(scope, offset, `matches(${label(a.type)})`);
  const { size, isIn } = compiled.right;
  const run: Run = (frame) => {
    frame.left -= 1;
    const x = a.run(frame);
    if (x instanceof Failed) return x;
    if (typeof x !== 'string')
      return new Failed('no_such_overload', offset, `matches(${kindOf(x)})`);
    frame.left -= size * x.length;
    return frame.left < 0 ? SPENT : isIn(x);
  };
  return { type: only('bool'), run };
};

const variable =
  (slot: number): Run =>
  (frame: Frame) => {
    frame.left -= 1;
    return frame.slots[slot] ?? null;
  };

const macro = (node: MethodCall, offset: number, scope: Scope, compile: Compile): Compiled => {
  const [name, receiver, [named, body, last]] = node.args;
  const made = own(MACROS, name);
  const count = node.args[2].length;
  if (made?.arities.includes(count) !== true || named?.op !== 'id' || body === undefined)
    return deny(scope, 'bad_argument', offset, `${name} takes a name, then what it is for`);
  const range = compile(receiver, scope);
  if (!mayBe(range.type, 'list', 'map'))
    return denyKinds(scope, offset, `${name}(${label(range.type)})`);
  const slot = scope.depth;
  const names = new Map(scope.names);
  names.set(named.args, { type: within(range.type, DATA), run: variable(slot) });
  const inner: Scope = { ...scope, names, depth: slot + 1 };
  const test = compile(body, inner);
  const give = last === undefined ? undefined : compile(last, inner);
  if (isPredicate(name, count) && !mayBe(test.type, 'bool'))
    return deny(scope, 'not_bool', body.start, messageOf('not_bool', label(test.type)));
  const loop = {
    range: range.run,
    slot,
    body: test.run,
    bodyAt: body.start,
    ...(give && { give: give.run }),
    offset,
    name,
  };
  const run = made.make(loop);
  const isData = name === 'filter' && range.type.isData;
  return { type: { kinds: [made.result], isData }, run };
};

export const compileMethod = (node: MethodCall, scope: Scope, compile: Compile): Compiled => {
  const [name, receiver, args] = node.args;
  const offset = Math.max(node.start, scope.text.indexOf(name, receiver.end));
  if (name === 'matches') return matches(receiver, args, offset, scope, compile);
  if (Object.hasOwn(MACROS, name)) return macro(node, offset, scope, compile);
  const found = own(METHODS, name);
  const names = ['matches', ...Object.keys(METHODS), ...Object.keys(MACROS)];
  if (found === undefined) return unknown(scope, offset, name, names);
  return apply(name, found, [receiver, ...args], offset, scope, compile);
};
