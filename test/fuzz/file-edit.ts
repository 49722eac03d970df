/**
 * Edits of files as a whole: gone, moved, put in each other's place, or something else altogether.
 */
import * as E from 'fp-ts/lib/Either.js';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { formatNote, parseNote, signNote } from '../../ledger/note/note.ts';
import { BOB, LOG } from '../build/ledger.ts';
import type { Edit, Scene } from './scene.ts';
import { changeFile, nameOf, pick, readLines, segmentsOf, writeLines } from './scene.ts';

const gone =
  (...names: readonly string[]): Edit['apply'] =>
  ({ folder }) => {
    const there = names.filter((name) => existsSync(join(folder, name)));
    for (const name of there) rmSync(join(folder, name), { recursive: true });
    return there.length > 0;
  };

const atSegment =
  (change: (path: string, scene: Scene) => unknown): Edit['apply'] =>
  (scene) => {
    const path = pick(scene.chance, segmentsOf(scene));
    return path !== undefined && change(path, scene) !== false;
  };

const inJournal = ({ folder }: Scene, name: string): string => join(folder, 'journal', name);

const replaced = (path: string, make: (aside: string) => unknown): void => {
  const aside = join(path, '..', '..', 'aside');
  rmSync(aside, { force: true });
  renameSync(path, aside);
  make(aside);
};

/** The checkpoint with another text or another signature, where it still is a note. */
const resigned =
  (by: Signer, keeps: boolean, change: (text: string, scene: Scene) => string): Edit['apply'] =>
  (scene) =>
    changeFile(join(scene.folder, 'checkpoint'), (bytes) => {
      const note = parseNote(bytes.toString());
      if (E.isLeft(note)) return undefined;
      const { text, signatures } = note.right;
      const rest = keeps ? { signatures } : {};
      const signed = signNote(native, by, { text: change(text, scene), ...rest });
      return E.isLeft(signed) ? undefined : Buffer.from(formatNote(signed.right));
    });
const same = (text: string): string => text;

const settings =
  (change: (value: Record<string, unknown>) => unknown): Edit['apply'] =>
  ({ folder }) =>
    changeFile(join(folder, 'ledger.json'), (bytes) => {
      try {
        return Buffer.from(JSON.stringify(change(JSON.parse(bytes.toString()) as never)));
      } catch {
        return undefined;
      }
    });

