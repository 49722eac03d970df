/**
 * The mirror, looked at lightly: whether it can be read, what a writer would make of it, where it
 * ends beside the journal, and how far each projection has come. To prove it is for verify.
 */
import * as E from 'fp-ts/lib/Either.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_IN } from '../../projection/registry.ts';
import type { Done } from '../../storage/disk.ts';
import type { Layout } from '../../storage/layout.ts';
import { projectionsIn } from '../../storage/mirror/live.ts';
import type { Ended } from '../../storage/mirror/mirror.ts';
import { listSegments, segmentAt } from '../../storage/segment.ts';
import { closing } from '../../storage/whole-file.ts';
import type { Reader } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import { errorText } from '../error-text.ts';
import { lagOf } from '../lag.ts';
import type { Check } from './check.ts';
import { asTold, fail, ok, warn } from './check.ts';

const REPLAY = 'Run ledger replay.';
const COMPARE = 'Do not append. Run ledger verify, and compare with an earlier copy.';
/** What a writer would refuse to go on with. */
const UNKEPT = /^(?:SYNCHRONOUS|JOURNAL_MODE)$/;
const BUILD = 'Have room in TMPDIR, and better-sqlite3 as it is published.';
const LF = 0x0a;

/** What a writer sets and reads back, tried on a database of our own, where one can be made. */
const triedFault = (folder: string): string | undefined => {
  const opened = realPorts.databases.create(join(folder, 'pragma.db'));
  if (E.isRight(opened)) opened.right.close();
  return E.isLeft(opened) ? opened.left.code : undefined;
};

const writerFault = (): string | undefined => {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'ledger-doctor-'));
    return triedFault(folder);
  } catch (thrown) {
    return `nothing can be tried in ${tmpdir()}: ${String(thrown)}`;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
};

const pragmaCheck = (reader: Reader): Check => {
  const mode = reader.look(({ database: { sqlite } }) =>
    String(sqlite.pragma('journal_mode', { simple: true })),
  );
  const fault = writerFault();
  if (fault !== undefined)
    return (UNKEPT.test(fault) ? fail : warn)(
      'pragmas',
      `what a writer sets is not read back: ${fault}`,
      BUILD,
    );
  const message = `journal_mode ${E.isRight(mode) ? mode.right : 'unknown'}`;
  return E.isRight(mode) && mode.right === 'wal'
    ? ok('pragmas', `${message}; a writer reads back synchronous FULL`)
    : warn('pragmas', `${message}, which should be wal`, 'The next append sets it.');
};

/** Whether the journal has the line that the mirror took last; it is written before the mirror. */
const hasLast = ({ journal }: Layout, { segment, offset, size }: Ended): Done<boolean> => {
  if (size === 0) return E.right(true);
  const file = realPorts.disk.open(segmentAt(journal, segment).path, 'read');
  if (E.isLeft(file)) return file.left.errno === 'ENOENT' ? E.right(false) : file;
  const byte = new Uint8Array(1);
  const read = closing(file.right, file.right.read(byte, offset - 1));
  return E.map((many: number) => many === 1 && byte[0] === LF)(read);
};

const lengthCheck = async (layout: Layout, reader: Reader, ended: Ended): Promise<Check> => {
  const segments = listSegments(realPorts.disk, layout.journal);
  if (E.isLeft(segments)) return asTold(fail, 'journal', segments.left);
  const last = hasLast(layout, ended);
  if (E.isLeft(last)) return asTold(fail, 'journal', last.left);
  if (!last.right)
    return fail('journal', `it does not have all ${ended.size} events of the mirror`, COMPARE);
  const lag = await lagOf(layout, reader);
  return lag === undefined
    ? ok('journal', `${ended.size} events in ${segments.right.length} files, as many as mirrored`)
    : warn('journal', `it goes on behind the ${lag} events of the mirror`, REPLAY);
};

interface Standing {
  readonly name: string;
  readonly version: number;
  readonly size: number;
  readonly stopped: string | null;
}

const standings = (reader: Reader) =>
  reader.look(({ database: { sqlite } }): readonly Standing[] => projectionsIn(sqlite));

const PROJECTION = 'projection';
const MEND = 'Mend what it stopped at, then: ledger replay --projections.';

const projectionCheck = ({ name, version, size, stopped }: Standing, all: number): Check => {
  const ours = BUILT_IN.find((each) => each.name === name);
  const told = `${name}: version ${version}, ${size} of ${all} events`;
  if (stopped !== null) {
    const message = `${told}, stopped: ${stopped}`;
    return ours?.gates === true
      ? fail(PROJECTION, `${message}; nothing is let in`, MEND)
      : warn(PROJECTION, message, MEND);
  }
  if (ours === undefined) return ok(PROJECTION, `${told}, of another program`);
  if (ours.version !== version)
    return warn(PROJECTION, `${told}; this release has version ${ours.version}`, REPLAY);
  return size < all ? warn(PROJECTION, `${told}: it lags`, REPLAY) : ok(PROJECTION, told);
};

const projectionChecks = (reader: Reader, { size }: Ended): readonly Check[] => {
  const rows = standings(reader);
  if (E.isLeft(rows)) return [fail(PROJECTION, errorText(rows.left).message, REPLAY)];
  const missing = BUILT_IN.filter(({ name }) => !rows.right.some((row) => row.name === name));
  return [
    ...rows.right.map((row) => projectionCheck(row, size)),
    ...missing.map(({ name }) => warn(PROJECTION, `${name}: there is none`, REPLAY)),
  ];
};

/** mirrorChecks looks at the mirror; where it ends is given to whoever looks further. */
export const mirrorChecks = async (
  layout: Layout,
  reader: Reader,
): Promise<{ readonly checks: readonly Check[]; readonly ended?: Ended }> => {
  const ended = reader.ended();
  if (E.isLeft(ended)) {
    const reason = ended.left._tag === 'MirrorRefused' ? ended.left.reason : undefined;
    const isOfOthers = reason === 'newer' || reason === 'other_ledger';
    return { checks: [asTold(isOfOthers ? fail : warn, 'mirror', ended.left)] };
  }
  if (ended.right === undefined)
    return { checks: [warn('mirror', 'it does not say where it ends', REPLAY)] };
  const checks = [
    ok('mirror', `it holds ${ended.right.size} events and can be read`),
    pragmaCheck(reader),
    await lengthCheck(layout, reader, ended.right),
    ...projectionChecks(reader, ended.right),
  ];
  return { checks, ended: ended.right };
};
