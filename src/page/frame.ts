/**
 * What stands around the evidence and the program: whether it is as it was written. It is written
 * as a browser gives it back, so that the digest of one text says it. What is in the scripts is
 * left out: for the program the policy of the page has a digest, and the evidence may be large.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { FRAME } from '../bundle/page-files.ts';
import { element } from './element.ts';

const ALTERED = 'TAMPERED: what stands around the evidence is not as it was written.';
const THEN =
  'So nothing of it is shown here. What was added to this browser can have done it, too. The ' +
  'evidence itself can be checked from elsewhere: ledger check-bundle does that for this file.';

/** A copy of the page whose scripts are empty. */
const copyOf = ({ documentElement: html, body }: Document): Element => {
  const [whole, shown] = [html.cloneNode(false) as Element, body.cloneNode(false) as Element];
  shown.append(...[...body.childNodes].map((each) => each.cloneNode(each.nodeName !== 'SCRIPT')));
  whole.append(
    ...[...html.childNodes].map((each) => (each === body ? shown : each.cloneNode(true))),
  );
  return whole;
};

/** isAsWritten compares a page, once it is read to its end, with the digest that stands in it. */
export const isAsWritten = (page: Document): boolean => {
  const copy = copyOf(page);
  const digest = copy.querySelector(`meta[name=${FRAME}]`);
  const expected = digest?.getAttribute('content');
  digest?.setAttribute('content', '');
  const parts = [...page.childNodes].map(({ nodeName }) => nodeName).join();
  const isAlone = parts === 'html,HTML' && page.compatMode === 'CSS1Compat';
  return isAlone && formatHex(sha256(encodeUtf8(copy.outerHTML))) === expected;
};

/** tellAltered puts what there is to say in the place of all that cannot be relied on. */
export const tellAltered = (page: Document): void => {
  const told = [element('h1', {}, ALTERED), element('p', {}, THEN)];
  const head = element('head', {}, element('title', {}, 'Altered'));
  const body = element('body', {}, element('main', {}, ...told));
  const html = element('html', { lang: 'en' }, head, body);
  html.dataset['verdict'] = 'tampered';
  page.documentElement.replaceWith(html);
};
