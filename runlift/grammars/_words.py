"""The words that training logs use, and what they say of the number behind them."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from runlift.grammars._tongues import english


class Kind(StrEnum):
    """What a key says: a metric of the model, a reading of the machine, a counter or clock, a setting, or nothing."""

    METRIC = "metric"
    GAUGE = "gauge"
    COUNTER = "counter"
    CLOCK = "clock"
    SETTING = "setting"
    UNKNOWN = "unknown"


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


METRICS = _set(
    "loss losses acc accuracy acc1 acc5 err error errs errors bleu bleu4 sacrebleu rouge ppl perplexity map "
    "ap ap50 ap75 aps apm apl "
    "ar iou miou giou dice f1 fscore fmeasure precision recall auc auroc auprc rmse mse mae mape r2 wer cer "
    "per psnr ssim fid lpips "
    "exact tp tn fp fn wins reward rewards rew return returns score scores ce nll kl entropy elbo bpc bpb bpd top1 top5 hits mrr ndcg "
    "chrf meteor cider spice "
    "eer advantage advantages clipfrac success sensitivity specificity kappa mcc jaccard logloss deviance "
    "rmsle correlation pearson "
    "spearman objective cost energy grdn gnorm grad norm gradnorm likelihood crossentropy hinge mean std q "
    "objectness variance "
    "distance gan real fake vloss tloss trl tel xent accu prec fitness las uas em win winrate td value policy "
    "learn l1 l2 huber kld bce dfl obj box cls rmsd bits aepe epe ade fde minade pck pckh silhouette inertia "
    "ll llh mcd mos aupr aucpr gini lsd sdr sisdr snr misclass misclassification correct perf logprob logprobs logp "
    "perte perdida perda perdita verlust genauigkeit fehler erreur exactitude exactitud acuracia accuratezza "
    "residual residuals difference akurasi nauwkeurigheid"
)
GAUGES = _set(
    "lr time data mem memory speed throughput wps ups ips fps sps tps qps rate learning tokens samples sec secs second "
    "seconds ms tflops mfu "
    "latency cost wd momentum temperature temp epsilon eps alpha scale weight decay wpb bsz clip oom gpu cpu "
    "util utilization duration elapsed "
    "allocated memallocated maxmemallocated samplespersec currsamplespersec"
)
STEPS: dict[str, int] = {
    "global step": 9, "global steps": 9, "globalstep": 9, "num updates": 9, "current steps": 9, "t env": 8,
    "total timesteps": 8,
    "timesteps total": 8, "total num steps": 8, "num env steps sampled": 8, "totalenvinteracts": 8,
    "env steps": 8, "train steps": 7,
    "step": 7, "steps": 7, "iteration": 7, "iter": 7, "iters": 7, "iterations": 7, "it": 7, "itr": 7,
    "update": 7, "updates": 7, "up": 7,
    "upd": 7, "timestep": 7, "timesteps": 7, "t": 5, "s": 5, "i": 4, "training iteration": 6, "num timesteps": 8,
    "frames": 5, "frame": 5,
    "train iter": 7, "train step": 7, "training step": 7, "current step": 7, "optimizer step": 8, "opt step": 8,
    "micro step": 3,
    "minibatch": 3, "batch": 3, "batches": 3, "mini batch": 3, "batch idx": 3, "batch step": 3, "batch id": 3,
    "round": 4, "boosting round": 4,
    "cur iter": 7, "generation": 4, "gen": 4, "episode": 2, "episodes": 2, "n iter": 7, "num iters": 7,
    "global iter": 8, "total steps": 5,
    "total step": 5, "example counter": 6, "samples": 2, "tree": 2, "trial": 2, "trees": 2, "n updates": 3, "nupdates": 3,
    "iter num": 7, "it num": 7, "env step": 8, "tick": 6,
    "batch i": 3, "batch no": 3, "batch num": 3, "batch number": 3, "i batch": 3, "iter i": 7, "i iter": 7, "iteration number": 7,
    "total t": 8, "episode num": 2,
    "rodada": 4, "ronda": 4, "runde": 4, "paso": 5, "passo": 5, "schritt": 5, "etape": 4, "iteracion": 7, "iteracao": 7, "iterazione": 7,
}  # fmt: skip
EPOCHS = _set("epoch epochs ep epch") | {
    "epoch num", "train epoch", "cur epoch", "current epoch", "epoch id", "epoch idx", "training epoch", "e",
    "num epoch", "epoch no", "epoca", "epoche", "epoque", "epoch i", "i epoch", "epoch number",
}  # fmt: skip
WEAK_EPOCHS = _set("e ep")  # an "epoch" beside it is the better one
CLOCKS = _set(
    "eta remaining date timestamp unixtime walltime wall etc now clock ended started"
) | {
    "wall time", "time left", "remaining time", "time remaining", "total time",
    "estimated time left",
    "time passed", "time since start", "total used time", "used time", "total time used", "time total s",
    "time this iter s", "estimated time", "eta seconds", "running time",
}  # fmt: skip
COUNTERS = _set(
    "subject client participant user agent "
    "pid port rank worldsize gpus gpu device devices line lineno thread threads worker workers progress "
    "hysteresis skipped ppo "
    "smpl seen processed count pass class classes episodes episode job id idx index version labels images img "
    "instances layer layers "
    "total trainable node nodes process processes lines file files params parameters gradients gflops flops retries "
    "attempt port hour hours "
    "minute minutes day days year month stalled percentage consumed vnum "
    "nevals fevals nfev nfe nit"
)
SETTINGS = _set(
    "batch size seed hidden heads head dim dims dropout warmup betas beta beta1 beta2 max min num n depth "
    "width height "
    "tol tolerance channels vocab patience gamma decay interval freq every limit capacity buffer kernel stride padding "
    "classes samples "
    "bins rank window threshold length stages factor shape crop resolution ratio fold folds world hops"
)
PHASES = {
    "train": "train", "training": "train", "trn": "train", "tr": "train",
    "val": "val", "va": "val", "vali": "val", "valid": "val", "validation": "val", "validate": "val", "validating": "val", "dev": "val",
    "devel": "val",
    "eval": "eval", "evaluation": "eval", "evaluating": "eval", "evaluate": "eval",
    "test": "test", "testing": "test", "tst": "test", "best": "best", "inference": "infer", "infer": "infer",
}  # fmt: skip
STOPS = _set(
    "the a an of on in at to with after for from by and or than as is was are were be been has have had will "
    "over per using into "
    "this that these those we you it not no which"
)
WINDOWS = _set("last past previous recent latest")  # of a running mean: reward over last 100 episodes
NOT_BEFORE_STEP = _set("max total warmup per every num number best last each skip save log eval logging n")
_OWN_STEPS = _set("step steps iteration iterations iter iters update updates")
PLACES_LAST = _set("epoch step iteration iter steps epochs update iterations round episode generation")
ARTICLES = _set("the at after from in")
_SO_FAR = _set("done seen completed finished")
_SETTINGS_OF = _set(
    "parameters params hyperparameters hyperparams config configuration args arguments settings options"
)
_NO_STEP_OF_ITS_OWN = NOT_BEFORE_STEP | _set(
    "time learning lr accumulation accum inference diffusion sampling gradient grad decay burn val test eval per size"
)
OPENERS = _set(
    "cross stratified running run start starting started begin beginning now epoch epochs the step performing do doing on"
)
OUTCOMES = _set(
    "accuracy acc loss f1 precision recall auc rmse mae mse bleu map ap ppl perplexity score error top1 top5 reward return "
    "kl divergence wer cer psnr ssim fid iou miou dice nll elbo mrr ndcg auroc auprc r2 rouge meteor chrf eer objective"
    " likelihood kappa mcc correct perf em exact sensitivity specificity"
)
NARRATION = _set("from start starting initial initially did not no improve improved threshold tolerance")
COPULAS = _set("is was are be equals reached became of at to by now")

_CAMEL = re.compile(r"[a-z0-9]+(?=[A-Z])|[A-Z]+(?=[A-Z][a-z]|\b|_|\d)|[A-Z]?[a-z]+|[A-Z]|\d+")
_LETTERED = re.compile(r"[A-Z]\d\d?|[A-Z]F1")  # F1, R2, L1, OF1
_NOTED = re.compile(r"(\w+) ?\((\w+)\)")
_POWER = re.compile(r"(?<=[A-Za-z])(?:\^|\*\*)(?=\d)")  # R^2
_SPLIT = re.compile(r"[\W_]+")


@lru_cache(maxsize=8192)
def words(key: str) -> tuple[str, ...]:
    """A key's words in lower case: ``ValLossMean/x_1`` gives val, loss, mean, x, 1."""
    out: list[str] = []
    for part in _SPLIT.split(_POWER.sub("", english(key))):
        whole = part.islower() or not part.isascii() or _LETTERED.fullmatch(part)
        found = [part] if whole else _CAMEL.findall(part)
        out += [w.lower() for w in (found or [part]) if w]
    return tuple(out)


