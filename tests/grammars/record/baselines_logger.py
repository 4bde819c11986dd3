"""Records OpenAI baselines' logger: ``python baselines_logger.py > baselines.log`` (baselines 0.1.5 without its dependencies).

Its agents want TensorFlow 1, so a bandit learns here, and the logger prints the names that its PPO gives.
"""

import numpy as np
from baselines import logger

rng = np.random.default_rng(7)
logger.Logger.CURRENT = logger.Logger(dir=None, output_formats=[logger.make_output_format("stdout", ".")])
arms = np.array([0.2, 0.5, 0.9])
taste, value = np.zeros(3), 0.0
for update in range(1, 7):
    p = np.exp(taste) / np.exp(taste).sum()
    pulled = rng.choice(3, 128, p=p)
    reward = rng.normal(arms[pulled], 0.1)
    lead = reward - value
    step = np.array([lead[pulled == k].sum() for k in range(3)]) / 64
    taste = taste + step
    logger.logkv("serial_timesteps", update * 128)
    logger.logkv("nupdates", update)
    logger.logkv("total_timesteps", update * 128)
    logger.logkv("eprewmean", reward.mean())
    logger.logkv("eplenmean", 1)
    logger.logkv("policy_loss", -(lead * np.log(p[pulled])).mean())
    logger.logkv("policy_entropy", -(p * np.log(p)).sum())
    logger.logkv("value_loss", (lead**2).mean())
    logger.dumpkvs()
    value += 0.5 * lead.mean()
