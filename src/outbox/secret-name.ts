/**
 * Secrets are named and never recorded: `env:NAME` is a variable of the environment, `file:PATH` a
 * file that only its owner may read.
 */
import { text } from './check.ts';

export type SecretName = string & { readonly SecretName: true };

const FORM = /^(?:env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\p{Cc}\p{Cs}]{1,1024})$/u;

/** SECRET checks the name of a secret. */
export const SECRET = text(FORM, 1100);

/** isSecretName tells a secret's name from anything else, above all from a secret. */
export const isSecretName = (value: string): value is SecretName => FORM.test(value);
