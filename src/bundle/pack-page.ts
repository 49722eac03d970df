/**
 * Packing a folder into the page that shows and checks it: its files are one JSON text in the page,
 * written piece by piece.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Digested } from '../export/sink.ts';
import type { Folder } from './folder.ts';
import type { Packing } from './pack.ts';
import { packInto } from './pack.ts';
import { inert } from './page-files.ts';
import { pageParts } from './page.ts';

/** A string of a JSON text, without its quotes. */
const inner = (text: string): string => inert(JSON.stringify(text).slice(1, -1));

const put = (packing: Packing, names: readonly string[], script: string): Done<void> => {
  const { head, tail } = pageParts(script);
  const begun = packing.write(encodeUtf8(`${head}{`));
  if (E.isLeft(begun)) return begun;
  for (const [at, name] of names.entries()) {
    const named = packing.write(encodeUtf8(`${at === 0 ? '' : ','}${JSON.stringify(name)}:"`));
    if (E.isLeft(named)) return named;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const copied = packing.pieces(name, (piece) =>
      packing.write(encodeUtf8(inner(decoder.decode(piece, { stream: true })))),
    );
    const ended = E.isLeft(copied) ? copied : packing.write(encodeUtf8('"'));
    if (E.isLeft(ended)) return ended;
  }
  return packing.write(encodeUtf8(`}${tail}`));
};

/** packPage makes a page of a folder's files at a path. */
export const packPage = (
  disk: Disk,
  folder: Folder,
  script: string,
  path: string,
): Done<Digested> =>
  packInto(disk, folder, path, (packing) =>
    put(packing, [...folder.sizes.keys()].toSorted(), script),
  );
