/**
 * What differs from run to run, by the names that a transcript gives it: the first hash is HASH1,
 * and wherever the same hash is printed, or typed, again it is HASH1. Moments, durations and sizes
 * in bytes are told by their form alone; whatever else differs is another transcript.
 */
import { userInfo } from 'node:os';

/** The n of a line feed in JSON does not belong to what stands behind it. */
const BEGINNING = String.raw`(?:(?<=\\n)|(?<![A-Za-z0-9+/\\]))`;
/** A name with its key is told in parts. */
const NO_KEY = String.raw`(?![A-Za-z0-9+/]*\+[0-9a-f]{8}\+)`;

const NAMED: readonly (readonly [name: string, form: RegExp])[] = [
  ['ID', /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/],
  ['HASH', /(?<![A-Za-z0-9+/])[0-9a-f]{64}(?![A-Za-z0-9+/])/],
  ['SALT', /(?<![A-Za-z0-9+/])[0-9a-f]{32}(?![A-Za-z0-9+/])/],
  ['KEY', /(?<=[A-Za-z0-9]\+)[0-9a-f]{8}(?![0-9a-f])/],
  ['PUBLIC', /(?<=\+[0-9a-f]{8}\+)[A-Za-z0-9+/]{44}(?![A-Za-z0-9+/])/],
  // A root, a signature, or what a proof holds.
  ['BASE', new RegExp(`${BEGINNING}${NO_KEY}[A-Za-z0-9+/]{43,}={0,2}(?!\\w)`)],
];

const ANY = new RegExp(NAMED.map(([, { source }]) => `(${source})`).join('|'), 'g');

const FORMS: readonly (readonly [form: RegExp, name: string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\b/g, 'TIME'],
  [/"(time|logged_time)":\d{13}\b/g, '"$1":MILLISECONDS'],
  [/\bby process \d+ on \S+(?=;)/g, 'by process PID on HOST'],
  // Of 64 signatures one begins with a plus, and a table has an apostrophe before it.
  [/(?<=,)'(?=BASE\d)/g, ''],
  [/\b\d+ ms\b/g, 'N ms'],
  [/\b\d+\.\d s\b/g, 'N s'],
  [/\b\d+ events\/s\b/g, 'N events/s'],
  [/"(elapsed_ms|copy|replay|verify|bytes|written|offset|set_aside_bytes)":[1-9]\d*/g, '"$1":N'],
  [/(?<!not )\b[1-9]\d* bytes\b/g, 'N bytes'],
  [/(?<=\.jsonl)\.\d+\.[0-9a-f]{16}\b/g, '.OFFSET.RANDOM'],
  [/\bbyte [1-9]\d*\b/g, 'byte N'],
  [/\b\d+ of \d+(?= bytes)/g, 'N of N'],
  [/\b\d+ of (?=N bytes)/g, 'N of '],
  [/(?<!writes )\b(?:\d+ (?:s|min|h|d) ago|just now)\b/g, 'AGO'],
  [/\b\d+ (?:seconds?|minutes?|hours?) old\b/g, 'AGE old'],
];

/** Where a demo takes place. */
const DEMO = /\/\S*\/ledger-demo-\w+/g;

/** Who works here, where an event tells it. */
const NAME = userInfo().username.replaceAll(/\W/g, String.raw`\$&`);
const LOGIN = new RegExp(String.raw`(\buser:|"kind": ?"user",\s*"name": ?")${NAME}\b`, 'g');

const USED = /\b(?:ID|HASH|SALT|KEY|PUBLIC|BASE)\d+\b/g;

export class Placeholders {
  private readonly called = new Map<string, string>();
  private readonly names = new Map<string, string>();
  private readonly values = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(folder: string) {
    this.call('HERE', folder);
  }

  /** call gives a name to what a line may tell of before it is printed. */
  call(name: string, value: string): void {
    this.called.set(name, value);
  }

  private nameOf(kind: string, value: string): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `${kind}${count}`;
    this.names.set(value, name);
    this.values.set(name, value);
    return name;
  }

  /** hide gives what is printed as a transcript has it. */
  hide(text: string): string {
    let hidden = text.replaceAll(DEMO, 'TEMPORARY');
    for (const [name, value] of this.called) hidden = hidden.replaceAll(value, name);
    // One after the other in the order of the text, so that names count as a reader does.
    hidden = hidden.replaceAll(ANY, (value: string, ...groups: unknown[]) => {
      const kind = NAMED[groups.findIndex((group) => group === value)]?.[0] ?? '';
      return this.nameOf(kind, value);
    });
    for (const [form, name] of FORMS) hidden = hidden.replaceAll(form, name);
    return hidden.replaceAll(LOGIN, '$1LOGIN');
  }

  /** reveal gives a line as it is typed. */
  reveal(line: string): string {
    let typed = line;
    for (const [name, value] of this.called) typed = typed.replaceAll(name, value);
    return typed.replaceAll(USED, (name) => {
      const value = this.values.get(name);
      if (value === undefined) throw new Error(`${name} was not printed before: ${line}`);
      return value;
    });
  }
}
