"""What `bench intervals` tells of screening; the rest of it is tested where it is computed."""

from desra_studio.bench.intervals import describe_screening


def test_the_rule_of_studies_is_the_first_that_holds():
    found = describe_screening()
    holding = [rule for rule, row in found["gold"].items() if row["holds"]]
    assert holding[0] == "3 of 9"
    assert not any(row["holds"] for row in found["gold_and_repeats"].values())
    # One slip in three is what studies judged by before.
    assert found["gold"]["1 of 3"]["careful"] > 0.13
    # On pairs that look alike no number of repeats does it.
    alike = [row for rule, row in found["repeats_alone"].items() if rule.endswith(", alike")]
    assert min(row["careful"] for row in alike) > 0.8
