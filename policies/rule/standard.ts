/**
 * The standard rules, all of them; each speaks about every proposal.
 */
import { anAttestationIsThere } from './an-attestation-is-there.ts';
import { exceptionsAreReviewed } from './exceptions-are-reviewed.ts';
import { fourEyesHaveSeenIt } from './four-eyes-have-seen-it.ts';
import { itBelongsHere } from './it-belongs-here.ts';
import type { RuleName } from './name.ts';
import { noSecretIsInside } from './no-secret-is-inside.ts';
import type { Rule } from './rule.ts';
import { theAttestationIsGood } from './the-attestation-is-good.ts';
import { theAuthoritySuffices } from './the-authority-suffices.ts';
import { theCauseExists } from './the-cause-exists.ts';
import { theClocksAreSane } from './the-clocks-are-sane.ts';
import { theCorrectionFits } from './the-correction-fits.ts';
import { theKeyIsCurrent } from './the-key-is-current.ts';
import { theMirrorIsInParity } from './the-mirror-is-in-parity.ts';
import { thePayloadIsWithinBounds } from './the-payload-is-within-bounds.ts';
import { thePayloadMatchesItsSchema } from './the-payload-matches-its-schema.ts';
import { theSetIsSound } from './the-set-is-sound.ts';
import { theSourceKeepsItsRate } from './the-source-keeps-its-rate.ts';
import { theSourceMayWriteThis } from './the-source-may-write-this.ts';
import { theTierIsEnough } from './the-tier-is-enough.ts';
import { whatWasSeenIsHere } from './what-was-seen-is-here.ts';

/** By name, so that the table of surfaces cannot ask for one that is not here. */
const BY_NAME: Readonly<Record<RuleName, Rule>> = {
  'it-belongs-here': itBelongsHere,
  'the-attestation-is-good': theAttestationIsGood,
  'the-key-is-current': theKeyIsCurrent,
  'what-was-seen-is-here': whatWasSeenIsHere,
  'the-authority-suffices': theAuthoritySuffices,
  'the-set-is-sound': theSetIsSound,
  'the-mirror-is-in-parity': theMirrorIsInParity,
  'an-attestation-is-there': anAttestationIsThere,
  'four-eyes-have-seen-it': fourEyesHaveSeenIt,
  'the-tier-is-enough': theTierIsEnough,
  'the-source-may-write-this': theSourceMayWriteThis,
  'the-payload-matches-its-schema': thePayloadMatchesItsSchema,
  'the-payload-is-within-bounds': thePayloadIsWithinBounds,
  'the-clocks-are-sane': theClocksAreSane,
  'the-correction-fits': theCorrectionFits,
  'the-cause-exists': theCauseExists,
  'no-secret-is-inside': noSecretIsInside,
  'the-source-keeps-its-rate': theSourceKeepsItsRate,
  'exceptions-are-reviewed': exceptionsAreReviewed,
};

export const STANDARD: readonly Rule[] = Object.values(BY_NAME);
