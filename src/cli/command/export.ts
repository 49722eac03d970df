/**
 * `ledger export`: events in a format that others read, always at one head. Whatever is written is
 * the same bytes for the same selection, head and options.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { visible } from '../../../ledger/render/render.ts';
import type { CsvOptions } from '../../export/csv.ts';
import type { TextFormat } from '../../export/format.ts';
import { TEXT_FORMATS, writerOf } from '../../export/format.ts';
import { parsePointer } from '../../export/pointer.ts';
import { read } from '../../export/read.ts';
import { selectionData } from '../../export/selection.ts';
import type { Sink } from '../../export/sink.ts';
import { fileSink, streamSink } from '../../export/sink.ts';
import type { Written } from '../../export/text.ts';
import { writeText } from '../../export/text.ts';
import type { Ledger } from '../../ledger.ts';
import type { Receipt } from '../../usecase/receipt.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { permitted, recordExport } from '../exporting.ts';
import type { Given } from '../given.ts';
import { openFor } from '../open.ts';
import { EVENTS, Progress } from '../progress.ts';
import type { Selected } from '../selecting.ts';
import { SELECTING, selectionOf } from '../selecting.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING } from '../writing.ts';

const { 'break-glass': _glass, ...SIGNED } = WRITING;

const csvOptionsOf = (given: Given): E.Either<CliError, CsvOptions> => {
  const pointers = [];
  for (const text of given.list('column')) {
    const pointer = parsePointer(text);
    if (pointer === undefined)
      return given.usage(`--column takes a JSON Pointer such as /total, not ${text}`);
    pointers.push(pointer);
  }
  return E.right({ pointers, hasBom: given.flag('bom') });
};

const sinkOf = (given: Given, terminal: Terminal): E.Either<CliError, Sink> => {
  const to = given.text('to') ?? '';
  return to === '-'
    ? E.right(streamSink((bytes) => terminal.out(bytes)))
    : fileSink(realPorts.disk, to);
};

interface Exported {
  readonly written: Written;
  readonly receipt: Receipt | undefined;
}

/** Writes all of it, has the ledger told, and only then puts it in its place. */
const exported = async (
  given: Given,
  ledger: Ledger,
  sink: Sink,
  write: () => Promise<E.Either<CliError, Written>>,
  about: JsonObject,
): Promise<E.Either<CliError, Exported>> => {
  const written = await write();
  if (E.isLeft(written)) return written;
  const { bytes, sha256, events, withheld } = written.right;
  const payload = { ...about, events, withheld, bytes, sha256 };
  const receipt = await recordExport(given, ledger, payload);
  if (E.isLeft(receipt)) return receipt;
  const placed = sink.place();
  return E.isLeft(placed) ? placed : E.right({ written: written.right, receipt: receipt.right });
};

const recordedData = (receipt: Receipt | undefined): object =>
  receipt !== undefined && 'event_hash' in receipt
    ? { recorded: { seq: receipt.seq, id: receipt.id, event_hash: receipt.event_hash } }
    : {};

const tell = async (
  terminal: Terminal,
  to: string,
  about: JsonObject,
  { written, receipt }: Exported,
): Promise<void> => {
  const { events, withheld, bytes, sha256 } = written;
  const data = { ...about, file: to, events, withheld, bytes, sha256, ...recordedData(receipt) };
  const told = `${visible(to)}: ${events} events, ${bytes} bytes, SHA-256 ${sha256}`;
  if (to === '-') terminal.note(`${events} events, ${bytes} bytes, SHA-256 ${sha256}`);
  else await terminal.out(terminal.isJson ? jsonLine(data) : `${told}\n`);
};

const run = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  { selection, size }: Selected,
): Promise<E.Either<CliError, void>> => {
  const format = (given.text('format') ?? '') as TextFormat;
  const csv = csvOptionsOf(given);
  if (E.isLeft(csv)) return csv;
  const about = { format, selection: selectionData(selection), size };
  const allowed = await permitted(given, ledger, about);
  if (E.isLeft(allowed)) return allowed;
  const sink = sinkOf(given, terminal);
  if (E.isLeft(sink)) return sink;
  const progress = new Progress(terminal);
  const pages = read(ledger.reader, realPorts.crypto, ledger.origin, selection);
  const write = () =>
    writeText(pages, writerOf(format, csv.right), sink.right, (events) =>
      progress.tell('events', EVENTS, events),
    );
  const done = await exported(given, ledger, sink.right, write, about);
  progress.end();
  if (E.isLeft(done)) {
    sink.right.drop();
    return done;
  }
  await tell(terminal, given.text('to') ?? '', about, done.right);
  return E.right(undefined);
};

export const command: Command = {
  options: {
    format: {
      type: 'text',
      describe: 'what it is written as',
      needed: true,
      choices: TEXT_FORMATS,
    },
    to: { type: 'text', describe: 'the file to write it to (- for stdout)', needed: true },
    ...SELECTING,
    column: { type: 'list', describe: 'csv: a column of its own for what this pointer points to' },
    bom: { type: 'flag', describe: 'csv: begin with a byte order mark' },
    ...SIGNED,
  },
  examples: [
    ['export --format ndjson --to events.ndjson', 'the journal, byte for byte'],
    ['export --format csv --to - --type "invoice.*" --column /total', 'a table of invoices'],
    ['export --format cloudevents --to all.json --at 99', 'the first hundred, the same for ever'],
  ],
  run: async (given, terminal) => {
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    try {
      const selected = selectionOf(given, ledger.right);
      return E.isLeft(selected)
        ? selected
        : await run(given, terminal, ledger.right, selected.right);
    } finally {
      await ledger.right.close();
    }
  },
};
