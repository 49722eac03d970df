/**
 * Sentences for what keeps delivery from going on.
 */
import { visible } from '../../../ledger/render/render.ts';
import type { HeldOvertaken, MovedInPart } from '../error.ts';
import type { ToMove } from '../../delivery/whole.ts';
import type { Told } from '../store-text.ts';
import type { Late, NoSecret, OutboxError } from './error.ts';

const SECRETS: Record<NoSecret['reason'], string> = {
  missing: 'it is not there',
  unreadable: 'it cannot be read, or others can read it',
  unusable: 'it is none that can be used so',
};

/** partText tells how many items were moved, and how the first of the others stands. */
export const partText = ({ moved, of, gone }: MovedInPart, why?: Told): Told => {
  const first = why === undefined ? '' : `: ${why.message}`;
  return {
    code: 'item_elsewhere',
    message: `items moved: ${moved} of ${of}; items that went on meanwhile: ${gone}${first}`,
    next: why?.next ?? 'Run it again.',
  };
};

/** heldText tells why what was held is not done any more. */
export const heldText = ({ hold }: HeldOvertaken, { message }: Told): Told => ({
  code: 'held_overtaken',
  message: `what was held cannot be done any more, and nothing is recorded: ${message}`,
  next:
    `Reject it: ledger quarantine discard ${visible(hold)} --reason TEXT --sign KEY. ` +
    'What is still wanted is said anew, by its own command.',
});

/** The line that moves an item, where it was to be moved. */
const moveLine = (by: ToMove['by'] | 'drop', item: string, to: string | undefined): string =>
  [
    `ledger outbox ${by} ${visible(item)}`,
    ...(by === 'drop' ? [] : ['--batch']),
    ...(to === undefined ? [] : [`--destination ${visible(to)}`]),
    ...(by === 'retry' ? [] : ['--reason TEXT']),
  ].join(' ');

const whyText = ({ reason }: Late): string => (reason === undefined ? '' : ` (${visible(reason)})`);

const askedText = (name: string): string =>
  `${name} asks to be left alone. Run ledger outbox flush later; to have it tried now: ` +
  `ledger outbox destination resume ${name}.`;

/** outboxText tells what happened, and what to do. */
export const outboxText = (error: OutboxError): Told => {
  switch (error._tag) {
    case 'Undelivered': {
      const { waiting, late } = error;
      const [first, ...others] = late;
      const name = visible(first.destination);
      const nor = others.map((each) => `, nor ${visible(each.destination)}${whyText(each)}`);
      const left = waiting === 0 ? '' : `; items that wait: ${waiting}`;
      const asked = late.find(({ isAsked }) => isAsked);
      return {
        code: 'undelivered',
        message: `${name} cannot be delivered to now${whyText(first)}${nor.join('')}${left}`,
        next:
          waiting === 0
            ? `Mend what is said, then try it again: ledger outbox destination test ${name}.`
            : asked === undefined
              ? 'Run ledger outbox flush later: the same is sent under the same keys.'
              : askedText(visible(asked.destination)),
      };
    }
    case 'DestinationStopped': {
      const { destination, reason, word = 'resume' } = error;
      const name = visible(destination);
      if (reason === 'plan_differs')
        return {
          code: 'destination_stopped',
          message: `what is planned for ${name} does not come to be: its key stands for another`,
          next:
            'See ledger verify: who wrote that is not this outbox. With other limits, other ' +
            `batches come of it: ledger outbox destination set ${name}; then resume it.`,
        };
      return {
        code: 'destination_stopped',
        message: `${name} refuses us (${visible(reason)})`,
        next: `Mend its secrets or its URL, then: ledger outbox destination ${word} ${name}.`,
      };
    }
    case 'DestinationRetired': {
      const name = visible(error.destination);
      return {
        code: 'destination_retired',
        message: `${name} is retired`,
        next: `Set it anew: ledger outbox destination set ${name}.`,
      };
    }
    case 'DestinationBegun': {
      const { destination, cursor } = error;
      return {
        code: 'destination_begun',
        message:
          `${visible(destination)} has begun, and begins nowhere else: ` +
          `what lies before ${cursor} is not looked at again`,
        next:
          'Leave --from out. For what lies before, set another destination, of another name, ' +
          'with these types alone and --from start.',
      };
    }
    case 'DestinationPlanned': {
      const { destination, format, items } = error;
      const name = visible(destination);
      return {
        code: 'destination_planned',
        message: `items that are planned for ${name} in another format than ${format}: ${items}`,
        next:
          'Deliver them first, while it is active in the format of before (set it in that where ' +
          `it is retired): ledger outbox flush ${name}. Or take their batches out of the way: ` +
          `${moveLine('park', 'ITEM', destination)}. What is retried then leaves in ` +
          'the new format.',
      };
    }
    case 'SecretMissing': {
      const { name, destination, reason } = error;
      return {
        code: 'secret_missing',
        message: `${visible(destination)}: the secret ${visible(name)}: ${SECRETS[reason]}`,
        next: 'Set the variable, or mend the file; its value is kept nowhere here.',
      };
    }
    case 'ItemElsewhere': {
      const { item, state, batch, stands, to, untaken } = error;
      const [code, message] = ['item_elsewhere', `${visible(item)} is ${state}`];
      if (stands !== undefined) {
        const which = stands.isIt ? 'it' : `${visible(stands.item)}, of its batch`;
        const drop = moveLine('drop', stands.item, to);
        const next = stands.isIt
          ? `It is never sent. To give it up: ${drop}.`
          : `Give that up, and the others can be sent without it: ${drop}.`;
        return {
          code,
          message: `${message}: ${visible(stands.by)} stands for ${which}`,
          next: stands.isParked ? next : 'It is never sent; there is nothing left to do.',
        };
      }
      if (untaken !== undefined) {
        const name = visible(untaken);
        return {
          code,
          message: `${message}, and ${name} takes no such item any more`,
          next:
            `Set what it takes: ledger outbox destination set ${name}. ` +
            `Or give the item up: ${moveLine('drop', item, to)}.`,
        };
      }
      if (batch === undefined) return { code, message, next: 'See ledger outbox list.' };
      const of = `in a batch of ${batch.items}`;
      const whole = moveLine(batch.by, item, to);
      if (batch.isOther)
        return {
          code,
          message: `${message}, ${of} that cannot be made again: it may have been received`,
          next:
            'Put back the secret that its redaction names, if that is another one now: ' +
            `${whole}. Or drop what was erased: who then retries another sends it under ` +
            'another key, and a receiver that has it takes it twice.',
        };
      if (batch.isAnew)
        return {
          code,
          message: `${message}, ${of} planned in another format: it may have been received`,
          next: `Drop it if it was. If not, all of the batch leaves under another key: ${whole}.`,
        };
      return {
        code,
        message: `${message}, ${of}: it may have been received`,
        next: `Move all of the batch: ${whole}.`,
      };
    }
    case 'SaidLater':
      return error.how === undefined
        ? {
            code: 'enqueued_later',
            message: `${visible(error.by)} came in since, of its owner and kind, and stands for it`,
            next: 'Enqueue it again, if it is to be the latest.',
          }
        : {
            code: 'said_later',
            message: `${visible(error.by)} ${visible(error.how)} its destination since`,
            next: 'Say it again, if it is to be so.',
          };
    case 'LeaseLost':
      return {
        code: 'lease_lost',
        message: `${visible(error.destination)}: its lock file was replaced`,
        next: 'Run it again.',
      };
  }
};
