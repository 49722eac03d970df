/**
 * The page that verifies itself: it shows what it holds and has a thread check it, the same text
 * running there. Nothing is fetched; the page's own policy forbids it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { noble } from '../../ledger/crypto/noble.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import { parseClaim } from '../bundle/claim.ts';
import type { Texts } from '../bundle/page-files.ts';
import { textsIn } from '../bundle/page-files.ts';
import { askedText } from '../export/selection.ts';
import { byId, element, pairs } from './element.ts';
import { Events } from './events.ts';
import { isAsWritten, tellAltered } from './frame.ts';
import { isNote, judgeKept, keyIn } from './kept.ts';
import type { Report } from './verdict.ts';
import { Verdict } from './verdict.ts';
import type { Order, Told } from './work.ts';
import { work } from './work.ts';

const verdict = new Verdict();

const progress = ({ done, of }: { readonly done: number; readonly of: number }): void => {
  const bar = byId('progress') as HTMLProgressElement;
  bar.max = of;
  bar.value = done;
  verdict.say('', `Checking: ${done} of ${of} events`);
};

interface Checking {
  /** Begins the check anew. */
  readonly check: (key: Key | undefined) => void;
  /** Takes a checkpoint that was kept: where it can be judged it says as much as a key. */
  readonly compare: (note: string) => void;
}

const tell = (text: string): void =>
  byId('compared').replaceChildren(...(text === '' ? [] : [element('span', {}, text)]));

const AWAITED = 'Your checkpoint is held against this page as soon as the check has ended.';
const NOTHING_HOLDS =
  'Nothing can be said of your checkpoint: what this page holds is not what was sealed.';

const vkeyGiven = (): HTMLInputElement => byId('vkey') as HTMLInputElement;

const checking = (texts: Texts, script: string): Checking => {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  /** Checkpoints that came before the check has ended. */
  let awaiting: readonly string[] = [];
  const judged = (note: string): string => {
    if (verdict.found === 'tampered') return NOTHING_HOLDS;
    const { outcome, text } = judgeKept(noble, texts, note, vkeyGiven().value.trim());
    if (outcome === 'contradicts') verdict.contradict(text);
    return text;
  };
  const heard = (told: Told): void => {
    if (!('report' in told)) return progress(told);
    verdict.show(told.report as Report);
    if (awaiting.length > 0) tell(awaiting.map(judged).join('\n'));
    awaiting = [];
  };
  const check = (key: Key | undefined): void => {
    worker?.terminate();
    verdict.begin();
    tell(awaiting.length === 0 ? '' : AWAITED);
    worker = new Worker(address);
    worker.addEventListener('message', ({ data }: MessageEvent<Told>) => heard(data));
    worker.addEventListener('error', () => {
      verdict.say('', 'This browser cannot run the check: use check.mjs.');
    });
    worker.postMessage({ texts, key } satisfies Order, []);
  };
  const compare = (note: string): void => {
    if (verdict.found !== undefined) return tell(judged(note));
    awaiting = [...awaiting, note];
    tell(AWAITED);
  };
  return { check, compare };
};

const begin = (script: string): void => {
  const texts = textsIn(byId('files').textContent);
  if (texts === undefined) {
    verdict.say('tampered', 'TAMPERED: what this page holds is not as it was written.');
    return;
  }
  const claim = parseClaim(texts['data/bundle.json'] ?? '');
  const { origin = 'unknown', counts, selection, checkpoint } = claim ?? {};
  const asked = selection === undefined ? '' : `, ${askedText(selection)}`;
  document.title = `Evidence: ${origin}`;
  byId('summary').append(
    pairs([
      ['Ledger', origin],
      ['Events', `${selection?.from ?? 0} to ${(selection?.to ?? 1) - 1}`],
      ['Asked for', `${counts?.meant ?? 0}${asked}`],
      ['With their content', `${counts?.disclosed ?? 0} of ${counts?.events ?? 0}`],
      ['Root', checkpoint?.root ?? ''],
    ]),
  );
  const profile = texts['data/profile.md'];
  if (profile !== undefined)
    byId('profile').append(
      element('h2', {}, 'Which requirements it has to do with'),
      element('pre', { tabIndex: 0, ariaLabel: 'The profile', role: 'region' }, profile),
    );
  const { check, compare } = checking(texts, script);
  /** What is no key ends no check, and takes nothing back. */
  const checkBy = (text: string): void => {
    const key = parseVkey(noble, text);
    if (E.isLeft(key)) return tell('That is not the public key of a log.');
    vkeyGiven().value = text;
    check(key.right);
  };
  const taken = (text: string): void => {
    if (isNote(text)) compare(text);
    else checkBy(keyIn(text));
  };
  byId('again').addEventListener('click', () => {
    const text = keyIn(vkeyGiven().value);
    if (text === '') check(undefined);
    else checkBy(text);
  });
  byId('file').addEventListener('change', () => {
    const [file] = (byId('file') as HTMLInputElement).files ?? [];
    if (file !== undefined) void file.text().then(taken);
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void file.text().then(taken);
  });
  check(undefined);
  try {
    new Events(texts, checkpoint?.size ?? 0).begin();
  } catch {
    // The check says what is wrong with them.
    byId('compared').textContent = 'The events are not shown: a line of them cannot be read.';
  }
};

if (typeof document === 'undefined')
  addEventListener('message', ({ data }: MessageEvent<Order>) =>
    work(data, (told) => postMessage(told)),
  );
else {
  const script = document.currentScript?.textContent ?? '';
  document.addEventListener('DOMContentLoaded', () => {
    if (isAsWritten(document)) begin(script);
    else tellAltered(document);
  });
}
