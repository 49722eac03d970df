"""Tells what SciPy makes of data sets that come as JSON on stdin."""

import json
import math
import sys

import numpy as np
from scipy import stats


def difference(treatment, control, axis):
    """What is drawn anew."""
    return np.mean(treatment, axis=axis) - np.mean(control, axis=axis)


def interval(control, treatment, seed):
    """The percentile interval by bootstrap; of few sessions there is none."""
    if min(len(control), len(treatment)) < 20:
        return []
    drawn = stats.bootstrap(
        (treatment, control),
        difference,
        method="percentile",
        n_resamples=9999,
        vectorized=True,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return [float(drawn.low), float(drawn.high)]


def answer(seed, asked):
    """The numbers of one data set, in the order of statistic.ts."""
    control, treatment = asked["control"], asked["treatment"]
    ranked = stats.mannwhitneyu(treatment, control, method="asymptotic", use_continuity=True)
    p = 1.0 if math.isnan(ranked.pvalue) else float(ranked.pvalue)
    hits, n = asked["hits"]
    others, m = asked["others"]
    wilson = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    half = (hits + others) / 2
    shares = stats.chisquare([hits, others], [half, half]).pvalue
    table = [[hits, n - hits], [others, m - others]]
    score = stats.chi2_contingency(table, correction=False).pvalue
    return [
        float(ranked.statistic),
        p,
        float(wilson.low),
        float(wilson.high),
        float(shares),
        float(stats.norm.sf(control[0] / 3)),
        float(stats.norm.ppf(hits / n)),
        float(score),
        float(np.median(control)),
        float(np.std(control, ddof=1)),
        float(np.percentile(control, 97.5)),
        *interval(control, treatment, seed),
    ]


json.dump([answer(seed, each) for seed, each in enumerate(json.load(sys.stdin))], sys.stdout)
