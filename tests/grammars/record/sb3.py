"""Records Stable-Baselines3: ``python sb3.py > stable_baselines3.log``."""

from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_util import make_vec_env

PPO("MlpPolicy", make_vec_env("CartPole-v1", n_envs=1, seed=7), n_steps=64, batch_size=64, verbose=1, seed=7).learn(192)
DQN("MlpPolicy", "CartPole-v1", learning_starts=10, verbose=1, seed=7).learn(160, log_interval=4)
