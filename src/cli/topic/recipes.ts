/**
 * `ledger help recipes`: lines to begin with.
 */
export const text = `Recipes

Keep, where nobody who keeps the ledger can change it, what shows later that nothing was changed:

  ledger checkpoint --out held.note

Check against it, every night:

  ledger verify --checkpoint held.note

Copy what is new, and rehearse the recovery:

  ledger backup --to backup
  ledger drill --from backup

Hand one event to a stranger, who checks it without the ledger:

  ledger prove 0 --out 0.tlog-proof
`;
