"""Makes a new folder of known answers: python3 make_vectors.py OUT_FOLDER --seed N

The same seed makes the same bytes. Each answer is stated by the code that builds the case, and the
build stops where this implementation of the format finds another.
"""
import argparse
import json
from pathlib import Path

from vectors_chain import (LongChain, make_chain, make_checkpoints, make_notes, make_proof_files,
                           make_refused_lines)
from vectors_journals import make_journals
from vectors_trees import make_merkle, make_proofs
from vectors_values import make_canonical, make_ed25519


def make_all(seed):
    chain = LongChain(seed)
    return {
        "canonical": make_canonical(seed),
        "chain": make_chain(chain),
        "checkpoints": make_checkpoints(chain),
        "ed25519": make_ed25519(seed),
        "journals": make_journals(seed),
        "merkle": make_merkle(seed),
        "notes": make_notes(seed, chain),
        "proof-files": make_proof_files(seed, chain),
        "proofs": make_proofs(seed),
        "refused-lines": make_refused_lines(chain),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, required=True)
    chosen = options.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for name, value in make_all(chosen.seed).items():
        text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
        (chosen.folder / f"{name}.json").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
