/**
 * Hexadecimal, base64 and UTF-8, beside what the platform has.
 */
import { describe } from 'vitest';
import { formatBase64, parseBase64 } from '../ledger/encoding/base64.ts';
import { formatHex, parseHex } from '../ledger/encoding/hex.ts';
import { decodeUtf8, invalidUtf8At } from '../ledger/encoding/utf8.ts';
import { all, law } from './check.ts';
import type { TextForm } from './law/encoding.ts';
import { readsWhatItWrites, takesNoAlias, utf8IsWhatThePlatformTakes } from './law/encoding.ts';

const runs = { runs: all };

const FORMS: readonly (readonly [string, TextForm])[] = [
  [
    'hexadecimal',
    { format: formatHex, parse: parseHex, platform: (value) => Buffer.from(value).toString('hex') },
  ],
  [
    'base64',
    {
      format: formatBase64,
      parse: parseBase64,
      platform: (value) => Buffer.from(value).toString('base64'),
    },
  ],
];

describe.each(FORMS)('%s', (_name, form) => {
  law('bytes are read as they were written', () => readsWhatItWrites(form), runs);
  law('a value has one text and no other', () => takesNoAlias(form), runs);
});

describe('UTF-8', () => {
  law(
    'bytes are text where the strict decoder of the platform says so',
    () => utf8IsWhatThePlatformTakes(invalidUtf8At, decodeUtf8),
    runs,
  );
});
