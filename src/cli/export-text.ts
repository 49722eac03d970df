/**
 * The formats that are one text: written to a file or to stdout as the events go by.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { CsvOptions } from '../export/csv.ts';
import type { TextFormat } from '../export/format.ts';
import { writerOf } from '../export/format.ts';
import { parsePointer } from '../export/pointer.ts';
import { read } from '../export/read.ts';
import type { Selection } from '../export/selection.ts';
import type { Sink } from '../export/sink.ts';
import { fileSink, streamSink } from '../export/sink.ts';
import { writeText } from '../export/text.ts';
import type { Ledger } from '../ledger.ts';
import { realPorts } from '../wiring.ts';
import type { Options } from './command.ts';
import type { CliError } from './error.ts';
import type { Made } from './exporting.ts';
import type { Given } from './given.ts';
import { EVENTS } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const TABLE: Options = {
  column: { type: 'list', describe: 'csv: a column of its own for what this pointer points to' },
  bom: { type: 'flag', describe: 'csv: begin with a byte order mark' },
};

/** csvOptionsOf reads what a table is to be like. */
export const csvOptionsOf = (given: Given): E.Either<CliError, CsvOptions> => {
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

/** exportText writes the events; the file has its name once it is placed. */
export const exportText = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  format: TextFormat,
  selection: Selection,
  csv: CsvOptions,
  progress: Progress,
): Promise<E.Either<CliError, Made>> => {
  const sink = sinkOf(given, terminal);
  if (E.isLeft(sink)) return sink;
  const pages = read(ledger.reader, realPorts.crypto, ledger.origin, selection);
  const onEvents = (events: number): void => progress.tell('events', EVENTS, events);
  const written = await writeText(pages, writerOf(format, csv), sink.right, onEvents);
  if (E.isRight(written)) return E.right({ ...written.right, ...sink.right });
  sink.right.drop();
  return written;
};
