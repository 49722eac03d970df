/**
 * An audit every night, by cron, by systemd or by a build service.
 */
import type { Recipe } from './recipe.ts';
import { file, type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Verify every night, and keep the checkpoints elsewhere',
  parts: [
    `The script verifies against the checkpoint of the night before, keeps the report, and only
after a good night a new checkpoint. KEPT is a folder that whoever keeps the ledger cannot
change: another machine, a bucket that is written once, a repository of the auditor.`,
    file(
      'nightly.sh',
      '#!/bin/sh',
      '# nightly.sh LEDGER KEPT',
      'set -u',
      'folder=$1 kept=$2',
      'set --',
      'if [ -e "$kept/held.note" ]; then set -- --checkpoint "$kept/held.note"; fi',
      'ledger -C "$folder" verify --json "$@" > "$kept/report.json"',
      'exit=$?',
      'if [ $exit -eq 0 ]; then ledger -C "$folder" checkpoint --out "$kept/held.note"; fi',
      'exit $exit',
    ),
    type('mkdir -p kept', 'sh nightly.sh .ledger kept', 'sh nightly.sh .ledger kept'),
    'cron, with a letter where the night was not good (exit 20 to 23):',
    file(
      'ledger.cron',
      '17 3 * * *  cd /srv/acme && sh nightly.sh .ledger kept || mail -s ledger ops@example.com',
    ),
    'systemd; OnFailure= tells whom it concerns:',
    file(
      'ledger-verify.service',
      '[Unit]',
      'Description=Verify the ledger',
      '',
      '[Service]',
      'Type=oneshot',
      'User=auditor',
      'WorkingDirectory=/srv/acme',
      'ExecStart=/bin/sh nightly.sh .ledger kept',
    ),
    file(
      'ledger-verify.timer',
      '[Unit]',
      'Description=Verify the ledger every night',
      '',
      '[Timer]',
      'OnCalendar=*-*-* 03:17:00',
      'Persistent=true',
      '',
      '[Install]',
      'WantedBy=timers.target',
    ),
    'A build service, for instance GitHub, keeps report and checkpoint as commits of its own:',
    file(
      'ledger-verify.yml',
      'on: { schedule: [{ cron: 17 3 * * * }] }',
      'jobs:',
      '  verify:',
      '    runs-on: self-hosted',
      '    steps:',
      '      - uses: actions/checkout@v4',
      '        with: { path: kept }',
      '      - run: sh nightly.sh .ledger kept',
      '      - run: |',
      '          cd kept',
      '          git add held.note report.json',
      '          git commit -m "a good night"',
      '          git push',
    ),
  ],
};
