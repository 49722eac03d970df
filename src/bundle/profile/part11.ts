/**
 * Part 11 of title 21 of the Code of Federal Regulations of the United States: electronic records
 * and electronic signatures. It is public law; what it asks for is told here in short.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';

const PROCEDURE = 'all of it: it is a matter of procedures and people, not of records';

export const PART11 = {
  name: 'part11',
  title: '21 CFR Part 11: the evidence and the rules on electronic records and signatures',
  about:
    'Part 11 is about systems, procedures and people together. A ledger is a part of such a ' +
    'system, and this bundle a copy of a part of its records. A signature is here one of a key ' +
    '(Ed25519) over the record and its meaning: whether it is an electronic signature in the ' +
    'sense of § 11.3 depends on how keys are given to persons and kept.',
  sources: [
    {
      name: 'Electronic Code of Federal Regulations, title 21, part 11',
      url: 'https://www.ecfr.gov/current/title-21/chapter-I/subchapter-A/part-11',
    },
  ],
  requirements: [
    {
      id: '§ 11.10(a)',
      title: 'systems are validated, and can discern invalid or altered records',
      reach: 'supports',
      evidence: [
        {
          part: 'order',
          says: 'a record that was altered, added or left out is found by the check',
        },
        { part: 'audit', says: 'how often the ledger was verified', events: ['ledger.verified'] },
      ],
      beyond: 'the validation of the system for its use, which is for whoever uses it',
    },
    {
      id: '§ 11.10(b)',
      title: 'accurate and complete copies can be made, for people and in electronic form',
      reach: 'supports',
      evidence: [
        { part: 'payloads', says: 'this bundle is such a copy: as stored, and as a table' },
        { part: 'order', says: 'it is complete in its range; what is withheld is named' },
      ],
      beyond: 'contents that are withheld, and records outside of the range',
    },
    {
      id: '§ 11.10(c)',
      title: 'records are protected, and can be retrieved as long as they must be kept',
      reach: 'supports',
      evidence: [
        { part: 'order', says: 'no record of the range was lost up to the checkpoint' },
        { part: 'audit', says: 'restoring was rehearsed', events: ['ledger.drilled'] },
        {
          part: 'payloads',
          says: 'contents that were erased on request',
          events: ['ledger.payload_erased'],
        },
      ],
      beyond: 'the time to come, media, backups, and how long records must be kept',
    },
    {
      id: '§ 11.10(d)',
      title: 'access is limited to authorized individuals',
      reach: 'supports',
      evidence: [
        { part: 'keys', says: 'whose keys count, and since when', events: ['key.*'] },
        { part: 'policies', says: 'what a record must be signed by before it enters' },
      ],
      beyond: 'access to machines and to reading, and who holds a key',
    },
    {
      id: '§ 11.10(e)',
      title: 'a secure audit trail, made by the system, with times; changes obscure nothing',
      reach: 'supports',
      evidence: [
        { part: 'order', says: 'records are only added; the trail is the record itself' },
        { part: 'corrections', says: 'a correction names what it corrects, and both stay' },
        {
          part: 'times',
          says: 'the ledger sealed the time of each record beside that of its author',
        },
        { part: 'authors', says: 'who made it, where it is signed', events: ['*'] },
      ],
      beyond: 'that the clocks were right, and actions that were taken outside of the ledger',
    },
    {
      id: '§ 11.10(f)',
      title: 'checks enforce the sequence of steps, where that matters',
      reach: 'supports',
      evidence: [
        { part: 'policies', says: 'rules on what must come before, where the set has some' },
      ],
      beyond: 'which sequence is the right one, and steps that are not records here',
    },
    {
      id: '§ 11.10(g)',
      title: 'checks of authority: who may use, sign, alter or perform what',
      reach: 'supports',
      evidence: [
        { part: 'policies', says: 'the rules, and what they refused', events: ['policy.refused'] },
        { part: 'keys', says: 'the tier of each key' },
        { part: 'exceptions', says: 'who was let past a rule', events: ['break_glass.*'] },
      ],
      beyond: 'authority over anything but what enters the ledger',
    },
    {
      id: '§ 11.10(h)',
      title: 'checks of devices: is the source of input valid',
      reach: 'supports',
      evidence: [
        {
          part: 'authors',
          says: 'a source that signs is known by its key; others name themselves',
        },
      ],
      beyond: 'terminals and instruments, and sources without a key',
    },
    {
      id: '§ 11.10(i)',
      title: 'education, training and experience',
      reach: 'silent',
      beyond: PROCEDURE,
    },
    {
      id: '§ 11.10(j)',
      title: 'written policies hold people accountable for what they sign',
      reach: 'silent',
      beyond: PROCEDURE,
    },
    {
      id: '§ 11.10(k)',
      title: 'controls over the documentation of systems, with a history of its changes',
      reach: 'supports',
      evidence: [
        {
          part: 'policies',
          says: 'the rules of the ledger itself, each set whole, signed and in order',
          events: ['policy.adopted'],
        },
      ],
      beyond: 'manuals and procedures: their distribution, access, use and revision',
    },
    {
      id: '§ 11.30',
      title: 'open systems: more measures, such as encryption and digital signatures',
      reach: 'supports',
      evidence: [
        { part: 'authors', says: 'digital signatures over the records', events: ['*'] },
        {
          part: 'statement',
          says: 'this copy is signed, and shows when it was altered on its way',
        },
      ],
      beyond: 'confidentiality: nothing here is encrypted',
    },
    {
      id: '§ 11.50(a)',
      title: 'a signed record tells the name of the signer, the time, and the meaning',
      reach: 'supports',
      evidence: [
        {
          part: 'authors',
          says: 'each signature names its key, the time by the signer, and what it means',
          events: ['*'],
        },
      ],
      beyond: 'the printed name of the person, unless the name of the key is one',
    },
    {
      id: '§ 11.50(b)',
      title: 'these items are controlled as the record is, and shown with it',
      reach: 'supports',
      evidence: [
        { part: 'payloads', says: 'they stand in the record and in the columns of the table' },
      ],
      beyond: 'displays and printouts of other programs',
    },
    {
      id: '§ 11.70',
      title: 'signatures cannot be cut off, copied or transferred to falsify a record',
      reach: 'shows',
      evidence: [
        {
          part: 'authors',
          says:
            'a signature covers the record, its content by a salted digest, its meaning and its ' +
            'ledger; in another place it is not good',
          events: ['*'],
        },
        { part: 'order', says: 'taking one away breaks the chain and the tree' },
      ],
      beyond: 'handwritten signatures, and records that nobody signed',
    },
    {
      id: '§ 11.100(a)',
      title: 'a signature belongs to one individual, and to nobody else ever',
      reach: 'supports',
      evidence: [
        { part: 'keys', says: 'a key is enrolled once and never again', events: ['key.enrolled'] },
      ],
      beyond: 'that a key belongs to one person',
    },
    {
      id: '§ 11.100(b), (c)',
      title: 'identities are verified; the agency is told that signatures are binding',
      reach: 'silent',
      beyond: PROCEDURE,
    },
    {
      id: '§ 11.200(a)',
      title: 'two components to sign, used by their owner alone; misuse takes two people',
      reach: 'supports',
      evidence: [
        {
          part: 'authors',
          says: 'where rules ask for it, somebody else approved by another key',
          events: ['review.approved'],
        },
      ],
      beyond: 'how a key is kept and unlocked: a record does not show it',
    },
    {
      id: '§ 11.200(b)',
      title: 'signatures by biometrics',
      reach: 'silent',
      beyond: 'all of it: there are none here',
    },
    {
      id: '§ 11.300(a)',
      title: 'codes and passwords are unique',
      reach: 'supports',
      evidence: [{ part: 'keys', says: 'no two enrolments have the same key or the same key id' }],
      beyond: 'passwords: there are none here, and those that unlock keys are not recorded',
    },
    {
      id: '§ 11.300(b)',
      title: 'they are checked, recalled or revised from time to time',
      reach: 'supports',
      evidence: [
        {
          part: 'keys',
          says: 'when keys were enrolled and retired',
          events: ['key.enrolled', 'key.retired'],
        },
      ],
      beyond: 'whether that is often enough',
    },
    {
      id: '§ 11.300(c)',
      title: 'what is lost or stolen is deauthorized, and replaced under control',
      reach: 'supports',
      evidence: [
        {
          part: 'keys',
          says: 'keys were revoked, since when they are in doubt, and why',
          events: ['key.revoked'],
        },
      ],
      beyond: 'losses that nobody told of',
    },
    {
      id: '§ 11.300(d)',
      title: 'unauthorized use is prevented, detected and reported at once',
      reach: 'supports',
      evidence: [
        {
          part: 'policies',
          says: 'attempts that were refused are on record, where the rules ask for that',
          events: ['policy.refused'],
        },
      ],
      beyond: 'that anybody was told, and attempts that never reached the ledger',
    },
    {
      id: '§ 11.300(e)',
      title: 'devices that bear codes are tested',
      reach: 'silent',
      beyond: PROCEDURE,
    },
  ],
} as const satisfies JsonObject;
