"""Records RLlib's PPO under Ray Tune: ``RAY_AIR_NEW_OUTPUT=0 python rllib_ppo.py > rllib.log 2>/dev/null``.

ray[rllib] 2.9.3 with numpy below 2 and pyarrow below 16, CartPole, two iterations. The sample is the two results, without the tables
between them; host and address are masked.
"""

import ray
from ray import air, tune
from ray.rllib.algorithms.ppo import PPOConfig
from ray.tune import CLIReporter

ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
config = (
    PPOConfig().environment("CartPole-v1").framework("torch").rollouts(num_rollout_workers=0).debugging(seed=7)
    .training(train_batch_size=200, sgd_minibatch_size=50, num_sgd_iter=2)
)  # fmt: skip
tune.Tuner(
    "PPO", param_space=config,
    run_config=air.RunConfig(
        stop={"training_iteration": 2}, verbose=3, progress_reporter=CLIReporter(max_report_frequency=600),
    ),
).fit()  # fmt: skip
