"""Records Caffe: ``python caffe_train.py`` writes solver and net,
``GLOG_log_year_in_prefix=0 caffe train --solver solver.prototxt > caffe.log 2>&1`` trains, with the times that Caffe printed in its day.

Caffe 1.0 of the source package brocolli-caffe 9.0.2, built for the CPU with HDF5.
"""

import pathlib

import h5py
import numpy as np

rng = np.random.default_rng(7)
for part, size in (("train", 400), ("test", 80)):
    x = rng.normal(size=(size, 4)).astype("float32")
    with h5py.File(f"{part}.h5", "w") as file:
        file["data"], file["label"] = x, (x[:, 0] + 0.5 * x[:, 1] > 0).astype("float32")
    pathlib.Path(f"{part}.txt").write_text(f"{part}.h5\n", encoding="utf-8")
rows = "".join(
    f'layer {{ name: "rows" type: "HDF5Data" top: "data" top: "label" include {{ phase: {part.upper()} }} '
    f'hdf5_data_param {{ source: "{part}.txt" batch_size: 20 }} }}\n'
    for part in ("train", "test")
)
pathlib.Path("net.prototxt").write_text(
    f"""name: "Line"
{rows}layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param {{ num_output: 2 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include {{ phase: TEST }} }}
layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }}
""",
    encoding="utf-8",
)
pathlib.Path("solver.prototxt").write_text(
    'net: "net.prototxt" test_iter: 4 test_interval: 200 base_lr: 0.01 momentum: 0.9 lr_policy: "inv" gamma: 0.001 power: 0.75 '
    'display: 100 max_iter: 600 snapshot: 600 snapshot_prefix: "line" solver_mode: CPU random_seed: 7\n',
    encoding="utf-8",
)
