"""Tells what SciPy makes of data sets that come as JSON on stdin."""

import json
import math
import sys

from scipy import stats


def answer(asked):
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
    ]


json.dump([answer(each) for each in json.load(sys.stdin)], sys.stdout)
