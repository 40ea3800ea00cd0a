"""Makes ballots for tests of the statistics."""

from desra_studio.study.votes import Ballot


def make_ballot(trial, **values):
    """Return a vote for a on image 1 by voter 1, but for what is given."""
    usual = {
        "voter": 1, "image": 1, "item": 1, "question": 0, "role": "vote", "answer": "left",
        "choice": "a", "system_a": 0, "system_b": 1, "seconds": 3.0,
    }  # fmt: skip
    return Ballot(trial=trial, **{**usual, **values})


def make_grid(voters, images, choose, **values):
    """Return a vote of each voter on each image; `choose(voter, image)` is the choice."""
    return [
        make_ballot(
            1 + voter * images + image,
            voter=voter,
            image=image,
            item=image,
            choice=choose(voter, image),
            **values,
        )
        for voter in range(voters)
        for image in range(images)
    ]
