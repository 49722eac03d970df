/**
 * `ledger key revoke KEY_ID --reason R`: the key is in the wrong hands.
 */
import { endKey } from '../key-end.ts';

const SINCE = {
  type: 'text',
  describe: 'since when it is distrusted (always): 2026-11-20, or with a time',
} as const;

export const command = endKey('key.revoked', { 'compromised-at': SINCE }, [
  ['key revoke bot --reason "laptop stolen" --sign alice', 'nothing that bot signs counts'],
]);
