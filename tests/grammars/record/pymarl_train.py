"""Records PyMARL as PyMARLzoo+ carries it on: ``python pymarl_train.py > pymarl.log 2>&1`` (pymarlzooplus 1.0.0 on the CPU, QMIX, two foragers).

The sample begins where training begins and ends where it ends.
"""

from pymarlzooplus.main import pymarlzooplus

pymarlzooplus(
    (
        "main.py --config=qmix --env-config=gymma with env_args.key=lbforaging:Foraging-5x5-2p-1f-v3 env_args.time_limit=20 env_args.seed=7 "
        "t_max=2400 test_interval=800 log_interval=400 runner_log_interval=400 learner_log_interval=400 test_nepisode=4 use_cuda=False "
        "save_model=False batch_size=8 buffer_size=64 epsilon_anneal_time=2000"
    ).split()
)
