/**
 * Edits of the whole history by whoever knows the format, with the log key or without it: every
 * hash and every link of what is left is right.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { keepNote } from '../../src/storage/checkpoint-file.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { LOG, right } from '../build/ledger.ts';
import type { Header } from './forgery.ts';
import { PAYLOAD, hashIn, hashOf, parsed, sealed } from './forgery.ts';
import { opening } from './ground.ts';
import type { Edit, Scene } from './scene.ts';
import { readLines, writeJournal } from './scene.ts';

/** Every line from somewhere on, linked and numbered as if it had always been so. */
const rechain = (lines: readonly string[]): readonly string[] => {
  let prev = '0'.repeat(64);
  let recorded = '';
  return lines.map((line, seq) => {
    const value = parsed(line);
    if (value === undefined) return line;
    const header = value['header'] as Header;
    const at = String(header['recorded_at']);
    recorded = at > recorded ? at : recorded;
    const linked = { ...header, seq, prev_event_hash: prev, recorded_at: recorded };
    const made = sealed(linked, value['payload'], value['salt']);
    prev = hashIn(made);
    return made;
  });
};

const allOf = (scene: Scene): string[] => readLines(scene).flatMap(({ lines }) => lines);

/** A history in which something never was, or was otherwise; every hash and link is right. */
const rewritten = (scene: Scene): readonly string[] => {
  const { chance } = scene;
  const lines = allOf(scene);
  const at = 1 + chance(Math.max(1, lines.length - 1));
  const kind = chance(4);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at, 1 + chance(20));
  else if (kind === 2) lines.length = at;
  else {
    const value = parsed(lines[at] ?? '');
    if (value !== undefined) {
      const { attestation: _, ...header } = value['header'] as Header;
      const plain = { ...header, payload_hash: hashOf(value['salt'], PAYLOAD) };
      lines[at] = sealed(plain, PAYLOAD, value['salt']);
    }
  }
  return rechain(lines);
};

const forget = ({ folder }: Scene, names: readonly string[]): void => {
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
};

const MIRROR = ['mirror.db', 'mirror.db-wal', 'mirror.db-shm'];
const NOTES = ['checkpoint', 'checkpoints'];

/** What the tool itself makes of a journal that looks sound. */
const remake = async ({ folder }: Scene): Promise<void> => {
  forget({ folder } as Scene, MIRROR);
  await opening(folder, (ledger) => ledger.append([]));
};

const signAnew = (scene: Scene): void => {
  let frontier = EMPTY;
  const hashes = allOf(scene).map(hashIn);
  // A line that another edit broke has no hash.
  for (const hash of hashes)
    frontier = append(native, frontier, parseHex(hash || '0'.repeat(64)) ?? new Uint8Array(32));
  const note = right(signCheckpoint(native, LOG, hashes.length, root(native, frontier)));
  const layout = layoutOf(scene.folder);
  forget(scene, NOTES);
  right(nodeDisk.makeFolder(layout.checkpoints));
  right(keepNote(nodeDisk, layout, hashes.length, note));
};

export const REWRITE_EDITS: readonly Edit[] = [
  {
    name: 'all rewritten, the rest as it was',
    apply: (scene) => writeJournal(scene, rewritten(scene)),
  },
  {
    name: 'all rewritten, the mirror gone',
    apply: (scene) => {
      writeJournal(scene, rewritten(scene));
      forget(scene, MIRROR);
      return true;
    },
  },
  {
    name: 'all rewritten, the mirror made of it, the checkpoint as it was',
    // Behind the checkpoint nobody can tell.
    isWhole: true,
    apply: async (scene) => {
      writeJournal(scene, rewritten(scene));
      await remake(scene);
      return true;
    },
  },
  {
    name: 'all rewritten, the mirror made of it, no checkpoint',
    isWhole: true,
    apply: async (scene) => {
      writeJournal(scene, rewritten(scene));
      forget(scene, NOTES);
      await remake(scene);
      return true;
    },
  },
  {
    name: 'all rewritten, the mirror made of it, signed with the key of the log',
    isWhole: true,
    apply: async (scene) => {
      writeJournal(scene, rewritten(scene));
      signAnew(scene);
      await remake(scene);
      return true;
    },
  },
];
