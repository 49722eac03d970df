/**
 * Hexadecimal and base64: one text for every value, and no other text is read.
 */
import { describe, expect, it } from 'vitest';
import { formatBase64, parseBase64 } from '../../ledger/encoding/base64.ts';
import { formatHex, parseHex, readHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8, sequenceLength } from '../../ledger/encoding/utf8.ts';

const UNITS = Array.from({ length: 0x300 }, (_, unit) => String.fromCharCode(unit));
const HEX = Array.from('0123456789abcdef');
const BASE64 = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('hexadecimal text', () => {
  it('writes every byte as two lower-case digits, and is read back', () => {
    for (let byte = 0; byte < 256; byte++) {
      const text = byte.toString(16).padStart(2, '0');
      expect(formatHex(Uint8Array.of(byte))).toBe(text);
      expect(parseHex(text)).toEqual(Uint8Array.of(byte));
      expect(readHex(bytesOf(`"${text}"`), 1, 1)).toEqual(Uint8Array.of(byte));
    }
  });

  it('has the sixteen digits and no other character in either place', () => {
    expect(UNITS.filter((unit) => parseHex(`0${unit}`) !== undefined)).toEqual(HEX);
    expect(UNITS.filter((unit) => parseHex(`${unit}0`) !== undefined)).toEqual(HEX);
    const units = UNITS.slice(0, 256);
    for (const at of [0, 1]) {
      const read = (unit: string) => readHex(bytesOf('00').with(at, unit.charCodeAt(0)), 0, 1);
      expect(units.filter((unit) => read(unit) !== undefined)).toEqual(HEX);
    }
  });

  it('has two digits for every byte, and is not read beyond its end', () => {
    for (const text of ['0', '000', ' 00', '00\n']) expect(parseHex(text)).toBe(undefined);
    expect(parseHex('')).toEqual(new Uint8Array());
    expect(readHex(bytesOf('0000'), 1, 1)).toEqual(Uint8Array.of(0));
    expect(readHex(bytesOf('0000'), 1, 2)).toBe(undefined);
    expect(readHex(bytesOf('0000'), 4, 1)).toBe(undefined);
  });
});

describe('base64 text', () => {
  it('has the sixty-four characters and no other in any place', () => {
    for (const place of ['?AAA', 'A?AA', 'AA?A', 'AAA?']) {
      const read = UNITS.filter((unit) => parseBase64(place.replace('?', unit)) !== undefined);
      const digits = BASE64.toSorted();
      expect(read.filter((unit) => unit !== '=').toSorted()).toEqual(digits);
    }
  });

  it('has padding as RFC 4648 has it, and unused bits of zero', () => {
    const good = ['', 'AA==', '/w==', 'AAA=', '//8=', 'AAAA', '////'];
    for (const text of good) expect(formatBase64(parseBase64(text) ?? Uint8Array.of(1))).toBe(text);
    const bad = ['=', '==', '====', 'A===', 'A', 'AA', 'AA=', 'AAA', 'AB==', 'AAB=', 'AA==AAAA'];
    for (const text of [...bad, 'AA=A', '=AAA', 'AAAA====', 'AA==\n', 'A A=']) {
      expect([text, parseBase64(text)]).toEqual([text, undefined]);
    }
  });
});

describe('a sequence of UTF-8', () => {
  it('is as long as the character is, and nothing where a byte of it lacks', () => {
    const least = ['\0', '\u0080', '\u0800', '\ue000', '\u{10000}'];
    const most = ['\u007f', '\u07ff', '\ud7ff', '\uffff', '\u{10ffff}'];
    for (const character of [...least, ...most]) {
      const bytes = encodeUtf8(`${character}a`);
      expect(sequenceLength(bytes, 0)).toBe(bytes.length - 1);
      expect(sequenceLength(bytes, bytes.length)).toBe(0);
      for (let cut = 1; cut < bytes.length - 1; cut++) {
        expect(sequenceLength(bytes.subarray(0, cut), 0)).toBe(0);
        expect(sequenceLength(bytes.with(cut, 0x61), 0)).toBe(0);
        expect(sequenceLength(bytes.with(cut, 0xc3), 0)).toBe(0);
      }
    }
  });
});
