"""Records what Kaldi's nnet3 training prints: ``python kaldi_objective.py > kaldi.log 2>&1`` (Kaldi of kaldi-active-grammar 3.2.0; g++ needed).

The package ships Kaldi's nnet3 as a library without its headers and without training programs. ObjectiveFunctionInfo, which prints the
progress of nnet3 and chain training, is declared here as nnet3/nnet-training.h does, and is fed by a logistic regression on made-up frames.
"""

import importlib.util
import os
import pathlib
import subprocess

import numpy as np

CODE = """
#include <cstdio>
#include <string>
namespace kaldi { void SetProgramName(const char *name); namespace nnet3 {
struct ObjectiveFunctionInfo {
  int current_phase = 0, minibatches_this_phase = 0;
  double tot_weight = 0, tot_objf = 0, tot_aux_objf = 0, tot_weight_this_phase = 0, tot_objf_this_phase = 0, tot_aux_objf_this_phase = 0;
  void UpdateStats(const std::string &name, int per_phase, int minibatch, float weight, float objf, float aux);
  bool PrintTotalStats(const std::string &name) const;
};
} }
int main() {
  kaldi::SetProgramName("nnet3-train");
  kaldi::nnet3::ObjectiveFunctionInfo output, xent;
  float weight, objf, aux;
  int at = 0;
  for (; scanf("%f %f %f", &weight, &objf, &aux) == 3; at++) {
    output.UpdateStats("output", 20, at, weight, objf, aux);
    xent.UpdateStats("output-xent", 20, at, weight, 2 * objf, 0);
  }
  output.PrintTotalStats("output");
  xent.PrintTotalStats("output-xent");
}
"""
home = pathlib.Path(importlib.util.find_spec("kaldi_active_grammar").origin).parent.parent / "kaldi_active_grammar.libs"
libraries = [str(next(home.glob(f"libkaldi-{part}-*.so"))) for part in ("nnet3", "base")]
pathlib.Path("train.cc").write_text(CODE, encoding="utf-8")
subprocess.run(
    [
        "g++",
        "-D_GLIBCXX_USE_CXX11_ABI=0",
        "train.cc",
        "-o",
        "nnet3-train",
        *libraries,
        "-Wl,--allow-shlib-undefined",
        f"-Wl,-rpath,{home}",
    ],
    check=True,
)
rng = np.random.default_rng(7)
weights, rows = np.zeros(4), []
for _ in range(120):
    x = rng.normal(size=(64, 4))
    y = np.where(x[:, 0] + 0.5 * x[:, 1] > 0, 1, -1)
    margin = y * (x @ weights)
    rows.append(f"64 {-np.logaddexp(0, -margin).sum()} {-0.1 * 64 * weights @ weights}\n")
    weights += 0.02 * ((y / (1 + np.exp(margin))) @ x / 64 * 5 - 0.02 * weights)
subprocess.run(
    ["./nnet3-train"], input="".join(rows), text=True, check=True, env=os.environ | {"LD_LIBRARY_PATH": str(home)}
)
