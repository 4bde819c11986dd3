"""Words that training logs use in other languages, as the English ones that the rules know."""

from __future__ import annotations

import re
from functools import lru_cache

# English -> parts of words in other scripts; a part stands for all words that hold it
_PARTS = {
    "loss": "损失 損失 ロス 손실 потер лосс pérdida kayıp",  # noqa: RUF001 - Turkish
    "error": "误差 誤差 エラー 오차 ошибк",
    "accuracy": "准确率 準確率 正确率 正確率 准确度 精度 正解率 正答率 的中率 정확도 точност accuracité acurácia doğruluk dokładnoś",
    "precision": "精确率 精確率 精确度 查准率 適合率 정밀도 précision precisión precisão präzision",
    "recall": "召回率 查全率 再現率 재현율 полнот",
    "perplexity": "困惑度 パープレキシティ 혼란도 перплексия",
    "reward": "奖励 獎勵 报酬 報酬 回报 보상 наград récompense",
    "score": "得分 分数 スコア 점수",
    "learning rate": "学习率 學習率 学習率 학습률",
    "train": "训练 訓練 学習 훈련 학습 обуч entraînement",
    "val": "验证 驗證 検証 검증 валид validación validação",
    "test": "测试 測試 テスト 테스트 тестов",
    "best": "最佳 最好 最优 最高 최고 лучш",
    "mean": "平均 평균 средн",
    "epoch": "轮次 轮数 エポック 世代 에포크 에폭 эпох época époque",
    "step": "步数 步骤 ステップ 스텝 단계 шаг",
    "iteration": "迭代 反復 반복 итерац iteración iteração itération",
    "elapsed": "耗时 用时 耗時 経過 소요 длительн",
    "remaining": "剩余 残り 남은 осталось",
}
_ENGLISH = {part: word for word, parts in _PARTS.items() for part in parts.split()}
_PART = re.compile("|".join(sorted(map(re.escape, _ENGLISH), key=len, reverse=True)))
_STEM = re.compile(rf"({_PART.pattern})([^\W\d_]*)")  # with what a language hangs on it: потеря, потери, потерь
_ORDINAL = re.compile(r"第 ?\x01 ?(轮|輪|个?epoch|エポック|回|代|步|次迭代)")
_COUNTED = {"步": "step", "次迭代": "iteration"}


@lru_cache(maxsize=4096)
def english(key: str) -> str:
    """A key with the parts that are known put in English; what is plain ASCII stays as it is."""
    if key.isascii():
        return key
    return _STEM.sub(_put, key.lower())


def _put(match: re.Match[str]) -> str:
    """The English word; an alphabet's ending goes with it, what follows in a script without spaces is read on."""
    ending = match[2]
    kept = "" if _alphabetic(match[1]) else _STEM.sub(_put, ending)
    return f" {_ENGLISH[match[1]]} {kept}"


def _alphabetic(text: str) -> bool:
    return ord(text[0]) < 0x0530


def counted_first(rest: str) -> str:
    """``第 3 轮`` counts with its word behind the number: put as ``epoch 3``."""
    return _ORDINAL.sub(_put_ordinal, rest)


def _put_ordinal(match: re.Match[str]) -> str:
    return f"{_COUNTED.get(match[1], 'epoch')} \x01 "