@lru_cache(maxsize=8192)
def plain(key: str) -> str:
    """A key in small letters with single spaces for all that parts its words: ``global_step`` is ``global step``."""
    return " ".join(w for w in _SPLIT.split(english(key).lower()) if w)


_LONG_CLOCKS = tuple(c for c in CLOCKS if " " in c)
_OF_TIME = _set("taken for per spent cost consumed")  # time taken for 1 epoch
_MACHINE = _set("lineno pid port rank")
_TOP = re.compile(r"top\d|[a-z]?f1$|(?:fid|kid|ap|map|acc|bleu|recall|precision)\d+k?$")  # top5, fid50k, map50
_AT = re.compile(r"(?i)(?:^|[\W_])(?:p|r|f1?|hr?|hits?|ndcg|map|mrr|precision|recall|acc|pass)@\d+\b")
_NO_SHARES = _set(
    "learning sampling sample frame data bit drop dropout decay refresh clock update token tokens lr base init max min"
)
_AVERAGES = _set("avg ave average")
_OF_EPISODES = _AVERAGES | _set("mean episode episodic ep eps game eval rollout")  # whose length is a result
_AT_LAST = _set("final overall")
_AIMS = _set("best goal target threshold thresh")
_OF_A_LOSS = _set(
    "alpha beta gamma weight weights coef coeff coefficient smoothing type fn freq power factor interval config eps"
)
_AGREEMENTS = _set("kappa correlation dice matthews jaccard gini silhouette pearson spearman")  # kappa coefficient
_PLACES = _set("step steps epoch epochs iteration iterations iter iters")
_OUTCOME_ENDS = ("loss", "acc", "accuracy", "auc", "aucpr", "aupr", "error")
_ORDINAL = _set("best last first next max min num n total per")
_RATE = re.compile(r"(?i)(?:s|sec|ms|it|samples|per)[ _]?(?:/|per)[ _]?\w+$")

