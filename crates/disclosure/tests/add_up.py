"""Adds up the tables of a proof, written from what a proof must show and not from the code that looks for it.

    python3 add_up.py TABLE TABLES

TABLE holds the exact table and TABLES the other tables, both as lines of JSON (`audit::table`). Prints how many numbers
are sensitive and how many the tables leave unproven; leaves with 1 at the first thing in them that can't be.
"""

import json
import sys
from collections import Counter, defaultdict

SMALL = range(1, 5)


def read(path):
    found = defaultdict(list)
    for line in open(path, encoding="utf-8"):
        (name, value), = json.loads(line).items()
        if name == "table":
            found["tables"].append({"changed": [], "added": []})
        elif name in ("changed", "added"):
            found["tables"][-1][name].append(value)
        else:
            found[name].append(value)
    return found


def refuse(why):
    print(f"refused: {why}")
    sys.exit(1)


class Table:
    def __init__(self, of):
        self.of = of
        self.around = defaultdict(list)
        for place, area in enumerate(of["area"]):
            for gemeente in area["gemeenten"]:
                self.around[gemeente].append(place)
        self.together = set()
        for record in of["record"]:
            self.together.update(self.pairs(record["kind"]))

    def pairs(self, kind):
        """Every two codes of a record, and every code with each measure, that it counts in or does not."""
        codes = list(enumerate(kind["codes"]))
        profile = set(self.of["profile"][kind["profile"]])
        measures = [(m, m in profile) for m in range(len(self.of["measure"]))]
        two = {(one, other) for k, one in enumerate(codes) for other in codes[k + 1 :]}
        return two | {("measure", measure, code) for measure in measures for code in codes}

    def numbers(self, kind):
        """Every number that a record counts in: measure, area, breakdown, code (None: any, where they differ)."""
        for measure in self.of["profile"][kind["profile"]]:
            breakdowns = self.of["measure"][measure]["breakdowns"]
            cells = [(None, None)]
            for breakdown in breakdowns:
                code = kind["codes"][breakdown]
                if code != 255:
                    cells.append((breakdown, code))
                    if not self.of["breakdown"][breakdown]["complete"]:
                        cells.append((breakdown, None))
            for area in self.around[kind["gemeente"]]:
                for cell in cells:
                    yield (measure, area, *cell)

    def sets(self, records):
        """Which records are in each number; a person once where its measure counts people."""
        sets = defaultdict(set)
        for who, record in records:
            for number in self.numbers(record["kind"]):
                once = self.of["measure"][number[0]]["once"] and record["fixed"]
                sets[number].add(("person", record["person"]) if once else who)
        return sets

    def address(self, number):
        cell = number["cell"]
        if cell == "total":
            return (number["measure"], number["area"], None, None)
        if "code" in cell:
            return (number["measure"], number["area"], *cell["code"])
        breakdown = cell["filled"]
        complete = self.of["breakdown"][breakdown]["complete"]
        return (number["measure"], number["area"], None if complete else breakdown, None)

    def agree(self, sets):
        within = self.of["within"][0]
        same = {}
        for one in self.of["published"]:
            number = self.address(one["number"])
            of = sets.get(number, set())
            if not one["lowest"] - within <= len(of) <= one["highest"] + within:
                refuse(f"{number} would be {len(of)}")
            if of:
                key = (self.of["measure"][number[0]]["unit"], frozenset(of))
                low, high = same.get(key, (one["lowest"], one["highest"]))
                low, high = max(low, one["lowest"]), min(high, one["highest"])
                if low > high:
                    refuse(f"{number} would be the same set as another number")
                same[key] = (low, high)

    def changed(self, other):
        records = dict(enumerate(self.of["record"]))
        persons = Counter(record["person"] for record in self.of["record"])
        if len({place for place, _ in other["changed"]}) < len(other["changed"]):
            refuse("a record is named twice")
        for place, kind in other["changed"]:
            record = records[place]
            alone = persons[record["person"]] == 1
            if record["fixed"] or not alone and (not kind or kind["profile"] != record["kind"]["profile"]):
                refuse(f"record {place} can't be changed")
            del records[place]
            if kind:
                records[place] = {**record, "kind": kind}
        for place, kind in enumerate(other["added"]):
            records["added", place] = {"person": None, "fixed": False, "kind": kind}
        kinds = [kind for _, kind in other["changed"] if kind] + other["added"]
        for kind in kinds:
            if self.of["area"][kind["gemeente"]]["gemeenten"] != [kind["gemeente"]]:
                refuse(f"{kind} lives nowhere")
            if not self.pairs(kind) <= self.together:
                refuse(f"{kind} has marks that do not go together in any record")
        return records

    def differences(self, numbers):
        """Every number by itself, and every part with its whole."""
        wholes = defaultdict(list)
        for part, whole in self.of["part"]:
            if self.of["measure"][part]["once"] == self.of["measure"][whole]["once"]:
                wholes[part].append(whole)
        for number in numbers:
            measure, area, breakdown, code = number
            yield (None, number)
            if code is not None:
                complete = self.of["breakdown"][breakdown]["complete"]
                yield (number, (measure, area, None if complete else breakdown, None))
            for whole in wholes[measure]:
                if breakdown is None or breakdown in self.of["measure"][whole]["breakdowns"]:
                    yield (number, (whole, area, breakdown, code))


def count(sets):
    return {number: len(of) for number, of in sets.items()}


def value(counts, part, whole):
    return counts.get(whole, 0) - counts.get(part, 0)


def every_number(table):
    for measure, of in enumerate(table.of["measure"]):
        for area in range(len(table.of["area"])):
            yield (measure, area, None, None)
            for breakdown in of["breakdowns"]:
                codes = table.of["breakdown"][breakdown]
                for code in range(len(codes["codes"])):
                    yield (measure, area, breakdown, code)
                if not codes["complete"]:
                    yield (measure, area, breakdown, None)


def main(table_path, tables_path):
    table = Table(read(table_path))
    tables = read(tables_path)["tables"]
    records = table.of["record"]
    true_sets = table.sets(enumerate(records))
    table.agree(true_sets)
    truth = count(true_sets)
    others = []
    for other in tables:
        sets = table.sets(table.changed(other).items())
        table.agree(sets)
        touched = {records[place]["aanbieder"] for place, _ in other["changed"]}
        others.append((touched, count(sets)))
    pairs = list(table.differences(every_number(table)))
    sensitive = unproven = 0
    for attacker in [None, *range(len(table.of["aanbieder"]))]:
        own = {}
        if attacker is not None:
            mine = [(k, r) for k, r in enumerate(records) if r["aanbieder"] == attacker]
            own = count(table.sets(mine))
        seen = [counts for touched, counts in others if attacker not in touched]
        for pair in pairs:
            known, all_of = value(own, *pair), value(truth, *pair)
            if (attacker is not None and known <= 0) or all_of - known not in SMALL:
                continue
            sensitive += 1
            values = [all_of, *(value(counts, *pair) for counts in seen)]
            unproven += max(values) - min(values) < (2 if attacker is None else 1)
    print(f"{sensitive} sensitive, {unproven} unproven")


if __name__ == "__main__":
    main(*sys.argv[1:])
