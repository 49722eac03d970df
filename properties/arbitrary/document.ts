/**
 * Text that is nearly YAML, or is: its marks and words in any order, and sound documents altered.
 */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { editedText, edits } from './bytes.ts';
import { hostileBytes } from './wild.ts';
import { shallow } from './json.ts';

const PIECES = ['a: ', 'b:', '- ', '-', '? ', ':', '[', ']', '{', '}', ',', ', ', '"', "'", '\\']
  .concat([
    '\n',
    '\n',
    '\n  ',
    '\n ',
    '\r\n',
    '\r',
    ' ',
    '\t',
    '#',
    ' # c',
    '&a ',
    '*a',
    '!',
    '!!str ',
  ])
  .concat(['|\n', '>-\n ', '%', '%YAML 1.2\n', '---\n', '--- ', '...\n', '<<: ', '__proto__: '])
  .concat(['"x"', "'y'", '1', '-0', '.inf', '0x1', '1e400', 'null', 'true', 'word', '😀', '@', '`'])
  .concat(['\u0000', '\ufeff', '\u0085', '"\\ud800"', '"\\q"', '"\\x41"', '~', '=']);

const pieces = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 25 })
  .map((parts) => parts.join(''));

export const nearlyYaml: fc.Arbitrary<string> = fc.oneof(
  pieces,
  fc.tuple(pieces, fc.nat(200)).map(([part, n]) => part.repeat(n)),
  fc.tuple(shallow, edits).map(([value, changes]) => editedText(stringify(value), changes)),
);

export const anyDocument: fc.Arbitrary<Uint8Array> = fc.oneof(
  nearlyYaml.map((written) => Uint8Array.from(Buffer.from(written))),
  hostileBytes,
);
