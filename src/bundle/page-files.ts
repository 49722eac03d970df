/**
 * The files of a bundle as a page holds them: one JSON text, names and contents, in a script
 * element. Whoever reads it can tell whether it is written as it was.
 */
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Entry } from './file.ts';

/** Names and texts of the files that a page holds. */
export type Texts = Readonly<Record<string, string>>;

/** BEGIN and END stand around the files. */
export const BEGIN = '<script type="application/json" id="files">';
export const END = '</script>';

/** FRAME names the element that holds the digest of what stands around the files. */
export const FRAME = 'frame';

/**
 * inert makes of JSON a text that can stand in a script element, whatever is in it. A browser reads
 * bytes that are no UTF-8 as U+FFFD: so the one that was meant does not stand there as it is.
 */
export const inert = (json: string): string =>
  json.replaceAll('<', '\\u003c').replaceAll('\ufffd', '\\ufffd');

/** textsIn reads what stands there; undefined where it is not to the byte as it was written. */
export const textsIn = (held: string): Texts | undefined => {
  try {
    const texts = JSON.parse(held) as Texts;
    // Half of a pair would be read as another character, and its event as the one that has that.
    const isText = Object.values(texts).every(
      (text) => typeof text === 'string' && text.isWellFormed(),
    );
    return isText && inert(JSON.stringify(texts)) === held ? texts : undefined;
  } catch {
    return undefined;
  }
};

/** entriesOf gives them as files. */
export const entriesOf = (texts: Texts): readonly Entry[] =>
  Object.entries(texts).map(([name, text]) => {
    const bytes = encodeUtf8(text);
    return { name, size: bytes.length, read: () => [bytes] };
  });
