"""Records COCOeval's summary: ``python coco_eval.py > coco_eval.log`` (eight made-up boxes in two pictures)."""

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

truth = COCO()
truth.dataset = {
    "info": {}, "images": [{"id": i} for i in (1, 2)], "categories": [{"id": 1, "name": "thing"}],
    "annotations": [
        {"id": k, "image_id": 1 + k % 2, "category_id": 1, "bbox": [20 * k, 10, 15 + 9 * k, 30], "area": (15 + 9 * k) * 30, "iscrowd": 0}
        for k in range(1, 9)
    ],
}  # fmt: skip
truth.createIndex()
found = truth.loadRes([
    {"image_id": a["image_id"], "category_id": 1, "bbox": [a["bbox"][0] + a["id"], *a["bbox"][1:]], "score": 1 - a["id"] / 10}
    for a in truth.dataset["annotations"]
])  # fmt: skip
run = COCOeval(truth, found, "bbox")
run.evaluate()
run.accumulate()
run.summarize()
