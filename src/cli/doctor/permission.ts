/**
 * Who may do what with the files: keys and drafts that are held are for nobody but their owner.
 */
import * as E from 'fp-ts/lib/Either.js';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { denialOf } from '../../storage/handle.ts';
import { keyPath, listKeys, nameOfKey } from '../../storage/key-file.ts';
import type { Layout } from '../../storage/layout.ts';
import { realPorts } from '../../wiring.ts';
import { readKeyFile } from '../key-choice.ts';
import { diskText } from '../store-text.ts';
import type { Check } from './check.ts';
import { asTold, fail, ok, warn } from './check.ts';

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const FOLDER = 'Put the folder itself there, and no link.';

/** A folder, and which of the rights of others are too many. */
const folderCheck = (check: string, path: string, tooMany: number, right: string): Check => {
  const stat = realPorts.disk.stat(path);
  if (E.isLeft(stat)) {
    const { message, next } = diskText(stat.left.errno);
    return fail(check, `${path}: ${message}`, next);
  }
  if (stat.right === undefined)
    return fail(check, `${path}: there is no such folder`, `Make it: mkdir -m ${right}.`);
  const { kind, mode } = stat.right;
  if (kind !== 'folder') return fail(check, `${path} is no folder`, FOLDER);
  return (mode & tooMany) === 0
    ? ok(check, `${path} is ${octal(mode)}`)
    : warn(check, `${path} is ${octal(mode)}: others have a right to it`, `chmod ${right} it.`);
};

/** canWrite tells whether this user may write there. */
export const canWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Nothing can be put into it, and the next one to write there would not make it. */
const isInTheWay = (path: string): boolean => {
  const stat = realPorts.disk.stat(path);
  const kind = E.isRight(stat) ? stat.right?.kind : undefined;
  return kind === 'file' || kind === 'other';
};

const accessCheck = (layout: Layout): Check => {
  const { folder, journal, mirror, checkpoint, checkpoints, policies, quarantine, torn } = layout;
  const places = [mirror, journal, checkpoint, checkpoints, policies, quarantine, torn];
  // Nothing is said of what nobody may look at.
  const closed = places.find((path) => denialOf([path]) !== undefined);
  if (closed !== undefined) {
    const { next } = diskText('EACCES');
    return warn('access', `${closed} may not be read by this user`, next);
  }
  const alien = [checkpoints, policies, torn].find(isInTheWay);
  if (alien !== undefined) return fail('access', `${alien} is no folder`, FOLDER);
  const shut = [folder, journal, mirror].find((path) => existsSync(path) && !canWrite(path));
  return shut === undefined
    ? ok('access', 'this user may append')
    : warn('access', `${shut} may only be read by this user`, 'Append as the owner of the ledger.');
};

const keyChecks = ({ keys }: Layout): readonly Check[] => {
  const ids = listKeys(realPorts.disk, keys);
  if (E.isLeft(ids)) {
    const { message, next } = diskText(ids.left.errno);
    return [warn('key-files', `they cannot be listed: ${message}`, next)];
  }
  const wrong = ids.right.flatMap((id): readonly Check[] => {
    const path = keyPath(keys, id);
    const key = readKeyFile(path);
    if (E.isLeft(key)) return [asTold(fail, 'key-files', key.left)];
    return key.right.keyId === id
      ? []
      : [
          fail(
            'key-files',
            `${path} holds ${key.right.keyId}`,
            `Name it ${nameOfKey(key.right.keyId)}.`,
          ),
        ];
  });
  const count = ids.right.length;
  return wrong.length > 0
    ? wrong
    : [ok('key-files', `${count} keys, which nobody but their owner may read`)];
};

/** permissions looks at the rights on a ledger's files. */
export const permissions = (layout: Layout): readonly Check[] => [
  // Links to a ledger are followed; it is what they lead to that others may have a right to.
  folderCheck('folder', realpathSync(layout.folder), OTHERS_WRITE, '755'),
  accessCheck(layout),
  folderCheck('keys', layout.keys, OTHERS, '700'),
  ...keyChecks(layout),
  folderCheck('quarantine', layout.quarantine, OTHERS, '700'),
];
