/**
 * What is true of every event that is handed out, whatever its author put into it.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { open } from '../../ledger/event/open.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { cloudEvent } from '../../src/export/cloud-event.ts';
import { csvHead, csvRow } from '../../src/export/csv.ts';
import { eventOf } from '../../src/export/event.ts';
import { ocsfLine } from '../../src/export/ocsf/line.ts';
import { defaultMap } from '../../src/export/ocsf/map.ts';
import type { Selected } from '../../src/export/read.ts';
import { cut } from '../../src/export/read.ts';
import { sealed, sealing } from '../arbitrary/draft.ts';
import { lineOf, plain, rowsOf } from '../model/csv.ts';
import { lineOfOcsf } from '../model/ocsf.ts';

const whole = (crypto: Crypto) =>
  sealing.map((made): Selected => {
    const { bytes } = sealed(crypto, made);
    const { line } = open(crypto, bytes);
    if (line === undefined) throw new Error('what was sealed does not open');
    return { text: decodeUtf8(bytes).slice(0, -1), line };
  });

/** either gives events that are withheld or not. */
export const either = (crypto: Crypto) =>
  fc.tuple(whole(crypto), fc.boolean()).map(([made, isCut]) => (isCut ? cut(made.line) : made));

/** csvReadsBack: of its row the line can be made again, to the byte. */
export const csvReadsBack = (crypto: Crypto) =>
  fc.property(either(crypto), ({ text, line }) => {
    const [names = [], row = []] = rowsOf(csvHead() + csvRow(eventOf(line)));
    return row.length === names.length && lineOf(names, row) === text;
  });

const BEGINNINGS = ['', '=', '+', '-', '@', '\t', '\r', "'", "'=", "''"];

/** csvHoldsNoFormula: nothing begins as a formula does, and nothing is lost by that. */
export const csvHoldsNoFormula = (crypto: Crypto) =>
  fc.property(
    whole(crypto),
    fc.constantFrom(...BEGINNINGS),
    fc.string(),
    ({ line }, sign, rest) => {
      const text = `${sign}${rest}`;
      const stated = { ...eventOf(line), payloadText: JSON.stringify({ a: text }) };
      const pointer = { text: '/a', steps: ['a'] };
      const [row = []] = rowsOf(csvRow(stated, { pointers: [pointer] }));
      const isKept = text.includes('\0') || plain(row.at(-1) ?? '') === text;
      return isKept && row.every((cell) => !/^[=+\-@\t\r]/.test(cell));
    },
  );

/** withheldTellsNothing: what is left of a line proves its header, and holds no salt. */
export const withheldTellsNothing = (crypto: Crypto) =>
  fc.property(whole(crypto), ({ line }) => {
    const { text } = cut(line);
    const { line: opened, findings } = open(crypto, encodeUtf8(`${text}\n`));
    const { salt = '' } = eventOf(line);
    const isBare = opened?.payload === undefined && opened?.salt === undefined;
    return findings.length === 0 && isBare && !text.includes(salt);
  });

/** cloudEventTellsTheSame: its data is the payload, and its members are the header's. */
export const cloudEventTellsTheSame = (crypto: Crypto) =>
  fc.property(either(crypto), ({ line }) => {
    const event = eventOf(line);
    const told = JSON.parse(cloudEvent(event)) as Readonly<Record<string, Json>>;
    const { data, id, source, type, time, ledgerhash, sequence } = told;
    const { header, event_hash: hash } = event;
    const { payloadText: payload } = event;
    const isPayload = payload === undefined ? !('data' in told) : write(data ?? null) === payload;
    const isSame = [
      [id, header.id],
      [source, header.ledger],
      [type, header.event_type],
      [time, header.observed_at],
      [ledgerhash, hash],
    ].every(([told_, known]) => told_ === known);
    return isPayload && isSame && Number(sequence) === header.seq;
  });

/** ocsfReadsBack: of an event as OCSF its line can be made again, to the byte. */
export const ocsfReadsBack = (crypto: Crypto) => {
  const map = defaultMap();
  return fc.property(
    either(crypto),
    ({ text, line }) => lineOfOcsf(ocsfLine(eventOf(line), map)) === text,
  );
};
