/**
 * `ledger export`: events in a format that others read, always at one head. Whatever is written is
 * the same bytes for the same selection, head and options.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isGoverning } from '../../../ledger/name.ts';
import { visible } from '../../../ledger/render/render.ts';
import { BINARY_FORMATS } from '../../export/encoder.ts';
import { TEXT_FORMATS } from '../../export/format.ts';
import { pagesOf } from '../../export/read.ts';
import type { Selection } from '../../export/selection.ts';
import { isMeant, selectionData } from '../../export/selection.ts';
import type { Ledger } from '../../ledger.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import type { Read } from '../../usecase/reader.ts';
import type { Receipt } from '../../usecase/receipt.ts';
import type { TypePattern } from '../../../policies/type-pattern.ts';
import { PROFILING, profileOf } from '../profiling.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import type { FileFormat } from '../export-text.ts';
import { TABLE, exportFile, fileFault, optionsOf } from '../export-text.ts';
import type { Made } from '../exporting.ts';
import { Telling, madeData, permitted } from '../exporting.ts';
import type { Given } from '../given.ts';
import { openFor } from '../open.ts';
import { outside } from '../outside.ts';
import { Progress } from '../progress.ts';
import type { Selected } from '../selecting.ts';
import { SELECTING, selectionOf } from '../selecting.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING } from '../writing.ts';

const { 'break-glass': _glass, ...SIGNED } = WRITING;
const FORMATS = [...TEXT_FORMATS, ...BINARY_FORMATS, 'bundle', 'html'] as const;
type Format = (typeof FORMATS)[number];

const isFile = (format: Format): format is FileFormat => format !== 'bundle' && format !== 'html';

/** What checks a bundle takes long to load, and no other format needs it. */
const bundling = () => import('../bundling.ts');

const recordedData = (receipt: Receipt | undefined): object =>
  receipt !== undefined && 'event_hash' in receipt
    ? { recorded: { seq: receipt.seq, id: receipt.id, event_hash: receipt.event_hash } }
    : {};

const tell = async (
  terminal: Terminal,
  to: string,
  about: JsonObject,
  made: Made,
  receipt: Receipt | undefined,
): Promise<void> => {
  const { events, withheld, bytes, sha256, digest_of: file } = made;
  const what = file === undefined ? '' : ` of ${file}`;
  const kept = withheld === 0 ? '' : `, ${withheld} payloads left out`;
  const told = `${events} events${kept}, ${bytes} bytes, SHA-256${what} ${sha256}`;
  const { open = [] } = made;
  const data = {
    ...about,
    file: to,
    ...madeData(made),
    ...(open.length === 0 ? {} : { open }),
    ...recordedData(receipt),
  };
  if (to === '-') terminal.note(terminal.isJson ? JSON.stringify(data) : told);
  else await terminal.out(terminal.isJson ? jsonLine(data) : `${visible(to)}: ${told}\n`);
};

/** A page stays as it is; so nothing that comes later can show it there. */
const SHOWING_ON_PAGE =
  'A page of all events shows it, filtered or not. A bundle can show it of a part, with an event ' +
  'behind it.';

const SHOWING =
  'A bundle of all events shows it, filtered or not, and so does one made once the key has ' +
  'signed an event in the range, or one behind it that a checkpoint covers: the receipt of this ' +
  'export is one, if recorded. Run ledger checkpoint, and make it again.';

/** Has the ledger told, and only then puts what was made in its place. */
const handOut = async (
  given: Given,
  terminal: Terminal,
  telling: Telling,
  about: JsonObject,
  made: Made,
): Promise<E.Either<CliError, void>> => {
  const receipt = await telling.whole(made);
  const placed = E.isLeft(receipt) ? receipt : made.place();
  if (E.isLeft(placed)) {
    made.drop();
    return placed;
  }
  const told = E.isRight(receipt) ? receipt.right : undefined;
  await tell(terminal, given.text('to') ?? '', about, made, told);
  const showing = given.text('format') === 'html' ? SHOWING_ON_PAGE : SHOWING;
  for (const open of made.open ?? []) terminal.note(`A check exits 23: ${open}. ${showing}`);
  return E.right(undefined);
};

