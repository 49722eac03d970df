/**
 * The page that verifies itself: it shows what it holds and has a thread check it, the same text
 * running there. Nothing is fetched; the page's own policy forbids it.
 */
import { parseClaim } from '../bundle/claim.ts';
import type { Texts } from '../bundle/page-files.ts';
import { textsIn } from '../bundle/page-files.ts';
import { byId, element, list, pairs } from './element.ts';
import { Events } from './events.ts';
import type { Order, Told } from './work.ts';
import { work } from './work.ts';

interface Report {
  readonly verdict: string;
  readonly proved: readonly string[];
  readonly withheld: readonly { readonly event_type: string; readonly events: number }[];
  readonly not_proved: readonly string[];
  readonly findings: readonly Readonly<Record<string, unknown>>[];
}

const WORDS: Readonly<Record<string, string>> = {
  verified: 'Verified: nothing was found against what this page holds.',
  tampered: 'TAMPERED: what this page holds is not what was sealed.',
  incomplete: 'Incomplete: nothing is wrong with it, but something could not be checked.',
};

const tell = (verdict: string, text: string): void => {
  const told = byId('verdict');
  told.textContent = text;
  told.className = verdict;
  document.documentElement.dataset['verdict'] = verdict;
};

const show = (report: Report): void => {
  tell(report.verdict, WORDS[report.verdict] ?? report.verdict);
  const withheld = report.withheld.map(({ event_type: type, events }) => `${events} × ${type}`);
  const found = report.findings.slice(0, 50).map((finding) => JSON.stringify(finding));
  byId('report').replaceChildren(
    ...(found.length === 0 ? [] : [element('h3', {}, 'Found'), list(found)]),
    ...(report.proved.length === 0 ? [] : [element('h3', {}, 'Proved'), list(report.proved)]),
    ...(withheld.length === 0 ? [] : [element('h3', {}, 'Withheld'), list(withheld)]),
    element('h3', {}, 'Not proved'),
    list([...report.not_proved, 'that this page itself is honest: see below']),
  );
};

const progress = ({ done, of }: { readonly done: number; readonly of: number }): void => {
  const bar = byId('progress') as HTMLProgressElement;
  bar.max = of;
  bar.value = done;
  byId('verdict').textContent = `Checking: ${done} of ${of} events`;
};

const heard = (told: Told): void => {
  if ('report' in told) show(told.report as Report);
  else if ('refused' in told) byId('verdict').textContent = told.refused;
  else progress(told);
};

const checking = (texts: Texts, script: string): ((vkey: string) => void) => {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  return (vkey) => {
    worker?.terminate();
    // What an earlier check said is no answer to this one.
    tell('', 'The check begins.');
    delete document.documentElement.dataset['verdict'];
    byId('report').replaceChildren();
    worker = new Worker(address);
    worker.addEventListener('message', ({ data }: MessageEvent<Told>) => heard(data));
    worker.addEventListener('error', () => {
      byId('verdict').textContent = 'This browser cannot run the check: use check.mjs.';
    });
    worker.postMessage({ texts, vkey } satisfies Order, []);
  };
};

/** A checkpoint from elsewhere says as much as a key, where it is the same one. */
const compare = (text: string, texts: Texts): void => {
  const own = (texts['data/checkpoint'] ?? '').split('\n');
  const given = text.split('\n');
  const isSame = own.slice(0, 3).join('\n') === given.slice(0, 3).join('\n');
  const isOther = own[0] === given[0] && own[1] !== given[1];
  byId('compared').textContent = isSame
    ? 'The checkpoint that you have is the one that these events stand in.'
    : isOther
      ? 'It is of another length of this log: compare both with ledger prove --consistent-with.'
      : 'It is NOT the checkpoint that these events stand in.';
};

const begin = (script: string): void => {
  const texts = textsIn(byId('files').textContent);
  if (texts === undefined) {
    tell('tampered', 'TAMPERED: what this page holds is not as it was written.');
    return;
  }
  const claim = parseClaim(texts['data/bundle.json'] ?? '');
  const { origin = 'unknown', counts, selection, checkpoint } = claim ?? {};
  document.title = `Evidence: ${origin}`;
  byId('summary').append(
    pairs([
      ['Ledger', origin],
      ['Events', `${selection?.from ?? 0} to ${(selection?.to ?? 1) - 1}`],
      ['Asked for', `${counts?.meant ?? 0}`],
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
  const check = checking(texts, script);
  const vkey = byId('vkey') as HTMLInputElement;
  const taken = (text: string): void => {
    if (text.includes('\n\n')) compare(text, texts);
    else {
      vkey.value = text.trim();
      check(vkey.value);
    }
  };
  byId('again').addEventListener('click', () => check(vkey.value.trim()));
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
  check('');
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
else begin(document.currentScript?.textContent ?? '');
