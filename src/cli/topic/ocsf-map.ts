/**
 * `ledger help ocsf-map`: the map that counts where none is given, in a form that a user can put
 * into a file, change and hand to `ledger export --format ocsf --ocsf-map FILE`.
 */
import { DEFAULT_MAP } from '../../export/ocsf/default-map.ts';

export const text = `${JSON.stringify(DEFAULT_MAP, undefined, 2)}\n`;
