/**
 * The life of authorizations as a model in plain words, and the steps that real ones take beside
 * it: issued, used, overused, revoked, reviewed and outlived, in any order, by any key.
 */
import fc from 'fast-check';
import { sealOf } from '../../policies/gate/decision.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { ALICE, BOB, CAROL, DAVE, Gatehouse, setOf, timeOf } from './gatehouse.ts';

const OPERATORS = [ALICE, BOB];
const PEOPLE = [ALICE, BOB, CAROL, DAVE];
const SOURCE_RULE = 'the-source-may-write-this';

interface Life {
  readonly id: string;
  readonly issuer: string;
  readonly from: number;
  readonly until: number;
  readonly uses: number;
  readonly only: string | undefined;
  readonly usedBy: readonly (string | undefined)[];
  readonly isRevoked: boolean;
  readonly isReviewed: boolean;
}

export interface Model {
  /** Whether the set keeps apart who gives, who uses and who reviews. */
  readonly isSeparate: boolean;
  seconds: number;
  readonly lives: Life[];
}

type Step = fc.Command<Model, Gatehouse>;

const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

/** Every step that is let in takes a second. */
const tick = (model: Model): void => void model.seconds++;

export class Issue implements Step {
  readonly by: Signer;
  readonly from: number;
  readonly length: number;
  readonly uses: number;
  readonly only: Signer | null;
  constructor(by: Signer, from: number, length: number, uses: number, only: Signer | null) {
    this.by = by;
    this.from = from;
    this.length = length;
    this.uses = uses;
    this.only = only;
  }
  check = (): boolean => true;
  run(model: Model, house: Gatehouse): void {
    const from = model.seconds + this.from;
    const until = from + this.length;
    const only = this.only?.keyId;
    const decision = house.bring({
      type: 'break_glass.authorized',
      by: this.by,
      payload: {
        expires_at: timeOf(until),
        not_before: timeOf(from),
        reason: 'needed',
        reason_code: 'data_migration',
        rules: [SOURCE_RULE],
        types: ['deploy.*'],
        uses: this.uses,
        ...(only === undefined ? {} : { keys: [only] }),
      },
    });
    const isOperator = OPERATORS.includes(this.by);
    expectThat((sealOf(decision) !== undefined) === isOperator, `issue: ${decision.outcome}`);
    if (!isOperator) return;
    tick(model);
    model.lives.push({
      id: `e-${house.recorded.length - 1}`,
      issuer: this.by.keyId,
      from,
      until,
      uses: this.uses,
      only,
      usedBy: [],
      isRevoked: false,
      isReviewed: false,
    });
  }
  toString = (): string => `issue by ${this.by.name} for ${this.length} s and ${this.uses} uses`;
}

abstract class OnOne<By extends Signer | null = Signer> {
  readonly which: number;
  readonly by: By;
  constructor(which: number, by: By) {
    this.which = which;
    this.by = by;
  }
  check = ({ lives }: Readonly<Model>): boolean => lives.length > 0;
  lifeIn({ lives }: Model): readonly [Life, number] {
    const at = this.which % lives.length;
    const life = lives[at];
    if (life === undefined) throw new Error('no life');
    return [life, at];
  }
}

/** Nobody signs a use where `by` is null. */
export class Use extends OnOne<Signer | null> implements Step {
  run(model: Model, house: Gatehouse): void {
    const [life, at] = this.lifeIn(model);
    const keyId = this.by?.keyId;
    const mayUse =
      !life.isRevoked &&
      !life.isReviewed &&
      model.seconds >= life.from &&
      model.seconds < life.until &&
      life.usedBy.length < life.uses &&
      (life.only === undefined || life.only === keyId) &&
      !(model.isSeparate && (keyId === undefined || life.issuer === keyId));
    const { outcome } = house.bring({
      type: 'deploy.forced',
      by: this.by ?? undefined,
      author: { authorization: life.id },
    });
    expectThat(outcome === (mayUse ? 'break_glass' : 'reject'), `use: ${outcome}`);
    if (!mayUse) return;
    tick(model);
    model.lives[at] = { ...life, usedBy: [...life.usedBy, keyId] };
  }
  override toString = (): string => `use ${this.which} by ${this.by?.name ?? 'nobody'}`;
}

export class Revoke extends OnOne implements Step {
  run(model: Model, house: Gatehouse): void {
    const [life, at] = this.lifeIn(model);
    const may = OPERATORS.includes(this.by) && !life.isRevoked;
    const payload = { authorization: life.id, reason: 'over' };
    const { outcome } = house.bring({ type: 'break_glass.revoked', by: this.by, payload });
    expectThat(outcome === (may ? 'allow' : 'reject'), `revoke: ${outcome}`);
    if (!may) return;
    tick(model);
    model.lives[at] = { ...life, isRevoked: true };
  }
  override toString = (): string => `revoke ${this.which} by ${this.by.name}`;
}

export class Review extends OnOne implements Step {
  run(model: Model, house: Gatehouse): void {
    const [life, at] = this.lifeIn(model);
    const { keyId } = this.by;
    const isParty = life.issuer === keyId || life.usedBy.includes(keyId);
    const may = OPERATORS.includes(this.by) && !life.isReviewed && !(model.isSeparate && isParty);
    const payload = { authorization: life.id, note: 'looked at' };
    const { outcome } = house.bring({ type: 'break_glass.reviewed', by: this.by, payload });
    expectThat(outcome === (may ? 'allow' : 'reject'), `review: ${outcome}`);
    if (!may) return;
    tick(model);
    model.lives[at] = { ...life, isReviewed: true };
  }
  override toString = (): string => `review ${this.which} by ${this.by.name}`;
}

export class Wait implements Step {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
  check = (): boolean => true;
  run(model: Model, house: Gatehouse): void {
    model.seconds += this.seconds;
    house.seconds += this.seconds;
  }
  toString = (): string => `wait ${this.seconds} s`;
}

const person = fc.constantFrom(...PEOPLE);
const user = fc.constantFrom(...PEOPLE, null);
const which = fc.nat(5);

/** The steps that authorizations may take. */
export const steps = fc.commands<Model, Gatehouse>(
  [
    fc
      .tuple(person, fc.nat(3), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3 }))
      .chain(([by, from, length, uses]) =>
        fc.option(person, { freq: 2 }).map((only) => new Issue(by, from, length, uses, only)),
      ),
    fc.tuple(which, user).map(([n, by]) => new Use(n, by)),
    fc.tuple(which, user).map(([n, by]) => new Use(n, by)),
    fc.tuple(which, person).map(([n, by]) => new Revoke(n, by)),
    fc.tuple(which, person).map(([n, by]) => new Review(n, by)),
    fc.integer({ min: 1, max: 6 }).map((seconds) => new Wait(seconds)),
  ],
  { maxCommands: 40 },
);

/** Both sides at the beginning. */
export const beginning =
  (isSeparate: boolean) => (): { readonly model: Model; readonly real: Gatehouse } => {
    const set = setOf({
      types: [{ match: 'deploy.*', sources: ['user'] }],
      exceptions: { separate: isSeparate },
    });
    const real = new Gatehouse(set);
    return { model: { isSeparate, seconds: real.seconds, lives: [] }, real };
  };
