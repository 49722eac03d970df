/**
 * The events of the page: searched, filtered, a hundred at a time, each opened where it stands.
 */
import type { Texts } from '../bundle/page-files.ts';
import { byId, element } from './element.ts';
import type { Shown } from './event-view.ts';
import { eventView } from './event-view.ts';

const PAGE = 100;
const BARS = 60;

const linesOf = (text = ''): readonly string[] => text.split('\n').slice(0, -1);

const shownOf = (line: string): Shown => {
  const value = JSON.parse(line) as Omit<Shown, 'isWithheld'>;
  return { ...value, isWithheld: !('payload' in value) };
};

export class Events {
  private readonly lines: readonly string[];
  private readonly proofs = new Map<number, readonly string[]>();
  private readonly types = new Map<string, number>();
  private readonly size: number;
  private found: readonly string[];
  private count = 0;

  constructor(texts: Texts, size: number) {
    this.lines = linesOf(texts['data/events.ndjson']);
    this.found = this.lines;
    this.size = size;
    for (const line of linesOf(texts['data/proofs.ndjson'])) {
      const { index, proof } = JSON.parse(line) as { index: number; proof: readonly string[] };
      this.proofs.set(index, proof);
    }
    for (const line of this.lines) {
      const type = shownOf(line).header.event_type;
      this.types.set(type, (this.types.get(type) ?? 0) + 1);
    }
  }

  /** Shows what can be searched by, and the first events. */
  begin(): void {
    const kinds = byId('type') as HTMLSelectElement;
    for (const [type, count] of [...this.types].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      kinds.append(element('option', { value: type }, `${type} (${count})`));
    byId('search').addEventListener('input', () => this.search());
    kinds.addEventListener('change', () => this.search());
    byId('more').addEventListener('click', () => this.more());
    this.bars();
    this.search();
  }

  private bars(): void {
    const times = this.lines.map((line) => Date.parse(shownOf(line).header.recorded_at));
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    const counts = Array.from({ length: BARS }, () => 0);
    for (const time of times) {
      const at = Math.min(BARS - 1, Math.floor(((time - first) / (last - first + 1)) * BARS));
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const most = Math.max(...counts);
    for (const count of counts) {
      const bar = element('div', { title: `${count} events` });
      bar.style.height = `${(100 * count) / most}%`;
      byId('bars').append(bar);
    }
    const told = `${new Date(first).toISOString()} to ${new Date(last).toISOString()}`;
    byId('times').textContent = `Recorded from ${told}`;
  }

  private search(): void {
    const text = (byId('search') as HTMLInputElement).value.toLowerCase();
    const type = (byId('type') as HTMLSelectElement).value;
    this.found = this.lines.filter(
      (line) =>
        (text === '' || line.toLowerCase().includes(text)) &&
        (type === '' || shownOf(line).header.event_type === type),
    );
    this.count = 0;
    byId('rows').replaceChildren();
    this.more();
  }

  private more(): void {
    const next = this.found.slice(this.count, this.count + PAGE);
    this.count += next.length;
    byId('rows').append(...next.map((line) => this.row(shownOf(line))));
    byId('found').textContent = `${this.count} of ${this.found.length} events are shown`;
    byId('more').hidden = this.count === this.found.length;
  }

  private row(shown: Shown): HTMLElement {
    const { header, isWithheld } = shown;
    const open = element('button', { type: 'button', ariaExpanded: 'false' }, `${header.seq}`);
    open.ariaLabel = `Event ${header.seq}: show or hide`;
    const cell = element('td', {}, header.event_type, isWithheld ? ' (withheld)' : '');
    const row = element(
      'tr',
      {},
      element('td', {}, open),
      element('td', {}, header.recorded_at),
      cell,
      element('td', {}, header.attestation?.key_id ?? `${header.source.kind}, unsigned`),
    );
    open.addEventListener('click', () => {
      const isOpen = open.ariaExpanded === 'true';
      open.ariaExpanded = String(!isOpen);
      if (isOpen) row.nextElementSibling?.remove();
      else {
        const view = eventView(shown, this.proofs.get(header.seq), this.size);
        row.after(element('tr', {}, element('td', { colSpan: 4 }, view)));
      }
    });
    return row;
  }
}
