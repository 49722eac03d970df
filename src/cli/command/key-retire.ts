/**
 * `ledger key retire KEY_ID --reason R`: the key signs no more; what it signed stands.
 */
import { endKey } from '../key-end.ts';

export const command = endKey('key.retired', {}, [
  ['key retire bot --reason "replaced" --sign alice', 'bot signs no more'],
]);
