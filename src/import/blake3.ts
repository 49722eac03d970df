/**
 * BLAKE3, by which the other tools hash.
 */
import { blake3 } from '@noble/hashes/blake3.js';
import { formatHex } from '../../ledger/encoding/hex.ts';

/** blake3Hex hashes bytes to 32 bytes, as lower-case digits. */
export const blake3Hex = (bytes: Uint8Array): string => formatHex(blake3(bytes));