export const FILE_EDITS: readonly Edit[] = [
  { name: 'the mirror gone', apply: gone('mirror.db', 'mirror.db-wal', 'mirror.db-shm') },
  { name: 'the mirror gone, and not its log', apply: gone('mirror.db') },
  { name: 'the log of the mirror gone', apply: gone('mirror.db-wal') },
  { name: 'the checkpoint gone', apply: gone('checkpoint') },
  { name: 'all checkpoints gone', apply: gone('checkpoint', 'checkpoints') },
  { name: 'the earlier checkpoints gone', apply: gone('checkpoints') },
  { name: 'the journal gone', apply: gone('journal') },
  { name: 'the settings gone', apply: gone('ledger.json') },
  { name: 'keys and drafts gone', apply: gone('keys', 'quarantine', 'policies') },
  { name: 'what is told of the writer gone', apply: gone('writer.info') },
  { name: 'the file of the lock gone', apply: gone('writer.lock.db') },
  {
    name: 'the mirror of an older backup',
    apply: ({ folder, ground }) => {
      for (const end of ['-wal', '-shm']) rmSync(join(folder, `mirror.db${end}`), { force: true });
      copyFileSync(ground.older, join(folder, 'mirror.db'));
      return true;
    },
  },
  {
    name: 'the mirror of an older backup under the newer log',
    apply: ({ folder, ground }) => {
      if (!existsSync(join(folder, 'mirror.db-wal'))) return false;
      copyFileSync(ground.older, join(folder, 'mirror.db'));
      return true;
    },
  },
  { name: 'a segment gone', apply: atSegment((path) => rmSync(path)) },
  {
    name: 'a segment under another name',
    apply: atSegment((path, scene) => {
      const to = inJournal(scene, nameOf(scene.chance(300)));
      return existsSync(to) ? false : (renameSync(path, to), true);
    }),
  },
  {
    name: 'a segment twice',
    apply: atSegment((path, scene) => {
      copyFileSync(path, inJournal(scene, nameOf(scene.chance(300))));
    }),
  },
  {
    name: 'two segments in each other’s place',
    apply: (scene) => {
      const [one, other] = [0, 1].map(() => pick(scene.chance, segmentsOf(scene)));
      if (one === undefined || other === undefined || one === other) return false;
      replaced(one, (aside) => {
        renameSync(other, one);
        renameSync(aside, other);
      });
      return true;
    },
  },
  {
    name: 'a segment that is a link',
    apply: atSegment((path) => replaced(path, (aside) => symlinkSync(aside, path))),
  },
  {
    name: 'a segment that has another name too',
    apply: atSegment((path, { folder }) => linkSync(path, join(folder, 'linked'))),
  },
  {
    name: 'a segment that is a folder',
    apply: atSegment((path) => replaced(path, () => mkdirSync(path))),
  },
  {
    name: 'a segment that is a pipe',
    apply: atSegment((path) => replaced(path, () => execFileSync('mkfifo', [path]))),
  },
  {
    name: 'something else in the journal',
    apply: (scene) => {
      if (!existsSync(inJournal(scene, ''))) return false;
      const name = pick(scene.chance, ['notes', '.hidden', '1.jsonl', `${nameOf(3)}.bak`]) ?? '';
      writeFileSync(inJournal(scene, name), '');
      return true;
    },
  },
  {
    name: 'an empty segment',
    apply: (scene) => {
      const last = Number(segmentsOf(scene).at(-1)?.slice(-26, -6) ?? 'NaN');
      if (Number.isNaN(last)) return false;
      const lines = readLines(scene).flatMap((each) => each.lines).length;
      const first = pick(scene.chance, [lines, lines + 1, last + 1]) ?? 0;
      writeFileSync(inJournal(scene, nameOf(first)), '');
      return true;
    },
  },
  {
    name: 'two segments joined',
    apply: (scene) => {
      const all = readLines(scene);
      const at = scene.chance(Math.max(1, all.length - 1));
      const [one, other] = [all[at], all[at + 1]];
      if (one === undefined || other === undefined) return false;
      one.lines.push(...other.lines);
      rmSync(other.path);
      return writeLines([one]);
    },
  },
  {
    name: 'a segment cut in two',
    apply: (scene) => {
      const one = pick(scene.chance, readLines(scene));
      if (one === undefined || one.lines.length < 2) return false;
      const at = 1 + scene.chance(one.lines.length - 1);
      const rest = one.lines.splice(at);
      const path = inJournal(scene, nameOf(Number(one.path.slice(-26, -6)) + at));
      return writeLines([one, { path, lines: rest }]);
    },
  },
  {
    name: 'the checkpoint of an earlier size',
    apply: ({ folder, chance }) => {
      const kept = join(folder, 'checkpoints');
      const name = existsSync(kept) ? pick(chance, readdirSync(kept)) : undefined;
      if (name === undefined) return false;
      copyFileSync(join(kept, name), join(folder, 'checkpoint'));
      return true;
    },
  },
  { name: 'the checkpoint signed by another key', apply: resigned(BOB, false, same) },
  { name: 'the checkpoint signed by another key too', apply: resigned(BOB, true, same) },
  {
    name: 'the checkpoint of another size, signed with the key of the log',
    apply: resigned(LOG, false, (text, { chance }) =>
      text.replace(/\n\d+\n/, `\n${1 + chance(400)}\n`),
    ),
  },
  {
    name: 'the settings of another ledger',
    apply: settings((value) => ({ ...value, origin: 'b.example' })),
  },
  { name: 'the settings of another format', apply: settings((value) => ({ ...value, format: 2 })) },
  {
    name: 'the settings with other limits',
    apply: settings((value) => ({ ...value, limits: { segment_bytes: 1000 } })),
  },
  { name: 'the settings with something more', apply: settings((value) => ({ ...value, more: 1 })) },
];
