/**
 * What a conformance run counts: cases, each with what was expected where it failed. Reading a
 * vector file goes through `Reader`, so that a file of the wrong shape fails by name and does not
 * throw.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';

export interface Failure {
  readonly file: string;
  readonly label: string;
  readonly message: string;
}

export interface Suite {
  readonly crypto: Crypto;
  /** Runs a case: it fails where `check` gives messages or throws. */
  readonly test: (label: string, check: () => readonly string[]) => void;
  /** Another vector file that this one leans on, by its name and origin. */
  readonly companion: (file: string, origin: string) => Vector | undefined;
}

export class Report {
  passed = 0;
  readonly failures: Failure[] = [];

  fail(file: string, label: string, message: string): void {
    this.failures.push({ file, label, message });
  }

  run(file: string, label: string, check: () => readonly string[]): void {
    let messages: readonly string[];
    try {
      messages = check();
    } catch (thrown) {
      messages = [thrown instanceof Error ? thrown.message : String(thrown)];
    }
    if (messages.length === 0) this.passed++;
    else this.fail(file, label, messages.join('; '));
  }
}

/** A value of a vector file, with the path to it for messages. */
export class Vector {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  #expect(what: string): never {
    throw new Error(`${this.path}: expected ${what}`);
  }

  get(name: string): Vector {
    const found = this.find(name);
    return found ?? new Vector(undefined, `${this.path}.${name}`).#expect('a member of this name');
  }

  find(name: string): Vector | undefined {
    const entry = this.entries().find(([key]) => key === name);
    return entry?.[1];
  }

  entries(): readonly (readonly [string, Vector])[] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      return this.#expect('an object');
    return Object.entries(this.value).map(
      ([key, value]) => [key, new Vector(value, `${this.path}.${key}`)] as const,
    );
  }

  items(): readonly Vector[] {
    if (!Array.isArray(this.value)) return this.#expect('a list');
    return this.value.map((value, i) => new Vector(value, `${this.path}[${i}]`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.#expect('text');
  }

  flag(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.#expect('true or false');
  }

  number(): number {
    return Number.isSafeInteger(this.value) ? Number(this.value) : this.#expect('an integer');
  }

  /** An integer of any size, as a number or as decimal text; undefined where it is neither. */
  integer(): bigint | undefined {
    if (Number.isSafeInteger(this.value)) return BigInt(Number(this.value));
    if (typeof this.value !== 'string') return this.#expect('an integer or its decimal text');
    return /^-?[0-9]+$/.test(this.value) ? BigInt(this.value) : undefined;
  }
}

/** same gives a message where two texts differ. */
export const same = (what: string, actual: unknown, expected: unknown): readonly string[] =>
  actual === expected ? [] : [`${what}: expected ${show(expected)}, got ${show(actual)}`];

/** holds gives a message where a condition does not. */
export const holds = (what: string, condition: boolean): readonly string[] =>
  condition ? [] : [what];

const show = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
};
