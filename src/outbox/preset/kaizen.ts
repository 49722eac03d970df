/**
 * Kaizen: six kinds, each to a path of its own and under a name of its own. What is handed in under
 * a kind is sent as it is; events of the ledger go as `events`.
 */
import type { Json } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { Preset, Sendable } from './shape.ts';
import { PLAIN } from './shape.ts';

interface Kind {
  readonly path: string;
  readonly member: string;
  /** Whether the body names team, workspace and project. */
  readonly isScoped: boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  events: { path: '/v1/events', member: 'events', isScoped: true },
  tool_spans: { path: '/v1/tool-spans', member: 'spans', isScoped: true },
  repo_snapshots: { path: '/v1/repo-snapshots', member: 'snapshots', isScoped: true },
  workspace_facts: { path: '/v1/workspace-facts', member: 'facts', isScoped: true },
  session_evals: { path: '/v1/session-evals', member: 'evals', isScoped: false },
  session_feedback: { path: '/v1/session-feedback', member: 'feedback', isScoped: false },
};

const SCOPE = ['team_id', 'workspace_hash', 'project_name'];
const CLIENT = 'sealed-ledger';

const kindOf = (kind: string): Kind | undefined =>
  Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;

const eventOf = ({ seq, id, type, owner, at, payload }: Sendable) => ({
  id,
  type,
  recorded_at: at,
  seq,
  ...(owner === '' ? {} : { session_id: owner }),
  ...(payload === undefined ? {} : { payload }),
});

/** Whether a text is an object in JSON: then it was handed in as it is to be sent. */
const isObjectText = (text: string): boolean => {
  try {
    return isObject(JSON.parse(text) as Json);
  } catch {
    return false;
  }
};

export const kaizen: Preset = {
  ...PLAIN,
  name: 'kaizen',
  contentType: 'application/json',
  settings: SCOPE,
  isMixed: false,
  replaceable: ['tool_spans', 'repo_snapshots', 'workspace_facts'],
  gzip: true,
  isBearer: true,
  pathOf: (kind) => kindOf(kind)?.path ?? '',
  write: (item) => {
    if (kindOf(item.kind) === undefined) return { unfit: 'unknown_kind' };
    if (item.isEvent) return JSON.stringify(eventOf(item));
    if (typeof item.payload === 'string' && isObjectText(item.payload)) return item.payload;
    return isObject(item.payload) ? JSON.stringify(item.payload) : { unfit: 'bad_payload' };
  },
  frame: (kind, settings) => {
    const { member = kind, isScoped = false } = kindOf(kind) ?? {};
    const scope = isScoped ? SCOPE.filter((each) => settings[each] !== undefined) : [];
    const members = scope.map(
      (each) => `${JSON.stringify(each)}:${JSON.stringify(settings[each])},`,
    );
    return { before: `{${members.join('')}${JSON.stringify(member)}:[`, between: ',', after: ']}' };
  },
  headers: (key) => ({ 'X-Kaizen-Idempotency-Key': key, 'X-Kaizen-Client': CLIENT }),
};
