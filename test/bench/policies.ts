/**
 * What the policies cost: a decision under each ready-made set and under one with ten rules of
 * documents, the search for secrets, a schema, the compiling of a set, explaining and replaying.
 *
 * Checking a signature takes several times as long as all the rest and is the kernel's business, so
 * it is remembered here but for one row, which is held against a native check.
 */
import crypto from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { write } from '../../ledger/json/format.ts';
import { explain } from '../../policies/explain/explain.ts';
import { replay } from '../../policies/explain/replay.ts';
import { judge } from '../../policies/gate/gate.ts';
import type { Proposal } from '../../policies/proposal.ts';
import { compileSchema } from '../../policies/schema/schema.ts';
import { findSecrets } from '../../policies/secret/find.ts';
import { loadSet } from '../../policies/set/load.ts';
import type { ReadyMade } from '../../policies/set/ready-made.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { View } from '../../policies/view.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { CAROL } from '../../properties/model/gatehouse.ts';
import type { Contender, Row } from './measure.ts';
import { compare } from './measure.ts';
import { approvalRow, growthRow } from './policy-growth.ts';
import { SCHEMA, TEN, correctedIn, houseOf, invoice, remembering } from './policy-house.ts';

const LINE = Buffer.alloc(700, 'x');
const sha: Contender = {
  name: 'SHA-256 of a line of 700 B',
  run: () => crypto.hash('sha256', LINE, 'hex'),
};

const mustAllow = (proposal: Proposal, view: View, set: PolicySet): void => {
  const { outcome, contributing } = judge(proposal, view, set);
  if (outcome !== 'allow') throw new Error(`not let in: ${JSON.stringify(contributing)}`);
};

const decisionRows = (): readonly Row[] => {
  const sets: readonly (readonly [string, PolicySet])[] = [
    ...(Object.keys(READY_MADE) as readonly ReadyMade[]).map(
      (name) => [name, readyMade(native, name)] as const,
    ),
    ['all rules and ten of documents', sound(loadSet(native, { ten: TEN }))],
  ];
  return sets.flatMap(([name, set]) => {
    const { house, proposal } = houseOf(set);
    const view: View = { ...house.view, crypto: remembering() };
    mustAllow(proposal, view, set);
    const decision = {
      name: `decision: ${name}`,
      run: () => judge(proposal, view, set),
    };
    const row = compare(decision, sha, 25);
    if (name in READY_MADE) return [row];
    const signed = { ...view, crypto: native };
    const corrected = correctedIn(set);
    const later: View = { ...corrected.house.view, crypto: remembering() };
    mustAllow(corrected.proposal, later, set);
    return [
      row,
      compare(
        {
          name: `${decision.name}, a correction`,
          run: () => judge(corrected.proposal, later, set),
        },
        sha,
      ),
      compare(
        { name: `${decision.name}, signature checked`, run: () => judge(proposal, signed, set) },
        nativeVerify(),
      ),
      compare({ name: 'explain: the same', run: () => explain(proposal, view, set) }, sha),
    ];
  });
};

const nativeVerify = (): Contender => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const message = Buffer.from('x'.repeat(500));
  const signature = crypto.sign(null, message, privateKey);
  return {
    name: 'node:crypto verify',
    run: () => crypto.verify(null, message, publicKey, signature),
  };
};

const secretRows = (): readonly Row[] => {
  const [short, long] = [write(invoice(700)), write(invoice(8192))];
  const leak = ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':');
  const leaking = write({ ...invoice(640), note: leak });
  return (
    [
      ['an ordinary payload of 700 B', short, 0],
      ['an ordinary payload of 8 KB', long, 0],
      ['a payload of 700 B with a password', leaking, 1],
    ] as const
  ).map(([name, text, count]) => {
    if (findSecrets(text, []).length !== count) throw new Error(`other secrets in ${name}`);
    return compare(
      { name: `secrets: ${name}`, run: () => findSecrets(text, []) },
      {
        name: `SHA-256 of it, ${text.length} B`,
        run: () => crypto.hash('sha256', text, 'hex'),
      },
    );
  });
};

const schemaRow = (): Row => {
  const schema = sound(compileSchema(SCHEMA));
  const payload = invoice(700);
  const text = write(payload);
  return compare(
    { name: 'schema: a payload of 700 B', run: () => schema.check(payload) },
    { name: 'JSON.parse of it', run: () => JSON.parse(text) as unknown },
  );
};

const compileRows = (): readonly Row[] => {
  const text = JSON.stringify(TEN);
  return [
    compare(
      { name: 'a set of ten rules: compiled', run: () => loadSet(native, { ten: TEN }) },
      { name: 'JSON.parse of it', run: () => JSON.parse(text) as unknown },
    ),
  ];
};

/** A history is replayed over and over, one event at a time. */
const replayRow = (): Row => {
  const { house } = houseOf(readyMade(native, 'regulated'));
  for (let i = 0; i < 200; i++)
    house.enter({ type: 'invoice.paid', payload: invoice(140), by: CAROL });
  const builtIn = readyMade(native, 'open');
  const answers = new Map<string, boolean>();
  const means: Crypto = {
    ...native,
    verify: (key, message, signature) => {
      const asked = Buffer.from(signature).toString('latin1');
      const known = answers.get(asked) ?? native.verify(key, message, signature);
      answers.set(asked, known);
      return known;
    },
  };
  let judged = replay(means, house.recorded, builtIn);
  const next = (): unknown => {
    const found = judged.next();
    if (found.done !== true) return found.value;
    judged = replay(means, house.recorded, builtIn);
    return judged.next();
  };
  return compare({ name: 'replay: an event', run: next }, sha);
};

/** policies measures it all. */
export const policies = (): readonly Row[] => [
  ...decisionRows(),
  ...secretRows(),
  schemaRow(),
  ...compileRows(),
  replayRow(),
  growthRow(),
  approvalRow(),
];
