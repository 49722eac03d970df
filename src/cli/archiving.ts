/**
 * What an earlier import did to the files of a source: an archive that it began is ended before
 * anything is planned, and a source that is put aside as a whole is told for what it is.
 */
import * as E from 'fp-ts/lib/Either.js';
import { basename } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { visible } from '../../ledger/render/render.ts';
import type { ArchiveRefused } from '../import/archive.ts';
import { archivedNames, archiveRefused, endArchive } from '../import/archive.ts';
import type { NoSource } from '../import/plan.ts';
import { IMPORTED } from '../import/plan.ts';
import type { Whereabouts } from '../import/put-aside.ts';
import { asidesOf, sealedFiles, tracesOf } from '../import/put-aside.ts';
import type { Seen } from '../import/source-file.ts';
import type { Ledger } from '../ledger.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Stranger } from '../usecase/import-warnings.ts';
import type { Place } from '../usecase/receipt.ts';
import { realPorts } from '../wiring.ts';
import type { CliError } from './error.ts';
import type { Given } from './given.ts';
import { tellDone } from './import-told.ts';
import { withLedger } from './open.ts';
import type { Terminal } from './terminal.ts';

const PREFIX = 'import:';

/** markOf is what the files that are put aside bear of the id of the event that sealed them. */
export const markOf = (id: string): string => id.slice(PREFIX.length).replace(':', '-');

/** isArchiving tells that files may be renamed. */
export const isArchiving = (given: Given): boolean =>
  given.flag('archive') && !given.flag('dry-run');

interface Earlier {
  readonly seal: Omit<Place, 'policy'>;
  readonly payload: JsonObject;
  readonly files: readonly Seen[];
}

/** The event that a mark names; undefined where this ledger has none. */
const sealedBy = (
  { reader }: Ledger,
  place: Whereabouts,
  mark: string,
): E.Either<CliError, Earlier | undefined> => {
  const found = reader.find({ id: `${PREFIX}${mark.replace('-', ':')}` });
  if (E.isLeft(found) || found.right === undefined) return found as E.Either<CliError, undefined>;
  const { header, payload, event_hash } = recordedOf(found.right.line);
  if (header.event_type !== IMPORTED || !isObject(payload)) return E.right(undefined);
  const files = sealedFiles(place, payload['files']);
  const { seq, id } = header;
  return E.right(files && { seal: { seq, id, event_hash }, payload, files });
};

/** Whether what was put aside is of what was named: a folder, or a file that was among it. */
const isOf = ({ only }: Whereabouts, files: readonly { readonly name: string }[]): boolean =>
  only === undefined || files.some(({ name }) => name === only);

const tell = (
  terminal: Terminal,
  { seal, payload }: Earlier,
  names: readonly string[],
): Promise<void> => {
  const alreadyRecorded = Number(payload['events']);
  const sealed = { appended: 0, alreadyRecorded, seal, isNew: false, payload };
  return tellDone(terminal, sealed, names);
};

/** endBegun ends what was begun, or refuses to pass it over; it tells whether there was any. */
export const endBegun = async (
  given: Given,
  terminal: Terminal,
  place: Whereabouts,
): Promise<E.Either<CliError, boolean>> => {
  const { disk } = realPorts;
  const traces = tracesOf(disk, place, 'importing');
  if (E.isLeft(traces) || traces.right.length === 0) return E.map(() => false)(traces);
  const seen = new Set<string>();
  let isEnded = false;
  const done = await withLedger(given, terminal, async (ledger) => {
    for (const trace of traces.right) {
      if (seen.has(trace.mark)) continue;
      const sealed = sealedBy(ledger, place, trace.mark);
      if (E.isLeft(sealed)) return sealed;
      if (!isOf(place, sealed.right?.files ?? [trace])) continue;
      if (!isArchiving(given)) return archiveRefused('begun', trace.path);
      if (sealed.right === undefined) return archiveRefused('unknown', trace.path);
      const put = endArchive(disk, sealed.right.files, trace.mark);
      if (E.isLeft(put)) return put;
      seen.add(trace.mark);
      const { left, isBack } = put.right;
      const what = isBack ? 'all files have their old names again' : 'it stays where it is';
      for (const path of left)
        terminal.note(`${visible(path)}: it is not what was imported; ${what}`);
      if (isBack) continue;
      isEnded = true;
      await tell(terminal, sealed.right, put.right.archived);
    }
    return E.right(undefined);
  });
  if (E.isRight(done)) return E.right(isEnded);
  const trace = traces.right.find((each) => isOf(place, [each]));
  if (done.left._tag !== 'NoLedger' || !given.flag('dry-run')) return done;
  return trace === undefined ? E.right(false) : archiveRefused('begun', trace.path);
};

/** strangersIn names what was put aside by imports of which the ledger knows nothing. */
export const strangersIn = (
  ledger: Ledger,
  place: Whereabouts,
  files: readonly Seen[],
): E.Either<CliError, readonly Stranger[]> => {
  const traces = tracesOf(realPorts.disk, place, 'imported');
  if (E.isLeft(traces)) return traces;
  const asides = asidesOf(realPorts.disk, place, files);
  if (E.isLeft(asides)) return asides;
  const back = new Set(asides.right.flatMap(({ mark, isBack }) => (isBack ? [mark] : [])));
  const strangers: Stranger[] = [];
  for (const trace of traces.right) {
    if (!isOf(place, [trace])) continue;
    const sealed = sealedBy(ledger, place, trace.mark);
    if (E.isLeft(sealed)) return sealed;
    if (sealed.right === undefined)
      strangers.push({
        where: basename(trace.path),
        mark: trace.mark,
        isBack: back.has(trace.mark),
      });
  }
  return E.right(strangers);
};

/** withAsides says of a source of which nothing is there what was put aside. */
export const withAsides = (place: Whereabouts, error: NoSource): NoSource => {
  const traces = tracesOf(realPorts.disk, place, 'imported');
  const all = E.isRight(traces) ? traces.right.filter((trace) => isOf(place, [trace])) : [];
  const [one] = all;
  return one === undefined ? error : { ...error, aside: { count: all.length, path: one.path } };
};

/** tellArchived tells the last import that put aside the whole of a source, where one did. */
export const tellArchived = async (
  given: Given,
  terminal: Terminal,
  place: Whereabouts,
): Promise<E.Either<CliError, boolean>> => {
  const traces = tracesOf(realPorts.disk, place, 'imported');
  if (E.isLeft(traces) || traces.right.length === 0) return E.map(() => false)(traces);
  let last: { readonly sealed: Earlier; readonly names: readonly string[] } | undefined;
  let changed: E.Either<ArchiveRefused, never> | undefined;
  const done = await withLedger(given, terminal, async (ledger) => {
    for (const mark of new Set(traces.right.map((each) => each.mark))) {
      const sealed = sealedBy(ledger, place, mark);
      if (E.isLeft(sealed)) return sealed;
      if (sealed.right === undefined || !isOf(place, sealed.right.files)) continue;
      if (last !== undefined && last.sealed.seal.seq > sealed.right.seal.seq) continue;
      const names = archivedNames(realPorts.disk, sealed.right.files, mark);
      if (E.isLeft(names)) {
        if (names.left._tag !== 'ArchiveRefused') return names;
        changed = E.left(names.left);
      } else if (names.right !== undefined) last = { sealed: sealed.right, names: names.right };
    }
    if (last === undefined) return changed ?? E.right(undefined);
    await tell(terminal, last.sealed, last.names);
    return E.right(undefined);
  });
  return E.map(() => last !== undefined)(done);
};
