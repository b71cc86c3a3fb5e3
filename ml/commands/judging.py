"""A policy of labels judged: trained on the training period, measured on the test period."""

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from lead_funnel.console import step
from ml.commands.material import Material
from ml.data.examples import Examples, take
from ml.judge.bench import Bench, run_bench
from ml.model.weights import apply_policy
from ml.settings import LabelPolicy, ModelSettings


def weighed(
    material: Material, policy: LabelPolicy, settings: ModelSettings, show: bool
) -> tuple[Examples, Examples]:
    """Give the rows of training and of the test period that have a weight.

    Rows of weight 0 are left out of the judging too: whether a lead that was
    never worked would have been won, nobody knows.
    """
    train = take(material.examples, material.split.train)
    test = take(material.examples, material.split.test)
    with step("weighing the examples", show), threadpool_limits(limits=1):
        train, test = apply_policy(train, (test,), policy, settings)
    return take(train, train.weights > 0), take(test, test.weights > 0)


def judge_policy(
    material: Material, policy: LabelPolicy, settings: ModelSettings, show: bool
) -> Bench:
    """Train on the training period and judge on the test period."""
    train, test = weighed(material, policy, settings, show)
    return run_bench(
        train,
        test,
        settings,
        has_time=True,
        show=show,
        capacity=material.capacity,
        limits=material.limits,
    )
