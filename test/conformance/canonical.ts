/**
 * canonical.json: texts with their canonical form, and texts that are refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parseString } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import { PAYLOAD_DEPTH } from '../../ledger/json/value.ts';
import type { Suite, Vector } from './report.ts';
import { holds, same } from './report.ts';

const canonical = (text: string): string => {
  const value = parseString(text);
  return E.isRight(value) ? write(value.right) : `refused: ${value.left.reason}`;
};

const isStored = (text: string): boolean => isCanonical(encodeUtf8(text), PAYLOAD_DEPTH);

export const canonicalVectors = ({ test }: Suite, file: Vector): void => {
  for (const each of file.get('accept').items())
    test(each.path, () => {
      const input = each.get('input').text();
      const expected = each.get('canonical').text();
      return [
        ...same('canonical form', canonical(input), expected),
        ...same('canonical form of the canonical form', canonical(expected), expected),
        ...holds('the canonical form is not recognised', isStored(expected)),
        ...same('the input is recognised as canonical', isStored(input), input === expected),
      ];
    });
  for (const each of file.get('refuse').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const input = each.get('input').text();
      return [
        ...holds('the text is accepted', E.isLeft(parseString(input))),
        ...holds('the text is recognised as canonical', !isStored(input)),
      ];
    });
};
