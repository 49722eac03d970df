/**
 * Check digits that issuers put into what they issue: they tell a number or token that was issued
 * from one that only looks so. Each takes one pass over its text.
 */

/** isLuhn checks the last of a card's digits, as ISO/IEC 7812-1 annex B computes it. */
export const isLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = ((value & 1) * 0xedb88320) ^ (value >>> 1);
  return value;
});

const crc32 = (ascii: string): number => {
  let value = 0xffffffff;
  for (let i = 0; i < ascii.length; i++)
    value = (CRC_TABLE[(value ^ ascii.charCodeAt(i)) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** isCrcBase62 checks that the last six characters are the CRC-32 of those before, in base 62. */
export const isCrcBase62 = (body: string): boolean => {
  let stated = 0;
  for (const character of body.slice(-6)) stated = stated * 62 + BASE62.indexOf(character);
  return stated === crc32(body.slice(0, -6));
};

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

const polymod = (values: readonly number[]): number =>
  values.reduce((before, value) => {
    const top = before >>> 25;
    const shifted = ((before & 0x1ffffff) << 5) ^ value;
    return GENERATOR.reduce((sum, each, bit) => ((top >>> bit) & 1 ? sum ^ each : sum), shifted);
  }, 1);

/** isBech32 checks the last six characters of the lower-case data behind a prefix, as BIP 173. */
export const isBech32 = (prefix: string, data: string): boolean => {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  const values = Array.from(data, (character) => BECH32.indexOf(character));
  const spread = [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
  return polymod([...spread, ...values]) === 1;
};
