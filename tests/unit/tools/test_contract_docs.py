"""The reference pages hold what the compiler said, structs written out."""

from tools.compiled import compiled
from tools.contract_docs import index, page, signature

from surety.sdk.artefacts import artefact


def test_page__bond_market__shows_header_functions_and_events() -> None:
    market = artefact("BondMarket")
    text = page(market)
    assert text.startswith("# BondMarket\n")
    assert "**Security.**" in text
    assert "**How it is stopped.**" in text
    assert "### `buy_exact_cost`" in text
    assert "- `min_face`: Least face to be got." in text
    assert "| `BondBought` |" in text


def test_page__struct_arguments__keep_their_notes() -> None:
    market = artefact("BondMarket")
    entry = next(item for item in market.abi if item.get("name") == "set_limits")
    assert signature(entry) in market.userdoc["methods"]


def test_index__deployables__all_listed_but_no_mocks() -> None:
    contracts = compiled()
    text = index(contracts)
    assert all(f"[{contract.name}]({contract.name}.md)" in text for contract in contracts)
    assert "Mock" not in text
    assert "Harness" not in text
