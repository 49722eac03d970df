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
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../simulation/chance.ts';
import { Violation } from '../simulation/oracle.ts';
import { BYTE_EDITS } from './byte-edit.ts';
import type { Committed, Part } from './committed.ts';
import { changesBetween, committedIn, mirrorEnd } from './committed.ts';
import { FILE_EDITS } from './file-edit.ts';
import type { Ground } from './ground.ts';
import {
  append,
  audit,
  claim,
  codesOf,
  exitOf,
  isSame,
  isVerified,
  judgeAppend,
  judgeAudit,
  judgeReplay,
  standing,
} from './judge.ts';
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

/** What nothing else tells of: that it ever was there. */
const UNKNOWN = 'the earlier checkpoints gone';
/** Behind a gate's projection that says it stopped nothing is taken, as that audit tells. */
const OPEN: ReadonlySet<string> = new Set([
  'the mirror, how far projections are: a row changed',
  UNKNOWN,
]);
const isOpen = (name: string): boolean => OPEN.has(name);

const applied = async (scene: Scene): Promise<readonly Edit[]> => {
  const edits: Edit[] = [];
  const count = scene.chance(4) === 0 ? 2 : 1;
  for (let tries = 0; edits.length < count && tries < 50; tries++) {
    const edit = pick(scene.chance, pick(scene.chance, AREAS) ?? []);
    if (edit !== undefined && (await edit.apply(scene))) edits.push(edit);
  }
  return edits;
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
    const isAllowed = isWhole || names.includes(UNKNOWN);
    judgeAudit(report, withHeld, changed, isAllowed);
    if (isVerified(report) && !changed.includes('checkpoint')) {
      const under = ground.lines.slice(0, ground.size);
      claim(isSame(standing(folder).slice(0, ground.size), under), 'another log, verified');
    }
    const isBare = report?.checked.checkpoints.matched === 0;
    if (isWhole && report?.verdict === 'verified' && isBare)
      claim(report.notProved.includes('no_checkpoint_given'), 'not said to be open');
    const stood = standing(folder);
    const isSigned = !changed.includes('checkpoint');
    const known = Math.max(mirrorEnd(folder), isSigned ? ground.size : 0);
    const appending = await append(folder);
    judgeAppend(ground, known, stood, standing(folder), appending);
    const isSound = isVerified(report) && !names.some((name) => isOpen(name) || isLock(name));
    if (isSound)
      claim(appending.answer === 'appended', `verified, and an append: ${appending.answer}`);
    const isAsBefore = appending.repairs.length === 0 && appending.receipt === undefined;
    const later = isAsBefore ? withHeld : await audit(folder, [ground.held]);
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
    if (names.some(isOpen) && !(thrown instanceof Violation))
      return {
        seed,
        edits: names,
        changed: [],
        verdict: 'open',
        codes: [],
        appended: '',
        replayed: '',
      };
    throw new Error(`${names.join(' + ')}: ${String(thrown)}`, { cause: thrown });
  }
};

/** What the ledgers that are copied have committed themselves to. */
const KNOWN = new Map<string, Committed>();

/** runCase plays the course of one seed. */
export const runCase = async (ground: Ground, seed: number): Promise<Course> => {
  const chance = seeded(seed);
  const base = pick(chance, ground.bases) ?? '';
  const home = mkdtempSync(join(ground.home, 'edited-'));
  const folder = join(home, 'ledger');
  cpSync(base, folder, { recursive: true, preserveTimestamps: true });
  try {
    const before = KNOWN.get(base) ?? committedIn(base);
    KNOWN.set(base, before);
    return await play({ folder, ground, chance }, before, seed);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};