/** Whether a pattern means nothing that is kept back: of the range, or of what is asked for. */
const isIdle = (
  { reader }: Ledger,
  selection: Selection,
  type: TypePattern,
  isOfAll: boolean,
): Read<boolean> => {
  const { from, to } = selection;
  for (const page of pagesOf(reader, { from, to, types: [type] })) {
    if (E.isLeft(page)) return page;
    const isKept = page.right.some(({ line }) => {
      const { header } = recordedOf(line);
      return !isGoverning(header.event_type) && (isOfAll || isMeant(selection, header));
    });
    if (isKept) return E.right(false);
  }
  return E.right(true);
};

/** A type that is misspelt keeps nothing back, and what was to be kept back goes out. */
const noteIdle = (
  terminal: Terminal,
  ledger: Ledger,
  selection: Selection,
  isOfAll: boolean,
): E.Either<CliError, void> => {
  for (const type of selection.withhold ?? []) {
    const idle = isIdle(ledger, selection, type, isOfAll);
    if (E.isLeft(idle)) return idle;
    const name = type === '*' ? 'payloads' : type;
    if (idle.right)
      terminal.note(
        `--withhold ${name} keeps nothing back: there is no such event, or only such as ` +
          'govern the ledger, which are always shown.',
      );
  }
  return E.right(undefined);
};

const run = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  selected: Selected,
): Promise<E.Either<CliError, void>> => {
  const { selection, size, head } = selected;
  const format = (given.text('format') ?? '') as Format;
  const options = await optionsOf(given);
  if (E.isLeft(options)) return options;
  const profile = await profileOf(given, !isFile(format));
  if (E.isLeft(profile)) return profile;
  const about = {
    format,
    selection: selectionData(selection),
    size,
    ...(head === undefined ? {} : { head }),
    ...(profile.right === undefined ? {} : { profile: profile.right.name }),
  };
  const ready = isFile(format)
    ? fileFault(given, terminal, format)
    : (await bundling()).bundleFault(given, selection);
  if (E.isLeft(ready)) return ready;
  const idle = noteIdle(terminal, ledger, selection, !isFile(format));
  if (E.isLeft(idle)) return idle;
  const allowed = await permitted(given, ledger, about);
  if (E.isLeft(allowed)) return allowed;
  const progress = new Progress(terminal);
  const telling = new Telling(given, ledger, about);
  const order = { selected, options: options.right };
  const made = isFile(format)
    ? await exportFile(given, terminal, ledger, { format, ...order }, progress, telling)
    : await (await bundling()).bundle(given, ledger, selected, profile.right, progress);
  await progress.end();
  return E.isLeft(made) ? made : handOut(given, terminal, telling, about, made.right);
};

/** Options that name a file to read. */
const READ = ['sign', 'ocsf-map', 'profile'];

export const command: Command = {
  options: {
    format: { type: 'text', describe: 'what it is written as', needed: true, choices: FORMATS },
    to: {
      type: 'text',
      describe: 'the file to write it to (- for stdout); a bundle is a folder, a .zip or a .tar',
      needed: true,
    },
    ...SELECTING,
    ...TABLE,
    ...PROFILING,
    ...SIGNED,
  },
  examples: [
    ['export --format ndjson --to events.ndjson', 'the journal, byte for byte'],
    ['export --format csv --to - --type "invoice.*" --column /total', 'a table of invoices'],
    ['export --format cloudevents --to all.json --at 1', 'the first two, the same for ever'],
    ['export --format ocsf --to siem.json --after 41', 'what came in since, for a SIEM'],
    ['export --format parquet --to events.parquet', 'typed columns for DuckDB, pandas or Spark'],
    ['export --format sqlite --to events.db', 'a database, read-only, with views for questions'],
    ['export --format bundle --to case-7.zip --sign alice', 'evidence that a stranger can check'],
    [
      'export --format bundle --to for-soc2 --profile soc2 --sign alice',
      'with what it has to do with each criterion',
    ],
    ['export --format html --to case-7.html --sign alice', 'a page that shows and checks it'],
    [
      'export --format bundle --to audit --since 2026-10-01 --withhold secret.noted --sign alice',
      'what came in since, secrets kept back',
    ],
    [
      'export --format bundle --to part --after 1 --at 4 --sign alice --json',
      'a part; `open` tells what a check of it leaves open (it exits 23)',
    ],
  ],
  run: async (given, terminal) => {
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const place = outside(given, 'to', ledger.right.layout.folder, READ);
    if (E.isLeft(place)) return place;
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
