/**
 * What the check of a page comes to, where it is shown. A checkpoint that contradicts the page
 * outweighs whatever is checked later: no key makes of two histories one.
 */
import type { BundleFinding, BundleReport } from '../bundle/report.ts';
import { findingSentence } from '../bundle/report.ts';
import { byId, element, list } from './element.ts';

/** A report as the thread that checks tells it. */
export interface Report extends Omit<BundleReport, 'notProved'> {
  readonly not_proved: readonly string[];
}

const WORDS: Readonly<Record<BundleReport['verdict'], string>> = {
  verified: 'Verified: nothing was found against what this page holds.',
  tampered: 'TAMPERED: what this page holds is not what was sealed.',
  incomplete: 'Incomplete: not all of it could be proved. Below stands what is open, and why.',
};
const CONTRADICTED = 'TAMPERED: there are two histories of one ledger, and this page holds one.';
const MOST_FINDINGS = 50;

const findingText = (finding: BundleFinding): string =>
  `${findingSentence(finding)}: ${JSON.stringify(finding)}`;

export class Verdict {
  private report: Report | undefined;
  private contradiction = '';

  /** What the check came to; undefined until it has come to its end. */
  get found(): Report['verdict'] | undefined {
    return this.report?.verdict;
  }

  /** say puts up a headline; '' is the verdict where there is none. */
  say(verdict: string, text: string): void {
    const isContradicted = this.contradiction !== '';
    const now = isContradicted ? 'tampered' : verdict;
    const told = byId('verdict');
    told.textContent = isContradicted ? CONTRADICTED : text;
    told.className = now;
    const { dataset } = document.documentElement;
    if (now === '') delete dataset['verdict'];
    else dataset['verdict'] = now;
  }

  /** begin forgets an earlier check: what it said is no answer to this one. */
  begin(): void {
    this.report = undefined;
    this.say('', 'The check begins.');
    this.draw();
  }

  show(report: Report): void {
    this.report = report;
    this.say(report.verdict, WORDS[report.verdict]);
    this.draw();
  }

  /** contradict tells that a checkpoint speaks against the page. */
  contradict(text: string): void {
    this.contradiction = text;
    this.say('tampered', text);
    this.draw();
  }

  private draw(): void {
    const { contradiction, report } = this;
    const isContradicted = contradiction !== '';
    const found = [
      ...(isContradicted ? [contradiction] : []),
      ...(report?.findings ?? []).slice(0, MOST_FINDINGS).map(findingText),
    ];
    const proved = isContradicted ? [] : (report?.proved ?? []);
    const withheld = (report?.withheld ?? []).map(
      ({ event_type: of, events }) => `${events} × ${of}`,
    );
    const open = isContradicted
      ? ['anything: what was found must be cleared up first']
      : (report?.not_proved ?? []);
    byId('report').replaceChildren(
      ...(found.length === 0 ? [] : [element('h3', {}, 'Found'), list(found)]),
      ...(proved.length === 0 ? [] : [element('h3', {}, 'Proved'), list(proved)]),
      ...(withheld.length === 0 ? [] : [element('h3', {}, 'Withheld'), list(withheld)]),
      ...(open.length === 0
        ? []
        : [
            element('h3', {}, 'Not proved'),
            list([...open, 'that this page itself is honest: see below']),
          ]),
    );
  }
}
