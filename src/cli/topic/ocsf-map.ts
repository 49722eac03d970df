/**
 * `ledger help ocsf-map`: the map that counts where none is given.
 */
import { DEFAULT_MAP } from '../../export/ocsf/default-map.ts';
import { documentText } from './document.ts';

export const text = documentText('ledger export --format ocsf --ocsf-map FILE', DEFAULT_MAP);
