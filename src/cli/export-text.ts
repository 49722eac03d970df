/**
 * The formats that are one file: written to its place or to stdout as the events go by.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { About } from '../export/about.ts';
import type { BinaryFormat } from '../export/encoder.ts';
import { encoderOf } from '../export/encoder.ts';
import type { TextFormat, TextOptions } from '../export/format.ts';
import { defaultMap, readOcsfMap } from '../export/ocsf/map.ts';
import type { OcsfMap } from '../export/ocsf/map.ts';
import type { Pointer } from '../export/pointer.ts';
import { parsePointer } from '../export/pointer.ts';
import { read } from '../export/read.ts';
import type { Sink } from '../export/sink.ts';
import { fileSink, partOf, streamSink } from '../export/sink.ts';
import { writeEvents } from '../export/write.ts';
import type { Ledger } from '../ledger.ts';
import { realPorts } from '../wiring.ts';
import { readInput } from './input.ts';
import type { Options } from './command.ts';
import type { CliError, ExportRefused } from './error.ts';
import { errorText } from './error-text.ts';
import type { Handed, Made, Telling } from './exporting.ts';
import type { Given } from './given.ts';
import { halt, onLeave } from './leave.ts';
import { atPlace } from './place.ts';
import { EVENTS } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Selected } from './selecting.ts';
import type { Terminal } from './terminal.ts';

export const TABLE: Options = {
  column: {
    type: 'list',
    describe: 'csv, parquet, sqlite: a column of its own for what this pointer points to',
  },
  parquet: { type: 'flag', describe: 'bundle: the table as a Parquet file, too' },
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

/** As many as a database takes without being asked to. */
const MOST_COLUMNS = 100;

interface For {
  readonly of: readonly string[];
  readonly isGiven: (given: Given, name: string) => boolean;
}

/** What each option is for: elsewhere it would be passed over, and somebody misled. */
const FOR: Readonly<Record<string, For>> = {
  column: {
    of: ['csv', 'parquet', 'sqlite'],
    isGiven: (given, name) => given.list(name).length > 0,
  },
  parquet: { of: ['bundle'], isGiven: (given, name) => given.flag(name) },
  bom: { of: ['csv'], isGiven: (given, name) => given.flag(name) },
  'ocsf-map': { of: ['ocsf'], isGiven: (given, name) => given.text(name) !== undefined },
};

/** optionsOf reads what a file is to be like. */
export const optionsOf = async (given: Given): Promise<E.Either<CliError, TextOptions>> => {
  const pointers = new Map<string, Pointer>();
  const texts = given.list('column');
  for (const text of texts) {
    const pointer = parsePointer(text);
    if (pointer === undefined || text === '')
      return given.usage(`--column takes a JSON Pointer such as /total, not ${text}`);
    // Databases do not tell names apart by their case.
    pointers.set(text.toLowerCase(), pointer);
  }
  if (pointers.size < texts.length)
    return given.usage('--column takes each place once, and none that differs by case alone');
  if (pointers.size > MOST_COLUMNS) return given.usage(`--column is for ${MOST_COLUMNS} at most`);
  const format = given.text('format') ?? '';
  const vain = Object.entries(FOR).find(
    ([name, { of, isGiven }]) => isGiven(given, name) && !of.includes(format),
  );
  if (vain !== undefined)
    return given.usage(`--${vain[0]} is for --format ${vain[1].of.join(', ')}`);
  const isOcsf = format === 'ocsf';
  const map = isOcsf ? await ocsfMapOf(given) : E.right([]);
  return E.map((ocsfMap: OcsfMap) => ({
    pointers: [...pointers.values()],
    hasBom: given.flag('bom'),
    ocsfMap,
  }))(map);
};

export type FileFormat = TextFormat | BinaryFormat;

/** A database is evidence: nobody is to write into it by mistake. */
const READ_ONLY = 0o444;

/** What is handed out at once is told even where nobody reads on, or a signal ends it. */
const streamTo = (terminal: Terminal, telling: Telling, handed: Omit<Handed, 'bytes'>): Sink => {
  let bytes = 0;
  onLeave(async () => {
    const told = bytes === 0 ? undefined : await telling.cut({ ...handed, bytes });
    if (told === undefined || E.isRight(told)) return;
    const { message, next } = errorText(told.left);
    terminal.note(`${message}\n${next}`);
  });
  return streamSink(async (piece) => {
    if (piece.length === 0) return;
    // What goes out behind the end would be told by no event.
    await halt();
    bytes += piece.length;
    await terminal.out(piece);
  });
};

/** What is put in a place takes the place of what is there: of a file, and of nothing else. */
const placeFault = (path: string): E.Either<CliError, void> => {
  const there = atPlace(path)(realPorts.disk.stat(path));
  if (E.isLeft(there)) return there;
  const { kind = 'file' } = there.right ?? {};
  if (kind === 'file') return E.right(undefined);
  const errno = { folder: 'EISDIR', link: 'ELOOP', other: 'NOT_A_FILE' }[kind];
  return E.left({ _tag: 'PlaceRefused', path, errno });
};

/** fileFault says why a format cannot go where it is asked for, before anybody is told. */
export const fileFault = (
  given: Given,
  terminal: Terminal,
  format: FileFormat,
): E.Either<CliError, void> => {
  const to = given.text('to') ?? '';
  if (to !== '-') return placeFault(to);
  if (format === 'sqlite') return given.usage('a database is a file: --to takes its path');
  return format === 'parquet' && terminal.width !== undefined
    ? given.usage('Parquet is nothing to be shown: --to takes a file, or stdout is to be a pipe')
    : E.right(undefined);
};

const aboutOf = (ledger: Ledger, { selection, size }: Selected): E.Either<CliError, About> =>
  E.map((root: Uint8Array | undefined) => ({
    origin: ledger.origin,
    size,
    root: formatHex(root ?? new Uint8Array()),
    selection,
  }))(ledger.reader.look((mirror) => mirror.tree().rootAt(size)));

/** What is to be in a file, and how. */
export interface FileOrder {
  readonly format: FileFormat;
  readonly selected: Selected;
  readonly options: TextOptions;
}

/** exportFile writes the events; the file has its name once it is placed. */
export const exportFile = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  { format, selected, options }: FileOrder,
  progress: Progress,
  telling: Telling,
): Promise<E.Either<CliError, Made>> => {
  const { disk, crypto } = realPorts;
  const about = aboutOf(ledger, selected);
  if (E.isLeft(about)) return about;
  const to = given.text('to') ?? '';
  const handed = { events: 0, withheld: 0 };
  const sink =
    to === '-'
      ? E.right(streamTo(terminal, telling, handed))
      : atPlace(to)(fileSink(disk, to, format === 'sqlite' ? READ_ONLY : undefined));
  if (E.isLeft(sink)) return sink;
  const scratch = partOf(to);
  const encoder = await encoderOf(format, { about: about.right, options, disk, scratch });
  if (E.isLeft(encoder)) {
    sink.right.drop();
    return encoder;
  }
  const drop = (): void => {
    encoder.right.drop();
    sink.right.drop();
  };
  if (to !== '-') onLeave(async () => drop());
  const pages = read(ledger.reader, crypto, ledger.origin, selected.selection);
  const onEvents = async (events: number, withheld: number): Promise<void> => {
    await halt();
    Object.assign(handed, { events, withheld });
    progress.tell('events', EVENTS, events);
  };
  const written = await writeEvents(pages, encoder.right, sink.right, onEvents);
  encoder.right.drop();
  if (E.isRight(written)) return E.right({ ...written.right, ...sink.right });
  drop();
  return written;
};
