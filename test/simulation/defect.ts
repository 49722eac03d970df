/**
 * Defects to be found: what the store promises, each broken once in a copy of it. The simulation
 * must notice every one of them, or it proves nothing.
 */

export interface Defect {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A rare one: the search begins at a seed that finds it, or found it once. */
  readonly near?: number;
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'the mirror is committed before the journal is synced',
    file: 'src/usecase/append.ts',
    from: `    const synced = keeper.journal.sync(segment);
    if (E.isLeft(synced)) return this.undo(this.poison(synced.left));
    return this.commit(batch, segment, offset + batch.bytes);`,
    to: `    const committed = this.commit(batch, segment, offset + batch.bytes);
    const synced = keeper.journal.sync(segment);
    return E.isLeft(synced) ? this.poison(synced.left) : committed;`,
  },
  {
    name: 'an append is answered before the journal is synced',
    file: 'src/usecase/append.ts',
    from: 'const synced = keeper.journal.sync(segment);',
    to: 'const synced: E.Either<StorageError, void> = E.right(undefined);',
  },
  {
    name: 'a sync that failed is tried again',
    file: 'src/usecase/append.ts',
    from: 'const synced = keeper.journal.sync(segment);',
    to: `const once = keeper.journal.sync(segment);
    const synced = E.isLeft(once) ? keeper.journal.sync(segment) : once;`,
  },
  {
    name: 'the folder is not synced when a segment begins',
    file: 'src/storage/journal.ts',
    from: 'const named = this.disk.syncFolder(this.folder);',
    to: 'const named = E.right(undefined);',
  },
  {
    name: 'a segment is begun behind one whose cut end is not on the disk',
    file: 'src/storage/keeper.ts',
    from: 'this.journal.sync(last);',
    to: 'E.right(undefined);',
    near: 74_910,
  },
  {
    name: 'the folder is not synced when a segment is found that another began',
    file: 'src/storage/recover.ts',
    from: 'const named = disk.syncFolder(layout.journal);',
    to: 'const named = E.right(undefined);',
    near: 85,
  },
  {
    name: 'a short write is taken for a whole one',
    file: 'src/storage/whole-file.ts',
    from: 'at += taken.right;',
    to: 'at = bytes.length;',
  },
  {
    name: 'an adopted tail is not written once more',
    file: 'src/storage/recover.ts',
    from: 'if (events > 0) {',
    to: 'if (events < 0) {',
  },
  {
    name: 'an adopted tail is written once more and not synced',
    file: 'src/storage/recover.ts',
    from: 'E.isLeft(written) ? written : file.right.sync()',
    to: 'written',
  },
  {
    name: 'lines behind the recorded end are set aside instead of adopted',
    file: 'src/storage/roll.ts',
    from: 'frontier === undefined || grave.length > 0) {',
    to: 'frontier === undefined || grave.length > 0 || !this.means.isReplay) {',
  },
  {
    name: 'what is set aside is not cut off',
    file: 'src/storage/recover.ts',
    from: 'const cut = journal.truncate(segment, offset);',
    to: 'const cut = E.right(undefined);',
    near: 428,
  },
  {
    name: 'projections keep what a rollback took back',
    file: 'src/storage/keeper.ts',
    from: 'this.open.fold.forget();',
    to: '',
  },
  {
    name: 'an id is not looked up before it is used again',
    file: 'src/usecase/batch.ts',
    from: "const found = filled.has('id') ? undefined : this.mirror.past.find(draft.claim.id);",
    to: 'const found = filled.size > 9 ? this.mirror.past.find(draft.claim.id) : undefined;',
  },
  {
    name: 'what another writer recorded is not looked at',
    file: 'src/storage/keeper.ts',
    from: 'return agreed.right ? E.right(undefined) : yield* this.settle(this.open);',
    to: 'return E.right(undefined);',
    near: 40,
  },
  {
    name: 'what is set aside has a name that is not synced',
    file: 'src/storage/recover.ts',
    from: 'const named = disk.syncFolder(layout.torn);',
    to: 'const named = E.right(undefined);',
    near: 82,
  },
];