_AHEAD = _set("estimated expected remaining left eta")


@lru_cache(maxsize=8192)
def kind(key: str) -> Kind:  # noqa: PLR0911 - a ladder of rules, the surest first
    """What a key's words say of its number."""
    short = plain(key)
    squeezed = short.replace(" ", "")
    own = words(key)
    ahead = "time" in own and not _AHEAD.isdisjoint(own)  # estimated time to finish
    if ahead or short in CLOCKS or squeezed in CLOCKS or any(short.endswith(" " + c) for c in _LONG_CLOCKS):
        return Kind.CLOCK
    letters = [w for w in own if not w.isdigit()]
    if letters[:1] == ["time"] and letters[1:2] and letters[1] in _OF_TIME:
        return Kind.GAUGE
    if len(letters) > 1 and letters[-1] in _PLACES and not _RATE.search(key):
        return Kind.METRIC if _is_metric(letters[:-1], "") and letters[0] not in _ORDINAL else Kind.COUNTER
    if not letters:
        return Kind.UNKNOWN
    if short in COUNTERS or squeezed in COUNTERS or plain(key.rsplit("/", 1)[-1]) in _MACHINE:
        return Kind.COUNTER
    if " over " in short:
        return kind(short.partition(" over ")[0])
    if letters[-1] in ("in", "took"):
        return Kind.GAUGE if short == "took" else Kind.CLOCK
    if letters[-1] in ("scale", "scaler"):
        return Kind.GAUGE
    if (
        (letters[-1] in _AIMS and letters != ["best"])
        or letters[0] in ("target", "goal")
        or "thresh" in letters
        or "threshold" in letters
    ):
        return Kind.SETTING
    if short in _AVERAGES or (short != "best" and all(w in PHASES or w in _AT_LAST for w in own)) or _AT.search(key):
        return Kind.METRIC
    if _is_metric(letters, squeezed):
        of_a_loss = letters[-1] in _OF_A_LOSS and len(letters) > 1 and letters[-2] not in _AGREEMENTS
        return Kind.SETTING if of_a_loss else Kind.METRIC
    return _minor(letters, short)


def _is_metric(letters: list[str], squeezed: str) -> bool:
    if letters[0] in ("num", "n", "max", "min", "total", "batch") and letters[-1] not in METRICS:
        return False
    if letters[-1] in ("length", "len") and letters[0] in _OF_EPISODES:
        return True
    if squeezed in METRICS or any(
        w in METRICS or w.rstrip("0123456789") in ("loss", "acc") or _TOP.match(w) for w in letters
    ):
        return True
    if any(w.endswith("loss") and len(w) > len("loss") for w in letters):  # dloss
        return True
    return any(w.endswith(("acc", "accuracy", "error", "entropy", "reward")) and len(w) > 5 for w in letters)


