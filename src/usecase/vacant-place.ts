/**
 * Whether a ledger can be restored in a place: it is empty, or holds what a restoration of the same
 * backup left that was interrupted.
 */
import * as E from 'fp-ts/lib/Either.js';
import { basename, join } from 'node:path';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import { namesIn } from '../storage/whole-file.ts';

/** The folders in which the backup's own names may stand; the journal is compared byte by byte. */
const BESIDE = ['checkpoints', 'policies', 'quarantine', 'keys'] as const;

/** The first thing in a folder that may not be there. */
const alienIn = (
  disk: Disk,
  folder: string,
  isOurs: (name: string) => boolean,
): Done<string | undefined> =>
  E.map((names: readonly string[]) => {
    const alien = names.toSorted().find((name) => !isOurs(name.replace(/\.part$/, '')));
    return alien === undefined ? undefined : join(folder, alien);
  })(namesIn(disk, folder));

/** alienAt gives the path of what is no part of a ledger that was being restored there. */
export const alienAt = (disk: Disk, from: Layout, to: Layout): Done<string | undefined> => {
  const { folder, ...places } = to;
  const own = Object.values(places).map((path) => basename(path));
  const databases = /^(?:mirror\.db(?:\.new)?|writer\.lock\.db)(?:-\w+)?$|^writer\.info$/;
  const above = alienIn(disk, folder, (name) => own.includes(name) || databases.test(name));
  if (E.isLeft(above) || above.right !== undefined) return above;
  for (const member of BESIDE) {
    const there = namesIn(disk, to[member]);
    if (E.isLeft(there)) return there;
    // What is not restored, such as keys in a drill, need not be readable.
    if (there.right.length === 0) continue;
    const names = namesIn(disk, from[member]);
    if (E.isLeft(names)) return names;
    const found = alienIn(disk, to[member], (name) => names.right.includes(name));
    if (E.isLeft(found) || found.right !== undefined) return found;
  }
  return E.right(undefined);
};
