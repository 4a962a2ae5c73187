"""The pictures of the pay are those of the formula as it stands."""

from tools.payout_plots import ASSETS, pictures


def test_committed_pictures_are_drawn_from_the_model() -> None:
    for name, content in pictures().items():
        assert (ASSETS / name).read_text() == content, "run python -m tools.payout_plots"
