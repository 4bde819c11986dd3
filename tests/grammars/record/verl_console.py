"""Records verl's console on the CPU: ``PYTHONWARNINGS=ignore python verl_console.py > verl.log 2>&1`` (verl 0.9.1 with Ray; the sample begins at the first step).

verl's trainer needs a GPU to roll out. Here a policy of a few numbers is rolled out by hand: what it gets, its advantages, its loss and all
that is printed of them are verl's own functions, in a Ray task runner as verl's.
"""

import time
import uuid

import numpy as np
import ray
import torch


@ray.remote(num_cpus=1)
class TaskRunner:
    """Trains a table of logits by GRPO to answer with the token that a prompt asks for."""

    def run(self):
        """Eight steps."""
        from tqdm import tqdm
        from verl import DataProto
        from verl.trainer.ppo import core_algos, metric_utils
        from verl.utils.tracking import Tracking

        torch.manual_seed(7)
        logger = Tracking("lab", "tokens", "console", {})
        logits = torch.zeros(6, 6, requires_grad=True)
        adam = torch.optim.Adam([logits], lr=0.1)
        for step in tqdm(range(1, 9), desc="Training Progress"):
            time.sleep(0.5)
            began = time.perf_counter()
            asked = torch.arange(6).repeat_interleave(4)
            policy = torch.distributions.Categorical(logits=logits[asked].unsqueeze(1).expand(-1, 5, -1))
            answers = policy.sample()
            mask = (torch.arange(5) < torch.randint(3, 6, (24, 1))).long()
            scores = torch.zeros(24, 5)
            scores[:, 0] = ((answers == asked.unsqueeze(1)) * mask).sum(1) / mask.sum(1)
            rolled = time.perf_counter()
            groups = np.array([str(uuid.UUID(int=int(n))) for n in asked])
            advantages, returns = core_algos.compute_grpo_outcome_advantage(scores, mask, groups)
            log_prob, entropy = policy.log_prob(answers), policy.entropy()
            loss, clipped, moved, lower = core_algos.compute_policy_loss(
                log_prob.detach(), log_prob, advantages, mask, cliprange=0.2
            )
            adam.zero_grad()
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_([logits], 1.0)
            adam.step()
            metrics = metric_utils.reduce_metrics({
                "actor/entropy": [core_algos.agg_loss(entropy, mask, "token-mean").item()], "actor/pg_loss": [loss.item()],
                "actor/pg_clipfrac": [clipped.item()], "actor/ppo_kl": [moved.item()], "actor/pg_clipfrac_lower": [lower.item()],
                "actor/grad_norm": [norm.item()], "actor/lr": [adam.param_groups[0]["lr"]],
            })  # fmt: skip
            batch = DataProto.from_dict(
                {
                    "prompts": asked.unsqueeze(1), "responses": answers, "response_mask": mask, "token_level_scores": scores,
                    "token_level_rewards": scores, "advantages": advantages, "returns": returns,
                    "attention_mask": torch.cat([torch.ones(24, 1, dtype=torch.long), mask], 1),
                },
                meta_info={"global_token_num": (1 + mask.sum(1)).tolist()},
            )  # fmt: skip
            timing = {
                "gen": rolled - began,
                "update_actor": time.perf_counter() - rolled,
                "step": time.perf_counter() - began,
            }
            metrics |= {"training/global_step": step, "training/epoch": 0}
            metrics |= metric_utils.compute_data_metrics(batch, use_critic=False)
            metrics |= metric_utils.compute_timing_metrics(batch, timing)
            metrics |= metric_utils.compute_throughout_metrics(batch, timing, 1)
            logger.log(metrics, step)


ray.init(num_cpus=1, include_dashboard=False)
ray.get(TaskRunner.remote().run.remote())
