/**
 * How far work has come that takes longer than a second: what, how far, how fast, how long still.
 * It is told on a terminal alone.
 *
 *     journal: 312 of 830 MB, 38 %, 145 MB/s, 4 s left
 */
import { heed } from './leave.ts';
import type { Terminal } from './terminal.ts';

const SILENT_MS = 1000;
const EVERY_MS = 200;

/** What is counted, and how many of it are one that is told. */
export interface Unit {
  readonly name: string;
  readonly size: number;
}

export const MEGABYTES: Unit = { name: 'MB', size: 1e6 };
export const LINES: Unit = { name: 'lines', size: 1 };
export const EVENTS: Unit = { name: 'events', size: 1 };

/** How long, in the two largest units that matter. */
const durationText = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/**
 * progressText says how far work has come after so many seconds; a share of the whole may be known
 * where the total is not.
 */
export const progressText = (
  what: string,
  { name, size }: Unit,
  done: number,
  total: number | undefined,
  seconds: number,
  share = total === undefined || total === 0 ? undefined : done / total,
): string => {
  const told = (count: number): string => String(Math.round(count / size));
  const of = total === undefined || total === 0 ? '' : ` of ${told(total)}`;
  const speed = `${told(done / Math.max(seconds, 0.001))} ${name}/s`;
  if (share === undefined) return `${what}: ${told(done)} ${name}, ${speed}`;
  const percent = Math.min(100, Math.floor(100 * share));
  const left = share === 0 ? '' : `, ${durationText((seconds * (1 - share)) / share)} left`;
  return `${what}: ${told(done)}${of} ${name}, ${percent} %, ${speed}${left}`;
};

export class Progress {
  private readonly terminal: Terminal;
  private readonly begun = performance.now();
  private what = '';
  private since = this.begun;
  private base = 0;
  private done = 0;
  private told = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** tell says how far something has come, where it is time to. */
  tell(what: string, unit: Unit, done: number, total?: number, share?: number): void {
    if (!this.terminal.isWatched) return;
    const now = performance.now();
    // The same may begin anew: a copy is read like what it was made of.
    const isOther = what !== this.what || done < this.done;
    // The first begins with the command; how fast another goes shows with its second word.
    if (isOther && this.what !== '') [this.since, this.base] = [now, done];
    [this.what, this.done] = [what, done];
    if (done === this.base || now - this.begun < SILENT_MS || now - this.told < EVERY_MS) return;
    this.told = now;
    const ratio = done / Math.max(done - this.base, 1);
    const seconds = (ratio * (now - this.since)) / 1000;
    this.terminal.status(progressText(what, unit, done, total, seconds, share));
  }

  /** Tells how far a journal was read. */
  readonly journal = ({ bytes, total }: { readonly bytes: number; readonly total: number }): void =>
    this.tell('journal', MEGABYTES, bytes, total);

  /** Tells how far a mirror was made; one that is whole is compared with the journal. */
  readonly mirror = (events: number, total: number | undefined): void =>
    events === total
      ? this.say('comparing the mirror with the journal')
      : this.tell('making the mirror', EVENTS, events, total);

  /** say tells what goes on that cannot be measured. */
  say(text: string): void {
    if (performance.now() - this.begun >= SILENT_MS) this.terminal.status(text);
  }

  /** end takes it away. A signal that came in the last step is heard before more is told. */
  async end(): Promise<void> {
    this.terminal.status('');
    await heed();
  }
}
