/**
 * Edits of single lines of the journal by whoever knows its format: moved about, written otherwise,
 * sealed anew with the right hashes.
 */
import { native } from '../../ledger/crypto/native.ts';
import { attest } from '../../ledger/event/attestation.ts';
import type { Meaning } from '../../ledger/name.ts';
import { ALICE, timeOf } from '../build/ledger.ts';
import type { Chance } from '../simulation/chance.ts';
import type { Header } from './forgery.ts';
import { PAYLOAD, hashOf, lineOf, parsed, sealed, textOf } from './forgery.ts';
import type { Edit, Lines, Scene } from './scene.ts';
import { pick, pickLine, readLines, writeLines } from './scene.ts';

/** Changes one line, or takes it out, or puts others beside it. */
const atLine =
  (
    change: (line: string, scene: Scene, all: readonly Lines[]) => readonly string[] | undefined,
  ): Edit['apply'] =>
  (scene) => {
    const all = readLines(scene);
    const picked = pickLine(scene, all);
    const put = picked && change(picked.line, scene, all);
    if (picked === undefined || put === undefined) return false;
    picked.segment.lines.splice(picked.at, 1, ...put);
    return writeLines(all);
  };

const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => text.replace(':', ': '),
  (text) => text.replace(/^\{(.*)\}$/, '{$1,"more":1}'),
  (text) => text.replace('"payload":', '"payload":null,"payload":'),
  (text) => text.replace('invoice', '\\u0069nvoice'),
  (text) => text.replace(/"i":(\d+)/, '"i":$1.0'),
  (text) => text.replace(/"i":(\d+)/, '"i":$1e0'),
  (text) => text.replace(/^\{("event_hash":"\w+"),("header":.*),"payload/, '{$2,$1,"payload'),
  (text) => text.replace(/"event_hash":"(\w+)"/, (_, hash: string) => hash.toUpperCase()),
  (text) => `\ufeff${text}`,
  (text) => ` ${text}`,
  (text) => `${text} `,
  (text) => text.replace(/,"payload":.*\}$/, '}'),
  (text) => text.replace(/,"salt":"\w+"\}$/, '}'),
  (text) => text.replace(/"salt":"(\w)/, '"salt":"0'),
  (text) => text.replace('"list":[true', '"list":[false'),
];

/** What whoever seals a line anew may write into it. */
const HEADERS: readonly ((header: Header, chance: Chance) => Header)[] = [
  (header, chance) => ({ ...header, seq: Number(header['seq']) + chance(5) - 2 }),
  (header) => ({ ...header, recorded_at: '1999-01-01T00:00:00.000Z' }),
  (header) => ({ ...header, recorded_at: '2999-01-01T00:00:00.000Z' }),
  (header) => ({ ...header, observed_at: '1999-01-01T00:00:00.000Z' }),
  (header) => ({ ...header, id: 'e-7' }),
  (header) => ({ ...header, ledger: 'example.com/another' }),
  (header) => ({ ...header, event_type: 'invoice.void' }),
  (header) => ({ ...header, schema_version: 2 }),
  (header) => ({ ...header, policy: { outcome: 'allow', policy_set: 'ab'.repeat(32) } }),
  (header) => ({ ...header, source: { kind: 'user', name: 'mallory' } }),
  (header) => ({ ...header, prev_event_hash: 'ab'.repeat(32) }),
  (header) => ({ ...header, domain_tags: ['zz'] }),
  ({ attestation: _, ...header }) => header,
  ({ domain_tags: _, ...header }) => header,
];

/** One line with the right hashes, and something else in it. */
const reseal = (line: string, { chance }: Scene): string | undefined => {
  const value = parsed(line);
  if (value === undefined) return undefined;
  const header = value['header'] as Header;
  const { payload, salt } = value;
  if (chance(3) > 0)
    return sealed(pick(chance, HEADERS)?.(header, chance) ?? header, payload, salt);
  return sealed({ ...header, payload_hash: hashOf(salt, PAYLOAD) }, PAYLOAD, salt);
};

