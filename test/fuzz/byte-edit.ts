/**
 * Edits that know nothing of what they edit: bits, bytes and ends of the files of a ledger.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../simulation/chance.ts';
import type { Edit, Scene } from './scene.ts';
import { changeFile, pick, segmentsOf } from './scene.ts';

/** A place in bytes; near their end as often as anywhere. */
const placeIn = (chance: Chance, { length }: Buffer): number =>
  chance(3) === 0 ? Math.max(0, length - 1 - chance(64)) : chance(Math.max(1, length));

type Change = (bytes: Buffer, chance: Chance) => Buffer | undefined;

const spliced = (bytes: Buffer, at: number, count: number, put: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + count)]);

const drawn = (chance: Chance, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => chance(256));

const CHANGES: Readonly<Record<string, Change>> = {
  'a bit flipped': (bytes, chance) => {
    const at = placeIn(chance, bytes);
    const byte = bytes[at];
    return byte === undefined
      ? undefined
      : spliced(bytes, at, 1, Uint8Array.of(byte ^ (1 << chance(8))));
  },
  'a byte replaced': (bytes, chance) => {
    const put = pick(chance, [0, 0x0a, 0x0d, 0x20, 0x22, 0x30, 0x7d, 0xff]) ?? 0;
    return spliced(bytes, placeIn(chance, bytes), 1, Uint8Array.of(put));
  },
  'bytes inserted': (bytes, chance) =>
    spliced(bytes, placeIn(chance, bytes), 0, drawn(chance, 1 + chance(8))),
  'bytes deleted': (bytes, chance) =>
    spliced(bytes, placeIn(chance, bytes), 1 + chance(chance(4) === 0 ? 5000 : 4), Buffer.of()),
  'a stretch of zeros': (bytes, chance) => {
    const at = placeIn(chance, bytes);
    const count = Math.min(bytes.length - at, 1 + chance(4096));
    return spliced(bytes, at, count, new Uint8Array(count));
  },
  'the end cut off': (bytes, chance) =>
    bytes.subarray(0, chance(2) === 0 ? placeIn(chance, bytes) : bytes.length - 1 - chance(40)),
  'zeros at the end': (bytes, chance) => Buffer.concat([bytes, new Uint8Array(1 + chance(5000))]),
  'noise at the end': (bytes, chance) => Buffer.concat([bytes, drawn(chance, 1 + chance(300))]),
  'a stretch copied elsewhere': (bytes, chance) => {
    const from = placeIn(chance, bytes);
    const put = bytes.subarray(from, from + 1 + chance(4096));
    return spliced(bytes, placeIn(chance, bytes), put.length, put);
  },
  'nothing left in it': () => Buffer.of(),
};

const FILES: Readonly<Record<string, (scene: Scene) => string | undefined>> = {
  'a segment': (scene) => pick(scene.chance, segmentsOf(scene)),
  'the last segment': (scene) => segmentsOf(scene).at(-1),
  'the mirror': ({ folder }) => join(folder, 'mirror.db'),
  'the log of the mirror': ({ folder }) => join(folder, 'mirror.db-wal'),
  'the checkpoint': ({ folder }) => join(folder, 'checkpoint'),
  'an earlier checkpoint': ({ folder, chance }) => {
    const kept = join(folder, 'checkpoints');
    const name = existsSync(kept) ? pick(chance, readdirSync(kept)) : undefined;
    return name === undefined ? undefined : join(kept, name);
  },
  'the settings': ({ folder }) => join(folder, 'ledger.json'),
};

export const BYTE_EDITS: readonly Edit[] = Object.entries(FILES).flatMap(([where, fileOf]) =>
  Object.entries(CHANGES).map(([what, change]): Edit => ({
    name: `${where}: ${what}`,
    apply: (scene) => changeFile(fileOf(scene), (bytes) => change(bytes, scene.chance)),
  })),
);
