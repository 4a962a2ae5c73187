"""Each reason of the collective pool is raised in its contracts and has a test of the same words."""

from tests.unit.test_reasons import REASON, ROOT


def test_pool_errors__each_reason__is_short_raised_and_tested():
    found = dict(REASON.findall((ROOT / "contracts/commitments/pool_errors.vy").read_text()))
    names = ("CollectivePool", "PoolPortfolio", "PoolBallot", "PoolDividends")
    sources = "".join((ROOT / f"contracts/commitments/{name}.vy").read_text() for name in names)
    paths = (ROOT / "tests/unit/commitments").glob("test_*pool*.py")
    tests = "".join(path.read_text() for path in paths)
    assert len(set(found.values())) == len(found) > 30
    assert [name for name in found if f"errors.{name}" not in sources] == []
    assert [reason for reason in found.values() if f'"{reason}"' not in tests or len(reason) > 48] == []
