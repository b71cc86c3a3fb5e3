"""Beyond how many rows which step of training looks at a sample."""

from ml.estimate import CLOCK_ROWS, CROSS_VALIDATION_ROWS, LARGEST_FIT
from ml.evaluate import LARGEST_UNPOOLED
from ml.probes import PROBED_ROWS

# Written to ``ml.model_metrics`` with each version.
SAMPLE_LIMITS = {
    "sample_limit_fit": LARGEST_FIT,
    "sample_limit_penalty": CROSS_VALIDATION_ROWS,
    "sample_limit_clocks": CLOCK_ROWS,
    "sample_limit_probes": PROBED_ROWS,
    "draws_pooled_beyond": LARGEST_UNPOOLED,
}
