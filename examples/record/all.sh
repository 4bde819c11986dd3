#!/bin/sh
# Records the whole lab. usage: all.sh PYTHON LAB   (RECORDED.md says from where it was run)
set -eu
python=$1 lab=$2 here=$(dirname "$0")
export PYTHONUNBUFFERED=1 TF_CPP_MIN_LOG_LEVEL=3
mkdir -p "$lab/tb" "$lab/logs/2023" "$lab/logs/2026/bert-tiny" "$lab/keras/digits-cnn" "$lab/lightning" \
    "$lab/charlm/baseline" "$lab/charlm/lr-too-high" "$lab/sweeps" "$lab/old_spreadsheets"

resnet() {
    out=$lab/tb/$1
    shift
    mkdir -p "$out"
    "$python" "$here/torch_resnet.py" "$out" "$@"
}
resnet resnet-lr0.1 --lr 0.1 --seed 1 > "$lab/train.tmp"
mv "$lab/train.tmp" "$lab/tb/resnet-lr0.1/train.log"
resnet resnet-lr0.01 --lr 0.01 --seed 1 > /dev/null
resnet resnet-lr0.01-seed2 --lr 0.01 --seed 2 --hparams > /dev/null
resnet resnet-lr1.0-killed --lr 1.0 --seed 1 --kill-at 100 > /dev/null || echo "killed, as meant"
# A full disk or a kill can leave half a record: cut the last 11 bytes.
truncate -s -11 "$lab"/tb/resnet-lr1.0-killed/events.out.*

"$python" "$here/tensorboardx_vae.py" "$lab"
"$python" "$here/keras_digits.py" cnn "$lab/keras/digits-cnn" > "$lab/keras/digits-cnn/stdout.log"
"$python" "$here/keras_digits.py" mlp > "$lab/logs/2023/keras_mlp.out"
"$python" "$here/xgboost_cancer.py" > "$lab/logs/2023/xgb_cancer.log"
"$python" "$here/lightgbm_cancer.py" > "$lab/logs/2023/lgbm_cancer.log" 2>&1
"$python" "$here/sklearn_verbose.py" mlp > "$lab/logs/2023/sklearn_mlp.log"
"$python" "$here/sklearn_verbose.py" gbm > "$lab/logs/2023/sklearn_gbm.log"
"$python" "$here/lightning_digits.py" "$lab/lightning" 0.01 > "$lab/lightning/fit-lr0.01.log" 2>&1
"$python" "$here/lightning_digits.py" "$lab/lightning" 0.001 > /dev/null 2>&1
"$python" "$here/transformers_bert.py" "$lab/logs/2026/bert-tiny" > "$lab/logs/2026/bert-tiny/train.log" 2>&1
"$python" "$here/charlm_loop.py" "$lab/charlm/baseline" > /dev/null
"$python" "$here/charlm_loop.py" "$lab/charlm/lr-too-high" --lr 500 > /dev/null
"$python" "$here/charlm_loop.py" --crash > "$lab/logs/2026/charlm-eval-crash.log" 2>&1 || echo "crashed, as meant"
"$python" "$here/pandas_long.py" "$lab/sweeps/sweep_long.csv"
"$python" "$here/openpyxl_runs.py" "$lab/old_spreadsheets/runs.xlsx"
