# SPDX-License-Identifier: Apache-2.0
"""The yardstick as a country package of OpenFisca-core: `calculate()` of the five answers, and that with making the simulation.

Amounts are whole fen and so are variables (int), so that totals are exact."""

from __future__ import annotations

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

import with_numpy

PERIOD = "2026-01"
Household = build_entity(key="household", plural="households", label="Household", roles=[{"key": "member", "label": "Member"}])
Person = build_entity(key="person", plural="persons", label="Person", is_person=True)


class County(Enum):
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = (f"c{i}" for i in range(10))


class Residence(Enum):
    urban = "urban"
    rural = "rural"


def given(name, entity, value_type=int, **more):
    return type(name, (Variable,), {"value_type": value_type, "entity": entity, "definition_period": DateUnit.MONTH, "label": name, **more})


FACTS = {"household": {"county": {"value_type": Enum, "possible_values": County, "default_value": County.c0},
                       "residence": {"value_type": Enum, "possible_values": Residence, "default_value": Residence.urban},
                       "cars": {}, "dwellings": {}, "deposits": {}, "medical": {}, "education": {}},
         "person": {"wage": {}, "pension": {}, "other": {}, "age": {}, "grade": {}, "employed": {"value_type": bool}, "illness": {"value_type": bool}}}


class counted_income(Variable):
    value_type, entity, definition_period, label = int, Person, DateUnit.MONTH, "counted income"

    def formula(person, period, parameters):
        wage = person("wage", period)
        cost = wage * parameters(period).work_cost_percent // 100
        return wage - person("employed", period) * cost + person("pension", period) + person("other", period)


class top_up_percent(Variable):
    value_type, entity, definition_period, label = int, Person, DateUnit.MONTH, "top-up"

    def formula(person, period, parameters):
        p, grade, age = parameters(period).top_up, person("grade", period), person("age", period)
        return np.select([(grade == 1) | (grade == 2), person("illness", period), age >= 70, age < 16], [p.severe, p.ill, p.old, p.young], 0)


class size(Variable):
    value_type, entity, definition_period, label = int, Household, DateUnit.MONTH, "size"

    def formula(household, period):
        return household.nb_persons()


class standard(Variable):
    value_type, entity, definition_period, label = int, Household, DateUnit.MONTH, "standard"

    def formula(household, period, parameters):
        return parameters(period).standard[household("county", period)][household("residence", period)]


class per_head(Variable):
    value_type, entity, definition_period, label = int, Household, DateUnit.MONTH, "income per head"

    def formula(household, period, parameters):
        income = household.sum(household.members("counted_income", period)).astype(np.int64)
        rigid = np.maximum(0, household("medical", period) + household("education", period) - parameters(period).rigid_threshold)
        n = household("size", period)
        return (2 * np.maximum(0, income - rigid) + n) // (2 * n)


class eligible(Variable):
    value_type, entity, definition_period, label = bool, Household, DateUnit.MONTH, "eligible"

    def formula(household, period):
        at, n = household("standard", period), household("size", period)
        return ((household("deposits", period) < 24 * at * n) & (household("cars", period) == 0) & (household("dwellings", period) <= 2)
                & (household("per_head", period) < at))


class benefit(Variable):
    value_type, entity, definition_period, label = int, Household, DateUnit.MONTH, "benefit"

    def formula(household, period):
        at, n = household("standard", period), household("size", period)
        percent = household.sum(household.members("top_up_percent", period)).astype(np.int64)
        amount = ((at - household("per_head", period)) * n + percent * at // 100 + 99) // 100 * 100
        return np.where(household("eligible", period), amount, 0)


class living(Variable):
    value_type, entity, definition_period, label = int, Person, DateUnit.MONTH, "living subsidy"

    def formula(person, period, parameters):
        return (person.household("eligible", period) & (person("grade", period) > 0)) * parameters(period).living_rate


class care(Variable):
    value_type, entity, definition_period, label = int, Person, DateUnit.MONTH, "care subsidy"

    def formula(person, period, parameters):
        p, grade = parameters(period).care_rate, person("grade", period)
        return np.select([grade == 1, grade == 2, grade == 3], [p.one, p.two, p.three], 0)


def dated(value):
    return {"values": {"2020-01-01": {"value": int(value)}}}


def system():
    made = TaxBenefitSystem([Household, Person])
    for facts, entity in ((FACTS["household"], Household), (FACTS["person"], Person)):
        made.add_variables(*(given(name, entity, **more) for name, more in facts.items()))
    made.add_variables(counted_income, top_up_percent, size, standard, per_head, eligible, benefit, living, care)
    made.parameters = ParameterNode(data={
        "work_cost_percent": dated(20), "rigid_threshold": dated(with_numpy.THRESHOLD), "living_rate": dated(6000),
        "top_up": {"severe": dated(30), "ill": dated(25), "old": dated(20), "young": dated(10)},
        "care_rate": {"one": dated(12000), "two": dated(10000), "three": dated(8000)},
        "standard": {f"c{i}": {"urban": dated(u), "rural": dated(r)} for i, (u, r) in enumerate(with_numpy.STANDARD)}})
    return made


class Rule:
    name = "OpenFisca-core, calculate()"
    ANSWERS = ("eligible", "benefit", "per_head", "living", "care")

    def __init__(self, columns):
        self.c = columns
        self.system = system()
        sizes = np.diff(columns.offsets)
        self.households = np.arange(len(sizes))
        self.household_of = np.repeat(self.households, sizes)
        self.persons = np.arange(len(self.household_of))
        self.build()

    def build(self):
        builder = SimulationBuilder()
        builder.create_entities(self.system)
        builder.declare_person_entity("person", self.persons)
        household = builder.declare_entity("household", self.households)
        builder.join_with_persons(household, self.household_of, ["member"] * len(self.persons))
        self.simulation = builder.build(self.system)
        for facts in FACTS.values():
            for name in facts:
                column = getattr(self.c, "rural" if name == "residence" else name)
                self.simulation.set_input(name, PERIOD, column.astype(bool) if facts[name].get("value_type") is bool else column)

    def prepare(self):
        """Forgets what it has calculated; outside of the clock."""
        for name in ("counted_income", "top_up_percent", "size", "standard") + self.ANSWERS:
            self.simulation.delete_arrays(name, PERIOD)

    def run(self):
        for name in self.ANSWERS:
            setattr(self, name, self.simulation.calculate(name, PERIOD))

    def totals(self):
        return with_numpy.totals(self.eligible, self.benefit, self.living, self.care, self.per_head)


class Whole(Rule):
    """With entities, roles and inputs built anew."""
    name = "OpenFisca-core, entities and calculate()"

    def prepare(self):
        pass

    def run(self):
        self.build()
        super().run()