def _minor(letters: list[str], short: str) -> Kind:
    if letters[-1] in COUNTERS or short.startswith(("number of", "num ", "n ", "total number")):
        return Kind.COUNTER
    if letters[-1] == "rate" and letters[-2:-1] and _NO_SHARES.isdisjoint(letters):
        return Kind.METRIC
    if any(w in GAUGES for w in letters) or "per sec" in short or short.endswith(("/s", "persecond")):
        return Kind.GAUGE
    if letters[-1] in ("min", "max") and (len(letters) == 1 or letters[0] not in ("num", "max", "min", "n")):
        return Kind.UNKNOWN  # stats: min=0.1, max=0.9
    if letters[-1] in SETTINGS or letters[0] in ("num", "max", "min", "n"):
        return Kind.SETTING
    return Kind.UNKNOWN


_OF_DATA = re.compile(r"[ _-]?(?:set|dataset|data|split|loader)$")  # train_set, valset


@lru_cache(maxsize=4096)
def phase_of(word: str) -> str:
    """The phase that a single word names (train, val, eval, test, best, infer), or nothing."""
    plain_word = english(word).lower().strip("[](){}<>:.*=-# ")
    return PHASES.get(plain_word) or PHASES.get(_OF_DATA.sub("", plain_word), "")


@lru_cache(maxsize=4096)
def leading_phase(key: str) -> tuple[str, str]:
    """The phase that a key's first word names, and the rest of the key: ``Test Top-1 Acc`` gives test, Top-1 Acc."""
    first, _, rest = key.partition(" ")
    phase = phase_of(first)
    if not phase and not key.isascii():
        phase = phase_of(english(key).split()[0]) if english(key).split() else ""
        return (phase, key) if phase and phase != "best" else ("", key)
    return (phase, rest.strip()) if phase and rest.strip() else ("", key)


def narrow_phase(key: str) -> str:
    """The phase at the front of a key; what is evaluated before that it is: ``Evaluating test`` is test."""
    phase, rest = leading_phase(key)
    return (phase_of(rest) or phase) if phase == "eval" else phase


def counted_so_far(name: str) -> str:
    """The counter in ``epochs_done``, ``Epochs seen``; else nothing."""
    first, _, last = name.partition(" ")
    return first if last in _SO_FAR and (first in EPOCHS or STEPS.get(first, 0) >= 5) else ""


def of_best(name: str) -> str:
    """The counter in ``best validation epoch``; else nothing."""
    first, *between, last = name.split(" ") if " " in name else ("", "")
    return last if first == "best" and last in EPOCHS and all(w in PHASES for w in between) else ""


def is_own_step(tokens: list[str]) -> bool:
    """Whether a key of two words may be a counter of steps: ``learner steps``, not ``warmup steps``."""
    return len(tokens) == 2 and tokens[1] in _OWN_STEPS and tokens[0] not in _NO_STEP_OF_ITS_OWN


def is_of_the_best(key: str) -> bool:
    """Whether words begin to tell of the best so far: ``. Best is trial``."""
    return plain(key).startswith(("best is ", "best was ", "best so far "))


def is_settings(key: str) -> bool:
    """Whether what is bracketed behind a word is settings: ``parameters: {"lr": 0.1}``."""
    return plain(key).rpartition(" ")[2] in _SETTINGS_OF


def noted_phase(key: str) -> tuple[str, str] | None:
    """The phase in parentheses behind a key, and the key: ``Epoch(val)`` gives val, Epoch."""
    match = _NOTED.fullmatch(key)
    phase = phase_of(match[2]) if match else ""
    return (phase, match[1]) if match and phase else None


def is_rate_of_learning(key: str) -> bool:
    """Whether a key is the learning rate."""
    return words(key)[-1:] == ("lr",) or plain(key).endswith("learning rate") or words(key)[:1] == ("lr",)


def is_outcome(word: str) -> bool:
    """Whether a word names what a model is judged by in the end."""
    return word in OUTCOMES or _TOP.match(word) is not None or (len(word) > 3 and word.endswith(_OUTCOME_ENDS))


def own_phase(key: str) -> bool:
    """Whether one of a key's words names a phase."""
    return any(w in PHASES for w in words(key))
