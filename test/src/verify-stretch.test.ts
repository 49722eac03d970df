/**
 * One line of a long stretch of lines that are all alike, wrong in one value and sealed all the
 * same: verified in ranges it is found as the fold finds it.
 */
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader } from '../../ledger/event/hash.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import type { File } from '../build/journal.ts';
import { KEY, folded, inFolder, segmentsOf } from '../build/journal.ts';
import { ALICE, BOB, Ledger, LOG, right } from '../build/ledger.ts';

const EVENTS = 32;
const PLACE = 20;
const DOCUMENTS = { rules: [] };

type Change = (header: JsonObject, ledger: Ledger) => JsonObject;

/** Every value that a header may bear is there, so that each may be wrong. */
const authorOf = (ledger: Ledger, seq: number): JsonObject => ({
  causation_id: `e-${seq - 1}`,
  seen: { event_hash: ledger.hashAt(seq - 1), seq: seq - 1 },
  session_id: `session ${seq}`,
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
});

const ledgerWith = (change: Change): readonly Uint8Array[] => {
  const ledger = new Ledger().add('policy.adopted', { documents: DOCUMENTS }, { by: ALICE });
  ledger.policySet = policySetDigest(native, DOCUMENTS);
  for (let seq = 2; seq < EVENTS; seq++) {
    const options = { by: ALICE, author: authorOf(ledger, seq) };
    const header = (before: JsonObject): JsonObject => change(before, ledger);
    ledger.add('a.b', { v: seq }, seq === PLACE ? { ...options, header } : options);
  }
  return ledger.lines.map((line) => encodeUtf8(line));
};

const signed = (member: string, value: string): Change => {
  return (header) => ({
    ...header,
    attestation: { ...(header['attestation'] as JsonObject), [member]: value },
  });
};

const put =
  (members: JsonObject): Change =>
  (header) => ({ ...header, ...members });

const seen =
  (back: number, hashBack = back): Change =>
  (header, ledger) => ({
    ...header,
    seen: { event_hash: ledger.hashAt(PLACE - hashBack), seq: PLACE - back },
  });

const signature = (ending: string): string => `${'A'.repeat(88 - ending.length)}${ending}`;
const at = (time: string): string => `2026-11-20T${time}`;

const CHANGES: Readonly<Record<string, Change>> = {
  'nothing at all': (header) => header,
  'an id of digits': put({ id: '123' }),
  'an id like a hash': put({ id: 'aB'.repeat(32) }),
  'an id that begins with a point': put({ id: '.a' }),
  'an id that is too long': put({ id: 'a'.repeat(129) }),
  'an id of 128 characters': put({ id: 'a'.repeat(128) }),
  'an id borne in the stretch': put({ id: 'e-19' }),
  'an id borne long before': put({ id: 'e-1' }),
  'a cause of digits': put({ causation_id: '77' }),
  'an empty session': put({ session_id: '' }),
  'a session with a quote': put({ session_id: 'a"b' }),
  'a session with a control': put({ session_id: 'a\u0001b' }),
  'a session beyond ASCII': put({ session_id: 'Zürich' }),
  'a session that is too long': put({ session_id: 'x'.repeat(257) }),
  'a trace of zeros': put({ trace_id: '0'.repeat(32) }),
  'a trace in capitals': put({ trace_id: 'A'.repeat(32) }),
  'a day that is none': put({ observed_at: '2026-02-30T09:00:20.000Z' }),
  'a second that is none': put({ observed_at: at('09:00:60.000Z') }),
  'a time without its point': put({ observed_at: at('09:00:20,000Z') }),
  'a time of no zone': put({ observed_at: at('09:00:20.000z') }),
  'a millisecond that is none': put({ observed_at: at('09:00:20.0x0Z') }),
  'a time that goes back': put({ recorded_at: at('09:00:18.999Z') }),
  'a link in capitals': put({ prev_event_hash: 'AB'.repeat(32) }),
  'a link elsewhere': put({ prev_event_hash: 'ab'.repeat(32) }),
  'another ledger': put({ ledger: 'example.com/other' }),
  'another policy set': put({ policy: { outcome: 'allow', policy_set: 'cd'.repeat(32) } }),
  'a position ahead': put({ seq: PLACE + 1 }),
  'a position beyond fifteen digits': put({ seq: 1e15 }),
  'a payload hash of nothing': put({ payload_hash: 'ab'.repeat(32) }),
  'a schema of another version': put({ schema_version: 2 }),
  'itself seen': seen(0),
  'what comes later seen': seen(-3),
  'another hash seen in the stretch': seen(3, 4),
  'the first event seen': seen(PLACE),
  'another hash seen as the first': seen(PLACE, 3),
  'a hash in capitals seen': put({ seen: { event_hash: 'AB'.repeat(32), seq: 3 } }),
  'a signature of another claim': put({ observed_at: at('09:00:21.000Z') }),
  'a signature of another form': signed('signature', signature('B==')),
  'a signature that is short': signed('signature', signature('A==').slice(4)),
  'a key that nobody enrolled': signed('key_id', BOB.keyId),
  'a key of another purpose': signed('key_id', LOG.keyId),
  'a key that is none': signed('key_id', 'alice'),
  'another meaning': signed('meaning', 'approved'),
  'a type that governs': put({ event_type: 'policy.b' }),
  'a type of key events': put({ event_type: 'key.b' }),
  'another type': put({ event_type: 'a.c' }),
  'an override that nobody authorised': put({
    authorization: 'e-1',
    policy: { contributing: ['a'], outcome: 'break_glass', policy_set: 'ab'.repeat(32) },
  }),
};

