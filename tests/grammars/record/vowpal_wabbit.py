"""Records Vowpal Wabbit: ``python vowpal_wabbit.py > vowpal_wabbit.log 2>&1``."""

import random

import vowpalwabbit

random.seed(7)
vw = vowpalwabbit.Workspace("--loss_function=squared -P 2.0")
for _ in range(70):
    a, b = random.random(), random.random()
    vw.learn(f"{a + b:.3f} | a:{a:.3f} b:{b:.3f}")
vw.finish()
