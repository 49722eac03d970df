/**
 * Schemas by another implementation, which writes code for each and runs it, as an oracle. Its
 * patterns are those of ECMAScript, and it has no bounds, so it is asked about small things only.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../../ledger/json/value.ts';

/**
 * isValidByAjv tells whether a value matches a schema.
 *
 * The oracle is steered around errors of its own. Where it stops at the first failure, it finds
 * that `[]` matches `{"prefixItems":[{"type":"string"}],"contains":{"type":"null"}}`. Where it
 * keeps book for `unevaluatedItems`, it names variables that it never declared.
 */
export const isValidByAjv = (schema: JsonObject, value: Json): boolean => {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: false,
    validateSchema: false,
    ownProperties: true,
    meta: false,
  });
  ajv.opts.unevaluated = false;
  return ajv.validate(schema, value);
};
