# SPDX-License-Identifier: Apache-2.0
"""The yardstick in NumPy, as who knows NumPy well writes it: whole columns, int64, sums over the households' slices."""

from __future__ import annotations

import numpy as np

STANDARD = np.array([[125000, 98000], [118000, 94000], [109000, 88000], [105000, 85000], [99000, 80000], [95000, 76000], [92000, 70000],
                     [88000, 66000], [81000, 61000], [74000, 55000]], np.int64)
CARE = np.array([0, 12000, 10000, 8000, 0], np.int64)
THRESHOLD = 50000


class Rule:
    name = "NumPy"

    def __init__(self, columns):
        self.c = columns
        self.starts = columns.offsets[:-1].astype(np.int64)
        self.size = np.diff(columns.offsets).astype(np.int64)

    def run(self):
        c, n = self.c, self.size
        counted = c.wage - np.where(c.employed, c.wage * 20 // 100, 0) + c.pension + c.other
        percent = np.where(c.age < 16, 10, 0)
        percent = np.where(c.age >= 70, 20, percent)
        percent = np.where(c.illness, 25, percent)
        percent = np.where((c.grade == 1) | (c.grade == 2), 30, percent)
        income = np.add.reduceat(counted, self.starts)
        top_up = np.add.reduceat(percent, self.starts)
        net = np.maximum(0, income - np.maximum(0, c.medical + c.education - THRESHOLD))
        standard = STANDARD[c.county, c.rural]
        self.per_head = (2 * net + n) // (2 * n)
        self.eligible = (c.deposits < 24 * standard * n) & (c.cars == 0) & (c.dwellings <= 2) & (self.per_head < standard)
        benefit = ((standard - self.per_head) * n + top_up * standard // 100 + 99) // 100 * 100
        self.benefit = np.where(self.eligible, benefit, 0)
        self.living = np.where(np.repeat(self.eligible, n) & (c.grade > 0), 6000, 0)
        self.care = CARE[c.grade]

    def totals(self):
        return totals(self.eligible, self.benefit, self.living, self.care, self.per_head)


def totals(eligible, benefit, living, care, per_head):
    weight = np.arange(len(benefit), dtype=np.uint64) % np.uint64(1009) + np.uint64(1)
    checksum = int((benefit.astype(np.int64).astype(np.uint64) * weight).sum(dtype=np.uint64))
    return tuple(int(column.sum(dtype=np.int64)) for column in (eligible, benefit, living, care, per_head)) + (checksum,)
