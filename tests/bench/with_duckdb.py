# SPDX-License-Identifier: Apache-2.0
"""The yardstick in SQL on DuckDB, one thread: tables in its own memory, answers as tables."""

from __future__ import annotations

import duckdb
import numpy as np

import with_numpy

HOUSEHOLDS = """
create or replace temp table answer as
select id, per_head, eligible,
       case when eligible then ((standard - per_head) * n + top_up * standard // 100 + 99) // 100 * 100 else 0 end as benefit
from (
  select id, n, standard, top_up, per_head,
         deposits < 24 * standard * n and cars = 0 and dwellings <= 2 and per_head < standard as eligible
  from (
    select h.id, h.deposits, h.cars, h.dwellings, s.standard, p.n, p.top_up,
           (2 * greatest(0, p.income - greatest(0, h.medical + h.education - 50000)) + p.n) // (2 * p.n) as per_head
    from household h
    join standard s on s.county = h.county and s.rural = h.rural
    join (
      select household, count(*) as n,
             sum(wage - case when employed <> 0 then wage * 20 // 100 else 0 end + pension + other)::bigint as income,
             sum(case when grade in (1, 2) then 30 when illness <> 0 then 25 when age >= 70 then 20 when age < 16 then 10 else 0 end)::bigint as top_up
      from person group by household
    ) p on p.household = h.id
  )
)
"""
PERSONS = """
create or replace temp table person_answer as
select p.id, case when a.eligible and p.grade > 0 then 6000 else 0 end as living,
       case p.grade when 1 then 12000 when 2 then 10000 when 3 then 8000 else 0 end as care
from person p join answer a on a.id = p.household
"""


class Rule:
    name = "DuckDB, 1 thread"

    def __init__(self, columns):
        c = columns
        self.db = duckdb.connect()
        self.db.execute("set threads = 1")
        size = np.diff(c.offsets)
        households = {"id": np.arange(len(size), dtype=np.int64), "county": c.county, "rural": c.rural, "cars": c.cars, "dwellings": c.dwellings,
                      "deposits": c.deposits, "medical": c.medical, "education": c.education}
        persons = {"id": np.arange(len(c.wage), dtype=np.int64), "household": np.repeat(np.arange(len(size), dtype=np.int64), size), "wage": c.wage,
                   "pension": c.pension, "other": c.other, "employed": c.employed, "age": c.age, "grade": c.grade, "illness": c.illness}
        county, rural = np.divmod(np.arange(20), 2)
        standards = {"county": county, "rural": rural, "standard": with_numpy.STANDARD.ravel()}
        for name, table in (("household", households), ("person", persons), ("standard", standards)):
            self.db.register("given", table)
            self.db.execute(f"create table {name} as select * from given")
            self.db.unregister("given")

    def run(self):
        self.db.execute(HOUSEHOLDS)
        self.db.execute(PERSONS)

    def totals(self):
        households = self.db.execute("select eligible, benefit, per_head from answer order by id").fetchnumpy()
        persons = self.db.execute("select living, care from person_answer order by id").fetchnumpy()
        return with_numpy.totals(households["eligible"], households["benefit"], persons["living"], persons["care"], households["per_head"])
