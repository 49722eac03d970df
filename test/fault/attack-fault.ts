/**
 * Faults of input that means harm, and of whoever would have a ledger say something else.
 */
import type { Fault } from './fault.ts';
import { fault } from './fault.ts';

const CHECKPOINT = 'ledger/chain/checkpoint.ts';
const FINDING = 'test/ledger/finding.test.ts';
const IS_FOUND =
  '$code is found at line $at of a ledger that is wrong in just that way, and nothing else';
const STRICT = 'test/ledger/strict.test.ts';
const STRICT_FORM = 'the strict form of a key and a signature';
const RESTORED = 'test/src/restored-folder.test.ts';
const ALTERED = 'a folder that was restored as a whole';

export const ATTACK_FAULTS: readonly Fault[] = [
  fault(
    29,
    'text says something that would not survive being read: refused, with line and column',
    ['test/ledger/json.test.ts', 'refusals say why and where', '%s'],
    [
      'ledger/json/parse.ts',
      "if (Object.hasOwn(seen, key)) return refuse(reader, 'repeated_key', start);",
      '',
    ],
  ),
  fault(
    29,
    'a line never ends: memory stays flat',
    [
      'test/src/cli/batch.test.ts',
      'ledger append FILE',
      'keeps its memory flat on a line that never ends',
    ],
    [
      'src/cli/line-input.ts',
      'if (this.length > MAX_DRAFT_BYTES) this.parts = [];',
      'if (this.length < 0) this.parts = [];',
    ],
  ),
  fault(
    29,
    'one line of many is not taken: which one, and what went in before it, is told',
    [
      'test/src/cli/batch.test.ts',
      'ledger append FILE',
      'stops at the first line that is not taken, and says which and how to go on',
    ],
    ['src/cli/line-input.ts', 'this.number++;', 'this.number += 2;'],
  ),
  fault(
    30,
    'a line is as long as it may be, one byte shorter or longer',
    [
      'test/ledger/seal.test.ts',
      'sealing a draft',
      'fills a line up to its last byte and no further',
    ],
    [
      'ledger/event/seal.ts',
      'return bytes.length > MAX_LINE_BYTES',
      'return bytes.length >= MAX_LINE_BYTES',
    ],
  ),
  fault(
    31,
    'names hold what moves a cursor or turns text round: shown escaped',
    ['test/src/cli/read.test.ts', 'ledger log and show', 'print nothing that could move a cursor'],
    [
      'ledger/render/render.ts',
      String.raw`text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,`,
      String.raw`text.replace(/[\p{Cc}]/gu,`,
    ],
  ),
  fault(
    32,
    'a link, a pipe, a folder or a file of two names stands where a segment belongs',
    ['test/src/verify-file.test.ts', 'what is no journal', 'is refused where %s stands in it'],
    ['src/storage/segment.ts', "return links === 1 ? undefined : 'linked';", 'return undefined;'],
  ),
  fault(
    33,
    'the file of a key may be read by others: refused',
    [
      'test/src/cli/proof.test.ts',
      'ledger checkpoint and prove',
      'say 3 for what is not there, 23 without a log key, 12 for one others may read',
    ],
    [
      'src/storage/key-file.ts',
      "if ((stat.right.mode & OTHERS) !== 0) return refused(file.path, 'readable_by_others');",
      '',
    ],
  ),
  fault(
    34,
    'the clock steps back: what was recorded when never does',
    [
      'test/src/append.test.ts',
      'a batch',
      'has moments that never go back, whatever the clock does',
    ],
    [
      'src/usecase/batch.ts',
      'return recordedAt !== undefined && recordedAt > now ? recordedAt : now;',
      'return now;',
    ],
  ),
  fault(
    35,
    'a line that must be refused is, at whatever position',
    [
      'test/conformance.test.ts',
      'refused lines',
      'the line with the fault "%s" is refused at every position',
    ],
    [
      'ledger/event/plain.ts',
      'const isCanonical = write(value.right) === decodeUtf8(body);',
      'const isCanonical = true;',
    ],
  ),
  fault(
    36,
    'all is rewritten and linked anew: any checkpoint held beyond it tells',
    ['properties/chain.test.ts', '', 'a rewrite is found against any checkpoint beyond it'],
    [CHECKPOINT, 'if (isSameHash(actual, root)) return [];', 'if (actual.length > 0) return [];'],
  ),
  fault(
    37,
    'all is rewritten and signed anew with the key: a checkpoint held elsewhere tells',
    [
      'test/src/verify.test.ts',
      'what was tampered with',
      'all of it, rewritten and signed anew, is found by a checkpoint kept elsewhere',
    ],
    [CHECKPOINT, 'if (isSameHash(actual, root)) return [];', 'if (actual.length > 0) return [];'],
  ),
  fault(
    38,
    'journal, mirror and checkpoint are rolled back together: a checkpoint held elsewhere tells',
    [RESTORED, ALTERED, 'is sound by itself, and not against a checkpoint kept elsewhere'],
    [
      CHECKPOINT,
      "return finding('checkpoint_beyond_end', { seq, expected, actual });",
      "return finding('checkpoint_not_reached', { seq });",
    ],
  ),
  fault(
    39,
    'an event of another ledger stands in the chain',
    [FINDING, 'finding codes', IS_FOUND, 'ledger_mismatch'],
    [
      'ledger/event/open.ts',
      'if (ledger !== undefined && origin !== undefined && ledger !== origin)',
      'if (ledger === undefined && origin !== undefined)',
    ],
  ),
  fault(
    40,
    'a key that was retired goes on signing',
    [FINDING, 'finding codes', IS_FOUND, 'key_retired'],
    ['ledger/chain/attested.ts', "if (state === 'retired') return 'key_retired';", ''],
  ),
  fault(
    40,
    'a key is revoked: what it signed before it was lost is trusted, and nothing later',
    [
      FINDING,
      'the sound twins',
      'a revocation with a date distrusts only what was recorded from then on',
    ],
    ['ledger/chain/keyring.ts', 'at >= record.compromisedAt', 'at > record.compromisedAt'],
  ),
  fault(
    41,
    'a signature is moved to another event, ledger, meaning or time',
    [
      'test/ledger/attestation.test.ts',
      'an attestation',
      'is of no other event, ledger, meaning or time',
    ],
    [
      'ledger/event/attestation.ts',
      String.raw`\n${'$'}{signedAt}\n${'$'}{meaning}\n`,
      String.raw`\n${'$'}{signedAt}\n\n`,
    ],
  ),
  fault(
    42,
    'a key or an R of small order, or written in two ways',
    [STRICT, STRICT_FORM, 'has no point of small order, whatever the sign'],
    [
      'ledger/crypto/strict.ts',
      ' && SMALL_ORDER_Y.every((y) => compare(bytes, at, y, 0x7f) !== 0)',
      '',
    ],
  ),
  fault(
    42,
    'an S that is the group order or more',
    [STRICT, STRICT_FORM, 'has an S below the order of the base point'],
    ['ledger/crypto/strict.ts', 'compare(signature, 32, L, 255) < 0 &&', ''],
  ),
  fault(
    43,
    'a checkpoint whose size is no plain number, or whose root is of another length',
    ['test/ledger/note.test.ts', 'the text of a checkpoint', '%j is refused as %s'],
    ['ledger/note/checkpoint.ts', '(?:0|[1-9][0-9]{0,15})', '[0-9]{1,16}'],
  ),
  fault(
    43,
    'a note with too many signatures, or junk behind them',
    ['test/ledger/note.test.ts', 'the form of a note', 'of %j is refused as %s'],
    [
      'ledger/note/note.ts',
      "if (good.length < signatures.length) return refuse('bad_signature_line');",
      '',
    ],
  ),
  fault(
    44,
    'a proof that is too long, too short, padded, of another leaf, index, size or root',
    ['properties/tree.test.ts', '', 'an altered proof of inclusion proves nothing'],
    [
      'ledger/tree/verify.ts',
      'if (index < 0n || index >= size || !areHashes([leaf, ...proof])) return false;',
      '',
    ],
  ),
  fault(
    62,
    'the folder is restored from a backup and appended to: refused against a held checkpoint',
    [
      'test/src/append-expecting.test.ts',
      'what the caller expects',
      'of a checkpoint beyond the end is a folder that was rolled back',
    ],
    [
      'src/usecase/append.ts',
      'const fault = checkpointFault(ports.crypto, keeper.mirror, batch.at, expectCheckpoint);',
      'const fault = undefined;',
    ],
  ),
  fault(
    63,
    'a line is withheld, and no event erased it',
    [FINDING, 'finding codes', IS_FOUND, 'withheld_not_erased'],
    [
      'ledger/chain/verify.ts',
      'const withheld = Array.from(history.withheld(), ([seq, hash]) =>',
      'const withheld = Array.from([] as [Seq, Digest][], ([seq, hash]) =>',
    ],
  ),
  fault(
    66,
    'two drafts of one batch spend what may be used once: the second is refused',
    [
      'test/src/stranger.test.ts',
      'a batch',
      'whose drafts spend one authorization gets one of them in',
    ],
    ['src/usecase/batch.ts', 'ground: follow(crypto, ground, event),', 'ground,'],
  ),
];
