/**
 * The page as text: what it holds, the script that shows and checks it, and a policy by which a
 * browser fetches nothing and runs nothing else.
 */
import { createHash } from 'node:crypto';
import { BEGIN, END, FRAME } from './page-files.ts';
import { STYLE } from './page-style.ts';

const digestOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const BODY = `<header><h1>Evidence from a ledger</h1>
<div id="summary"></div></header>
<main>
<h2>Is it what was sealed?</h2>
<p id="verdict" role="status" aria-live="polite">NOT CHECKED. Should this stay, the
page was altered, or this browser runs no scripts: have the evidence checked as is told below.</p>
<progress id="progress" max="1" value="0" aria-label="How far the check has come"></progress>
<div id="report"></div>
<div class="tools">
<label for="vkey">The public key of the log, as its keeper published it</label>
<input id="vkey" type="text" size="60" autocomplete="off" spellcheck="false">
<button id="again" type="button">Check again</button>
<label for="file">Or a file with the key, or with a checkpoint that you have kept; you may also drop
it anywhere on this page</label>
<input id="file" type="file">
<p id="compared" role="status"></p>
</div>
<h2>What a page cannot prove about itself</h2>
<p>This page came with the evidence. It notices where something in it was changed, but for what a
browser reads as the same, such as a capital letter in the name of an element. And whoever
alters a page on purpose can alter its program, too: a page that was made to deceive could say
"verified" without checking anything. Whoever must be sure runs a check from elsewhere on this
file: the command <code>ledger check-bundle</code> of the npm package <code>sealed-ledger</code>.
And a key is only worth as much as where you have it from: not from here.</p>
<div id="profile"></div>
<h2>When</h2>
<div id="bars" class="bars" role="img" aria-label="How many events were recorded when"></div>
<p id="times"></p>
<h2>The events</h2>
<div class="tools">
<label for="search">Search in all of an event</label>
<input id="search" type="search">
<label for="type">Of one type</label>
<select id="type"><option value="">all types</option></select>
</div>
<p id="found" role="status"></p>
<table><thead><tr><th scope="col">Event</th><th scope="col">Recorded</th><th scope="col">Type</th>
<th scope="col">By</th></tr></thead><tbody id="rows"></tbody></table>
<p><button id="more" type="button">Show more</button></p>
</main>`;

/** What stands around the script. */
const BEFORE = `${END}\n<script>`;
const BEHIND = '</script>\n</body></html>\n';

/** pageParts gives what stands before the files, and what stands behind them. */
export const pageParts = (code: string): { readonly head: string; readonly tail: string } => {
  // A string may hold what would end the element that it stands in.
  const script = code.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--');
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(script)}`,
    `style-src ${digestOf(STYLE)}`,
    "style-src-attr 'unsafe-inline'",
    'worker-src blob:',
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  // To the letter as a browser gives it back: the page holds that against the digest.
  const markup = (frame: string): string => `<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="${FRAME}" content="${frame}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Evidence from a ledger</title>
<style>${STYLE}</style></head>
<body>
${BODY}
${BEGIN}`;
  // What is behind the body stands at its end there.
  const read = `${markup('')}${BEFORE}${END}\n\n</body></html>`;
  const frame = createHash('sha256').update(read).digest('hex');
  return {
    head: `<!doctype html>
${markup(frame)}`,
    tail: `${BEFORE}${script}${BEHIND}`,
  };
};

/** isFrame says whether a page of this release stands around files, whatever its script does. */
export const isFrame = (head: string, tail: string): boolean => {
  const parts = pageParts(tail.slice(BEFORE.length, -BEHIND.length));
  return parts.head === head && parts.tail === tail;
};