/** A line with its header changed as text, and the hash that such a header has. */
const resealed = (line: Uint8Array, edit: (header: string) => string): Uint8Array => {
  const text = Buffer.from(line).toString();
  const [from, to] = [text.indexOf('"header":') + 9, text.indexOf(',"payload":')];
  const header = edit(text.slice(from, to));
  const hash = hashHeader(native, encodeUtf8(header));
  return encodeUtf8(`{"event_hash":"${hash}","header":${header}${text.slice(to)}`);
};

const EDITS: Readonly<Record<string, (header: string) => string>> = {
  'a position that begins with zero': (header) => header.replace('"seq":20,', '"seq":020,'),
  'no position': (header) => header.replace('"seq":20,', '"seq":,'),
  'a member under another name': (header) => header.replace('"trace_id":', '"trace_ix":'),
  'a space before a member': (header) => header.replace('"source":', ' "source":'),
  'a seen hash that is not written as hashes are': (header) =>
    header.replace(/(?<="seen":\{"event_hash":")((?:..)*?)f/, '$1A'),
};

const compare = async (files: readonly File[], rangeBytes: number): Promise<number> => {
  const plain = folded(files);
  const request = { disk: nodeDisk, crypto: native, key: KEY, rangeBytes };
  const result = await inFolder(files, (journal) => verifyJournal({ ...request, journal }));
  const { findings, state } = right(result);
  expect(findings).toEqual(plain.findings);
  expect(state).toEqual(plain.state);
  return findings.length;
};

describe('a line of a stretch', () => {
  it.each(Object.entries(CHANGES))('with %s is judged as the fold does', async (name, change) => {
    const lines = ledgerWith(change);
    for (const [start, size] of [
      [0, 1 << 16],
      [PLACE, 1500],
      [PLACE + 1, 4000],
    ] as const) {
      const found = await compare(segmentsOf(lines, [start]), size);
      // What the author signed is no longer what stands there, where nothing else is wrong.
      expect(found > 0).toBe(name !== 'nothing at all');
    }
  });

  it.each(Object.entries(EDITS))('with %s is judged as the fold does', async (name, edit) => {
    const lines = ledgerWith((header) => header);
    const line = resealed(lines[PLACE] ?? new Uint8Array(), edit);
    expect(Buffer.from(line).equals(lines[PLACE] ?? line), name).toBe(false);
    expect(await compare(segmentsOf(lines.with(PLACE, line), []), 1 << 16)).toBeGreaterThan(0);
  });

  it('that is too long though everything else about it is right is found too long', async () => {
    const ledger = new Ledger();
    for (let seq = 1; seq < 6; seq++) {
      const v = 'x'.repeat(seq === 3 ? MAX_LINE_BYTES - 300 : 1);
      ledger.add('a.b', { v }, { header: (header) => header });
    }
    const lines = ledger.lines.map((line) => encodeUtf8(line));
    for (const size of [1500, 1 << 20, 3 << 20])
      expect(await compare(segmentsOf(lines, []), size)).toBeGreaterThan(0);
  });

  it('with a bad signature is told before what is wrong with those behind it', async () => {
    const lines = ledgerWith(put({ observed_at: at('09:00:21.000Z') }));
    const broken = lines.with(PLACE + 5, Uint8Array.of(0x0a));
    expect(await compare(segmentsOf(broken, []), 1 << 16)).toBeGreaterThan(1);
  });

  it('behind a line that was torn is judged as the fold does', async () => {
    const lines = ledgerWith((header) => header);
    const last = lines[PLACE - 1] ?? new Uint8Array();
    for (const cut of [1, 30, last.length]) {
      const torn = lines.with(PLACE - 1, last.subarray(0, -cut));
      expect(await compare(segmentsOf(torn, [PLACE]), 1 << 16)).toBeGreaterThan(0);
    }
  });

  it('behind one that cannot be read may link to whatever is a hash', async () => {
    const blank = Uint8Array.of(0x0a);
    for (const pair of ['ab', 'AB']) {
      const link = put({ prev_event_hash: pair.repeat(32) });
      const lines = ledgerWith((header, ledger) => seen(3)(link(header, ledger), ledger));
      const behind = lines.with(PLACE - 1, blank);
      expect(await compare(segmentsOf(behind, []), 1 << 16)).toBeGreaterThan(1);
    }
  });

  it('is judged by itself where what stands behind it looks like its end', async () => {
    const lines = ledgerWith((header) => header);
    for (const size of Array.from({ length: 40 }, (_, i) => 900 + 37 * i))
      expect(await compare(segmentsOf(lines, []), size)).toBe(0);
  });

  it('whose digits are capitals, or whose end is another, is judged as the fold does', async () => {
    const lines = ledgerWith((header) => header);
    const edits: readonly ((line: string) => string)[] = [
      (line) =>
        line.replace(/"salt":"(\d+)"/, (_, digits: string) => `"salt":"A${digits.slice(1)}"`),
      (line) => line.replace(/"}\n$/, '" }\n'),
      (line) => line.replace(/,"salt"/, ' ,"salt"'),
      (line) => line.replace('"v":', '"v": '),
      (line) => line.replace('"v":20', '"v":21'),
      (line) => line.replace(/(?<="event_hash":").{4}/, 'beef'),
      (line) => line.replace(/(?<="event_hash":").{64}/, (hash) => hash.toUpperCase()),
    ];
    for (const edit of edits) {
      const line = encodeUtf8(edit(Buffer.from(lines[PLACE] ?? '').toString()));
      expect(await compare(segmentsOf(lines.with(PLACE, line), []), 1 << 16)).toBeGreaterThan(0);
    }
  });
});
