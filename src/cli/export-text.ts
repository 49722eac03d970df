/**
 * The formats that are one text: written to a file or to stdout as the events go by.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TextFormat, TextOptions } from '../export/format.ts';
import { writerOf } from '../export/format.ts';
import { defaultMap, readOcsfMap } from '../export/ocsf/map.ts';
import type { OcsfMap } from '../export/ocsf/map.ts';
import type { Pointer } from '../export/pointer.ts';
import { parsePointer } from '../export/pointer.ts';
import { read } from '../export/read.ts';
import type { Selection } from '../export/selection.ts';
import type { Sink } from '../export/sink.ts';
import { fileSink, streamSink } from '../export/sink.ts';
import { writeText } from '../export/text.ts';
import type { Ledger } from '../ledger.ts';
import { realPorts } from '../wiring.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { readInput } from './input.ts';
import type { Options } from './command.ts';
import type { CliError, ExportRefused } from './error.ts';
import type { Made } from './exporting.ts';
import type { Given } from './given.ts';
import { EVENTS } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const TABLE: Options = {
  column: { type: 'list', describe: 'csv: a column of its own for what this pointer points to' },
  bom: { type: 'flag', describe: 'csv: begin with a byte order mark' },
  'ocsf-map': {
    type: 'text',
    describe: 'ocsf: what each type becomes; ledger help ocsf-map prints the one that counts else',
  },
};

const ocsfMapOf = async (given: Given): Promise<E.Either<CliError, OcsfMap>> => {
  const path = given.text('ocsf-map');
  if (path === undefined) return E.right(defaultMap());
  const bytes = await readInput(path, MAX_DOCUMENT);
  if (E.isLeft(bytes)) return bytes;
  return E.mapLeft((problems: ExportRefused['problems']): CliError => ({
    _tag: 'ExportRefused',
    what: 'ocsf_map',
    problems,
  }))(readOcsfMap(path, bytes.right));
};

/** textOptionsOf reads what a text is to be like. */
export const textOptionsOf = async (given: Given): Promise<E.Either<CliError, TextOptions>> => {
  const pointers: Pointer[] = [];
  for (const text of given.list('column')) {
    const pointer = parsePointer(text);
    if (pointer === undefined)
      return given.usage(`--column takes a JSON Pointer such as /total, not ${text}`);
    pointers.push(pointer);
  }
  const isOcsf = given.text('format') === 'ocsf';
  if (!isOcsf && given.text('ocsf-map') !== undefined)
    return given.usage('--ocsf-map is for --format ocsf');
  const map = isOcsf ? await ocsfMapOf(given) : E.right([]);
  return E.map((ocsfMap: OcsfMap) => ({ pointers, hasBom: given.flag('bom'), ocsfMap }))(map);
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
  options: TextOptions,
  progress: Progress,
): Promise<E.Either<CliError, Made>> => {
  const sink = sinkOf(given, terminal);
  if (E.isLeft(sink)) return sink;
  const pages = read(ledger.reader, realPorts.crypto, ledger.origin, selection);
  const onEvents = (events: number): void => progress.tell('events', EVENTS, events);
  const written = await writeText(pages, writerOf(format, options), sink.right, onEvents);
  if (E.isRight(written)) return E.right({ ...written.right, ...sink.right });
  sink.right.drop();
  return written;
};
