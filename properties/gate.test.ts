/**
 * The laws of the gate.
 */
import { describe } from 'vitest';
import { all, law, share } from './check.ts';
import * as G from './law/gate.ts';

const quick = { runs: all };
const played = { runs: share(0.25, 5000) };

describe('judgements', () => {
  law('the judgement of no rule adds nothing', G.identity, quick);
  law('grouping means nothing', G.associativity, quick);
  law('order means nothing', G.commutativity, quick);
  law('saying it twice means nothing', G.idempotence, quick);
  law('gathered in one go, it is what each comes to in turn', G.gathering, quick);
  law('the strongest wins, and more never weakens it', G.strength, quick);
  law('nothing that was said is lost', G.nothingIsLost, quick);
});

describe('the gate', () => {
  law('decides no weaker than any rule, but for an authorization', G.noWeakerThanRules, played);
  law('rejects and names a required rule that has not spoken', G.requiredRules, played);
  law('breaks the glass by a valid authorization alone', G.brokenGlass, played);
  law('decides the same of the same, to the byte', G.sameAgain, played);
  law('is not moved by what an author may state freely', G.idleWords, played);
  law('decides alike by whichever ordinary way an event comes', G.ordinaryWays, played);
  law('lets in what a verifier finds sound and a replay decides again', G.soundAndSame, played);
  law('never lets in more for an entry more', G.entriesAddUp, played);
  law('seals what may enter and nothing else', G.seals, played);
});

describe('authorizations', () => {
  law('live as the model of them says', G.authorizationsLive, { runs: share(0.5, 10_000) });
});
