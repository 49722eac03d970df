/**
 * `ledger break-glass authorize`: lets pass, for a while and so many times, what a rule refuses.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { KeyId } from '../../../ledger/name.ts';
import { SOURCE_KINDS } from '../../../ledger/event/header.ts';
import { STANDARD } from '../../../policies/rule/standard.ts';
import { MAX_USES, REASON_CODES, parseScope } from '../../../policies/state/authorization.ts';
import { timeOf } from '../../usecase/fill.ts';
import { stand } from '../../usecase/stand.ts';
import { realPorts } from '../../wiring.ts';
import { refuseForm } from '../authorization.ts';
import type { Command, Options } from '../command.ts';
import { enrolledId } from '../enrolled.ts';
import { withLedger } from '../open.ts';
import { beginning } from '../policy-set.ts';
import { typesOf } from '../query-option.ts';
import { WRITING, record } from '../writing.ts';

const SCOPE: Options = {
  type: { type: 'list', describe: 'events of this type, or of a pattern: deploy.*' },
  rule: { type: 'list', describe: 'the rule that is overridden; may be repeated' },
  'reason-code': { type: 'text', describe: 'why, in a word', needed: true, choices: REASON_CODES },
  reason: { type: 'text', describe: 'why, in a sentence', needed: true },
  'not-before': { type: 'text', describe: 'from when on (now): 2026-11-20, or with a time' },
  expires: { type: 'text', describe: 'how long it counts from then on: 1h', needed: true },
  uses: { type: 'text', describe: 'how many events may use it (1)' },
  key: { type: 'list', describe: 'only who signs with this key; may be repeated' },
  source: { type: 'list', describe: 'only sources of this kind; may be repeated' },
};

const listed = (member: string, items: readonly string[]): JsonObject =>
  items.length === 0 ? {} : { [member]: [...new Set(items)] };

export const command: Command = {
  options: { ...SCOPE, ...WRITING },
  examples: [
    [
      'break-glass authorize --type deploy.forced --rule the-tier-is-enough' +
        ' --reason-code incident_response --reason "the pager rang" --expires 1h --sign alice',
      'one event of this type, within the hour',
    ],
  ],
  run: async (given, terminal) => {
    const types = typesOf(given);
    if (E.isLeft(types)) return types;
    const rules = given.list('rule');
    if (types.right.length === 0 || rules.length === 0)
      return given.usage('an authorization is for a --type and a --rule');
    const uses = given.whole('uses', 1, MAX_USES);
    if (E.isLeft(uses)) return uses;
    const forMs = given.duration('expires');
    if (E.isLeft(forMs)) return forMs;
    if (forMs.right === 0) return given.usage('--expires takes a time in which it can be used');
    const start = given.time('not-before');
    if (E.isLeft(start)) return start;
    const kinds = given.list('source');
    const alien = kinds.find((kind) => !SOURCE_KINDS.some((each) => each === kind));
    if (alien !== undefined)
      return given.usage(`--source takes one of ${SOURCE_KINDS.join(', ')}, not ${alien}`);
    return withLedger(given, terminal, async (ledger) => {
      const keys: KeyId[] = [];
      for (const text of given.list('key')) {
        const id = enrolledId(ledger.reader, text);
        if (E.isLeft(id)) return id;
        keys.push(id.right);
      }
      // A clock that once jumped ahead does not make it expire before it begins.
      const found = stand(realPorts, ledger.reader, beginning(), ({ view: { now }, ground }) => ({
        now,
        own: ground.set.rules.map(({ id }): string => id),
      }));
      if (E.isLeft(found)) return found;
      const { now, own } = found.right;
      const isRule = (name: string): boolean =>
        own.includes(name) || STANDARD.some((rule) => rule.name === name);
      const stray = rules.find((name) => !isRule(name));
      if (stray !== undefined)
        return given.usage(`--rule takes a rule of the gate or of the set in force, not ${stray}`);
      const from = [now, start.right ?? now].toSorted()[1] ?? now;
      const payload = {
        expires_at: timeOf(Date.parse(from) + (forMs.right ?? 0)),
        reason: given.text('reason') ?? '',
        reason_code: given.text('reason-code') ?? '',
        uses: uses.right ?? 1,
        ...(start.right === undefined ? {} : { not_before: start.right }),
        ...listed('types', types.right),
        ...listed('rules', rules),
        ...listed('keys', keys),
        ...listed('sources', kinds),
      };
      const scope = parseScope(payload);
      if (E.isLeft(scope)) return refuseForm(given, scope.left);
      const stated = { event_type: 'break_glass.authorized', payload };
      return record(given, terminal, ledger, stated, 'break_glass');
    });
  },
};
