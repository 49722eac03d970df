/**
 * One edited ledger, by seed: it is audited, appended to and replayed, and whatever is answered
 * must be true of what is on the disk.
 *
 *   - An edit of something committed is never verified; with a checkpoint kept elsewhere, a whole
 *     rewrite is not either, and without one it is said that nobody could tell.
 *   - An append is refused, or mends by the rules: no event that stands there is lost or altered.
 *   - What was verified takes the next event and needs no replay.
 *   - A replay is refused, or ends with what the journal says, and an audit finds nothing more.
 *   - Nothing throws.
 */
import * as E from 'fp-ts/lib/Either.js';
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { JsonObject } from '../../ledger/json/value.ts';
import { run } from '../../src/cli/run.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import type { Report } from '../../src/verify/verify.ts';
import { ALICE } from '../build/ledger.ts';
import { seeded } from '../simulation/chance.ts';
import { Violation } from '../simulation/oracle.ts';
import { BYTE_EDITS } from './byte-edit.ts';
import type { Committed, Part } from './committed.ts';
import { changesBetween, committedIn } from './committed.ts';
import { FILE_EDITS } from './file-edit.ts';
import type { Ground } from './ground.ts';
import { linesIn, opening } from './ground.ts';
import { LINE_EDITS } from './line-edit.ts';
import { MIRROR_EDITS } from './mirror-edit.ts';
import { REWRITE_EDITS } from './rewrite-edit.ts';
import type { Edit, Scene } from './scene.ts';
import { pick } from './scene.ts';

export const AREAS: readonly (readonly Edit[])[] = [
  BYTE_EDITS,
  [...LINE_EDITS, ...REWRITE_EDITS],
  MIRROR_EDITS,
  FILE_EDITS,
];

export interface Course {
  readonly seed: number;
  readonly edits: readonly string[];
  readonly changed: readonly Part[];
  /** What the audit said of it, `refused` where there was nothing to audit. */
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly appended: string;
  readonly replayed: string;
}

/** What the audit does not look at so far; whatever else is done to a ledger is held to all. */
const OPEN: ReadonlySet<string> = new Set([
  'the mirror: the last event gone, and all that tells of it',
  'the mirror: another end in the journal',
  'the mirror: the note that it remembers',
  'the mirror, where it ends: a row changed',
  'the mirror, events: a row deleted',
  'the mirror, how far projections are: a row changed',
  'the checkpoint gone',
  'the checkpoint of an earlier size',
  'the earlier checkpoints gone',
  'all checkpoints gone',
]);
const isOpen = (name: string): boolean =>
  OPEN.has(name) || name.startsWith('an earlier checkpoint');

const claim = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

const applied = async (scene: Scene): Promise<readonly Edit[]> => {
  const edits: Edit[] = [];
  const count = scene.chance(4) === 0 ? 2 : 1;
  for (let tries = 0; edits.length < count && tries < 50; tries++) {
    const edit = pick(scene.chance, pick(scene.chance, AREAS) ?? []);
    if (edit !== undefined && (await edit.apply(scene))) edits.push(edit);
  }
  return edits;
};

type Audited = Report | undefined;

const audit = async (folder: string, held: readonly string[]): Promise<Audited> => {
  const opened = await opening(folder, (ledger) =>
    ledger.verify({ workers: 1, checkpoints: held }),
  );
  const told = E.flatten<unknown, Report>(opened);
  return E.isRight(told) ? told.right : undefined;
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const exitOf = (folder: string): Promise<number> =>
  run(['-C', folder, 'verify', '--json', '--workers', '1'], nowhere(), nowhere());

const isVerified = (report: Audited): boolean => report?.verdict === 'verified';

const codesOf = (report: Audited): readonly string[] => [
  ...new Set(report?.findings.map(({ code }) => code)),
];

/** Bookkeeping may lag, or say that a projection stopped; but that must be told. */
const UNTOLD: ReadonlySet<Part> = new Set(['bookkeeping']);

const judgeAudit = (
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
const standing = (folder: string): readonly string[] => {
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

const append = async (folder: string): Promise<Appending> => {
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

/** Of the lines that stood there none is lost or altered; what was cut off is kept aside. */
const judgeAppend = (
  ground: Ground,
  before: readonly string[],
  after: readonly string[],
  { receipt, repairs }: Appending,
): void => {
  const acknowledged = new Set(ground.lines);
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

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((line, i) => line === other[i]);

/** What of a verdict a replay cannot mend: what is found against checkpoints. */
const isOfCheckpoint = (code: string): boolean => code.startsWith('checkpoint');

const judgeReplay = async (folder: string, ground: Ground): Promise<string> => {
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

const isLock = (name: string): boolean => name.includes('lock');

const play = async (scene: Scene, before: Committed, seed: number): Promise<Course> => {
  const { folder, ground } = scene;
  const edits = await applied(scene);
  const names = edits.map(({ name }) => name);
  try {
    const isWhole = edits.some((edit) => edit.isWhole === true);
    const changed = changesBetween(before, committedIn(folder));
    const [report, withHeld] = await Promise.all([audit(folder, []), audit(folder, [ground.held])]);
    // Now and then by the command too: its exit code is what scripts see.
    if (seed % 8 === 0) {
      const exit = await exitOf(folder);
      claim((exit === 0) === isVerified(report), `${report?.verdict}, and the command: ${exit}`);
    }
    const isAllowed = isWhole || names.some(isOpen);
    judgeAudit(report, withHeld, changed, isAllowed);
    if (isVerified(report) && !changed.includes('checkpoint')) {
      const under = ground.lines.slice(0, ground.size);
      claim(isSame(standing(folder).slice(0, ground.size), under), 'another log, verified');
    }
    const isBare = report?.checked.checkpoints.matched === 0;
    if (isWhole && report?.verdict === 'verified' && isBare)
      claim(report.notProved.includes('no_checkpoint_matched'), 'not said to be open');
    const stood = standing(folder);
    const appending = await append(folder);
    judgeAppend(ground, stood, standing(folder), appending);
    const isSound = isVerified(report) && !names.some((name) => isOpen(name) || isLock(name));
    if (isSound)
      claim(appending.answer === 'appended', `verified, and an append: ${appending.answer}`);
    const later = await audit(folder, [ground.held]);
    if (isVerified(later)) {
      const first = standing(folder).slice(0, ground.lines.length);
      claim(isSame(first, ground.lines), 'verified, though it is another history');
    }
    const replayed = await judgeReplay(folder, ground);
    if (isSound) claim(replayed === 'replayed', `verified, and a replay: ${replayed}`);
    return {
      seed,
      edits: names,
      changed,
      verdict: report?.verdict ?? 'refused',
      codes: codesOf(report),
      appended: appending.answer,
      replayed,
    };
  } catch (thrown) {
    throw new Error(`${names.join(' + ')}: ${String(thrown)}`, { cause: thrown });
  }
};

/** runCase plays the course of one seed. */
export const runCase = async (ground: Ground, seed: number): Promise<Course> => {
  const chance = seeded(seed);
  const base = pick(chance, ground.bases) ?? '';
  const home = mkdtempSync(join(ground.home, 'edited-'));
  const folder = join(home, 'ledger');
  cpSync(base, folder, { recursive: true, preserveTimestamps: true });
  try {
    return await play({ folder, ground, chance }, committedIn(base), seed);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};
