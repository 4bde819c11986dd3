"""Records PaddleDetection on the CPU: ``python paddle_detection_train.py > paddle_detection.log 2>&1``; the sample begins at the first iteration.

paddledet 2.6.0 on paddlepaddle 2.6.2: a small YOLOv3 on made-up pictures, evaluated as Pascal VOC is.
"""

import pathlib

import cv2
import numpy as np
import paddle
from ppdet.core.workspace import load_config
from ppdet.engine import Trainer

rng = np.random.default_rng(7)
pathlib.Path("squares").mkdir(exist_ok=True)
for at in range(16):
    picture = rng.integers(0, 60, size=(96, 96, 3), dtype=np.uint8)
    x, y, size = (int(n) for n in rng.integers(8, 40, size=3))
    picture[y : y + size, x : x + size] = 220
    cv2.imwrite(f"squares/{at}.png", picture)
    pathlib.Path(f"squares/{at}.xml").write_text(
        f"<annotation><filename>{at}.png</filename><size><width>96</width><height>96</height><depth>3</depth></size><object><name>square</name>"
        f"<difficult>0</difficult><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + size}</xmax><ymax>{y + size}</ymax></bndbox></object></annotation>",
        encoding="utf-8",
    )
pathlib.Path("squares/all.txt").write_text("".join(f"{at}.png {at}.xml\n" for at in range(16)), encoding="utf-8")
pathlib.Path("squares/label_list.txt").write_text("square\n", encoding="utf-8")
data = "!VOCDataSet {dataset_dir: squares, anno_path: all.txt, label_list: label_list.txt, data_fields: ['image', 'gt_bbox', 'gt_class', 'difficult']}"
resize = "{Resize: {target_size: [96, 96], keep_ratio: False, interp: 2}}"
normal = "{NormalizeImage: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], is_scale: True}}, {Permute: {}}"
anchors = "[[10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 90], [90, 60], [60, 90], [90, 90]]"
masks = "[[6, 7, 8], [3, 4, 5], [0, 1, 2]]"
targets = (
    "{NormalizeBox: {}}, {PadBox: {num_max_boxes: 4}}, {BboxXYXY2XYWH: {}}, "
    f"{normal}, {{Gt2YoloTarget: {{anchor_masks: {masks}, anchors: {anchors}, downsample_ratios: [32, 16, 8], num_classes: 1}}}}"
)
pathlib.Path("squares.yml").write_text(
    f"""architecture: YOLOv3
metric: VOC
map_type: 11point
num_classes: 1
use_gpu: false
epoch: 12
log_iter: 4
snapshot_epoch: 6
save_dir: out
filename: squares
weights: out
worker_num: 0
norm_type: bn
YOLOv3: {{backbone: MobileNet, neck: YOLOv3FPN, yolo_head: YOLOv3Head, post_process: BBoxPostProcess}}
MobileNet: {{scale: 0.25, feature_maps: [4, 6, 13], with_extra_blocks: false, extra_block_filters: []}}
YOLOv3Head: {{anchors: {anchors}, anchor_masks: {masks}, loss: YOLOv3Loss}}
YOLOv3Loss: {{ignore_thresh: 0.7, downsample: [32, 16, 8], label_smooth: false}}
BBoxPostProcess:
  decode: {{name: YOLOBox, conf_thresh: 0.005, downsample_ratio: 32, clip_bbox: true}}
  nms: {{name: MultiClassNMS, keep_top_k: 100, score_threshold: 0.01, nms_threshold: 0.45, nms_top_k: 1000}}
LearningRate: {{base_lr: 0.002, schedulers: [!CosineDecay {{max_epochs: 12}}, !LinearWarmup {{start_factor: 0.1, steps: 4}}]}}
OptimizerBuilder: {{optimizer: {{momentum: 0.9, type: Momentum}}}}
TrainDataset: {data}
EvalDataset: {data}
TestDataset: !ImageFolder {{anno_path: squares/label_list.txt}}
TrainReader:
  sample_transforms: [{{Decode: {{}}}}, {resize}]
  batch_transforms: [{targets}]
  batch_size: 2
  shuffle: true
  drop_last: true
EvalReader: {{sample_transforms: [{{Decode: {{}}}}, {resize}, {normal}], batch_size: 1}}
TestReader: {{inputs_def: {{image_shape: [3, 96, 96]}}, sample_transforms: [{{Decode: {{}}}}, {resize}, {normal}], batch_size: 1}}
""",
    encoding="utf-8",
)
paddle.seed(7)
paddle.set_device("cpu")
Trainer(load_config("squares.yml"), mode="train").train(validate=True)
