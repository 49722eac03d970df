/**
 * Files that nobody needs any more: what was ended half-way, what was set aside, and drafts that
 * are held no longer. Nothing is removed here: some of it is evidence.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { Layout } from '../../storage/layout.ts';
import { newMirror } from '../../storage/rebuild.ts';
import type { Reader } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import { heldDrafts } from '../held.ts';
import type { Check } from './check.ts';
import { fail, ok, sizeText, warn } from './check.ts';

const CHECK = 'leftover';

const namesIn = (folder: string): readonly string[] => {
  const names = realPorts.disk.list(folder);
  return E.isRight(names) ? names.right : [];
};

const halves = (layout: Layout): readonly Check[] => {
  const { folder, checkpoints, keys, policies, quarantine, torn } = layout;
  const parts = [folder, checkpoints, keys, policies, quarantine, torn].flatMap((each) =>
    namesIn(each)
      .map((name) => join(each, name))
      .filter((path) => path.endsWith('.part') || path.startsWith(newMirror(layout))),
  );
  return parts.map((path) =>
    warn(CHECK, `${path} is what something left that was ended`, 'Remove it.'),
  );
};

const RECOVERY = 'recovery.json';

const aside = ({ torn }: Layout): readonly Check[] => {
  const names = namesIn(torn).filter((name) => !name.endsWith('.part'));
  const kept = names.filter((name) => name !== RECOVERY);
  const bytes = kept.reduce((sum, name) => {
    const stat = realPorts.disk.stat(join(torn, name));
    return sum + (E.isRight(stat) ? (stat.right?.size ?? 0) : 0);
  }, 0);
  return [
    ...(kept.length < names.length
      ? [
          fail(
            CHECK,
            `${join(torn, RECOVERY)}: a recovery was begun and not finished`,
            'Run it again: ledger replay --to-last-good.',
          ),
        ]
      : []),
    ...(kept.length > 0
      ? [
          warn(
            CHECK,
            `${torn} has ${kept.length} files of ${sizeText(bytes)} that recovery set aside`,
            'Look at why; keep them elsewhere as evidence, and remove them here.',
          ),
        ]
      : []),
  ];
};

const FORM = /^(.+)\.json$/;

const held = ({ quarantine }: Layout, reader: Reader): readonly Check[] => {
  const drafts = heldDrafts(reader);
  if (E.isLeft(drafts)) return [];
  const states = new Map<string, string>(drafts.right.map(({ hold, state }) => [hold.id, state]));
  return namesIn(quarantine).flatMap((name) => {
    const state = states.get(FORM.exec(name)?.[1] ?? '');
    if (name.endsWith('.part') || state === 'held' || state === 'released') return [];
    const why = state === undefined ? 'no event holds it' : `its draft is ${state}`;
    return [warn(CHECK, `${join(quarantine, name)}: ${why}`, 'Remove it.')];
  });
};

/** leftovers looks for them; while somebody writes, what is half-way may go on. */
export const leftovers = (layout: Layout, reader: Reader, isWriting: boolean): readonly Check[] => {
  const found = [...(isWriting ? [] : halves(layout)), ...aside(layout), ...held(layout, reader)];
  return found.length === 0 ? [ok(CHECK, 'there is nothing that nobody needs')] : found;
};
