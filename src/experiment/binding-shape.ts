/**
 * What assigns sessions to arms. A tag set by hand always wins over it.
 *
 *     { manual: true }
 *     { commit: { repository: ., control: C, treatment: T, type: session.started, pointer: /sha } }
 *     { branch: { control: main, treatment: try, type: session.started, pointer: /branch } }
 *     { value: { control: [small], treatment: [large], type: model.called, pointer: /model } }
 *     { window: { control: { from: …, until: … }, treatment: { from: … }, type: session.started } }
 *     { split: { shares: { control: 0.5, treatment: 0.5 }, salt: word, type: session.started } }
 */
import * as E from 'fp-ts/lib/Either.js';
import { typePattern } from '../../policies/document/form.ts';
import type { Shape, Shaped } from '../../policies/document/shape.ts';
import {
  described,
  list,
  object,
  oneOf,
  shape,
  wrong,
  wrongType,
} from '../../policies/document/shape.ts';
import { commit, label, number, only, pointer, path, time } from './form.ts';

const isTrue = shape<true>({ const: true }, (value, at) =>
  value === true ? E.right(value) : wrongType(value, at, 'true'),
);

const where = {
  type: described('the events that tell it', typePattern),
  pointer: described('the member of their payload that tells it', pointer),
};

const commits = object(
  {
    control: described('the commit before the change', commit),
    treatment: described('the commit that brings the change', commit),
    ...where,
  },
  { repository: described('where git finds them', path) },
);
const branches = object({ control: label, treatment: label, ...where }, {});
const values = object(
  { control: list(label, 100, 1), treatment: list(label, 100, 1), ...where },
  {},
);
const span = object({}, { from: time, until: time });
const windows = object({ control: span, treatment: span, type: where.type }, {});
type Span = Shaped<typeof span>;
type Windows = Shaped<typeof windows>;
const shares = object({ control: number(0.01, 0.99), treatment: number(0.01, 0.99) }, {});
const splits = object(
  { shares, type: where.type },
  { salt: described('another word draws the sessions anew', label) },
);

const written = only(
  object(
    {},
    {
      manual: isTrue,
      commit: commits,
      branch: branches,
      value: values,
      window: windows,
      split: splits,
    },
  ),
);

export type Binding = Shaped<typeof written>;
export type Arm = 'control' | 'treatment';
export const ARMS: readonly Arm[] = ['control', 'treatment'];
export const VARIANTS = ['control', 'treatment', 'excluded'] as const;
export const variant = oneOf(...VARIANTS);
export type Variant = Shaped<typeof variant>;

const twice = (at: string, expected: string) =>
  wrong({ pointer: at, reason: 'stated_twice', expected });

const isEmpty = ({ from, until }: Span): boolean =>
  from !== undefined && until !== undefined && from >= until;

const windowFault = ({ control, treatment }: Windows, at: string) => {
  const empty = ARMS.find((arm) => isEmpty({ control, treatment }[arm]));
  if (empty !== undefined)
    return wrong({
      pointer: `${at}/${empty}/until`,
      reason: 'out_of_range',
      expected: 'a time after that of from',
    });
  const isSame = control.from === treatment.from && control.until === treatment.until;
  return isSame ? twice(`${at}/treatment`, 'another time than that of the control') : undefined;
};

const sound = (read: Binding, at: string) => {
  const { commit: by, branch, value, window, split } = read;
  // A commit may be named by the first of its digits.
  if (
    by?.control.startsWith(by.treatment) === true ||
    by?.treatment.startsWith(by.control) === true
  )
    return twice(`${at}/commit/treatment`, 'another commit');
  if (branch !== undefined && branch.control === branch.treatment)
    return twice(`${at}/branch/treatment`, 'another branch');
  if (value !== undefined && value.control.some((each) => value.treatment.includes(each)))
    return twice(`${at}/value/treatment`, 'values that are not those of the control');
  if (split !== undefined && Math.abs(split.shares.control + split.shares.treatment - 1) > 1e-9)
    return wrong({ pointer: `${at}/split/shares`, reason: 'out_of_range', expected: 'a sum of 1' });
  const fault = window === undefined ? undefined : windowFault(window, `${at}/window`);
  return fault ?? E.right(read);
};

/** bindingShape takes exactly one way of assigning sessions. */
export const bindingShape: Shape<Binding> = shape(written.schema, (value, at) =>
  E.chain((read: Binding) => sound(read, at))(written(value, at)),
);
