/**
 * The payload matches its schema: every JSON Schema that documents name for the type.
 */
import { newMeter } from '../schema/run.ts';
import type { Rule } from './rule.ts';
import { forbids, holds, idle, rejects, words } from './rule.ts';

export const thePayloadMatchesItsSchema: Rule = {
  name: 'the-payload-matches-its-schema',
  claim: 'the payload matches every schema of its type',
  reach: 'documents',
  judge: ({ proposal: { payload }, requirements: { schemas } }) => {
    if (schemas.length === 0) return idle();
    const meter = newMeter();
    for (const { name, schema } of schemas) {
      const checked = schema.check(payload, meter);
      if (checked === 'budget_exceeded')
        return forbids('to check it against its schema takes more steps than are allowed', {
          schema: name,
        });
      if (checked.length > 0)
        return rejects('the payload does not match its schema', {
          schema: name,
          violations: checked.map((each) => ({ ...each })),
        });
    }
    return holds();
  },
  remedy: ({ schema, violations }) =>
    Array.isArray(violations)
      ? `mend the payload where it differs from the schema ${words(schema)}`
      : `bring a smaller payload, or have the schema ${words(schema)} made simpler`,
};
