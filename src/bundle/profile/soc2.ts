/**
 * The Trust Services Criteria, by which SOC 2 reports are made. Their text is copyrighted: criteria
 * are cited by number, and what they ask for is told in words of our own.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';

const silent = (id: string, title: string, beyond = 'all of it'): JsonObject => ({
  id,
  title,
  reach: 'silent',
  beyond,
});

export const SOC2 = {
  name: 'soc2',
  title: 'SOC 2: the evidence and the Trust Services Criteria',
  about:
    'A SOC 2 report is the opinion of an independent accountant on the controls of an ' +
    'organization. A ledger is one system among those that it is about, and this bundle a part ' +
    'of that ledger. Criteria are told in words of our own; the text itself is what counts.',
  sources: [
    {
      name:
        'AICPA, TSP section 100: 2017 Trust Services Criteria for Security, Availability, ' +
        'Processing Integrity, Confidentiality, and Privacy (With Revised Points of Focus, 2022)',
      url:
        'https://www.aicpa-cima.com/topic/audit-assurance/' +
        'audit-and-assurance-greater-than-soc-2',
    },
  ],
  requirements: [
    silent(
      'CC1.1 to CC1.5',
      'the control environment: values, oversight, structure, competence, accountability',
      'all of it: a ledger records what people did, not how they are led',
    ),
    {
      id: 'CC2.1',
      title: 'internal control rests on relevant information of good quality',
      reach: 'supports',
      evidence: [
        { part: 'order', says: 'the record is complete in its range, and unchanged since' },
        { part: 'authors', says: 'who stated what is known by signature', events: ['*'] },
      ],
      beyond: 'that what was recorded is true, relevant, and all that should have been recorded',
    },
    silent('CC2.2, CC2.3', 'communication inside and outside of the organization'),
    silent('CC3.1 to CC3.4', 'objectives, and the assessment of risks to them'),
    {
      id: 'CC4.1',
      title: 'controls are evaluated, continually or from time to time',
      reach: 'supports',
      evidence: [
        {
          part: 'audit',
          says: 'the ledger was verified, and restored for rehearsal, when these events say so',
          events: ['ledger.verified', 'ledger.drilled'],
        },
      ],
      beyond: 'the evaluation of any other control, and whether this one is frequent enough',
    },
    silent(
      'CC4.2',
      'deficiencies reach those who must mend them',
      'all of it: that something was found is recorded, not who was told',
    ),
    silent(
      'CC5.1, CC5.2',
      'control activities are chosen, over technology too',
      'all of it: the choice itself and its reasons',
    ),
    {
      id: 'CC5.3',
      title: 'control activities are put to work by policies and procedures',
      reach: 'supports',
      evidence: [
        {
          part: 'policies',
          says: 'the rules for what may enter the ledger, word for word, since when, and by whom',
          events: ['policy.adopted'],
        },
      ],
      beyond: 'policies that are not written as rules of this ledger',
    },
    {
      id: 'CC6.1',
      title: 'logical access to protected information is restricted',
      reach: 'supports',
      evidence: [
        { part: 'keys', says: 'whose keys count, in which tier, since when', events: ['key.*'] },
        { part: 'authors', says: 'what was signed was signed by a key that counted then' },
        {
          part: 'policies',
          says: 'what was not permitted was refused or held back',
          events: ['policy.refused', 'policy.held'],
        },
      ],
      beyond: 'access to machines, files and networks, and to reading the ledger',
    },
    {
      id: 'CC6.2',
      title: 'users are registered and authorized before they have access, and removed after it',
      reach: 'supports',
      evidence: [
        {
          part: 'keys',
          says: 'keys were enrolled, retired and revoked by whom and when, each time signed',
          events: ['key.enrolled', 'key.retired', 'key.revoked'],
        },
      ],
      beyond: 'which person holds a key, and whether leavers lost theirs in time',
    },
    {
      id: 'CC6.3',
      title: 'access follows from roles, with least privilege and duties kept apart',
      reach: 'supports',
      evidence: [
        { part: 'keys', says: 'every key has a tier and a purpose' },
        { part: 'policies', says: 'rules say which tier may do what, and what takes a second key' },
        {
          part: 'authors',
          says: 'somebody else approved, by a signature of their own',
          events: ['review.approved'],
        },
      ],
      beyond: 'whether tiers match duties, and that two keys are two persons',
    },
    silent('CC6.4, CC6.5', 'physical access, and the disposal of what held information'),
    silent('CC6.6, CC6.8', 'threats from outside, and malicious software'),
    {
      id: 'CC6.7',
      title: 'information is handed out to those who may have it alone',
      reach: 'supports',
      evidence: [
        {
          part: 'payloads',
          says: 'exports were judged by the rules and are on record; some contents are withheld',
          events: ['ledger.exported'],
        },
      ],
      beyond: 'what became of it afterwards, and copies that were made past the tool',
    },
    silent(
      'CC7.1',
      'changes of configuration and vulnerabilities are detected',
      'all of it, but for the rules of the ledger itself (CC8.1)',
    ),
    {
      id: 'CC7.2',
      title: 'the system is monitored for anomalies',
      reach: 'supports',
      evidence: [
        {
          part: 'policies',
          says: 'what was refused or held back is on record, where the rules ask for that',
          events: ['policy.refused', 'policy.held'],
        },
        { part: 'audit', says: 'when the ledger was verified', events: ['ledger.verified'] },
      ],
      beyond: 'monitoring of anything else, and that somebody looked',
    },
    {
      id: 'CC7.3',
      title: 'security events are evaluated',
      reach: 'supports',
      evidence: [
        {
          part: 'exceptions',
          says: 'exceptions were looked at afterwards, by whom and with which words',
          events: ['break_glass.reviewed'],
        },
      ],
      beyond: 'how thorough that was, and events elsewhere',
    },
    {
      id: 'CC7.4',
      title: 'there is a response to incidents',
      reach: 'supports',
      evidence: [
        {
          part: 'exceptions',
          says: 'what was permitted in an emergency: for what, how long, by whom',
          events: ['break_glass.authorized', 'break_glass.revoked'],
        },
        { part: 'keys', says: 'keys that were given up, and why', events: ['key.revoked'] },
      ],
      beyond: 'the plan of response, and everything that was done outside of the ledger',
    },
    {
      id: 'CC7.5',
      title: 'there is recovery from incidents',
      reach: 'supports',
      evidence: [
        {
          part: 'audit',
          says: 'the ledger was restored from its copy, as a rehearsal or in earnest',
          events: ['ledger.drilled', 'ledger.recovered'],
        },
      ],
      beyond: 'the recovery of any other system',
    },
    {
      id: 'CC8.1',
      title: 'changes are authorized, tested, approved and put to work',
      reach: 'supports',
      evidence: [
        {
          part: 'policies',
          says: 'every change of the rules of the ledger, whole, signed and in order',
          events: ['policy.adopted'],
        },
        { part: 'authors', says: 'who approved what', events: ['review.approved'] },
        { part: 'corrections', says: 'a correction names what it corrects; both stay' },
      ],
      beyond: 'changes of software and infrastructure that were not recorded here, and tests',
    },
    silent('CC9.1, CC9.2', 'risks of disruption, and of vendors and partners'),
    silent('A1.1, A1.2', 'capacity, environment, backups'),
    {
      id: 'A1.3',
      title: 'recovery is tested',
      reach: 'supports',
      evidence: [
        {
          part: 'audit',
          says: 'restoring the ledger was rehearsed, and how long it took',
          events: ['ledger.drilled'],
        },
      ],
      beyond: 'the recovery of any other system',
    },
    silent('PI1.1, PI1.3', 'definitions of data, and the processing itself'),
    {
      id: 'PI1.2',
      title: 'inputs are complete and accurate',
      reach: 'supports',
      evidence: [
        { part: 'policies', says: 'the form that inputs had to have, where rules ask for one' },
      ],
      beyond: 'inputs that never came, and what is wrong in a permitted form',
    },
    {
      id: 'PI1.4',
      title: 'outputs are delivered completely, accurately and in time to those who may have them',
      reach: 'supports',
      evidence: [
        {
          part: 'order',
          says: 'what was handed to which destination, and when, is on record',
          events: ['outbox.delivered', 'ledger.exported'],
        },
      ],
      beyond: 'what receivers did with it, and outputs that do not go by the outbox',
    },
    {
      id: 'PI1.5',
      title: 'inputs, items in processing and outputs are stored completely and accurately',
      reach: 'supports',
      evidence: [
        { part: 'order', says: 'what was stored is all there, in its order and unchanged' },
        { part: 'times', says: 'when it was observed, and when it was stored' },
      ],
      beyond: 'that it was accurate when it came, and data that is stored elsewhere',
    },
    {
      id: 'C1.1',
      title: 'confidential information is identified and kept',
      reach: 'supports',
      evidence: [
        { part: 'payloads', says: 'contents that are withheld are counted and named by type' },
      ],
      beyond: 'what is confidential, and who may read the ledger itself',
    },
    {
      id: 'C1.2',
      title: 'confidential information is disposed of',
      reach: 'supports',
      evidence: [
        {
          part: 'payloads',
          says: 'contents were erased on request, and that they were is signed',
          events: ['ledger.payload_erased'],
        },
      ],
      beyond: 'copies elsewhere: backups, exports, deliveries',
    },
    silent(
      'P1 to P8',
      'privacy: notice, choice, collection, use, access, disclosure, quality, enforcement',
      'all of it; for the erasure of contents see C1.2',
    ),
  ],
} as const satisfies JsonObject;
