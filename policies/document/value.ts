/**
 * From the tree of a document to the JSON value that it states, with the spot of every value.
 *
 * A key is text and stands once. A number is one as JSON writes it, within what a ledger holds; the
 * other numbers of YAML (`0x1F`, `0o17`, `+1`, `.5`, `007`, `.inf`) are refused and not guessed at.
 */
import type { ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar } from 'yaml';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { parseNumber } from '../../ledger/json/number.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Spot } from './place.ts';
import { within } from './place.ts';
import type { Trouble } from './problem.ts';
import { shown } from './shown.ts';
import { MAX_DEPTH } from './tree.ts';

/** The most UTF-16 units of a key: what YAML itself permits a key in front of its colon. */
export const MAX_KEY = 1024;

interface Read {
  readonly value: Json;
  readonly spot: Spot;
}

type Wrong = Pick<Trouble, 'reason' | 'expected' | 'found'>;

interface Inside {
  readonly value: Json;
  readonly inner: ReadonlyMap<string, Spot>;
}

const NOTHING: ReadonlyMap<string, Spot> = new Map();
const EMPTY: Inside = { value: null, inner: NOTHING };
const NOT_TEXT: Wrong = { reason: 'key_not_text', expected: 'a key of text', found: 'no text' };
const TOO_DEEP: Wrong = { reason: 'too_deep', expected: `at most ${MAX_DEPTH} levels` };

const wrongNumber = (source: string): Wrong | undefined => {
  const { value, end } = parseNumber(encodeUtf8(source), 0);
  const found = shown(source);
  if (end < source.length || value === 'syntax')
    return { reason: 'bad_number', expected: 'a number as JSON writes it, or quotes', found };
  return typeof value === 'number'
    ? undefined
    : { reason: 'bad_number', expected: 'a number that a double keeps, or quotes', found };
};

const wrongText = (text: string): Wrong | undefined =>
  text.isWellFormed()
    ? undefined
    : { reason: 'bad_text', expected: 'both halves of a surrogate pair', found: shown(text) };

const wrongKey = (
  { value, source, type }: Scalar.Parsed,
  seen: ReadonlyMap<string, Spot>,
): Wrong | undefined => {
  const found = source === '' ? 'nothing' : shown(source);
  if (typeof value !== 'string')
    return { reason: 'key_not_text', expected: 'a key of text; quotes around it', found };
  if (value.length > MAX_KEY)
    return { reason: 'too_long', expected: `a key of at most ${MAX_KEY} characters`, found };
  if (value === '__proto__') return { reason: 'forbidden_key', expected: 'another key', found };
  if (value === '<<' && type === 'PLAIN')
    return { reason: 'forbidden_key', expected: 'the members themselves', found };
  if (seen.has(value)) return { reason: 'repeated_key', expected: 'each key once', found };
  return wrongText(value);
};

const push = (troubles: Trouble[], offset: number, pointer: string, wrong: Wrong): void => {
  troubles.push({ offset, pointer, ...wrong });
};

const readScalar = (node: Scalar.Parsed, pointer: string, troubles: Trouble[]): Json => {
  const { value, source } = node;
  if (value === null || typeof value === 'boolean') return value;
  const isText = typeof value === 'string';
  const wrong = isText ? wrongText(value) : wrongNumber(source);
  if (wrong !== undefined) push(troubles, node.range[0], pointer, wrong);
  return isText || typeof value === 'number' ? value : null;
};

/** The key where it can be used, undefined where it is in trouble. */
const readKey = (
  key: ParsedNode,
  pointer: string,
  inner: ReadonlyMap<string, Spot>,
  troubles: Trouble[],
): string | undefined => {
  if (isAlias(key)) return undefined; // which the tree has told
  const wrong = isScalar(key) ? wrongKey(key, inner) : NOT_TEXT;
  const text = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
  if (wrong === undefined) return text;
  const isShort = text !== undefined && text.length <= MAX_KEY;
  push(troubles, key.range[0], isShort ? within(pointer, text) : pointer, wrong);
  return undefined;
};

const readMap = (
  node: YAMLMap.Parsed,
  pointer: string,
  depth: number,
  troubles: Trouble[],
): Inside => {
  const members: Record<string, Json> = {};
  const inner = new Map<string, Spot>();
  for (const { key, value } of node.items) {
    const keyOffset = key.range[0];
    const name = readKey(key, pointer, inner, troubles);
    const at = name === undefined ? pointer : within(pointer, name);
    const read =
      value === null
        ? { value: null, spot: { offset: keyOffset, end: keyOffset, keyOffset, inner: NOTHING } }
        : readNode(value, at, depth, troubles, keyOffset);
    if (name === undefined) continue;
    members[name] = read.value;
    inner.set(name, read.spot);
  }
  return { value: members, inner };
};

const readList = (
  node: YAMLSeq.Parsed,
  pointer: string,
  depth: number,
  troubles: Trouble[],
): Inside => {
  const reads = node.items.map((item, i) => readNode(item, within(pointer, i), depth, troubles));
  return {
    value: reads.map(({ value }) => value),
    inner: new Map(reads.map(({ spot }, i) => [String(i), spot])),
  };
};

const readInside = (
  node: ParsedNode,
  pointer: string,
  depth: number,
  troubles: Trouble[],
): Inside => {
  if (isAlias(node)) return EMPTY; // which the tree has told
  if (isScalar(node)) return { value: readScalar(node, pointer, troubles), inner: NOTHING };
  if (depth === MAX_DEPTH) {
    push(troubles, node.range[0], pointer, TOO_DEEP);
    return EMPTY;
  }
  return isMap(node)
    ? readMap(node, pointer, depth + 1, troubles)
    : readList(node, pointer, depth + 1, troubles);
};

const readNode = (
  node: ParsedNode,
  pointer: string,
  depth: number,
  troubles: Trouble[],
  keyOffset = node.range[0],
): Read => {
  const { value, inner } = readInside(node, pointer, depth, troubles);
  const [offset, end] = node.range;
  return { value, spot: { offset, end, keyOffset, inner } };
};

/** readValue reads a tree; the value counts only where there is no trouble. */
export const readValue = (root: ParsedNode): Read & { readonly troubles: readonly Trouble[] } => {
  const troubles: Trouble[] = [];
  return { ...readNode(root, '', 0, troubles), troubles };
};
