/**
 * What is asked of a ledger that was edited, an audit, an append and a replay, and whether what is
 * answered is true of what is on the disk.
 */
import * as E from 'fp-ts/lib/Either.js';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { JsonObject } from '../../ledger/json/value.ts';
import { run } from '../../src/cli/run.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import type { Report } from '../../src/verify/verify.ts';
import { ALICE } from '../build/ledger.ts';
import { Violation } from '../simulation/oracle.ts';
import type { Part } from './committed.ts';
import type { Ground } from './ground.ts';
import { linesIn, opening } from './ground.ts';

export const claim = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

export type Audited = Report | undefined;

export const audit = async (folder: string, held: readonly string[]): Promise<Audited> => {
  const opened = await opening(folder, (ledger) =>
    ledger.verify({ workers: 1, checkpoints: held }),
  );
  const told = E.flatten<unknown, Report>(opened);
  return E.isRight(told) ? told.right : undefined;
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

export const exitOf = (folder: string): Promise<number> =>
  run(['-C', folder, 'verify', '--json', '--workers', '1'], nowhere(), nowhere());

export const isVerified = (report: Audited): boolean => report?.verdict === 'verified';

export const codesOf = (report: Audited): readonly string[] => [
  ...new Set(report?.findings.map(({ code }) => code)),
];

/** Bookkeeping may lag, or say that a projection stopped; but that must be told. */
const UNTOLD: ReadonlySet<Part> = new Set(['bookkeeping']);

export const judgeAudit = (
  report: Audited,
  withHeld: Audited,
  changed: readonly Part[],
  isWhole: boolean,
): void => {
  if (changed.length === 0) return;
  const what = changed.join(', ');
  claim(!isVerified(withHeld) || !changed.includes('journal'), `${what} changed: verified (held)`);
  const isTold = report === undefined || report.findings.length > 0;
  if (changed.some((part) => UNTOLD.has(part))) claim(isTold || isWhole, `${what} changed: untold`);
  if (!isVerified(report) || changed.every((part) => UNTOLD.has(part))) return;
  claim(isWhole, `${what} changed: verified`);
};

const isThere = (folder: string): boolean => {
  const journal = join(folder, 'journal');
  return existsSync(journal) && lstatSync(journal).isDirectory();
};

/** The lines of the journal, as far as it can be read without waiting for ever. */
export const standing = (folder: string): readonly string[] => {
  try {
    return isThere(folder) ? linesIn(folder) : [];
  } catch {
    return [];
  }
};

const DRAFT: JsonObject = {
  event_type: 'invoice.sent',
  id: 'appended',
  payload: { after: true },
  source: { kind: 'tool', name: 'fuzz' },
};

interface Appending {
  readonly answer: string;
  readonly receipt: Receipt | undefined;
  readonly repairs: readonly Repair[];
}

/** The tags and reasons of an error, from the outside in. */
const whyOf = (error: unknown): string => {
  const { _tag, reason, code, errno, cause } = error as Readonly<Record<string, unknown>>;
  const own = [_tag, reason, code, errno].filter((each) => typeof each === 'string');
  return [...own, ...(cause instanceof Object ? [whyOf(cause)] : [])].join(' ');
};

export const append = async (folder: string): Promise<Appending> => {
  const repairs: Repair[] = [];
  const opened = await opening(
    folder,
    (ledger) => ledger.append([DRAFT], { sign: { key: ALICE } }),
    (repair) => void repairs.push(repair),
  );
  const told = E.flatten<unknown, readonly Receipt[]>(opened);
  if (E.isRight(told)) {
    const [receipt] = told.right;
    return { answer: receipt?.status ?? 'nothing', receipt, repairs };
  }
  return { answer: whyOf(told.left), receipt: undefined, repairs };
};

/**
 * Of the lines that stood there none is lost or altered, as far as the mirror or the checkpoint
 * knew of them; what was cut off is kept aside.
 */
export const judgeAppend = (
  ground: Ground,
  known: number,
  before: readonly string[],
  after: readonly string[],
  { receipt, repairs }: Appending,
): void => {
  const acknowledged = new Set(ground.lines.slice(0, known));
  const now = new Set(after);
  const lost = before.find((line) => acknowledged.has(line) && !now.has(line));
  claim(lost === undefined, `an append lost ${lost?.slice(0, 200)}`);
  const aside = repairs.map((repair) =>
    repair._tag === 'TailSetAside' ? readFileSync(repair.path, 'latin1') : '',
  );
  const kept = after.join('');
  const isNew = receipt?.status === 'appended';
  const rest = isNew ? kept.slice(0, kept.length - (after.at(-1)?.length ?? 0)) : kept;
  claim(rest + aside.join('') === before.join(''), 'an append changed what stood in the journal');
  if (receipt?.status !== 'appended') return;
  const last = after.at(-1) ?? '';
  const isLast = last.includes('"id":"appended"') && last.includes(`"seq":${receipt.seq},`);
  claim(isLast, 'what was appended is not at the end');
};

const replay = async (folder: string) => {
  const opened = await opening(folder, async (ledger) => {
    const replayed = await ledger.replay();
    const digests = E.isRight(replayed) ? ledger.digests() : undefined;
    return { replayed, digests };
  });
  return E.isLeft(opened) ? undefined : opened.right;
};

export const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((line, i) => line === other[i]);

/** What of a verdict a replay cannot mend: what is found against checkpoints. */
const isOfCheckpoint = (code: string): boolean => code.startsWith('checkpoint');

export const judgeReplay = async (folder: string, ground: Ground): Promise<string> => {
  const before = standing(folder);
  const answer = await replay(folder);
  if (answer === undefined) return 'refused';
  const { replayed, digests } = answer;
  const after = standing(folder);
  const acknowledged = new Set(ground.lines);
  const now = new Set(after);
  claim(
    before.every((line) => !acknowledged.has(line) || now.has(line)),
    'a replay lost an event',
  );
  if (E.isLeft(replayed)) return `refused: ${replayed.left._tag}`;
  claim(replayed.right.report?.parity.consistent === true, 'a replay without parity');
  const report = await audit(folder, []);
  const rest = codesOf(report).filter((code) => !isOfCheckpoint(code));
  claim(isVerified(report) || rest.length === 0, `replayed, and then ${codesOf(report).join()}`);
  if (isSame(after, ground.lines))
    claim(
      JSON.stringify(digests) === JSON.stringify(E.right(ground.digests)),
      'a replay with other digests',
    );
  return 'replayed';
};
