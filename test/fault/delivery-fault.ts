/**
 * Faults of delivery: what receivers answer, and what becomes of those who deliver.
 */
import type { Fault } from './fault.ts';
import { fault } from './fault.ts';

const ANSWER = 'test/src/outbox/answer.test.ts';
const STATUS = 'test/src/outbox/status-code.test.ts';
const CRASH = 'test/src/outbox/crash.test.ts';
const QUEUE = 'test/src/outbox/queue.test.ts';
const LARGE = 'a batch that is too large for its receiver';
const AN_ANSWER = 'an answer';
const DECIDE = 'src/outbox/decide.ts';
const MEANING = 'src/outbox/answer.ts';
const TROUBLE = 'src/delivery/trouble.ts';

export const DELIVERY_FAULTS: readonly Fault[] = [
  fault(
    51,
    '413 on a batch: halves, in order, the acknowledged prefix kept',
    [ANSWER, LARGE, 'goes in halves, in order, and what was taken of it stays taken'],
    ['src/outbox/plan.ts', 'items.slice(0, middle)', 'items.slice(0, middle).toReversed()'],
  ),
  fault(
    52,
    '413 on one item: parked, recorded, the rest goes on',
    [ANSWER, LARGE, 'is parked where it is one item, and the rest goes on'],
    [DECIDE, "sending.items > 1 ? 'split' : 'park'", "sending.items > 0 ? 'split' : 'park'"],
  ),
  fault(
    53,
    '429 with seconds, with a date, without, absurd: a bounded wait, recorded',
    [ANSWER, 'a receiver that is busy', 'and says %s is left for later, at most a day'],
    ['src/outbox/retry-after.ts', 'Math.min(MOST_MS, Math.max(0, ms))', 'Math.max(0, ms)'],
  ),
  fault(
    54,
    '5xx, refused, reset, timeout: backoff with jitter, the same key',
    [
      ANSWER,
      'a receiver that fails',
      'is tried less and less often, under one key, and told of once',
    ],
    [TROUBLE, 'const isLong = isNews ||', 'const isLong = true ||'],
  ),
  fault(
    55,
    '2xx of any kind: delivered',
    [STATUS, AN_ANSWER, '%i says that it is delivered'],
    [MEANING, 'status >= 200 && status < 300', 'status === 200'],
  ),
  fault(
    55,
    '409: delivered before',
    [STATUS, AN_ANSWER, '409 says that it was delivered before'],
    [MEANING, "if (status === 409) return 'before';", "if (status === 408) return 'before';"],
  ),
  fault(
    55,
    '401 and 403: that destination stops, and says so',
    [STATUS, AN_ANSWER, '%i stops the destination, and says so'],
    [MEANING, 'status === 401 || status === 403', 'status === 402'],
  ),
  fault(
    55,
    'other 4xx: the item is found and parked',
    [STATUS, AN_ANSWER, '422 of a batch finds the items that are refused, and parks them alone'],
    [MEANING, "status < 500 ? 'rejected' : 'failing'", "status < 400 ? 'rejected' : 'failing'"],
  ),
  fault(
    56,
    'accepted but the answer lost: the same key again, the duplicate understood',
    [STATUS, AN_ANSWER, 'that is lost is asked for again, and a duplicate is understood'],
    [
      'src/delivery/send.ts',
      "'Idempotency-Key': key,",
      "'Idempotency-Key': key + String(performance.now()),",
    ],
  ),
  fault(
    57,
    'two flushers at once: each item sent by one',
    [CRASH, 'two that deliver at once', 'send each item once: a lease goes from one to the other'],
    [
      'src/delivery/flush.ts',
      'const taken = await ports.lock.take(leaseFolder(folder, name), step);',
      'const taken = E.right({ isGood: () => step >= 0, release: () => undefined });',
    ],
  ),
  fault(
    58,
    'an unknown kind or a payload that no longer parses: parked, nothing stuck behind it',
    [ANSWER, 'an item that cannot be sent', 'is parked, and nothing is stuck behind it'],
    [
      'src/outbox/preset/kaizen.ts',
      "if (kindOf(item.kind) === undefined) return { unfit: 'unknown_kind' };",
      "if (kindOf(item.kind) === undefined) return '{}';",
    ],
  ),
  fault(
    59,
    'one destination down: the others go on, fail-open and fail-closed as configured',
    [
      'test/src/outbox/group.test.ts',
      'destinations',
      'go on where another one is down, and a group waits for those that it must',
    ],
    ['src/delivery/group.ts', "group.mode === 'fail_closed'", "group.mode !== 'fail_closed'"],
  ),
  fault(
    60,
    'the journal restored after a disaster: nothing delivered is sent under a new key',
    [
      CRASH,
      'a ledger that lost something',
      'and is restored from a copy of %s sends the same under the same keys',
    ],
    [
      'src/delivery/render.ts',
      'const key = keyOf(crypto, origin, name, body, ids);',
      'const key = keyOf(crypto, origin + String(Date.now()), name, body, ids);',
    ],
  ),
  fault(
    60,
    'a destination that is set anew is not sent again what it was sent',
    [
      QUEUE,
      'what waits for a destination',
      'begins where it was said, and is not sent again to a destination set anew',
    ],
    ['src/projection/outbox.ts', 'const cursor = isBegun ?', 'const cursor = !isBegun ?'],
  ),
];