/** An event as the tool would have made it, put in by hand at the end. */
const forged = (lines: readonly string[]): string | undefined => {
  const last = parsed(lines.at(-1) ?? '');
  if (last === undefined) return undefined;
  const header = last['header'] as Header;
  const { attestation: _, domain_tags: __, seen: ___, ...rest } = header;
  const claim = { ...rest, id: 'forged' };
  return sealed(
    { ...claim, seq: lines.length, prev_event_hash: last['event_hash'] },
    last['payload'],
    last['salt'],
  );
};

export const LINE_EDITS: readonly Edit[] = [
  { name: 'a line deleted', apply: atLine(() => []) },
  { name: 'a line repeated', apply: atLine((line) => [line, line]) },
  { name: 'a blank line', apply: atLine((line) => [line, '\n']) },
  { name: 'a line that ends in CRLF', apply: atLine((line) => [line.replace(/\n$/, '\r\n')]) },
  { name: 'a line that ends in CR', apply: atLine((line) => [line.replace(/\n$/, '\r')]) },
  {
    name: 'every line ends in CRLF',
    apply: (scene) =>
      writeLines(
        readLines(scene).map(({ path, lines }) => ({
          path,
          lines: lines.map((line) => line.replace(/\n$/, '\r\n')),
        })),
      ),
  },
  {
    name: 'a line written otherwise',
    apply: atLine((line, { chance }) => {
      const text = pick(chance, SPELLINGS)?.(textOf(line)) ?? '';
      return text === textOf(line) ? undefined : [lineOf(`${text}\n`)];
    }),
  },
  {
    name: 'a line swapped with another',
    apply: (scene) => {
      const all = readLines(scene);
      const [one, other] = [pickLine(scene, all), pickLine(scene, all)];
      if (one === undefined || other === undefined) return false;
      one.segment.lines[one.at] = other.line;
      other.segment.lines[other.at] = one.line;
      return writeLines(all);
    },
  },
  {
    name: 'a line moved elsewhere',
    apply: (scene) => {
      const all = readLines(scene);
      const [one, other] = [pickLine(scene, all), pickLine(scene, all)];
      if (one === undefined || other === undefined) return false;
      one.segment.lines.splice(one.at, 1);
      other.segment.lines.splice(other.at, 0, one.line);
      return writeLines(all);
    },
  },
  {
    name: 'a line of another history',
    apply: atLine((line, { chance, ground }) => {
      const put = pick(chance, ground.fork) ?? '';
      return chance(2) === 0 ? [put] : [line, put];
    }),
  },
  {
    name: 'another history behind it all',
    apply: (scene) => {
      const all = readLines(scene);
      all.at(-1)?.lines.push(...scene.ground.fork.slice(scene.chance(3)));
      return all.length > 0 && writeLines(all);
    },
  },
  {
    name: 'the last lines gone',
    apply: (scene) => {
      const all = readLines(scene);
      const last = all.at(-1)?.lines;
      if (last === undefined) return false;
      last.splice(-1 - scene.chance(Math.max(1, last.length)));
      return writeLines(all);
    },
  },
  {
    name: 'a line sealed anew',
    apply: atLine((line, scene) => {
      const put = reseal(line, scene);
      return put === undefined ? undefined : [put];
    }),
  },
  {
    name: 'a line signed anew for another time',
    apply: atLine((line) => {
      const value = parsed(line);
      if (value === undefined) return undefined;
      const header = value['header'] as Header;
      const { attestation: _, policy: __, prev_event_hash: ___, ...rest } = header;
      const { recorded_at: ____, seq: _____, ...claim } = rest;
      const signed = attest(native, ALICE, claim as never, 'authored' as Meaning, timeOf(0));
      return [sealed({ ...header, attestation: signed }, value['payload'], value['salt'])];
    }),
  },
  {
    name: 'an event put in by hand at the end',
    apply: (scene) => {
      const all = readLines(scene);
      const line = forged(all.flatMap(({ lines }) => lines));
      if (line === undefined) return false;
      all.at(-1)?.lines.push(line);
      return writeLines(all);
    },
  },
];
